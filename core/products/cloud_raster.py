# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the classes of a quality band, and what they hide, on the grid of a harmonization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from osgeo import gdal

from ..errors import OutputError
from ..grid import Grid, Window
from ..harmonization.clouds import CLOUD, NODATA, CloudCover, CloudOptions, classify, cloud_mask
from ..raster import BandReader
from ..raster_state import gdal_messages
from ..scene import Band

COVER, CLASSES = "cover", "classes"
_ROWS = 512


def write_cover(
    quality: Band, kind: str, options: CloudOptions, folder: Path, check: Callable[[], None]
) -> tuple[Band, Band, CloudCover]:
    """Classify a quality band row by row.

    Args:
        quality: read on the wanted grid, nearest pixel.
        kind: of the quality band, see :func:`..harmonization.clouds.classify`.
        options: what counts as hidden.
        folder: where the raster is written.
        check: called for every strip; may raise to stop.

    Returns:
        The band ``cover`` (1 where the ground is hidden, 0 elsewhere), the band ``classes`` (with what hiding was grown
        to as cloud), and how much there is of each.

    Raises:
        ProductError: the quality band cannot be read.
        OutputError: the folder cannot be written to.
    """
    path, grid = folder / "classes.tif", quality.grid
    reach = options.reach(grid.gsd)
    total = CloudCover()
    dataset = _created(path, grid)
    with BandReader() as reader:
        for row in range(0, grid.height, _ROWS):
            check()
            window = Window(row, 0, min(_ROWS, grid.height - row), grid.width)
            around = window.pad(reach)
            classes = classify(reader.read(quality, around), kind, options.medium_confidence)
            part = window.relative_to(around).slices
            hidden, inner = cloud_mask(classes, grid.gsd, options)[part], classes[part]
            total += CloudCover.of(inner, hidden)
            shown = np.where(hidden & ~np.isin(inner, options.hidden), CLOUD, inner).astype(np.uint8)
            for number, values in ((1, hidden.astype(np.uint8)), (2, shown)):
                if dataset.GetRasterBand(number).WriteArray(values, 0, row) != gdal.CE_None:
                    raise OutputError(f"{path} cannot be written. Free some disk space in the temporary folder.")
    del dataset
    base = Band(COVER, str(path), 1, grid, "Byte", None, None, 1.0, 0.0)
    return base, replace(base, name=CLASSES, index=2, nodata=NODATA), total


def _created(path: Path, grid: Grid) -> gdal.Dataset:
    with gdal_messages() as messages:
        try:
            dataset = gdal.GetDriverByName("GTiff").Create(
                str(path), grid.width, grid.height, 2, gdal.GDT_Byte, ["COMPRESS=DEFLATE", "ZLEVEL=1", "TILED=YES"]
            )
        except RuntimeError as error:
            messages.append(str(error))
            dataset = None
    if dataset is None:
        raise OutputError(f"{path} cannot be written ({'; '.join(messages)}).")
    dataset.SetProjection(grid.crs)
    dataset.SetGeoTransform(grid.transform)
    return dataset
