# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.export_tools.adaptation import adapted, scale_ratio  # noqa: E402
from satsharp.export_tools.conformal import (  # noqa: E402
    Errors,
    conformal_quantile,
    coverage_of,
    factors_of,
    mean_over_places,
    rank_correlations,
    spearman,
    uncalibrated,
)
from satsharp.export_tools.interval_report import (  # noqa: E402
    Calibration,
    interval_block,
    left_out_coverage,
    row_of,
    rows_of,
    summary_of,
    text_table,
)

BANDS = ("B05", "B11")


def made_errors(seed: int, place: str = "a", size: int = 200, unit: float = 1.0, **changes: Any) -> Errors:
    """Laplace errors whose scale is unit x spread; the spread varies from pixel to pixel by a factor of e or so."""
    rng = np.random.default_rng(seed)
    spread = (0.01 * np.exp(rng.normal(0, 1, (2, size, size)))).astype(np.float32)
    absolute = (unit * spread * rng.exponential(1, spread.shape)).astype(np.float32)
    entry = Errors(place, place, "mtf", BANDS, absolute, spread, np.ones((size, size), bool))
    return dataclasses.replace(entry, **changes)


def test_factors_are_the_quantile_of_the_errors_distribution() -> None:
    # P(|e| <= q s) = 1 - exp(-q) = 0.9 at q = ln 10 = 2.303.
    factors = factors_of([made_errors(0)], BANDS, 0.9)
    assert list(factors) == list(BANDS)
    assert list(factors.values()) == pytest.approx([np.log(10)] * 2, abs=0.04)
    covered = coverage_of(made_errors(1), factors)
    assert list(covered.values()) == pytest.approx([0.9, 0.9], abs=0.008)
    assert factors_of([made_errors(0)], BANDS, 0.5)["B05"] == pytest.approx(np.log(2), abs=0.02)


def test_every_place_counts_the_same_however_large() -> None:
    rng = np.random.default_rng(0)
    large, small = rng.uniform(0, 1, 100_000), rng.uniform(0, 3, 2000)
    # Half of the weight each: min(q, 1) / 2 + q / 6 = 0.9 at q = 2.4; all pixels alike would give 0.93.
    assert conformal_quantile([large, small], [1, 1], 0.9) == pytest.approx(2.4, abs=0.06)
    everything = conformal_quantile([np.concatenate([large, small])], [1], 0.9)
    assert everything == pytest.approx(0.93, abs=0.02)


def test_scenes_of_one_place_share_its_weight() -> None:
    alike = [made_errors(number, place, unit=1.0) for number, place in enumerate("aabc")]
    harder = [made_errors(number, place, unit=4.0) for number, place in enumerate("def", 4)]
    together = factors_of([*alike, *harder], BANDS, 0.9)["B05"]
    assert together == pytest.approx(factors_of([*alike[1:], *harder], BANDS, 0.9)["B05"], rel=0.03)
    # 1 - (exp(-q) + exp(-q / 4)) / 2 = 0.9 at q = 6.455.
    assert together == pytest.approx(6.455, rel=0.03)


def test_of_few_places_the_hardest_counts() -> None:
    scenes = [made_errors(0, "a", unit=1.0), made_errors(1, "a", unit=1.0), made_errors(2, "b", unit=4.0)]
    # 1 - exp(-q / 4) = 0.9 at q = 4 ln 10.
    assert factors_of(scenes, BANDS, 0.9)["B05"] == pytest.approx(4 * np.log(10), rel=0.03)


def test_small_samples_are_corrected() -> None:
    scores = np.arange(1.0, 20.0)
    # Of n scores the one of rank ceil(coverage x (n + 1)): ceil(0.9 x 20), ceil(0.8 x 20), ceil(0.9 x 10).
    assert conformal_quantile([scores], [1], 0.9) == 18
    assert conformal_quantile([scores], [1], 0.8) == 16
    assert conformal_quantile([np.arange(1.0, 10.0)], [1], 0.9) == 9
    with pytest.raises(ValueError, match="too few for a coverage of 0.9"):
        conformal_quantile([np.arange(1.0, 9.0)], [1], 0.9)


def test_corrected_coverage_is_exact_over_many_small_calibrations() -> None:
    rng = np.random.default_rng(0)
    # Expected coverage of the k-th of n exchangeable scores is k / (n + 1) = 18 / 20.
    covered = [1 - np.exp(-conformal_quantile([rng.exponential(1, 19)], [1], 0.9)) for _ in range(4000)]
    assert float(np.mean(covered)) == pytest.approx(0.9, abs=0.005)


