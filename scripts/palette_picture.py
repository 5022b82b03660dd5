# SPDX-License-Identifier: GPL-2.0-or-later
"""Small pictures of windows: PNG files with a palette."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal

# Colours of a picture that are chosen for all of it, and those that are its most frequent ones.
COLOURS, EXACT = 64, 48


def write_palette(source: Path, path: Path) -> None:
    """Write a picture with the colours that suit it best; not dithered, which would make it large.

    Args:
        source: the picture as GDAL opens it, in red, green and blue.
        path: of the PNG file.
    """
    path.unlink(missing_ok=True)
    picture = gdal.Open(str(source))
    table = gdal.ColorTable()
    gdal.ComputeMedianCutPCT(*(picture.GetRasterBand(number) for number in (1, 2, 3)), COLOURS, table)
    pixels = picture.ReadAsArray()[:3].reshape(3, -1).T
    packed, places, counts = np.unique(pixels @ np.array([65536, 256, 1]), return_inverse=True, return_counts=True)
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1)
    # The colours of widgets are many pixels each, and stay as they are.
    chosen = [table.GetColorEntry(number)[:3] for number in range(table.GetCount())]
    chosen += [tuple(colours[number]) for number in np.argsort(counts)[: -1 - EXACT : -1]]
    palette = np.array(chosen, np.int32)
    nearest = [((part[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1) for part in np.array_split(colours, 64)]
    for number, entry in enumerate(chosen):
        table.SetColorEntry(number, (*(int(value) for value in entry), 255))
    indices = np.concatenate(nearest)[places].reshape(picture.RasterYSize, picture.RasterXSize)
    target = gdal.GetDriverByName("MEM").Create("", picture.RasterXSize, picture.RasterYSize)
    target.GetRasterBand(1).SetColorTable(table)
    target.GetRasterBand(1).WriteArray(indices.astype(np.uint8))
    gdal.GetDriverByName("PNG").CreateCopy(str(path), target, options=["ZLEVEL=9"])
    path.with_name(f"{path.name}.aux.xml").unlink(missing_ok=True)
