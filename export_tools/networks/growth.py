# SPDX-License-Identifier: GPL-2.0-or-later
"""Start a large compact network as a smaller trained one: wider and deeper, and at first with the same output.

After Net2Net (Chen, Goodfellow and Shlens 2016, arXiv:1511.05641), with one difference: new channels are not copies of
old ones but keep their random weights, and the old channels do not listen to them at first.
"""

from __future__ import annotations

from torch import Tensor, nn

from .compact import Compact

Weights = dict[str, Tensor]


def is_smaller(weights: Weights, network: nn.Module) -> bool:
    """Return whether the weights are those of a compact network that is narrower or shallower than this one."""
    own = network.state_dict()
    if not isinstance(network, Compact) or not weights or not set(weights) <= set(own):
        return False
    pairs = [(tensor, own[name]) for name, tensor in weights.items()]
    fits = all(_within(small, large) for small, large in pairs) and _same_ends(weights, own)
    blocks = {name.split(".")[1] for name in weights if name.startswith("blocks.")}
    return fits and (any(small.shape != large.shape for small, large in pairs) or len(blocks) < len(network.blocks))


def grown(weights: Weights, network: nn.Module) -> Weights:
    """Return weights for all of ``network`` with which it computes what the smaller network did.

    Args:
        weights: of the smaller network, see :func:`is_smaller`.
        network: fresh, with random weights.
    """
    result = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for name, large in result.items():
        if name in weights:
            _settle(weights[name].to(large), large)
        elif name.endswith(".second.weight"):
            large.zero_()  # A new block adds nothing yet.
    return result


def _settle(small: Tensor, large: Tensor) -> None:
    """Put weights into the first channels; these hear nothing of the new ones."""
    if large.dim() > 1:
        large[: small.shape[0], small.shape[1] :] = 0
    large[tuple(slice(size) for size in small.shape)] = small


def _within(small: Tensor, large: Tensor) -> bool:
    """Return whether it has no more channels, and kernels of the same size."""
    channels = all(a <= b for a, b in zip(small.shape[:2], large.shape[:2]))
    return small.dim() == large.dim() and channels and small.shape[2:] == large.shape[2:]


def _same_ends(weights: Weights, own: Weights) -> bool:
    """Return whether the same bands go in and come out."""
    head, tail = "head.weight", "tail.weight"
    if head not in weights or tail not in weights:
        return False
    return weights[head].shape[1] == own[head].shape[1] and weights[tail].shape[0] == own[tail].shape[0]
