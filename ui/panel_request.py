# SPDX-License-Identifier: GPL-2.0-or-later
"""From what was chosen in the panel to the parameters of an algorithm; plain values, so that they can be kept."""

from __future__ import annotations

from typing import Any

from .inputs import Recognised
from .panel_forecast import Answer
from .panel_offer import Offer
from .panel_series import path_of
from .run_stretch import Look


def parameters_of(
    item: Recognised,
    dates: tuple[Recognised, ...],
    offer: Offer,
    values: dict[str, Any],
    extent: str,
    outputs: dict[str, str],
) -> dict[str, Any]:
    """Return the parameters of a request.

    Args:
        item: the input.
        dates: the inputs of the same place and sensor, for algorithms that take several.
        offer: what is done.
        values: further parameters that the user has filled.
        extent: as Processing takes it; empty for all.
        outputs: destinations by parameter.
    """
    source = item.source or item.layer or (item.raster.path if item.raster is not None else "")
    inputs = {"INPUTS": [path_of(one) for one in dates]} if offer.several else {"INPUT": source}
    where = {"EXTENT": extent} if extent and offer.has_extent else {}
    return {**inputs, **offer.parameters, **values, **where, **outputs}


def title_of(item: Recognised, offer: Offer) -> str:
    """Return what a run is called: the product and what is done with it."""
    return f"{item.title} – {offer.title}"


def details_of(item: Recognised, offer: Offer, look: Look, expected: Answer | None) -> dict[str, Any]:
    """Return what a run must remember beside its parameters.

    Args:
        item: the input.
        offer: what is done.
        look: how the input is shown.
        expected: what the run is expected to take, where that is known.
    """
    details: dict[str, Any] = {"layer": item.layer, "look": look, "models": list(offer.speed_keys)}
    if expected is not None and expected.forecast is not None:
        details.update(device=expected.device.device, megapixels=expected.forecast.megapixels)
    return details
