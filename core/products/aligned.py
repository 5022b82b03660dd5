# SPDX-License-Identifier: GPL-2.0-or-later
"""Read rasters of any grid on one target grid: finer ones averaged by area, others interpolated, all moved once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import GridError
from ..grid import ALIGNMENT_TOLERANCE, Grid, Window
from ..harmonization.clouds import NODATA, CloudCover, CloudOptions, classify, clear_mask, cloud_mask
from ..quality.aggregation import Aggregation
from ..radiometry import band_mask
from ..raster import BandReader
from ..raster_state import gdal_messages
from ..scene import Band
from .alignment import same_crs, spatial_reference
from .raster_files import metres
from .warp_scale import warp_scale

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Pixels that are smaller than the target's by less than this part are not worth averaging.
_AS_LARGE = 0.99
_EQUAL = 1.01


@dataclass(frozen=True)
class Aligned:
    """Bands that are read on a target grid.

    Attributes:
        bands: the bands on ``grid``; their path may be an inline VRT.
        grid: what is averaged onto the target; the target itself where there is nothing to average.
        target: the target grid.
        how: a phrase that tells what is done to the pixels.
    """

    bands: tuple[Band, ...]
    grid: Grid
    target: Grid
    how: str

    def read(self, band: Band, window: Window, reader: BandReader) -> tuple[Image, Mask]:
        """Read a window of the target grid.

        Returns:
            Reflectance (rows, columns), 0 where invalid, and its mask (True = valid).

        Raises:
            ProductError: GDAL cannot read the pixels.
        """
        aggregation = Aggregation.of(self.target, window, self.grid)
        numbers, inside = _read_inside(band, aggregation.window, reader)
        mask = band_mask(numbers, band) & inside
        values, valid = aggregation.mean(numbers, mask)
        reflectance = values * band.scale + band.offset
        return np.where(valid, reflectance, 0).astype(np.float32), valid


@dataclass(frozen=True)
class AlignedClouds:
    """A quality raster that is read as a mask on a target grid; where it has no pixels is not clear.

    Attributes:
        band: its numbers.
        target: the target grid.
        kind: what its numbers mean.
        options: what hides the ground.
        inside: of a raster in another CRS, the band that is 0 where it has no pixels; None for others.
    """

    band: Band
    target: Grid
    kind: str
    options: CloudOptions
    inside: Band | None = None

    def read(self, window: Window, reader: BandReader) -> tuple[Mask, CloudCover]:
        """Return which pixels of a window of the target are wholly clear, and the cover of the quality raster there."""
        grid = self.band.grid
        aggregation = Aggregation.of(self.target, window, grid)
        gsd = metres(grid)
        halo = self.options.reach(gsd)
        around = aggregation.window.pad(halo)
        numbers, inside = _read_inside(self.band, around, reader)
        if self.inside is not None:
            inside &= _read_inside(self.inside, around, reader)[0] > 0  # type: ignore[operator]
        classes = classify(numbers, self.kind, self.options.medium_confidence)
        core = aggregation.window.relative_to(around).slices
        classes[~inside] = NODATA
        clear = clear_mask(classes, gsd, self.options)[core]
        cover = CloudCover.of(classes[core], cloud_mask(classes, gsd, self.options)[core])
        return aggregation.all(clear), cover


def align(bands: tuple[Band, ...], target: Grid) -> Aligned:
    """Return how bands of one raster are read on a target grid.

    Pixels that are smaller than the target's are averaged, weighted by the common area: whole multiples or not, shifted
    by a part of a pixel or not. Pixels of the same size on the same corners are taken as they are. Others are
    interpolated by cubic convolution; those in another CRS, or on a turned grid, are warped onto pixels that are a
    whole number of times finer than the target's, and averaged.

    Args:
        bands: bands of one raster.
        target: north-up grid.

    Raises:
        GridError: the CRS of the raster cannot be related to the target's.
    """
    grid = bands[0].grid
    if _parallel(grid, target):
        if grid.gsd < _AS_LARGE * target.gsd:
            return Aligned(bands, grid, target, f"averaged from {grid.gsd:g} m by area")
        if _coincident(grid, target):
            return Aligned(bands, grid, target, "as it is")
        return Aligned(_warped(bands, target, gdal.GRA_Cubic), target, target, "interpolated by cubic convolution")
    factor = max(1, round(metres(target) / metres(grid)))
    finer = target.refine(factor)
    how = "warped by cubic convolution" + (f", averaged from {finer.gsd:g} m" if factor > 1 else "")
    return Aligned(_warped(bands, finer, gdal.GRA_Cubic), finer, target, how)


def align_clouds(band: Band, target: Grid, kind: str, options: CloudOptions) -> AlignedClouds:
    """Return how a quality raster is read on a target grid; in another CRS its pixels are repeated, never averaged.

    Raises:
        GridError: as :func:`align`.
    """
    inside = None
    if not _parallel(band.grid, target):
        factor = max(1, round(metres(target) / metres(band.grid)))
        band, inside = _warped((replace(band, nodata=None),), target.refine(factor), gdal.GRA_NearestNeighbour)
    return AlignedClouds(band, target, kind, options.for_kind(kind), inside)


def _read_inside(band: Band, window: Window, reader: BandReader) -> tuple[npt.NDArray[np.generic], Mask]:
    """Return numbers of a window, and which of them lie on the raster; the others are 0."""
    on_raster = window.intersect(band.grid.window)
    inside = np.zeros((window.height, window.width), np.bool_)
    if on_raster.is_empty:
        return np.zeros(inside.shape, np.uint8), inside
    pixels = reader.read(band, on_raster)
    part = on_raster.relative_to(window).slices
    inside[part] = True
    if on_raster == window:
        return pixels, inside
    numbers = np.zeros(inside.shape, pixels.dtype)
    numbers[part] = pixels
    return numbers, inside


def is_north_up(grid: Grid) -> bool:
    """Return whether rows run from west to east and follow each other from north to south."""
    _, dx_col, dx_row, _, dy_col, dy_row = grid.transform
    return dx_col > 0 > dy_row and max(abs(dx_row), abs(dy_col)) <= 1e-9 * grid.gsd


def _parallel(grid: Grid, target: Grid) -> bool:
    """Return whether two grids have the same CRS and axes."""
    straight = is_north_up(grid) and is_north_up(target)
    return (straight or grid.transform == target.transform) and same_crs(grid.crs, target.crs)


def _coincident(grid: Grid, target: Grid) -> bool:
    """Return whether pixels of two parallel grids lie on each other."""
    row, col = grid.pixel_of(*target.locate(0, 0))
    offset = max(abs(row - round(row)), abs(col - round(col)))
    return grid.gsd < _EQUAL * target.gsd and offset < ALIGNMENT_TOLERANCE


def _warped(bands: tuple[Band, ...], target: Grid, algorithm: int) -> tuple[Band, ...]:
    """Return the bands on a target grid, through an inline VRT that GDAL warps when it is read.

    Nearest neighbours take the numbers of a single band as they are, and a further band tells by 0 where the raster has
    no pixels.
    """
    path, grid = bands[0].path, bands[0].grid
    if not is_north_up(target):
        raise GridError(f"{path} cannot be laid onto a grid that is turned or upside down. Warp that one first.")
    west, north = target.locate(0, 0)
    east, south = target.locate(target.height, target.width)
    nodata = next((band.nodata for band in bands if band.nodata is not None), None)
    exact = algorithm == gdal.GRA_NearestNeighbour
    options = {"dstAlpha": True} if exact else {"outputType": gdal.GDT_Float32, "dstNodata": "nan"}
    if grid.crs and spatial_reference(grid.crs) is None:
        raise GridError(f"The CRS of {path} is unknown. Assign it a known one first.")
    with gdal_messages() as messages:
        try:
            view = gdal.Warp(
                "",
                _uncoloured(bands[0]) if exact else path,
                format="VRT",
                srcSRS=grid.crs or None,
                dstSRS=target.crs or None,
                outputBounds=(west, min(north, south), east, max(north, south)),
                width=target.width,
                height=target.height,
                resampleAlg=algorithm,
                srcNodata="none" if exact else nodata,
                # An eighth of a pixel is GDAL's default; no less may be lost between two grids of a time series.
                errorThreshold=0.02,
                warpOptions=warp_scale(metres(grid), metres(target)),
                **options,
            )
            xml = view.GetMetadata("xml:VRT") if view is not None else None
        except RuntimeError as error:
            messages.append(str(error))
            xml = None
    if not xml:
        reason = "; ".join(messages) or "no reason given"
        raise GridError(f"{path} cannot be warped onto the grid of the other raster ({reason}).")
    if exact:
        return tuple(replace(bands[0], path=str(xml[0]), index=index, grid=target) for index in (1, 2))
    return tuple(
        replace(band, path=str(xml[0]), grid=target, dtype="Float32", nodata=float("nan"), saturated=None)
        for band in bands
    )


def _uncoloured(band: Band) -> str:
    """Return an inline VRT of a band alone: GDAL takes the fourth of four 8-bit bands for transparency."""
    view = gdal.Translate("", band.path, format="VRT", bandList=[band.index])
    if view is None:
        raise RuntimeError("it cannot be opened")
    view.GetRasterBand(1).SetColorInterpretation(gdal.GCI_Undefined)
    return str(view.GetMetadata("xml:VRT")[0])
