# SPDX-License-Identifier: GPL-2.0-or-later
"""Manufacture tiny Sentinel-2 products and rasters for the tests of core/products."""

from __future__ import annotations

import os
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))

BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
GSD = dict.fromkeys(("B02", "B03", "B04", "B08"), 10) | dict.fromkeys(("B01", "B09", "B10"), 60)
ORIGIN = (399960.0, 6000000.0)
SENSED = "20240715T101559"


def gsd_of(band: str) -> int:
    """Native GSD of a band in metres."""
    return GSD.get(band, 20)


def wkt(epsg: int) -> str:
    """WKT of an EPSG code; empty for 0."""
    if not epsg:
        return ""
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    return str(reference.ExportToWkt())


def write_raster(
    path: Path,
    bands: dict[str, int],
    gsd: float,
    size: tuple[int, int] = (60, 60),
    origin: tuple[float, float] = ORIGIN,
    epsg: int = 32633,
    dtype: int = gdal.GDT_UInt16,
    driver: str = "GTiff",
    georeferenced: bool = True,
) -> Path:
    """Write a raster of (width, height) pixels of bands with descriptions and start values that grow by column."""
    width, height = size
    options = {"JP2OpenJPEG": ["QUALITY=100", "REVERSIBLE=YES"]}.get(driver, [])
    memory = gdal.GetDriverByName("MEM").Create("", width, height, len(bands), dtype)
    if georeferenced:
        memory.SetGeoTransform((origin[0], gsd, 0.0, origin[1], 0.0, -gsd))
        memory.SetProjection(wkt(epsg))
    elif driver == "JP2OpenJPEG":
        options = [*options, "GMLJP2=NO", "GeoJP2=NO"]
    for index, (name, value) in enumerate(bands.items(), start=1):
        band = memory.GetRasterBand(index)
        band.SetDescription(name)
        band.WriteArray(np.tile(value + np.arange(width), (height, 1)).astype(np.float64))
    path.parent.mkdir(parents=True, exist_ok=True)
    gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=options)
    return path


@cache
def jp2_bytes(gsd: int, value: int, georeferenced: bool = True, origin: tuple[float, float] = ORIGIN) -> bytes:
    """JPEG 2000 file of 600 x 600 m whose first pixel has this value."""
    size = (600 // gsd, 600 // gsd)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "band.jp2"
        write_raster(path, {"": value}, gsd, size, origin, driver="JP2OpenJPEG", georeferenced=georeferenced)
        return path.read_bytes()


@dataclass(frozen=True)
class Safe:
    """How to make a product; the defaults are those of a present L2A product."""

    level: str = "L2A"
    baseline: str = "05.09"
    offsets: tuple[float, ...] = (-1000.0,) * 13
    quantification: str = "10000"
    layout: str = "compact"
    tiles: tuple[str, ...] = ("T33UUB",)
    suffix: str = ""
    georeferenced: bool = True
    origin: tuple[float, float] = ORIGIN
    without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the .SAFE folder."""
        if self.layout == "old":
            kind = "USER" if self.level == "L2A" else "OPER"
            return f"S2A_{kind}_PRD_MSI{self.level}_PDMC_20160102T235959_R022_V20160102T101559_20160102T101559.SAFE"
        return (
            f"S2A_MSI{self.level}_{SENSED}_N{self.baseline.replace('.', '')}_R065_{self.tiles[0]}_20240715T161101.SAFE"
        )

    @property
    def product_xml(self) -> str:
        """Name of the product metadata file."""
        if self.layout == "old":
            return self.name.replace("_PRD_MSI", "_MTD_SAF").replace(".SAFE", ".xml")
        return f"MTD_MSI{self.level}.xml"

    def granule(self, tile: str) -> str:
        """Name of a granule folder."""
        if self.layout == "old":
            kind = "USER" if self.level == "L2A" else "OPER"
            return f"S2A_{kind}_MSI_{self.level}_TL_SGS__20160102T165829_A002770_{tile}_N02.01"
        return f"{self.level}_{tile}_A047343_{SENSED}"

    def granule_xml(self, tile: str) -> str:
        """Name of a granule's metadata file."""
        return self.granule(tile)[:-7].replace("_MSI_", "_MTD_") + ".xml" if self.layout == "old" else "MTD_TL.xml"

    def image(self, tile: str, band: str, gsd: int) -> str:
        """Path of an image in its granule folder, without .jp2."""
        stem = self.granule(tile)[:-7] if self.layout == "old" else f"{tile}_{SENSED}"
        if self.level == "L2A":
            return f"IMG_DATA/R{gsd}m/{stem}_{band}_{gsd}m"
        return f"IMG_DATA/{stem}_{band}"


def image_files(safe: Safe) -> list[tuple[str, str, int]]:
    """(band, tile, GSD) of all images; L2A has some bands at coarser GSDs too."""
    native = [
        (band, tile, gsd_of(band)) for tile in safe.tiles for band in BANDS if safe.level == "L1C" or band != "B10"
    ]
    coarse = [("B02", tile, gsd) for tile in safe.tiles for gsd in (20, 60)] if safe.level == "L2A" else []
    return [image for image in native + coarse if image[0] not in safe.without]


def make_safe(parent: Path, safe: Safe = Safe()) -> Path:
    """Write a product and return its .SAFE folder. The first pixel of a band is 1000 + 100 x band id + GSD."""
    root = parent / safe.name
    for band, tile, gsd in image_files(safe):
        path = root / "GRANULE" / safe.granule(tile) / (safe.image(tile, band, gsd) + ".jp2")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jp2_bytes(gsd, 1000 + 100 * BANDS.index(band) + gsd, safe.georeferenced, safe.origin))
    for tile in safe.tiles:
        folder = root / "GRANULE" / safe.granule(tile)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / safe.granule_xml(tile)).write_text(granule_text(safe, tile), encoding="utf-8")
    (root / safe.product_xml).write_text(product_text(safe), encoding="utf-8")
    (root / "manifest.safe").write_text("<manifest/>", encoding="utf-8")
    return root


