# SPDX-License-Identifier: GPL-2.0-or-later
"""Blended tiling: algebra of blocks, and runs that depend on nothing but the card's blocks."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from satsharp.core import prediction  # noqa: E402
from satsharp.core.blend import blended, default_blend, rising, span_weights, spans  # noqa: E402
from satsharp.core.blend_store import BlockStore  # noqa: E402
from satsharp.core.cards import CardBlend, load_card  # noqa: E402
from satsharp.core.errors import CancelledError, CardError, ModelError  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.session import OutOfMemoryError, Session  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.core.tiling import reflected, tile_rows, tiles_touching  # noqa: E402
from satsharp.tests.unit import blend_factory as factory  # noqa: E402

BARE = {"consistency": False, "guard": "off", "copy_fine_bands": False}
BLEND = {"block": 32, "overlap": 8}


@st.composite
def blends(draw):
    """Blocks and overlaps that are multiples of an alignment."""
    alignment = draw(st.integers(1, 4))
    overlap = draw(st.integers(1, 9))
    return CardBlend((2 * overlap + draw(st.integers(0, 9))) * alignment, overlap * alignment), alignment


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 300), blends(), st.integers(1, 4))
def test_weights_of_all_blocks_sum_to_one_and_blocks_hold_what_they_count_for(length, sized, unit):
    blend, alignment = sized
    every = spans(length, blend, alignment)
    total = np.zeros(length * unit, np.float64)
    for span in every:
        weights = span_weights(span, blend.overlap, unit, 0, length * unit)
        total += weights
        counting = np.flatnonzero(weights)
        assert span.read % alignment == 0 and span.size % alignment == 0
        assert (
            not counting.size or span.read * unit <= counting.min() and counting.max() < (span.read + span.size) * unit
        )
    np.testing.assert_allclose(total, 1, atol=1e-6)
    assert len({span.size for span in every}) == 1
    beyond = blend.overlap if len(every) > 1 else 0
    assert every[0].read == -beyond and 0 <= every[-1].read + every[-1].size - length - beyond < alignment


def test_rising_weights_mirror_to_one_and_leave_the_border_out():
    rise = rising(64).astype(np.float64)
    np.testing.assert_allclose(rise + rise[::-1], 1, atol=1e-6)
    assert np.all(np.diff(rise) > 0)
    assert rise[7] < 0.005 and rise[31] == pytest.approx(0.48, abs=0.02)


@pytest.mark.parametrize(
    ("alignment", "values", "expected"),
    [(1, 10, (128, 32)), (1, 1024, (96, 24)), (8, 1024, (96, 24)), (32, 3000, (64, 32)), (1, 1e6, (48, 12)),
     (96, 10, (192, 96))],
)  # fmt: skip
def test_default_blocks_follow_memory_and_alignment(alignment, values, expected):
    blend = default_blend(alignment, values)
    assert (blend.block, blend.overlap) == expected
    assert blend.block % alignment == blend.overlap % alignment == 0
    assert 2 * blend.overlap <= blend.block


def test_a_network_of_one_size_gets_that_size_from_a_small_scene():
    (span,) = spans(20, CardBlend(64, 16, 64), 1)
    assert (span.read, span.size) == (0, 64)


def test_results_beyond_the_scene_are_mirrored():
    image = np.arange(20 * 20, dtype=np.float32).reshape(1, 1, 20, 20)

    def compute(block, counting):
        rows, cols = reflected(block.row, block.row_end, 20), reflected(block.col, block.col_end, 20)
        return {"y": image[:, :, rows][:, :, :, cols]}

    region = Window(-3, -2, 10, 26)
    made = blended(region, region, (20, 20), 1, CardBlend(8, 2), 1, compute)["y"]
    expected = np.pad(image[0, 0], ((3, 0), (2, 4)), mode="symmetric")[:10, :26]
    np.testing.assert_allclose(made[0, 0], expected, rtol=1e-6)


def test_only_blocks_that_touch_the_wanted_part_are_computed():
    asked = []

    def compute(block, counting):
        asked.append(block)
        return {"y": np.ones((1, 1, block.height, block.width), np.float32)}

    made = blended(Window(0, 0, 64, 64), Window(0, 0, 5, 5), (200, 200), 1, CardBlend(16, 4), 1, compute)["y"]
    assert asked == [Window(-4, -4, 16, 16)]
    assert made[0, 0, :5, :5].min() == 1 and made.sum() == 25


def test_a_store_keeps_results_for_their_uses_and_while_there_is_room():
    store, calls = BlockStore(megabytes=8 * 1000 / 1e6), []

    def make(name):
        def compute():
            calls.append(name)
            return {"y": np.zeros(1000, np.float32)}

        return compute

    for name, uses in (("a", 1), ("a", 1), ("b", 3), ("b", 3), ("b", 3)):
        store.get(name, uses, make(name))
    assert calls == ["a", "a", "b"] and len(store) == 0
    for name in ("c", "d", "c", "e", "c", "d"):
        store.get(name, 9, make(name))
    assert calls[3:] == ["c", "d", "e", "d"] and len(store) == 2
    with pytest.raises(CancelledError):
        store.get("f", 2, lambda: (_ for _ in ()).throw(CancelledError("stop")))
    store.get("f", 2, make("f"))
    assert calls[-1] == "f"


def test_threads_that_want_one_block_compute_it_once():
    store, calls, gate = BlockStore(), [], threading.Event()

    def compute():
        gate.wait(5)
        calls.append(1)
        return {"y": np.ones(1, np.float32)}

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(store.get, "key", 4, compute) for _ in range(4)]
        gate.set()
        assert [future.result()["y"][0] for future in waiting] == [1, 1, 1, 1]
    assert calls == [1] and len(store) == 0


def test_a_run_computes_every_block_once(picture, tmp_path, monkeypatch):
    card = network(tmp_path, "wide", blend=BLEND)
    asked = []
    real = prediction._infer_window
    monkeypatch.setattr(prediction, "_infer_window", lambda *values: asked.append(values[2].window) or real(*values))
    made_by(card, factory.picture_scene(picture), tmp_path / "o.tif", tile_size=52)
    rows, cols = (len(spans(side, card.blend, 1)) for side in (109, 147))
    assert len(asked) == len({*asked}) <= rows * cols and len(asked) >= (rows - 1) * (cols - 1)


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(*(st.integers(0, 60),) * 4), st.tuples(*(st.integers(0, 60),) * 4), st.integers(1, 25), st.integers(0, 9)
)
def test_tiles_that_touch_a_window_are_counted(chosen, window, size, margin):
    selected, window = Window(*chosen), Window(*window)
    tiles = [tile for row in tile_rows(selected, size) for tile in row]
    touching = [tile for tile in tiles if not tile.kept.pad(margin).intersect(window).is_empty]
    assert tiles_touching(selected, size, window, margin) == (0 if window.is_empty else len(touching))


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """A scene of odd sizes with nodata inside, at the edge, and beyond a block."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(1, 200, (3, 109, 147)).astype(np.uint8)
    pixels[:, 40:52, 20:75] = 0
    pixels[:, :, 140:] = 0
    return factory.write_picture(tmp_path_factory.mktemp("picture") / "TCI.tif", pixels)


