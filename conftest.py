# SPDX-License-Identifier: GPL-2.0-or-later
"""Register the checkout, whatever its folder is called, as the package ``satsharp``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent

if "satsharp" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "satsharp", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{ROOT / '__init__.py'} cannot be loaded as the package satsharp")
    package = importlib.util.module_from_spec(spec)
    sys.modules["satsharp"] = package
    spec.loader.exec_module(package)
