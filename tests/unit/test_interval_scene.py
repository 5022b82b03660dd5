# SPDX-License-Identifier: GPL-2.0-or-later
"""Intervals that adapt to the scene: a spread that is too small here is found out and made up for."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import CardError
from satsharp.core.scene_factors import HALF_PIXELS, LARGEST_WEIGHT, adapted_factor, scene_quantile, weight_of

# --- arithmetic -------------------------------------------------------------------------------------------------------


def test_the_scenes_quantile_is_corrected_for_few_pixels() -> None:
    scores = np.arange(1.0, 1001.0)
    assert scene_quantile(scores, 1e9, 0.9) == pytest.approx(901, abs=1)
    # 0.9 x (1 + 1 / 45) = 0.92; fewer than nine cannot tell, so the largest is taken.
    assert scene_quantile(scores, 45, 0.9) == pytest.approx(921, abs=1)
    assert scene_quantile(scores, 5, 0.9) == 1000


def test_weight_grows_with_the_pixels() -> None:
    assert weight_of(0) == 0
    assert weight_of(HALF_PIXELS) == LARGEST_WEIGHT / 2
    assert weight_of(1e9) == pytest.approx(LARGEST_WEIGHT)


def test_factor_is_the_weighted_geometric_mean() -> None:
    # A weight of a half: (4^0.5 x 1)^(1 / 1.5) = 2^(2 / 3).
    assert adapted_factor(1.0, 4.0, HALF_PIXELS) == pytest.approx(2 ** (2 / 3))
    assert adapted_factor(3.0, 6.0, 1e9) == pytest.approx(18**0.5, rel=1e-6)
    assert adapted_factor(3.0, 12.0, 0) == pytest.approx(3.0)


def test_a_scene_on_which_the_model_fails_gets_most_of_what_it_asks_for() -> None:
    # The geometric mean would give 2.1 and 3.
    assert adapted_factor(1.0, 4.5, 1e9) == pytest.approx(3.0, rel=1e-6)
    assert adapted_factor(1.0, 9.0, 1e9) == pytest.approx(6.0, rel=1e-6)
    assert adapted_factor(1.0, 9.0, 0) == 1.0
    # At 9 / 4 both are equal.
    assert adapted_factor(1.0, 2.25, 1e9) == pytest.approx(1.5, rel=1e-6)


def test_a_guessed_factor_only_widens_the_scenes_own() -> None:
    assert adapted_factor(1.0, 4.0, 1e9, calibrated=False) == 4.0
    assert adapted_factor(4.0, 1.0, 1e9, calibrated=False) == pytest.approx(2.0, rel=1e-6)


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 1e6), st.floats(1.001, 10))
def test_a_scene_with_larger_errors_never_gets_a_smaller_factor(card: float, own: float, n: float, more: float) -> None:
    factor = adapted_factor(card, own, n)
    assert min(card, own) * 0.999999 <= factor <= max(card, own) * 1.000001
    assert adapted_factor(card, own * more, n) >= factor * 0.999999


# --- in a run ---------------------------------------------------------------------------------------------------------

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
onnx = pytest.importorskip("onnx")

from satsharp.core.cards import Card, file_digest, load_card  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.session import Stopper  # noqa: E402
from satsharp.core.super_resolution import prepared, run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import DIGITAL_NUMBER, TARGETS, write_bicubic  # noqa: E402

# So large a wave that what bicubic misses is nothing beside it.
AMPLITUDE = 20000 * DIGITAL_NUMBER
# The card takes the spread for the amplitude, which is four times as large on this scene.
TOO_SMALL = 4.0
NINE_TENTHS = float(np.sin(0.45 * np.pi))
SENSOR = sensor_by_id("sentinel2")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("product")
    return open_scene(str(simulate_product(folder, SimulationOptions(size=480, width=360, seed=9)).safe), SENSOR)


def interval_of(source: str = "spread", **more: Any) -> dict[str, Any]:
    return {"coverage": 0.9, "source": source, "factors": dict.fromkeys(TARGETS, NINE_TENTHS), **more}


def wave_card(folder: Path, **more: Any) -> Card:
    """A network that is off bicubic by a wave, and takes it for a quarter of what it is."""
    errors, spread = dict.fromkeys(TARGETS, AMPLITUDE), AMPLITUDE / TOO_SMALL
    return load_card(write_bicubic(folder, "wave", errors, spread, interval_of(**more)))


def sideways_card(folder: Path, **more: Any) -> Card:
    """A network that is off bicubic by the difference of a wave from the one to its left: it knows sides."""
    path = write_bicubic(folder, "sideways", None, None, interval_of("ensemble", **more))
    model = onnx.load(str(folder / "sideways.onnx"))
    kernel = np.zeros((len(TARGETS), 1, 3, 3), np.float32)
    kernel[:, 0, 1, :2] = -AMPLITUDE, AMPLITUDE
    model.graph.initializer.append(onnx.numpy_helper.from_array(kernel, "kernel"))
    made = onnx.helper.make_node("Conv", ["wave", "kernel"], ["error"], pads=[1, 1, 1, 1])
    kept = [node for node in model.graph.node if "error" not in node.output]
    model.graph.ClearField("node")
    model.graph.node.extend([*kept[:-1], made, kept[-1]])
    used = {name for node in model.graph.node for name in node.input}
    weights = [weight for weight in model.graph.initializer if weight.name in used]
    model.graph.ClearField("initializer")
    model.graph.initializer.extend(weights)
    onnx.save(model, str(folder / "sideways.onnx"))
    (folder / "SHA256SUMS").write_text(f"{file_digest(folder / 'sideways.onnx')}  sideways.onnx\n", encoding="utf-8")
    return load_card(path)


def plan(scene: Scene, card: Card, folder: Path, bounds: bool = True, **choices: Any) -> Job:
    given = {"consistency": False, "guard": "warn", "copy_fine_bands": False, "reflectance": True, **choices}
    path = str(folder / "bounds.tif") if bounds else ""
    return plan_job(scene, (card,), str(folder / "value.tif"), Options(interval_output=path, **given))


def finished(job: Job, log: list[str] | None = None) -> list[np.ndarray]:
    run(job, lambda share: None, lambda: False, log.append if log is not None else lambda text: None)
    return [gdal.Open(str(file.path)).ReadAsArray() for file in job.files]


def covered(scene: Scene, card: Card, folder: Path, **choices: Any) -> tuple[list[float], list[str]]:
    """Share of the truth (bicubic without error) within the bounds, band by band, and the log."""
    (folder / "truth").mkdir()
    exact = load_card(write_bicubic(folder / "truth", "exact"))
    (truth,) = finished(plan(scene, exact, folder / "truth", bounds=False))
    log: list[str] = []
    _, bounds = finished(plan(scene, card, folder, **choices), log)
    shares = []
    for number in range(len(TARGETS)):
        valid = np.isfinite(truth[number])
        inside = (bounds[2 * number] <= truth[number]) & (truth[number] <= bounds[2 * number + 1])
        shares.append(float(inside[valid].mean()))
    return shares, log


def test_a_spread_that_is_too_small_here_is_made_up_for(scene: Scene, tmp_path: Path) -> None:
    """Nothing measured stands behind this card's factors, so the scene alone decides."""
    card = wave_card(tmp_path, uncalibrated=list(TARGETS))
    shares, log = covered(scene, card, tmp_path)
    assert all(0.88 < share < 0.92 for share in shares)
    (line,) = [text for text in log if "interval / spread" in text]
    # Amplitude / spread x the wave's quantile: 4 x 0.988.
    assert line.startswith("wave: half the 90 % interval / spread, adapted to this scene (in brackets: the scene's own")
    assert "B05 3.95 (3.95, 0.99)" in line
    assert "guess" not in line
    tag = gdal.Open(str(tmp_path / "bounds.tif")).GetMetadataItem("SATSHARP_INTERVAL_FACTORS")
    assert tag.startswith("B05 3.9") and tag.count("(scene and card)") == 6


