# SPDX-License-Identifier: GPL-2.0-or-later
"""Satlas' band sets on the native grids of Sentinel-2: one input for each GSD, each with all dates."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ...core.sensors import SENSOR_FOLDER, load_sensor
from .native_grid import Bilinear

CIRRUS = {"B10": 60.0}
FINEST = 10.0
NOTE = (
    "Bands of 20 and 60 m are inputs of their own on their native grids; the graph upsamples them to 10 m, bilinear "
    "with half-pixel centres. How the training images were resampled is not published. --plain leaves this out."
)


def gsd_of(band: str) -> float:
    """Return the native GSD of a band in metres; colours and unknown bands are at 10 m."""
    known = {entry.name: entry.gsd for entry in load_sensor(SENSOR_FOLDER / "sentinel2.json").bands}
    return {**known, **CIRRUS}.get(band, FINEST)


def groups_of(bands: tuple[str, ...]) -> dict[float, tuple[str, ...]]:
    """Return GSD -> bands of it, finest first, each group in the order of channels."""
    gsds = {band: gsd_of(band) for band in bands}
    return {gsd: tuple(band for band in bands if gsds[band] == gsd) for gsd in sorted({FINEST, *gsds.values()})}


class NativeDates(nn.Module):
    """A network of stacked dates, given one tensor a GSD: (batch, dates x bands of that GSD, rows, columns)."""

    order: Tensor

    def __init__(self, network: nn.Module, bands: tuple[str, ...], dates: int) -> None:
        """Prepare the upsampling, and the place of each channel of the network among those of all groups."""
        super().__init__()
        self.network = network
        groups = groups_of(bands)
        factors = [round(gsd / FINEST) for gsd in groups]
        self.raising = nn.ModuleList(
            Bilinear(len(group) * dates, factor) for group, factor in list(zip(groups.values(), factors))[1:]
        )
        places: dict[tuple[int, str], int] = {}
        for group in groups.values():
            places.update({(date, band): len(places) + date * len(group) + index
                           for date in range(dates) for index, band in enumerate(group)})  # fmt: skip
        self.register_buffer("order", torch.tensor([places[date, band] for date in range(dates) for band in bands]))

    def forward(self, finest: Tensor, *coarser: Tensor) -> Tensor:
        """Upsample, put all channels into the order of the network, and run it."""
        raised = [finest, *(up(values) for up, values in zip(self.raising, coarser))]
        result: Tensor = self.network(torch.cat(raised, 1)[:, self.order])
        return result
