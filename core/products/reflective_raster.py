# SPDX-License-Identifier: GPL-2.0-or-later
"""Open the bands of any raster as reflectance: which band is which, and what its numbers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from osgeo import gdal

from ..errors import ProductError
from ..raster import RESULT_TAG
from ..scene import Band
from ..sensors import Sensor, sensor_by_id
from . import files
from .band_names import band_in, band_in_file_name
from .landsat_values import landsat_level
from .raster_files import RasterFile, RasterSource, survey
from .reflective import BANDPASS_TAG, ReflectiveBand, ReflectiveRaster, family_of, sensor_in
from .stack_radiometry import product_radiometry, radiometry_of
from .value_relation import is_declared

# What a list of names has for a band that is to stay as it is.
UNNAMED = "-"

_SATELLITE_TAGS = ("SATSHARP_INPUT_SATELLITE", RESULT_TAG)
_RELATION_ITEMS = ("BOA_QUANTIFICATION_VALUE", "QUANTIFICATION_VALUE", "BOA_ADD_OFFSET", "RADIO_ADD_OFFSET")


@dataclass(frozen=True)
class Hint:
    """What a raster tells of its sensor; empty where it tells nothing.

    Attributes:
        sensor: whose bandpasses its bands have, such as ``landsat8``.
        naming: by whose names they are called, such as ``sentinel2a`` for a raster that was adjusted to Landsat.
    """

    sensor: str = ""
    naming: str = ""


def open_raster_bands(
    source: RasterSource, sensor: str, names: tuple[str, ...] = (), naming: str = ""
) -> ReflectiveRaster:
    """Open the bands of any raster.

    Args:
        source: the raster.
        sensor: whose bandpasses its bands have, such as ``landsat8``.
        names: the sensor's name of each band in the raster's order, ``-`` for one to leave; empty to go by the bands'
            descriptions.
        naming: sensor that gives the names of bands and the meaning of their numbers; empty for ``sensor``.

    Raises:
        ProductError: it cannot be read, no band is named, or the names do not fit.
    """
    if ".safe/" in source.path.replace("\\", "/").lower():
        raise ProductError(
            f"{source.path} lies inside a SAFE product, whose metadata say what its values mean. Pass the .SAFE folder "
            "itself."
        )
    declared = sensor_by_id(family_of(naming or sensor))
    raster = survey(source)
    found = _listed(raster, names, declared) if names else _named(raster, declared)
    repeated = [name for name in found if name and found.count(name) > 1]
    if repeated:
        raise ProductError(
            f"{source.title} has several bands called {repeated[0]}. Name them apart, or list the names of its bands."
        )
    if not any(found):
        raise ProductError(
            f"{source.title} names no band of {declared.name}: it has {raster.listed}. Set its band descriptions, or "
            f"list the names of its bands in their order ({', '.join(band.name for band in declared.bands[:3])}, ...)."
        )
    dataset = files.open_raster(source.path)
    bands = tuple(_raster_band(dataset, raster, number, name, declared) for number, name in enumerate(found))
    tags = {key: str(value) for key, value in (dataset.GetMetadata() or {}).items()}
    values, told = next((words, told) for band, words, told in bands if band.band.name)
    return ReflectiveRaster(
        name=source.title,
        source=source.origin or source.path,
        sensor=sensor,
        level=tags.get("SATSHARP_LEVEL", "") or landsat_level(source.path),
        acquired=tags.get("SATSHARP_ACQUIRED", ""),
        bands=tuple(band for band, _, _ in bands),
        tags=tuple((key, value) for key, value in tags.items() if key.startswith("SATSHARP_")),
        notes=(*raster.notes, *_transparency(dataset, raster), *((f"Values: {values}.",) if told else ())),
        warnings=() if told else (f"Nothing tells what the values of {source.title} are; assumed: {values}.",),
    )


def hint_of(source: RasterSource) -> Hint:
    """Return the sensor that a raster's tags or its name tell.

    Raises:
        ProductError: it cannot be opened.
    """
    dataset = files.open_raster(source.path)
    adjusted = re.match(r"(\w+) -> (\w+)", dataset.GetMetadataItem(BANDPASS_TAG) or "")
    if adjusted:
        return Hint(adjusted[2], adjusted[1])
    texts = [dataset.GetMetadataItem(tag) or "" for tag in _SATELLITE_TAGS]
    texts += [source.title, source.path.replace("\\", "/").rpartition("/")[2]]
    found = next((sensor for sensor in map(sensor_in, texts) if sensor), "")
    return Hint(found, found)


def _listed(raster: RasterFile, names: tuple[str, ...], sensor: Sensor) -> list[str]:
    """Return the sensor's names that the user listed, one a band; empty for those to leave."""
    if len(names) != len(raster.bands):
        raise ProductError(
            f"{len(names)} names of bands are listed for {raster.source.title}, which has {raster.listed}. List one "
            f"name for each band, {UNNAMED} for those that are to stay as they are."
        )
    return ["" if name == UNNAMED else sensor.band(name).name for name in names]


