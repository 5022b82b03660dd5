# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks as PyTorch exports them (opset 17, TorchScript exporter): derived halos, and tiles are exact."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from satsharp.core.onnx_graph import read_graph
from satsharp.core.receptive_field import ReceptiveField, analyze


def export(module: Any, path: Path, channels: int) -> ReceptiveField:
    torch = pytest.importorskip("torch")
    axes = {name: {0: "n", 2: f"{name}_h", 3: f"{name}_w"} for name in ("x", "y")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            (torch.ones(1, channels, 48, 48),),
            str(path),
            opset_version=17,
            dynamo=False,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes=axes,
        )
    return analyze(read_graph(path))


def module_of(function: Callable[[Any], Any]) -> Any:
    torch = pytest.importorskip("torch")

    class Module(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return function(x)

    return Module()


def interpolate(**arguments: Any) -> Callable[[Any], Any]:
    return lambda x: pytest.importorskip("torch").nn.functional.interpolate(x, **arguments)


def to_size(scale: int) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        size = (x.shape[2] * scale, x.shape[3] * scale)
        return pytest.importorskip("torch").nn.functional.interpolate(x, size=size, mode="bilinear")

    return function


def windows(x: Any) -> Any:
    """Mix all pixels of every 4 x 4 window, as window attention does."""
    n, c, h, w = x.shape
    parts = x.permute(0, 2, 3, 1).reshape(n, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
    mixed = (parts @ parts.transpose(1, 2)).softmax(-1) @ parts
    back = mixed.reshape(-1, h // 4, w // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, h, w, c)
    return back.permute(0, 3, 1, 2)


def padded_to_multiple(x: Any) -> Any:
    torch = pytest.importorskip("torch")
    h, w = x.shape[2:]
    padded = torch.nn.functional.pad(x, (0, (8 - w % 8) % 8, 0, (8 - h % 8) % 8), mode="reflect")
    return torch.nn.functional.avg_pool2d(padded, 3, 1, 1)[:, :, :h, :w]


def tokens(x: Any) -> Any:
    n, c, h, w = x.shape
    flat = x.flatten(2).transpose(1, 2)
    return (flat / (1 + flat.sum(-1, keepdim=True))).transpose(1, 2).reshape(n, c, h, w)


def functional(name: str, *arguments: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda x: getattr(pytest.importorskip("torch").nn.functional, name)(x, *arguments, **options)


# function -> scale, halo, alignment
TORCH: dict[str, tuple[Callable[[Any], Any], float, int, int]] = {
    "pixel_unshuffle": (functional("pixel_unshuffle", 2), 0.5, 0, 2),
    "pixel_shuffle": (functional("pixel_shuffle", 2), 2, 0, 1),
    "bilinear": (interpolate(scale_factor=2, mode="bilinear"), 2, 1, 1),
    "bicubic": (interpolate(scale_factor=3, mode="bicubic"), 3, 2, 1),
    "nearest": (interpolate(scale_factor=2, mode="nearest"), 2, 0, 1),
    "recomputed": (interpolate(scale_factor=2, mode="bilinear", recompute_scale_factor=True), 2, 1, 1),
    "half": (interpolate(scale_factor=0.5, mode="bilinear", recompute_scale_factor=True), 0.5, 0, 2),
    "to_size": (to_size(3), 3, 1, 1),
    "avg_pool": (functional("avg_pool2d", 3, 2, 1), 0.5, 1, 2),
    "reflect": (lambda x: functional("avg_pool2d", 3, 1)(functional("pad", (1, 1, 1, 1), mode="reflect")(x)), 1, 1, 1),
    "crop": (lambda x: x[:, :, 2:-2, 2:-2], 1, 4, 1),
    "focus": (lambda x: x[:, :, ::2, 1::2] + x[:, :, 1::2, ::2], 0.5, 0, 2),
    "chunk": (lambda x: x.chunk(2, 1)[0] * x.chunk(2, 1)[1], 1, 0, 1),
    "windows": (windows, 1, 0, 4),
    "pad_to_multiple": (padded_to_multiple, 1, 1, 8),
    "tokens": (tokens, 1, 0, 1),
}


@pytest.mark.parametrize("name", TORCH)
def test_torch_exports(name: str, onnx_probe: Any, tmp_path: Path) -> None:
    function, scale, halo, alignment = TORCH[name]
    field = export(module_of(function), tmp_path / "net.onnx", 4)
    (entry,) = field.dependences
    assert field.is_local, field.reasons
    assert (entry.scale, entry.halo, entry.alignment) == (scale, halo, alignment)
    probe = onnx_probe(tmp_path / "net.onnx")
    image = np.random.default_rng(6).uniform(1, 2, (1, 4, 48, 48)).astype(np.float32)
    whole, step = probe.run({"x": image}), -(-(8 + halo) // alignment) * alignment
    tile = probe.run({"x": np.ascontiguousarray(image[:, :, 8 : step + 24, 8 : step + 24])})
    first, size, origin = int((step - 8) * scale), int(8 * scale), int(step * scale)
    inside = tile[:, :, first : first + size, first : first + size]
    np.testing.assert_allclose(inside, whole[:, :, origin : origin + size, origin : origin + size], rtol=1e-5)


def test_torch_group_norm_is_global(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    field = export(torch.nn.GroupNorm(2, 4), tmp_path / "net.onnx", 4)
    assert [operator for operator, _ in field.global_operations] == ["InstanceNormalization"]
    assert field.dependences[0].scale == 1


def test_torch_layer_norm_over_channels_is_local(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    norm = torch.nn.LayerNorm(4, elementwise_affine=False)
    field = export(module_of(lambda x: norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)), tmp_path / "net.onnx", 4)
    assert field.is_local and field.halo_of("x") == 0
