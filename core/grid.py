# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows and grids: integer algebra on frozen records, without input or output."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import GridError

GeoTransform = tuple[float, float, float, float, float, float]

# Origins that differ by less than this part of a pixel are taken to be the same (rounding of projected coordinates).
ALIGNMENT_TOLERANCE = 0.01


@dataclass(frozen=True)
class Window:
    """An integer rectangle in pixels of some grid; it may reach beyond the raster."""

    row: int
    col: int
    height: int
    width: int

    @property
    def row_end(self) -> int:
        """First row below the window."""
        return self.row + self.height

    @property
    def col_end(self) -> int:
        """First column right of the window."""
        return self.col + self.width

    @property
    def is_empty(self) -> bool:
        """True where no pixel is inside."""
        return self.height <= 0 or self.width <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices into an array whose origin is the grid's."""
        return slice(self.row, self.row_end), slice(self.col, self.col_end)

    def refine(self, factor: int) -> Window:
        """Return the same rectangle in pixels that are ``factor`` times finer."""
        return Window(self.row * factor, self.col * factor, self.height * factor, self.width * factor)

    def coarsen(self, factor: int) -> Window:
        """Return the smallest rectangle of ``factor`` times coarser pixels that covers this one (snapped outward)."""
        row, col = self.row // factor, self.col // factor
        return Window(row, col, -(-self.row_end // factor) - row, -(-self.col_end // factor) - col)

    def pad(self, pixels: int) -> Window:
        """Return the window grown by ``pixels`` on every side."""
        return Window(self.row - pixels, self.col - pixels, self.height + 2 * pixels, self.width + 2 * pixels)

    def shift(self, rows: int, cols: int) -> Window:
        """Return the window moved down by ``rows`` and right by ``cols``."""
        return Window(self.row + rows, self.col + cols, self.height, self.width)

    def intersect(self, other: Window) -> Window:
        """Return the common rectangle; its size is zero where there is none."""
        row, col = max(self.row, other.row), max(self.col, other.col)
        height = max(0, min(self.row_end, other.row_end) - row)
        width = max(0, min(self.col_end, other.col_end) - col)
        return Window(row, col, height, width)

    def relative_to(self, origin: Window) -> Window:
        """Return the window in coordinates whose zero is the upper left corner of ``origin``."""
        return self.shift(-origin.row, -origin.col)


@dataclass(frozen=True)
class Grid:
    """CRS, origin, GSD and size of a raster.

    Attributes:
        crs: WKT of the coordinate reference system; empty where the raster has none.
        transform: GDAL geotransform (x origin, x per column, x per row, y origin, y per column, y per row), CRS units.
        width: columns.
        height: rows.
    """

    crs: str
    transform: GeoTransform
    width: int
    height: int

    @property
    def gsd(self) -> float:
        """Ground sampling distance along a row, in CRS units (metres where projected)."""
        return float((self.transform[1] ** 2 + self.transform[4] ** 2) ** 0.5)

    @property
    def window(self) -> Window:
        """The whole raster as a window."""
        return Window(0, 0, self.height, self.width)

    def locate(self, row: float, col: float) -> tuple[float, float]:
        """Return the CRS coordinates (x, y) of a pixel corner."""
        x0, dx_col, dx_row, y0, dy_col, dy_row = self.transform
        return x0 + col * dx_col + row * dx_row, y0 + col * dy_col + row * dy_row

    def pixel_of(self, x: float, y: float) -> tuple[float, float]:
        """Return the fractional (row, column) of CRS coordinates.

        Raises:
            GridError: the geotransform cannot be inverted.
        """
        x0, dx_col, dx_row, y0, dy_col, dy_row = self.transform
        determinant = dx_col * dy_row - dx_row * dy_col
        if determinant == 0:
            raise GridError("The raster's geotransform has no area. Give it a valid georeference, then try again.")
        east, north = x - x0, y - y0
        return (dx_col * north - dy_col * east) / determinant, (dy_row * east - dx_row * north) / determinant

    def crop(self, window: Window) -> Grid:
        """Return the grid of a window of this one."""
        x, y = self.locate(window.row, window.col)
        _, dx_col, dx_row, _, dy_col, dy_row = self.transform
        return Grid(self.crs, (x, dx_col, dx_row, y, dy_col, dy_row), window.width, window.height)

    def refine(self, factor: int) -> Grid:
        """Return the grid with the same origin and extent and ``factor`` times finer pixels."""
        x0, dx_col, dx_row, y0, dy_col, dy_row = self.transform
        transform = (x0, dx_col / factor, dx_row / factor, y0, dy_col / factor, dy_row / factor)
        return Grid(self.crs, transform, self.width * factor, self.height * factor)

    def scale_factor_to(self, finer: Grid) -> int:
        """Return how many pixels of ``finer`` fit along one pixel of this grid.

        Raises:
            GridError: the ratio is no integer or not the same along rows and columns, or the corners differ.
        """
        factor = round(self.gsd / finer.gsd)
        if factor < 1 or abs(self.gsd / finer.gsd - factor) > ALIGNMENT_TOLERANCE:
            raise GridError(
                f"A grid of {self.gsd:g} m is no whole multiple of {finer.gsd:g} m. Resample one of them first."
            )
        for name, row, col in (("upper left", 0, 0), ("upper right", 0, self.width), ("lower left", self.height, 0)):
            found_row, found_col = finer.pixel_of(*self.locate(row, col))
            # Adding zero makes a negative zero positive.
            rows, cols = round(found_row - row * factor, 3) + 0.0, round(found_col - col * factor, 3) + 0.0
            if max(abs(rows), abs(cols)) > max(ALIGNMENT_TOLERANCE * factor, 0.05):
                raise GridError(
                    f"The {self.gsd:g} m and {finer.gsd:g} m grids do not share their {name} corner "
                    f"(they are {rows:.2f} rows and {cols:.2f} columns apart). Align them first."
                )
        return factor
