# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks in torch: the compact coarse-grid family, DSen2 and VDSen2 as published, SRCNN, and U-Nets.

``injection`` is the classical method that the compact family starts from; it has no weights. ``views`` is the mean of
what a compact network does to flips and turns of an image.

All are called alike, ``network(*guide groups finest first, targets, regression)``; those without use for the scene's
regression ignore it. They return the targets on the finest grid, or (targets, spread) where they estimate their error.
``example()`` gives tensors of the right shapes for export.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from .compact import Compact
from .dsen2 import DSen2Upsampling, VDSen2Upsampling
from .harmonizing import S2L8H
from .injection import Injection
from .srcnn import SrcnnUpsampling
from .views import Views

KINDS: dict[str, type[nn.Module]] = {
    "compact": Compact,
    "views": Views,
    "injection": Injection,
    "dsen2": DSen2Upsampling,
    "vdsen2": VDSen2Upsampling,
    "srcnn": SrcnnUpsampling,
    "s2l8h": S2L8H,
}


def build(settings: dict[str, Any]) -> nn.Module:
    """Return the network that the ``network`` block of a config describes (its ``kind`` and keyword arguments).

    Raises:
        ValueError: the kind is unknown.
    """
    arguments = {key: value for key, value in settings.items() if key != "kind"}
    if settings["kind"] not in KINDS:
        raise ValueError(f"network kind {settings['kind']!r} is unknown; use one of {', '.join(KINDS)}")
    return KINDS[settings["kind"]](**arguments)


def count_parameters(network: nn.Module) -> int:
    """Return the number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
