# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.core.point_spread import degrade, sigma_of_mtf  # noqa: E402
from satsharp.export_tools.configuration import load_config  # noqa: E402
from satsharp.export_tools.evaluation.edges import Pattern, contrast, sharpness  # noqa: E402
from satsharp.export_tools.evaluation.methods import CLASSICAL  # noqa: E402
from satsharp.export_tools.evaluation.resolution import IDEAL, NATIVE, evaluate_resolution  # noqa: E402
from satsharp.export_tools.evaluation.targets import CELLS, SIDE, patterns, target_scene  # noqa: E402

FINE = 16


def seen(pattern: Pattern, sigma: float) -> np.ndarray:
    """The pattern on coarse pixels through a Gaussian of ``sigma`` coarse pixels and the pixel's own square."""
    painted = pattern.paint(pattern.side * FINE).astype(np.float32)
    return degrade(painted[None], FINE, [sigma * FINE])[0].astype(np.float64)


def transfer(frequency: float, sigma: float) -> float:
    return float(np.exp(-2 * (np.pi * sigma * frequency) ** 2) * np.sinc(frequency))


@pytest.mark.parametrize("sigma", [0.35, 0.47, 0.8])
@pytest.mark.parametrize("angle", [8.1, 81.3])
def test_edge_width_and_modulation_follow_from_the_point_spread(sigma: float, angle: float) -> None:
    pattern = Pattern(0, 0, 32, angle)
    found = sharpness(seen(pattern, sigma), pattern)
    assert transfer(found.mtf50, sigma) == pytest.approx(0.5, abs=0.02)
    # The 10-90 % width of a Gaussian is 2.563 sigma; the pixel adds a variance of 1 / 12.
    assert found.width == pytest.approx(2.563 * math.sqrt(sigma**2 + 1 / 12), rel=0.04)
    assert found.overshoot < 0.005


def test_overshoot_is_a_part_of_the_contrast() -> None:
    pattern = Pattern(0, 0, 32, 8.1)
    soft = seen(pattern, 0.5)
    sharpened = soft + 0.8 * (soft - seen(pattern, 0.9))
    found, before = sharpness(100 + 50 * sharpened, pattern), sharpness(soft, pattern)
    assert 0.03 < found.overshoot < 0.2
    assert found.mtf50 > 1.2 * before.mtf50


@pytest.mark.parametrize("period", [3.0, 4.0])
def test_contrast_of_bars_is_the_transfer_at_their_frequency(period: float) -> None:
    pattern = Pattern(0, 0, 32, 9.7, period)
    assert contrast(seen(pattern, 0.5), pattern) == pytest.approx(transfer(1 / period, 0.5), abs=0.02)
    assert contrast(1 - seen(pattern, 0.5), pattern) == pytest.approx(-transfer(1 / period, 0.5), abs=0.02)


def test_patterns_do_not_overlap_and_leave_half_of_the_scene() -> None:
    corners = [(pattern.row, pattern.column) for pattern, _ in patterns()]
    assert len(set(corners)) == len(corners) == CELLS[0] * CELLS[1] // 2
    assert max(row for row, _ in corners) < CELLS[0] * SIDE
    assert max(column for _, column in corners) < CELLS[1] * SIDE


def test_the_scene_is_seen_through_each_bands_own_point_spread() -> None:
    config = load_config("s2-20m")
    scene = target_scene(config)
    target = scene.targets[0]
    square = target.pattern.cut(scene.pair.inputs["b20"], 1).astype(np.float64)
    for band, mtf in ((0, 0.343), (5, 0.19)):
        normal = (square[band] - target.low[band]) / (target.high[band] - target.low[band])
        found = sharpness(normal, target.pattern).mtf50
        assert transfer(found, sigma_of_mtf(mtf, 1.0)) == pytest.approx(0.5, abs=0.012)


def test_effective_gsd_is_the_sensors_own_for_its_bands_and_coarser_for_bicubic() -> None:
    config = load_config("s2-20m")
    found = evaluate_resolution(config, {"bicubic": CLASSICAL["bicubic"], "nearest": CLASSICAL["nearest"]})
    assert list(found) == [NATIVE, IDEAL, "bicubic", "nearest"]
    for band in config.targets.bands:
        assert found[NATIVE][band]["effective_gsd_m"] == 20
        assert found[IDEAL][band]["effective_gsd_m"] == pytest.approx(10, abs=0.1)
        assert 20 < found["bicubic"][band]["effective_gsd_m"] < 24
        assert found[IDEAL][band]["edge_width_m"] == pytest.approx(found[NATIVE][band]["edge_width_m"] / 2, rel=0.04)
        assert found[IDEAL][band]["bars"]["40"] > 3 * found["bicubic"][band]["bars"]["40"]