def test_invalid_pixels_and_missing_bands_do_not_count() -> None:
    entry = made_errors(0)
    mask = entry.mask.copy()
    mask[:100] = False
    absolute = entry.absolute.copy()
    absolute[:, :100] = 99
    masked = dataclasses.replace(entry, mask=mask, absolute=absolute)
    assert factors_of([masked], BANDS, 0.9)["B05"] == pytest.approx(np.log(10), abs=0.06)
    single = dataclasses.replace(entry, bands=("B05",), absolute=entry.absolute[:1], spread=entry.spread[:1])
    assert factors_of([single, made_errors(1, "b")], BANDS, 0.9)["B11"] == pytest.approx(np.log(10), abs=0.06)
    with pytest.raises(ValueError, match="There is no valid pixel"):
        factors_of([dataclasses.replace(entry, mask=np.zeros_like(entry.mask))], BANDS, 0.9)


def test_a_band_that_no_place_has_gets_a_factor_as_far_above_the_others_as_they_differ() -> None:
    bands = ("B05", "B11", "B12")
    harder = made_errors(0)
    harder.absolute[1] *= 2
    factors = factors_of([harder], bands, 0.9)
    assert factors["B11"] == pytest.approx(2 * factors["B05"], rel=0.03)
    assert factors["B12"] == pytest.approx(factors["B11"] ** 2 / factors["B05"])
    assert uncalibrated([harder], bands) == ("B12",)
    harder.absolute[1] *= 8
    factors = factors_of([harder], bands, 0.9)
    assert factors["B12"] == pytest.approx(3 * factors["B11"])
    harder.absolute[0] = 0
    factors = factors_of([harder], bands, 0.9)
    assert (factors["B05"], factors["B12"]) == (0.0, factors["B11"])
    assert uncalibrated([harder], BANDS) == ()


def with_below(entry: Errors, unit: float, pixels: int = 40_000) -> Errors:
    """The same scene with what the engine finds one scale down: errors of a spread x unit."""
    rng = np.random.default_rng(99)
    return dataclasses.replace(entry, below=tuple(unit * rng.exponential(1, pixels) for _ in entry.bands), block=2)


def test_the_ratio_between_the_scales_is_the_mean_over_places() -> None:
    # Factor / the one below: 2 at a (two scenes), 1/2 at b, so 1 on the mean of the logarithms.
    a = [with_below(made_errors(seed, "a", unit=2.0), 1.0) for seed in (0, 1)]
    b = with_below(made_errors(2, "b", unit=1.0), 2.0)
    assert scale_ratio([*a, b], 0.9) == pytest.approx(1.0, rel=0.02)
    assert scale_ratio(a, 0.9) == pytest.approx(2.0, rel=0.02)
    assert scale_ratio([made_errors(3)], 0.9) == 1.0


def test_adaptation_brings_a_harder_scene_nearer_to_the_promise() -> None:
    seen = tuple(with_below(made_errors(seed, place), 1.0) for seed, place in ((0, "a"), (1, "b")))
    tested = (with_below(made_errors(2, "c", unit=4.0), 4.0), made_errors(3, "d", unit=4.0))
    factors = factors_of(seen, BANDS, 0.9)
    calibration = Calibration("x", "spread", 0.9, factors, "", seen, tested, adaptation=True)
    first, second = rows_of(calibration)
    # A weight of 10000 / 10100: nearly two thirds of the 4 ln 10 that errors of scale 4 ask for.
    assert first["coverage_unadapted"] == pytest.approx(1 - 10**-0.25, abs=0.01)
    assert first["coverage"] == pytest.approx(1 - 10 ** (-2 / 3), abs=0.015)
    assert (first["adapted"], second["adapted"]) == (True, False)
    assert second["coverage"] == second["coverage_unadapted"] == pytest.approx(1 - 10**-0.25, abs=0.01)
    block = json.loads(json.dumps(interval_block(calibration, [first, second])))
    assert block["scene_ratio"] == pytest.approx(1.0, rel=0.02)
    assert "uncalibrated" not in block
    assert block["tested"]["coverage"] > block["tested"]["coverage_unadapted"] + 0.1
    assert f"{block['tested']['coverage_unadapted']:.3f}" in text_table(calibration, [first, second])
    plain = Calibration("x", "spread", 0.9, factors, "", seen, tested)
    assert "coverage_unadapted" not in rows_of(plain)[0]
    assert "scene_ratio" not in interval_block(plain, rows_of(plain))


