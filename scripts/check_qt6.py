# SPDX-License-Identifier: GPL-2.0-or-later
"""Look for uses of Qt that are not there in Qt 6, on which QGIS 4 is built: ``python -m satsharp.scripts.check_qt6``.

mypy reads the plugin with the type stubs of PyQt6 in place of ``qgis.PyQt``; what is not of Qt is left to other checks.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("ui", "plugin", "processing_provider")
MODULES = ("QtCore", "QtGui", "QtNetwork", "QtSvg", "QtWidgets")
# What QGIS moves back to where Qt 5 had it.
MOVED = "from PyQt6.QtGui import QAction as QAction, QActionGroup as QActionGroup, QShortcut as QShortcut\n"
# Of classes of Qt, of their enumerations, of the plugin's classes that are made from them, and of modules.
MISSING = re.compile(
    r'error: ("(type\[)?(?!Qgs|None\b|object\b)\w+\]?"|Item "Q(?!gs)\w+" of "[^"]+"|'
    r'Module( "(PyQt6|qgis\.PyQt)[\w.]*")?) has no attribute'
)
OPTIONS = ("--ignore-missing-imports", "--follow-imports=silent", "--check-untyped-defs", "--explicit-package-bases")


def main(arguments: list[str]) -> int:
    """Print what is missing; return 1 where anything is, and 2 where mypy could not do its work.

    Args:
        arguments: the folder in which the package PyQt6 lies, be it without Qt itself.
    """
    stubs = Path(arguments[0]).resolve() if arguments else ROOT
    if not (stubs / "PyQt6" / "QtCore.pyi").exists():
        print(f"There are no type stubs of PyQt6 in {stubs}.")
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_stubs(folder)
        (folder / "satsharp").symlink_to(ROOT)
        command = [sys.executable, "-m", "mypy", "--cache-dir", os.devnull, *OPTIONS]
        for part in PARTS:
            command += ["-p", f"satsharp.{part}"]
        environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(folder), str(stubs)])}
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if MISSING.search(line)]
    if done.returncode not in (0, 1) or not re.search(r"checked \d{2,} source files", done.stdout):
        print(done.stdout[-2000:] + done.stderr)
        return 2
    print("\n".join(found) or "Qt 6 has all that is used of Qt.")
    return 1 if found else 0


def _write_stubs(folder: Path) -> None:
    """Write stubs of the package qgis, of whose modules only those of Qt are known."""
    package = folder / "qgis" / "PyQt"
    package.mkdir(parents=True)
    (folder / "qgis" / "__init__.pyi").touch()
    (package / "__init__.pyi").write_text("from PyQt6 import sip as sip\n", encoding="utf-8")
    for module in MODULES:
        text = f"from PyQt6.{module} import *\n" + (MOVED if module == "QtWidgets" else "")
        (package / f"{module}.pyi").write_text(text, encoding="utf-8")
    anything = "from typing import Any\ndef __getattr__(name: str) -> Any: ...\n"
    for module in ("analysis", "core", "gui", "utils"):
        (folder / "qgis" / f"{module}.pyi").write_text(anything, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
