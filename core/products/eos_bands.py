# SPDX-License-Identifier: GPL-2.0-or-later
"""Make bands of a scene from the rasters inside HDF files, on a sinusoidal grid or in swath geometry."""

from __future__ import annotations

from dataclasses import dataclass

from osgeo import gdal

from ..errors import GridError, ProductError
from ..grid import Grid
from ..scene import Band
from ..sensors import Sensor, SensorBand
from . import files, hdf
from .alignment import GSD_TOLERANCE, check_alignment
from .hdf import Field

SCANS_OVERLAP = (
    "Neighbouring scans of a swath overlap on the ground away from nadir, and the network looks across their edges as "
    "if the ground went on there. On the map each place comes from the scan in whose middle it lies nearer, so little "
    "of that is left."
)


@dataclass(frozen=True)
class Source:
    """Where a band of the sensor is found.

    Attributes:
        band: as the sensor file declares it.
        field: the raster.
        grid: its grid, or None for the file's own.
        shift: as :class:`core.scene.Band` has it.
    """

    band: SensorBand
    field: Field
    grid: Grid | None = None
    shift: tuple[float, float] = (0.0, 0.0)


def band_of(source: Source, sensor: Sensor) -> Band:
    """Open a raster and return the band.

    Raises:
        ProductError: it cannot be read, has no georeference, or another size than its grid.
    """
    dataset = hdf.open_field(source.field)
    meaning = hdf.meaning_of(dataset, source.field, sensor)
    return Band(
        name=source.band.name,
        path=source.field.path,
        index=1,
        grid=_grid(source, dataset),
        dtype=hdf.data_type(dataset),
        nodata=meaning.nodata,
        saturated=None,
        scale=meaning.scale,
        offset=meaning.offset,
        wavelength_nm=source.band.wavelength_nm,
        bandwidth_nm=source.band.bandwidth_nm,
        valid_range=meaning.valid_range,
        shift=source.shift,
    )


def swath_grid(source: Field, gsd: float) -> Grid:
    """Return rows and columns of a raster in swath geometry as a grid of square pixels without CRS."""
    dataset = files.open_raster(source.path)
    return Grid("", (0.0, gsd, 0.0, 0.0, 0.0, -gsd), dataset.RasterXSize, dataset.RasterYSize)


def check_bands(bands: tuple[Band, ...], sensor: Sensor, ratio: float, name: str) -> None:
    """Check that band groups cover the same extent and have the GSDs that the sensor file states.

    Raises:
        GridError: they do not.
    """
    check_alignment(bands, name)
    for band in bands:
        wanted = sensor.band(band.name).gsd * ratio
        if abs(band.gsd / wanted - 1) > GSD_TOLERANCE:
            raise GridError(
                f"Band {band.name} of {name} has a GSD of {band.gsd:g} m, where {wanted:g} m is expected. Use the "
                "product as delivered."
            )


def require(found: dict[str, Field], sensor: Sensor, wanted: tuple[str, ...], name: str) -> None:
    """Check that the rasters of all wanted bands are there.

    Raises:
        ProductError: some are missing.
    """
    missing = [f"{band} ({sensor.band(band).gsd:g} m)" for band in wanted if band not in found]
    if missing:
        raise ProductError(
            f"{name} lacks the surface reflectance of {', '.join(missing)}. Download the complete product."
        )


def _grid(source: Source, dataset: gdal.Dataset) -> Grid:
    own = files.grid_of(dataset) if source.grid is None else source.grid
    if own is None or (source.grid is None and not own.crs):
        raise ProductError(
            f"{source.field.file} gives {source.field.name} no georeference. It may be damaged: download it again."
        )
    if (own.width, own.height) != (dataset.RasterXSize, dataset.RasterYSize):
        raise ProductError(
            f"{source.field.file} has {dataset.RasterXSize} x {dataset.RasterYSize} pixels in {source.field.name}, "
            f"where {own.width} x {own.height} are declared. Download the product again."
        )
    return own
