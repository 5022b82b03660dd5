# SPDX-License-Identifier: GPL-2.0-or-later
"""Read any raster as bands of reflectance that know their wavelengths: to compare rasters, or to put them in a row."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from osgeo import gdal

from ..errors import ProductError
from ..grid import Grid
from ..harmonization.clouds import guess_kind
from ..raster import numpy_type
from ..scene import Band
from ..sensors import Sensor
from . import files
from .band_names import band_in, band_in_file_name
from .raster_files import RasterFile, RasterSource, survey
from .stack_radiometry import StackRadiometry, radiometry_of, stated_relation

_QUANTIFICATION = 10000.0


@dataclass(frozen=True)
class MeasuredRaster:
    """A raster of reflectances.

    Attributes:
        source: where from.
        grid: its grid.
        bands: its bands, with the names of its sensor where it has such; ``wavelength_nm`` where they are known.
        quality: (band number, kind) of bands that tell of clouds.
        sensor: id of the sensor whose names the bands carry; empty where they carry none.
        tags: the file's metadata.
        notes: what had to be assumed, as sentences.
    """

    source: RasterSource
    grid: Grid
    bands: tuple[Band, ...]
    quality: tuple[tuple[int, str], ...]
    sensor: str
    tags: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def wavelengths(self) -> dict[str, float]:
        """Central wavelength in nanometres by band; 0 where it is unknown."""
        return {band.name: band.wavelength_nm or 0.0 for band in self.bands}

    @property
    def listed(self) -> str:
        """The bands' names, for messages."""
        return ", ".join(band.name for band in self.bands)

    def find(self, name: str) -> Band | None:
        """Return the band of a name, whatever its case, or of a number from 1; None where there is none."""
        wanted = name.strip().lower()
        named = next((band for band in self.bands if band.name.lower() == wanted), None)
        if named is None and wanted.isdigit():
            return next((band for band in self.bands if band.index == int(wanted)), None)
        return named


def open_measured(source: RasterSource, sensors: Mapping[str, Sensor]) -> MeasuredRaster:
    """Open a raster.

    Args:
        source: the raster.
        sensors: known sensors by id; the one that most band names belong to tells wavelengths and what numbers mean
            where the file does not.

    Raises:
        ProductError: it cannot be read, or holds no measurements.
    """
    raster = survey(source)
    dataset = files.open_raster(source.path)
    quality = tuple((band.index, kind) for band in raster.bands if (kind := guess_kind(band.name)) is not None)
    if len(quality) == len(raster.bands):
        raise ProductError(f"{source.title} tells of clouds and has no other bands. Choose the raster with the bands.")
    measured = {band.index: band.name for band in raster.bands if band.index not in dict(quality)}
    sensor = _sensor_of(raster, measured, dataset.GetMetadataItem("SATSHARP_SENSOR") or "", sensors)
    names = _names(raster, measured, sensor)
    notes = list(raster.notes)
    bands = tuple(_band(dataset, raster, index, name, sensor, notes) for index, name in names.items())
    tags = tuple(sorted((str(key), str(value)) for key, value in dataset.GetMetadata().items()))
    found = "" if sensor is None else sensor.id
    return MeasuredRaster(source, raster.grid, bands, quality, found, tags, tuple(dict.fromkeys(notes)))


def _sensor_of(
    raster: RasterFile, measured: dict[int, str], tagged: str, sensors: Mapping[str, Sensor]
) -> Sensor | None:
    """Return the sensor whose band names most bands carry.

    The whole name of a band counts more than a part of it, a name more than an alias; the tag breaks ties.
    """

    def score(sensor: Sensor) -> tuple[int, bool, bool]:
        own = {band.name.lower() for band in sensor.bands}
        known = own | {alias.lower() for band in sensor.bands for alias in band.aliases}
        points = 0
        for name in measured.values():
            whole = name.strip().lower()
            if _recognised(raster, name, sensor) is not None:
                points += 1 + (whole in known) + (whole in own)
        return points, sensor.id == tagged, sensor.id == "sentinel2"

    best = max(sensors.values(), key=score, default=None)
    return best if best is not None and score(best)[0] else None


def _recognised(raster: RasterFile, name: str, sensor: Sensor) -> str | None:
    found = band_in(name, sensor)
    if found is None and len(raster.bands) == 1:
        found = band_in_file_name(raster.source.path, sensor) or band_in(raster.source.title, sensor)
    return found


def _names(raster: RasterFile, measured: dict[int, str], sensor: Sensor | None) -> dict[int, str]:
    """Return a name that no other band has for every band: the sensor's, else the file's, else ``band 1``."""
    own = {
        index: (_recognised(raster, name, sensor) if sensor is not None else None) or name.strip() or f"band {index}"
        for index, name in measured.items()
    }
    times = Counter(own.values())
    return {index: name if times[name] == 1 else f"band {index}" for index, name in own.items()}


def _band(
    dataset: gdal.Dataset, raster: RasterFile, index: int, name: str, sensor: Sensor | None, notes: list[str]
) -> Band:
    raster_band = dataset.GetRasterBand(index)
    kind = gdal.GetDataTypeName(raster_band.DataType)
    numpy_type(kind)
    radiometry = _radiometry(dataset, index, raster.source, name, sensor, notes)
    declared = next((band for band in sensor.bands if band.name == name), None) if sensor is not None else None
    stated = _wavelength(raster_band)
    return Band(
        name=name,
        path=raster.source.path,
        index=index,
        grid=raster.grid,
        dtype=kind,
        nodata=radiometry.nodata,
        saturated=radiometry.saturated,
        scale=radiometry.scale,
        offset=radiometry.offset,
        wavelength_nm=stated or (declared.wavelength_nm if declared is not None else None) or None,
        bandwidth_nm=declared.bandwidth_nm if declared is not None else None,
        valid_range=radiometry.valid_range,
    )


def _radiometry(
    dataset: gdal.Dataset, index: int, source: RasterSource, name: str, sensor: Sensor | None, notes: list[str]
) -> StackRadiometry:
    if sensor is not None and any(band.name == name for band in sensor.bands):
        return radiometry_of(dataset, index, source.path, sensor)
    band = dataset.GetRasterBand(index)
    stated = stated_relation(band, source.path)
    if stated is not None:
        return StackRadiometry(*stated[:2], band.GetNoDataValue(), None, stated[2])
    notes.append(
        f"Nothing tells what the values of {source.title} are; assumed: reflectance = digital number / "
        f"{_QUANTIFICATION:g}."
    )
    return StackRadiometry(1 / _QUANTIFICATION, 0.0, band.GetNoDataValue(), None, "assumed")


def _wavelength(band: gdal.Band) -> float:
    """Return the central wavelength that a file states in nanometres; 0 where it states none."""
    text, units = band.GetMetadataItem("WAVELENGTH"), (band.GetMetadataItem("WAVELENGTH_UNITS") or "").lower()
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return 0.0
    return value * 1000 if units.startswith("micro") else value


def file_source(path: str) -> RasterSource:
    """Return a file as a source, called by its name."""
    return RasterSource(path, os.path.basename(path.rstrip("/\\")) or path)
