# SPDX-License-Identifier: GPL-2.0-or-later
"""A network for tests that is bicubic, and wrong by a wave of known amplitude that looks like noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from satsharp.core.cards import file_digest

TARGETS = ("B05", "B06", "B07", "B8A", "B11", "B12")
# Radians along one unit of network range: one digital number (0.0005) turns the wave by 2.5.
FREQUENCY = 5000.0
# Network range of one digital number: reflectance x 5, and 10000 digital numbers a unit of reflectance.
DIGITAL_NUMBER = 0.0005


def write_bicubic(
    folder: Path,
    identifier: str,
    errors: dict[str, float] | None = None,
    spread: float | None = None,
    interval: dict[str, Any] | None = None,
    blur: bool = False,
) -> Path:
    """Write ONNX file, card and digest of a network that enlarges the 20 m bands by cubic convolution.

    Args:
        folder: where they go.
        identifier: of the card.
        errors: amplitude in network range of the wave that is added to a band.
        spread: value of a second output of role ``spread``, or None for no such output.
        interval: of the card.
        blur: average 3 x 3 pixels of the result.

    Returns:
        The card's path.
    """
    count = len(TARGETS)
    amplitudes = np.array([(errors or {}).get(band, 0.0) for band in TARGETS], np.float32).reshape(1, count, 1, 1)
    mean = np.full((count, 1, 3, 3), 1 / 9, np.float32)
    constants = {
        "scales": np.array([1, 1, 2, 2], np.float32),
        "frequency": np.array([FREQUENCY], np.float32),
        "amplitudes": amplitudes,
        "nothing": np.zeros((1, count, 1, 1), np.float32),
        "constant": np.array([spread or 0.0], np.float32),
        "mean": mean,
    }
    enlarged = "blurred" if blur else "enlarged"
    nodes = [
        helper.make_node(
            "Resize", ["b20", "", "scales"], ["enlarged"], mode="cubic", cubic_coeff_a=-0.5,
            coordinate_transformation_mode="half_pixel",
        ),
        helper.make_node("Mul", ["b10", "frequency"], ["angle"]),
        helper.make_node("Sin", ["angle"], ["wave"]),
        helper.make_node("Mul", ["wave", "amplitudes"], ["error"]),
        helper.make_node("Add", [enlarged, "error"], ["sharpened"]),
    ]  # fmt: skip
    if blur:
        nodes.insert(1, helper.make_node("Conv", ["enlarged", "mean"], ["blurred"], pads=[1, 1, 1, 1], group=count))
    results = [_plane("sharpened", count)]
    outputs = [{"name": "sharpened", "bands": list(TARGETS)}]
    if spread is not None:
        nodes.append(helper.make_node("Mul", ["wave", "nothing"], ["zero"]))
        nodes.append(helper.make_node("Add", ["zero", "constant"], ["spread"]))
        results.append(_plane("spread", count))
        outputs.append({"name": "spread", "bands": list(TARGETS), "role": "spread"})
    used = {name for node in nodes for name in node.input}
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items() if name in used]
    graph = helper.make_graph(nodes, identifier, [_plane("b10", 1), _plane("b20", count)], results, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / f"{identifier}.onnx"
    onnx.save(model, str(path))
    card = {
        "id": identifier,
        "name": "Bicubic, for tests",
        "file": path.name,
        "sensor": "sentinel2",
        "gsd": 10,
        "scale_factor": 2,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "inputs": [{"name": "b10", "bands": ["B02"], "gsd": 10}, {"name": "b20", "bands": list(TARGETS), "gsd": 20}],
        "outputs": outputs,
        "tiling": "exact",
        "licence": "CC0-1.0",
        **({"interval": interval} if interval else {}),
    }
    (folder / f"{identifier}.json").write_text(json.dumps(card), encoding="utf-8")
    with (folder / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{file_digest(path)}  {path.name}\n")
    return folder / f"{identifier}.json"


def _plane(name: str, channels: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])