def granule_text(safe: Safe, tile: str) -> str:
    """Granule metadata."""
    old = safe.layout == "old" and safe.level == "L2A"
    identifier = f"S2A_OPER_MSI_{safe.level}_TL_2APS_20240715T161101_A047343_{tile}_N{safe.baseline}"
    tag = "TILE_ID_2A" if old else "TILE_ID"
    sizes = "".join(
        f'<Size resolution="{gsd}"><NROWS>{600 // gsd}</NROWS><NCOLS>{600 // gsd}</NCOLS></Size>'
        f'<Geoposition resolution="{gsd}"><ULX>{ORIGIN[0]:g}</ULX><ULY>{ORIGIN[1]:.0f}</ULY>'
        f"<XDIM>{gsd}</XDIM><YDIM>-{gsd}</YDIM></Geoposition>"
        for gsd in (10, 20, 60)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<n1:Level-{safe.level[1:]}_Tile_ID xmlns:n1="https://psd-15.sentinel2.eo.esa.int/PSD/S2_PDI_Level-{safe.level[1:]}_Tile_Metadata.xsd">
<n1:General_Info><{tag} metadataLevel="Brief">{identifier}</{tag}>
<SENSING_TIME metadataLevel="Standard">2024-07-15T10:20:31.123Z</SENSING_TIME></n1:General_Info>
<n1:Geometric_Info><Tile_Geocoding metadataLevel="Brief"><HORIZONTAL_CS_NAME>WGS84 / UTM zone 33N</HORIZONTAL_CS_NAME>
<HORIZONTAL_CS_CODE>EPSG:32633</HORIZONTAL_CS_CODE>{sizes}</Tile_Geocoding></n1:Geometric_Info>
</n1:Level-{safe.level[1:]}_Tile_ID>
"""


def product_text(safe: Safe) -> str:
    """Product metadata."""
    level, old = safe.level[1:], safe.layout == "old"
    boa = safe.level == "L2A"
    quantification = ("L2A_BOA" if old else "BOA") + "_QUANTIFICATION_VALUE" if boa else "QUANTIFICATION_VALUE"
    offset = "BOA_ADD_OFFSET" if boa else "RADIO_ADD_OFFSET"
    entry, uri = ("IMAGE_ID", "PRODUCT_URI") if old else ("IMAGE_FILE", "PRODUCT_URI")
    if old and boa:
        entry, uri = "IMAGE_ID_2A", "PRODUCT_URI_2A"
    images = "".join(
        f"<{entry}>{_entry(safe, tile, band, gsd)}{safe.suffix}</{entry}>" for band, tile, gsd in image_files(safe)
    )
    offsets = "".join(f'<{offset} band_id="{i}">{value:g}</{offset}>' for i, value in enumerate(safe.offsets))
    spectral = "".join(
        f'<Spectral_Information bandId="{i}"><Wavelength><MIN unit="nm">400</MIN><MAX unit="nm">500</MAX>'
        f'<CENTRAL unit="nm">{400 + 10 * i}.5</CENTRAL></Wavelength></Spectral_Information>'
        for i in range(13)
    )
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<n1:Level-{level}_User_Product xmlns:n1="https://psd-15.sentinel2.eo.esa.int/PSD/User_Product_Level-{level}.xsd">
<n1:General_Info><Product_Info>
<PRODUCT_START_TIME>2024-07-15T10:15:59.024Z</PRODUCT_START_TIME>
<{uri}>{safe.name}</{uri}><PROCESSING_LEVEL>Level-{level}</PROCESSING_LEVEL>
<PROCESSING_BASELINE>{safe.baseline}</PROCESSING_BASELINE>
<Datatake datatakeIdentifier="GS2A"><SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME></Datatake>
<Product_Organisation><Granule_List><Granule>{images}</Granule></Granule_List></Product_Organisation></Product_Info>
<Product_Image_Characteristics>
<Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT><SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX></Special_Values>
<Special_Values><SPECIAL_VALUE_TEXT>SATURATED</SPECIAL_VALUE_TEXT><SPECIAL_VALUE_INDEX>65535</SPECIAL_VALUE_INDEX></Special_Values>
<{quantification} unit="none">{safe.quantification}</{quantification}>
<Offset_List>{offsets}</Offset_List>
<Spectral_Information_List>{spectral}</Spectral_Information_List>
</Product_Image_Characteristics></n1:General_Info></n1:Level-{level}_User_Product>
"""


def _entry(safe: Safe, tile: str, band: str, gsd: int) -> str:
    image = safe.image(tile, band, gsd)
    return image.rpartition("/")[2] if safe.layout == "old" else f"GRANULE/{safe.granule(tile)}/{image}"


def zip_folder(folder: Path, archive: Path, prefix: str = "") -> Path:
    """Zip a folder under its own name, below ``prefix``."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(folder.rglob("*")):
            opened.write(path, prefix + str(path.relative_to(folder.parent)))
    return archive
