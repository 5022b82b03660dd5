# SPDX-License-Identifier: GPL-2.0-or-later
"""Open one date for a model of several: a product, or a raster, as a scene with just the bands of the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from osgeo import gdal

from ..cards import Card
from ..errors import CardError, ProductError, SensorError
from ..scene import Band, Scene
from ..sensors import Sensor, SensorBand
from . import files, identify, open_scene, stack
from .raster_files import RasterSource
from .raster_match import general_sensor
from .raster_scene import open_rasters
from .sentinel2_layout import Layout, find_layout
from .true_colour import WHITE, as_true_colour, true_colour_file

COLOURS = ("red", "green", "blue")
# Digital numbers of Level-1C and Level-2A a unit of reflectance, which cards for 8-bit images divide.
NOMINAL = 10000.0
# Cirrus, which Level-1C only has and nothing sharpens; so the sensor file leaves it out.
CIRRUS = SensorBand("B10", 60.0, 1373.5, 31.0, 0.3)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]?(0[1-9]|1[0-2])[-_]?([0-2]\d|3[01])(?:T([0-2]\d)([0-5]\d)([0-5]\d))?")
_CLASSES = re.compile(r"(?:^|[_/])SCL(?:_20m)?\.jp2$", re.IGNORECASE)


@dataclass(frozen=True)
class Dated:
    """One date.

    Attributes:
        scene: with the bands of the model only.
        sensor: describes these bands.
        classes: Sentinel-2's scene classification, or None.
        white: what is brighter, in the scene's unit, is cloud or snow.
        mapping: which band is which, and what its values are, as sentences.
        warnings: what the user should hear.
    """

    scene: Scene
    sensor: Sensor
    classes: Band | None
    white: float
    mapping: tuple[str, ...]
    warnings: tuple[str, ...]


def open_date(source: RasterSource, card: Card, sensors: Mapping[str, Sensor], cloud_white: float) -> Dated:
    """Open a date.

    Args:
        source: a product (folder, metadata file, archive), or a raster.
        card: the model.
        sensors: known sensors by id.
        cloud_white: reflectance above which there are clouds or snow.

    Raises:
        CardError: the model needs other bands.
        ProductError: it cannot be read.
        GridError: its grids do not fit each other.
    """
    product = None if stack.is_list(source.path) else _product_in(source.path)
    sensor = sensors.get(card.sensor)
    if product is not None:
        own = next((known for known in sensors.values() if known.family == product.family), None)
        if own is None:
            raise ProductError(f"{source.title} is {product.title}, of which no bands are read. Pass rasters of it.")
        return _of_product(source, product, card, own, cloud_white)
    if len({tensor.gsd for tensor in card.inputs}) > 1 and sensor is not None:
        return _of_scene(open_scene(source.path, sensor), card, sensor, cloud_white)
    return _of_raster(source, card, sensors, cloud_white)


def single_date(card: Card) -> Card:
    """Return a card with one date of each input."""
    return replace(card, inputs=tuple(replace(tensor, dates=1) for tensor in card.inputs))


def acquired_of(*texts: str) -> str:
    """Return the first date that names tell, ISO 8601; empty where none does."""
    for text in texts:
        found = _DATE.search(text)
        if found is not None:
            year, month, day, hour, minute, second = found.groups()
            return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}Z" if hour else "")
    return ""


def is_picture(card: Card) -> bool:
    """Return whether a card takes true colour of 8 bit: it gives the relation of digital numbers band by band."""
    return any(_own_range(card, name) is not None for name in COLOURS if name in card.input_bands)


def _product_in(path: str) -> identify.Found | None:
    found = identify.survey(files.locate(path))
    if len({product.path for product in found}) > 1:
        raise ProductError(f"{path} holds {len(found)} products. Pass each of them as a date.")
    return found[0] if found else None


def _of_product(source: RasterSource, product: identify.Found, card: Card, sensor: Sensor, cloud_white: float) -> Dated:
    cirrus = CIRRUS.name in card.input_bands and sensor.id == "sentinel2"
    opened = replace(sensor, bands=(*sensor.bands, CIRRUS)) if cirrus else sensor
    dated = _of_scene(open_scene(source.path, opened), card, sensor, cloud_white)
    if product.family != "sentinel2":
        return dated
    layout = find_layout(product.path)
    classes = _classes(layout)
    path = true_colour_file(layout) if is_picture(card) else ""
    if not path:
        return replace(dated, classes=classes)
    scene = replace(dated.scene, bands=_with_file(dated.scene.bands, path))
    mapping = (*dated.mapping, f"{scene.name}: red, green and blue are those of its true-colour image.")
    return replace(dated, scene=scene, classes=classes, mapping=mapping)


def _of_scene(scene: Scene, card: Card, sensor: Sensor, cloud_white: float) -> Dated:
    """Take the bands of a model from a product's scene."""
    bands = tuple(_band_for(scene, name, card, sensor) for name in dict.fromkeys(card.input_bands))
    picture, warnings = is_picture(card), []
    if card.levels and scene.level and scene.level not in card.levels:
        # Without the name of the date: the same sentence of several dates is said once.
        warnings.append(
            f"{card.id} was trained on {', '.join(card.levels)}, and dates are {scene.level}: colours and details may "
            "come out wrong."
        )
    made = replace(scene, bands=bands, notes=())
    described = sensor if set(card.target_bands) <= {band.name for band in sensor.bands} else general_sensor(card)
    white = _white(card, cloud_white) if picture else cloud_white
    return Dated(made, described, None, white, scene.notes, tuple(warnings))


