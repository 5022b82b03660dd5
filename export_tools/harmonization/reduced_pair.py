# SPDX-License-Identifier: GPL-2.0-or-later
"""A real pair of Landsat and Sentinel-2, one scale down: Landsat six times coarser, Sentinel-2 at 60 m is the truth.

No real pair with 10 m and a panchromatic band was at hand. A product at 30 m, degraded by Landsat's own point spread to
180 m, with a panchromatic band at 90 m made of its visible bands, stands to the real 60 m bands of Sentinel-2 as a
product stands to 10 m: radiometry, geometry and the days between are those of real sensors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ...core.cards import Card
from ...core.enlargement import KEYS
from ...core.grid import Grid
from ...core.harmonization.coregistration import Registration, RegistrationOptions
from ...core.harmonization.landsat_request import LANDSAT_BANDS, PAIRS, PAN
from ...core.harmonization.registration_reading import register
from ...core.point_spread import degrade, sigma_of_mtf
from ...core.products import files
from ...core.products.regrid import regridded
from ...core.scene import Band, Scene
from ...core.sensors import sensor_by_id

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# How many times coarser everything is than in a product.
RATIO = 6
# Landsat's pan (503 to 676 nm) as a sum of its blue, green and red.
PAN_WEIGHTS = {"B2": 0.1, "B3": 0.45, "B4": 0.45}
# Landsat Collection 2 Level-2 and Sentinel-2 before baseline 04.00.
LANDSAT_SCALE, LANDSAT_OFFSET, SENTINEL_SCALE = 0.0000275, -0.2, 0.0001
CLEAR_CLASSES = (4, 5, 6, 7)
# 60 m pixels at the sides that are not judged.
EDGE = 9


@dataclass(frozen=True)
class ReducedPair:
    """What a method gets, and the truth.

    Attributes:
        scene: Landsat's bands on grids nested in Sentinel-2's, as the engine reads them without a network.
        bands: Landsat's bands on their own grids, the 30 m ones and the panchromatic one.
        target: Sentinel-2's 60 m grid over the common area.
        truth: (six bands, rows, columns), reflectance.
        mask: clear pixels that both have.
        registration: by how much Landsat was moved.
    """

    scene: Scene
    target: Grid
    truth: Image
    mask: Mask
    registration: Registration
    bands: tuple[Band, ...]

    def scene_of(self, card: Card | None, folder: Path) -> Scene:
        """Return Landsat's bands as a network wants them: on the grids and by the interpolation of its card.

        Args:
            card: of the network; None for cubic convolution.
            folder: for virtual rasters; it must outlive the scene.
        """
        found, target = self.registration, self.target
        fine = {PAN} if card is None else {name for t in card.inputs if t.gsd == card.gsd for name in t.bands}
        coarse = Grid(target.crs, _times(target, 3), target.width // 3, target.height // 3)
        steepness = KEYS if card is None else card.cubic_parameter
        bands = tuple(
            regridded(band, target if band.name in fine else coarse, folder, (found.east, found.north), steepness)
            for band in self.bands
        )
        return replace(self.scene, bands=bands)


def reduce_pair(landsat: str, sentinel2: str, folder: Path) -> ReducedPair:
    """Read and degrade a pair.

    Args:
        landsat: path of the band files with ``{band}`` for B2 to B7.
        sentinel2: path of the 60 m band files with ``{band}`` for B02 to B12 and SCL.
        folder: for the degraded rasters; it must outlive the scene.

    Raises:
        ProductError: a file cannot be read.
        RegistrationError: the two do not show the same.
    """
    own = {name: _band(name, landsat, LANDSAT_SCALE, LANDSAT_OFFSET, 0.0) for name in LANDSAT_BANDS}
    other = {name: _band(name, sentinel2, SENTINEL_SCALE, 0.0, 0.0) for _, name in PAIRS}
    found = register(other["B04"], own["B4"], RegistrationOptions(), lambda: False, lambda sentence: None)
    target = _common(own["B4"].grid, other["B04"].grid)
    numbers = {name: _reflectance(band) for name, band in own.items()}
    pan = sum(weight * numbers[name] for name, weight in PAN_WEIGHTS.items())
    bands = [_written(name, image, RATIO, own["B4"].grid, folder) for name, image in numbers.items()]
    bands.append(_written(PAN, pan, RATIO // 2, own["B4"].grid, folder))
    empty = Scene("reduced pair", "landsat", "L2SP", landsat, "", (), gsd_ratio=float(RATIO))
    truth = np.stack([_cut(band, target) * band.scale for band in other.values()]).astype(np.float32)
    classes = _cut(_band("SCL", sentinel2, 1.0, 0.0, 0.0), target)
    mask = np.isin(classes, CLEAR_CLASSES) & (truth > 0).all(axis=0)
    mask[:EDGE], mask[-EDGE:], mask[:, :EDGE], mask[:, -EDGE:] = False, False, False, False
    pair = ReducedPair(empty, target, truth, mask, found, tuple(bands))
    return replace(pair, scene=pair.scene_of(None, folder))


def _band(name: str, pattern: str, scale: float, offset: float, nodata: float) -> Band:
    path = pattern.format(band=name)
    dataset = files.open_raster(path)
    grid = files.grid_of(dataset)
    if grid is None:
        raise ValueError(f"{path} has no georeference.")
    return Band(
        name, path, 1, grid, gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType), nodata, None, scale, offset
    )


def _reflectance(band: Band) -> Image:
    values = files.open_raster(band.path).ReadAsArray().astype(np.float32)
    return np.asarray(values * np.float32(band.scale) + np.float32(band.offset))


def _common(landsat: Grid, sentinel2: Grid) -> Grid:
    """Return the part of Sentinel-2's grid inside Landsat's raster, of whole 180 m pixels."""
    row, col = (int(np.ceil(place / 3)) * 3 for place in sentinel2.pixel_of(*landsat.locate(0, 0)))
    bottom, right = (int(place / 3) * 3 for place in sentinel2.pixel_of(*landsat.locate(landsat.height, landsat.width)))
    row, col = max(0, row), max(0, col)
    height, width = min(sentinel2.height, bottom) - row, min(sentinel2.width, right) - col
    x, y = sentinel2.locate(row, col)
    _, dx, across, _, along, dy = sentinel2.transform
    return Grid(sentinel2.crs, (x, dx, across, y, along, dy), width // 3 * 3, height // 3 * 3)


def _times(grid: Grid, factor: int) -> tuple[float, float, float, float, float, float]:
    x, dx, across, y, along, dy = grid.transform
    return x, dx * factor, across, y, along, dy * factor


def _cut(band: Band, grid: Grid) -> npt.NDArray[np.generic]:
    row, col = (round(place) for place in band.grid.pixel_of(*grid.locate(0, 0)))
    result: npt.NDArray[np.generic] = files.open_raster(band.path).ReadAsArray(col, row, grid.width, grid.height)
    return result


def _written(name: str, image: Image, factor: int, grid: Grid, folder: Path) -> Band:
    """Degrade a band by Landsat's point spread and write it as reflectance."""
    rows, cols = (length // factor * factor for length in image.shape)
    mtf = sensor_by_id("landsat").band(name).mtf_nyquist
    coarse = degrade(image[None, :rows, :cols], factor, [sigma_of_mtf(mtf, factor)])[0]
    own = Grid(grid.crs, _times(grid, factor), coarse.shape[1], coarse.shape[0])
    path = folder / f"reduced_{name}.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), own.width, own.height, 1, gdal.GDT_Float32)
    dataset.SetProjection(own.crs)
    dataset.SetGeoTransform(own.transform)
    dataset.GetRasterBand(1).WriteArray(coarse)
    del dataset
    return Band(name, str(path), 1, own, "Float32", float("nan"), None, 1.0, 0.0)
