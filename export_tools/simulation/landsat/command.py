# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``simulate-landsat``: a Landsat product from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from ..arguments import EVENTS, add_scene, add_switches, simulated
from .options import LEVELS, PACKINGS, SATELLITES, LandsatOptions
from .product import simulate_landsat

MARGINS = ("TOP", "LEFT", "BOTTOM", "RIGHT")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``simulate-landsat`` to a parser; their names are the fields of ``LandsatOptions``."""
    defaults = LandsatOptions()
    parser.add_argument("folder", type=Path, metavar="OUTPUT_FOLDER", help="where the product's folder is written")
    parser.add_argument("--size", type=int, default=defaults.size, help="rows and columns at 30 m, 16 to 8200")
    parser.add_argument(
        "--level",
        choices=LEVELS,
        default=defaults.level,
        help="L2SP has no pan: simulate L1TP of the same seed beside it",
    )
    parser.add_argument("--collection", type=int, choices=(1, 2), default=defaults.collection)
    parser.add_argument("--satellite", choices=SATELLITES, default=defaults.satellite)
    parser.add_argument("--path-row", type=int, nargs=2, default=defaults.path_row, metavar=("PATH", "ROW"))
    add_scene(parser, defaults, 30, "time of the scene")
    add_switches(parser, defaults, EVENTS)
    for name, text in (("crop-pan", "pixels cut off the pan"), ("crop-bands", "pixels cut off the 30 m bands")):
        parser.add_argument(f"--{name}", type=int, nargs=4, default=(0, 0, 0, 0), metavar=MARGINS, help=text)
    parser.add_argument("--truth", type=Path, metavar="PATH", help="also write all bands at 15 m as a GeoTIFF")
    parser.add_argument("--pack", choices=PACKINGS, default="", help="also pack the product")


def run(arguments: argparse.Namespace) -> int:
    """Simulate a product as the arguments say; 0, or 1 where it failed, with the reason on the error stream."""

    def simulate(options: LandsatOptions) -> Iterable[Path | None]:
        product = simulate_landsat(arguments.folder, options)
        return product.folder, product.truth, product.archive

    return simulated(arguments, LandsatOptions, simulate)


def main() -> int:
    """Run ``python -m satsharp.export_tools.simulation.landsat``."""
    parser = argparse.ArgumentParser(prog="simulate-landsat", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())