def test_a_calibrated_factor_goes_as_far_as_its_weight(scene: Scene, tmp_path: Path) -> None:
    card = wave_card(tmp_path)
    job = prepared(plan(scene, card, tmp_path), Stopper(), lambda: None, lambda text: None)[0]
    for found in job.steps[0].scene_factors:
        assert found.own == pytest.approx(TOO_SMALL * NINE_TENTHS, rel=0.01)
        assert found.card == NINE_TENTHS
        # Between the card's and the scene's: two thirds of the scene's, which is four times the card's, at full weight.
        assert 2.4 * NINE_TENTHS < found.factor <= 2.67 * NINE_TENTHS
    shares, _ = covered(scene, card, tmp_path)
    # A wave is within a part p of its amplitude for 2 / pi x arcsin(p) of the pixels.
    expected = 2 / np.pi * np.arcsin(job.steps[0].interval_factor("B05") / TOO_SMALL)
    assert shares[0] == pytest.approx(expected, abs=0.02)
    assert shares[0] > 1.9 * 2 / np.pi * np.arcsin(NINE_TENTHS / TOO_SMALL)


def test_the_cards_ratio_between_the_scales_counts(scene: Scene, tmp_path: Path) -> None:
    card = wave_card(tmp_path, uncalibrated=list(TARGETS), scene_ratio=0.5)
    job = prepared(plan(scene, card, tmp_path), Stopper(), lambda: None, lambda text: None)[0]
    assert job.steps[0].interval_factor("B11") == pytest.approx(TOO_SMALL * NINE_TENTHS / 2, rel=0.01)


