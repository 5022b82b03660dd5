# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure how the panel feels, in a real QGIS without a display: ``./dev bench panel``.

Start-up is measured in several fresh processes, of which the medians count; the rest in one. Times on the wall depend
on what else the machine does, so the load average stands beside them, and processor times where they can be told.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
INSIDE = Path(__file__).with_name("panel_timing_inside.py")
PARTS = ("start", "recognise", "result", "preview")
SCREEN = "-screen 0 1280x1000x24"


def arguments_of(given: list[str]) -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog="./dev bench panel", description="measure how the panel feels")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    parser.add_argument("--repeat", type=int, default=5, help="fresh processes for the start-up")
    parser.add_argument("--size", type=int, default=5490, help="rows and columns at 10 m of the product")
    parser.add_argument("--result-size", type=int, default=3000, help="rows and columns of the result")
    parser.add_argument("--result", default="", help="a result to load instead of one that is made")
    parser.add_argument("--rest", type=float, default=0.0, help="seconds between recognition and the first preview")
    parser.add_argument("--stacks", action="store_true", help="also tell where the main thread was in stalls")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where products and figures go")
    parser.add_argument("--plugins", type=Path, default=None, help="folder with the plugin, if not this one")
    return parser.parse_args(given)


def inputs_of(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the inputs, simulated where they are missing."""
    from ..export_tools.bench.plans import product_of
    from ..export_tools.simulation.landsat import LandsatOptions, simulate_landsat

    sentinel = product_of(arguments.folder / "products", arguments.size, True)
    place = arguments.folder / "products" / "landsat"
    if not place.is_dir():
        simulate_landsat(place, LandsatOptions(size=1000))
    landsat = next(path.parent for path in sorted(place.rglob("*_MTL.txt")))
    return {"Sentinel-2": sentinel, "Landsat": str(landsat)}


def run_inside(parts: tuple[str, ...], arguments: argparse.Namespace, inputs: dict[str, str]) -> dict[str, float]:
    """Measure in a fresh QGIS and return milliseconds by name.

    Raises:
        RuntimeError: QGIS failed.
    """
    written = arguments.folder / "panel-figures.json"
    written.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "SATSHARP_PLUGINS": str(arguments.plugins),
        "SATSHARP_PARTS": ",".join(parts),
        "SATSHARP_INPUTS": json.dumps(inputs),
        "SATSHARP_FIGURES": str(written),
        "SATSHARP_RESULT": arguments.result,
        "SATSHARP_REST": str(arguments.rest),
        "SATSHARP_STACKS": "yes" if arguments.stacks else "no",
        # As in a profile: what was compiled is kept, but not among the sources.
        "PYTHONPYCACHEPREFIX": str(arguments.folder / "panel-bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    qgis = ("qgis", "--nologo", "--noplugins", "--profile", "default", "--code", str(INSIDE))
    command = ["xvfb-run", "-a", "-s", SCREEN, *qgis]
    done = subprocess.run(command, env=environment, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode or not written.is_file():
        raise RuntimeError(done.stderr.decode(errors="replace")[-3000:] or f"QGIS ended with {done.returncode}")
    if arguments.stacks:
        sys.stderr.write(done.stderr.decode(errors="replace"))
    figures: dict[str, float] = json.loads(written.read_text(encoding="utf-8"))
    return figures


def main(given: list[str]) -> int:
    """Measure, and print a line a figure; returns 0, or 1 where QGIS failed."""
    arguments = arguments_of(given)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    arguments.plugins = arguments.plugins or plugin_folder(arguments.folder)
    load = os.getloadavg()[0]
    try:
        figures = _figures(arguments)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, value in figures.items():
        print(f"{value:10.1f}  {name}{'' if name.endswith('modules') else ', ms'}")
    print(f"Load average {load:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end; {os.cpu_count()} cores.")
    return 0


def plugin_folder(folder: Path) -> Path:
    """Return a folder with the plugin under its own name, whatever the checkout is called."""
    place = folder / "panel-plugins"
    place.mkdir(exist_ok=True)
    link = place / "satsharp"
    if not link.is_symlink() or link.resolve() != ROOT:
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT)
    return place


def _figures(arguments: argparse.Namespace) -> dict[str, float]:
    """Measure; the first start compiles everything and does not count."""
    figures: dict[str, float] = {}
    if "start" in arguments.parts:
        shutil.rmtree(arguments.folder / "panel-bytecode", ignore_errors=True)
        first, *rounds = [run_inside(("start",), arguments, {}) for _ in range(1 + arguments.repeat)]
        figures["start: all, wall, the very first time"] = first["start: all, wall"]
        figures.update({name: statistics.median(one[name] for one in rounds) for name in rounds[0]})
        # Other programs can only add to it.
        figures["start: all, processor, the fastest"] = min(one["start: all, processor"] for one in rounds)
    others = tuple(part for part in arguments.parts if part != "start")
    if others:
        arguments.result = arguments.result or _made_result(arguments)
        found = run_inside(others, arguments, inputs_of(arguments))
        figures.update({name: value for name, value in found.items() if not name.startswith("start")})
    return figures


def _made_result(arguments: argparse.Namespace) -> str:
    """Return a result to load, made anew; empty where none is loaded."""
    if "result" not in arguments.parts:
        return ""
    from .panel_result import write_result

    path = arguments.folder / "panel-figures.tif"
    write_result(path, arguments.result_size)
    return str(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