def test_a_guessed_factor_gives_way_to_the_scene() -> None:
    entry = with_below(made_errors(0, unit=4.0), 4.0)
    guessed = adapted(entry, {"B05": np.log(10), "B11": np.log(10)}, 1.0, 0.9, ("B11",))
    assert guessed["B11"] == pytest.approx(4 * np.log(10), rel=0.03)
    assert guessed["B05"] == pytest.approx(2 / 3 * 4 * np.log(10), rel=0.03)
    assert coverage_of(entry, guessed)["B11"] == pytest.approx(0.9, abs=0.01)


def test_pixels_without_spread_are_outside_unless_there_is_no_error() -> None:
    entry = made_errors(0, size=4)
    spread, absolute = entry.spread.copy(), entry.absolute.copy()
    spread[:, 0], absolute[:, 0, :2], absolute[:, 0, 2:] = 0, 0.1, 0
    entry = dataclasses.replace(entry, spread=spread, absolute=absolute)
    assert coverage_of(entry, {"B05": 50.0, "B11": 50.0}) == {"B05": 14 / 16, "B11": 14 / 16}


def test_spearman_equals_hand_computed_values() -> None:
    assert spearman(np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4])) == pytest.approx(0.8)
    assert spearman(np.array([1.0, 1, 2]), np.array([1.0, 2, 3])) == pytest.approx(np.sqrt(3) / 2)
    assert spearman(np.array([1.0, 5, 9]), np.array([9.0, 5, 1])) == pytest.approx(-1)
    assert spearman(np.array([2.0, 2, 2]), np.array([1.0, 2, 3])) == 0


def test_rank_correlation_of_the_true_scale_is_the_highest_that_can_be_had() -> None:
    entry = made_errors(0)
    pixels, blocks, together, ideal = rank_correlations(entry, {"B05": 1.0, "B11": 1.0})
    # ln |e| = ln s + ln of an exponential variable, whose variance is pi^2 / 6: Pearson 1 / sqrt(1 + 1.645) = 0.615.
    assert (pixels, together, ideal) == pytest.approx((0.615, 0.615, 0.615), abs=0.02)
    constant = dataclasses.replace(entry, spread=np.ones_like(entry.spread))
    assert rank_correlations(constant, {"B05": 1.0, "B11": 1.0}) == (0, 0, 0, 0)
    assert 0.6 < blocks < 1


def test_blocks_show_where_errors_are_large() -> None:
    rng = np.random.default_rng(0)
    level = np.exp(rng.normal(0, 0.5, (2, 50, 50))).repeat(4, 1).repeat(4, 2).astype(np.float32)
    entry = made_errors(0, spread=level, absolute=(level * rng.exponential(1, level.shape)).astype(np.float32))
    pixels, blocks, _, ideal = rank_correlations(entry, {"B05": 1.0, "B11": 1.0})
    assert pixels < 0.45
    assert blocks > 0.8 and ideal == pytest.approx(pixels, abs=0.02)


def test_widths_that_know_nothing_are_far_from_what_they_could_be() -> None:
    rng = np.random.default_rng(0)
    level = np.exp(rng.normal(0, 0.5, (2, 200, 200))).astype(np.float32)
    entry = made_errors(0, spread=level, absolute=rng.exponential(1, level.shape).astype(np.float32))
    pixels, _, _, ideal = rank_correlations(entry, {"B05": 1.0, "B11": 1.0})
    assert abs(pixels) < 0.02 and ideal > 0.35


def test_figures_of_a_scene() -> None:
    spread = np.full((2, 8, 8), 0.01, np.float32)
    absolute = np.zeros((2, 8, 8), np.float32)
    absolute[0, :4] = 0.03
    entry = Errors("s", "p", "mtf", BANDS, absolute, spread, np.ones((8, 8), bool))
    row = row_of(entry, {"B05": 2.0, "B11": 3.0})
    assert row["coverage_per_band"] == {"B05": 0.5, "B11": 1.0}
    assert row["coverage"] == 0.75
    # 2 x (2 + 3) / 2 x 0.01 in network range, which is 2000 digital numbers each.
    assert row["mean_width"] == pytest.approx(100, rel=1e-5)


