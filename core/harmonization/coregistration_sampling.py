# SPDX-License-Identifier: GPL-2.0-or-later
"""Values of an image between its pixels, by nearest neighbour or by weights; what is invalid stays so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..fill import fill_nodata, fill_support

Pixels = npt.NDArray[np.generic]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NEAREST, BILINEAR, CUBIC, SINC = "nearest", "bilinear", "cubic", "sinc"
# Pixels on either side of a place that it takes from.
REACHES = {NEAREST: 0, BILINEAR: 1, CUBIC: 2, SINC: 5}


@dataclass(frozen=True)
class Places:
    """Places in an image, in pixels from the centre of its first pixel.

    Attributes:
        rows: (rows,) where all of a row share it, else (rows, columns).
        cols: (columns,) or (rows, columns).
    """

    rows: Floats
    cols: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the places."""
        return (len(self.rows), len(self.cols)) if self.rows.ndim == 1 else (self.rows.shape[0], self.rows.shape[1])

    def relative_to(self, row: int, col: int) -> Places:
        """Return the same places counted from another pixel."""
        return Places(self.rows - row, self.cols - col)


def covered(places: Places, height: int, width: int) -> Mask:
    """Return which places lie on pixels of an image of this size, shape (rows, columns)."""
    rows = (places.rows >= -0.5) & (places.rows < height - 0.5)
    cols = (places.cols >= -0.5) & (places.cols < width - 0.5)
    result: Mask = rows[:, None] & cols if rows.ndim == 1 else rows & cols
    return result


def margin_of(method: str) -> int:
    """Return how many pixels around its places an image must have so that :func:`sample` is exact there."""
    reach = REACHES[method]
    return reach + fill_support(reach) if reach else 1


def sample(image: Pixels, mask: Mask, places: Places, method: str) -> tuple[Pixels, Mask]:
    """Return the values of an image at places between its pixels.

    A place is valid where the pixel is that it lies in. Invalid neighbours are replaced by the mean of the valid ones
    around them first, so that neither a cliff nor NaN spreads.

    Args:
        image: (rows, columns); invalid pixels may hold anything.
        mask: True where valid.
        places: inside of the image, ``margin_of(method)`` pixels from its edges where these are no edges of the raster.
        method: ``nearest``, ``bilinear``, ``cubic`` (Keys, IEEE Trans. ASSP 29, 1981, a = -0.5) or ``sinc`` (Lanczos'
            window), which keeps the phase of fine detail: cubic convolution at a quarter of a pixel lies 0.02 px off.

    Returns:
        Values (as stored with ``nearest``, else float32) and their mask.
    """
    rows, cols = (_nearest(line, size) for line, size in zip((places.rows, places.cols), image.shape))
    here = np.ix_(rows, cols) if rows.ndim == 1 else (rows, cols)
    valid: Mask = mask[here]
    if method == NEAREST:
        return image[here], valid
    if not mask.any():
        return np.zeros(places.shape, np.float32), valid
    filled = fill_nodata(image, mask, REACHES[method])
    read = _separable if places.rows.ndim == 1 else _scattered
    return read(filled, places, method), valid


def _nearest(line: Floats, size: int) -> npt.NDArray[np.intp]:
    result: npt.NDArray[np.intp] = np.clip(np.floor(line + 0.5), 0, size - 1).astype(np.intp)
    return result


def _taps(line: Floats, method: str) -> tuple[npt.NDArray[np.intp], tuple[npt.NDArray[np.float32], ...]]:
    """Return the first pixel that each place takes from, and the weights from there on."""
    base = np.floor(line)
    part = (line - base).astype(np.float32)
    if method == BILINEAR:
        return base.astype(np.intp), (1 - part, part)
    if method == SINC:
        reach = REACHES[SINC]
        distance = np.arange(1 - reach, reach + 1).reshape(-1, *[1] * line.ndim) - part
        lobes = np.sinc(distance) * np.sinc(distance / reach)
        lobes /= lobes.sum(axis=0)
        return base.astype(np.intp) + 1 - reach, tuple(lobes.astype(np.float32))
    square, cube = part * part, part * part * part
    weights = (
        0.5 * (-cube + 2 * square - part),
        0.5 * (3 * cube - 5 * square + 2),
        0.5 * (-3 * cube + 4 * square + part),
        0.5 * (cube - square),
    )
    return base.astype(np.intp) - 1, weights


def _separable(image: npt.NDArray[np.float32], places: Places, method: str) -> Pixels:
    return _lines(_lines(image, places.rows, method).T, places.cols, method).T


def _lines(image: npt.NDArray[np.float32], line: Floats, method: str) -> npt.NDArray[np.float32]:
    first, weights = _taps(line, method)
    total = np.zeros((len(line), image.shape[1]), np.float32)
    for tap, weight in enumerate(weights):
        source = np.clip(first + tap, 0, image.shape[0] - 1)
        total += image[source] * weight[:, None]
    return total


def _scattered(image: npt.NDArray[np.float32], places: Places, method: str) -> Pixels:
    first_row, row_weights = _taps(places.rows, method)
    first_col, col_weights = _taps(places.cols, method)
    total = np.zeros(places.shape, np.float32)
    height, width = image.shape
    columns = [np.clip(first_col + tap, 0, width - 1) for tap in range(len(col_weights))]
    flat = np.ravel(image)
    for tap, row_weight in enumerate(row_weights):
        start = np.clip(first_row + tap, 0, height - 1) * width
        line = sum(flat[start + column] * weight for column, weight in zip(columns, col_weights))
        total += row_weight * line
    return total
