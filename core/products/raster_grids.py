# SPDX-License-Identifier: GPL-2.0-or-later
"""Fit a coarse raster and a finer one to each other and to the scale factor of a model."""

from __future__ import annotations

from dataclasses import replace

from ..cards import Card
from ..errors import CardError, GridError
from .alignment import GSD_TOLERANCE, same_crs
from .raster_files import RasterFile, metres, size_text

# Parts of a pixel of the finer raster: corners may differ by rounding, and by half a pixel as Landsat's pan does.
_ROUNDING, _HALF = 0.05, 0.5
_REMEDY = "Warp one of them onto the grid of the other first (Raster > Projections > Warp)."


def with_common_crs(coarse: RasterFile, fine: RasterFile) -> tuple[RasterFile, RasterFile]:
    """Return both rasters in one CRS; one without takes that of the other.

    Raises:
        GridError: they differ.
    """
    if bool(coarse.grid.crs) != bool(fine.grid.crs):
        crs = coarse.grid.crs or fine.grid.crs
        coarse, fine = (replace(file, grid=replace(file.grid, crs=crs)) for file in (coarse, fine))
    if not same_crs(coarse.grid.crs, fine.grid.crs):
        raise GridError(
            f"{coarse.source.title} and {fine.source.title} have different coordinate reference systems. {_REMEDY}"
        )
    return coarse, fine


def check_ratio(coarse: RasterFile, fine: RasterFile, card: Card) -> None:
    """Check that the GSDs of two rasters have the ratio that a model was made for.

    Raises:
        CardError: they have not.
    """
    expected = card.coarsest_gsd / min(tensor.gsd for tensor in card.inputs)
    if abs(coarse.grid.gsd / fine.grid.gsd / expected - 1) > GSD_TOLERANCE:
        raise CardError(
            f"{card.id} needs a guide whose pixels are {expected:g} times as fine as those of the input, but "
            f"{coarse.source.title} has pixels of {size_text(coarse.grid)} and {fine.source.title} of "
            f"{size_text(fine.grid)}. Choose another model or another raster."
        )


def check_nesting(coarse: RasterFile, fine: RasterFile) -> None:
    """Check that the corners of coarse pixels lie on those of fine pixels, or half-way between them.

    Raises:
        GridError: they do not.
    """
    titles = f"{coarse.source.title} and {fine.source.title}"
    factor = round(coarse.grid.gsd / fine.grid.gsd)
    corners = ((0, 0), (0, coarse.grid.width), (coarse.grid.height, 0))
    (row, col), *others = (fine.grid.pixel_of(*coarse.grid.locate(*corner)) for corner in corners)
    expected = [(row + down * factor, col + right * factor) for down, right in corners[1:]]
    worst = max(abs(a - b) for one, other in zip(expected, others) for a, b in zip(one, other))
    if worst > _ROUNDING:
        raise GridError(
            f"The grids of {titles} are turned against each other, or their GSDs ({size_text(coarse.grid)}, "
            f"{size_text(fine.grid)}) are no whole multiples. {_REMEDY}"
        )
    for name, place in (("rows", row), ("columns", col)):
        part = abs(place - round(place))
        if min(part, abs(part - _HALF)) > _ROUNDING:
            raise GridError(
                f"The grids of {titles} do not share their corners: they are {place - round(place):.2f} {name} of "
                f"{fine.source.title} apart. {_REMEDY}"
            )


def gsd_warning(file: RasterFile, gsd: float, card: Card) -> str:
    """Return a sentence where a raster's GSD in metres is not the one that a model was made for, else nothing."""
    found = metres(file.grid)
    if abs(found / gsd - 1) <= GSD_TOLERANCE:
        return ""
    return (
        f"{card.id} was made for bands of {gsd:g} m, and those of {file.source.title} have {size_text(file.grid)}"
        f"{'' if size_text(file.grid).endswith(' m') else f' (about {found:.4g} m)'}. The scale factor fits, but the "
        "result may be worse than its figures."
    )
