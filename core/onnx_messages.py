# SPDX-License-Identifier: GPL-2.0-or-later
"""Decode the protobuf messages of an ONNX file into records.

The field numbers are those of onnx.proto (onnx/onnx, IR version 12); each decoder names the message it reads.
Big weights are never copied: whatever has more than 4096 elements stays in the file.
"""

from __future__ import annotations

import math

import numpy as np

from .onnx_records import Attribute, Graph, Initializer, Node, TensorInfo
from .protobuf import (
    Buffer,
    Field,
    ProtobufError,
    read_bytes,
    read_fields,
    read_float,
    read_floats,
    read_integer,
    read_integers,
    read_text,
)

SMALL_TENSOR = 4096
# Files may be made to exhaust the memory: more records than this are refused while reading.
MAX_RECORDS = 200_000
MAX_DIMS = 64
MAX_NESTING = 16

# TensorProto.DataType: number -> (numpy type of raw_data, field of typed data); 16-bit brain floats and types of
# less than 8 bits are not decoded, strings and complex numbers are never shapes or factors.
_TYPES = {
    1: ("<f4", 4), 2: ("u1", 5), 3: ("i1", 5), 4: ("<u2", 5), 5: ("<i2", 5), 6: ("<i4", 5), 7: ("<i8", 7),
    9: ("?", 5), 10: ("<f2", 5), 11: ("<f8", 10), 12: ("<u4", 11), 13: ("<u8", 11),
}  # fmt: skip


def decode_graph(data: Buffer, start: int, end: int, depth: int = 0) -> Graph:
    """Decode GraphProto (node 1, initializer 5, input 11, output 12); sparse initializers are not supported by ORT CPU.

    Raises:
        ProtobufError: the message is damaged.
    """
    if depth > MAX_NESTING:
        raise ProtobufError(f"graphs are nested more than {MAX_NESTING} deep")
    nodes: list[Node] = []
    initializers: dict[str, Initializer] = {}
    inputs: list[TensorInfo] = []
    outputs: list[TensorInfo] = []
    for entry in read_fields(data, start, end, MAX_RECORDS):
        number = entry[0]
        if number == 1:
            nodes.append(_node_of(read_bytes(data, entry), depth))
        elif number == 5:
            name, tensor = _tensor_of(data, *_content(entry))
            initializers[name] = tensor
        elif number in (11, 12):
            (inputs if number == 11 else outputs).append(_value_info_of(read_bytes(data, entry)))
    free = tuple(tensor for tensor in inputs if tensor.name not in initializers)
    return Graph(tuple(nodes), initializers, free, tuple(outputs))


def decode_entry(data: Buffer, entry: Field) -> tuple[str, str]:
    """Decode StringStringEntryProto (key 1, value 2).

    Raises:
        ProtobufError: the message is damaged.
    """
    texts = {item[0]: read_text(data, item) for item in read_fields(data, *_content(entry)) if item[0] in (1, 2)}
    return texts.get(1, ""), texts.get(2, "")


def _content(entry: Field) -> tuple[int, int]:
    if entry[1] != 2:
        raise ProtobufError(f"field {entry[0]} is no message")
    return entry[2], entry[3]


def _node_of(data: bytes, depth: int) -> Node:
    """Decode NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7."""
    inputs: list[str] = []
    outputs: list[str] = []
    texts = {3: "", 4: "", 7: ""}
    attributes: dict[str, Attribute] = {}
    subgraphs: list[Graph] = []
    for entry in read_fields(data, 0, len(data)):
        number = entry[0]
        if number == 1:
            inputs.append(read_text(data, entry))
        elif number == 2:
            outputs.append(read_text(data, entry))
        elif number in texts:
            texts[number] = read_text(data, entry)
        elif number == 5:
            name, value, graphs = _attribute_of(data, entry, depth)
            subgraphs += graphs
            if value is not None:
                attributes[name] = value
    domain = "" if texts[7] == "ai.onnx" else texts[7]
    return Node(texts[4], domain, texts[3], tuple(inputs), tuple(outputs), attributes, tuple(subgraphs))


def _attribute_of(data: bytes, entry: Field, depth: int) -> tuple[str, Attribute | None, list[Graph]]:
    """Decode AttributeProto: name 1, f 2, i 3, s 4, t 5, g 6, floats 7, ints 8, strings 9, graphs 11, type 20.

    A writer may leave out a zero or an empty list, so the value starts as the zero of its declared type.
    """
    name, kind = "", 0
    single: Attribute | None = None
    floats: list[float] = []
    integers: list[int] = []
    strings: list[str] = []
    graphs: list[Graph] = []
    for item in read_fields(data, *_content(entry)):
        number = item[0]
        if number == 1:
            name = read_text(data, item)
        elif number in (2, 3, 4, 5):
            single = _single_of(data, item)
        elif number in (6, 11):
            graphs.append(decode_graph(data, *_content(item), depth + 1))
        elif number == 7:
            floats += read_floats(data, item)
        elif number == 8:
            integers += read_integers(data, item)
        elif number == 9:
            strings.append(read_text(data, item))
        elif number == 20:
            kind = read_integer(item)
    zeros: dict[int, Attribute] = {1: 0.0, 2: 0, 3: "", 6: (), 7: (), 8: ()}
    several: Attribute = tuple(strings)
    if floats or integers:
        several = tuple(floats) if floats else tuple(integers)
    return name, single if single is not None else several or zeros.get(kind), graphs


