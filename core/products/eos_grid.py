# SPDX-License-Identifier: GPL-2.0-or-later
"""The grid of an HDF-EOS file as its StructMetadata.0 states it; GDAL before 3.7 gives HDF5 grids no georeference."""

from __future__ import annotations

import re

from osgeo import gdal, osr

from ..errors import ProductError
from ..grid import Grid
from ..raster_state import gdal_messages

# Radius in metres of the sphere of MODIS' and VIIRS' sinusoidal grid (MODIS Land tile grid).
SPHERE = 6371007.181
_GRID = re.compile(r"GROUP=(GRID_\d+)\s(.*?)END_GROUP=\1\s", re.DOTALL)


def sinusoidal(radius: float = SPHERE) -> str:
    """Return the WKT of the sinusoidal projection on a sphere of this radius in metres, central meridian 0."""
    reference = osr.SpatialReference()
    reference.ImportFromProj4(f"+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R={radius} +units=m +no_defs")
    return str(reference.ExportToWkt())


def struct_metadata(path: str) -> str:
    """Return the StructMetadata.0 of an HDF-EOS5 file.

    Raises:
        ProductError: it has none.
    """
    with gdal_messages():
        try:
            text = _read_text(path)
        except (RuntimeError, AttributeError):
            text = ""
    if not text:
        raise ProductError(f"{path} has no StructMetadata.0, so its grid is unknown. Download the product again.")
    return text


def grids_of(text: str, path: str) -> dict[str, Grid]:
    """Return the grids that a StructMetadata.0 declares, by name.

    Args:
        text: of StructMetadata.0.
        path: of the file, for messages.

    Raises:
        ProductError: a grid is incomplete, or in another projection than the sinusoidal.
    """
    grids = {}
    for block in _GRID.finditer(text):
        entries = dict(re.findall(r"^\s*(\w+)=(.+?)\s*$", block[2].split("GROUP=Dimension")[0], re.MULTILINE))
        try:
            grids[entries["GridName"].strip('"')] = _grid(entries)
        except (KeyError, ValueError, IndexError) as error:
            raise ProductError(
                f"The grid in the StructMetadata.0 of {path} cannot be read ({error}). Download the product again."
            ) from error
    return grids


def _grid(entries: dict[str, str]) -> Grid:
    if not entries["Projection"].endswith("GCTP_SNSOID"):
        raise ValueError(f"its projection is {entries['Projection']}, not the sinusoidal")
    width, height = int(entries["XDim"]), int(entries["YDim"])
    left, top = _numbers(entries["UpperLeftPointMtrs"])
    right, bottom = _numbers(entries["LowerRightMtrs"])
    if width < 1 or height < 1 or right <= left or top <= bottom:
        raise ValueError("its corners enclose no area")
    radius = _numbers(entries["ProjParams"])[0]
    transform = (left, (right - left) / width, 0.0, top, 0.0, (bottom - top) / height)
    return Grid(sinusoidal(radius), transform, width, height)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.strip("()").split(",")]


def _read_text(path: str) -> str:
    dataset = gdal.OpenEx(path, gdal.OF_MULTIDIM_RASTER, allowed_drivers=["HDF5"])
    group = dataset.GetRootGroup().OpenGroup("HDFEOS INFORMATION")
    found = group.OpenMDArray("StructMetadata.0").Read()
    text = found[0] if isinstance(found, (list, tuple)) else found
    return text if isinstance(text, str) else bytes(text).decode("ascii", "replace")
