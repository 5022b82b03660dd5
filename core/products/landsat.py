# SPDX-License-Identifier: GPL-2.0-or-later
"""Read Landsat 8/9 products of Collection 1 and 2: folders, metadata files, and .tar, .tar.gz and .zip archives.

Pixels without measurement are digital number 0 in every band. The fill bit of QA_PIXEL says the same for all bands at
once, so it is coarser: at the edge of a scene the footprints of the bands end some pixels apart, and a pixel that only
some bands have measured is fill there. Hence each band's own zeros are its mask, and QA_PIXEL is not needed.
"""

from __future__ import annotations

import re

from osgeo import gdal

from ..errors import GridError, ProductError
from ..scene import Band, Scene
from ..sensors import Sensor, SensorBand
from . import files
from .alignment import check_gsds
from .landsat_layout import LandsatProduct, find_level1, find_products
from .landsat_metadata import LandsatMetadata
from .nesting import nest

# Whatever may pose as a band file, only this driver opens it.
_DRIVERS = ("GTiff",)


def open_product(path: str, sensor: Sensor, source: str = "") -> Scene:
    """Open a product.

    Args:
        path: what :func:`..files.locate` returned for a product folder, an archive or a metadata file.
        sensor: sensor file.
        source: what the user gave.

    Returns:
        The scene: the panchromatic band on its own grid, all others on a grid nested in it, with the part of a pixel
        by which they are moved onto it. Bands whose files are missing are left out, with a note.

    Raises:
        ProductError: the product is damaged, of another sensor, or has no panchromatic or no other band.
        GridError: the grids of the bands do not fit each other.
    """
    return open_products((path,), sensor, source or path)


def open_products(paths: tuple[str, ...], sensor: Sensor, source: str) -> Scene:
    """Open a product, or a Level-2 product with the Level-1 product that its panchromatic band is taken from.

    Raises:
        ProductError: as :func:`open_product`; or the products are of different scenes, or more than such a pair.
        GridError: the grids of the bands do not fit each other.
    """
    products = tuple(product for path in paths for product in find_products(path))
    for product in products:
        check_sensor(product.metadata, sensor)
    main, level1 = pair_products(products, source)
    notes: list[str] = []
    if main.metadata.is_level2 and level1 is None:
        level1 = find_level1(main)
        if level1 is not None:
            notes.append(
                f"The panchromatic band is taken from {level1.metadata.product}, which lies beside the product."
            )
    chosen = _chosen(main, level1, sensor)
    notes += _notes(main, chosen, sensor)
    bands = tuple(open_band(sensor.band(name), product, sensor) for name, product in chosen.items())
    check_gsds(bands, sensor)
    nested = nest(bands, _panchromatic(sensor).name, main.metadata.product)
    return Scene(
        name=main.metadata.product,
        sensor=sensor.id,
        level=main.metadata.level,
        source=source,
        acquired=main.metadata.acquired,
        bands=nested,
        tags=_tags(main, level1, bands, nested),
        notes=tuple(dict.fromkeys(notes)),
    )


def check_sensor(metadata: LandsatMetadata, sensor: Sensor) -> None:
    """Refuse products of other instruments.

    Raises:
        ProductError: the product is of another instrument or level.
    """
    instrument = metadata.instrument.partition("_")[0].strip("+")
    if instrument.upper() not in re.findall(r"[A-Z]+", sensor.name.upper()):
        remedy = "Declare that sensor in a sensor file of its own (see resources/sensors/README.md)."
        if instrument in ("TM", "MSS"):
            remedy = "It has no panchromatic band, so there is nothing to sharpen its bands with."
        elif instrument == "TIRS":
            remedy = "It has thermal bands only; download the product of both instruments (LC08, LC09)."
        raise ProductError(
            f"{metadata.product} is of {metadata.satellite} {instrument}, not of {sensor.name}. {remedy}"
        )
    if metadata.level not in sensor.levels:
        raise ProductError(
            f"{metadata.product} is a {metadata.level} product; {sensor.name} is read at {', '.join(sensor.levels)}. "
            "Download it from the present collection."
        )


def pair_products(products: tuple[LandsatProduct, ...], source: str) -> tuple[LandsatProduct, LandsatProduct | None]:
    """Return the product to sharpen, and the Level-1 product that was given with a Level-2 product.

    Raises:
        ProductError: they are of different scenes, or more than such a pair.
    """
    level1 = [product for product in products if not product.metadata.is_level2]
    level2 = [product for product in products if product.metadata.is_level2]
    if len(products) == 1:
        return products[0], None
    if (len(level1), len(level2)) != (1, 1):
        shown = ", ".join(product.metadata.product for product in products[:5])
        raise ProductError(
            f"{source} holds {len(products)} products ({shown}). Pass one, or one Level-2 and its Level-1."
        )
    if level1[0].metadata.scene != level2[0].metadata.scene:
        raise ProductError(
            f"{level1[0].metadata.product} and {level2[0].metadata.product} are of different scenes. Pass the Level-1 "
            "product of the same satellite, path, row and day."
        )
    return level2[0], level1[0]


