# SPDX-License-Identifier: GPL-2.0-or-later
"""Profiles, pixels, and how the tests write and read them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.raster_profile import BandProfile, RasterProfile  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402
from satsharp.core.tiling import tile_rows  # noqa: E402

IDENTITY = (("input", "a"), ("model", "b"), ("parameters", "c"))
TAGS = (("SATSHARP_MODELS", "s2-20m, s2-60m"), ("TIFFTAG_SOFTWARE", "SatSharp 0.1"))
ROOT = Path(__file__).resolve().parents[3]


both_ways = pytest.mark.parametrize("either_way", [False, True], ids=["codes", "exceptions"], indirect=True)


def profile(bands: int, rows: int, cols: int, dtype: str = "uint16", nodata: float | None = 0, **more) -> RasterProfile:
    grid = Grid("", (399960.0, 10.0, 0.0, 6000000.0, 0.0, -10.0), cols, rows)
    names = tuple(BandProfile(f"B{number}", 1e-4, -0.1, 490.0 + number, 20.5) for number in range(bands))
    return RasterProfile(grid, dtype, nodata, names, TAGS, **more)


def pixels_of(shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(0, 4000, shape).astype(np.uint16)
    pixels[:, : shape[1] // 2, : shape[2] // 2] = 0
    return pixels


def give(writer: RasterWriter, pixels: np.ndarray, tile: int = 200, rows: int | None = None) -> None:
    """Write tiles down to ``rows``, each row of tiles in an order of its own."""
    whole = Window(0, 0, rows or pixels.shape[1], pixels.shape[2])
    for row in tile_rows(whole, tile, writer.rows_done):
        for part in random.Random(row[0].row).sample(row, len(row)):
            writer.write(part.kept, pixels[(slice(None), *part.kept.slices)])
        writer.rows_written(row[0].kept.row_end)


def write(path: Path, kind: RasterProfile, pixels: np.ndarray, tile: int = 200, resume: bool = False) -> None:
    writer = RasterWriter(path, kind, IDENTITY, resume)
    give(writer, pixels, tile)
    writer.finish(lambda: None)


def read(path: Path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray().reshape(dataset.RasterCount, dataset.RasterYSize, dataset.RasterXSize)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())
