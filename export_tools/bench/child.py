# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole run in a process of its own, which tells its wall time and the most memory it ever had resident."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ...core.super_resolution import run
from .plans import Plan


@dataclass(frozen=True)
class WholeRun:
    """What a run took.

    Attributes:
        seconds: wall time of ``core.super_resolution.run``.
        planning_seconds: wall time of opening the product and planning before it.
        peak_mb: peak resident memory of the process in MB (10^6 bytes), Python and all libraries included.
        output_mb: size of the output in MB.
        megapixels: pixels of one band of the output, in millions.
        tiles: number of tiles.
        tile: side of a tile in output pixels.
        halos: halo of each model in pixels of its coarsest input.
        provider: execution provider.
    """

    seconds: float
    planning_seconds: float
    peak_mb: float
    output_mb: float
    megapixels: float
    tiles: int
    tile: int
    halos: dict[str, int]
    provider: str


def run_alone(plan: Plan) -> WholeRun:
    """Carry out a plan in a fresh process.

    Raises:
        RuntimeError: the process failed; its messages are on standard error.
    """
    command = [sys.executable, "-m", __spec__.name, json.dumps(asdict(plan))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The run of {plan.product} failed with exit status {done.returncode}.")
    return WholeRun(**json.loads(done.stdout.splitlines()[-1]))


def carry_out(plan: Plan) -> WholeRun:
    """Carry out a plan in this process."""
    started = time.monotonic()
    job = plan.job()
    planning_seconds = time.monotonic() - started
    result = run(job, lambda share: None, lambda: False, lambda sentence: None)
    return WholeRun(
        seconds=result.seconds,
        planning_seconds=planning_seconds,
        peak_mb=peak_memory(),
        output_mb=result.output.stat().st_size / 1e6,
        megapixels=job.window.height * job.window.width / 1e6,
        tiles=result.tiles,
        tile=job.tile,
        halos={step.card.id: step.halo for step in job.steps},
        provider=result.execution_provider,
    )


def peak_memory() -> float:
    """Return the most memory that this process ever had resident, in MB.

    On Linux from VmHWM: ``ru_maxrss`` of a new process begins with that of the process that started it.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(asdict(carry_out(Plan(**json.loads(sys.argv[1]))))))
