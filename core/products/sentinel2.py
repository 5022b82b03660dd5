# SPDX-License-Identifier: GPL-2.0-or-later
"""Read Sentinel-2 L1C and L2A products: SAFE folders and archives of every processing baseline."""

from __future__ import annotations

from dataclasses import replace

from osgeo import gdal

from ..errors import ProductError
from ..grid import Grid
from ..scene import Band, ListedFile, Scene
from ..sensors import Sensor, SensorBand
from . import files
from .alignment import check_alignment, check_gsds, same_crs, spatial_reference
from .sentinel2_layout import Images, Layout, find_images, find_layout, listed_images
from .sentinel2_manifest import listed_files
from .sentinel2_metadata import (
    GranuleMetadata,
    ProductMetadata,
    parse_granule,
    parse_product,
    product_of_granule,
)
from .xml_tree import read_xml

# Whatever may pose as a band file, only JPEG 2000 drivers open it.
_DRIVERS = ("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000")


def open_product(path: str, sensor: Sensor, source: str = "") -> Scene:
    """Open a product.

    Args:
        path: what :func:`..files.locate` returned for a product folder, archive or metadata file.
        sensor: sensor file.
        source: what the user gave.

    Returns:
        The scene with all the sensor's bands on their native grids.

    Raises:
        ProductError: the product is damaged, incomplete or of another kind.
        GridError: the grids of the band groups do not fit each other.
    """
    layout = find_layout(path)
    granule = parse_granule(read_xml(layout.granule_xml), layout.granule_xml)
    product = _product_metadata(layout, granule, sensor)
    if product.level not in sensor.levels:
        raise ProductError(
            f"{product.name} is a {product.level} product; {sensor.name} is read at {', '.join(sensor.levels)}."
        )
    paths = band_paths(layout, product, granule, sensor)
    bands = tuple(_band(declared, paths[declared.name], product, granule, sensor) for declared in sensor.bands)
    check_alignment(bands, product.name)
    check_gsds(bands, sensor)
    listed, notes = _listed(layout, paths)
    return Scene(
        name=product.name,
        sensor=sensor.id,
        level=product.level,
        source=source or path,
        acquired=product.acquired or granule.acquired,
        bands=bands,
        tags=_tags(product, granule, bands),
        notes=notes,
        listed_files=listed,
    )


def _listed(layout: Layout, paths: dict[str, str]) -> tuple[tuple[ListedFile, ...], tuple[str, ...]]:
    """Return what the product lists of its images; where the list is damaged nothing, and a note."""
    try:
        return listed_files(layout.product_xml, paths.values()), ()
    except ProductError as error:
        return (), (f"{error} Its images were not compared with that list.",)


def band_paths(layout: Layout, product: ProductMetadata, granule: GranuleMetadata, sensor: Sensor) -> dict[str, str]:
    """Return the native JP2 file of every band of the sensor.

    Raises:
        ProductError: files are missing, or belong to another processing level than the metadata.
    """
    images = find_images(layout)
    _check_level(layout, product, granule, images)
    # What the metadata list wins over what merely lies in the folder.
    images.update(listed_images(layout, product.images))
    found = {band.name: images.get(_key(product.level, band)) for band in sensor.bands}
    missing = [f"{band.name} ({band.gsd:g} m)" for band in sensor.bands if found[band.name] is None]
    if missing:
        raise ProductError(
            f"{product.name} lacks the files of {len(missing)} bands: {', '.join(missing)}, in {layout.granule}. "
            "Download the complete product."
        )
    return {name: path for name, path in found.items() if path is not None}


def _product_metadata(layout: Layout, granule: GranuleMetadata, sensor: Sensor) -> ProductMetadata:
    if layout.product_xml:
        product = parse_product(read_xml(layout.product_xml), layout.product_xml)
        return product if product.name else replace(product, name=granule.identifier)
    return product_of_granule(granule, sensor.quantification)


