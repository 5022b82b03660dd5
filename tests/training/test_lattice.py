# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat's own pixels in training: measured on a lattice, brought to the grid as the engine does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.grid import Grid  # noqa: E402
from satsharp.core.point_spread import degrade  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402
from satsharp.export_tools.lattice import Lattice, phase_of, resampled, resampled_whole  # noqa: E402


def noise(side: int, bands: int = 2) -> np.ndarray:
    image = np.random.default_rng(4).normal(0.5, 0.1, (bands, side, side)).astype(np.float32)
    return degrade(image, 1, [1.0] * bands)


def test_without_phase_it_is_the_degradation_of_the_protocol():
    image = noise(60)
    found = resampled_whole(image, Lattice(3.0, 3, (0.0, 0.0)), [1.2, 0.7])
    assert found.shape == (2, 20, 20)
    assert np.abs(found - degrade(image, 3, [1.2, 0.7]))[:, 3:-3, 3:-3].max() < 2e-6


def test_it_is_what_the_engine_reads(tmp_path: Path):
    """Measured at 1.5 pixels, 0.6 rows and 1.2 columns off: block means by hand, then BandReader's interpolation."""
    side, step, phase = 60, 1.5, (0.6, 1.2)
    image = noise(side, 1)
    fine = image[0].repeat(10, 0).repeat(10, 1)
    count = 36
    starts = [round(10 * start) for start in phase]
    cut = fine[starts[0] : starts[0] + 15 * count, starts[1] : starts[1] + 15 * count]
    measured = cut.reshape(count, 15, count, 15).mean(axis=(1, 3)).astype(np.float32)
    lattice = Grid("", (10 * phase[1], 15.0, 0.0, -10 * phase[0], 0.0, -15.0), count, count)
    path = tmp_path / "pan.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), count, count, 1, gdal.GDT_Float32)
    dataset.GetRasterBand(1).WriteArray(measured)
    del dataset
    grid = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), side, side)
    band = Band("B8", str(path), 1, grid, "Float32", None, None, 1.0, 0.0, lattice=lattice)
    with BandReader() as reader:
        engine = reader.read(band, grid.window)
    kit = resampled_whole(image, Lattice(step, 1, phase), [0.0])[0]
    assert np.abs(kit - engine)[5:50, 5:50].max() < 2e-6


def test_a_chip_is_the_crop_of_the_whole():
    image = noise(90)
    lattice = Lattice(1.5, 1, (0.4, 1.1))
    whole = resampled_whole(image, lattice, [0.8, 0.5])
    # Chips start at multiples of three pixels, two of the lattice's.
    chip = resampled(image[:, 24:60, 30:66], lattice, 24, 6, [0.8, 0.5])
    assert np.abs(chip - whole[:, 30:54, 36:60])[:, 4:-4, 4:-4].max() < 5e-3
    assert np.abs(chip - whole[:, 30:54, 37:61])[:, 4:-4, 4:-4].max() > 2e-2


def test_phases_belong_to_names():
    first, again, other = phase_of("gers/b10", 1.5), phase_of("gers/b10", 1.5), phase_of("lazio/b10", 1.5)
    assert first == again != other
    assert all(0 <= value < 1.5 for value in (*first, *other))
