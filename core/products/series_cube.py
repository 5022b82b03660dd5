# SPDX-License-Identifier: GPL-2.0-or-later
"""A series as one NetCDF or Zarr with axes of time, y and x (CF conventions), by GDAL's multidimensional drivers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal, osr

from ..errors import OutputError
from ..grid import Grid, Window
from ..raster_profile import BLOCK, gdal_type
from ..raster_state import gdal_messages

NETCDF, ZARR = "netCDF", "Zarr"
_EPOCH = "1970-01-01 00:00:00"
_MULTIDIMENSIONAL = "DCAP_CREATE_MULTIDIMENSIONAL"


def can_write(driver: str) -> bool:
    """Return whether this GDAL can write such a file."""
    found = gdal.GetDriverByName(driver)
    return found is not None and found.GetMetadataItem(_MULTIDIMENSIONAL) == "YES"


class SeriesCube:
    """Receives windows of dates; the file gets its name when it is complete."""

    def __init__(
        self,
        path: Path,
        driver: str,
        grid: Grid,
        times: tuple[datetime, ...],
        sensors: tuple[str, ...],
        names: tuple[str, ...],
        storage: tuple[str, float | None, float, float],
    ) -> None:
        """Create the unfinished file.

        Args:
            path: of the finished one.
            driver: :data:`NETCDF` or :data:`ZARR`.
            grid: north-up.
            times: of the dates.
            sensors: of the dates.
            names: of the bands.
            storage: numpy's name of the type, nodata, scale and offset.

        Raises:
            OutputError: the grid is turned, GDAL has no such driver, or nothing can be written there.
        """
        if not can_write(driver):
            raise OutputError(f"This GDAL cannot write {driver}. Choose GeoTIFF.")
        if abs(grid.transform[2]) + abs(grid.transform[4]) > 0:
            raise OutputError(f"A {driver} file needs rows that run from west to east. Choose GeoTIFF.")
        self.path, self._driver = path, driver
        self._partial = path.with_name(f"{path.stem}.partial{path.suffix}")
        self._discard()
        self._arrays: dict[str, Any] = {}
        self._dataset: Any = None
        self._guarded(lambda: self._create(grid, times, sensors, names, storage))

    def write(self, number: int, window: Window, pixels: npt.NDArray[np.generic]) -> None:
        """Write (bands, rows, columns) of a date.

        Raises:
            OutputError: the disk is full or failing.
        """

        def put() -> None:
            for array, plane in zip(self._arrays.values(), pixels):
                block = np.ascontiguousarray(plane)[None]
                start, count = [number, window.row, window.col], [1, window.height, window.width]
                array.Write(block, array_start_idx=start, count=count)

        self._guarded(put)

    def finish(self) -> None:
        """Close the file and give it its name.

        Raises:
            OutputError: the disk is full or failing.
        """
        self._guarded(self._close)
        if self.path.is_dir() and not self.path.is_symlink():
            shutil.rmtree(self.path)
        os.replace(self._partial, self.path)

    def abandon(self) -> None:
        """Remove what is unfinished."""
        with gdal_messages():
            self._close()
        self._discard()

    def _create(
        self,
        grid: Grid,
        times: tuple[datetime, ...],
        sensors: tuple[str, ...],
        names: tuple[str, ...],
        storage: tuple[str, float | None, float, float],
    ) -> None:
        options = ["FORMAT=NC4"] if self._driver == NETCDF else []
        self._dataset = gdal.GetDriverByName(self._driver).CreateMultiDimensional(str(self._partial), [], options)
        root = self._dataset.GetRootGroup()
        _attribute(root, "Conventions", "CF-1.8")
        _attribute(root, "sensors", ", ".join(sensors))
        axes = [
            root.CreateDimension("time", "TEMPORAL", "", len(times)),
            root.CreateDimension("y", "HORIZONTAL_Y", "NORTH", grid.height),
            root.CreateDimension("x", "HORIZONTAL_X", "EAST", grid.width),
        ]
        seconds = np.array([time.timestamp() for time in times])
        self._coordinate(root, axes[0], seconds, "time", f"seconds since {_EPOCH}")
        _attribute(root.OpenMDArray("time"), "calendar", "standard")
        _attribute(root.OpenMDArray("time"), "sensors", ", ".join(sensors))
        reference = _reference(grid)
        geographic = reference is not None and bool(reference.IsGeographic())
        titles = ("latitude", "longitude") if geographic else ("projection_y_coordinate", "projection_x_coordinate")
        units = ("degrees_north", "degrees_east") if geographic else ("m", "m")
        x0, dx, _, y0, _, dy = grid.transform
        self._coordinate(root, axes[1], y0 + dy * (np.arange(grid.height) + 0.5), titles[0], units[0])
        self._coordinate(root, axes[2], x0 + dx * (np.arange(grid.width) + 0.5), titles[1], units[1])
        for name in names:
            self._arrays[name] = self._array(root, name, axes, storage, reference)

    def _coordinate(self, root: Any, axis: Any, values: npt.NDArray[np.float64], title: str, unit: str) -> None:
        """Write the values of an axis."""
        array = root.CreateMDArray(axis.GetName(), [axis], gdal.ExtendedDataType.Create(gdal.GDT_Float64))
        array.Write(values)
        _attribute(array, "standard_name", title)
        # SetUnit makes the attribute "units" in both formats.
        array.SetUnit(unit)
        self._name_axes(array)
        if axis.GetName() == "time":
            _attribute(array, "axis", "T")

    def _array(
        self,
        root: Any,
        name: str,
        axes: list[Any],
        storage: tuple[str, float | None, float, float],
        reference: osr.SpatialReference | None,
    ) -> Any:
        dtype, nodata, scale, offset = storage
        sides = [1, *(min(BLOCK, axis.GetSize()) for axis in axes[1:])]
        options = [f"BLOCKSIZE={','.join(map(str, sides))}"]
        options += ["COMPRESS=DEFLATE", "ZLEVEL=4"] if self._driver == NETCDF else ["COMPRESS=ZLIB"]
        kind = gdal.ExtendedDataType.Create(gdal.GetDataTypeByName(gdal_type(dtype)))
        array = root.CreateMDArray(name, axes, kind, options)
        if nodata is not None:
            array.SetNoDataValueDouble(nodata)
        if (scale, offset) != (1.0, 0.0):
            array.SetScale(scale)
            array.SetOffset(offset)
        if reference is not None:
            reference.SetDataAxisToSRSAxisMapping([3, 2])
            array.SetSpatialRef(reference)
        _attribute(array, "long_name", f"reflectance of {name}")
        self._name_axes(array)
        return array

    def _name_axes(self, array: Any) -> None:
        """Name the axes of an array as xarray reads it; GDAL 3.6 leaves that out of Zarr."""
        if self._driver == ZARR:
            axes = [axis.GetName() for axis in array.GetDimensions()]
            attribute = array.CreateAttribute("_ARRAY_DIMENSIONS", [len(axes)], gdal.ExtendedDataType.CreateString())
            attribute.Write(axes)

    def _close(self) -> None:
        self._arrays.clear()
        self._dataset = None

    def _discard(self) -> None:
        if self._partial.is_dir():
            shutil.rmtree(self._partial)
        self._partial.unlink(missing_ok=True)

    def _guarded(self, action: Callable[[], None]) -> None:
        with gdal_messages() as messages:
            try:
                action()
            except (RuntimeError, AttributeError, OSError) as error:
                messages.append(str(error))
        if messages:
            self._close()
            self._discard()
            reason = "; ".join(dict.fromkeys(messages))
            raise OutputError(f"{self.path} cannot be written ({reason}). Choose GeoTIFF, or another folder.")


def _reference(grid: Grid) -> osr.SpatialReference | None:
    if not grid.crs:
        return None
    reference = osr.SpatialReference()
    reference.ImportFromWkt(grid.crs)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def _attribute(holder: Any, name: str, text: str) -> None:
    attribute = holder.CreateAttribute(name, [], gdal.ExtendedDataType.CreateString())
    attribute.Write(text)
