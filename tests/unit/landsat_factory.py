# SPDX-License-Identifier: GPL-2.0-or-later
"""Small networks for Landsat scenes: bilinear enlargement of the 30 m bands, with the details of the pan if wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from satsharp.core.cards import file_digest

TARGETS = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B9")


def write_bilinear(folder: Path, details: float = 0.0, bands: tuple[str, ...] = TARGETS) -> Path:
    """Write ONNX file, card and digest of a network that enlarges bands bilinearly.

    Args:
        folder: where they go.
        details: what part of the pan's details (pan less its mean over 5 x 5 pixels) is added to every band.
        bands: the 30 m bands.

    Returns:
        The card's path.
    """
    count = len(bands)
    kernel = np.full((1, 1, 5, 5), -details / 25, np.float32)
    kernel[0, 0, 2, 2] += details
    constants = {"scales": np.array([1, 1, 2, 2], np.float32), "kernel": kernel}
    nodes = [
        helper.make_node(
            "Resize", ["b30", "", "scales"], ["enlarged"], mode="linear", coordinate_transformation_mode="half_pixel"
        ),
        helper.make_node("Conv", ["b15", "kernel"], ["details"], pads=[2, 2, 2, 2]),
        helper.make_node("Add", ["enlarged", "details"], ["sharpened"]),
    ]
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(
        nodes, "bilinear", [_plane("b15", 1), _plane("b30", count)], [_plane("sharpened", count)], weights
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / "bilinear.onnx"
    onnx.save(model, str(path))
    card = {
        "id": "bilinear",
        "name": "Bilinear, for tests",
        "file": path.name,
        "sensor": "landsat",
        "gsd": 15,
        "scale_factor": 2,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "inputs": [{"name": "b15", "bands": ["B8"], "gsd": 15}, {"name": "b30", "bands": list(bands), "gsd": 30}],
        "outputs": [{"name": "sharpened", "bands": list(bands)}],
        "tiling": "exact",
        "licence": "CC0-1.0",
    }
    (folder / "bilinear.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "SHA256SUMS").write_text(f"{file_digest(path)}  {path.name}\n", encoding="utf-8")
    return folder / "bilinear.json"


def _plane(name: str, channels: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])
