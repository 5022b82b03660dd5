# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``simulate-eos``: a MODIS or VIIRS product from the command line."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from ....core.errors import OutputError, SatSharpError
from .options import PRODUCTS, EosOptions, EosProduct
from .swaths import simulate_swath
from .tiles import simulate_tiles

_HELP = {
    "product": "MOD09GA and MOD09A1 come with MOD09GQ and MOD09Q1",
    "satellite": "letters of the names: MOD, MYD, VNP, VJ1 or VJ2",
    "day": "year and day of the year",
    "time": "start of a swath",
    "tile": "sinusoidal tile of a gridded product",
    "version": "collection",
    "seed": "number of the landscape",
    "size": "coarsest pixels along a side of the part of a tile",
    "lon": "longitude below the satellite at the first scan",
    "lat": "latitude below the satellite at the first scan",
    "heading": "direction of flight, degrees clockwise from north",
    "scans": "scans of a swath",
    "first_col": "first of the finest pixels of a scan that is kept",
    "cols": "how many of the finest pixels of a scan are kept",
    "geolocation": "of VNP09: IMG, MOD or nothing",
}


def simulate_eos(folder: Path, options: EosOptions) -> EosProduct:
    """Write a MODIS or VIIRS product of a simulated landscape.

    Args:
        folder: where the files go; made where missing.
        options: what to simulate.

    Raises:
        OutputError: pyhdf or h5py is missing, which write HDF files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if options.product in ("MOD09", "VNP09"):
            return simulate_swath(folder, options)
        return simulate_tiles(folder, options)
    except ImportError as error:
        raise OutputError(f"{error.name} is needed to write HDF files. Install it with pip.") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``simulate-eos`` to a parser; their names are the fields of ``EosOptions``."""
    parser.add_argument("folder", type=Path, metavar="OUTPUT_FOLDER", help="where the files are written")
    defaults = EosOptions()
    for entry in fields(EosOptions):
        default = getattr(defaults, entry.name)
        choices = PRODUCTS if entry.name == "product" else None
        parser.add_argument(
            f"--{entry.name.replace('_', '-')}", type=type(default), default=default, choices=choices,
            help=_HELP[entry.name],
        )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Simulate a product as the arguments say and write the paths of what was made, one a line.

    Returns:
        0, or 1 where it failed; the reason is written to the error stream.
    """
    chosen = {entry.name: getattr(arguments, entry.name) for entry in fields(EosOptions)}
    try:
        product = simulate_eos(arguments.folder, EosOptions(**chosen))
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in (*product.files, product.truth):
        sys.stdout.write(f"{path}\n")
    return 0
