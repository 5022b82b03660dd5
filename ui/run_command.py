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


def command_of(algorithm: str, parameters: dict[str, Any], is_windows: bool = False) -> str:
    """Return a command of qgis_process.

    Args:
        algorithm: id with that of the provider.
        parameters: as the panel gave them; ids of layers become their sources.
        is_windows: quote for its command shell instead of for a POSIX one.
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
    return text if _PLAIN.fullmatch(text) else '"' + text.replace('"', '""') + '"'
