# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the bands of a virtual raster come from, as far as it takes their numbers as they are."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from osgeo import gdal

from .xml_tree import Element, parse_xml

_PLAIN = ("SimpleSource", "ComplexSource", "AveragedSource")
_ALL_SOURCES = (*_PLAIN, "KernelFilteredSource", "ArraySource", "NoDataFromMaskSource")
# What in a source makes other numbers of those in the file.
_CHANGES = ("ScaleRatio", "ScaleOffset", "Exponent", "LUT", "ColorTableComponent")


class BandSource(NamedTuple):
    """A band of a file: what GDAL opens, and the band's number from 1."""

    path: str
    number: int


def is_virtual(dataset: gdal.Dataset) -> bool:
    """Return whether a raster is a virtual one."""
    return str(dataset.GetDriver().ShortName) == "VRT"


def band_sources(dataset: gdal.Dataset, index: int, path: str) -> tuple[BandSource, ...] | None:
    """Return the files that a band of a virtual raster joins or warps.

    Args:
        dataset: the virtual raster.
        index: number of the band.
        path: of the virtual raster.

    Returns:
        Each file once; none where nothing tells them; None where the band computes with their numbers.
    """
    text = (dataset.GetMetadata("xml:VRT") or [""])[0]
    if not text:
        return ()
    root = parse_xml(text, path)
    if root.attribute("subClass") == "VRTWarpedDataset":
        return _warped(root, index, path)
    bands = [band for band in root.all("VRTRasterBand") if band.attribute("band") == str(index)]
    if len(bands) != 1:
        return ()
    band = bands[0]
    if band.attribute("subClass") not in ("", "VRTSourcedRasterBand"):
        return None
    sources = tuple(band.all(*_ALL_SOURCES))
    if any(source.name not in _PLAIN or next(source.all(*_CHANGES), None) is not None for source in sources):
        return None
    return tuple(dict.fromkeys(_source(source, path) for source in sources))


def _warped(root: Element, index: int, path: str) -> tuple[BandSource, ...]:
    file = next(root.all("SourceDataset"), None)
    mapping = (entry for entry in root.all("BandMapping") if entry.attribute("dst") == str(index))
    number = next((entry.attribute("src") for entry in mapping), str(index))
    return () if file is None else (BandSource(_placed(file, path), int(number)),)


def _source(source: Element, path: str) -> BandSource:
    file = next(source.all("SourceFilename", "SourceDataset"), None)
    number = source.value("SourceBand")
    # A number with words before it is that of a mask.
    return BandSource("" if file is None else _placed(file, path), int(number) if number.isdigit() else 1)


def _placed(file: Element, path: str) -> str:
    if file.attribute("relativeToVRT") != "1":
        return file.text
    return posixpath.join(posixpath.dirname(path.replace("\\", "/")), file.text)
