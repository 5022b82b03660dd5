# SPDX-License-Identifier: GPL-2.0-or-later
"""The bands of a scene as they were measured, in one VRT on its finest grid: what a preview is compared with.

Nothing is read or resampled here: every coarse pixel is shown as the square that it is, when somebody looks at it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from ..errors import OutputError
from ..grid import Grid
from ..scene import Band, Scene


def write_input_mosaic(scene: Scene, names: tuple[str, ...], path: Path, reflectance: bool = False) -> bool:
    """Write the VRT.

    Args:
        scene: on a map, not a swath.
        names: names of the bands in order, as the output has them; the scene need not have all.
        path: of the VRT.
        reflectance: show reflectance instead of digital numbers, without nodata.

    Returns:
        Whether there is anything to show: not of a swath, and not where the scene has none of the bands.

    Raises:
        OutputError: the VRT cannot be written.
    """
    present = [scene.band(name) for name in names if scene.has((name,))]
    if not present or scene.geolocation is not None:
        return False
    grid = scene.finest
    transform = ", ".join(f"{number:.16e}" for number in grid.transform)
    # Without the mapping GDAL 3 takes the authority's order of axes, latitude first.
    crs = f'<SRS dataAxisToSRSAxisMapping="1,2">{escape(grid.crs)}</SRS>' if grid.crs else ""
    # A band that the model makes up is shown by the first one, so that the numbers stay those of the output.
    bands = [
        _band(number, name, scene.band(name) if scene.has((name,)) else present[0], grid, reflectance)
        for number, name in enumerate(names, start=1)
    ]
    text = "\n".join(
        [
            f'<VRTDataset rasterXSize="{grid.width}" rasterYSize="{grid.height}">',
            f"{crs}<GeoTransform>{transform}</GeoTransform>",
            *bands,
            "</VRTDataset>",
        ]
    )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror}). Choose a folder that you may write."
        ) from error
    return True


def _band(number: int, name: str, band: Band, grid: Grid, reflectance: bool) -> str:
    width, height = band.grid.width, band.grid.height
    kind, tag, more = band.dtype, "SimpleSource", ""
    about = "" if band.nodata is None else f"<NoDataValue>{float(band.nodata)!r}</NoDataValue>"
    about += f"<Offset>{float(band.offset)!r}</Offset><Scale>{float(band.scale)!r}</Scale>"
    if reflectance:
        kind, tag, about = "Float32", "ComplexSource", ""
        more = f"<ScaleOffset>{float(band.offset)!r}</ScaleOffset><ScaleRatio>{float(band.scale)!r}</ScaleRatio>"
    # With its size GDAL does not open the file before somebody looks; that of a moved band is not its grid's.
    known = f'<SourceProperties RasterXSize="{width}" RasterYSize="{height}" DataType="{band.dtype}"/>'
    return "\n".join(
        [
            f'<VRTRasterBand dataType="{kind}" band="{number}"><Description>{escape(name)}</Description>{about}',
            # Not shared: a handle of GDAL serves one thread.
            f'<{tag}><SourceFilename relativeToVRT="0" shared="0">{escape(band.path)}</SourceFilename>',
            f"<SourceBand>{band.index}</SourceBand>{'' if any(band.shift) else known}",
            f'<SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>',
            f"{_place(band, grid)}{more}</{tag}></VRTRasterBand>",
        ]
    )


def _place(band: Band, grid: Grid) -> str:
    """Return where the band's file lies in pixels of the finest grid; its pixels may be moved by a part of one."""
    factor = band.grid.gsd / grid.gsd
    row, col = grid.pixel_of(*band.grid.locate(0, 0))
    left, top = round(col, 3) + band.shift[1] * factor, round(row, 3) + band.shift[0] * factor
    width, height = round(band.grid.width * factor, 3), round(band.grid.height * factor, 3)
    return f'<DstRect xOff="{left!r}" yOff="{top!r}" xSize="{width!r}" ySize="{height!r}"/>'
