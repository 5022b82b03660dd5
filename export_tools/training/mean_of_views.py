# SPDX-License-Identifier: GPL-2.0-or-later
"""A trained network as the mean of what it does to flips and turns of an image (``export --views``)."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from ..configuration import Config
from ..networks import build
from ..networks.compact import Compact
from .start import Start, begin_from


def mean_of_views(network: nn.Module, config: Config, views: int) -> tuple[nn.Module, Config]:
    """Return the network that is the mean over flips and turns of a trained one, and the config of that.

    Args:
        network: trained, of one view.
        config: its own.
        views: their number, one of ``networks.views.VIEWS``.

    Raises:
        ValueError: it is no compact network of one view.
    """
    if not isinstance(network, Compact):
        raise ValueError(f"{config.id} has no views: it is no compact network of one view. Leave --views out.")
    settings = {**config.network, "kind": "views", "views": views}
    made = build(settings)
    begin_from(Start(f"run {config.id}", network.state_dict(), None), made)
    document = {**config.document, "network": settings}
    return made.eval(), replace(config, network=settings, document=document)


def views_note(views: int) -> str:
    """Return the sentence that the card's note gets."""
    return f"The file is the mean over {views} flips and turns of the image (export --views {views})."
