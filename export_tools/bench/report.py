# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures as Markdown tables, and where they were measured."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import onnxruntime
from osgeo import gdal

from ...core.session import cores
from ...core.version import version
from .child import WholeRun
from .stages import Threading
from .tilings import TilingRow


@dataclass(frozen=True)
class Stages:
    """Seconds of each stage alone, of the whole run, and how bare inference used the processors."""

    decoding: float
    inference: float
    encoding: float
    threading: Threading
    whole: WholeRun

    @property
    def ratio_to_sum(self) -> float:
        """Whole run / (decoding + inference + encoding)."""
        return self.whole.seconds / (self.decoding + self.inference + self.encoding)

    @property
    def ratio_to_inference(self) -> float:
        """Whole run / inference."""
        return self.whole.seconds / self.inference


def machine() -> dict[str, str]:
    """Return processor, memory and versions."""
    return {
        "processor": _processor(),
        "processors used": str(cores()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB",
        "system": platform.platform(),
        "Python": platform.python_version(),
        "GDAL": gdal.__version__,
        "ONNX Runtime": onnxruntime.__version__,
        "SatSharp": version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def machine_lines() -> list[str]:
    """Return the machine in one line."""
    return ["; ".join(f"{name}: {value}" for name, value in machine().items()), ""]


def stage_lines(stages: Stages) -> list[str]:
    """Return the table of the stages."""
    whole, way = stages.whole, stages.threading
    together = stages.decoding + stages.inference + stages.encoding
    size = f"{whole.megapixels:.1f} MP a band, {whole.tiles} tiles of {whole.tile} px"
    used = f"{way.workers} at a time, {way.threads} thread(s) each"
    return [
        f"| stage ({size}) | seconds | |",
        "|---|---:|---|",
        f"| decoding alone | {stages.decoding:.2f} | every needed band, each pixel once |",
        f"| bare session.run alone | {stages.inference:.2f} | same tensor shapes and count; {used} |",
        f"| encoding alone | {stages.encoding:.2f} | compression, overviews, statistics |",
        f"| sum | {together:.2f} | |",
        f"| whole run | {whole.seconds:.2f} | {whole.megapixels / whole.seconds:.2f} MP/s, {whole.provider} |",
        f"| whole run / sum | {stages.ratio_to_sum:.3f} | |",
        f"| whole run / bare session.run | {stages.ratio_to_inference:.3f} | |",
        "",
        f"Peak resident memory {whole.peak_mb:.0f} MB; output {whole.output_mb:.0f} MB; "
        f"opening and planning before the run {whole.planning_seconds:.2f} s.",
        "",
    ]


def memory_lines(full: WholeRun, quarter: WholeRun) -> list[str]:
    """Return the table of memory."""
    return [
        "| product | MP a band | peak resident memory (MB) | seconds | output (MB) |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {name} | {run.megapixels:.1f} | {run.peak_mb:.0f} | {run.seconds:.1f} | {run.output_mb:.0f} |"
            for name, run in (("full", full), ("quarter", quarter))
        ),
        f"| full / quarter | {full.megapixels / quarter.megapixels:.2f} | {full.peak_mb / quarter.peak_mb:.3f} | | |",
        "",
    ]


def tiling_lines(rows: list[TilingRow]) -> list[str]:
    """Return the table of tilings."""
    return [
        "| TILE_SIZE | tiles | largest difference (digital numbers) | values that differ |",
        "|---|---|---:|---:|",
        *(
            f"| {row.asked or 'whole image'} | {row.tiles} of {row.tile} px | {row.largest} | "
            f"{row.differing} of {row.values} |"
            for row in rows
        ),
        "",
    ]
