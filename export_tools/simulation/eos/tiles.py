# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulate sinusoidal tiles: MOD09GA with MOD09GQ, MOD09A1 with MOD09Q1, and VNP09GA."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ....core.grid import Grid
from ....core.products.eos_grid import sinusoidal
from ....core.sensors import Sensor, sensor_by_id
from .containers import Holder, Layer, reflectance_attributes, write_hdf4, write_hdf5
from .ground import FINENESS, Floats, Ground, Numbers
from .options import EosOptions, EosProduct
from .struct import grid_text

# Side of a tile in metres (MODIS Land tile grid: 36 tiles around the sphere).
TILE = 1111950.5196666666
# Kinds of the files and names of their grids.
_DAILY = ("09GA", "09GQ", "MODIS_Grid_500m_2D", "MODIS_Grid_2D")
_EIGHT_DAYS = ("09A1", "09Q1", "MOD_Grid_500m_Surface_Reflectance", "MOD_Grid_250m_Surface_Reflectance")
_NAMES_500 = ("B3", "B4", "B5", "B6", "B7")


def simulate_tiles(folder: Path, options: EosOptions) -> EosProduct:
    """Write a gridded product; returns what was written."""
    if options.product == "VNP09GA":
        return _viirs(folder, options)
    return _modis(folder, options)


def tile_grid(options: EosOptions, cells: int) -> Grid:
    """Return the grid of the upper left part of a tile that has so many cells along a whole side.

    The part is ``options.size`` cells of the coarsest grid wide, of which a side has 1200 (VIIRS) or 2400 (MODIS).
    """
    coarsest = 1200 if options.product == "VNP09GA" else 2400
    side = options.size * cells // coarsest
    cell = TILE / cells
    left = (int(options.tile[1:3]) - 18) * TILE
    top = (9 - int(options.tile[4:6])) * TILE
    return Grid(sinusoidal(), (left, cell, 0.0, top, 0.0, -cell), side, side)


def _centres(grid: Grid) -> tuple[Floats, Floats]:
    cols, rows = np.meshgrid(np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5)
    x, y = grid.locate(rows, cols)
    return np.asarray(x), np.asarray(y)


def _ground(options: EosOptions, fine: Grid, sensor: Sensor) -> Ground:
    return Ground.around(sensor, fine.gsd / FINENESS, *_centres(fine), options.seed)


def _looks(ground: Ground, grid: Grid, names: tuple[str, ...]) -> dict[str, Numbers]:
    x, y = _centres(grid)
    return {name: ground.look(name, grid.gsd, x, y) for name in names}


def _truth(folder: Path, ground: Ground, fine: Grid, names: tuple[str, ...]) -> Path:
    path = folder / "truth.npy"
    np.save(path, np.stack(list(_looks(ground, fine, names).values())))
    return path


def _modis(folder: Path, options: EosOptions) -> EosProduct:
    sensor = sensor_by_id("modis")
    fine, coarse = tile_grid(options, 4800), tile_grid(options, 2400)
    ground = _ground(options, fine, sensor)
    daily = options.product == "MOD09GA"
    # The 500 m files have bands 1 and 2, too.
    coarse_kind, fine_kind, coarse_name, fine_name = _DAILY if daily else _EIGHT_DAYS
    parts = ((coarse_kind, coarse, ("B1", "B2", *_NAMES_500), coarse_name), (fine_kind, fine, ("B1", "B2"), fine_name))
    files = []
    attributes = reflectance_attributes(1e4 if daily else 1e-4)
    for kind, grid, names, grid_name in parts:
        layers = tuple(
            Layer(f"sur_refl_b{int(name[1:]):02d}{'_1' if daily else ''}", pixels, ("YDim", "XDim"), attributes)
            for name, pixels in _looks(ground, grid, names).items()
        )
        path = folder / options.file_name(kind, "hdf")
        struct = grid_text({grid_name: grid}, {grid_name: tuple(layer.name for layer in layers)}, eos5=False)
        write_hdf4(path, struct, (Holder("GRID", grid_name, {"Data Fields": layers}),), {})
        files.append(path)
    names = ("B1", "B2", *_NAMES_500)
    return EosProduct(tuple(files), _truth(folder, ground, fine, names), names)


def _viirs(folder: Path, options: EosOptions) -> EosProduct:
    sensor = sensor_by_id("viirs")
    fine, coarse = tile_grid(options, 2400), tile_grid(options, 1200)
    ground = _ground(options, fine, sensor)
    # Collection 1 calls its grids VNP_Grid..., collection 2 VIIRS_Grid...
    letters = "VNP" if options.version == "001" else "VIIRS"
    grids = {f"{letters}_Grid_1km_2D": coarse, f"{letters}_Grid_500m_2D": fine}
    names = tuple(band.name for band in sensor.bands)
    groups = {}
    for (name, grid), kind in zip(grids.items(), "MI"):
        looks = _looks(ground, grid, tuple(band for band in names if band[0] == kind))
        groups[name] = tuple(
            Layer(f"SurfReflect_{band}_1", pixels, ("YDim", "XDim"), reflectance_attributes(1e-4))
            for band, pixels in looks.items()
        )
    fields = {name: tuple(layer.name for layer in layers) for name, layers in groups.items()}
    path = folder / options.file_name("09GA", "h5")
    placed = {f"HDFEOS/GRIDS/{name}/Data Fields": layers for name, layers in groups.items()}
    write_hdf5(path, grid_text(grids, fields, eos5=True), placed, {"ShortName": "VNP09GA"})
    return EosProduct((path,), _truth(folder, ground, fine, names), names)
