# SPDX-License-Identifier: GPL-2.0-or-later
"""Open bands of reflectance on one grid: those of a Sentinel-2 or Landsat 8/9 product, or of any raster."""

from __future__ import annotations

import re
from dataclasses import dataclass

from osgeo import gdal

from ..errors import GridError, ProductError
from ..scene import Band
from ..sensors import sensor_by_id
from . import files, sentinel2, stack
from .angles_landsat import check_landsat, sensor_of
from .identify import Found, survey
from .landsat_layout import LandsatProduct, find_products

BANDPASS_TAG, BRDF_TAG = "SATSHARP_BANDPASS", "SATSHARP_BRDF"
_PRODUCT = re.compile(r"\.(zip|tar|tar\.gz|tgz|xml|txt|json|safe)$", re.IGNORECASE)
_SATELLITES = (
    (re.compile(r"(?<![0-9A-Za-z])S(?:entinel-?)?2([ABC])(?![0-9A-Za-z])", re.IGNORECASE), "sentinel2"),
    (re.compile(r"(?<![0-9A-Za-z])L(?:C0|O0|andsat[ _]?)([89])(?![0-9])", re.IGNORECASE), "landsat"),
)


@dataclass(frozen=True)
class ReflectiveBand:
    """A band to work on.

    Attributes:
        band: what is read; its name is the sensor's, or empty where it is none of the sensor's.
        title: what the file calls it.
        declared: scale and offset that the file declares, or None.
    """

    band: Band
    title: str
    declared: tuple[float, float] | None


@dataclass(frozen=True)
class ReflectiveRaster:
    """Bands on one grid.

    Attributes:
        name: for logs and tags.
        source: what the user gave.
        sensor: such as ``sentinel2a``; empty where it is not known.
        level: such as ``L2A``; empty where it is not known.
        acquired: ISO 8601 time; empty where it is not known.
        bands: the bands.
        tags: provenance that the file has already.
        notes: sentences for the log.
        warnings: sentences that the user should see.
    """

    name: str
    source: str
    sensor: str
    level: str
    acquired: str
    bands: tuple[ReflectiveBand, ...]
    tags: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def is_product(source: str) -> bool:
    """Return whether a source is a product (folder, archive or metadata, or a list of them) rather than a raster."""
    path = source.strip().strip('"')
    if stack.is_list(path):
        return True
    if path.startswith("/vsi"):
        return files.is_folder(path)
    return bool(_PRODUCT.search(path)) or files.is_folder(path)


def sensor_in(text: str) -> str:
    """Return the sensor that a name tells, such as ``landsat8`` of ``LC08_L2SP_...``; empty where it tells none."""
    for pattern, family in _SATELLITES:
        found = pattern.search(text.replace("_", " "))
        if found:
            return f"{family}{found[1].lower()}"
    return ""


def open_product_bands(source: str, gsd: float = 0.0) -> ReflectiveRaster:
    """Open the bands of a product that have one GSD.

    Args:
        source: folder, archive or metadata file of a Sentinel-2 or Landsat 8/9 product.
        gsd: in metres; 0 for the finest of Sentinel-2 and for the 30 m of Landsat.

    Raises:
        ProductError: it is no such product, is damaged, of Collection 1, or has no bands of that GSD.
        GridError: the grids of its bands do not fit each other.
    """
    parts = stack.parts_of(source) if stack.is_list(source) else (source,)
    found = [product for part in parts for product in survey(files.locate(part))]
    families = {product.family for product in found}
    if families == {"landsat"}:
        return _landsat(found, source, gsd)
    if families == {"sentinel2"} and len(found) == 1:
        return _sentinel2(found[0], source, gsd)
    what = f"holds {', '.join(product.title for product in found)}" if found else "is no product that is known"
    raise ProductError(
        f"{source} {what}. Pass one Sentinel-2 or Landsat 8/9 product, or a raster whose bands are named."
    )


def family_of(sensor: str) -> str:
    """Return the id of the sensor file, such as ``sentinel2`` for ``sentinel2a``."""
    return "landsat" if sensor.startswith("landsat") else "sentinel2"


def _sentinel2(found: Found, source: str, gsd: float) -> ReflectiveRaster:
    scene = sentinel2.open_product(found.path, sensor_by_id("sentinel2"), source)
    tags = dict(scene.tags)
    sensor = sensor_in(f"{tags.get('satellite', '')} {tags.get('granule', '')} {scene.name}")
    return ReflectiveRaster(
        name=scene.name,
        source=source,
        sensor=sensor,
        level=scene.level,
        acquired=scene.acquired,
        bands=_of_gsd(scene.bands, gsd or scene.finest.gsd, scene.name),
        tags=tuple((f"SATSHARP_INPUT_{key.upper()}", value) for key, value in scene.tags),
    )


def _landsat(found: list[Found], source: str, gsd: float) -> ReflectiveRaster:
    products = [product for entry in found for product in find_products(entry.path)]
    for product in products:
        check_landsat(product.metadata)
    if len({product.metadata.scene for product in products}) > 1:
        raise ProductError(f"{source} holds products of different scenes. Pass one of them.")
    main = max(products, key=lambda product: product.metadata.is_level2)
    metadata = main.metadata
    return ReflectiveRaster(
        name=metadata.product,
        source=source,
        sensor=sensor_of(metadata),
        level=metadata.level,
        acquired=metadata.acquired,
        bands=_of_gsd(_landsat_bands(main), gsd or 30.0, metadata.product),
        tags=(("SATSHARP_INPUT_SATELLITE", metadata.satellite), ("SATSHARP_INPUT_COLLECTION", metadata.collection)),
    )


def _landsat_bands(product: LandsatProduct) -> tuple[Band, ...]:
    """Return the bands whose files are there; Level-2 products have no panchromatic band, which is not needed here."""
    sensor, bands = sensor_by_id("landsat"), []
    for declared in sensor.bands:
        path = product.file(declared)
        if path is None:
            continue
        dataset = files.open_raster(path, ("GTiff",))
        files.probe_last_block(dataset, 1, path)
        grid = files.grid_of(dataset)
        if grid is None or not grid.crs:
            raise GridError(f"{path} has no georeference. Download the product again.")
        dtype = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
        relation = product.metadata.reflectance(declared.name)
        about = (declared.wavelength_nm, declared.bandwidth_nm)
        bands.append(Band(declared.name, path, 1, grid, dtype, sensor.nodata, sensor.saturated, *relation, *about))
    return tuple(bands)


def _of_gsd(bands: tuple[Band, ...], gsd: float, name: str) -> tuple[ReflectiveBand, ...]:
    chosen = [band for band in bands if abs(band.gsd / gsd - 1) < 0.02]
    if not chosen:
        present = ", ".join(f"{value:g}" for value in sorted({band.gsd for band in bands}))
        raise ProductError(f"{name} has no bands of {gsd:g} m. Choose one of {present or 'another product'} m.")
    if any(band.grid != chosen[0].grid for band in chosen):
        raise GridError(f"{name} has bands of {gsd:g} m on different grids. Download the product again.")
    return tuple(ReflectiveBand(band, band.name, (band.scale, band.offset)) for band in chosen)
