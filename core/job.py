# SPDX-License-Identifier: GPL-2.0-or-later
"""A job: everything a run needs, as frozen picklable records of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .cards import Card, CardBlend, CardInput, CardInterval
from .enlargement import BICUBIC_REACH
from .findings import Coefficients, Correction, Fallback, SceneFactor, Shift
from .grid import Grid, Window
from .image_shift import shift_reach
from .options import FALL_BACK, OFF, WARN, Options
from .output_records import OutputBand, OutputFile
from .radiometry import Radiometry
from .scene import Band, Scene

__all__ = [
    "FALL_BACK",
    "OFF",
    "WARN",
    "Coefficients",
    "Correction",
    "Fallback",
    "Job",
    "Options",
    "Result",
    "SceneFactor",
    "Shift",
    "Step",
]


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
        scene_factors: bands whose interval is adapted to the scene; the others have the card's factors.
        blend: blocks on which the network is run to be blended; the halo then holds a whole block on every side. None
            where tiles with the halo are exact.
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
    scene_factors: tuple[SceneFactor, ...] = ()
    blend: CardBlend | None = None

    @property
    def context(self) -> int:
        """Pixels of the coarsest input that the network should see around a window that is tried by itself."""
        return self.halo - self.margin if self.blend is None else self.blend.overlap

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the network's outputs that are wanted: a spread only where it makes bounds."""
        bounds = self.interval is not None and self.interval.source == "spread"
        return tuple(output.name for output in self.card.outputs if bounds or output.role != "spread")

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

    def interval_factor(self, band: str) -> float:
        """Return by how many spreads the bounds of a band lie off its value; there must be an interval.

        Raises:
            KeyError: the interval has no such band.
        """
        factors = dict(self.interval.factors) if self.interval is not None else {}
        return {**factors, **{found.band: found.factor for found in self.scene_factors}}[band]

    def radiometry(self, band: Band) -> Radiometry:
        """Return the relation of a band's digital numbers to the network's range."""
        return Radiometry.of(band.scale, band.offset, self.card.value_scale, self.card.value_offset)


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
        notes: sentences about the plan for the user.
        joined: the VRT of all files with values, or None for none.
        map_grid: of a swath, the grid onto which its results are brought; None where they lie on a map already.
        draw: which pass this is of networks that draw at random; None for one that stands by itself.
        warnings: sentences about the plan that the user should see; the result repeats them.
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
    notes: tuple[str, ...] = ()
    joined: Path | None = None
    map_grid: Grid | None = None
    draw: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def scene(self) -> Scene:
        """The scene whose grids, names and masks the output takes (the latest date)."""
        return self.scenes[-1]

    @property
    def value_files(self) -> tuple[OutputFile, ...]:
        """The main output: one file, or one for each band; not the one with bounds."""
        return tuple(file for file in self.files if not (file.beside or any(output.bound for output in file.bands)))

    @property
    def output(self) -> Path:
        """What shows all bands of the main output as one layer."""
        return self.joined or self.files[0].path

    @property
    def places(self) -> tuple[Path, ...]:
        """All that is written."""
        return (*(file.path for file in self.files), *((self.joined,) if self.joined is not None else ()))

    @property
    def output_bands(self) -> tuple[OutputBand, ...]:
        """The bands of the main output."""
        return tuple(output for file in self.value_files for output in file.bands)

    def factor(self, band: Band) -> int:
        """Return how many output pixels fit along one pixel of a band."""
        return round(band.grid.gsd / self.target.gsd)

    def reach(self, name: str) -> int:
        """Return how far around a tile any step reads a band, in that band's pixels."""
        halos = [step.reach_of(tensor) for step in self.steps for tensor in step.card.inputs if name in tensor.bands]
        outputs = (output for file in self.files for output in file.bands)
        halos += [BICUBIC_REACH for output in outputs if name in (output.enlarged, output.under)]
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
