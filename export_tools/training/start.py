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
from ..networks.growth import grown, is_smaller
from ..networks.views import first_view, is_one_view, several_views
from .checkpoint import load_checkpoint, weights_that_count
from .history import training_of, trainings_behind


@dataclass(frozen=True)
class Start:
    """What a fine-tuning begins with.

    Attributes:
        label: ``run ID`` or ``card ID``.
        weights: name -> float32 tensor.
        default: the regression its scenes fall back on, (targets, columns), None where there is none.
        earlier: what the card tells of the trainings behind those weights, the first one first.
    """

    label: str
    weights: dict[str, Tensor]
    default: npt.NDArray[np.float32] | None
    earlier: tuple[dict[str, Any], ...] = ()


def read_start(source: Path, config: Config) -> Start:
    """Read the weights of a run folder or of a card (.json) whose .onnx lies beside it.

    Raises:
        ValueError: it is neither, or its inputs are not those of the config.
    """
    if source.is_dir():
        state = load_checkpoint(source)
        document = json.loads(state["config"])
        earlier = trainings_behind(document["id"], training_of(document, state))
        start = Start(f"run {document['id']}", weights_that_count(state), state["default"].numpy(), earlier)
    elif source.suffix == ".json" and source.is_file():
        document = json.loads(source.read_text(encoding="utf-8"))
        default = document.get("scene_pass", {}).get("default")
        read = read_onnx(source.parent / document["file"])
        values = None if default is None else np.array(default, np.float32)
        start = Start(
            f"card {document['id']}", read, values, trainings_behind(document["id"], document.get("training", {}))
        )
    else:
        raise ValueError(f"{source} is neither the folder of a run nor a card. Pass one to --from or --teacher.")
    if sorted(_bands(document)) != sorted(_bands(config.document)):
        raise ValueError(f"{source} has other input bands than the config {config.id}. Pass the config it was made by.")
    return start


def read_onnx(path: Path) -> dict[str, Tensor]:
    """Return the weights in an ONNX file by the names that they had in torch."""
    import onnx

    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    # Equal weights are stored once, and the others refer to them.
    same = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}
    arrays.update({name: arrays[kept] for name, kept in same.items() if kept in arrays})
    # The slopes of PReLU are reshaped on export, which loses their name; that of the node tells it.
    slopes = {f"{module_of(node.name)}.weight": node.input[1] for node in graph.node if node.op_type == "PRelu"}
    arrays.update({name: arrays[kept] for name, kept in slopes.items() if kept in arrays})
    named = {name: array for name, array in arrays.items() if name not in slopes.values() or name in slopes}
    return {name: torch.from_numpy(np.array(array, np.float32)) for name, array in named.items()}


def module_of(node: str) -> str:
    """Return a torch module by the name of its ONNX node: ``/a.0/block/block.1/PRelu`` is that of ``a.0.block.1``."""
    parts: list[str] = []
    for part in node.strip("/").split("/")[:-1]:
        # A child of a sequence repeats the name of the sequence.
        if parts and part.startswith(f"{parts[-1]}."):
            parts.pop()
        parts.append(part)
    return ".".join(parts)


def begin_from(start: Start, network: nn.Module) -> list[str]:
    """Put weights into a network by name.

    A part that the network has and the start lacks, such as a new head, keeps its random weights. A larger network of
    the compact family starts as the smaller one, one of several views as the mean over them, and one of one view as the
    first of several.

    Returns:
        Names of the weights that the start lacks.

    Raises:
        ValueError: the start is of another network.
    """
    own = network.state_dict()
    # A mean over as many views goes on with all of them, any other network with the first one.
    given = start.weights if set(start.weights) == set(own) else first_view(start.weights)
    if is_one_view(given, network):
        network.load_state_dict(several_views(given, network))
        return []
    if is_smaller(given, network):
        network.load_state_dict(grown(given, network))
        return [name for name in own if name not in given]
    weights = {name: _as_slope(tensor, own.get(name)) for name, tensor in given.items()}
    strange = [name for name, tensor in weights.items() if name not in own or own[name].shape != tensor.shape]
    missing = [name for name in own if name not in given]
    if strange or len(missing) > len(own) // 2:
        culprit = (strange or missing)[0]
        raise ValueError(
            f"The weights of {start.label} do not fit the network of the config (first: {culprit}). Pass the config "
            "that they were trained with, and a 32-bit model rather than a quantised one."
        )
    network.load_state_dict(weights, strict=False)
    return missing


def _as_slope(tensor: Tensor, own: Tensor | None) -> Tensor:
    """Return the slopes of PReLU in the shape they have in torch, and anything else as it is."""
    is_slope = own is not None and own.dim() == 1 and tensor.shape == (len(own), 1, 1)
    return tensor.reshape(-1) if is_slope else tensor


def _bands(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(group["name"], group["bands"]) for group in document["inputs"]]
