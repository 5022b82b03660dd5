# SPDX-License-Identifier: GPL-2.0-or-later
"""A first look at a place of a large scene: by the block around it, only where it is asked for, and never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnxruntime")

from satsharp.core import detail_statistics, scene_blocks, super_resolution  # noqa: E402
from satsharp.core.band_shift_pass import has_finer_guides  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, Card, load_card  # noqa: E402
from satsharp.core.detail_statistics import coefficients_near, scene_coefficients  # noqa: E402
from satsharp.core.errors import CancelledError, ProductError  # noqa: E402
from satsharp.core.findings_cache import forget_findings  # noqa: E402
from satsharp.core.first_look import first_look, first_look_wanted  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.scene_blocks import BLOCK, block_around  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import write_bicubic  # noqa: E402

SIZE, SIDE = 480, 80


@pytest.fixture(scope="module")
def card() -> Card:
    return load_card(MODEL_FOLDER / "s2-20m.json")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    options = SimulationOptions(size=SIZE, clouds=False, nodata_corner=False)
    return open_scene(str(simulate_product(tmp_path_factory.mktemp("product"), options).safe), SENSOR)


SENSOR = sensor_by_id("sentinel2")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let blocks have 160 px, so that the scene of 480 px is a large one of 3 x 3 of them."""
    for module in (scene_blocks, detail_statistics):
        monkeypatch.setattr(module, "BLOCK", 160)
    monkeypatch.setattr(scene_blocks, "SMALL", 160)
    monkeypatch.setattr(detail_statistics, "BLOCK_SIDE", 120)
    forget_blocks()
    forget_findings()
    yield
    forget_blocks()


