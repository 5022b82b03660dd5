# SPDX-License-Identifier: GPL-2.0-or-later
"""A writer that is killed at any instant."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
from satsharp.core.grid import Grid  # noqa: E402
from satsharp.core.output_place import discard_partial, partial_paths  # noqa: E402
from satsharp.core.raster_profile import BandProfile, RasterProfile  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402

from .parts import ROOT, give, names_in, pixels_of, read  # noqa: E402

KILLED = """
import runpy, sys
runpy.run_path(sys.argv[1] + "/conftest.py")
import numpy as np
from pathlib import Path
from satsharp.core import raster_writer
from satsharp.core.grid import Grid, Window
from satsharp.core.raster_profile import BandProfile, RasterProfile
from satsharp.core.tiling import tile_rows

raster_writer.CHECKPOINT_SECONDS = 0
path, cog, threads, rows, cols = Path(sys.argv[2]), sys.argv[3] == "cog", *map(int, sys.argv[4:7])
pixels = np.load(path.with_name("pixels.npy"))
names = tuple(BandProfile(f"B{number}", 1e-4, 0.0) for number in range(len(pixels)))
kind = RasterProfile(Grid("", (0, 10, 0, 0, 0, -10), cols, rows), "uint16", 0, names, (), cog, threads)
print("ready", flush=True)
writer = raster_writer.RasterWriter(path, kind, (("input", "a"),), True)
for row in tile_rows(Window(0, 0, rows, cols), 200, writer.rows_done):
    for tile in row:
        writer.write(tile.kept, pixels[(slice(None), *tile.kept.slices)])
    writer.rows_written(row[0].kept.row_end)
print("finishing", flush=True)
writer.finish(lambda: None)
print("done", flush=True)
"""


@pytest.fixture
def killable(path):
    """Return pixels and a function that runs the writing of them in a process of its own."""
    if os.name != "posix":
        pytest.skip("needs SIGKILL")
    pixels = pixels_of((2, 1500, 900))
    np.save(path.with_name("pixels.npy"), pixels)

    def start(layout: str, threads: int) -> subprocess.Popen:
        arguments = [sys.executable, "-c", KILLED, str(ROOT), str(path), layout, str(threads), "1500", "900"]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        return process

    return pixels, start


def resume_copy(path: Path, pixels: np.ndarray, cog: bool, threads: int) -> int:
    """Take up a copy of what a killed process has left; return how many rows it had done."""
    copy = path.parent / "copy"
    copy.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy2(file, copy / file.name)
    names = tuple(BandProfile(f"B{number}", 1e-4, 0.0) for number in range(len(pixels)))
    kind = RasterProfile(Grid("", (0, 10, 0, 0, 0, -10), *pixels.shape[:0:-1]), "uint16", 0, names, (), cog, threads)
    writer = RasterWriter(copy / path.name, kind, (("input", "a"),), resume=True)
    done = writer.rows_done
    if done:
        partial = gdal.Open(str(partial_paths(copy / path.name)[0]))
        np.testing.assert_array_equal(partial.ReadAsArray(0, 0, pixels.shape[2], done), pixels[:, :done])
        del partial
    give(writer, pixels)
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(copy / path.name), pixels)
    assert names_in(copy) == [path.name]
    shutil.rmtree(copy)
    return done


@pytest.mark.parametrize(("layout", "threads"), [("plain", 1), ("cog", 2)])
def test_killed_at_any_instant(killable, path, layout, threads):
    """What is left is finished in a copy, and every other time taken up by the next process, which is killed too."""
    pixels, start = killable
    process, started = start(layout, threads), time.monotonic()
    assert process.communicate()[0] == "finishing\ndone\n"
    seconds = time.monotonic() - started
    np.testing.assert_array_equal(read(path), pixels)
    random_instants, unfinished = random.Random(layout), 0
    for number in range(8):
        if number % 2 == 0:
            path.unlink(missing_ok=True)
            discard_partial(path)
        process = start(layout, threads)
        if number >= 6:
            assert process.stdout.readline() == "finishing\n"
        time.sleep((number % 6 / 6 + random_instants.random() / 6) * 0.6 * seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        unfinished += not path.exists()
        if path.exists():
            np.testing.assert_array_equal(read(path), pixels)
        resume_copy(path, pixels, layout == "cog", threads)
    assert unfinished >= 3, "otherwise nothing was tried"
    assert start(layout, threads).communicate()[0].endswith("done\n")
    np.testing.assert_array_equal(read(path), pixels)
    assert names_in(path.parent) == [path.name, "pixels.npy"]
