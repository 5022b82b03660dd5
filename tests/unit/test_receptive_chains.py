# SPDX-License-Identifier: GPL-2.0-or-later
"""Random chains of layers: the derived halo is enough and not more than needed; and large graphs are analysed fast."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from satsharp.core.onnx_graph import Graph, Initializer, Node, TensorInfo, read_graph
from satsharp.core.receptive_field import analyze

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


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
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
    # Two seconds on a quiet machine; anything quadratic in the nodes would take minutes.
    assert time.process_time() - start < 30
    assert field.halo_of("x") == 10_000
