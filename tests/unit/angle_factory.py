# SPDX-License-Identifier: GPL-2.0-or-later
"""Angle grids for the granule metadata of Sentinel-2 products made in tests, which have mean angles only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from satsharp.core.products.sentinel2_metadata import BAND_IDS


def grid_xml(kind: str, values: np.ndarray) -> str:
    """One grid of angles, (rows, columns) of degrees."""
    lines = "".join(f"<VALUES>{' '.join(f'{value:g}' for value in row)}</VALUES>" for row in values)
    steps = '<COL_STEP unit="m">5000</COL_STEP><ROW_STEP unit="m">5000</ROW_STEP>'
    return f"<{kind}>{steps}<Values_List>{lines}</Values_List></{kind}>".replace("nan", "NaN")


def angles_xml(zenith: str, azimuth: str, attributes: str = "", tag: str = "Sun_Angles_Grid") -> str:
    """A pair of grids."""
    return f"<{tag}{attributes}>{zenith}{azimuth}</{tag}>"


def add_angle_grids(
    granule: Path,
    shape: tuple[int, int] = (23, 23),
    bands: tuple[str, ...] = BAND_IDS,
    azimuths: tuple[float, float] = (110.0, 110.0),
) -> None:
    """Give granule metadata grids of 5 km: two detectors a band, which meet in the column in the middle.

    The sun stands at 50 degrees + 0.01 a row, azimuth 160. The first detector sees the left half from zenith 8, the
    second one the right half from zenith 4; band number n is seen from 0.1 n more.
    """
    rows, cols = np.mgrid[0 : shape[0], 0 : shape[1]].astype(float)
    middle = shape[1] // 2
    parts = [angles_xml(grid_xml("Zenith", 50 + 0.01 * rows), grid_xml("Azimuth", np.full(shape, 160.0)))]
    for number, band in enumerate(BAND_IDS):
        if band not in bands:
            continue
        sights = zip((3, 4), (8.0, 4.0), azimuths, (cols <= middle, cols >= middle))
        for detector, zenith, azimuth, seen in sights:
            view = np.where(seen, zenith + 0.1 * number, np.nan)
            around = np.where(seen, azimuth, np.nan)
            attributes = f' bandId="{number}" detectorId="{detector}"'
            tag = "Viewing_Incidence_Angles_Grids"
            parts.append(angles_xml(grid_xml("Zenith", view), grid_xml("Azimuth", around), attributes, tag))
    text = granule.read_text(encoding="utf-8")
    start = '<Tile_Angles metadataLevel="Standard">'
    granule.write_text(text.replace(start, start + "".join(parts)), encoding="utf-8")
