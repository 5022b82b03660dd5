# SPDX-License-Identifier: GPL-2.0-or-later
"""From what the user points at (a path, a band file inside a product, a loaded layer) to the product it belongs to."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.core import QgsRasterLayer

    from ..core.products.raster_files import RasterSource

_ARCHIVE = re.compile(r"(\.SAFE)?(\.zip|\.tar|\.tar\.gz|\.tgz)$|\.SAFE$|\.(tiff?|jp2|hdf|h5|nc|vrt)$", re.IGNORECASE)
# GDAL's names of parts of a product: DRIVER:"path":part or DRIVER:path:part.
_PART = re.compile(
    r'^(?:SENTINEL2_L[12][ABC](?:_TILE)?|HDF4_EOS|HDF5|HDF4_SDS|NETCDF)(?::\w+)?:"?(.+?)"?(?::.*|//.*)?$'
)
_SAFE = re.compile(r"^(.*?\.SAFE)(?:[\\/].*)?$", re.IGNORECASE)
_INSIDE = re.compile(r"^/vsi(?:zip|tar)/\{?(.*?\.(?:zip|tar|tar\.gz|tgz))\}?(?:/.*)?$", re.IGNORECASE)
# What QGIS appends to the path that GDAL opens.
_APPENDIX = re.compile(r"\|(option|credential):.*$", re.DOTALL)
_LANDSAT_BAND = re.compile(r"^(L[COTEM]0\d_L\d\w{2}_\d{6}_\d{8}_\d{8}_\d\d_\w\d)_", re.IGNORECASE)


@dataclass(frozen=True)
class Given:
    """What the user gave, as plain values.

    Attributes:
        source: path or address; empty for a layer that is no file.
        title: name of the layer; empty for a file.
        layer: id of the loaded layer; empty for a file.
        crs: WKT of the layer; empty for the file's own.
        band_names: of the layer.
    """

    source: str
    title: str = ""
    layer: str = ""
    crs: str = ""
    band_names: tuple[str, ...] = ()

    def raster_source(self) -> RasterSource:
        """Return it as a raster of no sensor."""
        from ..core.products.raster_files import RasterSource

        title = self.title or archive_stem(os.path.basename(self.source.rstrip("/\\")))
        return RasterSource(self.source, title, self.crs, self.band_names)


def given_path(path: str) -> Given:
    """Return a path or address as it was typed or dropped."""
    return Given(path.strip().strip('"'))


def given_layer(layer: QgsRasterLayer) -> Given:
    """Return a loaded layer as plain values; to be called on its thread."""
    crs = layer.crs().toWkt() if layer.crs().isValid() else ""
    if layer.providerType() != "gdal":
        return Given("", layer.name(), layer.id(), crs)
    names = tuple(layer.bandName(number) for number in range(1, layer.bandCount() + 1))
    return Given(_APPENDIX.sub("", layer.source()), layer.name(), layer.id(), crs, names)


def product_source(given: Given) -> tuple[str, ...]:
    """Return the sources to try as products: what holds a part that was given, or each product of a folder.

    Raises:
        ProductError: nothing is there, or it may not be read.
    """
    from ..core.products import JOINING_READERS, files, identify

    whole = whole_product(given.source)
    found = identify.survey(files.locate(whole))
    families = {product.family for product in found}
    if len(found) > 1 and not families & {*JOINING_READERS}:
        return tuple(product.path for product in found)
    return (whole,)


def whole_product(source: str) -> str:
    """Return the folder or archive of the product that a band file or a part of GDAL belongs to; else the source."""
    part = _PART.match(source)
    path = part.group(1) if part else source
    for pattern in (_INSIDE, _SAFE):
        match = pattern.match(path)
        if match and os.path.exists(match.group(1)):
            return match.group(1)
    band = _LANDSAT_BAND.match(os.path.basename(path))
    folder = os.path.dirname(path)
    if band and any(
        os.path.exists(os.path.join(folder, f"{band.group(1)}_MTL.{end}")) for end in ("txt", "json", "xml")
    ):
        return folder
    return path if part and os.path.exists(path) else source


def archive_stem(name: str) -> str:
    """Return a file name without the suffixes of products and archives."""
    return _ARCHIVE.sub("", name)
