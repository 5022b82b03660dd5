# SPDX-License-Identifier: GPL-2.0-or-later
"""Our reader of ONNX files agrees with the onnx package, and damaged or unsafe files end in a ModelError."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from satsharp.core.errors import ModelError
from satsharp.core.onnx_graph import Initializer, check_safety, read_graph
from satsharp.core.protobuf import ProtobufError, read_fields, read_varint
from satsharp.core.receptive_field import analyze


def rich_model(net: Any, longest: int = 4097) -> Any:
    """A model that uses every kind of field that the reader knows."""
    x = net.conv(net.image("x", 3, (None, 64)), (3, 8))
    table = net.table("regression", 6, 5)
    y = net.add("Add", x, net.add("ReduceSum", table, keepdims=0), net.constant([2.5], np.float32))
    y = net.add("Clip", y, net.constant(-3.5, np.float16), net.constant([True], bool))
    y = net.resize(y, 1 / 3, nearest_mode="floor")
    net.add("Upsample", y, scales=[1.0, 1.0, 2.0, 2.0])
    net.add("Constant", value_strings=["one", "zwei"])
    net.add("Concat", y, "", net.constant(np.arange(-longest, 0)), axis=-1)
    from onnx import helper

    node = helper.make_node("Constant", [], ["k"], value=helper.make_tensor("k", 11, [2], [0.25, -1e300]))
    net.nodes.append(node)
    model = net.model(y)
    model.metadata_props.add(key="licence", value="MIT ☃")
    return model


@pytest.fixture
def rich(onnx_net: Any, tmp_path: Path) -> Path:
    path = tmp_path / "rich.onnx"
    path.write_bytes(rich_model(onnx_net()).SerializeToString())
    return path


def test_agrees_with_the_onnx_package(rich: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model, graph = onnx.load(str(rich)), read_graph(rich)
    assert (graph.opset, graph.ir_version, graph.metadata) == (17, 8, {"licence": "MIT ☃"})
    assert graph.domains == ("",) and graph.external_data == () and graph.nested == ()
    assert [(i.name, i.elem_type, i.shape) for i in graph.inputs] == [
        ("x", 1, ("n", 3, None, 64)),
        ("regression", 1, (6, 5)),
    ]
    assert len(graph.nodes) == len(model.graph.node) == 9
    for mine, theirs in zip(graph.nodes, model.graph.node):
        assert (mine.op_type, mine.name, mine.domain) == (theirs.op_type, theirs.name, theirs.domain)
        assert (mine.inputs, mine.outputs) == (tuple(theirs.input), tuple(theirs.output))
        assert set(mine.attributes) == {a.name for a in theirs.attribute}
    for tensor in model.graph.initializer:
        values, mine = onnx.numpy_helper.to_array(tensor), graph.initializers[tensor.name]
        assert (mine.dims, mine.data_type) == (values.shape, tensor.data_type)
        assert mine.values == (None if values.size > 4096 else tuple(values.ravel().tolist()))


def test_attributes(rich: Path) -> None:
    nodes = {node.op_type: node.attributes for node in read_graph(rich).nodes}
    assert nodes["Conv"] == {"kernel_shape": (3, 3), "pads": (1, 1, 1, 1)}
    assert nodes["ReduceSum"] == {"keepdims": 0}
    assert nodes["Concat"] == {"axis": -1}
    assert nodes["Upsample"] == {"scales": (1.0, 1.0, 2.0, 2.0)}
    assert nodes["Resize"]["nearest_mode"] == "floor"
    constants = [node.attributes for node in read_graph(rich).nodes if node.op_type == "Constant"]
    assert constants == [
        {"value_strings": ("one", "zwei")},
        {"value": Initializer((2,), 11, (0.25, -1e300))},
    ]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (1, [1.5, -2.0]),
        (6, [-7, 8]),
        (7, [-(2**40), 3]),
        (9, [1, 0]),
        (10, [0.5, -2.0]),
        (11, [1e300, -1.0]),
        (13, [2**63]),
    ],
)
def test_typed_data_equals_raw_data(kind: int, values: list[Any], onnx_net: Any, tmp_path: Path) -> None:
    """Writers keep numbers either as raw bytes or as lists."""
    from onnx import helper

    net = onnx_net()
    net.constants.append(helper.make_tensor("typed", kind, [len(values)], values))
    path = net.save(tmp_path / "net.onnx", net.add("Relu", net.image("x", 1)))
    assert read_graph(path).initializers["typed"].values == tuple(values)


def test_old_files_list_initializers_as_inputs(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    y = net.conv(net.image("x", 1), (1, 1))
    net.table("c0", 1, 1, 3, 3)
    assert [info.name for info in read_graph(net.save(tmp_path / "net.onnx", y)).inputs] == ["x"]


def test_big_weights_stay_in_the_file(onnx_net: Any, tmp_path: Path) -> None:
    import tracemalloc

    net = onnx_net()
    y = net.add("Add", net.image("x", 1), net.constant(np.zeros(8_000_000), np.float32))
    path = net.save(tmp_path / "net.onnx", y)
    tracemalloc.start()
    graph = read_graph(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 32e6 and peak < 1e6
    assert graph.initializers["c0"] == Initializer((8_000_000,), 1, None)


def branch(net: Any) -> Path:
    from onnx import helper

    inner = helper.make_node("Vendor", ["x"], ["z"], domain="vendor.ops")
    body = helper.make_graph([inner], "body", [], [helper.make_tensor_value_info("z", 1, None)])
    return net.add("If", net.constant(True, bool), then_branch=body, else_branch=body)


def test_nested_graphs_are_noted(onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    net.image("x", 1)
    path = net.save(tmp_path / "net.onnx", branch(net))
    graph = read_graph(path)
    assert graph.nested == ("If_0",) and len(graph.nodes[0].subgraphs) == 2
    assert graph.domains == ("", "vendor.ops")
    with pytest.raises(ModelError, match="vendor.ops.Vendor"):
        check_safety(graph, path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b"\n <?xml version='1.0'?><Error/>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        (pickle.dumps({"state_dict": [1, 2]}), "Python pickle"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
        (b"\x1f\x8b\x08" + bytes(20), "gzip"),
        (b"\x20\0\0\0TFL3" + bytes(40), "TensorFlow Lite"),
        (b'{"error": "not found"}', "JSON"),
        (b"hello world, this is no model", "no ONNX model"),
        (bytes(5000), "a field has the number 0"),
        (b"\x08\x08", "no complete ONNX model: it has no outputs"),
    ],
)
def test_other_files_are_named(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=words) as error:
        read_graph(path)
    assert str(path) in str(error.value)


def test_zip_missing_folder_and_oversize(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    with pytest.raises(ModelError, match="zip archive"):
        read_graph(path)
    with pytest.raises(ModelError, match="No such file"):
        read_graph(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match="cannot be read"):
        read_graph(tmp_path)
    with path.open("wb") as stream:
        stream.truncate((2 << 30) + 1)
    with pytest.raises(ModelError, match="larger than 2 GiB"):
        read_graph(path)


def test_every_truncation_is_refused(rich: Path) -> None:
    """Only the metadata lie behind the opset, so every cut before them leaves an incomplete model."""
    content = rich.read_bytes()
    sizes = range(0, len(content) - 30, 97)
    assert len(sizes) > 350
    for size in sizes:
        rich.write_bytes(content[:size])
        with pytest.raises(ModelError):
            read_graph(rich)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_random_damage_never_escapes(data: st.DataObject, onnx_net: Any, tmp_path: Path) -> None:
    """Whatever bytes are changed, reading, checking and analysing end in a result or in a ModelError."""
    net = onnx_net()
    branch(net)
    content = bytearray(rich_model(net, longest=3).SerializeToString())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "net.onnx"
    path.write_bytes(bytes(content))
    try:
        graph = read_graph(path)
        analyze(graph)
        check_safety(graph, path)
    except ModelError:
        return
    assert graph.outputs and graph.opset <= 24


def test_varints() -> None:
    assert read_varint(b"\xac\x02", 0, 2) == (300, 2)
    assert read_varint(b"\xff" * 9 + b"\x01", 0, 10) == (2**64 - 1, 10)
    for damaged in (b"", b"\x80", b"\x80" * 11):
        with pytest.raises(ProtobufError):
            read_varint(damaged, 0, len(damaged))


def test_fields_stay_inside_their_message() -> None:
    assert read_fields(b"\x08\x05\x12\x01a", 0, 5) == [(1, 0, 5, 2), (2, 2, 4, 5)]
    for damaged in (b"\x12\x05abc", b"\x0b", b"\x0d\0\0", b"\x09\0\0\0\0", b"\x80"):
        with pytest.raises(ProtobufError):
            read_fields(damaged + bytes(20), 0, len(damaged))
    with pytest.raises(ProtobufError, match="more than 3 fields"):
        read_fields(b"\x0a\0" * 9, 0, 18, limit=3)
