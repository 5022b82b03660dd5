# SPDX-License-Identifier: GPL-2.0-or-later
"""Write reports and tables so that a file appears only when it is complete."""

from __future__ import annotations

import os
from pathlib import Path

from ..core.errors import OutputError


def write_text(path: Path, text: str) -> None:
    """Write a text file by atomic rename.

    Raises:
        OutputError: it cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file by atomic rename.

    Raises:
        OutputError: it cannot be written.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(data)
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Choose another folder.") from error
