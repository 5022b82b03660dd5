# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge a model on held-out places at reduced scale (Wald protocol) against the classical methods.

The exported ONNX file is run, with the scene regression the engine would compute, and the card is given the figures.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from . import metrics
from .baselines import band_regression, upsample
from .configuration import Config, load_config
from .dataset import NETWORK_SCALE, PLACES_FILE, load_places
from .degradation import KINDS, Pair, scene_regression, wald_pair
from .model_index import write_index

Image = npt.NDArray[np.float32]
Sharpener = Callable[[dict[str, Image], Image], Image]

HALO = 12
DIGITAL_NUMBERS = 10000 / NETWORK_SCALE
METHODS = ("nearest", "bilinear", "bicubic", "band_regression", "network")


def torch_sharpener(network: Any, config: Config) -> Sharpener:
    """Return a function that runs a torch network on a whole scene."""
    import torch

    def call(tensors: list[Image]) -> Image:
        with torch.no_grad():
            result: Image = network(*(torch.from_numpy(tensor) for tensor in tensors)).numpy()
        return result

    return lambda inputs, regression: _with_halo(inputs, regression, config, call)


def onnx_sharpener(path: Path, config: Config, threads: int = 2) -> Sharpener:
    """Return a function that runs an ONNX file on a whole scene."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [tensor.name for tensor in session.get_inputs()]

    def call(tensors: list[Image]) -> Image:
        result: Image = session.run(None, dict(zip(names, tensors)))[0]
        return result

    return lambda inputs, regression: _with_halo(inputs, regression, config, call)


def _with_halo(
    inputs: dict[str, Image], regression: Image, config: Config, call: Callable[[list[Image]], Image]
) -> Image:
    """Mirror the scene at its edges as the engine does, run, and crop."""
    tensors = []
    for group in config.groups:
        edge = HALO * config.ratio(group)
        tensors.append(np.pad(inputs[group.name], ((0, 0), (edge, edge), (edge, edge)), "symmetric")[None])
    crop = HALO * config.scale_factor
    return call([*tensors, regression])[0, :, crop:-crop, crop:-crop]


def reduced_scale_row(pair: Pair, config: Config, default: Image, sharpen: Sharpener) -> dict[str, dict[str, Any]]:
    """Return the figures of every method on one degraded scene, in digital numbers."""
    regression = scene_regression(pair, config, default)
    coarse, factor = pair.inputs[config.targets.name], config.scale_factor
    estimates = {method: upsample(coarse, factor, method) for method in METHODS[:3]}
    estimates["band_regression"] = band_regression(pair.inputs, regression, config)
    estimates["network"] = sharpen(pair.inputs, regression)
    return {method: figures_of(pair, estimate) for method, estimate in estimates.items()}


def figures_of(pair: Pair, estimate: Image) -> dict[str, Any]:
    """Return RMSE (overall and per band, digital numbers), SRE (dB), SAM (degrees) and UIQ of one estimate."""
    truth = pair.truth.astype(np.float64) * DIGITAL_NUMBERS
    values = estimate.astype(np.float64) * DIGITAL_NUMBERS
    per_band = metrics.rmse(truth, values, pair.mask)
    return {
        "rmse": metrics.rmse_overall(per_band),
        "rmse_per_band": [float(value) for value in per_band],
        "sre": float(metrics.sre(truth, values, pair.mask).mean()),
        "sam": metrics.sam(truth, values, pair.mask),
        "uiq": float(metrics.uiq(truth, values).mean()),
    }


def evaluate(
    config: Config, default: Image, sharpen: Sharpener, places: list[Any], kinds: tuple[str, ...]
) -> list[Any]:
    """Return one record a place and point spread: ``place``, ``degradation``, and the figures of every method."""
    rows = []
    for kind in kinds:
        for place in places:
            pair = wald_pair(place, config, kind)
            figures = reduced_scale_row(pair, config, default, sharpen)
            rows.append({"place": place.id, "degradation": kind, "methods": figures})
    return rows


def text_table(rows: list[Any], config: Config) -> str:
    """Return the figures as text: RMSE in digital numbers, and the network's ratios to bicubic over all and by band."""
    bands = config.targets.bands
    head = f"{'place':22s}{'spread':11s}" + "".join(f"{m[:9]:>10s}" for m in METHODS) + f"{'ratio':>8s}  by band "
    lines = ["RMSE in digital numbers; ratio = network / bicubic, over all bands and by band", head + " ".join(bands)]
    for row in rows:
        methods = row["methods"]
        values = "".join(f"{methods[m]['rmse']:10.1f}" for m in METHODS)
        ratios = np.array(methods["network"]["rmse_per_band"]) / np.array(methods["bicubic"]["rmse_per_band"])
        ratio = methods["network"]["rmse"] / methods["bicubic"]["rmse"]
        shown = " ".join(f"{value:.2f}" for value in ratios)
        lines.append(f"{row['place']:22s}{row['degradation']:11s}{values}{ratio:8.3f}  {shown}")
    for kind in sorted({row["degradation"] for row in rows}):
        summary = summary_of(rows, kind)
        lines.append(f"mean of ratios, {kind}: network {summary['network']}, regression {summary['band_regression']}")
    return "\n".join(lines)


