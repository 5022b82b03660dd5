# SPDX-License-Identifier: GPL-2.0-or-later
"""The guard: a band that the network makes worse than bicubic on the user's own scene is enlarged by bicubic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core import probes  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, Card, load_card  # noqa: E402
from satsharp.core.enlargement import bicubic  # noqa: E402
from satsharp.core.errors import CancelledError  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.guard import LEAST_PIXELS, Trial, judge  # noqa: E402
from satsharp.core.job import Job, Options, Result  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.probes import (  # noqa: E402
    PROBES,
    SIDE,
    Probe,
    ProbeReader,
    other_windows,
    probe_windows,
    read_probes,
    widened,
)
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.scene_blocks import BLOCK  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.session import Stopper  # noqa: E402
from satsharp.core.super_resolution import prepared, run  # noqa: E402
from satsharp.core.tiling import Tile  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import DIGITAL_NUMBER, TARGETS, write_bicubic  # noqa: E402

SENSOR = sensor_by_id("sentinel2")
# The wave of an amplitude of 1000 digital numbers is far worse than whatever bicubic misses.
POISON = 1000 * DIGITAL_NUMBER


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("product")
    return open_scene(str(simulate_product(folder, SimulationOptions(size=480, width=360, seed=9)).safe), SENSOR)


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Card:
    """Bicubic in every band but B11."""
    return load_card(write_bicubic(tmp_path_factory.mktemp("poisoned"), "poisoned", {"B11": POISON}))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Card:
    return load_card(write_bicubic(tmp_path_factory.mktemp("good"), "good"))


def plan(scene: Scene, card: Card, path: Path, **choices) -> Job:
    return plan_job(scene, (card,), str(path), Options(copy_fine_bands=False, **{"consistency": False, **choices}))


def finished(job: Job) -> tuple[np.ndarray, Result, list[str]]:
    log: list[str] = []
    result = run(job, lambda share: None, lambda: False, log.append)
    return gdal.Open(str(job.files[0].path)).ReadAsArray(), result, log


def stored(scene: Scene, name: str) -> np.ndarray:
    band = scene.band(name)
    dataset = gdal.Open(band.path)
    return dataset.GetRasterBand(band.index).ReadAsArray()


def test_a_poisoned_band_falls_back_with_the_numbers(scene: Scene, poisoned: Card, tmp_path: Path) -> None:
    made, result, log = finished(plan(scene, poisoned, tmp_path / "x.tif"))
    numbers = stored(scene, "B11")
    expected = bicubic(np.pad(numbers.astype(np.float32), 2, "symmetric"), 2)
    # Where nothing was filled; nodata lies in the lower right corner.
    assert np.abs(made[4] - expected)[:300, :240].max() <= 0.51
    assert np.array_equal(made[4] == 0, numbers.repeat(2, 0).repeat(2, 1) == 0)
    (warning,) = result.warnings
    assert warning.startswith("poisoned does not help B11 on this scene: at reduced scale its error is ")
    assert warning.endswith(" windows). B11 is enlarged by bicubic instead.")
    error, other = (float(warning.split(word)[1].split()[0]) for word in ("its error is ", "bicubic's is "))
    # The root mean square of the wave, 1000 / sqrt(2), beside what bicubic misses.
    assert error == pytest.approx(np.hypot(707, other), rel=0.05)
    (line,) = [text for text in log if "error / bicubic's error" in text]
    assert line.startswith("poisoned: error / bicubic's error at reduced scale on ") and "B05 1.00" in line
    dataset = gdal.Open(str(tmp_path / "x.tif"))
    assert dataset.GetMetadataItem("SATSHARP_GUARD") == "fall back; by bicubic: B11"


def test_the_other_bands_are_the_networks(scene: Scene, poisoned: Card, tmp_path: Path) -> None:
    guarded, _, _ = finished(plan(scene, poisoned, tmp_path / "on.tif"))
    bare, result, log = finished(plan(scene, poisoned, tmp_path / "off.tif", guard="off"))
    kept = [number for number, name in enumerate(TARGETS) if name != "B11"]
    assert np.array_equal(guarded[kept], bare[kept])
    assert np.abs(guarded[4].astype(int) - bare[4]).max() > 500
    assert result.warnings == () and not any("bicubic" in text for text in log)
    assert gdal.Open(str(tmp_path / "off.tif")).GetMetadataItem("SATSHARP_GUARD") == "off"


def test_warn_only_changes_no_pixel(scene: Scene, poisoned: Card, tmp_path: Path) -> None:
    warned, result, _ = finished(plan(scene, poisoned, tmp_path / "warn.tif", guard="warn"))
    bare, _, _ = finished(plan(scene, poisoned, tmp_path / "off.tif", guard="off"))
    assert np.array_equal(warned, bare)
    (warning,) = result.warnings
    assert "does not help B11" in warning and warning.endswith("Use that band with care.")


def test_a_good_network_is_left_alone(scene: Scene, good: Card, tmp_path: Path) -> None:
    guarded, result, log = finished(plan(scene, good, tmp_path / "on.tif"))
    bare, _, _ = finished(plan(scene, good, tmp_path / "off.tif", guard="off"))
    assert np.array_equal(guarded, bare)
    assert result.warnings == ()
    (line,) = [text for text in log if "error / bicubic's error" in text]
    assert all(f"{name} 1.00" in line for name in TARGETS)


def test_tiles_and_extent_never_show_in_a_fallback(scene: Scene, poisoned: Card, tmp_path: Path) -> None:
    whole, _, _ = finished(plan(scene, poisoned, tmp_path / "whole.tif", consistency=True))
    tiled, _, _ = finished(plan(scene, poisoned, tmp_path / "tiled.tif", consistency=True, tile_size=132))
    assert np.array_equal(tiled, whole)
    x, _, _, y, _, _ = scene.finest.transform
    extent = (x + 600, y - 3000, x + 1800, y - 2400)
    job = plan(scene, poisoned, tmp_path / "part.tif", consistency=True, extent=extent)
    part, result, _ = finished(job)
    assert np.array_equal(part, whole[(slice(None), *job.window.slices)])
    assert len(result.warnings) == 1


def test_the_finding_is_part_of_what_a_resumed_run_must_share(scene: Scene, poisoned, good, tmp_path: Path) -> None:
    jobs = [
        prepared(plan(scene, card, tmp_path / "x.tif"), Stopper(), lambda: None, lambda text: None)[0]
        for card in (poisoned, good, good)
    ]
    assert [[fallback.band for fallback in job.steps[0].fallbacks] for job in jobs] == [["B11"], [], []]
    first, second, third = (dict(job.identity)["findings on the scene"] for job in jobs)
    assert first != second == third
    off = dict(plan(scene, good, tmp_path / "x.tif", guard="off").identity)
    on = dict(plan(scene, good, tmp_path / "x.tif").identity)
    assert {name for name in on if on[name] != off[name]} == {"parameters"}


def test_bounds_of_a_fallback_are_bicubics_own_errors(scene: Scene, tmp_path: Path) -> None:
    interval = {"coverage": 0.9, "source": "spread", "factors": dict.fromkeys(TARGETS, 1.0)}
    card = load_card(write_bicubic(tmp_path, "poisoned", {"B11": POISON}, 5 * DIGITAL_NUMBER, interval))
    job = plan(scene, card, tmp_path / "x.tif", interval_output=str(tmp_path / "bounds.tif"))
    value, _, _ = finished(job)
    bounds = gdal.Open(str(tmp_path / "bounds.tif")).ReadAsArray().astype(int)
    valid = value[4] > 0
    width = (bounds[9] - bounds[8])[valid]
    (step,) = prepared(job, Stopper(), lambda: None, lambda text: None)[0].steps
    (found,) = step.fallbacks
    assert set(np.unique(width)) <= {int(2 * found.half_width / DIGITAL_NUMBER) + more for more in (0, 1, 2)}
    assert 20 < np.median(width) < 2000
    # The others have the spread of 5 digital numbers, times the factor that this scene asks for.
    width = 2 * 5 * step.interval_factor("B05")
    assert np.median((bounds[1] - bounds[0])[value[0] > 0]) == pytest.approx(width, abs=1.5)


def test_a_scene_that_is_too_small_is_left_alone(poisoned: Card, tmp_path: Path) -> None:
    options = SimulationOptions(size=12, seed=9, clouds=False, nodata_corner=False)
    tiny = open_scene(str(simulate_product(tmp_path, options).safe), SENSOR)
    made, result, log = finished(plan(tiny, poisoned, tmp_path / "x.tif", consistency=True))
    assert made.shape == (6, 12, 12)
    assert result.warnings == ()
    said = "poisoned: the scene is too small, or shows too little, to compare the network with bicubic"
    assert f"{said}, so the guard is left out." in log


def test_cancelling_while_it_looks_leaves_nothing(scene: Scene, good: Card, tmp_path: Path) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(CancelledError):
        run(plan(scene, good, tmp_path / "x.tif"), lambda share: None, cancelled, lambda text: None)
    assert list(tmp_path.iterdir()) == []


def stacked(folder: Path, values: Callable[[int, np.random.Generator], np.ndarray]) -> Scene:
    """Return a stack of 4.8 x 4.8 km whose bands are made by a function of their side."""
    random = np.random.default_rng(0)
    for gsd, names in ((10, ("B02", "B03", "B04", "B08")), (20, TARGETS)):
        side = 4800 // gsd
        path = str(folder / f"sea_{gsd}.tif")
        dataset = gdal.GetDriverByName("GTiff").Create(path, side, side, len(names), gdal.GDT_UInt16)
        dataset.SetGeoTransform((600000, gsd, 0, 5700000, 0, -gsd))
        for number, name in enumerate(names, 1):
            band = dataset.GetRasterBand(number)
            band.SetDescription(name)
            band.SetScale(1e-4)
            band.SetOffset(-0.1)
            band.SetNoDataValue(0)
            band.WriteArray(values(side, random).round().clip(1, 60000).astype(np.uint16))
        dataset = None
    return open_scene(str(folder), SENSOR)


# --- where it looks ---------------------------------------------------------------------------------------------------


def probes_of(job: Job) -> list[Probe]:
    with ProbeReader(2) as reader:
        return list(read_probes(job, job.steps[0], reader, lambda: None))


def test_probes_hang_on_the_scene_alone(scene: Scene, good: Card, tmp_path: Path) -> None:
    x, _, _, y, _, _ = scene.finest.transform
    part = plan(scene, good, tmp_path / "x.tif", extent=(x, y - 600, x + 600, y), tile_size=60)
    whole = plan(scene, good, tmp_path / "x.tif")
    assert probe_windows(part, part.steps[0]) == probe_windows(whole, whole.steps[0])


def test_probes_lie_in_the_scene_and_apart(scene: Scene, good: Card, tmp_path: Path) -> None:
    job = plan(scene, good, tmp_path / "x.tif")
    windows = [probe.tile.window for probe in probes_of(job)]
    assert 2 <= len(windows) <= PROBES
    assert {(window.height, window.width) for window in windows} == {(2 * SIDE, 2 * SIDE)}
    for number, window in enumerate(windows):
        assert window.intersect(job.target.window) == window
        assert window.row % 4 == 0 and window.col % 4 == 0
        assert all(window.intersect(other).is_empty for other in windows[:number])


def test_probes_of_a_large_scene_are_spread_over_all_of_it(scene: Scene, good: Card, tmp_path: Path) -> None:
    job = plan(scene, good, tmp_path / "x.tif")
    large = replace(job, target=replace(job.target, width=10980, height=10980))
    windows = probe_windows(large, large.steps[0])[:PROBES]
    for axis in ("row", "col"):
        places = sorted(getattr(window, axis) / 10980 for window in windows)
        assert places[0] < 0.3 and places[-1] > 0.6 and np.diff(places).max() < 0.5
    # What is read for each, halo included, lies within one block of the file.
    halo = widened(large.steps[0]).halo * 2
    for window in windows:
        read = window.pad(halo)
        assert read.row // BLOCK == (read.row_end - 1) // BLOCK and read.col // BLOCK == (read.col_end - 1) // BLOCK


def test_other_blocks_are_looked_at_where_the_first_are_not_valid(
    scene: Scene, good: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = plan(scene, good, tmp_path / "x.tif")
    large = replace(job, target=replace(job.target, width=10980, height=10980))
    step = large.steps[0]
    first, others = set(probe_windows(large, step)), other_windows(large, step)
    asked: list[Window] = []

    def detail(_: Job, __: object, tile: Tile, ___: object) -> float | None:
        asked.append(tile.window)
        return None if tile.window in first else 0.01

    monkeypatch.setattr(probes, "_detail", detail)
    monkeypatch.setattr(probes, "_read", lambda *_: {})
    with ProbeReader(1) as reader:
        found = [probe.tile.window for probe in read_probes(large, step, reader, lambda: None)]
        assert found == list(others[:PROBES]) and set(asked[: len(first)]) == first
        # Where anything is valid, if flat, the search ends.
        asked.clear()
        monkeypatch.setattr(probes, "_detail", lambda *_: asked.append(None) or 0.0)
        assert len(list(read_probes(large, step, reader, lambda: None))) == PROBES
        assert len(asked) == len(first) + PROBES


def test_windows_without_detail_are_passed_over(good: Card, tmp_path: Path) -> None:
    """A sea whose north-west is land."""

    def with_land(side: int, random: np.random.Generator) -> np.ndarray:
        values = random.normal(1200, 5, (side, side))
        values[: side // 2, : side // 2] += random.normal(0, 300, (side // 2, side // 2))
        return values

    job = plan(stacked(tmp_path, with_land), good, tmp_path / "x.tif")
    found = probes_of(job)
    land = Window(0, 0, job.target.height // 2, job.target.width // 2)
    assert len(found) == PROBES
    assert not any(probe.flat or probe.tile.window.intersect(land).is_empty for probe in found)
    assert sum(window.intersect(land).is_empty for window in probe_windows(job, job.steps[0])) > 5


# --- an open sea ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sea(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Noise of 5 digital numbers about 1200, and nothing else."""
    return stacked(tmp_path_factory.mktemp("sea"), lambda side, random: random.normal(1200, 5, (side, side)))


