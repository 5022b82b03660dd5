# SPDX-License-Identifier: GPL-2.0-or-later
"""What the panel asks for, planned as the algorithm would plan it, without looking at pixels; on a worker thread."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.cards import Card, load_card
from ..core.sensors import Sensor
from ..plugin.settings import load_settings
from .inputs import Recognised
from .panel_offer import LANDSAT_HARMONIZATION, ONE_RASTER, PANSHARPEN, TIMESERIES, Offer, dates_of_card
from .panel_series import source_of

if TYPE_CHECKING:
    from ..core.job import Job, Options
    from ..core.scene import Scene

NAME = "satsharp-forecast.tif"


@dataclass(frozen=True)
class Question:
    """What is asked, as plain values.

    Attributes:
        item: the input.
        offer: what is to be done with it.
        extent: x minimum, y minimum, x maximum, y maximum, or None for all of it.
        extent_crs: CRS of the extent, code or WKT.
        sensors: known sensors by id.
        known: speeds that were measured earlier, in output megapixels a second by (device, model).
        parameters: of the request, with the sources of layers instead of their ids; None while something is missing.
        dates: the inputs, where several are taken at once.
    """

    item: Recognised
    offer: Offer
    extent: tuple[float, float, float, float] | None
    extent_crs: str
    sensors: dict[str, Sensor]
    known: Callable[[str, str], float | None]
    parameters: dict[str, Any] | None = field(default=None, hash=False)
    dates: tuple[Recognised, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A planned request.

    Attributes:
        whole: the job with all models.
        alone: for each name under which a speed is kept, the job with that model alone.
    """

    whole: Job
    alone: dict[str, Job]


def plan(question: Question, folder: Path) -> Plan | None:
    """Plan a request.

    Args:
        question: what is asked.
        folder: for virtual rasters; it must outlive the plan.

    Returns:
        The plan; None where nothing can be planned yet, or no models or method are known.

    Raises:
        SatSharpError: it cannot be planned; the sentence says why.
    """
    offer = question.offer
    if not offer.speed_keys or offer.output != ONE_RASTER or question.item.on_the_web:
        return None
    if offer.name == LANDSAT_HARMONIZATION:
        job = _harmonization(question, folder)
    elif offer.name == TIMESERIES:
        job = _several_dates(question)
    else:
        return _sharpening(question)
    return None if job is None else Plan(job, {offer.speed_keys[0]: job})


def _sharpening(question: Question) -> Plan | None:
    scene, cards = _scene(question), question.offer.cards
    if scene is None or not cards:
        return None
    return Plan(_job(question, scene, cards), {card.id: _job(question, scene, (card,)) for card in cards})


def _scene(question: Question) -> Scene | None:
    if question.item.raster is None:
        return question.item.scene
    from ..core.products.raster_scene import open_rasters

    cards = question.offer.cards
    return open_rasters(question.item.raster, None, cards, cards[0].id, question.sensors)[0].scene if cards else None


def _harmonization(question: Question, folder: Path) -> Job | None:
    """Plan without shift, angles and clouds, which take time of their own but change neither size nor speed."""
    from ..core.harmonization.landsat_plan import plan_harmonization
    from ..core.harmonization.landsat_request import PANSHARPEN_CARD, HarmonizeRequest
    from ..core.harmonization.landsat_scene import open_unmoved

    given = question.parameters
    if given is None:
        return None
    method = str(given.get("METHOD", "network"))
    cards = (load_card(PANSHARPEN_CARD),) if method == PANSHARPEN else question.offer.cards
    request = HarmonizeRequest(
        source=str(given["INPUT"]),
        output=str(folder / NAME),
        card=cards[0] if cards else None,
        pan=str(given.get("PAN", "")),
        reference=str(given.get("REFERENCE", "")),
        method=method,
        brdf=False,
        coregister=False,
        options=_options(question),
    )
    found = open_unmoved(request, question.sensors, folder)
    return plan_harmonization(request, found, question.sensors["sentinel2"])


def _several_dates(question: Question) -> Job | None:
    """Plan with the first dates of the list: which are the clearest is found out by the run."""
    from ..core.dates import WHITE
    from ..core.products.date_grids import on_common_grid
    from ..core.products.dated import open_date

    card, wanted = question.offer.cards[0], dates_of_card(question.offer.cards[0])
    first = question.dates[:wanted]
    scenes = on_common_grid(tuple(open_date(source_of(one), card, question.sensors, WHITE).scene for one in first))
    repeated = [scenes[number % len(scenes)] for number in range(wanted)]
    return _job(question, repeated[-1], (card,), tuple(repeated[:-1]))


def _job(question: Question, scene: Scene, cards: tuple[Card, ...], earlier: tuple[Scene, ...] = ()) -> Job:
    from ..core.planning import plan_job

    options = _options(question)
    if earlier:
        options = replace(options, copy_fine_bands=False, consistency=False)
    return plan_job(scene, cards, str(Path(tempfile.gettempdir()) / NAME), options, earlier)


def _options(question: Question) -> Options:
    from ..core.job import Options

    settings = load_settings()
    return Options(
        device=settings.device,
        tile_size=settings.tile_size,
        memory_mb=settings.memory_mb,
        extent=question.extent,
        extent_crs=question.extent_crs,
    )
