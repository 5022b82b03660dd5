# SPDX-License-Identifier: GPL-2.0-or-later
"""Run pytest: with arguments as it is, without any in three processes side by side whose results are added up.

The engine and the training are tested without QGIS in the process, as they must work without it; a crash of QGIS then
costs the QGIS tests only. What the others write is shown when the first one has ended. The last line is pytest's own
for one process, and has the same form for all together.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
# Without its plugin, pytest does not know the option that pyproject.toml sets for pytest-qgis.
UNKNOWN_OPTION = "ignore:Unknown config option"
WITHOUT_QGIS = ("-p", "no:pytest_qgis", "-W", UNKNOWN_OPTION)
PARTS = {
    "unit": ("tests/unit", *WITHOUT_QGIS),
    "training": ("tests/training", *WITHOUT_QGIS),
    "qgis": ("tests/qgis",),
}
OUTCOMES = ("failed", "passed", "skipped", "error")


def main(arguments: list[str]) -> int:
    """Return pytest's exit status, or 1 where a process has failed."""
    if arguments:
        return subprocess.run(_command(arguments), cwd=ROOT, check=False).returncode
    started = time.monotonic()
    (ROOT / "build").mkdir(exist_ok=True)
    with ExitStack() as stack:
        files = {name: stack.enter_context(tempfile.TemporaryFile()) for name in list(PARTS)[1:]}
        processes = {name: _begin(name, files.get(name)) for name in PARTS}
        statuses = {name: _end(process, files.get(name)) for name, process in processes.items()}
    for name, status in statuses.items():
        if status:
            print(f"pytest {' '.join(PARTS[name])} ended with exit status {status}", flush=True)
    counts = sum((_outcomes(_report(name)) for name in PARTS), Counter[str]())
    print(_closing_line(counts, time.monotonic() - started), flush=True)
    return int(any(statuses.values()))


def _begin(name: str, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """Start a part that writes to a file, or to where this process writes."""
    # One thread each: processes with a thread for every core would wait for one another.
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    return subprocess.Popen(_part(name), cwd=ROOT, env=environment, stdout=output, stderr=output and subprocess.STDOUT)


def _end(process: subprocess.Popen[bytes], output: IO[bytes] | None) -> int:
    """Wait for a part, show what it wrote, and return its exit status."""
    status = process.wait()
    if output is not None:
        output.seek(0)
        sys.stdout.write(output.read().decode(errors="replace"))
        sys.stdout.flush()
    return status


def _part(name: str) -> list[str]:
    report = _report(name)
    report.unlink(missing_ok=True)
    return _command([*PARTS[name], f"--junit-xml={report}"])


def _report(name: str) -> Path:
    return ROOT / "build" / f"tests-{name}.xml"


def _command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def _outcomes(report: Path) -> Counter[str]:
    """Count the outcomes in a JUnit file; one that is missing, because the process crashed, is an error."""
    if not report.exists():
        return Counter(error=1)
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        return Counter(error=1)
    names = {"failed": "failures", "error": "errors", "skipped": "skipped"}
    found = {outcome: int(suite.get(name, 0)) for outcome, name in names.items()}
    return Counter({**found, "passed": int(suite.get("tests", 0)) - sum(found.values())})


def _closing_line(counts: Counter[str], seconds: float) -> str:
    parts = [f"{counts[name]} {name}" for name in OUTCOMES if counts[name]]
    return f" {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s ".center(80, "=")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
