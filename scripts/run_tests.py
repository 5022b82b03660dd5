# SPDX-License-Identifier: GPL-2.0-or-later
"""Run pytest: with arguments as it is, without any in two processes side by side whose results are added up.

The engine and the training are tested without QGIS in the process, as they must work without it; a crash of QGIS then
costs the QGIS tests only. What the second process writes is shown when it has ended. The last line is pytest's own for
one process, and has the same form for both together.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Without its plugin, pytest does not know the option that pyproject.toml sets for pytest-qgis.
UNKNOWN_OPTION = "ignore:Unknown config option"
WITHOUT_QGIS = ("tests/unit", "tests/training", "-p", "no:pytest_qgis", "-W", UNKNOWN_OPTION)
WITH_QGIS = ("tests/qgis",)
OUTCOMES = ("failed", "passed", "skipped", "error")


def main(arguments: list[str]) -> int:
    """Return pytest's exit status, or 1 where either process has failed."""
    if arguments:
        return subprocess.run(_command(arguments), cwd=ROOT, check=False).returncode
    started = time.monotonic()
    (ROOT / "build").mkdir(exist_ok=True)
    # One thread each: two processes with a thread for every core would wait for one another.
    settings: dict[str, Any] = {"cwd": ROOT, "env": {"OMP_NUM_THREADS": "1", **os.environ}}
    with tempfile.TemporaryFile() as written:
        behind = subprocess.Popen(_part("qgis", WITH_QGIS), stdout=written, stderr=subprocess.STDOUT, **settings)
        statuses = [subprocess.run(_part("plain", WITHOUT_QGIS), check=False, **settings).returncode, behind.wait()]
        written.seek(0)
        sys.stdout.write(written.read().decode(errors="replace"))
    for part, status in zip((WITHOUT_QGIS, WITH_QGIS), statuses):
        if status:
            print(f"pytest {' '.join(part)} ended with exit status {status}", flush=True)
    counts = _outcomes(_report("plain")) + _outcomes(_report("qgis"))
    print(_closing_line(counts, time.monotonic() - started), flush=True)
    return int(any(statuses))


def _part(name: str, arguments: tuple[str, ...]) -> list[str]:
    report = _report(name)
    report.unlink(missing_ok=True)
    return _command([*arguments, f"--junit-xml={report}"])


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
