# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks in torch: the compact coarse-grid family, and DSen2 / VDSen2 as published."""

from __future__ import annotations

from typing import Any

from torch import nn

from .compact import Compact
from .dsen2 import DSen2Upsampling


def build(settings: dict[str, Any]) -> nn.Module:
    """Return the network that the ``network`` block of a config describes (its ``kind`` and keyword arguments).

    Raises:
        ValueError: the kind is unknown.
    """
    kinds = {"compact": Compact, "dsen2": DSen2Upsampling}
    arguments = {key: value for key, value in settings.items() if key != "kind"}
    if settings["kind"] not in kinds:
        raise ValueError(f"network kind {settings['kind']!r} is unknown; use one of {', '.join(kinds)}")
    return kinds[settings["kind"]](**arguments)


def count_parameters(network: nn.Module) -> int:
    """Return the number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
