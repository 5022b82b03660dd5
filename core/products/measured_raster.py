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
from ..raster import numpy_type
from ..scene import Band
from ..sensors import SENSOR_FOLDER, Sensor
from . import files
from .band_names import band_in, band_in_file_name
from .product_values import family_of_file
from .quality_raster import band_kind
from .raster_files import RasterFile, RasterSource, survey
from .reflective import family_of
from .reflective_raster import hint_of
from .stack_radiometry import StackRadiometry, product_radiometry, radiometry_of, stated_relation
from .value_relation import LANDSAT, SENTINEL2

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
        sensors: known sensors by id. That of the product which the file belongs to, else the one that most band names
            belong to, tells wavelengths, and what numbers mean where neither product nor file does.

    Raises:
        ProductError: it cannot be read, holds no measurements, or lies inside a product whose metadata are missing.
    """
    raster = survey(source)
    dataset = files.open_raster(source.path)
    kinds = ((band.index, band_kind(dataset, band.index, band.name, source.path)) for band in raster.bands)
    quality = tuple((index, kind) for index, kind in kinds if kind is not None)
    if len(quality) == len(raster.bands):
        raise ProductError(f"{source.title} tells of clouds and has no other bands. Choose the raster with the bands.")
    measured = {band.index: band.name for band in raster.bands if band.index not in dict(quality)}
    sensor = _sensor_of(dataset, raster, measured, sensors)
    names = _names(raster, measured, sensor)
    read = [_band(dataset, raster, index, name, sensor) for index, name in names.items()]
    bands = tuple(band for band, _ in read)
    notes = (*raster.notes, *_assumptions(source.title, read))
    tags = tuple(sorted((str(key), str(value)) for key, value in dataset.GetMetadata().items()))
    found = "" if sensor is None else sensor.id
    return MeasuredRaster(source, raster.grid, bands, quality, found, tags, notes)


def _sensor_of(
    dataset: gdal.Dataset, raster: RasterFile, measured: dict[int, str], sensors: Mapping[str, Sensor]
) -> Sensor | None:
    """Return the sensor of the product that the file belongs to, else the one whose band names most bands carry.

    The whole name of a band counts more than a part of it, a name more than an alias. Ties are broken by the tag, then
    by what the raster is called.
    """
    found = (family_of_file(dataset, index, raster.source.path) for index in measured)
    family = next((name for name in found if name), "")
    tagged, hint = dataset.GetMetadataItem("SATSHARP_SENSOR") or "", hint_of(raster.source)
    called = family_of(hint.naming) if hint.naming else ""
    # Of a known family, such as Landsat 4 to 7, which no bundled file declares, a user's own sensor file may be, too.
    candidates = [
        sensor
        for sensor in sensors.values()
        if family in ("", sensor.id) or os.path.dirname(sensor.file) != str(SENSOR_FOLDER)
    ]

    def score(sensor: Sensor) -> tuple[int, bool, bool, bool]:
        own = {band.name.lower() for band in sensor.bands}
        known = own | {alias.lower() for band in sensor.bands for alias in band.aliases}
        points = 0
        for name in measured.values():
            whole = name.strip().lower()
            if _recognised(raster, name, sensor) is not None:
                points += 1 + (whole in known) + (whole in own)
        return points, sensor.id == tagged, sensor.id == called, sensor.id == SENTINEL2

    best = max(candidates, key=score, default=None)
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
    dataset: gdal.Dataset, raster: RasterFile, index: int, name: str, sensor: Sensor | None
) -> tuple[Band, StackRadiometry]:
    raster_band = dataset.GetRasterBand(index)
    kind = gdal.GetDataTypeName(raster_band.DataType)
    numpy_type(kind)
    radiometry = _radiometry(dataset, index, raster.source.path, name, sensor)
    declared = next((band for band in sensor.bands if band.name == name), None) if sensor is not None else None
    stated = _wavelength(raster_band)
    band = Band(
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
    return band, radiometry


def _radiometry(dataset: gdal.Dataset, index: int, path: str, name: str, sensor: Sensor | None) -> StackRadiometry:
    if sensor is not None and any(band.name == name for band in sensor.bands):
        return radiometry_of(dataset, index, path, sensor, name if sensor.id == LANDSAT else "")
    told = product_radiometry(dataset, index, path)
    if told is not None:
        return told
    band = dataset.GetRasterBand(index)
    stated = stated_relation(band, path)
    if stated is not None:
        return StackRadiometry(*stated[:2], band.GetNoDataValue(), None, stated[2])
    words = f"digital number / {_QUANTIFICATION:g}"
    return StackRadiometry(1 / _QUANTIFICATION, 0.0, band.GetNoDataValue(), None, words, assumed=True)


def _assumptions(title: str, read: list[tuple[Band, StackRadiometry]]) -> tuple[str, ...]:
    """Return a sentence for every relation of digital number and reflectance that nothing tells."""
    found: dict[str, list[str]] = {}
    for band, radiometry in read:
        if radiometry.assumed:
            found.setdefault(radiometry.source, []).append(band.name)
    whose = {words: "" if len(names) == len(read) else f" ({', '.join(names)})" for words, names in found.items()}
    return tuple(
        f"Nothing tells what the values of {title}{which} are; assumed: reflectance = {words}."
        for words, which in whose.items()
    )


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
