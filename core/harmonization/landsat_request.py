# SPDX-License-Identifier: GPL-2.0-or-later
"""What the user may ask of the harmonization of a Landsat product, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..cards import MODEL_FOLDER, Card
from ..options import Options
from .clouds import CloudOptions

# Values of Request.method.
NETWORK, ENSEMBLE, PANSHARPEN, CUBIC = "network", "ensemble", "pansharpen", "cubic"
# The method pansharpen, as a model without weights; it lies apart from the models that a user chooses from.
PANSHARPEN_CARD = MODEL_FOLDER / "classical" / "landsat-10m-pansharpen.json"
AUTO = "auto"
# Values of Request.under_clouds: what stands where clouds hide the ground.
ORIGINAL, NODATA, HARMONIZED = "original", "nodata", "harmonized"
# Landsat 8/9 band -> band of Sentinel-2 that corresponds to it.
PAIRS = (("B2", "B02"), ("B3", "B03"), ("B4", "B04"), ("B5", "B8A"), ("B6", "B11"), ("B7", "B12"))
PAN = "B8"
LANDSAT_BANDS = tuple(landsat for landsat, _ in PAIRS)


@dataclass(frozen=True)
class HarmonizeRequest:
    """A harmonization.

    Attributes:
        source: Landsat 8/9 product (Level-2, or Level-1 for top-of-atmosphere reflectance).
        pan: Level-1 product with the panchromatic band; empty to look for it beside ``source``.
        reference: Sentinel-2 product or raster on whose grid the result lies; empty for the tile grid of Sentinel-2.
        reference_band: band number of a reference raster that shows red or another visible band.
        mgrs_tile: tile of Sentinel-2, such as ``31TCJ``, whose grid and extent are taken without a reference.
        method: ``network``, ``ensemble``, ``pansharpen`` or ``cubic``.
        card: the model of ``network``, the member that is run, or that of ``pansharpen``; None for ``cubic``.
        target: sensor whose bandpass is wanted, such as ``sentinel2a``; ``auto`` for that of the reference, or
            Sentinel-2A where it does not tell; empty for Landsat's own.
        brdf: normalise to a view from the zenith.
        sun_zenith: degrees to normalise to; None for that of HLS.
        coregister: find by how much the product must be moved to lie on the reference, and move it.
        max_shift: metres searched; None for the default.
        clouds: what counts as hidden.
        under_clouds: ``original`` (enlarged Landsat), ``nodata`` or ``harmonized``.
        bandpass_table: own table; None for HLS'.
        brdf_table: own table; None for Roy's weights.
        output: path of the result.
        quality_output: path of the raster of classes; empty for none.
        options: of the engine.
    """

    source: str
    output: str
    card: Card | None = None
    pan: str = ""
    reference: str = ""
    reference_band: int = 1
    mgrs_tile: str = ""
    method: str = NETWORK
    target: str = AUTO
    brdf: bool = True
    sun_zenith: float | None = None
    coregister: bool = True
    max_shift: float | None = None
    clouds: CloudOptions = field(default_factory=CloudOptions)
    under_clouds: str = ORIGINAL
    bandpass_table: Path | None = None
    brdf_table: Path | None = None
    quality_output: str = ""
    options: Options = field(default_factory=Options)
