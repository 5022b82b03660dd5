# SPDX-License-Identifier: GPL-2.0-or-later
"""The XML files of a product: ``MTD_MSIL1C.xml`` or ``MTD_MSIL2A.xml``, ``MTD_TL.xml`` and ``manifest.safe``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from osgeo import osr

from .bands import BAND_IDS, SimulatedBand, bands_of
from .options import SimulationOptions

TEMPLATES = Path(__file__).resolve().parent / "templates"
QUANTIFICATION = 10000
GSDS = (10, 20, 60)
SUN_ZENITH, SUN_AZIMUTH = 35.0, 150.0
# W/m2/um, in the order of band_id, as in the products of Sentinel-2A.
SOLAR_IRRADIANCE = (
    1884.69, 1959.66, 1823.24, 1512.06, 1424.64, 1287.61, 1162.08, 1041.63, 955.32, 812.92, 367.15, 245.59, 85.25,
)  # fmt: skip


@dataclass(frozen=True)
class Content:
    """What the metadata tells about the pixels.

    Attributes:
        image_stems: image files without suffix, relative to the product.
        cloud_percentage: pixels under clouds, in percent.
        nodata_percentage: pixels without measurement, in percent.
    """

    image_stems: tuple[str, ...]
    cloud_percentage: float
    nodata_percentage: float


def metadata_name(options: SimulationOptions) -> str:
    """Return the file name of the product's metadata."""
    return f"MTD_MSI{options.level}.xml"


def write_metadata(safe: Path, options: SimulationOptions, content: Content) -> Path:
    """Write all XML files into a product folder and return the product's metadata file."""
    values = _values(options, content)
    main = safe / metadata_name(options)
    granule = safe / "GRANULE" / options.granule_name / "MTD_TL.xml"
    _write(main, "product.xml", values)
    _write(granule, "granule.xml", values)
    files = [main.name, granule.relative_to(safe).as_posix(), *(f"{stem}.jp2" for stem in content.image_stems)]
    _write(safe / "manifest.safe", "manifest.xml", {**values, **_manifest_values(safe, files)})
    return main


