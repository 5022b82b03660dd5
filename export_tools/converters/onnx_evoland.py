# SPDX-License-Identifier: GPL-2.0-or-later
"""Evoland's networks: an ONNX file and a yaml file of four keys (model, bands, factor, margin), digital numbers in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from ...core.errors import SatSharpError
from ...core.onnx_graph import read_graph
from ...core.onnx_guess import image_tensors
from ...core.sensors import SENSOR_FOLDER, load_sensor
from .framework import ConversionError, Converted, Options
from .onnx_contract import Contract, convert_contract
from .onnx_rewrite import Affine
from .onnx_trial import Group

FAMILY = "Evoland"
KEYS = ("model", "bands", "factor", "margin")
QUANTIFICATION = 10000.0
LARGEST = 64 << 10
_VALUE = r"\s*:[ \t]*(\s*\[[^\]]*\]|(?:\s*\n\s*-[^\n]*)+|[^\n,}]*)"


@dataclass(frozen=True)
class Description:
    """The yaml file: path of the network beside it, bands in channel order, scale, and margin in output pixels."""

    model: Path
    bands: tuple[str, ...]
    factor: int
    margin: int


class Evoland:
    """Converter of Evoland's (sentinel2_superresolution) networks."""

    names = ("evoland",)
    summary = "Evoland sentinel2_superresolution: the .yaml file, its .onnx beside it"

    def recognises(self, source: Path) -> bool:
        """Return whether the file, or the yaml file beside an ONNX file, has the four keys."""
        try:
            read_description(yaml_of(source))
        except (SatSharpError, ValueError):
            return False
        return True

    def convert(self, source: Path, options: Options) -> Converted:
        """Read description and network.

        Raises:
            ConversionError: the description is incomplete, or does not fit the network.
            ModelError: the ONNX file is damaged, unsafe or too new.
        """
        description = read_description(yaml_of(source))
        sensor = load_sensor(SENSOR_FOLDER / "sentinel2.json")
        found = [sensor.band(name) for name in description.bands]
        bands = tuple(band.name for band in found)
        graph = read_graph(description.model)
        tensor, output = image_tensors(graph)
        count = len(bands)
        contract = Contract(
            family=FAMILY,
            key=f"evoland-{description.model.stem}".replace(" ", "-"),
            name=f"Evoland {description.model.stem}",
            sensor="sentinel2",
            levels=("L1C", "L2A"),
            # With a 10 m band among them, Evoland brings all to 10 m; without, 20 m bands stay as they are.
            groups=(Group(tensor.name, bands, tuple(band.gsd for band in found), Affine.of(count, QUANTIFICATION)),),
            output=output.name,
            output_bands=bands,
            result=Affine.of(count, 1 / QUANTIFICATION),
            scale=description.factor,
            licence="Apache-2.0",
            notes=(
                f"Evoland reads a margin of {description.margin} output pixels; the halo below, from the graph itself, "
                "is used instead.",
                "The network reads digital numbers (reflectance x 10000) and scales them itself; negative values stay.",
            ),
            further={"attribution": "Evoland (CESBIO, Horizon Europe 101082130)."},
        )
        return convert_contract(contract, description.model, options)


def yaml_of(source: Path) -> Path:
    """Return the yaml file: the source, or the file beside an ONNX file."""
    if source.suffix.lower() in (".yaml", ".yml"):
        return source
    beside = [source.with_suffix(suffix) for suffix in (".yaml", ".yml")]
    return next((path for path in beside if path.is_file()), beside[0])


def read_description(path: Path) -> Description:
    """Read the four keys; the file may be block yaml, flow yaml or JSON with trailing commas.

    Raises:
        ConversionError: the file cannot be read, a key is missing or wrong, or the model lies elsewhere.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ConversionError(f"{path} is too large for a description of four keys.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConversionError(f"{path} cannot be read: {error}.") from error
    text = re.sub(r"(^|\s)#[^\n]*", r"\1", text)
    values = {key: _items(text, key) for key in KEYS}
    missing = next((key for key, items in values.items() if not items), None)
    if missing is not None:
        raise ConversionError(f"{path} lacks the key {missing}; Evoland's description has {', '.join(KEYS)}.")
    model = values["model"][0]
    if not _is_beside(model):
        raise ConversionError(f"{path} names the network {model}, outside of its own folder. Put it beside the file.")
    if not (path.parent / model).is_file():
        raise ConversionError(f"{path} names the network {model}, which is not beside it.")
    return Description(path.parent / model, tuple(values["bands"]), *_numbers(values, path))


def _items(text: str, key: str) -> list[str]:
    match = re.search(rf"(?:^|[\s{{,])[\"']?{key}[\"']?{_VALUE}", text)
    if match is None:
        return []
    value = match.group(1).strip()
    if value.startswith("["):
        words = value.strip("[]").split(",")
    else:
        words = re.findall(r"^\s*-\s*([^\n]*)$", value, re.MULTILINE) if value.startswith("-") else [value]
    return [word.strip().strip("\"'") for word in words if word.strip().strip("\"'")]


def _is_beside(model: str) -> bool:
    posix, windows = PurePosixPath(model), PureWindowsPath(model)
    return not (posix.is_absolute() or windows.drive or windows.root or ".." in (*posix.parts, *windows.parts))


def _numbers(values: dict[str, list[str]], path: Path) -> tuple[int, int]:
    """Return factor and margin."""
    texts = [values[key][0] for key in ("factor", "margin")]
    whole = [re.fullmatch(r"(\d{1,6})(?:\.0*)?", text) for text in texts]
    factor, margin = (int(match.group(1)) if match else -1 for match in whole)
    if factor < 1 or margin < 0:
        raise ConversionError(f"{path}: factor {texts[0]} and margin {texts[1]} must be whole numbers.")
    return factor, margin


CONVERTERS = (Evoland(),)
