# SPDX-License-Identifier: GPL-2.0-or-later
"""What a network costs: multiply-accumulates an output pixel, parameters, and seconds a megapixel on this machine."""

from __future__ import annotations

import time
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from ..configuration import Config

Inputs = dict[str, npt.NDArray[Any]]
Shape = tuple[int, ...]

COUNTED = ("Conv", "ConvTranspose", "MatMul", "Gemm", "Einsum")
# Coarse pixels along a side of the image that operations are counted on; what is done once an image, such as gates from
# the scene's coefficients, is shared out among its pixels.
COUNTING_ROWS = 32
# Output pixels along a side of the image that is timed.
TIMING_SIDE = 512
REPEATS = 3


def inputs_for(path: Path, config: Config, rows: int) -> Inputs:
    """Return random inputs of ``rows`` x ``rows`` coarse pixels; what is no band group has its own shape."""
    generator = np.random.default_rng(0)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    shapes = {group.name: (1, len(group.bands), *[rows * config.ratio(group)] * 2) for group in config.groups}
    result: Inputs = {}
    for position, tensor in enumerate(session.get_inputs()):
        name = tensor.name if tensor.name in shapes else None
        if name is None and position < len(config.groups):
            name = config.groups[position].name
        shape = shapes[name] if name else tuple(size if isinstance(size, int) else 1 for size in tensor.shape)
        kind = np.float16 if "float16" in tensor.type else np.float32
        result[tensor.name] = generator.random(shape, np.float32).astype(kind)
    return result


def macs_per_pixel(path: Path, config: Config) -> float:
    """Return the multiply-accumulates of an ONNX file divided by the pixels of its output (rows x columns).

    Counted from the shapes that ONNX Runtime really makes on an image of 32 x 32 coarse pixels:

    * Conv: output elements x input channels / groups x kernel elements
    * ConvTranspose: input elements x output channels / groups x kernel elements
    * MatMul, Gemm: output elements x length of the summed axis
    * Einsum: product of the lengths of all its different axes

    Fixed interpolations written as convolutions count like any other; additions, activations, Resize and moves of data
    do not. A multiply-accumulate is two floating point operations.
    """
    model = onnx.load(str(path))
    nodes = [node for node in model.graph.node if node.op_type in COUNTED]
    shapes = _shapes(model, nodes, inputs_for(path, config, COUNTING_ROWS))
    result = shapes[model.graph.output[0].name]
    return float(sum(_macs(node, shapes) for node in nodes) / prod(result[-2:]))


def onnx_parameters(path: Path) -> int:
    """Return the number of values in an ONNX file's floating point constants of more than one dimension and biases."""
    model = onnx.load(str(path))
    floats = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16)
    return sum(prod(tensor.dims) for tensor in model.graph.initializer if tensor.data_type in floats and tensor.dims)


def seconds_per_megapixel(path: Path, config: Config, threads: int, side: int = TIMING_SIDE) -> float:
    """Return the shortest wall time of three ``session.run`` on this machine's processors by output megapixels.

    Args:
        path: of the ONNX file.
        config: names and ratios of its inputs.
        threads: for ONNX Runtime; 0 is its own default.
        side: output pixels along a side.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = inputs_for(path, config, max(1, side // config.scale_factor))
    first, *_ = session.run(None, inputs)
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        session.run(None, inputs)
        times.append(time.perf_counter() - started)
    return min(times) / (prod(first.shape[-2:]) / 1e6)


def _shapes(model: onnx.ModelProto, nodes: list[onnx.NodeProto], inputs: Inputs) -> dict[str, Shape]:
    """Return the shapes of everything that goes into and comes out of some nodes, and of the first output."""
    shapes: dict[str, Shape] = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    shapes.update({name: value.shape for name, value in inputs.items()})
    first = model.graph.output[0].name
    names = {name for node in nodes for name in (*node.input, *node.output) if name and name not in shapes}
    instrumented = onnx.ModelProto()
    instrumented.CopyFrom(model)
    for name in sorted(names - {output.name for output in model.graph.output}):
        instrumented.graph.output.append(onnx.ValueInfoProto(name=name))
    options = onnxruntime.SessionOptions()
    # Fused nodes would lose the tensors between them.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(instrumented.SerializeToString(), options, ["CPUExecutionProvider"])
    wanted = sorted({*names, first})
    shapes.update({name: value.shape for name, value in zip(wanted, session.run(wanted, inputs))})
    return shapes


def _macs(node: onnx.NodeProto, shapes: dict[str, Shape]) -> int:
    entering, leaving = [shapes[name] for name in node.input if name], shapes[node.output[0]]
    if node.op_type == "Conv":
        # The kernel is (out, in / groups, rows, columns).
        return prod(leaving) * prod(entering[1][1:])
    if node.op_type == "ConvTranspose":
        # The kernel is (in, out / groups, rows, columns).
        return prod(entering[0]) * prod(entering[1][1:])
    if node.op_type == "Einsum":
        equation = next(attribute.s.decode() for attribute in node.attribute if attribute.name == "equation")
        terms = equation.replace(" ", "").split("->")[0].split(",")
        return prod({axis: size for term, shape in zip(terms, entering) for axis, size in zip(term, shape)}.values())
    transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
    return prod(leaving) * entering[0][-2 if transposed else -1]
