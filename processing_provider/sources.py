# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be told of an INPUT before it is opened."""

from __future__ import annotations

import os
import re


def missing_part(source: str) -> str:
    """Return the path of a source, or of a list of them, that is not there; empty where all are or cannot be told."""
    if "://" in source or source.startswith("/vsi") or os.path.exists(source):
        return ""
    parts = [part.strip() for part in re.split("[;|]", source)]
    return next((part for part in parts if part and not part.startswith("/vsi") and not os.path.exists(part)), "")