def _write(path: Path, template: str, values: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
    path.write_text(text, encoding="utf-8")


def _values(options: SimulationOptions, content: Content) -> dict[str, str]:
    stamp = f"{options.generated:%Y%m%dT%H%M%S}"
    prefix = f"{options.satellite}_OPER_MSI_{options.level}"
    return {
        "level_number": options.level[1:],
        "level_lower": options.level[1:].lower(),
        "start": options.acquired,
        "start_compact": f"{options.start:%Y%m%dT%H%M%S}",
        "generated": f"{options.generated:%Y-%m-%dT%H:%M:%S}",
        "product_name": options.product_name,
        "baseline": options.baseline,
        "satellite": options.satellite,
        "satellite_number": options.satellite[1:],
        "spacecraft": f"Sentinel-{options.satellite[1:]}",
        "tile_id": f"{prefix}_TL_SIMU_{stamp}_A041678_T{options.tile}_N{options.baseline}",
        "datastrip_id": f"{prefix}_DS_SIMU_{stamp}_S{options.start:%Y%m%dT%H%M%S}_N{options.baseline}",
        "epsg": str(options.epsg),
        "zone": f"{options.epsg % 100}{'N' if options.epsg < 32700 else 'S'}",
        "sun_zenith": str(SUN_ZENITH),
        "sun_azimuth": str(SUN_AZIMUTH),
        "cloud_percentage": f"{content.cloud_percentage:.6f}",
        "nodata_percentage": f"{content.nodata_percentage:.6f}",
        "footprint": _footprint(options),
        "quantification": _quantification(options),
        "image_files": _indented(24, (f"<IMAGE_FILE>{stem}</IMAGE_FILE>" for stem in content.image_stems)),
        "sizes": _indented(6, (_size(options, gsd) for gsd in GSDS)),
        "positions": _indented(6, (_position(options, gsd) for gsd in GSDS)),
        "solar_irradiances": _indented(
            20,
            (
                f'<SOLAR_IRRADIANCE bandId="{index}" unit="W/m²/µm">{value}</SOLAR_IRRADIANCE>'
                for index, value in enumerate(SOLAR_IRRADIANCE)
            ),
        ),
        "spectral_information": _indented(16, (_spectral(band) for band in _all_bands())),
        "viewing_angles": _indented(8, (_viewing_angle(index) for index in range(len(BAND_IDS)))),
    }


def _indented(spaces: int, lines: Iterable[str]) -> str:
    return "\n".join(" " * spaces + line for line in lines)


def _all_bands() -> Sequence[SimulatedBand]:
    return sorted(bands_of("L1C"), key=lambda band: band.id)


def _quantification(options: SimulationOptions) -> str:
    """Return the quantification and, from baseline 04.00 on, the offsets of all band_ids (also B10, also in L2A)."""
    radiance = options.level == "L1C"
    offset, offsets = (
        ("RADIO_ADD_OFFSET", "Radiometric_Offset_List")
        if radiance
        else (
            "BOA_ADD_OFFSET",
            "BOA_ADD_OFFSET_VALUES_LIST",
        )
    )
    if radiance:
        lines = [f'<QUANTIFICATION_VALUE unit="none">{QUANTIFICATION}</QUANTIFICATION_VALUE>']
    else:
        lines = [
            "<QUANTIFICATION_VALUES_LIST>",
            f'    <BOA_QUANTIFICATION_VALUE unit="none">{QUANTIFICATION}</BOA_QUANTIFICATION_VALUE>',
            '    <AOT_QUANTIFICATION_VALUE unit="none">1000.0</AOT_QUANTIFICATION_VALUE>',
            '    <WVP_QUANTIFICATION_VALUE unit="cm">1000.0</WVP_QUANTIFICATION_VALUE>',
            "</QUANTIFICATION_VALUES_LIST>",
        ]
    if options.offset:
        values = (f'    <{offset} band_id="{i}">{options.offset}</{offset}>' for i in range(len(BAND_IDS)))
        lines += [f"<{offsets}>", *values, f"</{offsets}>"]
    return _indented(12, lines)


def _spectral(band: SimulatedBand) -> str:
    low, high = (band.wavelength_nm + side * band.bandwidth_nm / 2 for side in (-1, 1))
    return (
        f'<Spectral_Information bandId="{band.id}" physicalBand="{band.physical_name}">'
        f"<RESOLUTION>{band.gsd}</RESOLUTION><Wavelength>"
        f'<MIN unit="nm">{low:.0f}</MIN><MAX unit="nm">{high:.0f}</MAX>'
        f'<CENTRAL unit="nm">{band.wavelength_nm}</CENTRAL></Wavelength></Spectral_Information>'
    )


def _viewing_angle(band_id: int) -> str:
    return (
        f'<Mean_Viewing_Incidence_Angle bandId="{band_id}"><ZENITH_ANGLE unit="deg">4.2</ZENITH_ANGLE>'
        f'<AZIMUTH_ANGLE unit="deg">104.0</AZIMUTH_ANGLE></Mean_Viewing_Incidence_Angle>'
    )


def _size(options: SimulationOptions, gsd: int) -> str:
    rows, cols = options.rows * 10 // gsd, options.cols * 10 // gsd
    return f'<Size resolution="{gsd}"><NROWS>{rows}</NROWS><NCOLS>{cols}</NCOLS></Size>'


def _position(options: SimulationOptions, gsd: int) -> str:
    x, y = options.origin
    return (
        f'<Geoposition resolution="{gsd}"><ULX>{x:.12g}</ULX><ULY>{y:.12g}</ULY>'
        f"<XDIM>{gsd}</XDIM><YDIM>-{gsd}</YDIM></Geoposition>"
    )


def _footprint(options: SimulationOptions) -> str:
    """Return the corners as latitude and longitude pairs, the first repeated."""
    utm, degrees = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(options.epsg)
    degrees.ImportFromEPSG(4326)
    transform = osr.CoordinateTransformation(utm, degrees)
    left, top = options.origin
    right, bottom = left + 10 * options.cols, top - 10 * options.rows
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    # EPSG:4326 puts latitude first in GDAL 3, as the list does.
    return " ".join(f"{lat:.9f} {lon:.9f}" for lat, lon, _ in (transform.TransformPoint(x, y) for x, y in corners))


def _manifest_values(safe: Path, files: Sequence[str]) -> dict[str, str]:
    units = (
        f'<xfdu:contentUnit ID="Unit_{n}" unitType="Data Unit">'
        f'<dataObjectPointer dataObjectID="Data_{n}"/></xfdu:contentUnit>'
        for n in range(len(files))
    )
    objects = (_data_object(n, file, (safe / file).read_bytes()) for n, file in enumerate(files))
    return {"content_units": _indented(6, units), "data_objects": _indented(4, objects)}


def _data_object(number: int, file: str, content: bytes) -> str:
    return (
        f'<dataObject ID="Data_{number}"><byteStream mimeType="{_mime_type(file)}" size="{len(content)}">'
        f'<fileLocation locatorType="URL" href="./{file}"/>'
        f'<checksum checksumName="SHA3-256">{hashlib.sha3_256(content).hexdigest().upper()}</checksum>'
        "</byteStream></dataObject>"
    )


def _mime_type(file: str) -> str:
    return "text/xml" if file.endswith(".xml") else "application/octet-stream"
