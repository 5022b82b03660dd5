# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that stay open between runs: only where it is wanted, and never when they have changed."""

from __future__ import annotations

import dataclasses
import os
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core import kept_files  # noqa: E402
from satsharp.core.errors import CancelledError, ProductError  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.kept_files import close_kept_files, files_kept_open, lent_reader  # noqa: E402

WINDOW = Window(0, 0, 6, 5)


@pytest.fixture(autouse=True)
def nothing_kept():
    close_kept_files()
    yield
    close_kept_files()


def open_files(path: str) -> int:
    """Return how often this process has a file open."""
    links = [Path(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]
    return sum(os.path.realpath(link) == os.path.realpath(path) for link in links)


def test_nothing_stays_open_otherwise(raster_band):
    band = raster_band(np.ones((6, 5), np.uint16))
    with lent_reader(1) as reader:
        assert reader.read(band, WINDOW).sum() == 30 and open_files(band.path) == 1
    assert open_files(band.path) == 0


def test_files_stay_open_until_they_are_closed(raster_band):
    band = raster_band(np.ones((6, 5), np.uint16))
    with files_kept_open(), lent_reader(1) as first:
        first.read(band, WINDOW)
    assert open_files(band.path) == 1
    with files_kept_open(), lent_reader(1) as second:
        assert second is first and second.paths == (band.path,)
        # Whoever comes meanwhile gets another one; one is kept in the end.
        with lent_reader(1) as third:
            assert third is not first and third.paths == ()
            third.read(band, WINDOW)
    assert open_files(band.path) == 1
    close_kept_files()
    assert open_files(band.path) == 0


def test_the_wish_is_of_one_thread(raster_band):
    band, found = raster_band(np.ones((6, 5), np.uint16)), []

    def run() -> None:
        with lent_reader(1) as reader:
            reader.read(band, WINDOW)
        found.append(open_files(band.path))

    with files_kept_open():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert found == [0]


def test_another_number_of_threads_is_another_reader(raster_band):
    band = raster_band(np.ones((6, 5), np.uint16))
    with files_kept_open():
        with lent_reader(1) as first:
            first.read(band, WINDOW)
        with lent_reader(2) as second:
            assert second is not first
    assert open_files(band.path) == 0


def test_changed_files_are_opened_again(raster_band):
    band = raster_band(np.full((6, 5), 7, np.uint16))
    with files_kept_open():
        with lent_reader(1) as reader:
            assert reader.read(band, WINDOW).max() == 7
        changed = raster_band(np.full((6, 5), 9, np.uint16))
        os.replace(changed.path, band.path)
        os.utime(band.path, (1, 1))
        with lent_reader(1) as reader:
            assert reader.paths == () and reader.read(band, WINDOW).min() == 9


def test_files_that_change_while_they_are_read_are_opened_again(raster_band):
    band, other = raster_band(np.full((6, 5), 7, np.uint16)), raster_band(np.full((6, 5), 9, np.uint16))
    with files_kept_open():
        with lent_reader(1) as reader:
            assert reader.read(band, WINDOW).max() == 7
            os.replace(other.path, band.path)
            # What is open already stays as it is to the end of the run.
            assert reader.read(band, WINDOW).max() == 7
        with lent_reader(1) as reader:
            assert reader.paths == () and reader.read(band, WINDOW).min() == 9


def test_files_behind_virtual_rasters_count(raster_band, tmp_path):
    source, other = raster_band(np.full((6, 5), 3, np.uint16)), raster_band(np.full((6, 5), 4, np.uint16))
    path = str(tmp_path / "x.vrt")
    gdal.Translate(path, source.path, format="VRT")
    band = dataclasses.replace(source, path=path)
    with files_kept_open():
        for expected in (3, 3):
            with lent_reader(1) as reader:
                assert reader.read(band, WINDOW).max() == expected
        os.replace(other.path, source.path)
        with lent_reader(1) as reader:
            assert reader.paths == () and reader.read(band, WINDOW).max() == 4


def test_a_change_within_a_second_is_seen(raster_band):
    band, other = raster_band(np.full((6, 5), 5, np.uint16)), raster_band(np.full((6, 5), 6, np.uint16))
    os.utime(band.path, ns=(0, 1_000_000_000))
    with files_kept_open():
        with lent_reader(1) as reader:
            assert reader.read(band, WINDOW).max() == 5
        assert os.path.getsize(band.path) == os.path.getsize(other.path)
        Path(band.path).write_bytes(Path(other.path).read_bytes())
        os.utime(band.path, ns=(0, 1_000_000_500))
        with lent_reader(1) as reader:
            assert reader.paths == () and reader.read(band, WINDOW).max() == 6


def test_another_archive_with_files_of_the_same_names_and_times(raster_band, tmp_path):
    sources = [raster_band(np.full((6, 5), value, np.uint16)) for value in (1, 2)]
    band = dataclasses.replace(sources[0], path=f"/vsizip/{tmp_path}/x.zip/in.tif")
    with files_kept_open():
        for value, source in enumerate(sources, start=1):
            with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
                archive.writestr(zipfile.ZipInfo("in.tif"), Path(source.path).read_bytes())
            os.utime(tmp_path / "new.zip", (value, value))
            os.replace(tmp_path / "new.zip", tmp_path / "x.zip")
            with lent_reader(1) as reader:
                assert reader.read(band, WINDOW).max() == value


def test_a_file_that_is_gone_is_no_longer_read(raster_band):
    band = raster_band(np.ones((6, 5), np.uint16))
    with files_kept_open():
        with lent_reader(1) as reader:
            reader.read(band, WINDOW)
        os.remove(band.path)
        with pytest.raises(ProductError, match="cannot be opened"), lent_reader(1) as reader:
            reader.read(band, WINDOW)
    assert kept_files._spare == []


def test_nothing_stays_open_after_an_error(raster_band):
    band = raster_band(np.ones((6, 5), np.uint16))
    with files_kept_open(), pytest.raises(ValueError, match="stop"), lent_reader(1) as reader:
        reader.read(band, WINDOW)
        raise ValueError("stop")
    assert open_files(band.path) == 0 and kept_files._spare == []


def test_files_stay_open_after_a_cancelled_run(raster_band):
    band = raster_band(np.ones((6, 5), np.uint16))
    with files_kept_open():
        with pytest.raises(CancelledError), lent_reader(1) as first:
            first.read(band, WINDOW)
            raise CancelledError("cancelled")
        with lent_reader(1) as second:
            assert second is first and open_files(band.path) == 1