def _panchromatic(sensor: Sensor) -> SensorBand:
    return min(sensor.bands, key=lambda band: band.gsd)


def _chosen(main: LandsatProduct, level1: LandsatProduct | None, sensor: Sensor) -> dict[str, LandsatProduct]:
    """Return the product that each band is taken from, in the sensor file's order, but for bands without a file.

    Of Level-1, only bands are taken that Level-2 never has, so that a missing file does not change a band's meaning.

    Raises:
        ProductError: the panchromatic band or all others are missing.
    """
    chosen = {}
    for band in sensor.bands:
        if main.file(band):
            chosen[band.name] = main
        elif level1 is not None and not main.metadata.file_name(band.name) and level1.file(band):
            chosen[band.name] = level1
    finest, name = _panchromatic(sensor), main.metadata.product
    if finest.name not in chosen:
        if main.metadata.is_level2 and level1 is None:
            origin = main.metadata.source_product or "of the same path, row and day"
            raise ProductError(
                f"{name} has no panchromatic band, as no Level-2 product does. Download the Level-1 product {origin} "
                "and put it beside this one, or pass both separated by a semicolon."
            )
        lacking = (level1 or main).metadata.product
        raise ProductError(f"{lacking} lacks the file of {finest.name}, the panchromatic band. Download it again.")
    if all(sensor.band(band).gsd == finest.gsd for band in chosen):
        raise ProductError(f"{name} lacks the files of all bands but {finest.name}. Download the complete product.")
    return chosen


def _notes(main: LandsatProduct, chosen: dict[str, LandsatProduct], sensor: Sensor) -> list[str]:
    notes = []
    borrowed = [name for name, product in chosen.items() if product is not main]
    if borrowed:
        notes.append(
            f"Reflectance of {' and '.join(borrowed)} is that at the top of the atmosphere, from the Level-1 product; "
            "of the other bands it is that of the surface."
        )
    missing = [band.name for band in sensor.bands if band.name not in chosen]
    if missing:
        notes.append(f"{main.metadata.product} lacks {', '.join(missing)}: models that need them cannot be run.")
    return [*notes, *main.left_out(sensor)]


def open_band(declared: SensorBand, product: LandsatProduct, sensor: Sensor) -> Band:
    """Open a band whose file the product has, on the file's own grid.

    Raises:
        ProductError: it is damaged.
        GridError: it has no georeference.
    """
    path = product.file(declared) or ""
    dataset = files.open_raster(path, _DRIVERS)
    files.probe_last_block(dataset, 1, path)
    grid = files.grid_of(dataset)
    if grid is None or not grid.crs:
        raise GridError(f"{path} has no georeference. Download the product again.")
    scale, offset = product.metadata.reflectance(declared.name)
    return Band(
        name=declared.name,
        path=path,
        index=1,
        grid=grid,
        dtype=gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType),
        nodata=sensor.nodata,
        saturated=sensor.saturated,
        scale=scale,
        offset=offset,
        wavelength_nm=declared.wavelength_nm,
        bandwidth_nm=declared.bandwidth_nm,
    )


def _tags(
    main: LandsatProduct, level1: LandsatProduct | None, bands: tuple[Band, ...], nested: tuple[Band, ...]
) -> tuple[tuple[str, str], ...]:
    metadata = main.metadata
    if metadata.is_level2:
        reflectance = "surface reflectance"
    else:
        reflectance = (
            f"top of atmosphere, divided by the sine of the sun's elevation ({metadata.sun_elevation:.4f} degrees)"
        )
    moves = sorted({band.shift for band in nested if band.shift != (0.0, 0.0)})
    moved = "; ".join(f"{rows:g} rows and {cols:g} columns" for rows, cols in moves)
    finest, before = (min(group, key=lambda band: band.gsd).grid for group in (nested, bands))
    cut = f"cut to the common extent, {finest.width} x {finest.height} pixels" if finest != before else ""
    tags = [
        ("satellite", metadata.satellite),
        ("collection", metadata.collection),
        ("reflectance", reflectance),
        ("level1", level1.metadata.product if level1 else ""),
        ("moved", f"coarse bands by {moved}" if moved else ""),
        ("extent", cut),
    ]
    return tuple((key, value) for key, value in tags if value)
