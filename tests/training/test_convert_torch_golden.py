# SPDX-License-Identifier: GPL-2.0-or-later
"""Checkpoints that the original projects' code wrote, with their outputs (``SATSHARP_GOLDEN``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from .torch_layouts import convert, run  # noqa: E402

GOLDEN = Path(os.environ.get("SATSHARP_GOLDEN", Path(__file__).resolve().parents[3] / "shared" / "golden"))
TOLERANCE = 2e-5
# Folder -> file, inputs of each comparison, settings.
CASES: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "satlas_esrgan_smaller3": ("net_g_505000.pth", ("x",), {}),
    "satlas_esrgan_scale2_small": ("net_g_latest.pth", ("x",), {"scale": 2}),
    "satlas_highresnet_h32_rev2": ("net_g_latest.pth", ("x",), {}),
    "satlas_srcnn_h32_rev4": ("net_g_latest.pth", ("x",), {}),
    "aunet_attn_standard_eca_small": ("train.pth", ("ms", "pan"), {}),
}


@pytest.mark.parametrize("folder", CASES)
def test_golden(folder: str, tmp_path: Path) -> None:
    file, names, settings = CASES[folder]
    if not (GOLDEN / folder / file).is_file():
        pytest.skip(f"{GOLDEN / folder} is not there; set SATSHARP_GOLDEN to the folder of golden cases")
    torch.set_num_threads(1)
    finished, _ = convert(GOLDEN / folder / file, tmp_path, **settings)
    with np.load(GOLDEN / folder / "io.npz") as stored:
        numbers = [number for number in (0, 1) if f"y{number}" in stored]
        assert numbers
        for number in numbers:
            tensors = [stored[f"{name}{number}"] for name in names]
            # Dates on an axis of their own lie on the channel axis here.
            made = run(finished, *(values.reshape(len(values), -1, *values.shape[-2:]) for values in tensors))[0]
            expected = stored[f"y{number}"]
            assert np.abs(made - expected.reshape(made.shape)).max() < TOLERANCE
            wrong = f"y{number}_params"
            if wrong in stored:
                assert np.abs(made - stored[wrong]).max() > 100 * TOLERANCE