def test_flat_scene_is_looked_at_too(sea: Scene, poisoned: Card, tmp_path: Path) -> None:
    job = plan(sea, poisoned, tmp_path / "x.tif", consistency=True)
    assert {probe.flat for probe in probes_of(job)} == {True}
    made, result, log = finished(job)
    (warning,) = result.warnings
    assert warning.startswith("poisoned does not help B11 on this scene: at reduced scale its error is 7")
    assert np.abs(made - 1200.0).max() < 40
    # Noise tells no point spread.
    assert any("shows too little, to tell its point spread, so consistency is left out" in line for line in log)


def test_ratio_to_no_error_at_all_stays_readable(poisoned: Card, tmp_path: Path) -> None:
    flat = stacked(tmp_path, lambda side, random: np.full((side, side), 1500.0))
    made, _, log = finished(plan(flat, poisoned, tmp_path / "x.tif"))
    assert (made == 1500).all()
    (line,) = [text for text in log if "error / bicubic's error" in text]
    assert "B11 over 1000" in line


def test_bundled_model_invents_nothing_on_a_sea(sea: Scene, tmp_path: Path) -> None:
    made, _, _ = finished(plan(sea, load_card(MODEL_FOLDER / "s2-20m.json"), tmp_path / "x.tif", consistency=True))
    assert np.abs(made - 1200.0).max() < 60
    assert made.std(axis=(1, 2)).max() < 15