def _key(level: str, band: SensorBand) -> tuple[str, float | None]:
    # L2A keeps every band at several GSDs in folders R10m, R20m, R60m; L1C has one file a band.
    return band.name, band.gsd if level == "L2A" else None


def _check_level(layout: Layout, product: ProductMetadata, granule: GranuleMetadata, images: Images) -> None:
    if granule.level != product.level:
        raise ProductError(
            f"{layout.product_xml} is of {product.level} and {layout.granule_xml} of {granule.level}: two products are "
            "mixed. Download the product again."
        )
    stated = [gsd for _, gsd in images]
    if images and product.level == "L2A" and not any(stated):
        looks = "L1C"
    elif images and product.level == "L1C" and all(stated):
        looks = "L2A"
    else:
        return
    raise ProductError(
        f"The metadata of {product.name} say {product.level}, but the images in {layout.granule} are laid out as "
        f"{looks}: two products are mixed. Download the product again."
    )


def _band(declared: SensorBand, path: str, product: ProductMetadata, granule: GranuleMetadata, sensor: Sensor) -> Band:
    dataset = files.open_raster(path, _DRIVERS)
    files.probe_last_block(dataset, 1, path)
    if product.offsets and declared.name not in product.offsets:
        raise ProductError(f"The metadata of {product.name} give no offset for {declared.name}. Download it again.")
    return Band(
        name=declared.name,
        path=path,
        index=1,
        grid=_grid(dataset, declared, granule, path),
        dtype=gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType),
        nodata=sensor.nodata if product.nodata is None else product.nodata,
        saturated=sensor.saturated if product.saturated is None else product.saturated,
        scale=1.0 / product.quantification,
        offset=product.offsets.get(declared.name, 0.0) / product.quantification,
        wavelength_nm=product.wavelengths.get(declared.name, declared.wavelength_nm),
        bandwidth_nm=declared.bandwidth_nm,
    )


def _grid(dataset: gdal.Dataset, declared: SensorBand, granule: GranuleMetadata, path: str) -> Grid:
    """Return the raster's own grid; what it lacks comes from the granule metadata."""
    own = files.grid_of(dataset)
    if own is not None and own.crs:
        return own
    reference = spatial_reference(granule.crs)
    if reference is None or (own is None and declared.gsd not in granule.geocoding):
        raise ProductError(f"{path} has no georeference, nor has its granule metadata. Download the complete product.")
    crs = str(reference.ExportToWkt())
    if own is not None:
        return Grid(crs, own.transform, own.width, own.height)
    transform, cols, rows = granule.geocoding[declared.gsd]
    width, height = dataset.RasterXSize, dataset.RasterYSize
    if (width, height) != (cols, rows):
        raise ProductError(
            f"{path} has {width} x {height} pixels, its granule metadata say {cols} x {rows}. Download it again."
        )
    return Grid(crs, transform, width, height)


def _tags(product: ProductMetadata, granule: GranuleMetadata, bands: tuple[Band, ...]) -> tuple[tuple[str, str], ...]:
    offsets = [product.offsets.get(band.name, 0.0) for band in bands]
    if len(set(offsets)) == 1:
        offset = f"{offsets[0]:g}"
    else:
        offset = ", ".join(f"{band.name}: {value:g}" for band, value in zip(bands, offsets))
    tags = [
        ("baseline", product.baseline),
        ("satellite", product.satellite),
        ("granule", granule.identifier),
        ("quantification", f"{product.quantification:g}"),
        ("add_offset", offset),
    ]
    if not _agrees(bands, granule):
        tags.append(("georeference", "of the images; the granule metadata differ"))
    return tuple((key, value) for key, value in tags if value)


def _agrees(bands: tuple[Band, ...], granule: GranuleMetadata) -> bool:
    wanted = spatial_reference(granule.crs)
    if wanted is None:
        return True
    crs = str(wanted.ExportToWkt())
    for band in bands:
        stated = granule.geocoding.get(round(band.gsd))
        if stated is None or stated[0] != band.grid.transform or not same_crs(crs, band.grid.crs):
            return False
    return True
