# SPDX-License-Identifier: GPL-2.0-or-later
"""Preparing Landsat for S2L8H's networks, and the moments of their ensemble, against torch and golden cases."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from satsharp.core.harmonization.ensemble import RunningMoments
from satsharp.core.harmonization.preparation import Places, pan_reflectance, resample, surface_reflectance

GOLDEN = Path(os.environ.get("SATSHARP_GOLDEN", Path(__file__).resolve().parents[3] / "shared" / "golden"))


def golden(folder: str) -> dict[str, np.ndarray]:
    path = GOLDEN / folder / "io.npz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; set SATSHARP_GOLDEN to the folder of golden cases")
    with np.load(path) as stored:
        return {name: stored[name] for name in stored}


def test_golden_preparation() -> None:
    case = golden("s2l8h_preprocess")
    rows, cols = 3 * case["ms_dn"].shape[1], 3 * case["ms_dn"].shape[2]
    ms = surface_reflectance(case["ms_dn"][:6])
    pan = pan_reflectance(case["pan_dn"], float(case["reflectance_mult_b8"]), float(case["reflectance_add_b8"]))
    made = resample(ms, Places.covering(ms.shape[1], rows), Places.covering(ms.shape[2], cols))
    assert np.abs(made - case["ms10"][0]).max() < 2e-6
    made = resample(pan, Places.covering(pan.shape[0], rows), Places.covering(pan.shape[1], cols))
    assert np.abs(made - case["pan10"][0, 0]).max() < 2e-6


def test_golden_ensemble() -> None:
    case = golden("s2l8h_metrics")
    moments = RunningMoments()
    for member in case["ens_members"]:
        moments.add(member)
    assert moments.count == 4
    assert np.abs(moments.mean - case["ens_mean"][0]).max() < 1e-6
    assert np.abs(moments.variance - case["ens_var"][0]).max() < 1e-6 * float(case["ens_var"].max()) + 1e-9


def test_moments_are_those_of_numpy() -> None:
    members = np.random.default_rng(0).normal(0.2, 0.01, (7, 3, 5, 4)).astype(np.float32)
    moments = RunningMoments()
    moments.add(members[0])
    np.testing.assert_array_equal(moments.mean, members[0])
    np.testing.assert_array_equal(moments.variance, np.zeros_like(members[0]))
    kept = members.copy()
    for member in members[1:]:
        moments.add(member)
    np.testing.assert_array_equal(members, kept)
    np.testing.assert_allclose(moments.mean, members.mean(0, np.float64), rtol=1e-6)
    np.testing.assert_allclose(moments.variance, members.var(0, np.float64, ddof=1), rtol=1e-3)
    with pytest.raises(ValueError, match="needs a member"):
        RunningMoments().mean  # noqa: B018
    with pytest.raises(ValueError, match="needs a member"):
        RunningMoments().variance  # noqa: B018


@pytest.mark.parametrize(
    ("old", "new"), [((32, 30), (96, 90)), ((64, 60), (96, 90)), ((9, 7), (9, 7)), ((20, 33), (13, 17))]
)
def test_resampling_is_that_of_torch(old: tuple[int, int], new: tuple[int, int]) -> None:
    torch = pytest.importorskip("torch")
    image = np.random.default_rng(1).uniform(0, 1, (2, *old)).astype(np.float32)
    expected = torch.nn.functional.interpolate(torch.from_numpy(image)[None], size=new, mode="bicubic")[0].numpy()
    made = resample(image, *(Places.covering(before, after) for before, after in zip(old, new)))
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, expected, atol=1e-5)


def test_places_follow_a_shift() -> None:
    """Landsat's pan grid starts half a pan pixel off: a ramp is then met where it truly is."""
    ramp = np.broadcast_to(np.arange(40, dtype=np.float32), (40, 40))
    made = resample(np.ascontiguousarray(ramp), Places(10, 12.0, 1.0), Places(10, 12.25, 0.5))
    np.testing.assert_allclose(made[3], 12.25 + 0.5 * np.arange(10), atol=0.05)
    whole = resample(np.ascontiguousarray(ramp), Places(4, 20.0, 1.0), Places(4, 7.0, 1.0))
    np.testing.assert_array_equal(whole, ramp[20:24, 7:11])


def test_sun_elevation_is_an_option() -> None:
    numbers = np.array([[10000, 20000]], np.uint16)
    plain = pan_reflectance(numbers, 2e-5, -0.1)
    np.testing.assert_allclose(plain, [[0.1, 0.3]], rtol=1e-5)
    np.testing.assert_allclose(pan_reflectance(numbers, 2e-5, -0.1, 30.0), 2 * plain, rtol=1e-5)
    np.testing.assert_allclose(surface_reflectance(np.array([7273, 43636])), [0.0, 1.0], atol=2e-5)
