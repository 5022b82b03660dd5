# SPDX-License-Identifier: GPL-2.0-or-later
"""Make of a trained compact network the mean of what it does to the eight flips and turns of an image.

Geometric self-ensemble (Timofte, Rothe and Van Gool, CVPR 2016), but without turning images, which no tile could do:
a network that sees a turned image is one with turned kernels that sees the image. Eight of them side by side are one
network of eight groups of channels, whose last convolution takes their mean.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from .compact import Compact

Weights = dict[str, Tensor]
# Which channel comes in which place, for a view.
Order = Callable[[int, bool], "list[int]"]
VIEWS = 8
# Turns by 90 degrees, and whether the image is mirrored afterwards.
TURNS = tuple((turn, mirrored) for mirrored in (False, True) for turn in range(4))


def is_one_view(weights: Weights, network: nn.Module) -> bool:
    """Return whether the weights are those of a network of which this one is to be the mean over eight views."""
    if not isinstance(network, Compact) or network.groups != VIEWS or set(weights) != set(network.state_dict()):
        return False
    head, own = weights["head.weight"], network.head.weight
    return head.shape[0] * VIEWS == own.shape[0] and head.shape[1:] == own.shape[1:]


def eight_views(weights: Weights, network: Compact) -> Weights:
    """Return the weights of the network of eight groups.

    Args:
        weights: of one view, see :func:`is_one_view`.
        network: of eight groups; its bands and factors count.
    """
    result = {}
    entering = _entering(network)
    leaving = _phases(network.targets, network.factor)
    for name, weight in weights.items():
        if name == "head.weight":
            result[name] = torch.cat([_turned(weight[:, entering(*view)], view) for view in TURNS])
        elif name == "tail.weight":
            result[name] = torch.cat([_turned(weight[leaving(*view)], view) for view in TURNS], 1) / VIEWS
        elif name == "doubt.weight":
            result[name] = torch.cat([_turned(weight[leaving(*view)], view) for view in TURNS])
        elif name.startswith("blocks."):
            result[name] = torch.cat([_turned(weight, view) for view in TURNS])
        else:
            result[name] = weight if name.startswith("up") else torch.cat([weight] * VIEWS)
    return result


def _turned(kernels: Tensor, view: tuple[int, bool]) -> Tensor:
    """Turn kernels back, as the result of a turned image is turned back."""
    turn, mirrored = view
    return torch.rot90(kernels.flip(-1) if mirrored else kernels, -turn, (-2, -1))


def _order(factor: int, turn: int, mirrored: bool) -> list[int]:
    """Return for each phase of a coarse pixel which phase of the turned image it is."""
    phases = np.rot90(np.arange(factor**2).reshape(factor, factor), turn)
    places = (phases[:, ::-1] if mirrored else phases).ravel()
    return [int(place) for place in np.argsort(places)]


def _phases(channels: int, factor: int, start: int = 0) -> Order:
    """Return a function of the view that orders channels, phase by phase."""

    def ordered(turn: int, mirrored: bool) -> list[int]:
        order = _order(factor, turn, mirrored)
        return [start + phase * channels + channel for phase in order for channel in range(channels)]

    return ordered


def _entering(network: Compact) -> Order:
    """Return a function of the view that orders the channels that enter the network, see ``Compact.forward``."""
    targets = network.targets
    parts = [(targets, 1), (targets, 1), (targets, network.factor)]
    for channels, factor in network.guides:
        parts += [(channels, 1), (channels, factor)]
    ordered, start = [], 0
    for channels, factor in parts:
        ordered.append(_phases(channels, factor, start))
        start += channels * factor**2
    return lambda turn, mirrored: [place for part in ordered for place in part(turn, mirrored)]
