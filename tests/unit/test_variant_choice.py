# SPDX-License-Identifier: GPL-2.0-or-later
"""Variants of a model in another precision: found by their cards, taken where they are asked for."""

from __future__ import annotations

from dataclasses import replace

from satsharp.core.cards import MODEL_FOLDER, Card, load_cards
from satsharp.core.variant_choice import FULL, in_precision, precision_of, precisions_of

CARDS = load_cards(MODEL_FOLDER)[0]
MODELS = ("s2-20m", "s2-60m")


def variant(of: str, kind: str) -> Card:
    card = next(card for card in CARDS if card.id == of)
    document = {**card.document, "variant_of": of, "precision": {"kind": kind}}
    return replace(card, id=f"{of}-{kind}", document=document)


def test_bundled_models_are_no_variants():
    assert precisions_of(CARDS) == () and {precision_of(card) for card in CARDS} == {""}
    assert in_precision(MODELS, CARDS, "fp16") == MODELS


def test_variant_comes_before_its_model_where_its_precision_is_wanted():
    cards = (*CARDS, variant("s2-20m", "int8"), variant("s2-20m", "fp16"))
    assert precisions_of(cards) == ("fp16", "int8")
    assert in_precision(MODELS, cards, "fp16") == ("s2-20m-fp16", "s2-20m", "s2-60m")
    assert in_precision(MODELS, cards, "int8") == ("s2-20m-int8", "s2-20m", "s2-60m")
    assert in_precision(MODELS, cards, FULL) == MODELS


def test_other_kinds_of_variants_are_left_alone():
    drawn = replace(CARDS[0], id="x", document={**CARDS[0].document, "variant_of": CARDS[0].id})
    odd = variant("s2-20m", "fp4")
    assert precisions_of((drawn, odd)) == () and in_precision(MODELS, (drawn, odd), "fp4") == MODELS
