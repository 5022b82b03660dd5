# SPDX-License-Identifier: GPL-2.0-or-later
"""A killed run is taken up where its last checkpoint stands."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.ledger import Ledger, is_settled  # noqa: E402
from satsharp.core.output_place import discard_partial, partial_paths  # noqa: E402
from satsharp.core.raster_profile import RasterProfile  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402
from satsharp.core.tiling import tile_rows  # noqa: E402

from .parts import IDENTITY, both_ways, give, names_in, pixels_of, profile, read, write  # noqa: E402


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("dtype", "nodata", "bands", "rows", "cols", "tile"),
    [
        ("uint16", 0, 2, 1100, 700, 200),
        ("uint8", None, 1, 100, 200, 200),
        ("uint16", 0, 1, 1, 1, 200),
        ("int16", -9999, 3, 600, 257, 333),
        ("float64", float("nan"), 1, 800, 256, 256),
    ],
)
def test_restoring_brings_back_the_checkpoint_to_the_last_bit(path, dtype, nodata, bands, rows, cols, tile, threads):
    """Whatever was written after it: more pixels, overviews, statistics and the end of the file."""
    random_pixels = np.random.default_rng(3)
    pixels = random_pixels.integers(0, 200, (bands, rows, cols)).astype(dtype)
    if nodata is not None:
        pixels[:, : rows // 2, : cols // 2] = nodata
    writer = RasterWriter(path, profile(bands, rows, cols, dtype, nodata, threads=threads), IDENTITY, resume=False)
    partial, ledger = partial_paths(path)
    kept = []

    def compare():
        for checkpoint, content in kept:
            current = partial.read_bytes()
            assert checkpoint.head + current[len(checkpoint.head) : checkpoint.length] == content

    for row in tile_rows(writer._profile.grid.window, tile):
        for part in row:
            writer.write(part.kept, pixels[(slice(None), *part.kept.slices)])
        writer.rows_written(row[0].kept.row_end)
        checkpoint, content = Ledger.load(ledger), partial.read_bytes()
        compare()
        expected = row[0].kept.row_end if row[0].kept.row_end == rows else row[0].kept.row_end // 256 * 256
        assert (checkpoint.rows_done, checkpoint.length) == (expected, len(content))
        assert content.startswith(checkpoint.head)
        if expected:
            copy = path.with_name("copy.tif")
            copy.write_bytes(content)
            np.testing.assert_array_equal(read(copy)[:, :expected], pixels[:, :expected])
        kept.append((checkpoint, content))
    rename = writer._rename
    writer._rename = lambda finished: (compare(), rename(finished))
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(path), pixels)


def test_checkpoint_that_is_not_on_the_disk_is_not_recorded(path, monkeypatch):
    """One flush of GDAL 3.6 leaves a part of the block table in a buffer of the C library: a kill would lose it."""
    monkeypatch.setattr(RasterWriter, "_flush", lambda self: self._dataset.FlushCache())
    pixels = pixels_of((2, 600, 300))
    writer = RasterWriter(path, profile(2, 600, 300, nodata=None), IDENTITY, resume=False)
    partial, ledger = partial_paths(path)
    for rows in (256, 512):
        writer.write(Window(rows - 256, 0, 256, 300), pixels[:, rows - 256 : rows])
        writer.checkpoint(rows)
        if ledger.exists():
            saved = Ledger.load(ledger)
            copy = path.with_name("copy.tif")
            copy.write_bytes(saved.head + partial.read_bytes()[len(saved.head) : saved.length])
            np.testing.assert_array_equal(read(copy)[:, : saved.rows_done], pixels[:, : saved.rows_done])
    writer.abandon()


def interrupted(path: Path, pixels: np.ndarray, rows: int, kind: RasterProfile) -> None:
    """Leave what a run leaves that was killed after so many rows, with a torn tail and a torn head."""
    writer = RasterWriter(path, kind, IDENTITY, resume=False)
    give(writer, pixels, rows=rows)
    partial, ledger = partial_paths(path)
    content, record = partial.read_bytes(), ledger.read_bytes()
    writer.abandon()
    partial.write_bytes(b"\xff" * 200 + content[200:] + os.urandom(5000))
    ledger.write_bytes(record)


@both_ways
@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
@pytest.mark.parametrize("rows", [200, 400, 600, 1100])
def test_resuming_gives_the_same_file(path, rows, cog):
    pixels, kind = pixels_of((2, 1100, 600)), profile(2, 1100, 600, cog=cog)
    interrupted(path, pixels, rows, kind)
    partial_paths(path)[0].with_name(f"{path.name}.partial.cog").write_bytes(b"II*\0" + bytes(200))
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    assert writer.rows_done == (1100 if rows == 1100 else rows // 256 * 256)
    if writer.rows_done:
        partial = gdal.Open(str(partial_paths(path)[0]))
        done = partial.ReadAsArray(0, 0, 600, writer.rows_done)
        np.testing.assert_array_equal(done, pixels[:, : writer.rows_done])
    give(writer, pixels, tile=333)
    writer.finish(lambda: None)
    straight = path.with_name("straight.tif")
    write(straight, kind, pixels)
    assert names_in(path.parent) == [path.name, straight.name]
    np.testing.assert_array_equal(read(path), pixels)
    both = [gdal.Open(str(file)) for file in (path, straight)]
    assert both[0].GetRasterBand(2).GetStatistics(False, False) == both[1].GetRasterBand(2).GetStatistics(False, False)
    if not cog:
        empty = [dataset.GetRasterBand(1).GetMetadataItem("BLOCK_OFFSET_0_1", "TIFF") for dataset in both]
        assert empty == [None, None], "blocks without a measured pixel take no room"
    for level in range(3):
        first, second = (dataset.GetRasterBand(1).GetOverview(level).ReadAsArray() for dataset in both)
        np.testing.assert_array_equal(first, second)


def test_rows_that_are_done_are_not_written_again(path):
    pixels, kind = pixels_of((1, 600, 300)), profile(1, 600, 300)
    interrupted(path, pixels, 600, kind)
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    writer.write(Window(0, 0, 600, 300), np.full_like(pixels, 7))
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(path), pixels)


@pytest.mark.parametrize(
    ("identity", "names"),
    [
        ((("input", "x"), *IDENTITY[1:]), "its input,"),
        ((IDENTITY[0], ("model", "x"), ("parameters", "y")), "its model and parameters,"),
        (IDENTITY[:2], "its parameters,"),
    ],
)
def test_other_runs_are_not_resumed(path, identity, names):
    pixels, kind = pixels_of((1, 600, 300)), profile(1, 600, 300)
    interrupted(path, pixels, 400, kind)
    before = [(file.name, file.read_bytes()) for file in sorted(path.parent.iterdir())]
    with pytest.raises(OutputError, match=f"all bands.tif.partial is an unfinished run .*{names}.*Switch RESUME off"):
        RasterWriter(path, kind, identity, resume=True)
    assert [(file.name, file.read_bytes()) for file in sorted(path.parent.iterdir())] == before
    assert RasterWriter(path, kind, tuple(reversed(IDENTITY)), resume=True).rows_done == 256


def test_without_resume_the_unfinished_run_is_discarded(path):
    pixels, kind = pixels_of((1, 600, 300)), profile(1, 600, 300)
    interrupted(path, pixels, 400, kind)
    writer = RasterWriter(path, kind, IDENTITY, resume=False)
    assert writer.rows_done == 0
    assert names_in(path.parent) == [f"{path.name}.partial"]
    give(writer, pixels)
    writer.finish(lambda: None)
    np.testing.assert_array_equal(read(path), pixels)


@pytest.mark.parametrize("missing", [0, 1], ids=["partial", "ledger"])
def test_half_of_a_pair_is_discarded(path, missing):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    partial_paths(path)[missing].unlink()
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    assert writer.rows_done == 0 and names_in(path.parent) == [f"{path.name}.partial"]
    writer.abandon()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"identity": 1}', None], ids=range(6))
def test_damaged_ledger(path, text):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    _, ledger = partial_paths(path)
    document = json.loads(ledger.read_text())
    document["head"] = "AAAA"
    ledger.write_text(json.dumps(document) if text is None else text)
    with pytest.raises(
        OutputError, match="The ledger .*partial.json of an unfinished run is damaged. Delete it and run"
    ):
        RasterWriter(path, kind, IDENTITY, resume=True)


def test_partial_file_shorter_than_its_ledger(path):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    partial, _ = partial_paths(path)
    os.truncate(partial, 1000)
    with pytest.raises(OutputError, match="all bands.tif.partial is shorter than its ledger says. Delete both"):
        RasterWriter(path, kind, IDENTITY, resume=True)


@both_ways
@pytest.mark.parametrize("what", ["head", "blocks"])
def test_damaged_partial_file(path, what):
    kind = profile(1, 600, 300)
    interrupted(path, pixels_of((1, 600, 300)), 400, kind)
    partial, ledger = partial_paths(path)
    saved = Ledger.load(ledger)
    if what == "head":
        Ledger(IDENTITY, 256, 4, b"GIF8").save(ledger)
    else:
        content = partial.read_bytes()
        partial.write_bytes(content[: len(saved.head)] + b"\xff" * (len(content) - len(saved.head)))
    with pytest.raises(OutputError, match="The unfinished .*partial is damaged. Switch RESUME off to start anew"):
        RasterWriter(path, kind, IDENTITY, resume=True)


def test_discarding_finds_every_leftover(path):
    for name in (".partial", ".partial.json", ".partial.json.new", ".partial.cog", ".partial.aux.xml"):
        path.with_name(path.name + name).write_bytes(b"x")
    path.with_name("other.tif.partial").write_bytes(b"x")
    discard_partial(path)
    assert names_in(path.parent) == ["other.tif.partial"]


def test_settled_is_what_can_be_restored(path):
    pixels = pixels_of((1, 600, 300))
    writer = RasterWriter(path, profile(1, 600, 300), IDENTITY, resume=False)
    give(writer, pixels)
    partial, ledger = partial_paths(path)
    saved = Ledger.load(ledger)
    assert is_settled(saved.head, saved.length)
    assert not is_settled(saved.head, saved.length // 2), "the last blocks would be cut"
    assert not any(is_settled(saved.head[:size], saved.length) for size in (0, 3, 8, 100, len(saved.head) - 1))
    counts = saved.head.index(table_of_counts(saved.head))
    assert not is_settled(saved.head[:counts] + b"\0\0\0\0" + saved.head[counts + 4 :], saved.length)
    writer.abandon()


def table_of_counts(head: bytes) -> bytes:
    """Return the byte counts of the blocks of the first directory of a classic TIFF."""
    offset = int.from_bytes(head[4:8], "little")
    for entry in range(offset + 2, offset + 2 + 12 * int.from_bytes(head[offset : offset + 2], "little"), 12):
        if int.from_bytes(head[entry : entry + 2], "little") == 325:
            count, place = np.frombuffer(head, "<u4", 2, entry + 4)
            return head[place + 4 : place + 4 * count]
    raise AssertionError("no byte counts")
