# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user may choose for a run."""

from __future__ import annotations

from dataclasses import dataclass

# What is done about bands that the network does not help: values of Options.guard.
FALL_BACK, WARN, OFF = "fall back", "warn", "off"


@dataclass(frozen=True)
class Options:
    """What the user may choose.

    Attributes:
        gsds: GSDs in metres of the band groups to sharpen; empty means every coarser group.
        copy_fine_bands: also write the bands that are at the finest GSD already.
        extent: xmin, ymin, xmax, ymax of the wanted part, or None for the whole scene.
        extent_crs: CRS of the extent (WKT or authority id); empty means the scene's own, of a swath that of its
            map.
        device: ``auto`` or a name of :data:`core.session.PROVIDERS`.
        tile_size: side of a tile in pixels of the output grid; 0 lets SatSharp choose.
        resume: continue the unfinished run that a killed process left beside the output.
        cog: write a Cloud Optimized GeoTIFF.
        memory_mb: bound for automatic tile sizes in megabytes; 0 lets SatSharp choose.
        consistency: correct the sharpened bands so that, degraded by the sensor's point spread, they return the input.
        guard: what to do about bands that the network makes worse than bicubic at reduced scale: ``fall back`` to
            bicubic with a warning, ``warn`` only, or do not look (``off``).
        interval_output: path of the GeoTIFF with lower and upper bounds; empty for none.
        file_per_band: write each band into a file of its own, and join them by a VRT.
        reflectance: write reflectance as floating-point numbers instead of digital numbers.
        target_crs: CRS of the result of a swath (WKT or authority id); empty for an equal-area projection around it.
            Products that lie on a map keep their own.
    """

    gsds: tuple[float, ...] = ()
    copy_fine_bands: bool = True
    extent: tuple[float, float, float, float] | None = None
    extent_crs: str = ""
    device: str = "auto"
    tile_size: int = 0
    resume: bool = True
    cog: bool = False
    memory_mb: int = 0
    consistency: bool = True
    guard: str = FALL_BACK
    interval_output: str = ""
    file_per_band: bool = False
    reflectance: bool = False
    target_crs: str = ""
