# SPDX-License-Identifier: GPL-2.0-or-later
"""Make of a trained compact network the mean of what it does to eight flips and turns of an image, or to two.

Geometric self-ensemble (Timofte, Rothe and Van Gool, CVPR 2016), but without turning images, which no tile could do:
a network that sees a turned image is one with turned kernels that sees the image. Several of them side by side are one
network of as many groups of channels, whose last convolution takes their mean.
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
# Turns by 90 degrees, and whether the image is mirrored afterwards, by the number of views: all, or as it is and upside
# down.
VIEWS = {8: tuple((turn, mirrored) for mirrored in (False, True) for turn in range(4)), 2: ((0, False), (2, False))}


def is_one_view(weights: Weights, network: nn.Module) -> bool:
    """Return whether the weights are those of a network of which this one is to be the mean over several views."""
    if not isinstance(network, Compact) or network.groups not in VIEWS or set(weights) != set(network.state_dict()):
        return False
    head, own = weights["head.weight"], network.head.weight
    return head.shape[0] * network.groups == own.shape[0] and head.shape[1:] == own.shape[1:]


def several_views(weights: Weights, network: Compact) -> Weights:
    """Return the weights of the network of as many groups of channels as views.

    Args:
        weights: of one view, see :func:`is_one_view`.
        network: of eight or two groups; its bands and factors count.
    """
    result, views = {}, VIEWS[network.groups]
    entering = _entering(network)
    leaving = _phases(network.targets, network.factor)
    for name, weight in weights.items():
        if name == "head.weight":
            result[name] = torch.cat([_turned(weight[:, entering(*view)], view) for view in views])
        elif name == "tail.weight":
            result[name] = torch.cat([_turned(weight[leaving(*view)], view) for view in views], 1) / len(views)
        elif name == "doubt.weight":
            result[name] = torch.cat([_turned(weight[leaving(*view)], view) for view in views])
        elif name.startswith("blocks."):
            result[name] = torch.cat([_turned(weight, view) for view in views])
        else:
            result[name] = weight if name.startswith("up") else torch.cat([weight] * len(views))
    return result


def first_view(weights: Weights, network: Compact) -> Weights:
    """Return the weights of the view as it is, of a network of several; the inverse of :func:`several_views`.

    Args:
        weights: of a network of groups, see :func:`has_more_views`.
        network: of one group; its sizes count.
    """
    views = weights["head.weight"].shape[0] // network.head.weight.shape[0]
    result = {}
    for name, own in network.state_dict().items():
        part = weights[name][: own.shape[0]]
        result[name] = part[:, : own.shape[1]] * views if name == "tail.weight" else part
    return result


def has_more_views(weights: Weights, network: nn.Module) -> bool:
    """Return whether the weights are those of the mean over several views of such a network as this one."""
    if not isinstance(network, Compact) or network.groups != 1 or set(weights) != set(network.state_dict()):
        return False
    first = "blocks.0.first.weight"
    head, own = weights["head.weight"], network.head.weight
    views, rest = divmod(head.shape[0], own.shape[0])
    # Channels of one group see those of their own group only.
    return not rest and views in VIEWS and weights[first].shape[1] == network.state_dict()[first].shape[1]


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
