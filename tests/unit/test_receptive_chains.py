# SPDX-License-Identifier: GPL-2.0-or-later
"""Random chains of layers, and networks as PyTorch exports them: the derived halo equals the measured one."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from satsharp.core.onnx_graph import Graph, Initializer, Node, TensorInfo, read_graph
from satsharp.core.receptive_field import ReceptiveField, analyze

Layer = tuple[str, dict[str, int]]


def small(**ranges: tuple[int, int]) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries({name: st.integers(*limits) for name, limits in ranges.items()})


LAYERS: st.SearchStrategy[Layer] = st.one_of(
    st.tuples(st.just("conv"), small(kernel=(1, 4), stride=(1, 3), dilation=(1, 2), head=(0, 3), tail=(0, 3))),
    st.tuples(st.just("pool"), small(kernel=(1, 3), stride=(1, 3), head=(0, 0), tail=(0, 0))),
    st.tuples(st.just("transposed"), small(kernel=(1, 5), stride=(1, 3), dilation=(1, 2), head=(0, 2), tail=(0, 2))),
    st.tuples(st.just("linear"), small(scale=(2, 4))),
    st.tuples(st.just("nearest"), small(scale=(2, 3))),
    st.tuples(st.just("cubic"), small(scale=(2, 3))),
    st.tuples(st.just("half"), small(third=(0, 1))),
    st.tuples(st.just("shuffle"), small(block=(2, 3))),
    st.tuples(st.just("blocks"), small(block=(2, 3))),
    st.tuples(st.just("cut"), small(start=(0, 2), end=(0, 2), step=(1, 2))),
    st.tuples(st.just("reflect"), small(head=(0, 2), tail=(0, 2))),
)


def append(net: Any, x: str, layer: Layer) -> str:  # noqa: C901
    kind, s = layer
    if kind == "conv":
        pads = [s["head"]] * 2 + [s["tail"]] * 2
        return net.conv(x, (1, 1), s["kernel"], strides=[s["stride"]] * 2, dilations=[s["dilation"]] * 2, pads=pads)
    if kind == "pool":
        return net.add("AveragePool", x, kernel_shape=[s["kernel"]] * 2, strides=[s["stride"]] * 2)
    if kind == "transposed":
        pads = [s["head"]] * 2 + [s["tail"]] * 2
        attributes = {"strides": [s["stride"]] * 2, "dilations": [s["dilation"]] * 2, "pads": pads}
        # The bias fills the holes that strides leave between small kernels, so that they differ from padding.
        return net.add("ConvTranspose", x, net.weights(1, 1, s["kernel"], s["kernel"]), net.weights(1), **attributes)
    if kind == "shuffle":
        return net.add("DepthToSpace", net.conv(x, (1, s["block"] ** 2), 1), blocksize=s["block"])
    if kind == "blocks":
        return net.conv(net.add("SpaceToDepth", x, blocksize=s["block"]), (s["block"] ** 2, 1), 1)
    if kind == "cut":
        ends = [net.constant([v] * 2) for v in (s["start"], -s["end"] or 2**40)]
        return net.add("Slice", x, *ends, net.constant([2, 3]), net.constant([s["step"]] * 2))
    if kind == "reflect":
        return net.add("Pad", x, net.constant([0, 0, s["head"], 0, 0, 0, s["tail"], 0]), mode="reflect")
    if kind == "half":
        return net.resize(x, 1 / (2 + s["third"]))
    return net.resize(x, s["scale"], kind)


def brighten(image: Any, start: int, count: int) -> Any:
    """Make some rows bright: at the edge of the halo they have little weight after several layers."""
    bright = image.copy()
    bright[:, :, start : start + count] *= 1000
    return bright


def has_holes(layer: Layer) -> bool:
    """True where a transposed convolution leaves pixels that no input pixel reaches: these are constant everywhere."""
    kind, s = layer
    reached = {k * s["dilation"] % s["stride"] for k in range(s["kernel"])} if kind == "transposed" else set()
    return kind == "transposed" and len(reached) < s["stride"]


def tile_error(probe: Any, entry: Any, image: Any, window: tuple[int, int], before: int, after: int) -> float:
    """Largest relative difference from the whole image where a window is run with some rows before and after it."""
    start, end = window
    scale = entry.rows.scale
    whole = probe.run({"x": image})[:, :, int(start * scale) : int(end * scale)]
    tile = probe.run({"x": np.ascontiguousarray(image[:, :, start - before : end + after])})
    inside = tile[:, :, int(before * scale) : int((before + end - start) * scale)]
    if inside.shape != whole.shape:
        return 1.0
    return float((np.abs(inside - whole) / np.abs(whole).max()).max())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(LAYERS, min_size=1, max_size=4), st.booleans())
def test_random_chains(
    onnx_net: Any, onnx_probe: Any, tmp_path_factory: pytest.TempPathFactory, layers: list[Layer], skip: bool
) -> None:
    """The halo is enough, one step of the alignment less is not, and impulses find no pixel outside it."""
    net = onnx_net()
    x = net.image("x", 1)
    for layer in layers:
        x = append(net, x, layer)
    if skip:
        x = net.add("Add", x, net.conv(x, (1, 1)))
    path = net.save(tmp_path_factory.mktemp("chain") / "net.onnx", x)
    field = analyze(read_graph(path))
    assume(field.is_local)
    (entry,) = field.dependences
    step, halo = entry.rows.alignment, field.common_halo({"x": 1})
    side = 2 * halo + 8 * step
    assume(side <= 300 and side * entry.rows.scale <= 500)
    probe = onnx_probe(path)
    before, after = (-(-needed // step) * step for needed in (entry.rows.before, entry.rows.after))
    image = np.random.default_rng(5).uniform(1, 2, (1, 1, side, side)).astype(np.float32)
    window = (halo + step, halo + 7 * step)
    assert tile_error(probe, entry, image, window, before, after) < 1e-5
    kinds = {kind for kind, _ in layers}
    # Where pixels are repeated, a cut or reflected edge may look like what was cut off.
    if not any(has_holes(layer) for layer in layers) and not ("nearest" in kinds and kinds & {"cut", "reflect"}):
        upper, lower = brighten(image, window[0] - before, step), brighten(image, window[1] + after - step, step)
        assert not before or tile_error(probe, entry, upper, window, before - step, after) > 1e-6
        assert not after or tile_error(probe, entry, lower, window, before, after - step) > 1e-6
    reaches = probe.reaches("x", {"x": (side, side)}, 0)
    measured = probe.halo(reaches, entry.rows.scale, step, side, halo)
    assert measured[0] <= entry.rows.before and measured[1] <= entry.rows.after


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


def test_many_nodes_are_fast() -> None:
    nodes, initializers, name = [], {}, "x"
    for index in range(10_000):
        initializers[f"w{index}"] = Initializer((8, 8, 3, 3), 1, None)
        inputs, attributes = (name, f"w{index}"), {"kernel_shape": (3, 3), "pads": (1, 1, 1, 1)}
        nodes.append(Node("Conv", "", f"conv{index}", inputs, (f"c{index}",), attributes))
        nodes.append(Node("Relu", "", f"relu{index}", (f"c{index}",), (f"r{index}",)))
        name = f"r{index}"
    graph = Graph(
        tuple(nodes), initializers, (TensorInfo("x", 1, ("n", 8, "h", "w")),), (TensorInfo(name, 1, None),), 17, 8
    )
    start = time.process_time()
    field = analyze(graph)
    assert time.process_time() - start < 2
    assert field.halo_of("x") == 10_000