def made_by(card, scene, path, workers=2, **options):
    job = plan_job(scene, (card,), str(path), Options(**{**BARE, **options}))
    result = run(replace(job, workers=workers), lambda share: None, lambda: False, lambda text: None)
    return gdal.Open(str(result.output)).ReadAsArray()


def network(folder, kind, **card):
    return load_card(factory.write_network(folder, kind, kind, **card))


def test_a_pointwise_network_gives_what_exact_tiles_give_digit_for_digit(picture, tmp_path):
    scene = factory.picture_scene(picture)
    card = network(tmp_path, "pointwise", blend=BLEND)
    exact = replace(card, tiling="exact", blend=None)
    plain = made_by(exact, scene, tmp_path / "exact.tif")
    np.testing.assert_array_equal(made_by(card, scene, tmp_path / "blended.tif"), plain)
    source = gdal.Open(str(picture)).ReadAsArray()
    np.testing.assert_array_equal(plain, source.repeat(2, 1).repeat(2, 2))


@pytest.mark.parametrize("kind", ["wide", "border", "global"])
def test_neither_tile_size_nor_workers_nor_extent_changes_a_digit(picture, tmp_path, kind):
    scene = factory.picture_scene(picture)
    card = network(tmp_path, kind, blend=BLEND)
    whole = made_by(card, scene, tmp_path / "whole.tif")
    for number, size in enumerate((14, 52, 66, 1000)):
        again = made_by(card, scene, tmp_path / f"{number}.tif", workers=1 + number % 2, tile_size=size)
        np.testing.assert_array_equal(again, whole)
    x, y = factory.ORIGIN
    extent = (x + 330, y - 900, x + 1210, y - 210)
    part = made_by(card, scene, tmp_path / "part.tif", extent=extent, tile_size=52)
    np.testing.assert_array_equal(part, whole[:, 42:180, 66:242])
    source = gdal.Open(str(picture)).ReadAsArray()
    assert ((whole == 0) == (source == 0).repeat(2, 1).repeat(2, 2)).all()


def test_a_constant_stays_constant(tmp_path):
    path = factory.write_picture(tmp_path / "flat.tif", np.full((3, 90, 70), 90, np.uint8))
    card = network(tmp_path, "pointwise", blend=BLEND)
    assert np.unique(made_by(card, factory.picture_scene(path), tmp_path / "out.tif")).tolist() == [90]


