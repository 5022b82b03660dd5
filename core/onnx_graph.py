# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the graph of an ONNX file, and refuse files that are damaged or unsafe.

QGIS ships neither the ``onnx`` nor the ``protobuf`` package, so this is our own reader of the wire format
(core/protobuf.py) with the field numbers of onnx.proto (core/onnx_messages.py). It never runs anything from the file.
"""

from __future__ import annotations

import dataclasses
import mmap
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

from .errors import ModelError
from .onnx_messages import MAX_RECORDS, decode_entry, decode_graph
from .onnx_records import Attribute, Graph, Initializer, Node, TensorInfo, walk
from .protobuf import Buffer, ProtobufError, expect, read_fields, read_integer, read_text

__all__ = ["Attribute", "Graph", "Initializer", "Node", "TensorInfo", "check_safety", "read_graph"]

MAX_BYTES = 2 << 30
MAX_NODES = 20_000
MAX_OPSET = 24
MAX_IR_VERSION = 12
EXPORT_REMEDY = "Export the model with opset 17 and IR version 8."

# Contributed operators of ONNX Runtime whose receptive field is known; optimised models may contain them.
MICROSOFT_OPERATORS = frozenset({"FusedConv"})

_SIGNATURES = (
    (rb"version https://git-lfs", "a Git LFS pointer; fetch the real file with 'git lfs pull'"),
    (rb"PK\x03\x04", "a zip archive, perhaps a PyTorch checkpoint; convert it to ONNX first"),
    (rb"\x80[\x02-\x05]", "a Python pickle, perhaps a PyTorch checkpoint; convert it to ONNX first"),
    (rb"\x89HDF", "an HDF5 file, perhaps Keras weights; convert it to ONNX first"),
    (rb"\x1f\x8b", "a gzip file; unpack it first"),
    (rb"....TFL3", "a TensorFlow Lite model; convert it to ONNX first"),
    (rb"(\xef\xbb\xbf)?\s*<(!|html|head|body|\?xml|Error)", "a web page; download the model again"),
    (rb"(\xef\xbb\xbf)?\s*[{\[]\s*[\"{\[]", "a JSON text; download the model again"),
)


def read_graph(path: Path) -> Graph:
    """Read nodes, small constants, inputs, outputs and versions of an ONNX file; weights stay in the file.

    Raises:
        ModelError: the file is missing, empty, over 2 GiB, of another kind, truncated or damaged, or it names external
            data by an absolute path or one with ``..``.
    """
    try:
        size = path.stat().st_size
        if size == 0:
            raise ModelError(f"{path} is empty. Download or export the model again.")
        if size > MAX_BYTES:
            raise ModelError(f"{path} is larger than 2 GiB, which no ONNX file can be. Export it with external data.")
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            graph = _decode(data, path)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read: {error.strerror or error}. Check the path and permissions."
        ) from error
    for location in graph.external_data:
        if not _stays_inside(location):
            raise ModelError(
                f"{path.name} wants weights from {location!r}, outside its own folder. Use a model you trust, "
                "with its weights beside it."
            )
    return graph


def check_safety(graph: Graph, path: Path) -> None:
    """Check a graph before ONNX Runtime may open the file.

    Raises:
        ModelError: weights lie outside the model's folder or are missing, an operator belongs to a custom domain, there
            are more than 20000 nodes, or the opset or IR version is newer than what users' ONNX Runtimes read.
    """
    for location in graph.external_data:
        _check_external(location, path)
    foreign = sorted({_label(node.domain, node.op_type) for node, _ in walk(graph) if not _is_known(node)})
    if foreign:
        raise ModelError(
            f"{path.name} uses operators that need code of their own: {', '.join(foreign[:5])}. "
            "Export the model with standard ONNX operators only."
        )
    if len(graph.nodes) > MAX_NODES:
        raise ModelError(
            f"{path.name} has {len(graph.nodes)} nodes, more than {MAX_NODES}. Simplify the model and export it again."
        )
    if graph.opset > MAX_OPSET or graph.ir_version > MAX_IR_VERSION:
        raise ModelError(
            f"{path.name} has opset {graph.opset} and IR version {graph.ir_version}; "
            f"at most {MAX_OPSET} and {MAX_IR_VERSION} can be run. {EXPORT_REMEDY}"
        )


def _decode(data: Buffer, path: Path) -> Graph:
    reason = next((text for pattern, text in _SIGNATURES if re.match(pattern, data[:256], re.DOTALL)), None)
    if reason:
        raise ModelError(f"{path} is no ONNX model but {reason}.")
    try:
        graph = _decode_model(data)
    except ProtobufError as error:
        raise ModelError(
            f"{path} is no ONNX model, or it is damaged or truncated: {error}. Download or export it again."
        ) from error
    if not graph.outputs or not graph.opset or not graph.ir_version:
        raise ModelError(
            f"{path} is no complete ONNX model: it has no "
            f"{'outputs' if not graph.outputs else 'opset or IR version'}. Download or export it again."
        )
    return graph


def _decode_model(data: Buffer) -> Graph:
    """Decode ModelProto: ir_version 1, graph 7, opset_import 8, metadata_props 14."""
    graph = Graph((), {}, (), ())
    ir_version, opset = 0, 0
    metadata: dict[str, str] = {}
    for entry in read_fields(data, 0, len(data), MAX_RECORDS):
        number = entry[0]
        if number == 1:
            ir_version = read_integer(entry)
        elif number == 7:
            graph = decode_graph(data, *expect(entry, 2)[2:])
        elif number == 8:
            domain, version = _decode_opset(data, *expect(entry, 2)[2:])
            opset = version if domain in ("", "ai.onnx") else opset
        elif number == 14:
            key, value = decode_entry(data, entry)
            metadata[key] = value
    return dataclasses.replace(
        graph,
        opset=opset,
        ir_version=ir_version,
        metadata=metadata,
        domains=tuple(dict.fromkeys(node.domain for node, _ in walk(graph))),
        external_data=tuple(dict.fromkeys(_external_locations(graph))),
        nested=tuple(node.name or node.op_type for node in graph.nodes if node.subgraphs),
    )


def _decode_opset(data: Buffer, start: int, end: int) -> tuple[str, int]:
    """Decode OperatorSetIdProto: domain 1, version 2."""
    domain, version = "", 0
    for entry in read_fields(data, start, end):
        if entry[0] == 1:
            domain = read_text(data, entry)
        elif entry[0] == 2:
            version = read_integer(entry)
    return domain, version


def _external_locations(graph: Graph) -> list[str]:
    tensors = list(graph.initializers.values())
    for node, _ in walk(graph):
        tensors += [value for value in node.attributes.values() if isinstance(value, Initializer)]
        for nested in node.subgraphs:
            tensors += nested.initializers.values()
    return [tensor.location for tensor in tensors if tensor.location]


def _stays_inside(location: str) -> bool:
    """True for a relative path without ``..``, by the rules of POSIX and of Windows alike."""
    posix, windows = PurePosixPath(location), PureWindowsPath(location)
    absolute = posix.is_absolute() or windows.is_absolute() or windows.drive or windows.root
    return not absolute and ".." not in posix.parts and ".." not in windows.parts and "\0" not in location


def _check_external(location: str, path: Path) -> None:
    folder = path.parent.resolve()
    target = (folder / location).resolve() if _stays_inside(location) else folder.parent
    if folder not in target.parents:
        raise ModelError(
            f"{path.name} wants weights from {location!r}, outside its own folder. Use a model you trust, "
            "with its weights beside it."
        )
    if not target.is_file():
        raise ModelError(
            f"{path.name} keeps weights in {location!r}, which is missing. Put that file beside the model."
        )


def _is_known(node: Node) -> bool:
    return node.domain == "" or (node.domain == "com.microsoft" and node.op_type in MICROSOFT_OPERATORS)


def _label(domain: str, op_type: str) -> str:
    return f"{domain}.{op_type}"
