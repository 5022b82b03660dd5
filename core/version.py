# SPDX-License-Identifier: GPL-2.0-or-later
"""The version, read from the one place where it stands: ``metadata.txt``."""

from __future__ import annotations

import configparser
from functools import lru_cache
from pathlib import Path

METADATA = Path(__file__).resolve().parent.parent / "metadata.txt"


@lru_cache(maxsize=1)
def version() -> str:
    """Return the plugin's version, such as ``0.1.0``."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(METADATA, encoding="utf-8")
    return parser.get("general", "version", fallback="0.0.0")
