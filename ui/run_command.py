# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line that repeats a run without a window."""

from __future__ import annotations

import re
import shlex
from typing import Any

from .run_unfinished import lasting_value

PROGRAM = "qgis_process"
# What the command shell of Windows passes on as it is.
_PLAIN = re.compile(r"[\w:./\\=+,@-]+")
_BEFORE_C = {'"': '""', "%": '"^%"', "": ""}


def command_of(algorithm: str, parameters: dict[str, Any], is_windows: bool = False) -> str:
    """Return a command of qgis_process, to be typed or pasted into a shell.

    Args:
        algorithm: id with that of the provider.
        parameters: as the panel gave them; ids of layers become their sources.
        is_windows: for the prompt of cmd.exe (such as the OSGeo4W shell), not for PowerShell and not for a batch file,
            in which ``%`` is escaped otherwise; False: for a POSIX shell.
    """
    quote = _quoted if is_windows else shlex.quote
    given = [
        f"--{name}={_text(one)}"
        for name, value in parameters.items()
        if value is not None
        for one in (value if isinstance(value, (list, tuple)) else (value,))
    ]
    return " ".join((PROGRAM, "run", algorithm, *map(quote, given)))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(lasting_value(value))


def _quoted(text: str) -> str:
    """Return an argument as cmd.exe and then the C library of the program take it for this text.

    Between quotes cmd.exe still replaces ``%NAME%``; outside, ``^%`` is a percent sign, and a name that begins with a
    quote is nobody's. The C library takes ``""`` between quotes for a quote, and halves backslashes before a quote.
    """
    if _PLAIN.fullmatch(text):
        return text
    escaped = re.sub(r'(\\*)(["%]|\Z)', lambda found: found[1] * 2 + _BEFORE_C[found[2]], text)
    return f'"{escaped}"'
