# SPDX-License-Identifier: GPL-2.0-or-later
"""Models made on the spot, and what a model folder holds."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from satsharp.core.errors import CardError, ModelError
from satsharp.core.model_store import InstallOptions, install_model

OPTIONS = InstallOptions()


@dataclass
class Maker:
    """Writes cards and networks that enlarge one band twice; ``seed`` makes their weights differ."""

    net: Any
    folder: Path

    def __call__(self, name: str = "tiny", seed: int = 0, place: str = "source", **changes: Any) -> Path:
        folder = self.folder / place
        folder.mkdir(exist_ok=True)
        file = changes.get("file", f"{name}.onnx")
        net = self.net(opset=changes.pop("opset", 17), seed=seed)
        operator, domain = changes.pop("operator", ("Relu", ""))
        convolved = net.conv(net.image("x", 1), (1, 1))
        weights = changes.pop("weights", "")
        if weights:
            convolved = net.add("Add", convolved, self._external(net, weights))
        last = net.resize(net.add(operator, convolved, domain=domain), 2)
        (folder / file).write_bytes(net.model(last).SerializeToString())
        document = {
            "id": name,
            "name": "Tiny",
            "file": file,
            "sensor": "sentinel2",
            "gsd": 10,
            "scale_factor": 2,
            "value_range": {"scale": 1.0, "offset": 0.0},
            "inputs": [{"name": "x", "bands": ["B05"], "gsd": 20}],
            "outputs": [{"name": last, "bands": ["B05"]}],
            "tiling": "exact",
            "licence": "CC0-1.0",
            **changes,
        }
        path = folder / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    @staticmethod
    def _external(net: Any, location: str) -> str:
        from onnx import TensorProto

        tensor = TensorProto(name="w", dims=[1, 1, 1, 1], data_type=1, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value=location)
        tensor.external_data.add(key="length", value="4")
        net.constants.append(tensor)
        return "w"


def zipped(path: Path, target: Path, inside: str = "") -> Path:
    """Zip the folder of a card."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.parent.iterdir()):
            archive.write(file, inside + file.name)
    return target


def content(folder: Path) -> dict[str, bytes]:
    files = folder.rglob("*") if folder.is_dir() else ()
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.is_file()}


def refused(source: Path, folder: Path, sentence: str, options: InstallOptions = OPTIONS) -> None:
    """The source is refused with a sentence, and the folder stays as it was."""
    before = content(folder)
    with pytest.raises((ModelError, CardError), match=sentence):
        install_model(source, folder, options)
    assert content(folder) == before
