# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured: a simulated product, the cards, and the job that the plugin would plan for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...core.cards import load_cards
from ...core.errors import CardError
from ...core.job import Job, Options
from ...core.planning import choose_cards, plan_job
from ...core.products import open_scene
from ...core.sensors import sensor_by_id
from ..simulation import SimulationOptions, simulate_product

SENSOR = "sentinel2"


@dataclass(frozen=True)
class Plan:
    """One run, as plain values that a fresh process can be told.

    Attributes:
        product: the .SAFE folder.
        models: folder of cards.
        output: GeoTIFF to write.
        device: as in :class:`core.job.Options`.
        tile_size: as in :class:`core.job.Options`.
    """

    product: str
    models: str
    output: str
    device: str = "cpu"
    tile_size: int = 0

    def job(self) -> Job:
        """Plan the job as the algorithm does with default parameters.

        Raises:
            CardError: the folder has no cards for the sensor.
        """
        sensor = sensor_by_id(SENSOR)
        cards, problems = load_cards(Path(self.models))
        if not cards:
            raise CardError(f"{self.models} has no model cards. {' '.join(problems)}".strip())
        scene = open_scene(self.product, sensor)
        chosen = choose_cards(scene, cards, sensor.models, "auto", ())
        options = Options(device=self.device, tile_size=self.tile_size, resume=False)
        return plan_job(scene, chosen, self.output, options)


def product_of(folder: Path, size: int, clean: bool) -> str:
    """Return a simulated product of ``size`` x ``size`` pixels at 10 m, made where it is missing.

    Args:
        folder: where products are kept.
        size: rows and columns at 10 m.
        clean: without clouds and nodata corner, so that no tile is skipped and every stage does its full work.
    """
    place = folder / f"{size}-{'clean' if clean else 'cloudy'}"
    found = sorted(place.glob("*.SAFE"))
    if found:
        return str(found[0])
    options = SimulationOptions(size=size, clouds=not clean, nodata_corner=not clean)
    return str(simulate_product(place, options).safe)