def forget_blocks() -> None:
    scene_blocks.scene_blocks.cache_clear()
    scene_blocks.other_blocks.cache_clear()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs for which the whole scene was looked at."""
    seen: list[Job] = []
    real = super_resolution.examine

    def counted(job: Job, *others: object) -> object:
        seen.append(job)
        return real(job, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(super_resolution, "examine", counted)
    return seen


def job_at(scene: Scene, card: Card, path: Path, row: int, col: int) -> Job:
    west, north = scene.finest.locate(row, col)
    extent = (west, north - 10 * SIDE, west + 10 * SIDE, north)
    return plan_job(scene, (card,), str(path), Options(gsds=(20.0,), copy_fine_bands=False, extent=extent))


def made(job: Job, log: Callable[[str], None] = lambda text: None) -> np.ndarray:
    super_resolution.run(job, lambda share: None, lambda: False, log)
    return np.asarray(gdal.Open(str(job.output)).ReadAsArray(), np.float64)


def looked_at(job: Job) -> tuple[np.ndarray, bool]:
    with first_look_wanted() as look:
        return made(job), look.taken


def test_a_first_look_is_near_the_full_run_and_leaves_nothing_known(
    scene: Scene, card: Card, tmp_path: Path, large: None, looks: list[Job]
) -> None:
    first, taken = looked_at(job_at(scene, card, tmp_path / "first.tif", 200, 200))
    assert taken and looks == []
    exact = made(job_at(scene, card, tmp_path / "exact.tif", 200, 200))
    assert len(looks) == 1
    difference = np.sqrt(((first - exact) ** 2).mean())
    assert 0.1 < difference < 0.1 * exact.std(axis=(1, 2)).mean()


def test_what_is_known_of_the_scene_is_used(
    scene: Scene, card: Card, tmp_path: Path, large: None, looks: list[Job]
) -> None:
    exact = made(job_at(scene, card, tmp_path / "exact.tif", 40, 40))
    sentences: list[str] = []
    with first_look_wanted() as look:
        again = made(job_at(scene, card, tmp_path / "again.tif", 40, 40), sentences.append)
    assert not look.taken and len(looks) == 1
    assert np.array_equal(again, exact)
    assert any(text.startswith("s2-20m: error / bicubic's error") for text in sentences)


def test_small_scenes_and_who_asks_for_none_get_no_first_look(
    scene: Scene, card: Card, tmp_path: Path, looks: list[Job]
) -> None:
    forget_findings()
    _, taken = looked_at(job_at(scene, card, tmp_path / "small.tif", 40, 40))
    assert not taken and len(looks) == 1


def test_the_wish_ends_with_its_block(scene: Scene, card: Card, tmp_path: Path, large: None, looks: list[Job]) -> None:
    with pytest.raises(KeyError), first_look_wanted():
        raise KeyError
    made(job_at(scene, card, tmp_path / "whole.tif", 40, 40))
    assert len(looks) == 1


def test_coefficients_are_those_of_the_block_around_the_window(
    scene: Scene, card: Card, tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_at(scene, card, tmp_path / "x.tif", 190, 350)
    with BandReader() as reader:
        near = np.array(coefficients_near(job, job.steps[0], lambda: None, reader))
    block = Window(160, 320, 160, 160)
    monkeypatch.setattr(detail_statistics, "scene_blocks", lambda *size: (block,))
    monkeypatch.setattr(detail_statistics, "other_blocks", lambda *size: ())
    alone = np.array(scene_coefficients(job, job.steps[0], lambda: None))
    np.testing.assert_array_equal(near, alone)
    other = job_at(scene, card, tmp_path / "x.tif", 10, 10)
    with BandReader() as reader:
        assert np.abs(near - np.array(coefficients_near(other, other.steps[0], lambda: None, reader))).max() > 1e-3


def test_a_first_look_is_cancelled_between_bands(
    scene: Scene, card: Card, tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, real = [], detail_statistics._read

    def counted(*given: object) -> object:
        read.append(given)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(detail_statistics, "_read", counted)
    job = job_at(scene, card, tmp_path / "x.tif", 200, 200)
    with pytest.raises(CancelledError), first_look_wanted():
        super_resolution.run(job, lambda share: None, lambda: bool(read), lambda text: None)
    assert len(read) == 1 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [{"consistency": True}, {"guard": "warn"}, {}])
def test_where_nothing_would_be_found_the_preview_is_exact(
    scene: Scene, tmp_path: Path, large: None, options: dict[str, Any]
) -> None:
    plain = load_card(write_bicubic(tmp_path, "plain"))
    without_guides = replace(plain, inputs=plain.inputs[-1:])
    west, north = scene.finest.locate(40, 40)
    chosen = Options(
        **{"gsds": (20.0,), "extent": (west, north - 800, west + 800, north), "guard": "off", "consistency": False}
        | options
    )
    job = plan_job(scene, (plain,), str(tmp_path / "x.tif"), chosen)
    job = replace(job, steps=tuple(replace(step, card=without_guides) for step in job.steps))
    with first_look_wanted() as look:
        found = first_look(job, lambda: None, lambda text: None)
    assert (found is not None) == look.taken == bool(options)


def test_guides_that_may_lie_off_are_something_to_find(scene: Scene, card: Card, tmp_path: Path) -> None:
    step = job_at(scene, card, tmp_path / "x.tif", 40, 40).steps[0]
    assert has_finer_guides(step)
    assert not has_finer_guides(replace(step, card=replace(card, inputs=card.inputs[-1:])))


def test_a_band_that_cannot_be_read_is_an_error(scene: Scene, card: Card, tmp_path: Path, large: None) -> None:
    job = job_at(scene, card, tmp_path / "x.tif", 40, 40)
    bands = tuple(
        replace(band, path=str(tmp_path / "gone.jp2")) if band.name == "B11" else band for band in scene.bands
    )
    with pytest.raises(ProductError, match="gone.jp2"), first_look_wanted():
        made(replace(job, scenes=(replace(scene, bands=bands),)))
    assert not (tmp_path / "x.tif").exists()


@given(st.integers(BLOCK, 4 * BLOCK), st.integers(BLOCK, 4 * BLOCK), st.data())
def test_a_block_lies_in_the_scene_and_holds_the_middle(height: int, width: int, data: st.DataObject) -> None:
    row, col = (data.draw(st.integers(0, length - 1)) for length in (height, width))
    window = Window(row, col, data.draw(st.integers(1, height - row)), data.draw(st.integers(1, width - col)))
    block = block_around(window, height, width)
    assert 0 <= block.row <= row + window.height // 2 < block.row_end <= height
    assert 0 <= block.col <= col + window.width // 2 < block.col_end <= width
    assert (block.height, block.width) == (BLOCK, BLOCK)
    assert block.row % BLOCK == 0 or block.row_end == height
