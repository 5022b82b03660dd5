# SPDX-License-Identifier: GPL-2.0-or-later
"""Unsafe ONNX files are refused with a reason: weights elsewhere, foreign operators, newer versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from satsharp.core.errors import ModelError
from satsharp.core.onnx_graph import Graph, Initializer, Node, check_safety, read_graph


def external(net: Any, location: str) -> Any:
    from onnx import TensorProto

    tensor = TensorProto(name="w", dims=[2], data_type=1, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=location)
    tensor.external_data.add(key="length", value="8")
    net.constants.append(tensor)
    return net.model(net.add("Add", net.image("x", 1), "w"))


@pytest.mark.parametrize(
    "location", ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "..\\evil", "\\\\host\\share\\w"]
)
def test_external_data_outside_is_refused(location: str, onnx_net: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(external(onnx_net(), location).SerializeToString())
    with pytest.raises(ModelError, match="outside its own folder") as error:
        read_graph(path)
    assert repr(location) in str(error.value)


def test_external_data_beside_the_model(onnx_net: Any, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    path = folder / "net.onnx"
    path.write_bytes(external(onnx_net(), "weights.bin").SerializeToString())
    graph = read_graph(path)
    assert graph.external_data == ("weights.bin",)
    assert graph.initializers["w"] == Initializer((2,), 1, None, "weights.bin")
    with pytest.raises(ModelError, match="'weights.bin', which is missing"):
        check_safety(graph, path)
    (tmp_path / "secret").write_bytes(bytes(8))
    (folder / "weights.bin").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelError, match="outside its own folder"):
        check_safety(graph, path)
    (folder / "weights.bin").unlink()
    (folder / "weights.bin").write_bytes(bytes(8))
    check_safety(graph, path)


def test_external_data_of_a_nested_graph_counts(onnx_net: Any, tmp_path: Path) -> None:
    from onnx import helper

    inner = external(onnx_net(), "../evil").graph
    net = onnx_net()
    net.image("x", 1)
    body = helper.make_graph(inner.node, "body", [], inner.output, inner.initializer)
    path = net.save(tmp_path / "net.onnx", net.add("If", net.constant(True, bool), then_branch=body, else_branch=body))
    with pytest.raises(ModelError, match="outside its own folder"):
        read_graph(path)


@pytest.mark.parametrize(
    ("domain", "operator", "allowed"),
    [
        ("ai.onnx", "Relu", True),
        ("com.microsoft", "FusedConv", True),
        ("com.microsoft", "Attention", False),
        ("me", "Relu", False),
    ],
)
def test_custom_domains(domain: str, operator: str, allowed: bool, onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net()
    path = net.save(tmp_path / "net.onnx", net.add(operator, net.image("x", 1), domain=domain))
    if allowed:
        check_safety(read_graph(path), path)
    else:
        with pytest.raises(ModelError, match=f"{domain}.{operator}"):
            check_safety(read_graph(path), path)


@pytest.mark.parametrize(("opset", "ir_version", "allowed"), [(24, 12, True), (25, 12, False), (17, 13, False)])
def test_versions(opset: int, ir_version: int, allowed: bool, onnx_net: Any, tmp_path: Path) -> None:
    net = onnx_net(opset=opset)
    path = tmp_path / "net.onnx"
    path.write_bytes(net.model(net.add("Relu", net.image("x", 1)), ir_version=ir_version).SerializeToString())
    if allowed:
        check_safety(read_graph(path), path)
    else:
        with pytest.raises(ModelError, match="opset 17 and IR version 8"):
            check_safety(read_graph(path), path)


def test_too_many_nodes() -> None:
    nodes = tuple(Node("Relu", "", "", ("x",), ("x",)) for _ in range(20_001))
    with pytest.raises(ModelError, match="20001 nodes, more than 20000"):
        check_safety(Graph(nodes, {}, (), (), 17, 8), Path("net.onnx"))
    check_safety(Graph(nodes[1:], {}, (), (), 17, 8), Path("net.onnx"))
