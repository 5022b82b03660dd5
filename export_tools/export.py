# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a trained network as ONNX with its card and digest, and compare torch with ONNX Runtime."""

from __future__ import annotations

import argparse
import json
import platform
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from torch import nn

from ..core.cards import DIGEST_FILE, file_digest, load_card, read_digests
from .configuration import Config
from .networks import count_parameters
from .train import load_trained

OPSET = 17
IR_VERSION = 8
OUTPUT = "sharpened"
PARITY = 2e-5
ATTRIBUTION = "Trained by SatSharp; training data contains modified Copernicus Sentinel data."


def export_onnx(network: nn.Module, config: Config, path: Path) -> None:
    """Write the ONNX file of a network built from ``config``.

    Args:
        network: in evaluation mode.
        config: names and order of the inputs.
        path: of the file.
    """
    example = network.example()["tensors"]  # type: ignore[operator]
    names = [group.name for group in config.groups] + ["regression"]
    names = names[: len(example)]
    axes = {name: {0: "batch", 2: f"{name}_rows", 3: f"{name}_columns"} for name in names if name != "regression"}
    axes[OUTPUT] = {0: "batch", 2: "rows", 3: "columns"}
    plain = network.to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            plain,
            example,
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=names,
            output_names=[OUTPUT],
            dynamic_axes=axes,
        )
    model = onnx.load(str(path))
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def parity(network: nn.Module, path: Path, seed: int = 0) -> float:
    """Return the largest difference between torch and ONNX Runtime, divided by the largest value, on random input."""
    generator = torch.Generator().manual_seed(seed)
    shapes = [tensor.shape for tensor in network.example(rows=20, batch=2)["tensors"]]  # type: ignore[operator]
    tensors = [torch.rand(shape, generator=generator) for shape in shapes]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in session.get_inputs()]
    actual = session.run(None, {name: tensor.numpy() for name, tensor in zip(names, tensors)})[0]
    with torch.no_grad():
        expected = network(*tensors).numpy()
    return float(np.abs(actual - expected).max() / np.abs(expected).max())


def card_of(
    config: Config, default: npt.NDArray[np.float32], training: dict[str, Any], parameters: int
) -> dict[str, Any]:
    """Return the card as a document."""
    document = config.document
    targets = ", ".join(config.targets.bands)
    return {
        "id": config.id,
        "name": document["name"],
        "summary": f"Sharpens {targets} from {config.targets.gsd:g} m to {document['gsd']:g} m; adapts to each scene.",
        "file": f"{config.id}.onnx",
        "sensor": document["sensor"],
        "levels": document["levels"],
        "gsd": document["gsd"],
        "scale_factor": config.scale_factor,
        "value_range": document["value_range"],
        "inputs": document["inputs"],
        "outputs": [{"name": OUTPUT, "bands": list(config.targets.bands), "role": "value"}],
        "scene_pass": {
            "kind": "band_regression",
            "input": "regression",
            "guides": list(config.guide_bands),
            "targets": list(config.targets.bands),
            "default": [[round(float(value), 6) for value in row] for row in default],
        },
        "tiling": "exact",
        "licence": "CC-BY-4.0",
        "attribution": ATTRIBUTION,
        "network": {**config.network, "parameters": parameters},
        "training": training,
    }


def update_digests(folder: Path) -> None:
    """Write ``SHA256SUMS`` for every ONNX file of a folder."""
    digests = {path.name: file_digest(path) for path in sorted(folder.glob("*.onnx"))}
    lines = [f"{digest}  {name}\n" for name, digest in digests.items()]
    (folder / DIGEST_FILE).write_text("".join(lines), encoding="utf-8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``export``."""
    parser.add_argument("run", type=Path, help="run folder of train")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "models")


def run(arguments: argparse.Namespace) -> int:
    """Export the averaged network of a run folder."""
    network, config, state = load_trained(arguments.run)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{config.id}.onnx"
    export_onnx(network, config, path)
    difference = parity(network, path)
    print(f"torch against ONNX Runtime: max abs difference / max abs value = {difference:.1e}")
    if difference > PARITY:
        print(f"This is more than {PARITY:.0e}: the export is not to be trusted.")
        return 1
    progress, batch = state["progress"], int(config.training["batch"])
    minutes = round(progress["seconds"] / 60, 1)
    training = {
        "places": state["places"],
        "steps": progress["step"],
        "chips": progress["step"] * batch,
        "minutes": minutes,
        "seed": state["seed"],
        "hardware": f"{state['threads']} CPU thread(s), {platform.machine()}",
        "note": config.document.get("note", ""),
        "command": f"python -m satsharp.export_tools train {config.id} --seed {state['seed']} --minutes {minutes:g}",
        "settings": config.training,
    }
    card = card_of(config, state["default"].numpy(), training, count_parameters(network))
    card_path = arguments.out / f"{config.id}.json"
    card_path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    update_digests(arguments.out)
    load_card(card_path)
    print(f"{card_path}: {len(read_digests(arguments.out / DIGEST_FILE))} model(s) listed in {DIGEST_FILE}")
    return 0
