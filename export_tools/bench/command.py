# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of the benchmarks: what is measured in one go, in which order, and where the figures are written."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...core.cards import MODEL_FOLDER
from ...core.errors import SatSharpError
from . import report, stages
from .child import WholeRun, run_alone
from .plans import Plan, product_of
from .tilings import compare_tilings

PARTS = ("stages", "memory", "tilings")
FOLDER = Path(__file__).resolve().parent.parent.parent / "build" / "bench"
STEP = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--size", type=int, default=5490, help="rows and columns at 10 m (10980: a whole product)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    parser.add_argument("--repeat", type=int, default=3, help="rounds of the stages; the fastest of each counts")
    parser.add_argument("--network", choices=("compact", "dsen2"), default="compact", help="dsen2 has random weights")
    parser.add_argument("--models", type=Path, default=MODEL_FOLDER, help="folder of the compact models")
    parser.add_argument("--device", default="cpu", help="as the parameter DEVICE")
    parser.add_argument("--tile-size", type=int, default=0, help="as the parameter TILE_SIZE")
    parser.add_argument("--tiling-size", type=int, default=1500, help="rows and columns of the product for the tilings")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where products and results go")


@dataclass(frozen=True)
class Bench:
    """Where things are and how to run."""

    folder: Path
    models: Path
    device: str
    tile_size: int

    def plan(self, size: int, clean: bool = True) -> Plan:
        """Return the plan for a product of this size."""
        product = product_of(self.folder / "products", size, clean)
        output = str(self.folder / f"output-{size}.tif")
        return Plan(product, str(self.models), output, self.device, self.tile_size)

    def stages(self, size: int, repeat: int) -> report.Stages:
        """Measure each stage alone and the whole run, in turns, so that other load on the machine hits all alike."""
        plan = self.plan(size)
        job = plan.job()
        rounds = []
        for _ in range(repeat):
            whole = run_alone(plan)
            inference, way = stages.infer(job)
            rounds.append((whole, stages.decode(job), inference, way, stages.encode(job, Path(plan.output))))
        inference, way = min(((each[2], each[3]) for each in rounds), key=lambda pair: pair[0])
        return report.Stages(
            decoding=min(each[1] for each in rounds),
            inference=inference,
            encoding=min(each[4] for each in rounds),
            threading=way,
            whole=min((each[0] for each in rounds), key=lambda whole: whole.seconds),
        )


def run(arguments: argparse.Namespace) -> int:
    """Measure, print Markdown, and write it with a JSON file beside it; returns 0, or 1 where it failed."""
    try:
        lines, figures = _measure(arguments)
    except (SatSharpError, OSError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    name = f"{arguments.network}-{arguments.size}"
    (arguments.folder / f"{name}.md").write_text("\n".join(lines), encoding="utf-8")
    (arguments.folder / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {arguments.folder / name}.md and .json")
    return 0


def _measure(arguments: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    bench = Bench(arguments.folder, _models(arguments), arguments.device, arguments.tile_size)
    lines: list[str] = []
    figures: dict[str, Any] = {"machine": report.machine(), "arguments": _plain(arguments)}
    _tell(lines, [f"Network: {arguments.network}", "", *report.machine_lines()])
    full: WholeRun | None = None
    if "stages" in arguments.parts:
        measured = bench.stages(arguments.size, arguments.repeat)
        full = measured.whole
        figures["stages"] = asdict(measured)
        _tell(lines, report.stage_lines(measured))
    if "memory" in arguments.parts:
        full = full or run_alone(bench.plan(arguments.size))
        quarter = run_alone(bench.plan(arguments.size // 2 // STEP * STEP))
        figures["memory"] = {"full": asdict(full), "quarter": asdict(quarter)}
        _tell(lines, report.memory_lines(full, quarter))
    if "tilings" in arguments.parts:
        rows = compare_tilings(bench.plan(arguments.tiling_size, clean=False))
        figures["tilings"] = [asdict(row) for row in rows]
        _tell(lines, report.tiling_lines(rows))
    return lines, figures


def _models(arguments: argparse.Namespace) -> Path:
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.network == "compact":
        return Path(arguments.models)
    from .dsen2 import write_models

    folder = Path(arguments.folder) / "dsen2"
    write_models(folder)
    return folder


def _plain(arguments: argparse.Namespace) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(arguments).items()}


def _tell(lines: list[str], more: list[str]) -> None:
    lines.extend(more)
    print("\n".join(more), flush=True)