def test_means_are_over_places() -> None:
    assert mean_over_places([1.0, 3.0, 8.0], ["a", "a", "b"]) == 5
    rows = [
        row_of(made_errors(seed, place, degradation=kind), {"B05": factor, "B11": factor})
        for seed, place, kind, factor in ((0, "a", "mtf", 1.0), (1, "a", "published", 1.0), (2, "b", "mtf", 3.0))
    ]
    summary = summary_of(rows)
    shares = 1 - np.exp(-np.array([1.0, 3.0]))
    assert summary["coverage"] == pytest.approx(shares.mean(), abs=0.005)
    assert summary["coverage_per_degradation"]["published"] == pytest.approx(shares[0], abs=0.005)
    assert summary["coverage_per_band"]["B11"] == pytest.approx(shares.mean(), abs=0.005)


def test_places_that_differ_are_told() -> None:
    errors = [made_errors(0, "a", unit=1.0), made_errors(1, "b", unit=2.0)]
    left_out = left_out_coverage(errors, BANDS, 0.9)
    # a by b's factor 2 ln 10: 1 - 10^-2; b by a's: 1 - 10^-0.5.
    assert left_out == pytest.approx({"a": 0.99, "b": 1 - 10**-0.5}, abs=0.005)
    assert left_out_coverage(errors[:1], BANDS, 0.9) == {}


def test_block_and_table_hold_what_was_found() -> None:
    seen, tested = (made_errors(0, "a"), made_errors(1, "b")), (made_errors(2, "c"),)
    factors = factors_of(seen, BANDS, 0.9)
    calibration = Calibration("x", "ensemble", 0.9, factors, "the command", seen, tested)
    rows = [row_of(entry, factors) for entry in tested]
    block = json.loads(json.dumps(interval_block(calibration, rows)))
    assert block["factors"] == pytest.approx(factors, rel=1e-3)
    assert block["calibrated_on"][0] == {"place": "a", "scenes": ["a"], "pixels": 40000}
    assert block["tested"]["coverage"] == pytest.approx(0.9, abs=0.005)
    assert block["tested"]["places"][0]["scene"] == "c"
    text = text_table(calibration, rows)
    assert f"{block['tested']['coverage']:.3f}" in text
    assert "calibrated on a, b" in text


# What follows needs networks.
torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.consistency import sensor_sigma  # noqa: E402
from satsharp.core.consistency_fit import Fit  # noqa: E402
from satsharp.core.point_spread import degrade  # noqa: E402
from satsharp.core.probes import PROBES, SIDE  # noqa: E402
from satsharp.export_tools import calibrate  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.consistent import made_consistent  # noqa: E402
from satsharp.export_tools.degradation import wald_pair  # noqa: E402
from satsharp.export_tools.onnx_writer import export_onnx  # noqa: E402
from satsharp.export_tools.scene_details import scene_regression  # noqa: E402
from satsharp.export_tools.scene_trial import degraded_again, probed  # noqa: E402
from satsharp.export_tools.spreads import Estimator, errors_on  # noqa: E402
from satsharp.export_tools.trained_card import card_of  # noqa: E402

from .conftest import make_place  # noqa: E402
from .test_export import SETTINGS, WithSpread, trained  # noqa: E402