def _of_raster(source: RasterSource, card: Card, sensors: Mapping[str, Sensor], cloud_white: float) -> Dated:
    found, _ = open_rasters(source, None, (single_date(card),), card.id, sensors)
    scene = replace(found.scene, acquired=acquired_of(source.title, source.path))
    picture = is_picture(card)
    if picture:
        # True colour is 0 where nothing was measured, and most files do not say so.
        bands = tuple(
            replace(band, nodata=0.0) if band.nodata is None and band.dtype == "Byte" else band for band in scene.bands
        )
        scene = replace(scene, bands=bands)
    white = _white(card, cloud_white) if picture else cloud_white
    return Dated(scene, found.sensor, None, white, found.mapping, found.warnings)


def _band_for(scene: Scene, name: str, card: Card, sensor: Sensor) -> Band:
    """Return a band of a product as a model takes it."""
    try:
        own = name if scene.has((name,)) else sensor.band(name).name
    except SensorError:
        own = name
    if not scene.has((own,)):
        present = ", ".join(band.name for band in scene.bands)
        raise CardError(f"{card.id} needs {name}, which {scene.name} lacks: it has {present}. Choose another model.")
    band = replace(scene.band(own), name=name)
    entry = _own_range(card, name)
    if entry is None:
        return band
    gain, bias = entry
    if name in COLOURS:
        return replace(
            band, path=as_true_colour(band), index=1, dtype="Byte", nodata=0.0, saturated=None,
            scale=gain / card.value_scale, offset=(bias - card.value_offset) / card.value_scale,
        )  # fmt: skip
    # The card divides nominal digital numbers; newer products have 1000 added, which the offset of the band undoes.
    factor = NOMINAL * gain / card.value_scale
    offset = band.offset * factor + (bias - card.value_offset) / card.value_scale
    return replace(band, scale=band.scale * factor, offset=offset)


def _own_range(card: Card, name: str) -> tuple[float, float] | None:
    """Return (scale, offset) from digital numbers to network values, where a card gives them for a band by name."""
    ranges = card.document.get("value_range", {}).get("digital_number")
    entry = ranges.get(name) if isinstance(ranges, dict) else None
    if not isinstance(entry, dict):
        return None
    try:
        return float(entry["scale"]), float(entry["offset"])
    except (KeyError, TypeError, ValueError) as error:
        raise CardError(f"value_range.digital_number of {card.id} must give scale and offset of {name}.") from error


def _white(card: Card, cloud_white: float) -> float:
    """Return the brightness of clouds in the unit of a scene of true colour."""
    entry = next((found for found in (_own_range(card, name) for name in COLOURS) if found is not None), (1.0, 0.0))
    number = 1 + (255 - 1) * cloud_white / WHITE
    return (number * entry[0] + entry[1] - card.value_offset) / card.value_scale


def _with_file(bands: tuple[Band, ...], path: str) -> tuple[Band, ...]:
    """Return bands whose colours come from a true-colour file."""
    dataset = files.open_raster(path)
    files.probe_last_block(dataset, 1, path)
    grid = files.grid_of(dataset)
    made = []
    for band in bands:
        if band.name in COLOURS:
            # The file has the size of the band that it was made from, and may lack its georeference.
            placed = grid if grid is not None and grid.crs else band.grid
            if (dataset.RasterXSize, dataset.RasterYSize) != (placed.width, placed.height) or dataset.RasterCount < 3:
                raise ProductError(f"{path} is no true-colour image of its product. Download the product again.")
            band = replace(band, path=path, index=COLOURS.index(band.name) + 1, grid=placed)
        made.append(band)
    return tuple(made)


def _classes(layout: Layout) -> Band | None:
    """Return the scene classification of a Level-2A product at 20 m."""
    folder = files.join(layout.granule, "IMG_DATA")
    path = next((files.join(folder, name) for name in files.names_below(folder) if _CLASSES.search(name)), "")
    if not path:
        return None
    dataset = files.open_raster(path)
    grid = files.grid_of(dataset)
    if grid is None:
        return None
    dtype = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    return Band("SCL", path, 1, grid, dtype, None, None, 1.0, 0.0)
