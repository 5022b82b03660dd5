# SPDX-License-Identifier: GPL-2.0-or-later
"""What algorithms share that run no network, so that they work without ONNX Runtime."""

from __future__ import annotations

from ..plugin.paths import HELP_FOLDER
from .base import SatSharpAlgorithm


class WithoutNetwork(SatSharpAlgorithm):
    """Base of these algorithms."""

    def createInstance(self) -> WithoutNetwork:
        """Return a new instance."""
        return type(self)()

    def shortHelpString(self) -> str:
        """Return the help text ``resources/help/<algorithm id>.md`` as HTML."""
        text = (HELP_FOLDER / f"{self.name()}.md").read_text(encoding="utf-8")
        paragraphs = text.split("\n\n", 1)[1].strip().split("\n\n")
        return "\n".join(f"<p>{' '.join(paragraph.split())}</p>" for paragraph in paragraphs)

    def canExecute(self) -> tuple[bool, str]:
        """Return that nothing is missing."""
        return True, ""

    def _require_runtime(self) -> None:
        """Need nothing."""
