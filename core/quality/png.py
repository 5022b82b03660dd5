# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures for reports: colours of numbers, and PNG files of them (W3C Portable Network Graphics, 2nd edition)."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR_WITH_ALPHA = 6
# From few to many, from small to large errors: dark blue over green to yellow, readable without colours, too.
SEQUENCE = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
# From below to above: blue over white to red.
DIVERGING = ((5, 48, 97), (67, 147, 195), (247, 247, 247), (214, 96, 77), (103, 0, 31))


def encode_png(pixels: Pixels) -> bytes:
    """Return a PNG file of (rows, columns, 4) red, green, blue and opacity."""
    rows, cols, _ = pixels.shape
    lines = np.zeros((rows, 1 + 4 * cols), np.uint8)
    lines[:, 1:] = pixels.reshape(rows, 4 * cols)
    header = struct.pack(">IIBBBBB", cols, rows, 8, _TRUE_COLOUR_WITH_ALPHA, 0, 0, 0)
    data = zlib.compress(lines.tobytes(), 6)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def data_address(pixels: Pixels) -> str:
    """Return a picture as an address that a page can hold."""
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode("ascii")


def ramp(values: Values, low: float, high: float, colours: tuple[tuple[int, int, int], ...] = SEQUENCE) -> Pixels:
    """Return the colours of numbers, interpolated between evenly spaced ones; NaN is transparent.

    Args:
        values: (rows, columns).
        low: gets the first colour, and so does what is below it.
        high: gets the last colour, and so does what is above it.
        colours: red, green and blue from 0 to 255.
    """
    known = np.isfinite(values)
    span = high - low if high > low else 1.0
    place = np.clip((np.where(known, values, low) - low) / span, 0, 1) * (len(colours) - 1)
    table = np.array(colours, np.float64)
    channels = [np.interp(place, np.arange(len(colours)), table[:, channel]) for channel in range(3)]
    return _opaque(channels, known)


def natural(planes: Values, low: Values, high: Values) -> Pixels:
    """Return colours of (3, rows, columns) red, green and blue, or (1, ...) grey, each stretched from low to high."""
    known = np.isfinite(planes).all(axis=0)
    span = np.where(high > low, high - low, 1.0)[:, None, None]
    stretched = np.clip((np.where(known, planes, 0) - low[:, None, None]) / span, 0, 1) * 255
    return _opaque([stretched[channel % len(planes)] for channel in range(3)], known)


def _opaque(channels: list[Values], known: npt.NDArray[np.bool_]) -> Pixels:
    pixels = np.zeros((*known.shape, 4), np.uint8)
    for number, channel in enumerate(channels):
        pixels[..., number] = np.rint(channel)
    pixels[..., 3] = np.where(known, 255, 0)
    return pixels


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
