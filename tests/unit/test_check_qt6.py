# SPDX-License-Identifier: GPL-2.0-or-later
"""What looks for uses of Qt that Qt 6 lacks finds them."""

from __future__ import annotations

import pytest

pytest.importorskip("mypy")

from satsharp.scripts.check_qt6 import MISSING, MODULES, main  # noqa: E402

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


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        ('"type[QEvent]" has no attribute "MouseMove"', True),
        ('"type[AlignmentFlag]" has no attribute "Nope"', True),
        ('"QPoint" has no attribute "gone"', True),
        ('"Panel" has no attribute "NoFrame"', True),
        ('Item "QCoreApplication" of "QCoreApplication | None" has no attribute "desktop"', True),
        ('Item "None" of "QCoreApplication | None" has no attribute "desktop"', False),
        ('Module has no attribute "QRegExp"', True),
        ('Module "PyQt6.QtCore" has no attribute "QRegExp"', True),
        ('Module "warnings" has no attribute "deprecated"', False),
        ('"None" has no attribute "connect"', False),
    ],
)
def test_messages_that_count(message, counts):
    assert (MISSING.search(f"satsharp/ui/x.py:1: error: {message}  [attr-defined]") is not None) == counts


def test_nothing_is_found_without_stubs(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2 and "no type stubs" in capsys.readouterr().out
