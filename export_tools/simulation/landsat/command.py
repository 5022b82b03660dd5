# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``simulate-landsat``: a Landsat product from the command line."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from ....core.errors import SatSharpError
from .options import LEVELS, PACKINGS, SATELLITES, LandsatOptions
from .product import simulate_landsat

MARGINS = ("TOP", "LEFT", "BOTTOM", "RIGHT")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``simulate-landsat`` to a parser; their names are the fields of ``LandsatOptions``."""
    defaults = LandsatOptions()
    parser.add_argument("folder", type=Path, metavar="OUTPUT_FOLDER", help="where the product's folder is written")
    parser.add_argument("--size", type=int, default=defaults.size, help="rows and columns at 30 m, 16 to 8200")
    parser.add_argument("--width", type=int, default=0, help="columns at 30 m where the scene is not square")
    parser.add_argument(
        "--level",
        choices=LEVELS,
        default=defaults.level,
        help="L2SP has no pan: simulate L1TP of the same seed beside it",
    )
    parser.add_argument("--collection", type=int, choices=(1, 2), default=defaults.collection)
    parser.add_argument("--seed", type=int, default=defaults.seed, help="number of the landscape")
    parser.add_argument("--satellite", choices=SATELLITES, default=defaults.satellite)
    parser.add_argument("--path-row", type=int, nargs=2, default=defaults.path_row, metavar=("PATH", "ROW"))
    parser.add_argument("--epsg", type=int, default=defaults.epsg, help="EPSG code of the UTM zone")
    parser.add_argument("--origin", type=float, nargs=2, default=defaults.origin, metavar=("EAST", "NORTH"))
    parser.add_argument("--acquired", default=defaults.acquired, metavar="TIME", help="time of the scene, UTC")
    for name, text in (
        ("clouds", "clouds and their shadows"),
        ("nodata-corner", "a corner beyond the edge of the orbit"),
        ("noise", "noise of the sensor"),
        ("saturated", "glints that saturate the sensor"),
    ):
        default = getattr(defaults, name.replace("-", "_"))
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=default, help=text)
    for name, text in (("crop-pan", "pixels cut off the pan"), ("crop-bands", "pixels cut off the 30 m bands")):
        parser.add_argument(f"--{name}", type=int, nargs=4, default=(0, 0, 0, 0), metavar=MARGINS, help=text)
    parser.add_argument("--truth", type=Path, metavar="PATH", help="also write all bands at 15 m as a GeoTIFF")
    parser.add_argument("--pack", choices=PACKINGS, default="", help="also pack the product")
    parser.add_argument("--threads", type=int, default=defaults.threads)


def run(arguments: argparse.Namespace) -> int:
    """Simulate a product as the arguments say and write the paths of what was made, one a line.

    Returns:
        0, or 1 where it failed; the reason is written to the error stream.
    """
    chosen: dict[str, Any] = {field.name: getattr(arguments, field.name) for field in fields(LandsatOptions)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in chosen.items()
    }
    try:
        product = simulate_landsat(arguments.folder, LandsatOptions(**values))
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in (product.folder, product.truth, product.archive):
        if path is not None:
            sys.stdout.write(f"{path}\n")
    return 0


def main() -> int:
    """Run ``python -m satsharp.export_tools.simulation.landsat``."""
    parser = argparse.ArgumentParser(prog="simulate-landsat", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())
