# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``simulate``: a product from the command line."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from ...core.errors import SatSharpError
from .options import LEVELS, SATELLITES, SimulationOptions
from .product import simulate_product


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``simulate`` to a parser; their names are the fields of ``SimulationOptions``."""
    defaults = SimulationOptions()
    parser.add_argument("folder", type=Path, metavar="OUTPUT_FOLDER", help="where the .SAFE folder is written")
    parser.add_argument(
        "--size", type=int, default=1098, help="rows and columns at 10 m, a multiple of 6, at most 10980"
    )
    parser.add_argument("--width", type=int, default=0, help="columns at 10 m where the scene is not square")
    parser.add_argument("--level", choices=LEVELS, default=defaults.level)
    parser.add_argument(
        "--baseline", default=defaults.baseline, help="processing baseline; from 04.00 on with offset -1000"
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="number of the landscape")
    parser.add_argument("--satellite", choices=SATELLITES, default=defaults.satellite)
    parser.add_argument("--tile", default=defaults.tile, help="MGRS tile in the names")
    parser.add_argument("--epsg", type=int, default=defaults.epsg, help="EPSG code of the UTM zone")
    parser.add_argument("--origin", type=float, nargs=2, default=defaults.origin, metavar=("EAST", "NORTH"))
    parser.add_argument("--acquired", default=defaults.acquired, metavar="TIME", help="start of sensing, UTC")
    for name, text in (
        ("clouds", "clouds and their shadows"),
        ("nodata-corner", "a corner beyond the edge of the orbit"),
        ("noise", "noise of the sensor"),
        ("saturated", "glints that saturate the sensor"),
        ("complete", "all files of a real product, coarser copies too"),
    ):
        default = getattr(defaults, name.replace("-", "_"))
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=default, help=text)
    parser.add_argument("--truth", type=Path, metavar="PATH", help="also write all bands at 10 m as a GeoTIFF")
    parser.add_argument("--zip", action="store_true", help="also pack the product into a .zip")
    parser.add_argument("--threads", type=int, default=defaults.threads)


def run(arguments: argparse.Namespace) -> int:
    """Simulate a product as the arguments say and write the paths of what was made, one a line.

    Returns:
        0, or 1 where it failed; the reason is written to the error stream.
    """
    chosen = {field.name: getattr(arguments, field.name) for field in fields(SimulationOptions)}
    try:
        product = simulate_product(arguments.folder, SimulationOptions(**{**chosen, "origin": tuple(chosen["origin"])}))
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in (product.safe, product.truth, product.zip):
        if path is not None:
            sys.stdout.write(f"{path}\n")
    return 0


def main() -> int:
    """Run ``python -m satsharp.export_tools.simulation``."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())
