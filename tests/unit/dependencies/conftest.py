# SPDX-License-Identifier: GPL-2.0-or-later
"""A fixture that hides the real ONNX Runtime."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from satsharp.plugin import dependencies


@pytest.fixture
def no_system_runtime(monkeypatch):
    """Hide the real onnxruntime, and put sys.path and sys.modules back afterwards."""
    path = list(sys.path)
    real = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "onnxruntime"}
    for name in real:
        del sys.modules[name]
    find_spec = dependencies.importlib.util.find_spec
    monkeypatch.setattr(
        dependencies.importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "onnxruntime" else find_spec(name, *rest),
    )
    # The import system itself must not see the real one either: leave out every folder that holds it.
    monkeypatch.setattr(sys, "path", [entry for entry in path if not (Path(entry or ".") / "onnxruntime").is_dir()])
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "onnxruntime"]:
        del sys.modules[name]
    sys.modules.update(real)
    dependencies.importlib.invalidate_caches()
