# SPDX-License-Identifier: GPL-2.0-or-later
"""A job: everything a run needs, as frozen picklable records of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .cards import Card, CardInput, CardInterval
from .grid import Grid, Window
from .image_shift import shift_reach
from .radiometry import Radiometry
from .scene import Band, Scene

Coefficients = tuple[tuple[float, ...], ...]

# What is done about bands that the network does not help: values of Options.guard.
FALL_BACK, WARN, OFF = "fall back", "warn", "off"


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
        consistency: correct the sharpened bands so that, degraded by the sensor's point spread, they return the input.
        guard: what to do about bands that the network makes worse than bicubic at reduced scale: ``fall back`` to
            bicubic with a warning, ``warn`` only, or do not look (``off``).
        interval_output: path of the GeoTIFF with lower and upper bounds; empty for none.
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


@dataclass(frozen=True)
class Correction:
    """How a sharpened band is made consistent with the input.

    Attributes:
        band: its name.
        sigma: standard deviation of the point spread in output pixels.
        ridge: power of the input's noise / power of the network's error.
    """

    band: str
    sigma: float
    ridge: float


@dataclass(frozen=True)
class Fallback:
    """A band that is enlarged by cubic convolution because the network does not help it.

    Attributes:
        band: its name.
        half_width: half of its interval in network range.
    """

    band: str
    half_width: float


@dataclass(frozen=True)
class Shift:
    """How an input tensor is moved onto the target bands before the network sees it.

    Attributes:
        ago: which date: 0 for the latest, 1 for the one before.
        tensor: name of the input tensor.
        rows: pixels of the tensor downwards.
        cols: pixels to the right.
        warning: sentence for the user; empty where there is nothing to warn of.
    """

    ago: int
    tensor: str
    rows: float
    cols: float
    warning: str = ""


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
        shifts: input tensors that lie off the target bands, as a pass over the scene found.
        margin: part of the halo, in pixels of its coarsest input, that its results must cover around a tile so that
            they can be made consistent.
        sensor_spreads: (band, standard deviation of the sensor's point spread in output pixels) of the bands to be made
            consistent.
        corrections: how they are made consistent; empty before the scene has been examined.
        fallbacks: bands that the network does not help.
        interval: how lower and upper bounds are made, or None where nobody asked for them.
    """

    card: Card
    digest: str
    unit: int
    halo: int
    alignment: int
    coefficients: Coefficients | None = None
    shifts: tuple[Shift, ...] = ()
    margin: int = 0
    sensor_spreads: tuple[tuple[str, float], ...] = ()
    corrections: tuple[Correction, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    interval: CardInterval | None = None

    def factor(self, tensor: CardInput) -> int:
        """Return how many output pixels fit along one pixel of an input tensor."""
        return round(tensor.gsd / self.card.gsd)

    def halo_of(self, tensor: CardInput) -> int:
        """Return the halo in pixels of an input tensor."""
        return self.halo * self.unit // self.factor(tensor)

    def shift(self, tensor: str, ago: int = 0) -> tuple[float, float]:
        """Return by how many rows and columns a date of an input tensor is moved onto the targets."""
        found = (shift for shift in self.shifts if (shift.tensor, shift.ago) == (tensor, ago))
        return next(((shift.rows, shift.cols) for shift in found), (0.0, 0.0))

    def reach_of(self, tensor: CardInput) -> int:
        """Return how far around a tile an input tensor is read, in its pixels: its halo and what a move needs."""
        return self.halo_of(tensor) + max(shift_reach(*self.shift(tensor.name, ago)) for ago in range(tensor.dates))

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
        bound: -1 and 1 for the lower and the upper bound of the interval around it, 0 for the value.
        title: what the band is called in the file; empty for the name of ``band``.
    """

    band: Band
    step: int = -1
    tensor: str = ""
    channel: int = 0
    bound: int = 0
    title: str = ""

    @property
    def name(self) -> str:
        """What the band is called in the file."""
        return self.title or self.band.name


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
        guard: as in :class:`Options`.
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
    guard: str = OFF

    @property
    def scene(self) -> Scene:
        """The scene whose grids, names and masks the output takes (the latest date)."""
        return self.scenes[-1]

    def factor(self, band: Band) -> int:
        """Return how many output pixels fit along one pixel of a band."""
        return round(band.grid.gsd / self.target.gsd)

    def reach(self, name: str) -> int:
        """Return how far around a tile any step reads a band, in that band's pixels."""
        halos = [step.reach_of(tensor) for step in self.steps for tensor in step.card.inputs if name in tensor.bands]
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
