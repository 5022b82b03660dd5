# SPDX-License-Identifier: GPL-2.0-or-later
"""The torch network of a card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from torch import nn

from ..configuration import Config
from ..evaluation.sharpeners import config_of_card
from ..networks import build
from .start import Start, begin_from, read_start


def network_of_card(card: Path, config: Config | None = None) -> tuple[nn.Module, Config, Start]:
    """Return the network of a card with the weights of its ONNX file, its config, and what was read.

    Args:
        card: its path; it says what its network is, whatever the config of that name has become.
        config: whose bands it must have; None for the card's own config.

    Raises:
        ValueError: the weights are not those of such a network, or its bands are others.
    """
    document = json.loads(card.read_text(encoding="utf-8"))
    own = config_of_card(card, document)
    settings = {key: value for key, value in document.get("network", own.network).items() if key != "parameters"}
    start = read_start(card, config or own)
    network = build(settings)
    begin_from(start, network)
    return network.eval(), replace(own, network=settings), start
