# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a STAC MLM item: which file is the network, which bands it reads, on which grid, stored how."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from ...core.errors import SensorError
from ...core.sensors import SENSOR_FOLDER, Sensor, load_sensor
from .framework import ConversionError
from .mlm_scaling import FAMILY, Scaling, scalings_of

LARGEST = 16 << 20
BAND_LISTS = ("bands", "eo:bands", "raster:bands")
ORDER = ("batch", "height", "width")
S2_SCALE = 1e-4


@dataclass(frozen=True)
class StoredBand:
    """A band: reflectance = stored value x scale + offset; GSD 0 where the item does not tell it."""

    name: str
    gsd: float
    scale: float
    offset: float


@dataclass(frozen=True)
class InputEntry:
    """One ``mlm:input``."""

    name: str
    bands: tuple[StoredBand, ...]
    scalings: tuple[Scaling, ...]


@dataclass(frozen=True)
class Item:
    """What is used of an item.

    Attributes:
        key: its id.
        title: name of the model.
        licence: as the item says.
        model: the ONNX file beside it.
        inputs: in the item's order.
        output: name of the first output.
        sentinel2: every band is one of Sentinel-2's, and carries its name.
    """

    key: str
    title: str
    licence: str
    model: Path
    inputs: tuple[InputEntry, ...]
    output: str
    sentinel2: bool


def load_item(path: Path) -> dict[str, Any]:
    """Return the JSON document of an item.

    Raises:
        ConversionError: it cannot be read, or is no STAC item with MLM properties.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ConversionError(f"{path} is too large for a STAC item.")
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConversionError(f"{path} cannot be read as JSON: {error}.") from error
    properties = document.get("properties") if isinstance(document, dict) else None
    if not isinstance(properties, dict) or "mlm:input" not in properties:
        raise ConversionError(f"{path} is no STAC item with the properties of the MLM extension (mlm:input).")
    return dict(document)


def read_item(path: Path) -> Item:
    """Read an item.

    Raises:
        ConversionError: a field is missing or of the wrong kind, or the network lies elsewhere.
    """
    document = load_item(path)
    try:
        return _item_of(document, path)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ConversionError(f"{path} is no valid STAC MLM item: {error!r}.") from error


def _item_of(document: dict[str, Any], path: Path) -> Item:
    properties = document["properties"]
    asset = _asset_of(document, path)
    bands = _bands_of(asset, properties)
    sensor = load_sensor(SENSOR_FOLDER / "sentinel2.json")
    entries = [_checked(entry) for entry in properties["mlm:input"]]
    names = [_band_name(band) for entry in entries for band in entry["bands"]]
    sentinel2 = bool(names) and all(_known(sensor, name) for name in names)
    inputs = tuple(
        InputEntry(
            str(entry["name"]),
            tuple(
                _stored(_band_name(band), bands, properties, sensor if sentinel2 else None) for band in entry["bands"]
            ),
            scalings_of(entry, len(entry["bands"])),
        )
        for entry in entries
    )
    outputs = properties["mlm:output"]
    if outputs[0].get("post_processing_function"):
        raise ConversionError(f"{FAMILY}: {path.name} names a post_processing_function; code of a model is never run.")
    return Item(
        key=str(document["id"]),
        title=str(properties.get("mlm:name", document["id"])),
        licence=str(properties.get("license", "")),
        model=_file_of(str(asset["href"]), path),
        inputs=inputs,
        output=str(outputs[0].get("name", "")),
        sentinel2=sentinel2,
    )


def _asset_of(document: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """Return the asset that is an ONNX network."""
    for asset in document["assets"].values():
        kind = f"{asset.get('mlm:artifact_type', '')} {asset.get('type', '')}".lower()
        if "mlm:model" in asset.get("roles", ()) and ("onnx" in kind or str(asset["href"]).lower().endswith(".onnx")):
            return dict(asset)
    raise ConversionError(f"{path} has no asset of the role mlm:model that is an ONNX file.")


def _file_of(href: str, path: Path) -> Path:
    if "://" in href:
        raise ConversionError(f"{path.name} names the network {href}. Download it, and write its name into href.")
    posix, windows = PurePosixPath(href), PureWindowsPath(href)
    if posix.is_absolute() or windows.drive or windows.root or ".." in (*posix.parts, *windows.parts):
        raise ConversionError(f"{path} names the network {href}, outside of its own folder. Put it beside the file.")
    if not (path.parent / href).is_file():
        raise ConversionError(f"{path} names the network {href}, which is not there.")
    return path.parent / href


def _checked(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse inputs that need code, or that are no images."""
    if entry.get("pre_processing_function"):
        raise ConversionError(
            f"{FAMILY}: {entry['name']} names a pre_processing_function; code of a model is never run."
        )
    if any(isinstance(band, Mapping) and band.get("expression") for band in entry["bands"]):
        raise ConversionError(f"{FAMILY}: {entry['name']} computes a band by an expression, which is not supported.")
    order = [str(name) for name in entry.get("input", {}).get("dim_order", [])]
    if order and (len(order) != 4 or (order[0], *order[2:]) != ORDER):
        raise ConversionError(
            f"{FAMILY}: {entry['name']} has the dimensions {', '.join(order)}; only batch, channel, height, width fit."
        )
    if not entry["bands"]:
        raise ConversionError(f"{FAMILY}: {entry['name']} names no bands.")
    return dict(entry)


def _band_name(band: object) -> str:
    return str(band["name"]) if isinstance(band, Mapping) else str(band)


def _bands_of(*holders: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return name -> everything that band lists of asset and item say of it, the asset's first."""
    found: dict[str, dict[str, Any]] = {}
    for holder in holders:
        for key in BAND_LISTS:
            for band in holder.get(key) or ():
                known = found.setdefault(str(band.get("name", band.get("common_name", ""))), {})
                known.update({name: value for name, value in band.items() if name not in known})
    return found


def _known(sensor: Sensor, name: str) -> bool:
    try:
        sensor.band(_first_word(name))
    except SensorError:
        return False
    return True


def _first_word(name: str) -> str:
    """Return ``B02`` of ``B02 - blue``."""
    return (name.split() or [""])[0]


def _stored(
    name: str, bands: Mapping[str, Mapping[str, Any]], properties: Mapping[str, Any], sensor: Sensor | None
) -> StoredBand:
    said = bands.get(name, {})
    known = sensor.band(_first_word(name)) if sensor else None
    gsd = said.get("gsd", said.get("spatial_resolution", said.get("raster:spatial_resolution")))
    if gsd is None:
        gsd = known.gsd if known else properties.get("gsd", 0)
    scale = said.get("scale", said.get("raster:scale"))
    if scale is None:
        scale = S2_SCALE if known else 1 / 255 if said.get("data_type") == "uint8" else 1.0
    offset = said.get("offset", said.get("raster:offset", 0.0))
    if not (0 < float(scale) < math.inf and math.isfinite(float(offset)) and 0 <= float(gsd) < math.inf):
        raise ValueError(f"scale {float(scale)} of {name}, its offset or its GSD is no usable number")
    return StoredBand(known.name if known else name, float(gsd), float(scale), float(offset))