def test_without_the_guard_the_cards_factors_stay(scene: Scene, tmp_path: Path) -> None:
    card = wave_card(tmp_path, uncalibrated=["B12"])
    shares, log = covered(scene, card, tmp_path, guard="off")
    assert shares[0] == pytest.approx(2 / np.pi * np.arcsin(NINE_TENTHS / TOO_SMALL), abs=0.01)
    (line,) = [text for text in log if "interval / spread" in text]
    assert line == (
        "wave: half the 90 % interval / spread is the card's: the guard is off, so nothing was tried on this scene. "
        "Nothing measured stands behind that of B12: take it as a guess."
    )
    tag = gdal.Open(str(tmp_path / "bounds.tif")).GetMetadataItem("SATSHARP_INTERVAL_FACTORS")
    assert tag.startswith("B05 0.9877 (card), ")


def test_an_ensemble_adapts_too(scene: Scene, tmp_path: Path) -> None:
    shares, _ = covered(scene, sideways_card(tmp_path, uncalibrated=list(TARGETS)), tmp_path)
    assert all(0.88 < share < 0.92 for share in shares)
    (tmp_path / "off").mkdir()
    bare, _ = covered(scene, sideways_card(tmp_path / "off"), tmp_path / "off", guard="off")
    assert max(bare) < min(shares) - 0.05


@pytest.mark.parametrize("make", [wave_card, sideways_card])
def test_tiles_and_extent_never_show(make: Any, scene: Scene, tmp_path: Path) -> None:
    card = make(tmp_path)
    whole = finished(plan(scene, card, tmp_path, consistency=True))
    for made, expected in zip(finished(plan(scene, card, tmp_path, consistency=True, tile_size=132)), whole):
        np.testing.assert_array_equal(made, expected)
    x, _, _, y, _, _ = scene.finest.transform
    job = plan(scene, card, tmp_path, consistency=True, extent=(x + 600, y - 3000, x + 1800, y - 2400))
    for made, expected in zip(finished(job), whole):
        np.testing.assert_array_equal(made, expected[(slice(None), *job.window.slices)])


def test_values_do_not_hang_on_the_interval_and_the_job_can_be_sent(scene: Scene, tmp_path: Path) -> None:
    card = wave_card(tmp_path)
    (plain,) = finished(plan(scene, card, tmp_path, bounds=False, consistency=True))
    value, _ = finished(plan(scene, card, tmp_path, consistency=True))
    np.testing.assert_array_equal(value, plain)
    planned = plan(scene, card, tmp_path, consistency=True)
    job = prepared(planned, Stopper(), lambda: None, lambda text: None)[0]
    assert pickle.loads(pickle.dumps(job)).steps == job.steps
    assert len(job.steps[0].scene_factors) == len(TARGETS)
    other = wave_card(tmp_path, scene_ratio=2.0)
    changed = prepared(plan(scene, other, tmp_path, consistency=True), Stopper(), lambda: None, lambda text: None)[0]
    assert dict(changed.identity)["findings on the scene"] != dict(job.identity)["findings on the scene"]


def test_a_scene_that_is_too_small_keeps_the_cards_factors(tmp_path: Path) -> None:
    options = SimulationOptions(size=12, seed=9, clouds=False, nodata_corner=False)
    tiny = open_scene(str(simulate_product(tmp_path, options).safe), SENSOR)
    log: list[str] = []
    job = plan(tiny, wave_card(tmp_path, uncalibrated=["B11"]), tmp_path, consistency=True)
    finished(job, log)
    (line,) = [text for text in log if "interval / spread" in text]
    assert "is the card's: the scene is too small, or shows too little, to adapt it." in line
    assert line.endswith("Nothing measured stands behind that of B11: take it as a guess.")


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "message"),
    [({"uncalibrated": ["B99"]}, "interval.uncalibrated must name"), ({"scene_ratio": 0.0}, "scene_ratio must be pos")],
)
def test_cards_that_cannot_be(more: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = write_bicubic(tmp_path, "wave", None, 0.01, interval_of())
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**document, "interval": interval_of(**more)}), "utf-8")
    with pytest.raises(CardError, match=message):
        load_card(path)
