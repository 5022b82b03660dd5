# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks computed in numpy from their published descriptions, their layers recorded as Keras would save them.

Everything here is (batch, rows, columns, channels) and kernels are (rows, columns, in, out), as in TensorFlow: nothing
is shared with the converters. The second run of a description uses the weights of the first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

Image = np.ndarray


class Tape:
    """Random weights in the order in which a description asks for them."""

    def __init__(self, seed: int = 0, first: int = 0, spread: float = 1.0) -> None:
        self.random = np.random.default_rng(seed)
        self.layers: dict[str, list[tuple[str, np.ndarray]]] = {}
        self.first, self.spread = first, spread
        self.counts: dict[str, int] = {}

    def restart(self) -> None:
        """Begin the same network again."""
        self.counts = {}

    def name(self, kind: str) -> str:
        """Return Keras' automatic name: conv2d, conv2d_1, ...; counters may start anywhere."""
        number = self.counts.get(kind, self.first)
        self.counts[kind] = number + 1
        return f"{kind}_{number}" if number else kind

    def passive(self, kind: str, name: str = "") -> str:
        """Record a layer without weights."""
        name = name or self.name(kind)
        self.layers.setdefault(name, [])
        return name

    def weights(self, name: str, kinds: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Return the weights of a layer, recording them at the first run."""
        if name not in self.layers:
            self.layers[name] = [(f"{name}/{leaf}:0", values) for leaf, values in kinds.items()]
        return [values for _, values in self.layers[name]]

    def normal(self, *shape: int) -> np.ndarray:
        """He-scaled random numbers for a kernel, or small ones for a vector."""
        scale = np.sqrt(1 / np.prod(shape[:-1])) * self.spread if len(shape) > 1 else 0.1
        return self.random.normal(0, scale, shape).astype(np.float32)

    def conv(self, image: Image, filters: int, kernel: int, name: str = "", kind: str = "conv2d") -> Image:
        """Convolution, stride 1, 'same' zero padding, with bias."""
        shape = (kernel, kernel, image.shape[3], filters)
        weights = self.weights(name or self.name(kind), {"kernel": self.normal(*shape), "bias": self.normal(filters)})
        return correlate(image, *weights)

    def transposed(self, image: Image, filters: int, kernel: int) -> Image:
        """Conv2DTranspose, stride 1, 'same': kernel (rows, columns, out, in), the adjoint of a correlation."""
        name = self.name("conv2d_transpose")
        shape = (kernel, kernel, filters, image.shape[3])
        values, bias = self.weights(name, {"kernel": self.normal(*shape), "bias": self.normal(filters)})
        return correlate(image, values[::-1, ::-1].transpose(0, 1, 3, 2), bias)

    def batch_norm(self, image: Image) -> Image:
        """Batch normalisation in inference, epsilon 1e-3."""
        count = image.shape[3]
        kinds = {
            "gamma": 1 + self.normal(count),
            "beta": self.normal(count),
            "moving_mean": self.normal(count),
            "moving_variance": self.random.uniform(0.2, 0.9, count).astype(np.float32),
        }
        gamma, beta, mean, variance = self.weights(self.name("batch_normalization"), kinds)
        return gamma * (image - mean) / np.sqrt(variance + 1e-3) + beta

    def prelu(self, image: Image) -> Image:
        """PReLU shared along rows and columns."""
        (alpha,) = self.weights(self.name("p_re_lu"), {"alpha": 0.2 + self.normal(1, 1, image.shape[3])})
        return np.where(image > 0, image, alpha * image)

    def weight_norm(self, image: Image, filters: int, kernel: int, clones: bool, trained: bool = True) -> Image:
        """tensorflow-addons' WeightNormalization(Conv2D), with the dead clones of data-dependent initialisation."""
        name = self.name("weight_normalization")
        shape = (kernel, kernel, image.shape[3], filters)
        kinds = {
            "g": 1 + self.normal(filters),
            "kernel": 3 * self.normal(*shape),
            "bias": self.normal(filters),
            "initialized": np.array(trained),
        }
        if clones:
            kinds.update({"data_dep_init/kernel": self.normal(*shape), "data_dep_init/bias": self.normal(filters)})
        gain, direction, bias = self.weights(name, kinds)[:3]
        return correlate(image, gain * direction / np.sqrt((direction**2).sum(axis=(0, 1, 2))), bias)


def correlate(image: Image, kernel: np.ndarray, bias: np.ndarray) -> Image:
    """Return the 'same' correlation of (batch, rows, columns, in) with (rows, columns, in, out)."""
    rows, cols = kernel.shape[:2]
    padded = np.pad(image, ((0, 0), (rows // 2, rows // 2), (cols // 2, cols // 2), (0, 0)))
    height, width = image.shape[1:3]
    parts = (padded[:, i : i + height, j : j + width] @ kernel[i, j] for i in range(rows) for j in range(cols))
    return sum(parts, bias.astype(np.float64))


def relu(image: Image) -> Image:
    return np.maximum(image, 0)


def shuffle(image: Image, factor: int) -> Image:
    """tf.nn.depth_to_space: channel (i x factor + j) x C + c becomes pixel (i, j) of channel c."""
    count, rows, cols, channels = image.shape
    blocks = image.reshape(count, rows, cols, factor, factor, channels // factor**2)
    return blocks.transpose(0, 1, 3, 2, 4, 5).reshape(count, rows * factor, cols * factor, -1)


def nearest(image: Image, factor: int) -> Image:
    return image.repeat(factor, axis=1).repeat(factor, axis=2)


def save(
    path: Path,
    tape: Tape,
    config: str | None = None,
    version: str = "2.2.4",
    optimizer: bool = False,
    base: str = "",
    pieces: int = 1,
    backend: str = "tensorflow",
) -> Path:
    """Write a file as Keras does.

    Args:
        path: of the file.
        tape: its layers.
        config: ``model_config`` of a full model, whose weights lie under ``model_weights``.
        version: of Keras; before 2.15 names are bytes.
        optimizer: also write slots of an optimizer, which hold datasets called ``kernel:0`` too.
        base: group of the weights; by default as Keras has it.
        pieces: attributes that ``layer_names`` is split into.
        backend: of Keras.
    """
    text = (lambda word: word) if version.startswith("2.15") else (lambda word: word.encode())
    with h5py.File(path, "w") as file:
        group: Any = file.create_group("model_weights") if config is not None or base else file
        names = [text(name) for name in tape.layers]
        parts = np.array_split(np.array(names, dtype=object), pieces)
        for number, part in enumerate(parts):
            key = "layer_names" if pieces == 1 else f"layer_names{number}"
            group.attrs.create(key, list(part), dtype=h5py.string_dtype() if text("a") == "a" else None)
        # h5py sorts groups by name, so the order of creation is of no use to a reader.
        for name, weights in tape.layers.items():
            made = group.create_group(name)
            made.attrs["weight_names"] = [text(weight) for weight, _ in weights] or np.zeros(0)
            for weight, values in weights:
                made.create_dataset(weight, data=values)
        for node in (file, group):
            node.attrs["keras_version"], node.attrs["backend"] = text(version), text(backend)
        if config is not None:
            file.attrs["model_config"] = text(config)
        if optimizer:
            slots = file.create_group("optimizer_weights")
            slots.attrs["weight_names"] = [text("Nadam/conv2d/kernel/m:0")]
            slots.create_dataset("Nadam/conv2d/kernel:0", data=np.zeros((3, 3, 1, 1), np.float32))
    return path
