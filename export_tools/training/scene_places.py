# SPDX-License-Identifier: GPL-2.0-or-later
"""A product of the user as training places: blocks of it, each a place of its own, split in space.

Blocks, not random patches, are held out: neighbouring patches share ground, and would flatter the figures. No chip, no
context and no regression reaches beyond its block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.errors import ProductError
from ...core.grid import Window
from ...core.raster import BandReader
from ..chips import smallest_side
from ..configuration import Config
from ..dataset import SPLITS, Place
from ..product_blocks import Product, open_product, read_block

# More blocks than this teach a scene no better, and cost memory.
BLOCKS = 24
# Sides of a block: at most so many times the smallest, and so many pixels of the finest grid.
LARGEST_TIMES = 6
LARGEST_FINE = 1536
# A small scene is cut into so many blocks each way, or where they would be too small to draw chips from, into fewer.
PARTS = 4
FEWEST_PARTS = 2
LEAST_VALID = 0.5
# From this many blocks on, some serve to choose the best weights; with fewer the last weights count.
ENOUGH_TO_VALIDATE = 8


@dataclass(frozen=True)
class Splits:
    """Places to learn from, to choose the weights by, and to report on."""

    train: list[Place]
    validation: list[Place]
    test: list[Place]


def split_scenes(sources: list[str], config: Config, seed: int) -> Splits:
    """Return the blocks of all products together; see ``split_scene``."""
    splits = [split_scene(source, config, seed) for source in sources]
    return Splits(*([place for split in splits for place in getattr(split, name)] for name in SPLITS))


def split_scene(source: str, config: Config, seed: int) -> Splits:
    """Open a product or stack and split it into blocks.

    A quarter of the blocks is held out for the report, and where there are enough, another quarter to choose by.

    Args:
        source: whatever ``core.products.open_scene`` opens.
        config: which bands and which chip.
        seed: decides which blocks are drawn and what for.

    Raises:
        ProductError: it cannot be opened, lacks a band, or is too small or too cloudy.
        GridError: its grids do not fit the config.
    """
    product = open_product(source, config)
    windows = _windows(product, config)
    np.random.default_rng(seed).shuffle(windows)
    blocks: list[Place] = []
    with BandReader() as reader:
        for window in windows:
            block = _place(product, window, reader)
            if block.mask.mean() >= LEAST_VALID:
                blocks.append(block)
            if len(blocks) == BLOCKS:
                break
    if len(blocks) < FEWEST_PARTS:
        raise ProductError(
            f"{product.scene.name} has {len(blocks)} blocks of clear ground, too few to learn from and to test on."
        )
    held = max(1, len(blocks) // 4)
    chosen = held if len(blocks) >= ENOUGH_TO_VALIDATE else 0
    return Splits(blocks[held + chosen :], blocks[held : held + chosen], blocks[:held])


def _windows(product: Product, config: Config) -> list[Window]:
    """Return the blocks of a scene in pixels of the targets' grid."""
    (height, width), scale = product.extent, config.scale_factor
    smallest = smallest_side(config)
    extent = min(height, width)
    wanted = max(extent // PARTS, smallest * 3 // 2)
    largest = max(smallest, min(LARGEST_TIMES * smallest, LARGEST_FINE // config.ratio(config.groups[0])))
    side = min(extent // FEWEST_PARTS, wanted, largest) // scale * scale
    if side < smallest:
        raise ProductError(
            f"{product.scene.name} has {height} x {width} pixels of {config.targets.gsd:g} m, and adapting needs "
            f"{FEWEST_PARTS * smallest} each way. Use a larger part of the product, or a config with a smaller chip."
        )
    return [
        Window(row * side, column * side, side, side)
        for row in range(height // side)
        for column in range(width // side)
    ]


def _place(product: Product, window: Window, reader: BandReader) -> Place:
    block, name = read_block(product, window, reader), product.scene.name
    return Place(
        id=f"{name} row {window.row} column {window.col}",
        place=name,
        split="train",
        weight=1.0,
        native=True,
        images=block.images,
        mask=block.mask,
        without_loss=(),
        rejected={reason: int(pixels.sum()) for reason, pixels in block.causes.items()},
        causes=block.causes,
        scene=name,
    )
