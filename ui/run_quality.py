# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality line of a run: what the engine found out about the result on this scene."""

from __future__ import annotations

import re

from ..plugin.i18n import Translated
from .run_record import Run

# What core.examination says of the guard, the fallbacks and the consistency.
_RATIOS = re.compile(r"error / bicubic's error at reduced scale on .+? of this scene: (.+)\.$")
_RATIO = re.compile(r"(\S+) (\d+\.\d+)")
_FALLBACK = re.compile(r"(\S+) is enlarged by bicubic instead\.$")
_CONSISTENT = "are made consistent with the input"


class QualityWords(Translated):
    """Reads the log of a run."""

    def line(self, run: Run) -> str:
        """Return consistency and guard in one line; empty where the log tells neither."""
        texts = [text for text, _ in run.feedback.log]
        ratios = [float(ratio) for text in texts for ratio in _ratios(text)]
        bicubic = [match.group(1) for match in map(_FALLBACK.search, texts) if match]
        parts = []
        if ratios:
            sentence = self.tr("On this scene {} to {} % of bicubic’s error")
            parts.append(sentence.format(round(100 * min(ratios)), round(100 * max(ratios))))
        if any(_CONSISTENT in text for text in texts):
            parts.append(self.tr("consistent with the input"))
        if bicubic:
            parts.append(self.tr("interpolated, since the model did not help: {}").format(", ".join(bicubic)))
        elif run.warnings:
            parts.append(self.tr("warnings: {}").format(len(run.warnings)))
        return "; ".join(parts)


def _ratios(text: str) -> list[str]:
    match = _RATIOS.search(text)
    return [ratio for _, ratio in _RATIO.findall(match.group(1))] if match else []
