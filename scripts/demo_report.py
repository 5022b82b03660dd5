# SPDX-License-Identifier: GPL-2.0-or-later
"""The end of ``./dev demo``: how far the result is from the truth, and a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from ..core.grid import Window
from ..core.scene import Band
from .demo_picture import draw
from .demo_views import Views

# Rows of the output read at once; a multiple of 6 so that the 60 m pixels are whole.
STRIP = 1920


def main() -> int:
    """Print the table, where the truth is known, and the paths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("product", help="the input")
    parser.add_argument("result", type=Path, help="what SatSharp made of it")
    parser.add_argument("picture", type=Path, help="PNG to write")
    parser.add_argument("--truth", type=Path, help="GeoTIFF with all bands at the result's GSD")
    chosen = parser.parse_args()
    views = Views.open(chosen.product, chosen.result, chosen.truth)
    if views.truth is not None:
        _print_errors(views)
    window = draw(views, chosen.picture)
    print(f"\nGeoTIFF: {chosen.result}")
    print(f"Picture: {chosen.picture} (rows from {window.row}, columns from {window.col} of the output)")
    return 0


def _print_errors(views: Views) -> None:
    print("\nRoot mean square error against the truth, in digital numbers (10000 = reflectance 1):")
    print(f"{'band':>12s}{'bicubic':>10s}{'SatSharp':>10s}{'ratio':>8s}")
    groups: dict[float, list[tuple[float, float]]] = {}
    for band in views.sharpened_bands():
        errors = mean_square_errors(views, band)
        groups.setdefault(band.gsd, []).append(errors)
        _print_row(band.name, errors)
    for gsd, found in sorted(groups.items()):
        bicubic, sharpened = np.mean(found, axis=0)
        _print_row(f"all {gsd:g} m", (float(bicubic), float(sharpened)))


def _print_row(name: str, errors: tuple[float, float]) -> None:
    bicubic, sharpened = errors[0] ** 0.5, errors[1] ** 0.5
    print(f"{name:>12s}{bicubic:10.1f}{sharpened:10.1f}{sharpened / bicubic:8.2f}")


def mean_square_errors(views: Views, band: Band) -> tuple[float, float]:
    """Return the mean square errors of bicubic upsampling and of SatSharp in digital numbers squared."""
    sums, count = np.zeros(2), 0
    whole = views.window
    for row in range(0, whole.height, STRIP):
        window = Window(row, 0, STRIP, whole.width).intersect(whole)
        mask = views.comparable(band, window)
        truth = views.true(band, window)[mask].astype(np.float64)
        for index, view in enumerate((views.bicubic, views.sharpened)):
            sums[index] += ((view(band, window)[mask] - truth) ** 2).sum()
        count += int(mask.sum())
    bicubic, sharpened = sums / max(count, 1)
    return float(bicubic), float(sharpened)


if __name__ == "__main__":
    sys.exit(main())