def test_borders_of_blocks_do_not_show(tmp_path):
    """The network is wrong by 25 digital numbers in two pixels around each block; a hard cut would show that."""
    path = factory.write_picture(tmp_path / "flat.tif", np.full((3, 150, 150), 90, np.uint8))
    card = network(tmp_path, "border", blend={"block": 32, "overlap": 12})
    made = made_by(card, factory.picture_scene(path), tmp_path / "out.tif")[0].astype(int)
    assert made.max() <= 91 and np.abs(np.diff(made, axis=0)).max() <= 1
    small = factory.write_picture(tmp_path / "small.tif", np.full((3, 30, 30), 90, np.uint8))
    alone = made_by(card, factory.picture_scene(small), tmp_path / "alone.tif")[0]
    assert np.unique(alone[:4]).tolist() == [116] and np.unique(alone[4:-4, 4:-4]).tolist() == [90]


def test_a_scene_smaller_than_a_block_is_the_whole_image_at_once(tmp_path):
    rng = np.random.default_rng(3)
    pixels = rng.integers(1, 255, (3, 19, 27)).astype(np.uint8)
    scene = factory.picture_scene(factory.write_picture(tmp_path / "small.tif", pixels))
    card = network(tmp_path, "wide")
    session = Session(card.path, "cpu", 1)
    (expected,) = session.run({"images": pixels[None] / np.float32(255)}, _stopper()).values()
    made = made_by(card, scene, tmp_path / "out.tif")
    np.testing.assert_array_equal(made, np.clip(np.rint(expected[0] * 255), 1, 255))


def _stopper():
    from satsharp.core.session import Stopper

    return Stopper()


def test_a_killed_run_resumes_to_the_same_digits(picture, tmp_path):
    scene = factory.picture_scene(picture)
    card = network(tmp_path, "global", blend=BLEND)
    whole = made_by(card, scene, tmp_path / "whole.tif", tile_size=24)

    class Killed(BaseException):
        """Ends the run as a kill would: nothing is cleaned up."""

    output = tmp_path / "killed.tif"
    saved = tmp_path / "saved"
    saved.mkdir()

    def die(share):
        if share > 0.6:
            for file in tmp_path.glob("killed.tif*"):
                shutil.copy(file, saved / file.name)
            raise Killed

    job = plan_job(scene, (card,), str(output), Options(**BARE, tile_size=24))
    with pytest.raises(Killed):
        run(job, die, lambda: False, lambda text: None)
    for file in saved.iterdir():
        shutil.copy(file, tmp_path / file.name)
    told = []
    run(
        plan_job(scene, (card,), str(output), Options(**BARE, tile_size=24)), lambda s: None, lambda: False, told.append
    )
    np.testing.assert_array_equal(gdal.Open(str(output)).ReadAsArray(), whole)


def test_the_log_and_the_tags_tell_what_blended_means(picture, tmp_path):
    job = plan_job(
        factory.picture_scene(picture), (network(tmp_path, "global", blend=BLEND),), str(tmp_path / "o.tif"),
        Options(**BARE),
    )  # fmt: skip
    assert "overlapping blocks of 32 x 32 px" in job.notes[0] and "blended smoothly over 8 px" in job.notes[0]
    assert dict(job.tags)["SATSHARP_BLENDED"] == "global: blocks of 32 px, blended over 8 px"
    other = plan_job(
        factory.picture_scene(picture), (network(tmp_path, "global"),), str(tmp_path / "o.tif"), Options(**BARE)
    )
    assert dict(job.identity)["blocks"] != dict(other.identity)["blocks"]


def test_a_global_network_that_claims_exact_tiles_is_refused(picture, tmp_path):
    card = replace(network(tmp_path, "global"), tiling="exact")
    with pytest.raises(ModelError, match="Declare tiling blended"):
        plan_job(factory.picture_scene(picture), (card,), str(tmp_path / "o.tif"), Options(**BARE))


@pytest.mark.parametrize(
    ("blend", "message"),
    [({"block": 16, "overlap": 9}, "at most half"), ({"block": 16}, "'overlap' is missing"),
     ({"block": 16, "overlap": 4, "multiple": 5}, "multiple of blend.multiple")],
)  # fmt: skip
def test_wrong_blocks_in_a_card_are_told(tmp_path, blend, message):
    with pytest.raises(CardError, match=message):
        network(tmp_path, "wide", blend=blend)
    with pytest.raises(CardError, match="tiling is blended"):
        network(tmp_path, "wide", blend=BLEND, tiling="exact")


def test_blocks_off_the_alignment_are_told(picture, tmp_path):
    from satsharp.core.plan_blend import blend_of

    card = network(tmp_path, "wide", blend={"block": 30, "overlap": 8})
    with pytest.raises(CardError, match="blend.block of wide is 30, no multiple of the 4"):
        blend_of(card, SimpleNamespace(alignment=4, global_operations=(), values_per_pixel=1.0))


def test_a_block_that_the_device_cannot_hold_is_not_cut_into_halves(picture, tmp_path, monkeypatch):
    def fail(self, inputs, stopper):
        raise OutOfMemoryError("too little")

    card = network(tmp_path, "wide", blend=BLEND)
    monkeypatch.setattr(Session, "run", fail)
    with pytest.raises(OutOfMemoryError, match="too little memory even for the smallest"):
        made_by(card, factory.picture_scene(picture), Path(tmp_path) / "o.tif")
