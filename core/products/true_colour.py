# SPDX-License-Identifier: GPL-2.0-or-later
"""True colour of 8 bit as ESA makes it: 1 to 255 for reflectances of 0 to 0.3558, and 0 without a measurement.

Products of Sentinel-2 hold it as a file (TCI). Of products without, the same is made of their red, green and blue by an
inline VRT with a look-up table, which GDAL reads like a file.
"""

from __future__ import annotations

import re
from html import escape

from ..scene import Band
from . import files
from .sentinel2_layout import Layout

# Reflectance that becomes 255.
WHITE = 0.3558
BLACK_NUMBER, WHITE_NUMBER = 1, 255
# Level-2A keeps it at several GSDs.
_FILE = re.compile(r"(?:^|[_/])TCI(?:_10m)?\.jp2$", re.IGNORECASE)


def true_colour_file(layout: Layout) -> str:
    """Return the path of a product's true colour at 10 m; empty where it has none."""
    folder = files.join(layout.granule, "IMG_DATA")
    if not files.is_folder(folder):
        folder = layout.granule
    return next((files.join(folder, name) for name in files.names_below(folder) if _FILE.search(name)), "")


def as_true_colour(band: Band) -> str:
    """Return an inline VRT that shows a band of reflectance as 8 bit, with nodata 0.

    Args:
        band: its nodata must lie outside of the numbers that show; without nodata all are measurements.
    """
    black, white = -band.offset / band.scale, (WHITE - band.offset) / band.scale
    points: list[tuple[float, float]] = [(black, BLACK_NUMBER), (white, WHITE_NUMBER)]
    if band.nodata is not None and band.nodata < black:
        points = [(band.nodata, 0), (band.nodata + 1, BLACK_NUMBER), *points]
    elif band.nodata is not None and band.nodata > white:
        points = [*points, (band.nodata - 1, WHITE_NUMBER), (band.nodata, 0)]
    elif band.nodata is not None:
        points = [(band.nodata, 0), (band.nodata + 1, BLACK_NUMBER + (WHITE_NUMBER - BLACK_NUMBER) / (white - black)),
                  (white, WHITE_NUMBER)]  # fmt: skip
    table = ",".join(f"{number:.12g}:{value:.12g}" for number, value in dict(points).items())
    grid = band.grid
    transform = ", ".join(f"{part:.17g}" for part in grid.transform)
    return (
        f'<VRTDataset rasterXSize="{grid.width}" rasterYSize="{grid.height}"><SRS>{escape(grid.crs)}</SRS>'
        f"<GeoTransform>{transform}</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue><ComplexSource>'
        f'<SourceFilename relativeToVRT="0">{escape(band.path)}</SourceFilename><SourceBand>{band.index}</SourceBand>'
        f"<LUT>{table}</LUT></ComplexSource></VRTRasterBand></VRTDataset>"
    )
