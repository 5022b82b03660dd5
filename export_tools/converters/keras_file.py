# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a Keras HDF5 file with h5py: layers and weights in their declared order; nothing is unpickled or run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .framework import Array, ConversionError, check_finite
from .sources import HDF5, require_kind

LARGEST = 1 << 31


@dataclass(frozen=True)
class KerasLayer:
    """One layer.

    Attributes:
        name: as in ``layer_names``.
        weights: (name as in ``weight_names``, values as stored) in declared order.
    """

    name: str
    weights: tuple[tuple[str, Array], ...]

    def weight(self, leaf: str) -> Array | None:
        """Return the weight whose name ends in ``leaf`` (``kernel``, ``bias``, ...), or None.

        Clones for data-dependent initialisation, which tensorflow-addons leaves in the file, do not count.
        """
        for name, values in self.weights:
            if name.rsplit("/", 1)[-1].split(":")[0] == leaf and "data_dep_init" not in name:
                return values
        return None


@dataclass(frozen=True)
class KerasFile:
    """A Keras model or its weights.

    Attributes:
        path: the file.
        layers: all layers in declared order.
        config: ``model_config``, or None for a file of weights only.
        version: ``keras_version``, perhaps empty.
    """

    path: Path
    layers: tuple[KerasLayer, ...]
    config: dict[str, Any] | None
    version: str

    @property
    def weighted(self) -> tuple[KerasLayer, ...]:
        """Layers that have weights, in order."""
        return tuple(layer for layer in self.layers if layer.weights)

    @property
    def count(self) -> int:
        """Number of values of all weights, flags and clones left out."""
        return sum(values.size for _, values in self.tensors if values.dtype.kind != "b")

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """``layer/leaf`` -> shape as stored, in order, clones left out."""
        return {name: tuple(values.shape) for name, values in self.tensors}

    @property
    def tensors(self) -> tuple[tuple[str, Array], ...]:
        """(``layer/leaf``, values as stored) in order, clones left out."""
        return tuple(
            (f"{layer.name}/{name.rsplit('/', 1)[-1].split(':')[0]}", values)
            for layer in self.layers
            for name, values in layer.weights
            if "data_dep_init" not in name
        )


def read_keras(path: Path, family: str) -> KerasFile:
    """Read a file that Keras 2 wrote with ``save`` or ``save_weights``.

    Raises:
        ConversionError: it is another kind of file, truncated, no Keras file, has weights elsewhere, or NaN in them.
    """
    require_kind(path, family, HDF5)
    try:
        with h5py.File(path, "r") as file:
            found = _read(file, path)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise ConversionError(f"{path.name} is damaged or truncated: {error}. Download it again.") from error
    check_finite(((name, values) for name, values in found.tensors if values.dtype.kind == "f"), family)
    return found


def _read(file: h5py.File, path: Path) -> KerasFile:
    base = _member(file, "model_weights", path) or file
    names = _texts(base, "layer_names")
    if names is None:
        hint = " Keras 3 wrote it: save it as legacy HDF5 first." if "layers" in file else ""
        raise ConversionError(f"{path.name} is an HDF5 file but not one of Keras: it has no layer_names.{hint}")
    layers = tuple(_layer(base, name, path) for name in names)
    if _text(base.attrs.get("backend", file.attrs.get("backend", ""))) == "theano":
        layers = tuple(_correlation(layer) for layer in layers)
    version = _text(base.attrs.get("keras_version", file.attrs.get("keras_version", "")))
    config = file.attrs.get("model_config")
    return KerasFile(path, layers, None if config is None else _json(_text(config), path), version)


def _layer(base: h5py.Group, name: str, path: Path) -> KerasLayer:
    group = _member(base, name, path)
    if not isinstance(group, h5py.Group):
        raise ConversionError(f"{path.name} lacks the layer {name}, which its layer_names list.")
    weights = _texts(group, "weight_names") or []
    return KerasLayer(name, tuple((weight, _values(group, weight, name, path)) for weight in weights))


def _values(group: h5py.Group, weight: str, layer: str, path: Path) -> Array:
    dataset = _member(group, weight, path)
    if not isinstance(dataset, h5py.Dataset):
        raise ConversionError(f"{path.name} lacks the tensor {weight} of the layer {layer}: the file is not complete.")
    if dataset.dtype.kind not in "fiub" or dataset.is_virtual or dataset.external or dataset.nbytes > LARGEST:
        raise ConversionError(f"{path.name}: the tensor {weight} is no plain array of numbers inside the file.")
    values: Array = np.asarray(dataset[()])
    return values.astype(np.float32) if values.dtype.kind == "f" else values


def _member(group: h5py.Group, name: str, path: Path) -> Any:
    """Return a member by its path, following hard links only: others lead to other files."""
    node: Any = group
    for part in name.split("/"):
        link = node.get(part, getlink=True) if isinstance(node, h5py.Group) else None
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise ConversionError(f"{path.name}: {name} is a link, perhaps to another file. Use an original file.")
        node = node[part]
    return node


def _texts(group: h5py.Group, name: str) -> list[str] | None:
    """Return a list attribute; Keras splits long ones into ``name0``, ``name1``, ..."""
    if name in group.attrs:
        return [_text(entry) for entry in np.asarray(group.attrs[name]).ravel().tolist()]
    parts: list[str] = []
    for number in range(len(group.attrs)):
        if f"{name}{number}" not in group.attrs:
            break
        parts += [_text(entry) for entry in np.asarray(group.attrs[f"{name}{number}"]).ravel().tolist()]
    return parts or None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _json(text: str, path: Path) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConversionError(f"{path.name}: its model_config is no JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ConversionError(f"{path.name}: its model_config holds no model.")
    return document


def _correlation(layer: KerasLayer) -> KerasLayer:
    """Flip the kernels of Theano, which convolves where all others correlate."""
    weights = tuple(
        (name, np.ascontiguousarray(values[::-1, ::-1]) if values.ndim == 4 else values)
        for name, values in layer.weights
    )
    return KerasLayer(layer.name, weights)


def torch_kernel(kernel: Array) -> Array:
    """Return a kernel (rows, columns, in, out) as (out, in, rows, columns); Conv2DTranspose's become (in, out, ...)."""
    return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
