# SPDX-License-Identifier: GPL-2.0-or-later
"""What S2L8H's networks read, made as the engine's reader makes it, and the moments of their ensemble.

Against torch and golden cases. Torch repeats the pixels at the edge, where the reader mirrors them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from satsharp.core.grid import Grid
from satsharp.core.grid_places import CUBIC_REACH, places_on
from satsharp.core.harmonization.ensemble import RunningMoments

GOLDEN = Path(os.environ.get("SATSHARP_GOLDEN", Path(__file__).resolve().parents[3] / "shared" / "golden"))


# The parameter a of torch's cubic convolution, which cards of such networks declare as cubic_parameter.
TORCH = -0.75


def resample(image: np.ndarray, shape: tuple[int, int], steepness: float = TORCH) -> np.ndarray:
    """Bring (bands, rows, columns) to another number of rows and columns of the same extent."""
    rows, cols = image.shape[1:]
    lattice = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), cols, rows)
    grid = Grid("", (0.0, cols / shape[1], 0.0, 0.0, 0.0, -rows / shape[0]), shape[1], shape[0])
    places = places_on(lattice, grid, grid.window)
    around = places.support(0)
    edges = ((-around.row, around.row_end - rows), (-around.col, around.col_end - cols))
    assert min(min(edge) for edge in edges) >= 0 and max(max(edge) for edge in edges) <= CUBIC_REACH
    padded = np.pad(image, ((0, 0), *edges), "edge")
    return np.stack([places.interpolate(band, around, steepness) for band in padded])


def golden(folder: str) -> dict[str, np.ndarray]:
    path = GOLDEN / folder / "io.npz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; set SATSHARP_GOLDEN to the folder of golden cases")
    with np.load(path) as stored:
        return {name: stored[name] for name in stored}


def test_golden_preparation() -> None:
    case = golden("s2l8h_preprocess")
    shape = (3 * case["ms_dn"].shape[1], 3 * case["ms_dn"].shape[2])
    # Landsat Collection 2 Level-2 (LSDS-1619); pan is Level-1 as its MTL says, without the sun.
    ms = case["ms_dn"][:6].astype(np.float32) * np.float32(0.0000275) - np.float32(0.2)
    gain, offset = (np.float32(case[key]) for key in ("reflectance_mult_b8", "reflectance_add_b8"))
    pan = case["pan_dn"].astype(np.float32) * gain + offset
    assert np.abs(resample(ms, shape) - case["ms10"][0]).max() < 2e-6
    assert np.abs(resample(pan[None], shape)[0] - case["pan10"][0, 0]).max() < 2e-6


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
    made = resample(image, new)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, expected, atol=1e-5)
