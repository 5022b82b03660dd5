# SPDX-License-Identifier: GPL-2.0-or-later
"""A model's card in plain words."""

from __future__ import annotations

from typing import Any

from ..core.cards import Card
from ..plugin.i18n import Translated
from .panel_offer import Offer

# At this share of bicubic's error and above, the word "less" would promise too much.
HARDLY_LESS = 0.95


class CardWords(Translated):
    """Says what a user wants to know before choosing a model."""

    def lines(self, card: Card, speed: float | None) -> tuple[tuple[str, str], ...]:
        """Return (heading, text) pairs.

        Args:
            card: the model.
            speed: output megapixels a second on this device, or None where nobody has measured.
        """
        return (
            (self.tr("From – to"), self.gsds(card)),
            (self.tr("Trained on"), self.trained(card)),
            (self.tr("Held-out error"), self.error(card)),
            (self.tr("Licence"), card.licence),
            (self.tr("Speed here"), self.speed(speed)),
        )

    def gsds(self, card: Card) -> str:
        """Return the GSDs of inputs and result."""
        coarse, fine = self._metres(card.coarsest_gsd), self._metres(card.gsd)
        sentence = self.tr("{} to {} ({} bands)")
        return sentence.format(coarse, fine, len(card.target_bands))

    def trained(self, card: Card) -> str:
        """Return what the model was trained on."""
        training = card.document.get("training") or {}
        scenes = training.get("places")
        if isinstance(scenes, list) and scenes:
            return self.tr("1 scene") if len(scenes) == 1 else self.tr("{} scenes").format(len(scenes))
        known = str(training.get("data", "")) or str(card.document.get("attribution", ""))
        return known or self.tr("not stated")

    def error(self, card: Card) -> str:
        """Return the error on places that training never saw, against bicubic interpolation."""
        ratio = held_out_ratio(card)
        if ratio is None:
            return self.tr("not measured: compare the result with care")
        percent = round(100 * ratio)
        if ratio < HARDLY_LESS:
            return self.tr("{} % of bicubic’s, on places never seen in training").format(percent)
        return self.tr("{} % of bicubic’s: hardly better").format(percent)

    def speed(self, speed: float | None) -> str:
        """Return how fast the model is on this device."""
        if speed is None:
            return self.tr("not measured yet")
        return self.tr("{} million pixels a minute").format(f"{60 * speed:.2g}")

    def warning(self, offer: Offer) -> str:
        """Return a warning where models are missing, experimental or invent detail; empty where there is none."""
        sentences = [offer.blocked] if offer.blocked else []
        sentences += [self.tr("Experimental: {}").format(reason) for reason in offer.experimental]
        if any(invents_detail(card) for card in offer.cards):
            sentences.append(
                self.tr(
                    "This model has no finer band to take detail from: it makes plausible detail up. Do not measure "
                    "small things in the result."
                )
            )
        return " ".join(sentences)

    def _metres(self, gsd: float) -> str:
        return self.tr("{} m").format(f"{gsd:g}")


def invents_detail(card: Card) -> bool:
    """Return whether a model makes pixels that are finer than any of its inputs."""
    return bool(card.inputs) and card.gsd < 0.99 * min(tensor.gsd for tensor in card.inputs)


def held_out_ratio(card: Card) -> float | None:
    """Return the mean error / bicubic's on held-out places, the worst of the degradations; None where it is unknown."""
    figures: Any = card.document.get("figures") or {}
    ratios = figures.get("mean_ratio_to_bicubic") if isinstance(figures, dict) else None
    if not isinstance(ratios, dict):
        return None
    found = [entry.get("network") for entry in ratios.values() if isinstance(entry, dict)]
    numbers = [float(value) for value in (*found, ratios.get("network")) if isinstance(value, (int, float))]
    return max(numbers, default=None)
