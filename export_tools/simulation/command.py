# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``simulate``: a product from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from .arguments import EVENTS, add_scene, add_switches, simulated
from .options import LEVELS, SATELLITES, SimulationOptions
from .product import simulate_product


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``simulate`` to a parser; their names are the fields of ``SimulationOptions``."""
    defaults = SimulationOptions()
    parser.add_argument("folder", type=Path, metavar="OUTPUT_FOLDER", help="where the .SAFE folder is written")
    parser.add_argument(
        "--size", type=int, default=1098, help="rows and columns at 10 m, a multiple of 6, at most 10980"
    )
    parser.add_argument("--level", choices=LEVELS, default=defaults.level)
    parser.add_argument(
        "--baseline", default=defaults.baseline, help="processing baseline; from 04.00 on with offset -1000"
    )
    parser.add_argument("--satellite", choices=SATELLITES, default=defaults.satellite)
    parser.add_argument("--tile", default=defaults.tile, help="MGRS tile in the names")
    add_scene(parser, defaults, 10, "start of sensing")
    add_switches(parser, defaults, {**EVENTS, "complete": "all files of a real product, coarser copies too"})
    parser.add_argument("--truth", type=Path, metavar="PATH", help="also write all bands at 10 m as a GeoTIFF")
    parser.add_argument("--zip", action="store_true", help="also pack the product into a .zip")


def run(arguments: argparse.Namespace) -> int:
    """Simulate a product as the arguments say; 0, or 1 where it failed, with the reason on the error stream."""

    def simulate(options: SimulationOptions) -> Iterable[Path | None]:
        product = simulate_product(arguments.folder, options)
        return product.safe, product.truth, product.zip

    return simulated(arguments, SimulationOptions, simulate)


def main() -> int:
    """Run ``python -m satsharp.export_tools.simulation``."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())
