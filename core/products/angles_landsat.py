# SPDX-License-Identifier: GPL-2.0-or-later
"""Angles of a Landsat 8/9 product: the angle bands of Collection 2 Level-1, else the sun of its metadata.

The angle bands ..._SAA, _SZA, _VAA and _VZA.TIF hold hundredths of degrees as Int16, for band 4; 0 in both sun bands is
fill (USGS, Landsat 8-9 OLI/TIRS Collection 2 Level 1 Data Format Control Book).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import GridError, ProductError
from ..grid import Grid
from ..harmonization.angle_field import AngleField, Degrees, ViewAngles
from ..raster_state import gdal_messages
from . import files
from .alignment import same_crs
from .angle_lattice import centre_of, coarse_lattice
from .landsat_layout import LandsatProduct, find_level1, find_products
from .landsat_metadata import LandsatMetadata
from .xml_tree import number

# Ending of the file name -> key of the metadata.
_ANGLES = {
    "SZA": "FILE_NAME_ANGLE_SOLAR_ZENITH_BAND_4",
    "SAA": "FILE_NAME_ANGLE_SOLAR_AZIMUTH_BAND_4",
    "VZA": "FILE_NAME_ANGLE_SENSOR_ZENITH_BAND_4",
    "VAA": "FILE_NAME_ANGLE_SENSOR_AZIMUTH_BAND_4",
}
_DEGREES = 0.01


def landsat_angles(paths: tuple[str, ...], source: str = "") -> AngleField:
    """Read the angles of an acquisition.

    Args:
        paths: product folder, archive, metadata or band file; the Level-1 product with the angle bands may be among
            several paths or lie beside a Level-2 product.
        source: what the user gave.

    Returns:
        Angles on at most 256 x 256 cells; the view is that of all bands. Without angle bands: the sun at the scene's
        centre and a view from the zenith, with a note.

    Raises:
        ProductError: the product is of another satellite or collection, or damaged, or tells no sun angles either.
        GridError: the angle bands have no georeference, or different ones.
    """
    products = tuple(product for path in paths for product in find_products(path))
    for product in products:
        check_landsat(product.metadata)
    if len({product.metadata.scene for product in products}) > 1:
        raise ProductError(f"{source or '; '.join(paths)} holds products of different scenes. Pass one of them.")
    beside = (find_level1(product) for product in products if product.metadata.is_level2)
    candidates = (*products, *(product for product in beside if product is not None))
    with_bands = next((product for product in candidates if len(_files(product)) == len(_ANGLES)), None)
    if with_bands is None:
        return _from_metadata(products, source or "; ".join(paths))
    return _from_bands(with_bands, source or "; ".join(paths))


def check_landsat(metadata: LandsatMetadata) -> None:
    """Check that a product can be harmonized.

    Raises:
        ProductError: it is not of Landsat 8 or 9, or of Collection 1.
    """
    if metadata.spacecraft not in ("LANDSAT_8", "LANDSAT_9"):
        raise ProductError(
            f"{metadata.product} is of {metadata.satellite}, whose bands differ from those of Landsat 8 and 9: "
            "harmonization has no coefficients for it. Use a product of Landsat 8 or 9."
        )
    if metadata.collection == "01":
        raise ProductError(
            f"{metadata.product} is of Collection 1, which is no longer produced. Download it from Collection 2."
        )


def sensor_of(metadata: LandsatMetadata) -> str:
    """Return the name of a satellite in tables, such as ``landsat8``."""
    return metadata.spacecraft.replace("_", "").lower()


def _files(product: LandsatProduct) -> dict[str, str]:
    """Return the angle bands that are there by their ending."""
    present = {name.lower(): name for name in product.names}
    found = {}
    for ending, key in _ANGLES.items():
        wanted = (product.metadata.values.get(key, ""), f"{product.metadata.product}_{ending}.TIF")
        name = next((present[name.lower()] for name in wanted if name.lower() in present), None)
        if name is not None:
            found[ending] = files.join(product.folder, name)
    return found


def _from_bands(product: LandsatProduct, source: str) -> AngleField:
    paths = _files(product)
    datasets = {ending: files.open_raster(path, ("GTiff",)) for ending, path in paths.items()}
    grid = _common_grid(datasets, paths)
    read = {ending: _decimated(datasets[ending], grid, paths[ending]) for ending in _ANGLES}
    # Both suns are 0 in no scene: fill.
    known = (read["SZA"] != 0) | (read["SAA"] != 0)
    if not known.any():
        raise ProductError(f"{paths['SZA']} holds no angles. Download the product again.")
    degrees = {ending: np.where(known, values * _DEGREES, np.nan).astype(np.float32) for ending, values in read.items()}
    lattice = coarse_lattice(grid)
    return AngleField(
        grid=lattice,
        sun_zenith=degrees["SZA"],
        sun_azimuth=degrees["SAA"],
        views=(ViewAngles((), degrees["VZA"], degrees["VAA"]),),
        sensor=sensor_of(product.metadata),
        acquired=product.metadata.acquired,
        centre=centre_of(grid, paths["SZA"]),
        source=source,
    )


def _common_grid(datasets: dict[str, gdal.Dataset], paths: dict[str, str]) -> Grid:
    grids = {ending: files.grid_of(dataset) for ending, dataset in datasets.items()}
    first = grids["SZA"]
    for ending, grid in grids.items():
        if grid is None or not grid.crs:
            raise GridError(f"{paths[ending]} has no georeference. Download the product again.")
        if first is None or grid != first and not _alike(grid, first):
            raise GridError(f"{paths[ending]} and {paths['SZA']} lie on different grids. Download the product again.")
    if first is None:
        raise GridError(f"{paths['SZA']} has no georeference. Download the product again.")
    return first


def _alike(grid: Grid, other: Grid) -> bool:
    same_place = (grid.transform, grid.width, grid.height) == (other.transform, other.width, other.height)
    return same_place and same_crs(grid.crs, other.crs)


def _decimated(dataset: gdal.Dataset, grid: Grid, path: str) -> npt.NDArray[np.float64]:
    """Return the pixel in the middle of each cell of the lattice; a few rows are in memory at a time."""
    lattice = coarse_lattice(grid)
    step = round(lattice.transform[1] / grid.transform[1])
    rows = [min(row * step + step // 2, grid.height - 1) for row in range(lattice.height)]
    cols = [min(col * step + step // 2, grid.width - 1) for col in range(lattice.width)]
    band = dataset.GetRasterBand(1)
    values = np.empty((lattice.height, lattice.width), np.float64)
    with gdal_messages() as messages:
        for index, row in enumerate(rows):
            try:
                line = band.ReadAsArray(0, row, grid.width, 1)
            except RuntimeError as error:
                messages.append(str(error))
                line = None
            if line is None or messages:
                reason = files.reason_of(messages, "no reason given")
                raise ProductError(f"{path} is truncated or damaged ({reason}). Download the product again.")
            values[index] = line[0, cols]
    return values


def _from_metadata(products: tuple[LandsatProduct, ...], source: str) -> AngleField:
    """Return the sun at the scene's centre and a view from the zenith, on one cell over the scene."""
    product = products[0]
    metadata = product.metadata
    azimuth = metadata.values.get("SUN_AZIMUTH")
    if azimuth is None or metadata.sun_elevation <= 0:
        raise ProductError(
            f"{metadata.product} has neither angle bands (..._SZA.TIF, in Level-1 products of Collection 2) nor the "
            "angles of the sun in its metadata. Pass the Level-1 product of the same path, row and day."
        )
    grid = _scene_grid(product)
    note = (
        f"{metadata.product} has no angle bands (..._SZA.TIF, ..._VZA.TIF): the angles of the sun at the scene's "
        "centre are used, and a view from the zenith, so the view is not normalised. Pass the Level-1 product of "
        "Collection 2 too."
    )
    cell = (1, 1)
    sun: list[Degrees] = [
        np.full(cell, angle, np.float32)
        for angle in (90 - metadata.sun_elevation, number(azimuth, "SUN_AZIMUTH", metadata.path))
    ]
    nadir = np.zeros(cell, np.float32)
    return AngleField(
        grid=grid,
        sun_zenith=sun[0],
        sun_azimuth=sun[1],
        views=(ViewAngles((), nadir, nadir),),
        sensor=sensor_of(metadata),
        acquired=metadata.acquired,
        centre=centre_of(grid, metadata.product),
        source=source,
        notes=(note,),
    )


def _scene_grid(product: LandsatProduct) -> Grid:
    """Return one cell over the scene, taken from any of its band files."""
    names = [name for name in product.names if name.upper().endswith(".TIF") and "_B" in name.upper()]
    for name in names:
        grid = files.grid_of(files.open_raster(files.join(product.folder, name), ("GTiff",)))
        if grid is not None and grid.crs:
            x0, dx_col, dx_row, y0, dy_col, dy_row = grid.transform
            wide, high = grid.width, grid.height
            return Grid(grid.crs, (x0, dx_col * wide, dx_row * high, y0, dy_col * wide, dy_row * high), 1, 1)
    raise ProductError(f"{product.metadata.product} has no band file that tells where it lies. Download it again.")
