# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the metadata and the band files of Landsat products lie, and the Level-1 product that belongs to a Level-2."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass

from ..errors import ProductError
from ..raster_origin import local_file
from ..sensors import Sensor, SensorBand
from . import files
from .identify import LANDSAT_MTL, survey
from .landsat_metadata import LandsatMetadata, read_metadata

_SUFFIXES = ("txt", "json", "xml")
# More entries than this beside a product are not searched for its Level-1 product.
_MOST_NEIGHBOURS = 500


@dataclass(frozen=True)
class LandsatProduct:
    """A product: its metadata, its folder, and the names of the files in it."""

    metadata: LandsatMetadata
    folder: str
    names: tuple[str, ...]

    def file(self, band: SensorBand) -> str | None:
        """Return the file of a band, or None; of the name in the metadata the case need not be kept."""
        stem = self.metadata.product
        wanted = [self.metadata.file_name(band.name), *(f"{stem}_{name}.TIF" for name in (band.name, *band.aliases))]
        present = {name.lower(): name for name in self.names}
        found = next((present[name.lower()] for name in wanted if name.lower() in present), None)
        return None if found is None else files.join(self.folder, found)

    def left_out(self, sensor: Sensor) -> tuple[str, ...]:
        """Return the sentences about bands that the product has and that are not read."""
        endings = {band: re.compile(rf"_{band}\.TIF$", re.IGNORECASE) for band, _ in sensor.left_out}
        found = (text for band, text in sensor.left_out if any(endings[band].search(name) for name in self.names))
        return tuple(dict.fromkeys(found))


def find_products(path: str) -> tuple[LandsatProduct, ...]:
    """Return the products of a folder, of an archive, or of an MTL or band file.

    Raises:
        ProductError: there are no metadata, or they are damaged.
    """
    path = path.replace("\\", "/")
    folder = path if files.is_folder(path) else posixpath.dirname(path)
    names = files.names(folder)
    if LANDSAT_MTL.search(path) or path.lower().endswith(".xml"):
        return (LandsatProduct(read_metadata(path), folder, names),)
    chosen = _metadata_files(names)
    if folder != path:
        # A band file: the product whose name it begins with.
        base = posixpath.basename(path)
        chosen = [name for name in chosen if base.startswith(LANDSAT_MTL.sub("", name))]
    if not chosen:
        raise ProductError(
            f"{path} has no metadata beside its bands (..._MTL.txt), so their values mean nothing. "
            "Download the complete product."
        )
    return tuple(LandsatProduct(read_metadata(files.join(folder, name)), folder, names) for name in chosen)


def find_level1(product: LandsatProduct) -> LandsatProduct | None:
    """Return the Level-1 product of the same acquisition that lies beside a Level-2 product, or None."""
    place = os.path.dirname(local_file(product.folder) or product.folder)
    if not os.path.isdir(place):
        return None
    found = (entry.path for path in _candidates(product.metadata, place) for entry in survey(files.locate(path)))
    others = (other for path in found for other in find_products(path))
    fitting = (other for other in others if not other.metadata.is_level2)
    return next((other for other in fitting if other.metadata.scene == product.metadata.scene), None)


def _metadata_files(names: tuple[str, ...]) -> list[str]:
    """Return one metadata file for each product, the text where there are several kinds."""
    stems: dict[str, list[str]] = {}
    for name in names:
        if LANDSAT_MTL.search(name):
            stems.setdefault(LANDSAT_MTL.sub("", name), []).append(name)
    return [min(kinds, key=lambda name: _SUFFIXES.index(name.lower().rpartition(".")[2])) for kinds in stems.values()]


def _candidates(metadata: LandsatMetadata, place: str) -> list[str]:
    """Return folders and archives in a place that hold Level-1 of an acquisition by their names or their files'."""
    path, row = metadata.wrs
    pattern = re.compile(rf"^L[A-Z]\d\d_L1[A-Z]{{2}}_{path:03d}{row:03d}_{metadata.date.replace('-', '')}_")
    names = sorted(os.listdir(place))
    # The very product that the Level-2 was made from comes first.
    names.sort(key=lambda name: not (metadata.source_product and name.startswith(metadata.source_product)))
    found = []
    for name in names[:_MOST_NEIGHBOURS]:
        entry = os.path.join(place, name)
        if os.path.isdir(entry):
            if any(pattern.match(child) and LANDSAT_MTL.search(child) for child in _listed(entry)):
                found.append(entry)
        elif pattern.match(name) and re.search(r"\.(zip|tar|tar\.gz|tgz)$", name, re.IGNORECASE):
            found.append(entry)
    return found


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
