# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of a scene is found out once a process: the same digits, never a stale one, safe among threads."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core import findings_cache, findings_store, super_resolution  # noqa: E402
from satsharp.core.cards import Card, load_card  # noqa: E402
from satsharp.core.errors import CancelledError, DependencyError  # noqa: E402
from satsharp.core.findings import Correction, Fallback, SceneFactor, Shift  # noqa: E402
from satsharp.core.findings_cache import (  # noqa: E402
    CAPACITY,
    forget_findings,
    keep_findings_in,
    key_of,
    with_findings,
)
from satsharp.core.findings_store import Findings, FindingsStore, StepFindings  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import DIGITAL_NUMBER, write_bicubic  # noqa: E402

SENSOR = sensor_by_id("sentinel2")
# Rows 120 to 240 and columns 60 to 180 of the 10 m grid, as the test of the crop uses them.
TOP, LEFT, SIDE = 120, 60, 120


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("product")
    return simulate_product(folder, SimulationOptions(size=480, width=360, seed=5)).safe


@pytest.fixture(scope="module")
def scene(safe: Path) -> Scene:
    return open_scene(str(safe), SENSOR)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    """B11 falls back on bicubic, the others are made consistent."""
    return load_card(write_bicubic(tmp_path_factory.mktemp("model"), "poisoned", {"B11": 1000 * DIGITAL_NUMBER}))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs for which somebody really looked at the scene."""
    seen: list[Job] = []
    real = super_resolution.examine

    def counted(job, *others):
        seen.append(job)
        return real(job, *others)

    monkeypatch.setattr(super_resolution, "examine", counted)
    return seen


def plan(scene: Scene, card: Card, path: Path, **choices) -> Job:
    return plan_job(scene, (card,), str(path), Options(**choices))


def window_of(scene: Scene) -> tuple[float, float, float, float]:
    west, north = scene.finest.locate(TOP, LEFT)
    return (west, north - SIDE * 10, west + SIDE * 10, north)


def made(job: Job, log: list[str] | None = None) -> np.ndarray:
    run(job, lambda share: None, lambda: False, ([] if log is None else log).append)
    return gdal.Open(str(job.output)).ReadAsArray()


def test_preview_and_full_run_share_what_they_know(scene: Scene, card: Card, tmp_path: Path, looks: list[Job]) -> None:
    alone = made(plan(scene, card, tmp_path / "alone.tif"))
    assert len(looks) == 1
    forget_findings()
    first: list[str] = []
    preview = made(plan(scene, card, tmp_path / "preview.tif", extent=window_of(scene)), first)
    assert len(looks) == 2
    second: list[str] = []
    job = plan(scene, card, tmp_path / "full.tif")
    full = made(job, second)
    assert len(looks) == 2
    assert np.array_equal(full, alone)
    assert preview.shape[1:] == (SIDE, SIDE)
    assert np.array_equal(preview, alone[:, TOP : TOP + SIDE, LEFT : LEFT + SIDE])
    told = [text for text in first if text.startswith("poisoned: error / bicubic's error")]
    assert len(told) == 1 and told[0] in second
    tags = [gdal.Open(str(tmp_path / name)).GetMetadata() for name in ("alone.tif", "full.tif")]
    assert tags[0]["SATSHARP_GUARD"] == "fall back; by bicubic: B11"
    assert {key: tags[0][key] for key in tags[0] if key.startswith("SATSHARP")} == {
        key: tags[1][key] for key in tags[1] if key.startswith("SATSHARP")
    }


def test_warnings_are_told_every_time(scene: Scene, card: Card, tmp_path: Path, looks: list[Job]) -> None:
    results = [
        run(plan(scene, card, tmp_path / f"{number}.tif"), lambda share: None, lambda: False, lambda text: None)
        for number in range(2)
    ]
    assert len(looks) == 1
    assert results[0].warnings == results[1].warnings
    assert results[0].warnings[0].startswith("poisoned does not help B11 on this scene")


def test_complete_job_is_the_same(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = plan(scene, card, tmp_path / "x.tif")
    found = super_resolution.prepared(job, super_resolution.Stopper(), lambda: None, lambda text: None)
    known = super_resolution.prepared(job, super_resolution.Stopper(), lambda: None, lambda text: None)
    assert found == known and found[0] != job
    assert [fallback.band for fallback in known[0].steps[0].fallbacks] == ["B11"]
    assert len(known[0].identity) == len(job.identity) + 1


def test_changed_file_is_looked_at_again(safe: Path, card: Card, tmp_path: Path, looks: list[Job]) -> None:
    copy = tmp_path / safe.name
    shutil.copytree(safe, copy)
    scene = open_scene(str(copy), SENSOR)
    made(plan(scene, card, tmp_path / "1.tif"))
    made(plan(scene, card, tmp_path / "2.tif"))
    assert len(looks) == 1
    band = Path(scene.band("B11").path)
    os.utime(band, (0, band.stat().st_mtime + 10))
    made(plan(scene, card, tmp_path / "3.tif"))
    assert len(looks) == 2


@pytest.mark.parametrize("choices", [{"guard": "warn"}, {"consistency": False}, {"device": "cpu"}])
def test_options_that_change_findings_change_the_key(scene: Scene, card: Card, tmp_path: Path, choices: dict) -> None:
    job = plan(scene, card, tmp_path / "x.tif")
    assert key_of(plan(scene, card, tmp_path / "x.tif", **choices)) != key_of(job)


@pytest.mark.parametrize(
    "choices", [{"tile_size": 120}, {"copy_fine_bands": False}, {"cog": True}, {"reflectance": True}, {"resume": False}]
)
def test_other_options_do_not(scene: Scene, card: Card, tmp_path: Path, choices: dict) -> None:
    job = plan(scene, card, tmp_path / "x.tif")
    other = plan(scene, card, tmp_path / "y.tif", extent=window_of(scene), **choices)
    assert other.window != job.window and key_of(other) == key_of(job)


def test_another_network_of_the_same_id_changes_the_key(scene: Scene, card: Card, tmp_path: Path) -> None:
    other = load_card(write_bicubic(tmp_path, "poisoned"))
    keys = {key_of(plan(scene, one, tmp_path / "x.tif")) for one in (card, other)}
    assert len(keys) == 2


def test_without_models_there_is_nothing_to_look_for_and_no_runtime_is_needed(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, card: Card
) -> None:
    def missing() -> tuple[str, ...]:
        raise DependencyError("ONNX Runtime cannot be imported.")

    monkeypatch.setattr(findings_store, "_circumstances", missing)
    keep_findings_in(tmp_path / "found")
    job = replace(plan(scene, card, tmp_path / "x.tif"), steps=())
    assert with_findings(job, lambda: None, lambda text: None, lambda log: (job, ("w",))) == (job, ("w",))
    assert not (tmp_path / "found").exists()


def test_bands_that_no_model_knows_do_not_count(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = plan(scene, card, tmp_path / "x.tif")

    def moved(name: str) -> str:
        bands = tuple(replace(band, path="/elsewhere") if band.name == name else band for band in scene.bands)
        return key_of(replace(job, scenes=(replace(scene, bands=bands),)))

    assert "B09" not in (*card.input_bands, *card.target_bands)
    assert moved("B09") == key_of(job) != moved("B11")


def test_runs_at_the_same_time_look_once(scene: Scene, card: Card, tmp_path: Path, looks: list[Job]) -> None:
    jobs = [plan(scene, card, tmp_path / f"{number}.tif") for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(made, jobs))
    assert len(looks) == 1
    assert np.array_equal(results[0], results[1]) and np.array_equal(results[0], results[2])


@pytest.fixture
def jobs(scene: Scene, card: Card, tmp_path: Path) -> Iterator[Job]:
    return iter([plan(scene, replace(card, name=str(number)), tmp_path / "x.tif") for number in range(CAPACITY + 1)])


def test_who_waits_can_be_cancelled_and_takes_over_when_the_other_fails(jobs: Iterator[Job]) -> None:
    job = next(jobs)
    started, fail = threading.Event(), threading.Event()

    def failing(log):
        started.set()
        fail.wait(10)
        raise CancelledError("cancelled")

    def stop():
        raise CancelledError("the second was cancelled")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(with_findings, job, lambda: None, lambda text: None, failing)
        assert started.wait(10)
        with pytest.raises(CancelledError, match="the second was cancelled"):
            with_findings(job, stop, lambda text: None, failing)
        third = pool.submit(with_findings, job, lambda: None, lambda text: None, lambda log: (job, ("found",)))
        fail.set()
        with pytest.raises(CancelledError, match="^cancelled$"):
            first.result(10)
        assert third.result(10) == (job, ("found",))


def test_it_is_bounded_and_drops_what_was_used_least_recently(jobs: Iterator[Job]) -> None:
    listed = list(jobs)
    asked: list[int] = []

    def ask(number: int) -> None:
        with_findings(
            listed[number], lambda: None, lambda text: None, lambda log: (asked.append(number), (listed[number], ()))[1]
        )

    for number in range(CAPACITY):
        ask(number)
    ask(0)
    ask(CAPACITY)
    assert asked == [*range(CAPACITY + 1)]
    ask(0)
    assert asked == [*range(CAPACITY + 1)]
    ask(1)
    assert asked == [*range(CAPACITY + 1), 1]
    assert len(findings_cache._kept) == CAPACITY


FOUND = Findings(
    steps=(
        StepFindings(
            coefficients=((0.1 + 0.2, -1e-17), (1 / 3, 5e300)),
            shifts=(Shift(0, "b10", 0.37, -1.0, "The 10 m bands lie 0.37 px above."), Shift(1, "b10", 0.0, 2.0)),
            corrections=(Correction("B05", 0.9313, 0.02),),
            fallbacks=(Fallback("B11", 0.0123456789),),
            scene_factors=(SceneFactor("B05", 1.7, 1.6, 1.9),),
        ),
        StepFindings(None, (), (), (), ()),
    ),
    identity=(("findings on the scene", "0123"),),
    tags=(("SATSHARP_GUARD", "fall back; by bicubic: B11"),),
    warnings=("B11 is enlarged by bicubic instead.",),
    sentences=("one", "two – three"),
)


def test_what_is_written_is_read_again_to_the_last_bit(tmp_path: Path) -> None:
    store = FindingsStore(tmp_path / "found")
    assert store.read("key") is None
    store.write("key", FOUND)
    assert FindingsStore(tmp_path / "found").read("key") == FOUND and store.read("other") is None
    assert [path.suffix for path in (tmp_path / "found").iterdir()] == [".json"]


def test_a_file_that_is_damaged_or_of_another_version_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FindingsStore(tmp_path)
    store.write("key", FOUND)
    [path] = tmp_path.iterdir()
    whole = path.read_text(encoding="utf-8")
    for text in (whole[:-5], "[]", whole.replace("ridge", "rigde"), "\x00"):
        path.write_text(text, encoding="utf-8")
        assert store.read("key") is None
    path.write_text(whole, encoding="utf-8")
    assert store.read("key") == FOUND
    monkeypatch.setattr(findings_store, "_circumstances", lambda: ("9.9.9",))
    assert store.read("key") is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    store = FindingsStore(tmp_path / "file" / "found")
    store.write("key", FOUND)
    assert store.read("key") is None


def test_files_used_least_recently_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_store, "MOST_FILES", 3)
    store = FindingsStore(tmp_path)
    for number in range(3):
        store.write(str(number), FOUND)
        os.utime(store._path(str(number)), (1000 + number, 1000 + number))
    assert store.read("0") == FOUND
    store.write("3", FOUND)
    assert [store.read(str(number)) is None for number in range(4)] == [False, True, False, False]


def test_another_process_need_not_look_at_the_scene_again(
    scene: Scene, card: Card, tmp_path: Path, looks: list[Job]
) -> None:
    keep_findings_in(tmp_path / "found")
    first, second = [], []
    alone = made(plan(scene, card, tmp_path / "alone.tif"), first)
    forget_findings()
    keep_findings_in(tmp_path / "found")
    again = made(plan(scene, card, tmp_path / "again.tif"), second)
    assert len(looks) == 1 and np.array_equal(alone, again)
    told = [text for text in first if text.startswith("poisoned: error / bicubic's error")]
    assert len(told) == 1 and told[0] in second
    tags = [gdal.Open(str(tmp_path / name)).GetMetadata() for name in ("alone.tif", "again.tif")]
    assert tags[0]["SATSHARP_GUARD"] == tags[1]["SATSHARP_GUARD"]
