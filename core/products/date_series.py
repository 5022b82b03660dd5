# SPDX-License-Identifier: GPL-2.0-or-later
"""From several products or rasters of one place to the scenes that a model of several dates is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..cards import Card
from ..dates import ORDERS, WHITE, DateChoice, choose_dates
from ..errors import CardError, GridError, SatSharpError
from ..scene import Scene
from ..sensors import Sensor
from .date_area import Area, qualities, union_area
from .date_grids import TrainingGrid, on_common_grid, on_training_grid
from .dated import Dated, open_date
from .raster_files import RasterSource

AUTO = "auto"
INSTALL = "Install or convert one, such as those of Satlas."


@dataclass(frozen=True)
class SeriesRequest:
    """What the user chose.

    Attributes:
        sources: the dates.
        cards: installed models.
        model: ``auto`` or a card id.
        sensors: known sensors by id.
        limit: share of missing or cloudy pixels from which a date is of no use.
        area: where dates are judged; None for everything that any date shows.
        training_grid: warp all dates onto the grid of the model's training images.
    """

    sources: tuple[RasterSource, ...]
    cards: tuple[Card, ...]
    model: str = AUTO
    sensors: Mapping[str, Sensor] | None = None
    limit: float = 0.5
    area: Area | None = None
    training_grid: bool = False


@dataclass(frozen=True)
class Series:
    """The dates of a model.

    Attributes:
        card: the model.
        scenes: one for each of its images, in its order, all on one grid.
        sensor: describes the bands.
        choice: which dates were given are which images.
        told: sentences on bands and dates.
        warnings: what the user should see.
    """

    card: Card
    scenes: tuple[Scene, ...]
    sensor: Sensor
    choice: DateChoice
    told: tuple[str, ...]
    warnings: tuple[str, ...]


def images_of(card: Card) -> int:
    """Return how many dates a model takes."""
    return max(tensor.dates for tensor in card.inputs)


def order_of(card: Card) -> str:
    """Return the order of dates that a card declares in ``dates.order``; oldest first where it says nothing."""
    declared = card.document.get("dates")
    text = str(declared.get("order", "")) if isinstance(declared, dict) else ""
    return next((order for order in ORDERS if order in text), ORDERS[0])


def open_series(request: SeriesRequest, check: Callable[[], None]) -> Series:
    """Open all dates, judge them, choose, and bring the chosen ones onto one grid.

    Args:
        request: what the user chose.
        check: called between dates; may raise to stop.

    Raises:
        CardError: no model fits.
        ProductError: a date cannot be read.
        GridError: the dates lie on different grids, or do not overlap.
    """
    if not request.sources:
        raise CardError("No dates are given. Choose the products or rasters of one place.")
    card, first = _card(request)
    dates = [first]
    for source in request.sources[1:]:
        check()
        dates.append(_opened(source, card, request))
    check()
    found = qualities(tuple(dates), request.area or union_area(tuple(dates)))
    choice = choose_dates(found, images_of(card), order_of(card), request.limit)
    used = sorted({*choice.order})
    placed = dict(zip(used, _on_one_grid(tuple(dates[index].scene for index in used), card, request)))
    scenes = [placed[index] for index in choice.order]
    names = (("dates", "; ".join(scene.name for scene in scenes)),)
    scenes[-1] = replace(scenes[-1], tags=(*scenes[-1].tags, *names))
    told = dict.fromkeys(sentence for index in used for sentence in dates[index].mapping)
    warnings = dict.fromkeys(sentence for index in used for sentence in dates[index].warnings)
    return Series(
        card=card,
        scenes=tuple(scenes),
        sensor=dates[used[-1]].sensor,
        choice=choice,
        told=(*told, *choice.told),
        warnings=(*warnings, *choice.warnings),
    )


def _on_one_grid(scenes: tuple[Scene, ...], card: Card, request: SeriesRequest) -> tuple[Scene, ...]:
    if not request.training_grid:
        return on_common_grid(scenes)
    declared = card.document.get("training_grid")
    try:
        training = TrainingGrid(str(declared["crs"]), float(declared["gsd"]))  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as error:
        raise GridError(
            f"{card.id} declares no grid of its training images (training_grid with crs and gsd), so TRAINING_GRID "
            "cannot be used with it."
        ) from error
    return on_training_grid(scenes, training)


def _card(request: SeriesRequest) -> tuple[Card, Dated]:
    """Return the model and the first date as it takes it."""
    known = {card.id: card for card in request.cards}
    if request.model != AUTO:
        if request.model not in known:
            raise CardError(f"There is no model {request.model!r}; installed are {', '.join(known) or 'none'}.")
        return known[request.model], _opened(request.sources[0], known[request.model], request)
    several = [card for card in request.cards if images_of(card) > 1]
    reasons: list[SatSharpError] = []
    for card in sorted(several, key=lambda card: _surplus(card, len(request.sources))):
        try:
            return card, _opened(request.sources[0], card, request)
        except SatSharpError as error:
            reasons.append(error)
    if not several:
        raise CardError(f"No model that takes several dates is installed. {INSTALL}")
    told = dict.fromkeys(map(str, reasons))
    if len(told) == 1:
        raise reasons[0]
    raise CardError(" ".join(("No installed model of several dates fits.", *told, INSTALL)))


def _surplus(card: Card, given: int) -> tuple[bool, int]:
    """Return what sorts models: of those that need no date twice the one with most dates, else that with fewest."""
    wanted = images_of(card)
    return wanted > given, wanted if wanted > given else -wanted


def _opened(source: RasterSource, card: Card, request: SeriesRequest) -> Dated:
    return open_date(source, card, request.sensors or {}, WHITE)
