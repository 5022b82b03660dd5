# SPDX-License-Identifier: GPL-2.0-or-later
"""A product of the user as training places: blocks of it, each a place of its own, split in space.

Blocks, not random patches, are held out: neighbouring patches share ground, and would flatter the figures. No chip, no
context and no regression reaches beyond its block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ...core.errors import GridError, ProductError
from ...core.grid import Window
from ...core.point_spread import valid_blocks
from ...core.products import open_scene
from ...core.radiometry import Radiometry, band_mask
from ...core.raster import BandReader
from ...core.scene import Band, Scene
from ...core.sensors import sensor_by_id
from ..chips import smallest_side
from ..configuration import Config
from ..dataset import UNCLEAR_CLASSES, Mask, Place

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
SPLITS = ("train", "validation", "test")


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
    sensor = sensor_by_id(config.document["sensor"])
    scene = open_scene(source, sensor)
    windows = _windows(scene, config)
    np.random.default_rng(seed).shuffle(windows)
    blocks: list[Place] = []
    with BandReader() as reader:
        for window in windows:
            block = _read_block(scene, config, window, reader)
            if block.mask.mean() >= LEAST_VALID:
                blocks.append(block)
            if len(blocks) == BLOCKS:
                break
    if len(blocks) < FEWEST_PARTS:
        raise ProductError(
            f"{scene.name} has {len(blocks)} blocks of clear ground, too few to learn from and to test on."
        )
    held = max(1, len(blocks) // 4)
    chosen = held if len(blocks) >= ENOUGH_TO_VALIDATE else 0
    return Splits(blocks[held + chosen :], blocks[held : held + chosen], blocks[:held])


def _windows(scene: Scene, config: Config) -> list[Window]:
    """Return the blocks of a scene in pixels of the targets' grid."""
    grid = scene.band(config.targets.bands[0]).grid
    scale, ratio = config.scale_factor, config.ratio(config.groups[0])
    smallest = smallest_side(config)
    extent = min(grid.height, grid.width)
    wanted = max(extent // PARTS, smallest * 3 // 2)
    largest = max(smallest, min(LARGEST_TIMES * smallest, LARGEST_FINE // ratio))
    side = min(extent // FEWEST_PARTS, wanted, largest) // scale * scale
    if side < smallest:
        raise ProductError(
            f"{scene.name} has {grid.height} x {grid.width} pixels of {config.targets.gsd:g} m, and adapting needs "
            f"{FEWEST_PARTS * smallest} each way. Use a larger part of the product, or a config with a smaller chip."
        )
    return [
        Window(row * side, column * side, side, side)
        for row in range(grid.height // side)
        for column in range(grid.width // side)
    ]


def _read_block(scene: Scene, config: Config, window: Window, reader: BandReader) -> Place:
    masks: dict[str, Mask] = {"invalid": np.ones((window.height, window.width), np.bool_)}
    images = {}
    for group in config.groups:
        ratio = config.ratio(group)
        own = window.refine(ratio)
        image = np.empty((len(group.bands), own.height, own.width), np.float32)
        for out, name in zip(image, group.bands):
            band = scene.band(name)
            _check(band, group.gsd)
            pixels = reader.read(band, own)
            mask = band_mask(pixels, band)
            _radiometry(band, config).to_network(pixels, out)
            out[~mask] = 0
            masks["invalid"] &= valid_blocks(mask, ratio)
        images[group.name] = image
    masks["unclear"] = _clear(scene.band(config.targets.bands[0]), window)
    valid, rejected = np.ones((window.height, window.width), np.bool_), {}
    for reason, mask in masks.items():
        rejected[reason] = int((valid & ~mask).sum())
        valid &= mask
    name = f"{scene.name} row {window.row} column {window.col}"
    return Place(
        id=name,
        place=scene.name,
        split="train",
        weight=1.0,
        native=True,
        images=images,
        mask=valid,
        without_loss=(),
        rejected=rejected,
    )


def _radiometry(band: Band, config: Config) -> Radiometry:
    values = config.document["value_range"]
    return Radiometry.of(band.scale, band.offset, float(values["scale"]), float(values["offset"]))


def _clear(target: Band, window: Window) -> npt.NDArray[np.bool_]:
    """Return where Sen2Cor's scene classification, if the product has one on this grid, sees clear ground."""
    path = target.path.replace(f"_{target.name}_", "_SCL_")
    if path == target.path or gdal.VSIStatL(path) is None:
        return np.ones((window.height, window.width), np.bool_)
    classes = gdal.Open(path).ReadAsArray(window.col, window.row, window.width, window.height)
    return np.asarray(~np.isin(classes, UNCLEAR_CLASSES), np.bool_)


def _check(band: Band, gsd: float) -> None:
    if abs(band.gsd / gsd - 1) > 0.02:
        raise GridError(
            f"Band {band.name} has a GSD of {band.gsd:g} m, and the config expects {gsd:g} m. Use another config."
        )
