# SPDX-License-Identifier: GPL-2.0-or-later
"""Random numbers that belong to integer world coordinates: hashes and smooth noise, the same in every window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...core.grid import Window

FloatArray = npt.NDArray[np.float32]
HashArray = npt.NDArray[np.uint32]
IntArray = npt.NDArray[np.int64]

WORD = 0xFFFFFFFF
ROW_FACTOR = 0x9E3779B1
COL_FACTOR = 0x85EBCA77


def mix(words: HashArray) -> HashArray:
    """Scramble 32-bit words so that every bit of the result depends on every bit of the input.

    Two multiplications and three shifts found by search (C. Wellons, "lowbias32").
    """
    words = words ^ (words >> np.uint32(16))
    words *= np.uint32(0x7FEB352D)
    words ^= words >> np.uint32(15)
    words *= np.uint32(0x846CA68B)
    words ^= words >> np.uint32(16)
    return words


def salt_of(seed: int, *numbers: int) -> int:
    """Return one 32-bit word for a seed and the numbers of a feature."""
    word = seed & WORD
    for number in numbers:
        word = int(mix(np.array([(word * ROW_FACTOR + number * COL_FACTOR + 0x27D4EB2F) & WORD], np.uint32))[0])
    return word


def hash_points(rows: npt.ArrayLike, cols: npt.ArrayLike, salt: int) -> HashArray:
    """Return a word for each pair of integer coordinates; the arguments broadcast, so that rows may be (n, 1)."""
    row_words = mix(_words(rows, ROW_FACTOR, salt))
    col_words = _words(cols, COL_FACTOR, salt >> 7)
    return mix(np.asarray(row_words ^ col_words, np.uint32))


def uniform(words: HashArray) -> FloatArray:
    """Turn words into numbers from 0 to 1 (excluded)."""
    return (words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def gaussian(words: HashArray) -> FloatArray:
    """Turn words into nearly normal numbers of mean 0 and variance 1 (within 3.5): the sum of their four bytes."""
    total = (words & np.uint32(0x00FF00FF)) + ((words >> np.uint32(8)) & np.uint32(0x00FF00FF))
    total = (total & np.uint32(0xFFFF)) + (total >> np.uint32(16))
    # Four discrete uniform bytes: mean 4 x 127.5, variance 4 x (256^2 - 1) / 12.
    return (total.astype(np.float32) - np.float32(510)) * np.float32(1 / 147.80054)


def white(window: Window, salt: int) -> FloatArray:
    """Return uniform noise from 0 to 1 that is independent from pixel to pixel, (rows, columns)."""
    return uniform(hash_points(rows_of(window)[:, None], cols_of(window)[None, :], salt))


def rows_of(window: Window) -> IntArray:
    """Return the row numbers of a window."""
    return np.arange(window.row, window.row_end)


def cols_of(window: Window) -> IntArray:
    """Return the column numbers of a window."""
    return np.arange(window.col, window.col_end)


def smooth(window: Window, wavelength: float, salt: int) -> FloatArray:
    """Return smooth noise of mean 0 and a standard deviation of about 1, (rows, columns).

    Random values on a lattice of ``wavelength`` pixels, interpolated by cubic B-splines along columns, then rows.
    """
    row_nodes, row_weights = _spline(rows_of(window), wavelength)
    col_nodes, col_weights = _spline(cols_of(window), wavelength)
    first_row, last_row = int(row_nodes[0]), int(row_nodes[-1]) + 3
    first_col, last_col = int(col_nodes[0]), int(col_nodes[-1]) + 3
    lattice = uniform(
        hash_points(np.arange(first_row, last_row + 1)[:, None], np.arange(first_col, last_col + 1)[None, :], salt)
    )
    # The spline average of uniform numbers has a standard deviation of about 0.139.
    lattice = (lattice - np.float32(0.5)) * np.float32(1 / 0.139)
    lines = _interpolate(np.ascontiguousarray(lattice.T), col_nodes - first_col, col_weights)
    return _interpolate(np.ascontiguousarray(lines.T), row_nodes - first_row, row_weights)


def smooth_line(positions: IntArray, wavelength: float, salt: int) -> FloatArray:
    """Return smooth noise along one axis, of mean 0 and a standard deviation of about 1, (positions,)."""
    nodes, weights = _spline(positions, wavelength)
    first = int(nodes[0])
    lattice = uniform(hash_points(np.arange(first, int(nodes[-1]) + 4), 0, salt))
    lattice = (lattice - np.float32(0.5)) * np.float32(1 / 0.2)
    return _interpolate(lattice[:, None], nodes - first, weights)[:, 0]


def fractal(window: Window, wavelength: float, octaves: int, salt: int, gain: float = 0.5) -> FloatArray:
    """Return a sum of smooth noises, each of half the wavelength and ``gain`` times the strength of the one before."""
    total = smooth(window, wavelength, salt)
    norm = 1.0
    for octave in range(1, octaves):
        strength = gain**octave
        total += np.float32(strength) * smooth(window, wavelength / 2**octave, salt_of(salt, octave))
        norm += strength**2
    total *= np.float32(norm**-0.5)
    return total


def ramp(values: FloatArray, low: float, high: float) -> FloatArray:
    """Return a smooth step from 0 at ``low`` to 1 at ``high`` (which may be the lower of the two)."""
    part = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return np.asarray(part * part * (np.float32(3) - np.float32(2) * part), np.float32)


def _words(numbers: npt.ArrayLike, factor: int, salt: int) -> HashArray:
    words = np.asarray(numbers).astype(np.int64).astype(np.uint32)
    return np.asarray(words * np.uint32(factor) + np.uint32(salt & WORD), np.uint32)


def _spline(positions: IntArray, wavelength: float) -> tuple[IntArray, FloatArray]:
    """Return the first of four lattice nodes for each position, and their weights (4, positions)."""
    scaled = positions / wavelength
    nodes = np.floor(scaled).astype(np.int64)
    t = scaled - nodes
    weights = np.stack(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3],
    )
    return nodes, (weights / 6).astype(np.float32)


def _interpolate(lattice: FloatArray, nodes: IntArray, weights: FloatArray) -> FloatArray:
    """Interpolate along the first axis: (nodes, n) -> (positions, n)."""
    total: FloatArray = lattice[nodes] * weights[0][:, None]
    for tap in range(1, 4):
        total += lattice[nodes + tap] * weights[tap][:, None]
    return total
