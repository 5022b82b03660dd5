# SPDX-License-Identifier: GPL-2.0-or-later
"""From what was chosen in the panel to the parameters of an algorithm; plain values, so that they can be kept."""

from __future__ import annotations

from typing import Any

from .inputs import Recognised
from .panel_offers import Offer
from .run_stretch import Look


def parameters_of(
    item: Recognised,
    alike: tuple[Recognised, ...],
    offer: Offer,
    values: dict[str, Any],
    extent: str,
    outputs: dict[str, str],
) -> dict[str, Any]:
    """Return the parameters of a request.

    Args:
        item: the input.
        alike: all inputs of the same sensor, for algorithms that take several.
        offer: what is done.
        values: further parameters that the user has filled.
        extent: as Processing takes it; empty for all.
        outputs: destinations by parameter.
    """
    source = item.source or item.layer or (item.raster.path if item.raster is not None else "")
    inputs = {"INPUTS": [one.source for one in alike]} if offer.several else {"INPUT": source}
    where = {"EXTENT": extent} if extent else {}
    return {**inputs, **offer.parameters, **values, **where, **outputs}


def title_of(item: Recognised, offer: Offer) -> str:
    """Return what a run is called: the product and what is done with it."""
    return f"{item.title} – {offer.title}"


def details_of(item: Recognised, offer: Offer, look: Look) -> dict[str, Any]:
    """Return what a run must remember beside its parameters."""
    return {"layer": item.layer, "look": look, "models": [card.id for card in offer.cards]}