def _named(raster: RasterFile, sensor: Sensor) -> list[str]:
    """Return the sensor's name of each band by its description, of a single band also by the file's name."""
    found = [band_in(band.name, sensor) or "" for band in raster.bands]
    if found == [""]:
        found = [band_in_file_name(raster.source.path, sensor) or band_in(raster.source.title, sensor) or ""]
    return found


def _raster_band(
    dataset: gdal.Dataset, raster: RasterFile, number: int, name: str, sensor: Sensor
) -> tuple[ReflectiveBand, str, bool]:
    """Return a band, what its values are, and whether the file tells that."""
    own, path = raster.bands[number], raster.source.path
    files.probe_last_block(dataset, own.index, raster.source.title)
    stored = dataset.GetRasterBand(own.index)
    band = Band(
        name=name,
        path=path,
        index=own.index,
        grid=raster.grid,
        dtype=gdal.GetDataTypeName(stored.DataType),
        nodata=stored.GetNoDataValue(),
        saturated=None,
        scale=1.0,
        offset=0.0,
    )
    declared = _declared(dataset, stored)
    if not name:
        return ReflectiveBand(band, own.name, declared), "", True
    told = product_radiometry(dataset, own.index, path, name)
    radiometry = told or radiometry_of(dataset, own.index, path, sensor)
    about = sensor.band(name)
    band = replace(
        band,
        nodata=radiometry.nodata,
        saturated=radiometry.saturated,
        valid_range=radiometry.valid_range,
        scale=radiometry.scale,
        offset=radiometry.offset,
        wavelength_nm=about.wavelength_nm,
        bandwidth_nm=about.bandwidth_nm,
    )
    if declared is not None or (told is not None and not told.assumed):
        declared = (radiometry.scale, radiometry.offset)
    return ReflectiveBand(band, own.name or name, declared), radiometry.source, not radiometry.assumed


def _transparency(dataset: gdal.Dataset, raster: RasterFile) -> tuple[str, ...]:
    """Return the sentence about a band of transparency, which is not taken over."""
    lost = dataset.RasterCount > len(raster.bands)
    return (f"The transparency of {raster.source.title} is left out; its nodata value is kept.",) if lost else ()


def _declared(dataset: gdal.Dataset, band: gdal.Band) -> tuple[float, float] | None:
    """Return scale and offset that a band declares, or None; numbers that stand in metadata are filled in later."""
    if is_declared(band):
        scale, offset = band.GetScale(), band.GetOffset()
        return 1.0 if scale is None else float(scale), 0.0 if offset is None else float(offset)
    items = (holder.GetMetadataItem(name) for holder in (band, dataset) for name in _RELATION_ITEMS)
    return (1.0, 0.0) if any(item is not None for item in items) else None
