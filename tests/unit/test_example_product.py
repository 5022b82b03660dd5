# SPDX-License-Identifier: GPL-2.0-or-later
"""The example: a product that the engine reads, with detail at 10 m that its coarse bands lack."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")

from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.example_landscape import BANDS, landscape  # noqa: E402
from satsharp.core.example_product import CRS, NAME, is_complete, write_example  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402

SENSOR = sensor_by_id("sentinel2")
SIDE = 240


@pytest.fixture(scope="module")
def crs() -> str:
    reference = osr.SpatialReference()
    reference.SetFromUserInput(CRS)
    return reference.ExportToWkt()


@pytest.fixture(scope="module")
def example(tmp_path_factory, crs):
    return write_example(tmp_path_factory.mktemp("example"), SENSOR, crs, lambda: False, SIDE)


def test_example_is_read_as_a_product(example):
    scene = open_scene(str(example), SENSOR)
    assert (scene.name, scene.level, scene.acquired) == (NAME, "L2A", "2023-06-15")
    assert [band.name for band in scene.bands] == [band.name for band in SENSOR.bands] == list(BANDS)
    sizes = {band.gsd: (band.grid.width, band.grid.height) for band in scene.bands}
    assert sizes == {10.0: (240, 240), 20.0: (120, 120), 60.0: (40, 40)}
    assert {(band.scale, band.offset, band.nodata) for band in scene.bands} == {(0.0001, 0.0, 0.0)}
    assert sorted(path.name for path in example.iterdir()) == [f"{NAME}_{gsd}m.tif" for gsd in (10, 20, 60)]


def test_bands_are_the_landscape_through_their_point_spread(example):
    ground = landscape(SIDE)[BANDS.index("B11")]
    seen = gdal.Open(str(example / f"{NAME}_20m.tif")).ReadAsArray()[4] / 10000
    means = ground.reshape(120, 2, 120, 2).mean(axis=(1, 3))
    assert np.abs(seen - means)[2:-2, 2:-2].mean() < 0.02 and abs(seen.mean() - means.mean()) < 0.001
    assert means.std() > 1.03 * seen.std() > 0.05


def test_landscape_is_the_same_every_time_and_has_vegetation_and_water():
    first, again = landscape(120), landscape(120)
    np.testing.assert_array_equal(first, again)
    assert first.shape == (12, 120, 120) and first.dtype == np.float32 and first.min() > 0
    near, red = first[BANDS.index("B8A")], first[BANDS.index("B04")]
    index = (near - red) / (near + red)
    assert index.max() > 0.8 and index.min() < 0
    assert np.abs(landscape(120, seed=8) - first).mean() > 0.02


def test_example_is_made_once_and_not_finished_when_cancelled(tmp_path, crs):
    place = write_example(tmp_path, SENSOR, crs, lambda: True, SIDE)
    assert not is_complete(place, SENSOR) and list(tmp_path.iterdir()) == []
    asked = iter([False, False, True])
    assert write_example(tmp_path, SENSOR, crs, lambda: next(asked), SIDE) == place
    assert not is_complete(place, SENSOR) and list(tmp_path.iterdir()) == []
    write_example(tmp_path, SENSOR, crs, lambda: False, SIDE)
    stamps = {path: path.stat().st_mtime_ns for path in place.iterdir()}
    assert is_complete(place, SENSOR)
    write_example(tmp_path, SENSOR, crs, lambda: pytest.fail("made again"), SIDE)
    assert {path: path.stat().st_mtime_ns for path in place.iterdir()} == stamps


def test_two_that_make_it_at_once_share_one(tmp_path, crs):
    """Both are half through when the other one begins; the faster one's files stay, and the other one returns them."""
    both = threading.Barrier(2)

    def make() -> Path:
        asked = iter(range(3))

        def meet() -> bool:
            if next(asked) == 1:
                both.wait(60)
            return False

        return write_example(tmp_path, SENSOR, crs, meet, SIDE)

    with ThreadPoolExecutor(2) as pool:
        places = [future.result() for future in [pool.submit(make), pool.submit(make)]]
    assert places == [tmp_path / NAME] * 2
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert sorted(path.name for path in (tmp_path / NAME).iterdir()) == [f"{NAME}_{gsd}m.tif" for gsd in (10, 20, 60)]
    assert len(open_scene(str(places[0]), SENSOR).bands) == 12


def test_the_slower_one_leaves_the_files_of_the_faster_one(tmp_path, crs):
    stamps = {}

    def overtaken() -> bool:
        if not stamps:
            stamps["begun"] = 0
            winner = write_example(tmp_path, SENSOR, crs, lambda: False, SIDE)
            stamps.update({path: path.stat().st_ino for path in winner.iterdir()})
        return False

    place = write_example(tmp_path, SENSOR, crs, overtaken, SIDE)
    assert len(stamps) == 4 and {path: path.stat().st_ino for path in place.iterdir()} == {
        path: number for path, number in stamps.items() if path != "begun"
    }


def test_example_that_lacks_a_file_is_completed_and_what_is_no_folder_is_named(tmp_path, crs):
    place = write_example(tmp_path, SENSOR, crs, lambda: False, SIDE)
    (place / f"{NAME}_20m.tif").unlink()
    assert not is_complete(place, SENSOR)
    write_example(tmp_path, SENSOR, crs, lambda: False, SIDE)
    assert is_complete(place, SENSOR) and [path.name for path in tmp_path.iterdir()] == [NAME]
    other = tmp_path / "other"
    other.mkdir()
    (other / NAME).write_text("mine")
    with pytest.raises(OutputError, match=rf"^{other / NAME} cannot be made \(.+\)\. Move what is in its place\.$"):
        write_example(other, SENSOR, crs, lambda: False, SIDE)
    assert [path.name for path in other.iterdir()] == [NAME] and (other / NAME).read_text() == "mine"
