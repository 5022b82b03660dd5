# SPDX-License-Identifier: GPL-2.0-or-later
"""Plan a pair report: which bands of which rasters are compared on which grid."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import GridError, ProductError
from ..grid import Grid, Window
from ..harmonization.clouds import CloudOptions
from ..products.aligned import Aligned, AlignedClouds, align, align_clouds, is_north_up
from ..products.extent import extent_window
from ..products.mask_coverage import percent, uncovered
from ..products.measured_raster import MeasuredRaster
from ..products.raster_files import metres
from ..scene import Band
from .band_pairs import BandPair, pair_bands
from .indices import INDICES, Index, colours_of

COARSER, REFERENCE, INPUT, COARSEST = "coarser", "reference", "input", "coarsest"
GRIDS = (COARSER, REFERENCE, INPUT, COARSEST)


@dataclass(frozen=True)
class CloudSource:
    """A quality raster: its band, its kind and what hides the ground."""

    band: Band
    kind: str
    options: CloudOptions


@dataclass(frozen=True)
class Stage:
    """One raster that is compared with the reference, and its bands in the order of the pairs."""

    raster: MeasuredRaster
    pairs: tuple[BandPair, ...]
    aligned: Aligned


@dataclass(frozen=True)
class PairJob:
    """A planned report.

    Attributes:
        target: the grid on which everything is compared.
        reference: the reference and how it is read.
        reference_bands: its bands that are compared.
        stages: the raster, and where it is given the one from before.
        clouds: masks.
        indices: each with the channels of its bands.
        notes: sentences for the user.
        warnings: sentences that the user should see.
    """

    target: Grid
    reference: MeasuredRaster
    reference_read: Aligned
    reference_bands: tuple[Band, ...]
    stages: tuple[Stage, ...]
    clouds: tuple[AlignedClouds, ...]
    indices: tuple[tuple[Index, int, int], ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands: the reference's."""
        return tuple(band.name for band in self.reference_bands)


def plan_pair(
    raster: MeasuredRaster,
    reference: MeasuredRaster,
    before: MeasuredRaster | None = None,
    clouds: tuple[CloudSource, ...] = (),
    grid: str = COARSER,
    mapping: str = "",
    before_mapping: str = "",
) -> PairJob:
    """Plan a report.

    Args:
        raster: what is judged.
        reference: what it is judged by.
        before: the same as ``raster`` before some treatment, or None.
        clouds: masks of any of them.
        grid: one of :data:`GRIDS`: ``coarser`` of raster and reference (the one from before is interpolated where it is
            coarser still), that of the ``reference`` or the ``input``, or the ``coarsest`` of all.
        mapping: pairs of bands as ``B5=B8A; B4=B04``; empty to find them.
        before_mapping: the same for ``before``.

    Raises:
        ProductError: bands cannot be paired.
        GridError: the rasters do not overlap, or their CRS cannot be related.
    """
    own = pair_bands(raster, reference, mapping)
    earlier = () if before is None else pair_bands(before, reference, before_mapping)
    common = [pair.reference for pair in own]
    if before is not None:
        names = {pair.reference.name for pair in earlier}
        common = [band for band in common if band.name in names]
        if not common:
            raise ProductError(
                f"{raster.source.title} and {before.source.title} share no band of {reference.source.title}. Say which "
                "bands belong together."
            )
    target = _target(raster, reference, before, grid)
    stages = [_stage(raster, own, common, target)]
    if before is not None:
        stages.append(_stage(before, earlier, common, target))
    read = align(tuple(common), target)
    files = [(reference, read), *((stage.raster, stage.aligned) for stage in stages)]
    notes = [note for file, _ in files for note in file.notes]
    notes += [f"{file.source.title}: {aligned.how}." for file, aligned in files]
    masks = tuple(align_clouds(source.band, target, source.kind, source.options) for source in clouds)
    indices = _indices(tuple(common), stages[0])
    told = tuple(dict.fromkeys(notes)), _coverage(clouds, target)
    return PairJob(target, reference, read, tuple(common), tuple(stages), masks, indices, *told)


def _coverage(clouds: tuple[CloudSource, ...], target: Grid) -> tuple[str, ...]:
    """Return which masks are smaller than the target."""
    shares = ((source.band.name, uncovered(source.band.grid, target)) for source in clouds)
    return tuple(
        f"The cloud mask {title} does not cover {percent(share)} of the ground that is compared: that part counts as "
        "hidden, so it is left out. Pass a mask of the whole ground."
        for title, share in shares
        if share
    )


def _stage(raster: MeasuredRaster, pairs: tuple[BandPair, ...], common: list[Band], target: Grid) -> Stage:
    ordered = tuple(next(pair for pair in pairs if pair.reference.name == band.name) for band in common)
    return Stage(raster, ordered, align(tuple(pair.band for pair in ordered), target))


def _target(raster: MeasuredRaster, reference: MeasuredRaster, before: MeasuredRaster | None, choice: str) -> Grid:
    files = {INPUT: (raster,), REFERENCE: (reference,), COARSER: (reference, raster)}
    files[COARSEST] = (reference, raster, *(() if before is None else (before,)))
    if choice not in files:
        raise GridError(f"There is no choice {choice!r} of a grid. Choose one of {', '.join(GRIDS)}.")
    base = max(files[choice], key=lambda file: metres(file.grid))
    if not is_north_up(base.grid):
        raise GridError(
            f"The grid of {base.source.title} is turned or upside down, so nothing can be laid onto it. Warp it first "
            "(Raster > Projections > Warp)."
        )
    window = base.grid.window
    for other in (raster, reference, *(() if before is None else (before,))):
        if other is not base:
            window = window.intersect(_footprint(base, other))
    if window.is_empty:
        raise GridError(
            f"{raster.source.title} and {reference.source.title} do not overlap. Pass rasters of one place."
        )
    return base.grid.crop(window)


def _footprint(base: MeasuredRaster, other: MeasuredRaster) -> Window:
    """Return the pixels of the base that another raster covers."""
    grid = other.grid
    corners = [grid.locate(row, col) for row in (0, grid.height) for col in (0, grid.width)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    try:
        return extent_window(base.grid, (min(xs), min(ys), max(xs), max(ys)), grid.crs, 1)
    except GridError as error:
        raise GridError(
            f"{base.source.title} and {other.source.title} do not overlap. Pass rasters of one place. ({error})"
        ) from error


def _indices(common: tuple[Band, ...], stage: Stage) -> tuple[tuple[Index, int, int], ...]:
    wavelengths = {
        band.name: band.wavelength_nm or pair.band.wavelength_nm or 0.0 for band, pair in zip(common, stage.pairs)
    }
    colours, names = colours_of(wavelengths), list(wavelengths)
    return tuple(
        (index, names.index(colours[index.first]), names.index(colours[index.second]))
        for index in INDICES
        if {index.first, index.second} <= set(colours)
    )
