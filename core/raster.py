# SPDX-License-Identifier: GPL-2.0-or-later
"""Read windows of band rasters: any window, mirrored at the raster edge, at native or reduced GSD."""

from __future__ import annotations

from contextlib import nullcontext
from threading import RLock
from types import TracebackType

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from .errors import ProductError
from .fill import fill_nodata, fill_support
from .grid import Grid, Window
from .grid_places import CUBIC_REACH, inside, places_on
from .image_shift import moved, shift_reach
from .radiometry import band_mask, store
from .raster_origin import source_file
from .raster_state import blockwise_warping, gdal_messages, gdal_option, without_properties
from .scene import Band
from .tiling import reflected

Pixels = npt.NDArray[np.generic]

# Every output has it.
RESULT_TAG = "SATSHARP_PRODUCT"
# The HDF5 library crashes when two threads are in it, unless it was built for that, and GDAL 3.6 does not see to it.
_HDF5 = RLock()


class BandReader:
    """Reads windows of bands; keeps files open; to be used by one thread at a time."""

    def __init__(self, threads: int = 1) -> None:
        """Prepare a reader that lets GDAL decode blocks with so many threads."""
        self._threads = threads
        self._datasets: dict[str, gdal.Dataset] = {}

    def __enter__(self) -> BandReader:
        """Return the reader."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all files."""
        self.close()

    def close(self) -> None:
        """Close all files; a later read opens them again."""
        # Nobody waits for a band that is being read elsewhere unless there is a reason to.
        with _HDF5 if any(path.startswith("HDF5:") for path in tuple(self._datasets)) else nullcontext():
            self._datasets.clear()

    @property
    def paths(self) -> tuple[str, ...]:
        """Return what is open."""
        return tuple(self._datasets)

    def read(self, band: Band, window: Window) -> Pixels:
        """Read a window of a band's own grid, moved onto it where the band says so.

        Args:
            band: the band.
            window: pixels of its grid; outside the raster the raster is mirrored at its edge.

        Returns:
            Digital numbers in the file's data type, shape (rows, columns).

        Raises:
            ProductError: GDAL cannot read the pixels.
        """
        if band.lattice is not None:
            return self._read_regridded(band, band.lattice, window)
        if band.shift == (0.0, 0.0):
            return self._read_mirrored(band, window)
        return self._read_moved(band, window)

    def _read_regridded(self, band: Band, lattice: Grid, window: Window) -> Pixels:
        """Interpolate onto the band's grid; a pixel is measured where the nearest one of the file is."""
        places = places_on(lattice, band.grid, window)
        around = places.support(fill_support(CUBIC_REACH))
        outside = np.array(np.nan if band.nodata is None else band.nodata).astype(numpy_type(band.dtype))
        common = around.intersect(lattice.window)
        if not common.height or not common.width:
            return np.full((window.height, window.width), outside)
        source = self._read_mirrored(band, around)
        mask = band_mask(source, band)
        values = places.interpolate(fill_nodata(source, mask, CUBIC_REACH), around, band.steepness)
        stored = store(values, source.dtype, band.nodata, band.saturated, band.valid_range)
        pixels = np.where(places.nearest(mask, around), stored, places.nearest(source, around))
        result: Pixels = np.where(places.nearest(inside(around, lattice), around), pixels, outside)
        return result

    def _read_moved(self, band: Band, window: Window) -> Pixels:
        """Read pixels that are moved by a part of a pixel; what was not measured stays so and reaches no neighbour."""
        reach = shift_reach(*band.shift)
        margin = reach + fill_support(reach)
        around = window.pad(margin)
        source = self._read_mirrored(band, around)
        mask = band_mask(source, band)
        values = moved(fill_nodata(source, mask, reach), *band.shift, margin)
        stored = store(values, source.dtype, band.nodata, band.saturated, band.valid_range)
        part = window.relative_to(around).slices
        result: Pixels = np.where(mask[part], stored, source[part])
        return result

    def _read_mirrored(self, band: Band, window: Window) -> Pixels:
        rows = reflected(window.row, window.row_end, band.stored_grid.height)
        cols = reflected(window.col, window.col_end, band.stored_grid.width)
        inner = Window(
            int(rows.min()),
            int(cols.min()),
            int(rows.max() - rows.min()) + 1,
            int(cols.max() - cols.min()) + 1,
        )
        pixels = self._read_inside(band, inner)
        if inner == window:
            return pixels
        mirrored: Pixels = pixels[np.ix_(rows - inner.row, cols - inner.col)]
        return mirrored

    def _read_inside(self, band: Band, window: Window) -> Pixels:
        with _HDF5 if band.path.startswith("HDF5:") else nullcontext():
            return self._read_stored(band, window)

    def _read_stored(self, band: Band, window: Window) -> Pixels:
        dataset = self._open(band)
        source = dataset.GetRasterBand(band.index)
        # GDAL 3.6 reports false errors when several threads decode a GeoTIFF of many bands.
        threads = self._threads if is_jpeg2000(dataset) else 1
        with gdal_messages() as messages, gdal_option("GDAL_NUM_THREADS", str(threads)), without_properties():
            try:
                with blockwise_warping():
                    pixels = source.ReadAsArray(window.col, window.row, window.width, window.height)
            except RuntimeError as error:
                messages.append(str(error))
                pixels = None
        if pixels is None or messages:
            reason = "; ".join(dict.fromkeys(messages)) or "no reason given"
            raise ProductError(
                f"{band.title} cannot be read from {source_file(band.path)} ({reason}). "
                "The file may be truncated or damaged: download the product again."
            )
        result: Pixels = pixels
        return result

    def _open(self, band: Band) -> gdal.Dataset:
        if band.path not in self._datasets:
            with gdal_messages() as messages, without_properties():
                try:
                    dataset = gdal.Open(band.path)
                except RuntimeError as error:
                    messages.append(str(error))
                    dataset = None
            if dataset is None or dataset.RasterCount < band.index:
                reason = "; ".join(messages) or "band is missing"
                raise ProductError(f"{band.title} cannot be opened at {source_file(band.path)} ({reason}).")
            self._datasets[band.path] = dataset
        return self._datasets[band.path]


def is_jpeg2000(dataset: gdal.Dataset) -> bool:
    """Return whether a dataset is read by one of GDAL's JPEG 2000 drivers."""
    return bool(dataset.GetDriver().ShortName.startswith("JP2"))


def numpy_type(name: str) -> str:
    """Return numpy's name of a GDAL data type.

    Raises:
        ProductError: the type is complex or unknown.
    """
    names = {"Byte": "uint8", "Int8": "int8"}
    plain = names.get(name, name.lower())
    if plain not in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"):
        raise ProductError(f"Bands of type {name} are not supported. Convert them to an integer or float type.")
    return plain


def file_stamp(path: str) -> tuple[int, float]:
    """Return size in bytes and time of modification of the file behind a raster; zeros if unknown."""
    with gdal_messages(), without_properties():
        found = gdal.VSIStatL(source_file(path))
    return (0, 0.0) if found is None else (int(found.size), float(found.mtime))


def is_result(path: str) -> bool:
    """Return whether a file is an output of an earlier run."""
    with gdal_messages():
        try:
            dataset = gdal.Open(path)
        except RuntimeError:
            return False
    return dataset is not None and dataset.GetMetadataItem(RESULT_TAG) is not None
