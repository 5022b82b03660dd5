# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the pixels of one grid lie in another, be it in the same coordinate reference system or not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from osgeo import osr

from ..errors import GridError
from ..grid import Grid, Window
from ..harmonization.coregistration_sampling import Places
from ..raster_state import gdal_messages
from .alignment import same_crs, spatial_reference

Floats = npt.NDArray[np.float64]
Mover = Callable[[Floats, Floats], tuple[Floats, Floats]]

# Pixels between the places that are computed; in between they are interpolated (UTM bends by 1e-6 px over so many).
STEP = 16


class MapTransform:
    """Carries map coordinates from one CRS to another."""

    def __init__(self, source: str, target: str) -> None:
        """Prepare the way between two WKT strings.

        Raises:
            GridError: there is none.
        """
        self.same = same_crs(source, target)
        if self.same:
            return
        one, other = spatial_reference(source), spatial_reference(target)
        if one is None or other is None:
            raise GridError("A coordinate reference system of the rasters is unknown. Assign it anew to the file.")
        with gdal_messages() as messages:
            try:
                self._way = osr.CoordinateTransformation(one, other)
            except RuntimeError as error:
                raise GridError(f"The coordinate reference systems cannot be related ({error}).") from error
        if messages:
            raise GridError(f"The coordinate reference systems cannot be related ({'; '.join(messages)}).")

    def __call__(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates in the other CRS, infinite where there is no place."""
        if self.same:
            return x, y
        points = np.stack([np.ravel(x), np.ravel(y)], axis=1)
        with gdal_messages():
            try:
                found = np.array(self._way.TransformPoints(points.tolist()), np.float64)
            except RuntimeError:
                found = np.full((len(points), 3), np.inf)
        return found[:, 0].reshape(np.shape(x)), found[:, 1].reshape(np.shape(y))


class PixelMap:
    """Places of a grid's pixels in the pixels of a source."""

    def __init__(self, target: Grid, source: Grid, mover: Mover | None = None) -> None:
        """Take two grids that are not rotated.

        Args:
            target: whose pixels are asked for.
            source: in whose pixels their places are told.
            mover: changes the places, as map coordinates of the source; None where they stay.

        Raises:
            GridError: their CRS cannot be related.
        """
        self._target, self._source, self._mover = target, source, mover
        self._way = MapTransform(target.crs, source.crs)

    def places(self, window: Window, rows: float = 0.0, cols: float = 0.0) -> Places:
        """Return where the pixels of a window lie, all of them moved down and right by so many pixels of their own."""
        down = window.row + np.arange(window.height) + 0.5 + rows
        right = window.col + np.arange(window.width) + 0.5 + cols
        if self._way.same and self._mover is None:
            return Places(*self._pixels(*self._target_map(down, right)))
        nodes_down, weights_down = _nodes(down)
        nodes_right, weights_right = _nodes(right)
        x, y = self._target_map(*np.meshgrid(nodes_down, nodes_right, indexing="ij"))
        x, y = self._way(x, y)
        if self._mover is not None:
            x, y = self._mover(x, y)
        source_rows, source_cols = self._pixels(x, y)
        return Places(*(weights_down @ part @ weights_right.T for part in (source_rows, source_cols)))

    def _target_map(self, rows: Floats, cols: Floats) -> tuple[Floats, Floats]:
        x0, dx, _, y0, _, dy = self._target.transform
        return x0 + cols * dx, y0 + rows * dy

    def _pixels(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        x0, dx, _, y0, _, dy = self._source.transform
        return (y - y0) / dy - 0.5, (x - x0) / dx - 0.5


def _nodes(line: Floats) -> tuple[Floats, Floats]:
    """Return places every ``STEP`` pixels of a line, and the weights that interpolate the line from them."""
    count = max(2, -(-(len(line) - 1) // STEP) + 1)
    nodes = line[0] + STEP * np.arange(count)
    weights = np.zeros((len(line), count))
    part = np.arange(len(line)) / STEP
    left = np.minimum(part.astype(int), count - 2)
    weights[np.arange(len(line)), left] = 1 - (part - left)
    weights[np.arange(len(line)), left + 1] = part - left
    return nodes, weights
