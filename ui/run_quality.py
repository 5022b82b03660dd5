# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality of a run: what the engine found out about the result on this scene, read from the log."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..plugin.i18n import Translated
from .run_record import Run

# What core.examination says of the guard, the fallbacks and the consistency.
_RATIOS = re.compile(r"error / bicubic's error at reduced scale on .+? of this scene: (.+)\.$")
_RATIO = re.compile(r"(\S+) (\d+\.\d+)")
_FALLBACK = re.compile(r"(\S+) is enlarged by bicubic instead\.$")
_CONSISTENT = "are made consistent with the input"
_SPREADS = re.compile(r"off the input, and noise of it: (.+?)\. The results are made consistent")
_SPREAD = re.compile(r"(\S+) [\d.]+, ([\d.]+), ([\d.]+)")


@dataclass(frozen=True)
class BandQuality:
    """What is known of one band of a result.

    Attributes:
        band: its name.
        ratio: error / bicubic's error at reduced scale on windows of the scene; None where nobody looked.
        off: digital numbers by which the network's result, degraded, is off the input before it is made consistent.
        noise: digital numbers of the input's noise.
        is_bicubic: whether it was interpolated instead, as the model did not help.
    """

    band: str
    ratio: float | None = None
    off: float | None = None
    noise: float | None = None
    is_bicubic: bool = False


def bands_of(run: Run) -> tuple[BandQuality, ...]:
    """Return what the log of a run tells of each band, in the order in which it speaks of them."""
    texts = [text for text, _ in run.feedback.log]
    ratios = {band: float(ratio) for text in texts for band, ratio in _found(_RATIOS, _RATIO, text)}
    spreads = {
        band: (float(off), float(noise)) for text in texts for band, off, noise in _found(_SPREADS, _SPREAD, text)
    }
    bicubic = [match.group(1) for match in map(_FALLBACK.search, texts) if match]
    names = dict.fromkeys((*ratios, *spreads, *bicubic))
    return tuple(
        BandQuality(name, ratios.get(name), *spreads.get(name, (None, None)), name in bicubic) for name in names
    )


def is_consistent(run: Run) -> bool:
    """Return whether the result was made consistent with the input."""
    return any(_CONSISTENT in text for text, _ in run.feedback.log)


class QualityWords(Translated):
    """Says it in one line."""

    def line(self, run: Run) -> str:
        """Return consistency and guard in one line; empty where the log tells neither."""
        bands = bands_of(run)
        ratios = [band.ratio for band in bands if band.ratio is not None]
        bicubic = [band.band for band in bands if band.is_bicubic]
        parts = []
        if ratios:
            sentence = self.tr("On this scene {} to {} % of bicubic’s error")
            parts.append(sentence.format(round(100 * min(ratios)), round(100 * max(ratios))))
        if is_consistent(run):
            parts.append(self.tr("consistent with the input"))
        if bicubic:
            parts.append(self.tr("interpolated, since the model did not help: {}").format(", ".join(bicubic)))
        elif run.warnings:
            parts.append(self.tr("warnings: {}").format(len(run.warnings)))
        return "; ".join(parts)


def _found(sentence: re.Pattern[str], entry: re.Pattern[str], text: str) -> list[tuple[str, ...]]:
    match = sentence.search(text)
    return entry.findall(match.group(1)) if match else []
