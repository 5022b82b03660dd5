# SPDX-License-Identifier: GPL-2.0-or-later
"""A VRT with all bands of all dates of a series, which tells of each its date and sensor."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal

from ..errors import OutputError
from ..grid import Grid
from ..raster_profile import gdal_type
from ..raster_state import gdal_messages


@dataclass(frozen=True)
class DatedFile:
    """A finished GeoTIFF of a series: its bands are the series', its file lies beside the VRT or below it."""

    path: Path
    acquired: str
    sensor: str


def write_series_vrt(
    path: Path, grid: Grid, files: tuple[DatedFile, ...], names: tuple[str, ...], dtype: str, nodata: float | None
) -> None:
    """Write the VRT: the bands of the first date, then those of the second, and so on.

    Every band is called by date, name and sensor, and has the items ACQUIRED, SENSOR and BAND; scale and offset are
    those of the files.

    Raises:
        OutputError: it cannot be written.
    """
    partial = path.with_name(f"{path.stem}.partial{path.suffix}")
    with gdal_messages() as messages:
        try:
            _write(partial, grid, files, names, dtype, nodata)
        except RuntimeError as error:
            messages.append(str(error))
    if messages or not partial.is_file():
        partial.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written ({'; '.join(messages) or 'no reason given'}).")
    os.replace(partial, path)


def _write(
    path: Path, grid: Grid, files: tuple[DatedFile, ...], names: tuple[str, ...], dtype: str, nodata: float | None
) -> None:
    kind = gdal.GetDataTypeByName(gdal_type(dtype))
    view = gdal.GetDriverByName("VRT").Create(str(path), grid.width, grid.height, 0)
    view.SetGeoTransform(grid.transform)
    if grid.crs:
        view.SetProjection(grid.crs)
    view.SetMetadataItem("DATES", ",".join(file.acquired for file in files))
    view.SetMetadataItem("SENSORS", ",".join(file.sensor for file in files))
    view.SetMetadataItem("BANDS", ",".join(names))
    for file in files:
        source = gdal.Open(str(file.path))
        for index, name in enumerate(names, start=1):
            view.AddBand(kind)
            _describe(view.GetRasterBand(view.RasterCount), source.GetRasterBand(index), file, name, nodata)
            _link(view.GetRasterBand(view.RasterCount), source, index, Path(os.path.relpath(file.path, path.parent)))
    view.FlushCache()
    view = None


def _describe(band: Any, source: Any, file: DatedFile, name: str, nodata: float | None) -> None:
    band.SetDescription(f"{file.acquired} {name} {file.sensor}")
    for key, value in (("ACQUIRED", file.acquired), ("SENSOR", file.sensor), ("BAND", name)):
        band.SetMetadataItem(key, value)
    for key in ("WAVELENGTH", "WAVELENGTH_UNITS"):
        if source.GetMetadataItem(key):
            band.SetMetadataItem(key, source.GetMetadataItem(key))
    if nodata is not None:
        band.SetNoDataValue(nodata)
    if source.GetScale() is not None and source.GetOffset() is not None:
        band.SetScale(source.GetScale())
        band.SetOffset(source.GetOffset())


def _link(band: Any, source: Any, index: int, path: Path) -> None:
    """Let a band of the VRT show a band of a file."""
    width, height = source.RasterXSize, source.RasterYSize
    block = source.GetRasterBand(index).GetBlockSize()
    kind = gdal.GetDataTypeName(source.GetRasterBand(index).DataType)
    whole = f'xOff="0" yOff="0" xSize="{width}" ySize="{height}"'
    text = (
        f'<SimpleSource><SourceFilename relativeToVRT="1">{html.escape(path.as_posix())}</SourceFilename>'
        f"<SourceBand>{index}</SourceBand>"
        f'<SourceProperties RasterXSize="{width}" RasterYSize="{height}" DataType="{kind}" BlockXSize="{block[0]}" '
        f'BlockYSize="{block[1]}"/><SrcRect {whole}/><DstRect {whole}/></SimpleSource>'
    )
    band.SetMetadataItem("source_0", text, "new_vrt_sources")
