# SPDX-License-Identifier: GPL-2.0-or-later
"""Tiny places made of random texture: targets follow the guides, so there is something to learn."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

pytest.importorskip("osgeo")

from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.dataset import Place  # noqa: E402


def texture(bands: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Blocks of several sizes, (bands, size, size), around reflectance x 5 = 1."""
    image = np.ones((bands, size, size))
    for block in (2, 5, 12):
        count = -(-size // block)
        cells = rng.normal(0, 0.15, (bands, count, count)).repeat(block, 1).repeat(block, 2)
        image += cells[:, :size, :size]
    return image


def make_place(config: Config, seed: int, native: bool = True, targets_size: int = 96, **changes: Any) -> Place:
    """A place whose targets are a nonlinear mixture of its guides at the finest grid."""
    rng = np.random.default_rng(seed)
    ratio = config.scale_factor if native else 1
    fine = texture(4, targets_size * ratio, rng)
    images = {config.groups[0].name: fine.astype(np.float32)}
    for group in config.groups[1:]:
        step = ratio // config.ratio(group) if native else 1
        mixed = np.einsum("tg,grc->trc", rng.uniform(0, 0.6, (len(group.bands), 4)), fine + 0.3 * fine**2)
        side = fine.shape[1] // step
        images[group.name] = mixed.reshape(-1, side, step, side, step).mean(axis=(2, 4)).astype(np.float32)
    mask = np.ones((targets_size, targets_size), bool)
    place = Place("made", "made", "train", 1.0, native, images, mask, (), {})
    return dataclasses.replace(place, **changes)


@pytest.fixture()
def config() -> Config:
    """The 20 m config with a tiny network and small chips."""
    full = load_config("s2-20m")
    network = {"kind": "compact", "guides": [[4, 2]], "targets": 6, "width": 16, "depth": 1}
    training = {**full.training, "chip": 12, "border": 2, "batch": 4, "learning_rate": 0.003, "ema": 0.9, "faint": 0}
    training.update(phases=0, spreads={"published": [0.9, 1.1], "mtf": [0.7, 1.15]})
    document = {**full.document, "network": network, "training": training}
    return dataclasses.replace(full, network=network, training=training, document=document)
