# SPDX-License-Identifier: GPL-2.0-or-later
"""A simulated scene with slanted edges and bars between real-looking materials, seen through every band's point spread.

The squares lie in a procedural landscape, so that what is computed once per scene (the regression) is that of a scene.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core.grid import Window
from ...core.point_spread import degrade
from ..configuration import Config
from ..dataset import NETWORK_SCALE
from ..degradation import Pair, sigmas
from ..simulation.bands import bands_of
from ..simulation.landscape import Landscape
from ..simulation.spectra import spectra
from .edges import Pattern

Image = npt.NDArray[np.float32]

# Pixels of the painted target along one of the finest grid.
FINE = 4
SIDE = 32
CELLS = (4, 5)
SEED = 90000
# Off the axes by angles whose tangents are no simple fractions, so that every phase of the pixels occurs.
EDGE_ANGLES = (8.1, 81.3)
BAR_ANGLES = (9.7,)
BAR_PERIODS = (3.0, 2.0, 1.5, 1.25)
EDGE_MATERIALS = (
    (("vegetation", "crop"), ("soil", "loam")),
    (("water", "clear"), ("soil", "sand")),
    (("vegetation", "deciduous"), ("vegetation", "straw")),
)
BAR_MATERIALS = (("vegetation", "conifer"), ("vegetation", "straw"))


@dataclass(frozen=True)
class Target:
    """One square of the scene: its pattern, and the target bands' values (network range) where it is 0 and where 1."""

    pattern: Pattern
    low: Image
    high: Image


@dataclass(frozen=True)
class TargetScene:
    """The scene.

    Attributes:
        pair: its bands; ``truth`` is what each target band would be at the finest GSD with a point spread scaled to it.
        targets: its squares.
    """

    pair: Pair
    targets: tuple[Target, ...]


def target_scene(config: Config) -> TargetScene:
    """Simulate the scene for the bands of a config."""
    scale, targets = config.scale_factor, []
    rows, columns = (count * SIDE * scale for count in CELLS)
    view = Landscape(SEED, "L2A", clouds=False, glints=False).view(Window(0, 0, rows, columns))
    layers = {band.name: view.reflectance[band.layer] * np.float32(NETWORK_SCALE) for band in bands_of("L2A")}
    inputs = {}
    for group in config.groups:
        image, factor = np.stack([layers[band] for band in group.bands]), config.factor(group)
        inputs[group.name] = degrade(image, factor, sigmas(config, group.bands, factor, "mtf")) if factor > 1 else image
    truth = np.stack([layers[band] for band in config.targets.bands])
    for pattern, materials in patterns():
        painted = pattern.paint(SIDE * scale * FINE).astype(np.float32)
        for group in config.groups:
            _paste(inputs[group.name], pattern, painted, group.bands, config.factor(group), materials, config)
        low, high = _paste(truth, pattern, painted, config.targets.bands, 1, materials, config)
        targets.append(Target(pattern, low, high))
    return TargetScene(Pair(inputs, truth, np.ones(truth.shape[1:], bool)), tuple(targets))


def patterns() -> Iterator[tuple[Pattern, tuple[tuple[str, str], tuple[str, str]]]]:
    """Yield every pattern with its materials; they take every other cell of the scene."""
    cells = [(row * SIDE, column * SIDE) for row in range(CELLS[0]) for column in range(CELLS[1])]
    free = iter(cell for cell in cells if (cell[0] + cell[1]) // SIDE % 2 == 0)
    for materials in EDGE_MATERIALS:
        for angle in EDGE_ANGLES:
            yield Pattern(*next(free), SIDE, angle), materials
    for period in BAR_PERIODS:
        for angle in BAR_ANGLES:
            yield Pattern(*next(free), SIDE, angle, period), BAR_MATERIALS


def _paste(
    image: Image,
    pattern: Pattern,
    painted: Image,
    bands: tuple[str, ...],
    factor: int,
    materials: tuple[tuple[str, str], tuple[str, str]],
    config: Config,
) -> tuple[Image, Image]:
    """Put a pattern into the bands of one grid as the sensor sees it; return the values of both materials."""
    order = [band.name for band in bands_of("L2A")]
    low, high = (_spectrum(*material)[[order.index(band) for band in bands]] for material in materials)
    reach = FINE * factor
    seen = np.concatenate([degrade(painted[None], reach, [sigma]) for sigma in sigmas(config, bands, reach, "mtf")])
    unit = image.shape[-1] // (CELLS[1] * SIDE)
    pattern.cut(image, unit)[:] = low[:, None, None] + (high - low)[:, None, None] * seen
    return low, high


def _spectrum(group: str, name: str) -> Image:
    table = spectra()
    return np.asarray(getattr(table, group)[table.index(group, name)] * NETWORK_SCALE, np.float32)
