# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality rasters that a product brings with it, found by their names and laid over the grid of its targets."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

import numpy as np
from osgeo import gdal

from ..core.grid import Grid, Window
from ..core.grid_places import inside, places_on
from ..core.harmonization.clouds import BINARY, Mask
from ..core.point_spread import valid_blocks
from ..core.products import files, hdf
from ..core.products.alignment import same_crs
from ..core.raster import BandReader, numpy_type
from ..core.raster_origin import source_file
from ..core.scene import Band
from .quality_masks import MODIS_STATE, MSK_CLASSI, VIIRS_QF1, VIIRS_QF2, clear, kind_of

_IMAGES = "/IMG_DATA/"
# Where the masks of Sentinel-2 lie: beside the images of a product, and in the public bucket's layout.
_MASK_FOLDERS = ("QI_DATA", "qi")
_RASTER = re.compile(r"\.(tiff?|jp2|img|vrt)$", re.IGNORECASE)
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(QA_PIXEL|QA60|SCL|Fmask|MSK_CLASSI)(?![A-Za-z0-9])(?P<rest>.*)$", re.IGNORECASE)
_REST = re.compile(r"^(_\d{2,3}m)?(_B00)?$", re.IGNORECASE)


@dataclass(frozen=True)
class QualityLayer:
    """One quality raster of a scene.

    Attributes:
        band: where it is; its grid has the CRS of the targets'.
        kind: what its numbers mean, see ``quality_masks``.
    """

    band: Band
    kind: str


def quality_layers(target: Band) -> tuple[QualityLayer, ...]:
    """Return what a product says about clouds, by one of its target bands; empty where it says nothing.

    Raises:
        ProductError: a quality raster is there and cannot be read.
    """
    path = source_file(target.path)
    if hdf.is_hdf(path):
        return _in_container(path, target)
    return _in_own_file(path, target) or _beside(path, target) or _in_mask_folder(path, target)


def clear_window(layers: tuple[QualityLayer, ...], grid: Grid, window: Window, reader: BandReader) -> Mask:
    """Return which pixels of a window of a grid all quality rasters call clear; beyond the rasters none are.

    Where a raster is finer than the grid, all its pixels under one of the grid's have to be clear.

    Raises:
        ProductError: a raster cannot be read.
    """
    mask = np.ones((window.height, window.width), np.bool_)
    for layer in layers:
        own = layer.band.grid
        factor = max(1, round(grid.gsd / own.gsd))
        places = places_on(own, grid.refine(factor), window.refine(factor))
        around = places.support(0)
        found = clear(reader.read(layer.band, around), layer.kind) & inside(around, own)
        mask &= valid_blocks(np.asarray(places.nearest(found, around), np.bool_), factor)
    return mask


def _in_container(path: str, target: Band) -> tuple[QualityLayer, ...]:
    """Return the layers of an HDF file: of MODIS the state, of VIIRS both bytes that tell of clouds."""
    named = {kind_of(field.name): field for field in hdf.fields_of(path)}
    wanted = {kind: field for kind, field in named.items() if kind in (MODIS_STATE, VIIRS_QF1, VIIRS_QF2)}
    found = []
    for kind, field in wanted.items():
        dataset = hdf.open_field(field)
        grid = _spread(dataset, target.grid)
        if kind is not None and grid is not None:
            found.append(QualityLayer(_band(field.name, field.path, 1, grid, dataset), kind))
    return tuple(found)


def _in_own_file(path: str, target: Band) -> tuple[QualityLayer, ...]:
    """Return a band of a stack that is called like a quality raster."""
    dataset = files.open_raster(path)
    for index in range(1, dataset.RasterCount + 1):
        kind = kind_of(dataset.GetRasterBand(index).GetDescription(), path)
        if kind is not None:
            return _layers_of(path, kind, target, index)
    return ()


def _beside(path: str, target: Band) -> tuple[QualityLayer, ...]:
    """Return the quality raster among the images of a granule, or with the band's name but for the band."""
    granule, images, name = path.partition(_IMAGES)
    if images:
        folder = granule + _IMAGES.rstrip("/")
        near = posixpath.dirname(name)
        found = [entry for entry in files.names_below(folder) if _RASTER.search(entry) and kind_of(_base(entry))]
        found.sort(key=lambda entry: (posixpath.dirname(entry) != near, entry))
    else:
        folder, name = posixpath.split(path)
        found = [entry for entry in files.names(folder) if _belongs(entry, name)]
    for entry in found:
        kind = kind_of(_base(entry))
        layers = _layers_of(files.join(folder, entry), kind, target) if kind else ()
        if layers:
            return layers
    return ()


def _belongs(entry: str, name: str) -> bool:
    """Return whether a file's name is that of a band with the quality raster's word in place of the band's."""
    token = _TOKEN.search(_RASTER.sub("", entry))
    if token is None or not _RASTER.search(entry) or not _REST.match(token["rest"]):
        return False
    return name.lower().startswith(entry[: token.start()].rstrip("._-").lower())


def _in_mask_folder(path: str, target: Band) -> tuple[QualityLayer, ...]:
    granule, images, _ = path.partition(_IMAGES)
    place = granule if images else posixpath.dirname(path)
    for folder in (files.join(place, name) for name in _MASK_FOLDERS):
        for name in files.names(folder) if files.is_folder(folder) else ():
            if _RASTER.search(name) and kind_of(name) == MSK_CLASSI:
                return _layers_of(files.join(folder, name), MSK_CLASSI, target)
    return ()


def _layers_of(path: str, kind: str, target: Band, index: int = 1) -> tuple[QualityLayer, ...]:
    """Return the layers of a file; of Sentinel-2's classification mask opaque clouds and cirrus are bands 1 and 2."""
    dataset = files.open_raster(path)
    own = files.grid_of(dataset)
    grid = own if own is not None and own.crs else _spread(dataset, target.grid)
    if grid is None or (target.grid.crs and not same_crs(grid.crs, target.grid.crs)):
        return ()
    if kind == MSK_CLASSI and dataset.RasterCount > 1:
        return tuple(QualityLayer(_band(kind, path, number, grid, dataset), BINARY) for number in (1, 2))
    return (QualityLayer(_band(kind, path, index, grid, dataset), kind),)


def _spread(dataset: gdal.Dataset, target: Grid) -> Grid | None:
    """Return the grid of a raster that covers the same ground as the targets; None where sizes do not fit."""
    down, across = target.height / dataset.RasterYSize, target.width / dataset.RasterXSize
    whole = {round(max(ratio, 1 / ratio), 6) for ratio in (down, across)}
    if down != across or not all(ratio == round(ratio) for ratio in whole):
        return None
    x, dx, rx, y, ry, dy = target.transform
    transform = (x, dx * across, rx * down, y, ry * across, dy * down)
    return replace(target, transform=transform, width=dataset.RasterXSize, height=dataset.RasterYSize)


def _band(name: str, path: str, index: int, grid: Grid, dataset: gdal.Dataset) -> Band:
    dtype = gdal.GetDataTypeName(dataset.GetRasterBand(index).DataType)
    numpy_type(dtype)
    return Band(name, path, index, grid, dtype, None, None, 1.0, 0.0)


def _base(entry: str) -> str:
    return posixpath.basename(entry)
