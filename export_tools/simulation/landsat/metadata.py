# SPDX-License-Identifier: GPL-2.0-or-later
"""The metadata of a simulated Landsat product: MTL files as text, JSON and XML, after those of real products."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

from ..metadata import SUN_AZIMUTH
from .bands import SCALES, SUN_ELEVATION, file_suffix
from .options import LandsatOptions

ANGLE_KEYS = {
    "VAA": "SENSOR_AZIMUTH",
    "VZA": "SENSOR_ZENITH",
    "SAA": "SOLAR_AZIMUTH",
    "SZA": "SOLAR_ZENITH",
}
REFLECTIVE = {"L1TP": range(1, 10), "L2SP": range(1, 8)}

Group = dict[str, str]


def write_metadata(folder: Path, options: LandsatOptions, sizes: dict[str, tuple[int, int]]) -> Path:
    """Write the MTL files into a product folder and return the one in text form.

    Args:
        folder: the product folder.
        options: what is simulated.
        sizes: file name suffix such as ``B4`` -> (rows, columns) of the file.
    """
    root, groups = _groups_of_collection1(options, sizes) if options.collection == 1 else _groups(options, sizes)
    stem = folder / f"{options.product_name}_MTL"
    path = stem.with_suffix(".txt")
    path.write_text(_text(root, groups), encoding="utf-8")
    if options.collection == 2:
        plain = {name: {key: value.strip('"') for key, value in group.items()} for name, group in groups.items()}
        stem.with_suffix(".json").write_text(json.dumps({root: plain}, indent=2), encoding="utf-8")
        stem.with_suffix(".xml").write_text(_xml(root, plain), encoding="utf-8")
    return path


def _groups(options: LandsatOptions, sizes: dict[str, tuple[int, int]]) -> tuple[str, dict[str, Group]]:
    name = options.product_name
    contents = {
        "ORIGIN": '"Simulated by SatSharp: no image of the U.S. Geological Survey"',
        "LANDSAT_PRODUCT_ID": f'"{name}"',
        "PROCESSING_LEVEL": f'"{options.level}"',
        "COLLECTION_NUMBER": "02",
        "COLLECTION_CATEGORY": '"T1"',
        "OUTPUT_FORMAT": '"GEOTIFF"',
        **_file_names(options),
        "FILE_NAME_QUALITY_L1_PIXEL": f'"{name}_QA_PIXEL.TIF"',
        "FILE_NAME_METADATA_ODL": f'"{name}_MTL.txt"',
        "FILE_NAME_METADATA_XML": f'"{name}_MTL.xml"',
    }
    rows, cols = sizes[file_suffix("B2", options.level)]
    projection = {
        "MAP_PROJECTION": '"UTM"',
        "DATUM": '"WGS84"',
        "UTM_ZONE": str(options.epsg % 100),
        "GRID_CELL_SIZE_REFLECTIVE": "30.00",
        "REFLECTIVE_LINES": str(rows),
        "REFLECTIVE_SAMPLES": str(cols),
        "ORIENTATION": '"NORTH_UP"',
    }
    groups = {
        "PRODUCT_CONTENTS": contents,
        "IMAGE_ATTRIBUTES": {**_acquisition(options), **_sun()},
        "PROJECTION_ATTRIBUTES": projection,
    }
    if options.level == "L2SP":
        groups["LEVEL2_SURFACE_REFLECTANCE_PARAMETERS"] = _rescaling("L2SP")
    groups["LEVEL1_PROCESSING_RECORD"] = {"LANDSAT_PRODUCT_ID": f'"{options.name_of("L1TP")}"'}
    # Level-2 products repeat the factors of the Level-1 product that they were made from.
    groups["LEVEL1_RADIOMETRIC_RESCALING"] = _rescaling("L1TP")
    return "LANDSAT_METADATA_FILE", groups


def _groups_of_collection1(options: LandsatOptions, sizes: dict[str, tuple[int, int]]) -> tuple[str, dict[str, Group]]:
    (pan_rows, pan_cols), (rows, cols) = sizes["B8"], sizes["B2"]
    product = {
        "DATA_TYPE": '"L1TP"',
        "COLLECTION_CATEGORY": '"T1"',
        "OUTPUT_FORMAT": '"GEOTIFF"',
        **_acquisition(options),
        "PANCHROMATIC_LINES": str(pan_rows),
        "PANCHROMATIC_SAMPLES": str(pan_cols),
        "REFLECTIVE_LINES": str(rows),
        "REFLECTIVE_SAMPLES": str(cols),
        **_file_names(options),
        "FILE_NAME_BAND_QUALITY": f'"{options.product_name}_BQA.TIF"',
        "METADATA_FILE_NAME": f'"{options.product_name}_MTL.txt"',
    }
    return "L1_METADATA_FILE", {
        "METADATA_FILE_INFO": {
            "ORIGIN": '"Simulated by SatSharp: no image of the U.S. Geological Survey"',
            "LANDSAT_PRODUCT_ID": f'"{options.product_name}"',
            "COLLECTION_NUMBER": "01",
        },
        "PRODUCT_METADATA": product,
        "IMAGE_ATTRIBUTES": _sun(),
        "RADIOMETRIC_RESCALING": _rescaling("L1TP"),
    }


def _acquisition(options: LandsatOptions) -> Group:
    path, row = options.path_row
    return {
        "SPACECRAFT_ID": f'"LANDSAT_{options.satellite[-1]}"',
        "SENSOR_ID": '"OLI_TIRS"',
        "WRS_PATH": str(path),
        "WRS_ROW": str(row),
        "DATE_ACQUIRED": f"{options.start:%Y-%m-%d}",
        "SCENE_CENTER_TIME": f'"{options.start:%H:%M:%S}.0000000Z"',
    }


def _sun() -> Group:
    return {"SUN_AZIMUTH": f"{SUN_AZIMUTH:.8f}", "SUN_ELEVATION": f"{SUN_ELEVATION:.8f}"}


def _file_names(options: LandsatOptions) -> Group:
    numbers = [*REFLECTIVE[options.level], *((10, 11) if options.level == "L1TP" else ())]
    names = {
        f"FILE_NAME_BAND_{n}": f'"{options.product_name}_{file_suffix(f"B{n}", options.level)}.TIF"' for n in numbers
    }
    if options.level == "L2SP":
        names["FILE_NAME_BAND_ST_B10"] = f'"{options.product_name}_ST_B10.TIF"'
    if options.has_angles:
        names.update(
            {
                f"FILE_NAME_ANGLE_{key}_BAND_4": f'"{options.product_name}_{ending}.TIF"'
                for ending, key in ANGLE_KEYS.items()
            }
        )
    return names


def _rescaling(level: str) -> Group:
    scale, offset = SCALES[level]
    factors = {f"REFLECTANCE_MULT_BAND_{number}": f"{scale:.4E}" for number in REFLECTIVE[level]}
    return {**factors, **{f"REFLECTANCE_ADD_BAND_{number}": f"{offset:.6f}" for number in REFLECTIVE[level]}}


def _text(root: str, groups: dict[str, Group]) -> str:
    lines = [f"GROUP = {root}"]
    for name, group in groups.items():
        lines += [f"  GROUP = {name}", *(f"    {key} = {value}" for key, value in group.items())]
        lines.append(f"  END_GROUP = {name}")
    return "\n".join([*lines, f"END_GROUP = {root}", "END", ""])


def _xml(root: str, groups: dict[str, Group]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root}>"]
    for name, group in groups.items():
        lines += [f"  <{name}>", *(f"    <{key}>{escape(value)}</{key}>" for key, value in group.items())]
        lines.append(f"  </{name}>")
    return "\n".join([*lines, f"</{root}>", ""])
