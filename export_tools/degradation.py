# SPDX-License-Identifier: GPL-2.0-or-later
"""Wald degradation: whole places with ``core.point_spread``, and chips whose spread and shift vary at random.

Two point spreads: *published* is DSen2's (Gaussian of sigma = 1 / scale factor in pixels of the band's own grid, then
block mean), *mtf* is the Gaussian with each band's modulation transfer at the coarse Nyquist frequency, then
block mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ..core.point_spread import degrade, radius_of, sigma_of_mtf, valid_blocks
from ..core.sensors import sensor_by_id
from .configuration import Config, Group
from .dataset import Image, Mask, Place
from .lattice import Lattice, phase_of, resampled_whole
from .made_bands import as_made

KINDS = ("published", "mtf")
# Below this spread (pixels) a Gaussian is the identity.
NO_SPREAD = 0.05


@dataclass(frozen=True)
class Pair:
    """A place at reduced scale: what the network gets, and the truth.

    Attributes:
        inputs: group name -> (bands, rows, columns), network range.
        truth: (targets, rows, columns) at the targets' own GSD.
        mask: (rows, columns) of ``truth``, True where the inputs under it are valid too.
        judged: target bands whose truth is one; None for all.
    """

    inputs: dict[str, Image]
    truth: Image
    mask: Mask
    judged: tuple[int, ...] | None = None


def lattice_of(place: Place, config: Config, group: Group, kind: str) -> Lattice | None:
    """Return where a group is measured at a place; None where it is measured on its own grid."""
    unit = place.degradation(config, group)
    step = config.lattice(group) * unit
    return Lattice(step, unit, phase_of(f"{place.id}/{group.name}/{kind}", step), config.steepness) if step else None


def sigmas(config: Config, bands: tuple[str, ...], factor: float, kind: str) -> list[float]:
    """Return the standard deviation in source pixels of each band when it is degraded by ``factor``."""
    if factor == 1:
        return [0.0] * len(bands)
    # What is published is a share of the scale factor: without one there is each band's own transfer function only.
    if kind == "published" and config.has_details:
        return [1 / config.scale_factor] * len(bands)
    return [sigma_of_mtf(_mtf(config.document["sensor"], band), factor) for band in bands]


@cache
def _mtf(sensor: str, band: str) -> float:
    # Asked for every chip.
    return sensor_by_id(sensor).band(band).mtf_nyquist


def wald_pair(place: Place, config: Config, kind: str) -> Pair:
    """Degrade a whole place."""
    inputs = {}
    for group in config.groups:
        factor = place.degradation(config, group)
        image = place.images[group.name]
        lattice = lattice_of(place, config, group, kind)
        if lattice is not None:
            inputs[group.name] = resampled_whole(image, lattice, sigmas(config, group.bands, lattice.step, kind))
            continue
        inputs[group.name] = degrade(image, factor, sigmas(config, group.bands, factor, kind)) if factor > 1 else image
    coarse = valid_blocks(place.mask, config.scale_factor)
    mask = coarse.repeat(config.scale_factor, 0).repeat(config.scale_factor, 1)
    judged = tuple(i for i, band in enumerate(config.targets.bands) if band not in place.absent)
    truth = as_made(place.images[config.targets.name], config)
    return Pair(inputs, truth, mask, judged if place.absent else None)


def kernel(sigma: float, factor: int, shift: float) -> npt.NDArray[np.float32]:
    """Return the weights of the source pixels around a block: a Gaussian moved by ``shift`` px, then the block mean.

    The length is factor + 2 x radius; with a shift of 0 it equals ``core.point_spread``.
    """
    if sigma < NO_SPREAD and shift == 0:
        return np.full(factor, 1 / factor, np.float32)
    spread = max(sigma, 0.3) if shift else sigma
    reach = radius_of(spread) + int(np.ceil(abs(shift)))
    weights = np.exp(-0.5 * ((np.arange(-reach, reach + 1) - shift) / spread) ** 2)
    return np.convolve(weights / weights.sum(), np.full(factor, 1 / factor)).astype(np.float32)


def operator(weights: npt.NDArray[np.float32], factor: int, size: int, margin: int) -> npt.NDArray[np.float32]:
    """Return the matrix (size, size x factor + 2 x margin) that applies a kernel to every block along one axis."""
    reach = (len(weights) - factor) // 2
    kept = weights[max(0, reach - margin) : len(weights) - max(0, reach - margin)]
    start = margin - min(reach, margin)
    matrix = np.zeros((size, size * factor + 2 * margin), np.float32)
    rows = np.arange(size)[:, None]
    matrix[rows, start + rows * factor + np.arange(len(kept))] = kept / kept.sum()
    return matrix


def degrade_chip(
    source: Image, factor: int, size: int, margin: int, spreads: list[float], shifts: npt.NDArray[np.float64]
) -> Image:
    """Degrade one chip.

    Args:
        source: (bands, size x factor + 2 x margin, the same).
        factor: source px along one result px.
        size: of the result in px.
        margin: source px around the chip.
        spreads: sigma of each band in source px.
        shifts: (bands, 2) row and column shift of each band in source px.

    Returns:
        (bands, size, size).
    """
    rows = np.stack([operator(kernel(s, factor, d[0]), factor, size, margin) for s, d in zip(spreads, shifts)])
    columns = rows
    if shifts.any():
        columns = np.stack([operator(kernel(s, factor, d[1]), factor, size, margin) for s, d in zip(spreads, shifts)])
    return np.asarray(rows @ source @ columns.transpose(0, 2, 1), np.float32)