def summary_of(rows: list[Any], kind: str) -> dict[str, float]:
    """Return for each method the mean over places of RMSE / bicubic's RMSE."""
    chosen = [row["methods"] for row in rows if row["degradation"] == kind]
    return {
        method: round(float(np.mean([row[method]["rmse"] / row["bicubic"]["rmse"] for row in chosen])), 3)
        for method in METHODS
    }


def card_figures(rows: list[Any], config: Config, command: str) -> dict[str, Any]:
    """Return the ``figures`` block of a card."""
    kinds = sorted({row["degradation"] for row in rows})
    return {
        "protocol": "Wald protocol on places that training never saw; RMSE in digital numbers (reflectance x 10000)",
        "command": command,
        "bands": list(config.targets.bands),
        "mean_ratio_to_bicubic": {kind: summary_of(rows, kind) for kind in kinds},
        "places": [
            {
                "place": row["place"],
                "degradation": row["degradation"],
                "rmse": {method: round(row["methods"][method]["rmse"], 1) for method in METHODS},
                "rmse_per_band": {
                    method: [round(value, 1) for value in row["methods"][method]["rmse_per_band"]]
                    for method in ("bicubic", "band_regression", "network")
                },
                "network": {key: round(row["methods"]["network"][key], 4) for key in ("sre", "sam", "uiq")},
                "bicubic": {key: round(row["methods"]["bicubic"][key], 4) for key in ("sre", "sam", "uiq")},
            }
            for row in rows
        ],
    }


def write_csv(rows: list[Any], config: Config, path: Path) -> None:
    """Write one line a place, point spread, method and band."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["place", "degradation", "method", "band", "rmse"])
        for row in rows:
            for method, figures in row["methods"].items():
                names = ("all", *config.targets.bands)
                for name, value in zip(names, (figures["rmse"], *figures["rmse_per_band"])):
                    writer.writerow([row["place"], row["degradation"], method, name, f"{value:.3f}"])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``evaluate``."""
    parser.add_argument("model", type=Path, help="card (.json) whose .onnx lies beside it")
    parser.add_argument("--config", default=None, help="config (default: the one named like the card)")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--places", type=Path, default=PLACES_FILE, help="table of places")
    parser.add_argument("--split", default="test", choices=["train", "validation", "test"])
    parser.add_argument("--csv", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--write-card", action="store_true", help="put the figures into the card")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate a card's model and print, store or record the figures."""
    document = json.loads(arguments.model.read_text(encoding="utf-8"))
    config = load_config(arguments.config or document["id"])
    default = np.array(document["scene_pass"]["default"], np.float32)
    sharpen = onnx_sharpener(arguments.model.parent / document["file"], config)
    places = load_places(config, arguments.split, arguments.data, arguments.places)
    rows = evaluate(config, default, sharpen, places, KINDS)
    print(text_table(rows, config))
    if arguments.csv:
        write_csv(rows, config, arguments.csv)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if arguments.write_card:
        command = f"python -m satsharp.export_tools evaluate models/{document['id']}.json --split {arguments.split}"
        document["figures"] = card_figures(rows, config, command)
        arguments.model.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        write_index(arguments.model.parent)
    return 0
