# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast a model is on a device: one tile of made-up numbers, with the halo that a real one has."""

from __future__ import annotations

import time

import numpy as np

from .cards import Card
from .detail_regression import scene_tensor
from .network import inspect_network
from .session import Session, Stopper, Tensor, cores

# Output pixels along the kept part of the tile, about; as many as a usual tile has.
SIDE = 480
REPETITIONS = 3


def measure_model(card: Card, device: str, stopper: Stopper) -> float:
    """Run a model on one tile, and return output megapixels a second by its fastest run.

    Reading, writing and the passes over a scene come on top in a real run.

    Args:
        card: the model.
        device: ``auto`` or a name of :data:`core.session.PROVIDERS`.
        stopper: ends it when the user cancels.

    Raises:
        ModelError: the network cannot be loaded on this device, or fails.
        CancelledError: the stopper was used.
    """
    session = Session(card.path, device, cores())
    unit = card.scale_factor
    network = inspect_network(card)
    side = max(1, SIDE // (unit * network.alignment)) * network.alignment
    inputs = _inputs(card, side + 2 * network.halo)
    session.run(inputs, stopper)
    seconds = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        session.run(inputs, stopper)
        seconds.append(time.perf_counter() - started)
    return float((side * unit) ** 2 / 1e6 / max(min(seconds), 1e-6))


def _inputs(card: Card, side: int) -> dict[str, Tensor]:
    """Return numbers in network range, ``side`` pixels of the coarsest input along an edge."""
    numbers = np.random.default_rng(0)
    made: dict[str, Tensor] = {}
    for tensor in card.inputs:
        pixels = side * round(card.coarsest_gsd / tensor.gsd)
        made[tensor.name] = numbers.random((1, tensor.dates * len(tensor.bands), pixels, pixels), np.float32)
    if card.scene_pass is not None:
        made[card.scene_pass.input] = np.asarray(
            scene_tensor(np.array(card.scene_pass.default), card.scale_factor), np.float32
        )
    return made
