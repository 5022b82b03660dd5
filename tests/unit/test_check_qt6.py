# SPDX-License-Identifier: GPL-2.0-or-later
"""What looks for uses of Qt that Qt 6 lacks finds them."""

from __future__ import annotations

import pytest

pytest.importorskip("mypy")

from satsharp.scripts.check_qt6 import MODULES, main  # noqa: E402

ANYTHING = "from typing import Any\ndef __getattr__(name: str) -> Any: ...\n"


def test_what_is_missing_is_named(tmp_path, capsys):
    package = tmp_path / "PyQt6"
    package.mkdir()
    (package / "__init__.pyi").write_text("from . import sip as sip\n", encoding="utf-8")
    for module in ("sip", *MODULES):
        (package / f"{module}.pyi").write_text(ANYTHING, encoding="utf-8")
    with (package / "QtCore.pyi").open("a", encoding="utf-8") as file:
        file.write(
            "class QThreadPool:\n    def releaseThread(self) -> None: ...\n    def reserveThread(self) -> None: ...\n"
        )
    assert main([str(tmp_path)]) == 1
    found = [line for line in capsys.readouterr().out.splitlines() if "plugin/thread_pool.py" in line]
    assert len(found) == 1 and 'QThreadPool]" has no attribute "globalInstance"' in found[0]


def test_nothing_is_found_without_stubs(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2 and "no type stubs" in capsys.readouterr().out
