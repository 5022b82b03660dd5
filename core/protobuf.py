# SPDX-License-Identifier: GPL-2.0-or-later
"""Read and write the protobuf wire format: varints, fixed words and length-delimited fields.

Source: https://protobuf.dev/programming-guides/encoding. Groups (wire types 3 and 4) are not used by ONNX and refused.
"""

from __future__ import annotations

import mmap
import struct
from typing import Union

Buffer = Union[bytes, mmap.mmap]
# (field number, wire type, value of a varint or start of the content, end of the content)
Field = tuple[int, int, int, int]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
# Files may be made to exhaust the memory: longer lists of fields or numbers are refused.
MAX_ITEMS = 1 << 20
_FIXED_SIZE = {FIXED64: 8, FIXED32: 4}


class ProtobufError(ValueError):
    """The bytes are no valid protobuf message; the reader of the file says which file."""


def read_varint(data: Buffer, position: int, end: int) -> tuple[int, int]:
    """Return an unsigned 64-bit varint and the position after it.

    Raises:
        ProtobufError: it reaches beyond ``end`` or has more than ten bytes.
    """
    value = 0
    for shift in range(0, 70, 7):
        if position >= end:
            raise ProtobufError("a number is cut off")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position
    raise ProtobufError("a number has more than ten bytes")


def read_fields(data: Buffer, start: int, end: int, limit: int = MAX_ITEMS) -> list[Field]:
    """List the fields of the message in ``data[start:end]`` without copying their content.

    Args:
        data: the whole buffer.
        start: first byte of the message.
        end: first byte after it.
        limit: most fields to accept, against files made to exhaust the memory.

    Raises:
        ProtobufError: a field is cut off, numbered 0 or of an unknown wire type, or there are more than ``limit``.
    """
    fields: list[Field] = []
    position = start
    while position < end:
        tag, position = read_varint(data, position, end) if data[position] > 127 else (data[position], position + 1)
        if tag < 8:
            raise ProtobufError("a field has the number 0")
        wire = tag & 7
        if wire == VARINT:
            value, position = read_varint(data, position, end)
            fields.append((tag >> 3, wire, value, position))
            continue
        if wire == BYTES:
            size, position = read_varint(data, position, end)
        else:
            size = _FIXED_SIZE.get(wire, -1)
        if size < 0 or position + size > end:
            raise ProtobufError("a field is cut off" if size >= 0 else f"a field has the unknown wire type {wire}")
        fields.append((tag >> 3, wire, position, position + size))
        position += size
        if len(fields) > limit:
            raise ProtobufError(f"a message has more than {limit} fields")
    return fields


def to_signed(value: int) -> int:
    """Return the two's complement meaning of an unsigned 64-bit varint (protobuf int32 and int64)."""
    return value - (1 << 64) if value >> 63 else value


def read_text(data: Buffer, field: Field) -> str:
    """Return a length-delimited field as UTF-8 text; invalid bytes become the replacement character.

    Raises:
        ProtobufError: the field is not length-delimited.
    """
    return read_bytes(data, field).decode("utf-8", "replace")


def read_bytes(data: Buffer, field: Field) -> bytes:
    """Return a copy of the content of a length-delimited field.

    Raises:
        ProtobufError: the field is not length-delimited.
    """
    return data[field[2] : expect(field, BYTES)[3]]


def read_integer(field: Field) -> int:
    """Return a varint field as a signed integer.

    Raises:
        ProtobufError: the field is not a varint.
    """
    return to_signed(expect(field, VARINT)[2])


def read_float(data: Buffer, field: Field) -> float:
    """Return a 32-bit float field.

    Raises:
        ProtobufError: the field is not of 32 bits.
    """
    return float(struct.unpack("<f", data[field[2] : expect(field, FIXED32)[3]])[0])


def read_integers(data: Buffer, field: Field) -> list[int]:
    """Return a repeated integer field, packed or not.

    Raises:
        ProtobufError: the field is neither a varint nor length-delimited, is cut off or too long.
    """
    if field[1] == VARINT:
        return [to_signed(field[2])]
    values: list[int] = []
    position, end = field[2], expect(field, BYTES)[3]
    if end - position > 10 * MAX_ITEMS:
        raise ProtobufError("a list of numbers is too long")
    while position < end:
        value, position = read_varint(data, position, end)
        values.append(to_signed(value))
    return values


def read_floats(data: Buffer, field: Field, double: bool = False) -> list[float]:
    """Return a repeated float or double field, packed or not.

    Raises:
        ProtobufError: the length is no multiple of 4 (of 8 for doubles), or the field is a varint.
    """
    size = 8 if double else 4
    start, end = field[2], field[3]
    if field[1] == VARINT or (end - start) % size or end - start > 10 * MAX_ITEMS:
        raise ProtobufError("a list of floats is cut off or too long")
    return list(struct.unpack(f"<{(end - start) // size}{'d' if double else 'f'}", data[start:end]))


def expect(field: Field, wire: int) -> Field:
    """Return the field if it is of the wire type.

    Raises:
        ProtobufError: it is not.
    """
    if field[1] != wire:
        raise ProtobufError(f"field {field[0]} has wire type {field[1]} instead of {wire}")
    return field


def delimited(number: int, content: bytes) -> bytes:
    """Return a length-delimited field."""
    return _varint(number << 3 | BYTES) + _varint(len(content)) + content


def varint_field(number: int, value: int) -> bytes:
    """Return a varint field of an unsigned 64-bit number."""
    return _varint(number << 3 | VARINT) + _varint(value)


def written(data: Buffer, field: Field) -> bytes:
    """Return a field of a message as :func:`read_fields` found it."""
    number, wire, start, end = field
    if wire == VARINT:
        return varint_field(number, start)
    content = data[start:end]
    return delimited(number, content) if wire == BYTES else _varint(number << 3 | wire) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