def _single_of(data: bytes, item: Field) -> Attribute:
    if item[0] == 2:
        return read_float(data, item)
    if item[0] == 3:
        return read_integer(item)
    if item[0] == 4:
        return read_text(data, item)
    return _tensor_of(data, *_content(item))[1]


def _tensor_of(data: Buffer, start: int, end: int) -> tuple[str, Initializer]:
    """Decode TensorProto: dims 1, data_type 2, typed data 4 to 7, 10 and 11, name 8, raw_data 9, external_data 13."""
    dims: list[int] = []
    name, data_type, location, external = "", 0, "", False
    content: list[Field] = []
    for entry in read_fields(data, start, end, MAX_RECORDS):
        number = entry[0]
        if number == 1:
            dims += read_integers(data, entry)
        elif number == 2:
            data_type = read_integer(entry)
        elif number == 8:
            name = read_text(data, entry)
        elif number == 13:
            key, value = decode_entry(data, entry)
            location = value if key == "location" else location
        elif number == 14:
            external = read_integer(entry) == 1
        else:
            content.append(entry)
    if any(size < 0 for size in dims):
        raise ProtobufError(f"tensor {name!r} has a negative dimension")
    if external or location:
        return name, Initializer(tuple(dims), data_type, None, location)
    return name, Initializer(tuple(dims), data_type, _values_of(data, content, math.prod(dims), data_type, name))


def _value_info_of(data: bytes) -> TensorInfo:
    """Decode ValueInfoProto (name 1, type 2) with TypeProto (tensor_type 1); other types have no element type."""
    name, kind, shape = "", 0, None
    for entry in read_fields(data, 0, len(data)):
        if entry[0] == 1:
            name = read_text(data, entry)
        elif entry[0] == 2:
            for item in read_fields(data, *_content(entry)):
                if item[0] == 1:
                    kind, shape = _tensor_type_of(data, item)
    return TensorInfo(name, kind, shape)


def _tensor_type_of(data: bytes, entry: Field) -> tuple[int, tuple[int | str | None, ...] | None]:
    """Decode TypeProto.Tensor (elem_type 1, shape 2) with TensorShapeProto (dim 1)."""
    kind, shape = 0, None
    for item in read_fields(data, *_content(entry)):
        if item[0] == 1:
            kind = read_integer(item)
        elif item[0] == 2:
            dims = read_fields(data, *_content(item), MAX_DIMS)
            shape = tuple(_dimension_of(data, dim) for dim in dims if dim[0] == 1)
    return kind, shape


def _dimension_of(data: bytes, entry: Field) -> int | str | None:
    """Decode TensorShapeProto.Dimension: dim_value 1, dim_param 2; converters write 0, -1 or "" for unknown sizes."""
    for item in read_fields(data, *_content(entry)):
        if item[0] == 1:
            size = read_integer(item)
            return size if size > 0 else None
        if item[0] == 2:
            return read_text(data, item) or None
    return None


def _values_of(
    data: Buffer, content: list[Field], count: int, data_type: int, name: str
) -> tuple[int | float, ...] | None:
    if data_type not in _TYPES:
        return None
    dtype, typed = np.dtype(_TYPES[data_type][0]), _TYPES[data_type][1]
    raw = next((entry for entry in content if entry[0] == 9), None)
    if raw is not None:
        if raw[3] - raw[2] != count * dtype.itemsize or raw[1] != 2:
            raise ProtobufError(f"tensor {name!r} has {raw[3] - raw[2]} bytes instead of {count * dtype.itemsize}")
        return None if count > SMALL_TENSOR else tuple(np.frombuffer(read_bytes(data, raw), dtype).tolist())
    if count > SMALL_TENSOR:
        return None
    values: list[int | float] = []
    for entry in content:
        if entry[0] == typed:
            values += read_floats(data, entry, typed == 10) if typed in (4, 10) else read_integers(data, entry)
    if len(values) != count:
        raise ProtobufError(f"tensor {name!r} has {len(values)} values instead of {count}")
    if data_type == 13:
        return tuple(int(value) & 0xFFFFFFFFFFFFFFFF for value in values)
    if data_type == 10:
        return tuple(np.array([int(value) & 0xFFFF for value in values], np.uint16).view(np.float16).tolist())
    return tuple(values)
