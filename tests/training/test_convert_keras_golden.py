# SPDX-License-Identifier: GPL-2.0-or-later
"""Checkpoints that the original projects' code wrote, with its outputs; they wait outside of the repository."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("h5py")
pytest.importorskip("torch")
onnxruntime = pytest.importorskip("onnxruntime")

from satsharp.export_tools.converters import choose  # noqa: E402
from satsharp.export_tools.converters.finishing import finish  # noqa: E402
from satsharp.export_tools.converters.framework import Options  # noqa: E402

GOLDEN = Path(os.environ.get("SATSHARP_GOLDEN", Path(__file__).resolve().parents[3] / "shared" / "golden"))
CASES = {
    "up42_aesr_20m_real": "up42",
    "vdsen2_small": "dsen2",
    "isr_rdn_shuffle_x3": "rdn",
    "redes_edsr_x3": "redes-edsr",
}


@pytest.mark.parametrize("case", CASES)
def test_converted_network_reproduces_the_original_outputs(case: str, tmp_path: Path) -> None:
    folder = GOLDEN / case
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing; set SATSHARP_GOLDEN")
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    source = folder / meta["weights_file"]
    converter = choose("auto", source)
    assert converter.names[0] == CASES[case]
    converted = converter.convert(source, Options(plain=True))
    assert converted.recognised.parameters == meta["parameters"]
    finished = finish(converted, source, tmp_path, Options(plain=True))
    session = onnxruntime.InferenceSession(str(finished.card.with_suffix(".onnx")), providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in session.get_inputs()]
    with np.load(folder / "io.npz") as data:
        for number in (0, 1):
            keys = [entry["key"].format(i=number) for entry in meta["inputs"]]
            last = meta["inputs"][0]["layout"] == "NHWC"
            inputs = [data[key].transpose(0, 3, 1, 2) if last else data[key] for key in keys]
            made = session.run(None, dict(zip(names, inputs)))[0]
            expected = data[f"y{number}"]
            np.testing.assert_allclose(made.transpose(0, 2, 3, 1) if last else made, expected, rtol=0, atol=2e-5)
