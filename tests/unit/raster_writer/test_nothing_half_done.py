# SPDX-License-Identifier: GPL-2.0-or-later
"""A failed, cancelled or refused run leaves nothing behind, and the old file as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
from satsharp.core import raster_writer  # noqa: E402
from satsharp.core.errors import CancelledError, OutputError  # noqa: E402
from satsharp.core.ledger import is_intact  # noqa: E402
from satsharp.core.output_place import check_space  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402

from .parts import IDENTITY, both_ways, give, names_in, pixels_of, profile, read, write  # noqa: E402


@both_ways
@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_old_file_stays_until_the_new_one_is_finished(path, cog):
    pixels = pixels_of((2, 600, 300))
    sidecars = [path.with_name(path.name + suffix) for suffix in (".aux.xml", ".ovr", ".msk")]
    for old in (path, *sidecars):
        old.write_bytes(b"old")
    writer = RasterWriter(path, profile(2, 600, 300, cog=cog), IDENTITY, resume=False)
    give(writer, pixels)
    assert all(old.read_bytes() == b"old" for old in (path, *sidecars))
    writer.finish(lambda: None)
    assert names_in(path.parent) == [path.name]
    np.testing.assert_array_equal(read(path), pixels)


@both_ways
@pytest.mark.parametrize("after", [0, 200, 600])
def test_abandoning_leaves_nothing(path, after):
    writer = RasterWriter(path, profile(2, 600, 300), IDENTITY, resume=False)
    if after:
        give(writer, pixels_of((2, 600, 300)), rows=after)
        assert names_in(path.parent) == [f"{path.name}.partial", f"{path.name}.partial.json"]
    writer.abandon()
    assert names_in(path.parent) == []


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, CancelledError, KeyboardInterrupt])
@pytest.mark.parametrize("step", ["describe", "add_empty_overviews"])
def test_whatever_goes_wrong_while_the_file_is_made_leaves_nothing(path, monkeypatch, step, error):
    seen = []

    def fail(*given: object) -> None:
        seen.append(names_in(path.parent))
        raise error

    monkeypatch.setattr(raster_writer, step, fail)
    with pytest.raises(OutputError if error is RuntimeError else error):
        RasterWriter(path, profile(2, 600, 300), IDENTITY, resume=False)
    assert seen == [[f"{path.name}.partial"]]
    assert names_in(path.parent) == []


@both_ways
@pytest.mark.parametrize("error", [MemoryError, CancelledError])
def test_run_that_could_not_be_taken_up_can_be_taken_up_later(path, monkeypatch, error):
    pixels, kind = pixels_of((2, 600, 300)), profile(2, 600, 300)
    writer = RasterWriter(path, kind, IDENTITY, resume=True)
    give(writer, pixels, rows=400)
    writer.suspend()

    def fail(*given: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(raster_writer, "stored_strips", fail)
        with pytest.raises(error):
            RasterWriter(path, kind, IDENTITY, resume=True)
    assert names_in(path.parent) == [f"{path.name}.partial", f"{path.name}.partial.json"]
    again = RasterWriter(path, kind, IDENTITY, resume=True)
    assert again.rows_done == 256
    give(again, pixels)
    again.finish(lambda: None)
    assert names_in(path.parent) == [path.name]
    np.testing.assert_array_equal(read(path), pixels)


def test_file_that_cannot_be_suspended_is_closed_all_the_same(path, monkeypatch):
    writer = RasterWriter(path, profile(2, 600, 300), IDENTITY, resume=True)
    give(writer, pixels_of((2, 600, 300)), rows=400)

    def fail(rows: int) -> None:
        raise OutputError(f"{rows} rows cannot be written.")

    monkeypatch.setattr(writer, "checkpoint", fail)
    with pytest.raises(OutputError, match=r"^256 rows cannot be written\.$"):
        writer.suspend()
    assert writer._dataset is None
    # The checkpoint before that one is still good.
    assert RasterWriter(path, profile(2, 600, 300), IDENTITY, resume=True).rows_done == 256


@both_ways
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_cancelling_while_finishing(path, calls):
    """The first call is that of ``finish``, the others come from GDAL as it makes the COG."""
    left = [calls]

    def check():
        left[0] -= 1
        if not left[0]:
            raise CancelledError("stop")

    writer = RasterWriter(path, profile(2, 900, 800, cog=True), IDENTITY, resume=False)
    give(writer, pixels_of((2, 900, 800)))
    with pytest.raises(CancelledError, match="stop"):
        writer.finish(check)
    assert left == [0]
    writer.abandon()
    assert names_in(path.parent) == []


@pytest.mark.parametrize(
    ("place", "sentence"),
    [(".", "is a folder. Give the output a file name"), ("none/a.tif", "none does not exist. Create it")],
)
def test_places_that_cannot_be(tmp_path, place, sentence):
    with pytest.raises(OutputError, match=sentence):
        RasterWriter(tmp_path / place, profile(1, 9, 9), IDENTITY, resume=False)
    assert names_in(tmp_path) == []


def test_read_only_folder(readonly_disk):
    with pytest.raises(OutputError, match=r"^Nothing can be written in .*\(Read-only file system\)\. Choose a folder"):
        RasterWriter(readonly_disk / "a.tif", profile(1, 9, 9), IDENTITY, resume=False)


def test_lack_of_room_is_seen_before_any_work(small_disk):
    with pytest.raises(OutputError, match=r"^The output needs about 4\.0 MB to 8\.0 MB\. [\d.]+ MB are free in "):
        RasterWriter(small_disk / "a.tif", profile(4, 1000, 1000), IDENTITY, resume=False)
    assert names_in(small_disk) == []


def test_half_of_the_size_must_be_free(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    check_space(tmp_path, free)
    with pytest.raises(OutputError, match="make room, or choose another disk"):
        check_space(tmp_path, 3 * free)


@both_ways
@pytest.mark.parametrize(("side", "cog"), [(1200, False), (720, True)], ids=["plain", "cog"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_disk_that_becomes_full(small_disk, side, cog, capfd):
    path = small_disk / "a.tif"
    pixels = np.random.default_rng(0).integers(0, 65536, (1, side, side)).astype(np.uint16)
    writer = RasterWriter(path, profile(1, side, side, nodata=None, cog=cog, threads=2), IDENTITY, resume=False)
    with pytest.raises(
        OutputError, match=r"a\.tif cannot be written \(.*\)\. [\d.]+ MB are free in .*small: make room"
    ):
        give(writer, pixels, tile=256)
        writer.finish(lambda: None)
    writer.abandon()
    assert names_in(small_disk) == []


@both_ways
@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_file_whose_end_is_missing_is_never_published(path, cog, monkeypatch):
    """As when the disk becomes full at the last moment: GDAL reports nothing when it closes a copied file."""
    whole = raster_writer.is_intact

    def cut(finished: Path) -> bool:
        assert whole(finished)
        with finished.open("r+b") as stream:
            stream.truncate(finished.stat().st_size - 8)
        return whole(finished)

    monkeypatch.setattr(raster_writer, "is_intact", cut)
    writer = RasterWriter(path, profile(2, 300, 520, cog=cog), IDENTITY, resume=False)
    give(writer, pixels_of((2, 300, 520)))
    with pytest.raises(OutputError, match=r"all bands\.tif cannot be written \(its end is missing\)\. .* are free in"):
        writer.finish(lambda: None)
    writer.abandon()
    assert names_in(path.parent) == []


@pytest.mark.parametrize("cog", [False, True], ids=["plain", "cog"])
def test_intact_is_the_whole_file_only(path, cog):
    pixels = np.random.default_rng(0).integers(1, 65536, (2, 300, 520)).astype(np.uint16)
    write(path, profile(2, 300, 520, cog=cog), pixels)
    assert is_intact(path)
    length = path.stat().st_size
    for end in (length - 8, length // 2, 4000, 300, 9, 0):
        with path.open("r+b") as stream:
            stream.truncate(end)
        assert not is_intact(path), end
    assert not is_intact(path.with_name("none.tif"))
