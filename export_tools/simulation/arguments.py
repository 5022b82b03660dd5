# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands that simulate a product on a UTM grid have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...core.errors import SatSharpError

# Option -> what it adds to the scene.
EVENTS = {
    "clouds": "clouds and their shadows",
    "nodata-corner": "a corner beyond the edge of the orbit",
    "noise": "noise of the sensor",
    "saturated": "glints that saturate the sensor",
}


def add_scene(parser: argparse.ArgumentParser, defaults: Any, gsd: int, acquired: str) -> None:
    """Add the arguments for place, time and size.

    Args:
        parser: of the command.
        defaults: options whose fields are called like the arguments.
        gsd: of the rows and columns in metres.
        acquired: what the time is that of.
    """
    parser.add_argument("--width", type=int, default=0, help=f"columns at {gsd} m where the scene is not square")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="number of the landscape")
    parser.add_argument("--epsg", type=int, default=defaults.epsg, help="EPSG code of the UTM zone")
    parser.add_argument("--origin", type=float, nargs=2, default=defaults.origin, metavar=("EAST", "NORTH"))
    parser.add_argument("--acquired", default=defaults.acquired, metavar="TIME", help=f"{acquired}, UTC")
    parser.add_argument("--threads", type=int, default=defaults.threads)


def add_switches(parser: argparse.ArgumentParser, defaults: Any, switches: dict[str, str]) -> None:
    """Add ``--x`` and ``--no-x`` for each switch (option -> help)."""
    for name, text in switches.items():
        default = getattr(defaults, name.replace("-", "_"))
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=default, help=text)


def simulated(arguments: argparse.Namespace, options: type, simulate: Callable[[Any], Iterable[Path | None]]) -> int:
    """Simulate as the arguments say and write the paths of what was made, one a line.

    Args:
        arguments: of the command line.
        options: dataclass whose fields are called like the arguments.
        simulate: makes a product of such options and returns the paths.

    Returns:
        0, or 1 where it failed; the reason is written to the error stream.
    """
    chosen = {field.name: getattr(arguments, field.name) for field in fields(options)}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in chosen.items()}
    try:
        paths = simulate(options(**values))
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in paths if path is not None)
    return 0
