# SPDX-License-Identifier: GPL-2.0-or-later
"""Read blocks of a product as the engine sees it: bands on their own grids, in network range, masked.

Products serve twice: as places of a table, and where ``train --adapt`` learns from a single one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import GridError, ProductError
from ..core.grid import Window
from ..core.harmonization.clouds import Mask
from ..core.point_spread import valid_blocks
from ..core.products import open_scene
from ..core.radiometry import Radiometry, band_mask
from ..core.raster import BandReader
from ..core.scene import Band, Scene
from ..core.sensors import Sensor, sensor_by_id
from .configuration import Config, Group
from .quality_layers import QualityLayer, clear_window, quality_layers

Image = npt.NDArray[np.float32]

NODATA, SATURATED, CLOUD = "nodata", "saturated", "cloud"
GSD_TOLERANCE = 0.02


@dataclass(frozen=True)
class Product:
    """An opened product that has what a config needs.

    Attributes:
        scene: its bands.
        config: which of them, and on which grids.
        quality: its quality rasters.
        stand_in: missing band -> the band, or the weights of bands, in its place.
    """

    scene: Scene
    config: Config
    quality: tuple[QualityLayer, ...] = ()
    stand_in: Mapping[str, Any] = field(default_factory=dict)

    @property
    def target(self) -> Band:
        """A band on the grid of the targets."""
        return self.scene.band(next(iter(self.sources(self.config.targets.bands[0]))))

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns of the targets' grid that bands of all GSDs cover."""
        sizes = []
        for group in self.config.groups:
            grid = self.scene.band(next(iter(self.sources(group.bands[0])))).grid
            ratio = self.config.ratio(group)
            sizes.append((grid.height // ratio, grid.width // ratio))
        return min(rows for rows, _ in sizes), min(columns for _, columns in sizes)

    def sources(self, band: str) -> dict[str, float]:
        """Return the bands that a band is made of, with their weights: itself, or what stands in for it."""
        source = self.stand_in.get(band, band)
        return {source: 1.0} if isinstance(source, str) else dict(source)


@dataclass(frozen=True)
class Block:
    """What is read of one window.

    Attributes:
        window: in pixels of the targets' grid.
        images: group name -> (bands, rows, columns), network range, invalid pixels 0.
        mask: (rows, columns) on the targets' grid, True where all bands are valid and the ground is clear.
        causes: reason -> the pixels of ``~mask`` left out for it, each for the first reason.
    """

    window: Window
    images: dict[str, Image]
    mask: Mask
    causes: dict[str, Mask]


def open_product(
    source: str, config: Config, stand_in: Mapping[str, Any] | None = None, complete: bool = False
) -> Product:
    """Open a product, archive or stack of the config's sensor.

    Args:
        source: whatever ``core.products.open_scene`` opens.
        config: which bands are needed.
        stand_in: what takes the place of missing bands.
        complete: let the nearest target in wavelength take the place of each target that is missing.

    Raises:
        ProductError: it cannot be opened or lacks a band.
        GridError: its grids do not fit the config.
        ValueError: the config learns from simulated inputs, not from a sensor's own grids.
    """
    if config.training.get("lattices") or not config.has_details:
        raise ValueError(
            f"{config.id} learns from bands that are simulated on other grids, so products of one sensor are no places "
            "for it. Use a table of files (--places)."
        )
    sensor = sensor_by_id(config.document["sensor"])
    scene = open_scene(source, sensor)
    made = {**(_nearest_targets(scene, config, sensor) if complete else {}), **(stand_in or {})}
    product = Product(scene, config, (), made)
    for group in config.groups:
        for band in dict.fromkeys(name for wanted in group.bands for name in product.sources(wanted)):
            _check(scene, band, group)
    return replace(product, quality=quality_layers(product.target))


def read_block(product: Product, window: Window, reader: BandReader) -> Block:
    """Read a window, given in pixels of the targets' grid.

    Raises:
        ProductError: pixels cannot be read.
    """
    config, shape = product.config, (window.height, window.width)
    valid = {NODATA: np.ones(shape, np.bool_), SATURATED: np.ones(shape, np.bool_)}
    images = {}
    for group in config.groups:
        ratio = config.ratio(group)
        own = window.refine(ratio)
        image = np.zeros((len(group.bands), own.height, own.width), np.float32)
        for out, name in zip(image, group.bands):
            measured, bright = _read_band(product, name, own, reader, out)
            valid[NODATA] &= valid_blocks(measured | bright, ratio)
            valid[SATURATED] &= valid_blocks(~bright, ratio)
        images[group.name] = image
    if product.quality:
        valid[CLOUD] = clear_window(product.quality, product.target.grid, window, reader)
    mask, causes = split_causes(valid)
    return Block(window, images, mask, causes)


def split_causes(valid: Mapping[str, Mask]) -> tuple[Mask, dict[str, Mask]]:
    """Return which pixels are valid for every reason, and of the others the first reason of each.

    Args:
        valid: reason -> (rows, columns), True where there is none of it.
    """
    mask, causes = np.ones(next(iter(valid.values())).shape, np.bool_), {}
    for reason, good in valid.items():
        causes[reason] = mask & ~good
        mask = mask & good
    return mask, causes


def _read_band(product: Product, name: str, window: Window, reader: BandReader, out: Image) -> tuple[Mask, Mask]:
    """Add up what a band is made of; return which pixels were measured, and which were too bright to be."""
    measured = np.ones(out.shape, np.bool_)
    bright = np.zeros(out.shape, np.bool_)
    values = np.empty_like(out)
    for source, weight in product.sources(name).items():
        band = product.scene.band(source)
        pixels = reader.read(band, window)
        measured &= band_mask(pixels, band)
        if band.saturated is not None:
            bright |= np.asarray(pixels == band.saturated, np.bool_)
        _radiometry(band, product.config).to_network(pixels, values)
        out += np.float32(weight) * values
    out[~measured] = 0
    return measured, bright


def _radiometry(band: Band, config: Config) -> Radiometry:
    values = config.document["value_range"]
    return Radiometry.of(band.scale, band.offset, float(values["scale"]), float(values["offset"]))


def _nearest_targets(scene: Scene, config: Config, sensor: Sensor) -> dict[str, dict[str, float]]:
    bands = config.targets.bands
    present = [band for band in bands if scene.has((band,))]

    def place(band: str) -> float:
        return sensor.band(band).wavelength_nm or 0.0

    missing = [band for band in bands if band not in present] if present else []
    return {band: {min(present, key=lambda other: abs(place(other) - place(band))): 1.0} for band in missing}


def _check(scene: Scene, name: str, group: Group) -> None:
    if not scene.has((name,)) and name in group.bands:
        raise ProductError(
            f"{scene.name} has no band {name}, which the config needs. Use a complete product, or name what takes its "
            'place ("stand_in" in the table of places).'
        )
    gsd = scene.nominal_gsd(name)
    if abs(gsd / group.gsd - 1) > GSD_TOLERANCE:
        raise GridError(
            f"Band {name} has a GSD of {gsd:g} m, and the config expects {group.gsd:g} m. Use another config."
        )