@pytest.fixture()
def card(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A card whose network has a spread, and two places in every split."""
    network = WithSpread(trained(config, SETTINGS["compact"]))
    outputs = export_onnx(network, config, tmp_path / "s2-20m.onnx")
    document = card_of(config, np.full((6, 6), 0.1, np.float32), {}, 0, outputs)
    path = tmp_path / "s2-20m.json"
    path.write_text(json.dumps(document), "utf-8")

    def places(config: Config, split: str, *rest: Any) -> list[Any]:
        first = 2 * ("train", "validation", "test").index(split)
        return [
            dataclasses.replace(make_place(config, seed, targets_size=64), id=f"s{seed}", place=f"p{seed}")
            for seed in (first, first + 1)
        ]

    monkeypatch.setattr(calibrate, "load_places", places)
    return path


@pytest.mark.parametrize("source", ["spread", "ensemble"])
def test_calibration_writes_an_interval_that_holds_elsewhere(source: str, card: Path, tmp_path: Path) -> None:
    words = ["calibrate", str(card), "--source", source, "--json", str(tmp_path / "all.json"), "--threads", "1"]
    assert main(words) == 0
    interval = load_card(card).interval
    assert interval is not None
    assert (interval.coverage, interval.source) == (0.9, source)
    assert [band for band, _ in interval.factors] == list(load_card(card).target_bands)
    block = json.loads(card.read_text("utf-8"))["interval"]
    assert block == json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert [entry["place"] for entry in block["calibrated_on"]] == ["p2", "p3"]
    assert {entry["place"] for entry in block["tested"]["places"]} == {"p4", "p5"}
    # Mixtures of bands differ from place to place, so no more than this can be asked of two of them.
    assert 0.7 < block["tested"]["coverage"] < 0.99
    assert f"--source {source}" in block["command"]


def test_spread_is_the_default_where_the_card_has_it(card: Path) -> None:
    assert calibrate.source_of(json.loads(card.read_text("utf-8"))) == "spread"
    assert calibrate.source_of({"outputs": [{"name": "a", "role": "value"}]}) == "ensemble"


def test_a_dry_run_leaves_the_card_alone(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = card.read_bytes()
    assert main(["calibrate", str(card), "--dry-run", "--threads", "1", "--degradation", "mtf"]) == 0
    assert card.read_bytes() == before
    assert "covered by degradation: mtf" in capsys.readouterr().out


def test_spread_source_gives_the_second_output(card: Path, config: Config) -> None:
    document = json.loads(card.read_text("utf-8"))
    estimate = Estimator(document, card.parent / "s2-20m.onnx", config, "spread", 1)
    pair = wald_pair(make_place(config, 8, targets_size=32), config, "published")
    value, spread = estimate(pair)
    np.testing.assert_allclose(spread, 0.1 * np.abs(value) + 0.01, atol=1e-6)
    assert value.shape == pair.truth.shape


def test_ensemble_source_is_the_standard_deviation_over_the_eight_symmetries(card: Path, config: Config) -> None:
    document = json.loads(card.read_text("utf-8"))
    estimate = Estimator(document, card.parent / "s2-20m.onnx", config, "ensemble", 1)
    place = make_place(config, 8, targets_size=32)
    pair = wald_pair(place, config, "published")
    value, spread = estimate(pair)
    regression = np.asarray(scene_regression(pair, config, estimate.default), np.float32)
    results = []
    for turns in range(4):
        for flip in (False, True):
            inputs = {name: np.rot90(image, turns, (1, 2)) for name, image in pair.inputs.items()}
            inputs = {name: image[..., ::-1] if flip else image for name, image in inputs.items()}
            made = estimate.sharpen(inputs, regression)
            results.append(np.rot90(made[..., ::-1] if flip else made, -turns, (1, 2)))
    np.testing.assert_allclose(value, results[0], atol=1e-6)
    np.testing.assert_allclose(spread, np.std(results, axis=0), atol=2e-6)
    assert float(spread.mean()) > 1e-4
    floored = Estimator(document, card.parent / "s2-20m.onnx", config, "ensemble", 1, floor=0.25)(pair)[1]
    np.testing.assert_allclose(floored, spread + 0.25, atol=1e-6)
    left_out = dataclasses.replace(place, without_loss=("B8A",))
    entry = errors_on(estimate, [left_out], ["published"], consistency=False)[0]
    assert entry.bands == ("B05", "B06", "B07", "B11", "B12")
    np.testing.assert_allclose(entry.absolute[3], np.abs(value - pair.truth)[4], atol=1e-6)


def test_values_are_judged_as_the_engine_delivers_them(card: Path, config: Config) -> None:
    place = make_place(config, 8, targets_size=64)
    pair = wald_pair(place, config, "mtf")
    off = pair.truth + np.float32(0.2)
    corrected = made_consistent(off, pair, config)
    assert corrected.shape == off.shape
    assert float(np.abs(corrected - pair.truth).mean()) < 0.02
    mask = pair.mask.copy()
    mask[:32] = False
    half = made_consistent(off, dataclasses.replace(pair, mask=mask), config)
    np.testing.assert_array_equal(half[:, :20], off[:, :20])
    assert float(np.abs(half - pair.truth)[:, 44:].mean()) < 0.02
    small = dataclasses.replace(pair, mask=np.zeros_like(mask))
    assert made_consistent(off, small, config) is off
    document = json.loads(card.read_text("utf-8"))
    estimate = Estimator(document, card.parent / "s2-20m.onnx", config, "spread", 1)
    value = estimate(pair)[0]
    entry = errors_on(estimate, [place], ["mtf"])[0]
    np.testing.assert_allclose(entry.absolute, np.abs(made_consistent(value, pair, config) - pair.truth), atol=1e-6)


def test_the_scale_below_is_what_the_engine_would_see(card: Path, config: Config) -> None:
    """A Gaussian added to a Gaussian: at the coarser grid the bands show the spread they have at their own."""
    place = make_place(config, 8, targets_size=66)
    pair = wald_pair(place, config, "mtf")
    fits = tuple(Fit(0.5, 0.1, 0.0, 0.0) for _ in config.targets.bands)
    below = degraded_again(pair, config, fits)
    assert below is not None
    assert below.truth.shape == (6, 32, 32) and below.mask.shape == (32, 32)
    np.testing.assert_array_equal(below.truth, pair.inputs["b20"][:, :32, :32])
    sigma = 0.5 * sensor_sigma("sentinel2", "B11", 2) * np.sqrt(3) / 2
    index = config.targets.bands.index("B11")
    np.testing.assert_allclose(below.inputs["b20"][index], degrade(below.truth[[index]], 2, (sigma,))[0], atol=1e-6)
    assert below.inputs["b10"].shape == (4, 32, 32)
    assert degraded_again(wald_pair(make_place(config, 8, targets_size=2), config, "mtf"), config, fits) is None


def test_windows_of_the_scale_below_are_the_engines() -> None:
    mask = np.ones((300, 300), bool)
    mask[:, :150] = False
    seen = probed(mask, 2)
    assert seen.sum() <= PROBES * SIDE**2 and seen[:, :150].sum() == 0
    assert seen.sum() > SIDE**2
    assert probed(np.ones((20, 20), bool), 2).all()
    assert not probed(np.zeros((20, 20), bool), 2).any()


@pytest.mark.parametrize("adaptation", [True, False])
def test_bands_that_a_place_lacks_count_in_nothing(
    adaptation: bool, card: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B11 is a stand-in on every calibration place, B12 on one of them, and B05 on the tested ones."""

    def places(config: Config, split: str, *rest: Any) -> list[Any]:
        lacking = {"validation": [("B11",), ("B11", "B12")], "test": [("B05",), ("B05",)]}[split]
        first = 10 if split == "test" else 0
        made = [dataclasses.replace(make_place(config, first + i, targets_size=96), place=f"p{i}") for i in (0, 1)]
        return [dataclasses.replace(place, absent=bands) for place, bands in zip(made, lacking)]

    monkeypatch.setattr(calibrate, "load_places", places)
    words = ["calibrate", str(card), "--threads", "1", *([] if adaptation else ["--no-adaptation"])]
    assert main(words) == 0
    block = json.loads(card.read_text("utf-8"))["interval"]
    assert block["uncalibrated"] == ["B11"]
    assert block["factors"]["B11"] == max(block["factors"].values())
    assert list(block["tested"]["coverage_per_band"]) == ["B06", "B07", "B8A", "B11", "B12"]
    assert block["adaptation"] is adaptation
    assert ("coverage_unadapted" in block["tested"]) is adaptation
    interval = load_card(card).interval
    assert interval is not None and interval.uncalibrated == ("B11",)
    assert interval.scene_ratio == (block["scene_ratio"] if adaptation else 1.0)
    assert block["command"].endswith("--no-adaptation") is not adaptation
    if adaptation:
        assert [row["adapted"] for row in block["tested"]["places"]] == [True] * 4
        assert block["scene_ratio"] != 1.0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--split", "validation", "--test", "validation"], "cannot be calibrated and tested on"),
        (["--coverage", "1.5"], "coverage of 1.5"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(
    words: list[str], message: str, card: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = card.read_bytes()
    assert main(["calibrate", str(card), "--threads", "1", *words]) == 1
    assert message in capsys.readouterr().err
    assert card.read_bytes() == before


def test_a_floor_that_the_engine_would_not_add_is_refused(
    card: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = card.read_bytes()
    monkeypatch.setattr(calibrate, "load_card", lambda path: SimpleNamespace(interval=SimpleNamespace()))
    assert main(["calibrate", str(card), "--threads", "1", "--floor", "4"]) == 1
    assert "adds no floor" in capsys.readouterr().err
    assert card.read_bytes() == before


def test_a_card_without_spread_needs_an_ensemble(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(card.read_text("utf-8"))
    card.write_text(json.dumps({**document, "outputs": document["outputs"][:1]}), "utf-8")
    assert main(["calibrate", str(card), "--source", "spread"]) == 1
    assert "--source ensemble" in capsys.readouterr().err
