# SPDX-License-Identifier: GPL-2.0-or-later
"""Weights to start from: of a run folder's checkpoint, or read back from the ONNX file of a card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ..configuration import Config
from .checkpoint import load_checkpoint, weights_that_count


@dataclass(frozen=True)
class Start:
    """What a fine-tuning begins with.

    Attributes:
        label: ``run ID`` or ``card ID``.
        weights: name -> float32 tensor.
        default: the regression its scenes fall back on, (targets, columns), None where there is none.
    """

    label: str
    weights: dict[str, Tensor]
    default: npt.NDArray[np.float32] | None


def read_start(source: Path, config: Config) -> Start:
    """Read the weights of a run folder or of a card (.json) whose .onnx lies beside it.

    Raises:
        ValueError: it is neither, or its inputs are not those of the config.
    """
    if source.is_dir():
        state = load_checkpoint(source)
        document = json.loads(state["config"])
        start = Start(f"run {document['id']}", weights_that_count(state), state["default"].numpy())
    elif source.suffix == ".json" and source.is_file():
        document = json.loads(source.read_text(encoding="utf-8"))
        default = document.get("scene_pass", {}).get("default")
        read = read_onnx(source.parent / document["file"])
        start = Start(f"card {document['id']}", read, None if default is None else np.array(default, np.float32))
    else:
        raise ValueError(f"{source} is neither the folder of a run nor a card. Pass one of them to --from.")
    if _bands(document) != _bands(config.document):
        raise ValueError(f"{source} has other input bands than the config {config.id}. Pass the config it was made by.")
    return start


def read_onnx(path: Path) -> dict[str, Tensor]:
    """Return the weights in an ONNX file by the names that they had in torch."""
    import onnx

    model = onnx.load(str(path))
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    return {name: torch.from_numpy(np.array(array, np.float32)) for name, array in arrays.items()}


def begin_from(start: Start, network: nn.Module) -> list[str]:
    """Put weights into a network by name.

    A part that the network has and the start lacks, such as a new head, keeps its random weights.

    Returns:
        Names of the weights that stay random.

    Raises:
        ValueError: the start is of another network.
    """
    own = network.state_dict()
    strange = [name for name, tensor in start.weights.items() if name not in own or own[name].shape != tensor.shape]
    missing = [name for name in own if name not in start.weights]
    if strange or len(missing) > len(own) // 2:
        culprit = (strange or missing)[0]
        raise ValueError(
            f"The weights of {start.label} do not fit the network of the config (first: {culprit}). Pass the config "
            "that they were trained with, and a 32-bit model rather than a quantised one."
        )
    network.load_state_dict(start.weights, strict=False)
    return missing


def _bands(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(group["name"], group["bands"]) for group in document["inputs"]]
