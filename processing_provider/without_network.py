# SPDX-License-Identifier: GPL-2.0-or-later
"""What algorithms share that run no network, so that they work without ONNX Runtime."""

from __future__ import annotations

from .base import SatSharpAlgorithm


class WithoutNetwork(SatSharpAlgorithm):
    """Base of these algorithms."""

    def canExecute(self) -> tuple[bool, str]:
        """Return that nothing is missing."""
        return True, ""

    def _require_runtime(self) -> None:
        """Need nothing."""