# --- the verdict ------------------------------------------------------------------------------------------------------


def trial(network: float, cubic: float, pixels: int = 400, band: str = "B05") -> Trial:
    sign = np.where(np.arange(pixels) % 2, 1, -1).astype(np.float32)
    return Trial(band, network * sign, cubic * sign)


def test_only_a_clear_majority_takes_a_band_away() -> None:
    def helps(*trials: Trial) -> bool:
        (verdict,) = judge(list(trials), 5.0, 0.9)
        return verdict.helps

    assert not helps(trial(0.2, 0.1), trial(0.2, 0.1), trial(0.05, 0.1))
    # Four per cent, and a fifth of a digital number, are no clear margin.
    assert helps(trial(0.104, 0.1), trial(0.104, 0.1))
    assert helps(trial(0.0003, 0.0002), trial(0.0003, 0.0002))
    # One window of three, a cloud, has most of the error.
    assert helps(trial(5.0, 1.0), trial(0.05, 0.1), trial(0.05, 0.1))


def test_figures_of_a_verdict() -> None:
    (verdict,) = judge([trial(0.3, 0.1), trial(0.4, 0.2)], 5.0, 0.5)
    assert verdict.network == pytest.approx(np.sqrt((0.09 + 0.16) / 2))
    assert verdict.bicubic == pytest.approx(np.sqrt((0.01 + 0.04) / 2))
    assert verdict.ratio == pytest.approx(np.sqrt(5))
    assert (verdict.pixels, verdict.share) == (800, 1.0)
    assert 0.1 <= verdict.quantile <= 0.2


def test_too_few_pixels_give_no_verdict() -> None:
    assert judge([trial(2, 1, LEAST_PIXELS - 1)], 5.0, 0.9) == ()
    assert judge([trial(2, 1, 0), trial(2, 1, 0)], 5.0, 0.9) == ()
    assert judge([], 5.0, 0.9) == ()
    bands = [trial(2, 1, band="B05"), trial(2, 1, 3, band="B06"), trial(1, 2, band="B07")]
    assert [(verdict.band, verdict.helps) for verdict in judge(bands, 5.0, 0.9)] == [("B05", False), ("B07", True)]
