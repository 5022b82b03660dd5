# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes that tell little: places with their contrast nearly lost in noise, or with guides from elsewhere.

Calm water, snow, haze and deserts look like the first, bands of another kind than the guides like the second. A network
that never saw one makes up details there, or worse: what a scene tells it lies outside of what it learnt.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .configuration import Config
from .dataset import NETWORK_SCALE, Image, Mask, Place

# Variants of each place, every fourth of them with foreign guides.
VARIANTS = 2
FOREIGN_EVERY = 4
FAINT, FOREIGN = "faint", "foreign guides"
# Target pixels along a variant; a place has at most so many.
SIDE = 192
# What is left of the contrast, drawn evenly in the logarithm, and the noise of each band in digital numbers.
CONTRAST = (0.004, 0.25)
NOISE = (1.0, 15.0)


def faint_places(places: list[Place], config: Config, share: float, seed: int) -> list[Place]:
    """Return variants of places that are drawn for ``share`` of all chips together.

    Args:
        places: real ones.
        config: which groups there are.
        share: 0 to less than 1; of 0 there are none.
        seed: of the variants.
    """
    if not share:
        return []
    rng = np.random.default_rng([seed, 1])
    total = share / (1 - share) * sum(place.weight for place in places)
    weight = total / (VARIANTS * len(places))
    variants = [(place, number) for number in range(VARIANTS) for place in places]
    result = []
    for position, (place, number) in enumerate(variants):
        foreign = position % FOREIGN_EVERY == 0
        name = f"{place.id}, {FOREIGN if foreign else FAINT} {number + 1}"
        result.append(replace(variant(_part(place, config, rng), foreign, rng), id=name, weight=weight))
    return result


def variant(place: Place, foreign: bool, rng: np.random.Generator) -> Place:
    """Return a place with little contrast and noise of its own in every band, or with its guides turned upside down."""
    names = list(place.images)
    if foreign:
        turned = {name: np.ascontiguousarray(place.images[name][:, ::-1, ::-1]) for name in names[:-1]}
        mask = place.mask & place.mask[::-1, ::-1]
        return replace(place, images={**turned, names[-1]: place.images[names[-1]]}, mask=mask)
    contrast = np.exp(rng.uniform(*np.log(CONTRAST)))
    return replace(place, images={name: _faint(place.images[name], contrast, rng) for name in names})


def _faint(image: Image, contrast: float, rng: np.random.Generator) -> Image:
    """Draw an image to the mean of each band and add noise; pixels of 0 are no measurement and move with the rest."""
    valid = image != 0
    mean = image.sum((1, 2), keepdims=True) / np.maximum(valid.sum((1, 2), keepdims=True), 1)
    noise = rng.uniform(*NOISE, (len(image), 1, 1)) * NETWORK_SCALE / 10000
    return np.asarray(mean + contrast * (image - mean) + noise * rng.standard_normal(image.shape), np.float32)


def _part(place: Place, config: Config, rng: np.random.Generator) -> Place:
    """Cut a random part of at most ``SIDE`` target pixels, the clearest of some."""
    unit = config.scale_factor
    boxes = []
    for _ in range(8):
        start = [int(rng.integers(max(1, (size - SIDE) // unit + 1))) * unit for size in place.mask.shape]
        boxes.append((start[0], start[1]))
    row, column = max(boxes, key=lambda box: float(_cut(place.mask[None], *box, 1).mean()))
    images = {
        group.name: _cut(place.images[group.name], row, column, place.ratio(config, group)) for group in config.groups
    }
    mask: Mask = _cut(place.mask[None], row, column, 1)[0]
    return replace(place, images=images, mask=mask)


def _cut(image: npt.NDArray[np.generic], row: int, column: int, ratio: int) -> npt.NDArray[np.generic]:
    return image[:, row * ratio : (row + SIDE) * ratio, column * ratio : (column + SIDE) * ratio]
