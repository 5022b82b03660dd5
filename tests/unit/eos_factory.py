# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of MODIS and VIIRS share: a small network for any band groups, and runs of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from osgeo import gdal
from satsharp.core.cards import Card, file_digest, load_card
from satsharp.core.job import Job, Options
from satsharp.core.planning import plan_job
from satsharp.core.scene import Scene
from satsharp.core.super_resolution import run

# Nothing but what the network makes.
BARE: dict[str, Any] = {"consistency": False, "guard": "off"}


def write_model(
    folder: Path, sensor: str, guides: tuple[str, ...], targets: tuple[str, ...], gsd: float, factor: int
) -> Card:
    """Write a network that enlarges the targets by cubic convolution and adds a little of the first guide's detail."""
    identifier = f"{sensor}-{round(gsd * factor)}m-test"
    count = len(targets)
    laplace = np.zeros((count, len(guides), 3, 3), np.float32)
    laplace[:, 0] = 0.02 * np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], np.float32)
    constants = {"scales": np.array([1, 1, factor, factor], np.float32), "laplace": laplace}
    nodes = [
        helper.make_node(
            "Resize", ["coarse", "", "scales"], ["enlarged"], mode="cubic", cubic_coeff_a=-0.5,
            coordinate_transformation_mode="half_pixel",
        ),
        helper.make_node("Conv", ["guide", "laplace"], ["detail"], pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["enlarged", "detail"], ["sharpened"]),
    ]  # fmt: skip
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    inputs = [_plane("guide", len(guides)), _plane("coarse", count)]
    graph = helper.make_graph(nodes, identifier, inputs, [_plane("sharpened", count)], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / f"{identifier}.onnx"
    onnx.save(model, str(path))
    card = {
        "id": identifier,
        "name": "for tests",
        "file": path.name,
        "sensor": sensor,
        "gsd": gsd,
        "scale_factor": factor,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "inputs": [
            {"name": "guide", "bands": list(guides), "gsd": gsd},
            {"name": "coarse", "bands": list(targets), "gsd": gsd * factor},
        ],
        "outputs": [{"name": "sharpened", "bands": list(targets)}],
        "tiling": "exact",
        "licence": "CC0-1.0",
    }
    (folder / f"{identifier}.json").write_text(json.dumps(card), encoding="utf-8")
    with (folder / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{file_digest(path)}  {path.name}\n")
    return load_card(folder / f"{identifier}.json")


def modis_500(folder: Path) -> Card:
    return write_model(folder, "modis", ("B1", "B2"), ("B3", "B4", "B5", "B6", "B7"), 250, 2)


def modis_1000(folder: Path) -> Card:
    return write_model(folder, "modis", ("B1", "B2"), tuple(f"B{n}" for n in range(8, 17)), 250, 4)


def viirs_750(folder: Path) -> Card:
    targets = ("M1", "M2", "M3", "M4", "M5", "M7", "M8", "M10", "M11")
    return write_model(folder, "viirs", ("I1", "I2", "I3"), targets, 375, 2)


def execute(scene: Scene, cards: tuple[Card, ...], output: Path, **choices: Any) -> Job:
    """Plan and run; return the job."""
    job = plan_job(scene, cards, str(output), Options(**{**BARE, **choices}))
    run(job, lambda share: None, lambda: False, lambda text: None)
    return job


def pixels_of(path: Path) -> np.ndarray:
    """Read all bands, (bands, rows, columns)."""
    dataset = gdal.Open(str(path))
    return np.asarray(dataset.ReadAsArray())


def stored(scene: Scene, name: str) -> np.ndarray:
    """Read a band as it is stored."""
    dataset = gdal.Open(scene.band(name).path)
    return np.asarray(dataset.GetRasterBand(1).ReadAsArray())


def _plane(name: str, channels: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])
