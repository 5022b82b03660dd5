# SPDX-License-Identifier: GPL-2.0-or-later
"""A job: everything a run needs, as frozen picklable records of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .cards import Card, CardInput
from .grid import Grid, Window
from .radiometry import Radiometry
from .scene import Band, Scene

Coefficients = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Options:
    """What the user may choose.

    Attributes:
        gsds: GSDs in metres of the band groups to sharpen; empty means every coarser group.
        copy_fine_bands: also write the bands that are at the finest GSD already.
        extent: xmin, ymin, xmax, ymax of the wanted part, or None for the whole scene.
        extent_crs: CRS of the extent (WKT or authority id); empty means the scene's own.
        device: ``auto`` or a name of :data:`core.session.PROVIDERS`.
        tile_size: side of a tile in pixels of the output grid; 0 lets SatSharp choose.
        resume: continue the unfinished run that a killed process left beside the output.
        cog: write a Cloud Optimized GeoTIFF.
        memory_mb: bound for automatic tile sizes in megabytes; 0 lets SatSharp choose.
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


@dataclass(frozen=True)
class Step:
    """One model on one scene.

    Attributes:
        card: the model.
        digest: SHA-256 of its ONNX file.
        unit: output pixels along one pixel of its coarsest input.
        halo: context around a tile, in pixels of its coarsest input.
        alignment: tile origins are multiples of this many pixels of its coarsest input.
        coefficients: result of the pass over the scene in network range, or None before it or without one.
    """

    card: Card
    digest: str
    unit: int
    halo: int
    alignment: int
    coefficients: Coefficients | None = None

    def factor(self, tensor: CardInput) -> int:
        """Return how many output pixels fit along one pixel of an input tensor."""
        return round(tensor.gsd / self.card.gsd)

    def halo_of(self, tensor: CardInput) -> int:
        """Return the halo in pixels of an input tensor."""
        return self.halo * self.unit // self.factor(tensor)

    def radiometry(self, band: Band) -> Radiometry:
        """Return the relation of a band's digital numbers to the network's range."""
        return Radiometry.of(band.scale, band.offset, self.card.value_scale, self.card.value_offset)


@dataclass(frozen=True)
class OutputBand:
    """Where the pixels of one output band come from.

    Attributes:
        band: the band of the scene whose name, digital numbers and mask it takes.
        step: index of the step that makes it; -1 copies the band as it is.
        tensor: name of the step's output tensor.
        channel: channel of that tensor.
    """

    band: Band
    step: int = -1
    tensor: str = ""
    channel: int = 0


@dataclass(frozen=True)
class OutputFile:
    """One output raster; ``dtype`` is numpy's name."""

    path: Path
    bands: tuple[OutputBand, ...]
    dtype: str
    nodata: float | None


@dataclass(frozen=True)
class Job:
    """A planned run.

    Attributes:
        scenes: the acquisitions, oldest first (one for single-date models); all on the same grids.
        target: the output grid of the whole scene.
        window: the part of it that is written.
        steps: the models in order.
        files: the outputs.
        tile: side of a tile in output pixels.
        device: device asked for.
        workers: tiles computed at the same time.
        threads: processors a tile may use.
        identity: what the pixels depend on, as (name, digest) pairs; a run resumes only where all agree.
        tags: provenance for the outputs.
        resume: continue an unfinished run.
        cog: write Cloud Optimized GeoTIFFs.
    """

    scenes: tuple[Scene, ...]
    target: Grid
    window: Window
    steps: tuple[Step, ...]
    files: tuple[OutputFile, ...]
    tile: int
    device: str
    workers: int
    threads: int
    identity: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    resume: bool
    cog: bool

    @property
    def scene(self) -> Scene:
        """The scene whose grids, names and masks the output takes (the latest date)."""
        return self.scenes[-1]

    def factor(self, band: Band) -> int:
        """Return how many output pixels fit along one pixel of a band."""
        return round(band.grid.gsd / self.target.gsd)

    def reach(self, name: str) -> int:
        """Return the largest halo that any step takes from a band, in that band's pixels."""
        halos = [step.halo_of(tensor) for step in self.steps for tensor in step.card.inputs if name in tensor.bands]
        return max(halos, default=0)


@dataclass(frozen=True)
class Result:
    """What a run did.

    Attributes:
        output: the main output.
        execution_provider: ONNX Runtime's execution provider that was used.
        tiles: number of tiles computed.
        seconds: wall time.
        band_names: bands of the main output.
        warnings: sentences that the user should see.
    """

    output: Path
    execution_provider: str
    tiles: int
    seconds: float
    band_names: tuple[str, ...]
    warnings: tuple[str, ...] = ()
