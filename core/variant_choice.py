# SPDX-License-Identifier: GPL-2.0-or-later
"""Models that are installed in several precisions: which variants there are, and which of them is taken."""

from __future__ import annotations

from .cards import Card

FULL = "float32"
# Kinds of variants that export_tools writes, as a card's precision.kind says.
PRECISIONS = (FULL, "fp16", "int8")


def precision_of(card: Card) -> str:
    """Return the precision of a variant of another model; empty for a model that is none."""
    declared = card.document.get("precision")
    kind = declared.get("kind") if isinstance(declared, dict) else None
    return kind if isinstance(kind, str) and card.document.get("variant_of") and kind in PRECISIONS else ""


def precisions_of(cards: tuple[Card, ...]) -> tuple[str, ...]:
    """Return the precisions of which variants are installed, in the order of ``PRECISIONS``."""
    found = {precision_of(card) for card in cards}
    return tuple(kind for kind in PRECISIONS if kind in found)


def in_precision(preferred: tuple[str, ...], cards: tuple[Card, ...], precision: str) -> tuple[str, ...]:
    """Return card ids in order of preference, with the variant in a precision before the model that it is one of.

    Args:
        preferred: ids in order of preference.
        cards: installed cards.
        precision: one of ``PRECISIONS``; full precision changes nothing.
    """
    variants = {card.document.get("variant_of"): card.id for card in cards if precision_of(card) == precision}
    return tuple(name for model in preferred for name in (*([variants[model]] if model in variants else []), model))
