# SPDX-License-Identifier: GPL-2.0-or-later
"""The mean of what a trained compact network does to eight flips and turns of an image, or to two.

Geometric self-ensemble (Timofte, Rothe and Van Gool, CVPR 2016), but without turning images, which no tile could do:
a network that sees a turned image is one with turned kernels that sees the image. The views are computed one after the
other, so that they take no more memory than one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


class Views(nn.Module):
    """Compact networks side by side, whose mean is taken.

    Args:
        views: their number, 2 or 8.
        settings: of each, see :class:`Compact`.

    Raises:
        ValueError: there are no such views.
    """

    def __init__(self, views: int, **settings: Any) -> None:
        """Build all of them; :func:`several_views` makes them one network that sees an image in several ways."""
        super().__init__()
        if views not in VIEWS:
            raise ValueError(f"There are {' or '.join(map(str, sorted(VIEWS)))} views, not {views}.")
        self.views = nn.ModuleList(Compact(**settings) for _ in range(views))

    def forward(self, *tensors: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Sharpen the targets, as :meth:`Compact.forward` does."""
        first = self.views[0]
        entered = first.entered(*tensors)
        added, doubts = zip(*(view.refined(entered) for view in self.views))
        doubt = None if doubts[0] is None else sum(doubts[1:], doubts[0]) / len(doubts)
        result: Tensor | tuple[Tensor, Tensor] = first.finished(entered, sum(added[1:], added[0]) / len(added), doubt)
        return result

    def example(self, rows: int = 8, batch: int = 1) -> dict[str, Any]:
        """Return zero tensors of the right shapes for export: guide groups, targets, regression."""
        example: dict[str, Any] = self.views[0].example(rows, batch)
        return example


def is_one_view(weights: Weights, network: nn.Module) -> bool:
    """Return whether the weights are those of a network of which this one is to be the mean over several views."""
    if not isinstance(network, Views):
        return False
    own = network.views[0].state_dict()
    return set(weights) == set(own) and all(weights[name].shape == tensor.shape for name, tensor in own.items())


def several_views(weights: Weights, network: Views) -> Weights:
    """Return the weights of all views.

    Args:
        weights: of one, see :func:`is_one_view`.
        network: whose bands and factors count.
    """
    result, first = {}, network.views[0]
    entering, leaving = _entering(first), _phases(first.targets, first.factor)
    for number, view in enumerate(VIEWS[len(network.views)]):
        for name, weight in weights.items():
            if name == "head.weight":
                made = _turned(weight[:, entering(*view)], view)
            elif name in ("tail.weight", "doubt.weight"):
                made = _turned(weight[leaving(*view)], view)
            else:
                made = _turned(weight, view) if name.startswith("blocks.") else weight
            result[f"views.{number}.{name}"] = made
    return result


def first_view(weights: Weights) -> Weights:
    """Return the weights of the view as it is, of a network of several; others are returned unchanged."""
    prefix = "views.0."
    found = {name[len(prefix) :]: tensor for name, tensor in weights.items() if name.startswith(prefix)}
    return found or weights


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
    """Return a function of the view that orders the channels that enter the network, see ``Compact.entered``."""
    targets = network.targets
    parts = [(targets, 1), (targets, 1), (targets, network.factor)]
    for channels, factor in network.guides:
        parts += [(channels, 1), (channels, factor)]
    ordered, start = [], 0
    for channels, factor in parts:
        ordered.append(_phases(channels, factor, start))
        start += channels * factor**2
    return lambda turn, mirrored: [place for part in ordered for place in part(turn, mirrored)]
