# SPDX-License-Identifier: GPL-2.0-or-later
"""What lists of models show of each card, mostly without reading the cards.

QGIS has such lists filled when it starts, and a card is long: it holds the figures of its evaluation and the course of
its training. So the titles of the bundled cards stand in ``titles.jsonl`` beside them, a line each, which
``export_tools/model_index.py`` writes with the index. The user's own cards, and one that has no line there, are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .declarations import FIELD_ERRORS, declaration_files, file_stamp
from .errors import CardError

if TYPE_CHECKING:
    from .card_records import Card

MODEL_FOLDER = Path(__file__).resolve().parent.parent / "models"
TITLE_FILE = "titles.jsonl"
# When files were changed, and how large they are.
Stamps = tuple[tuple[int, int], ...]


class CardTitle(NamedTuple):
    """What lists show of a model, and what they choose by.

    Attributes:
        id: file name of the card without suffix.
        path: the ONNX file.
        name: for people.
        sensor: id of the sensor file, or ``any``.
        harmonizes: whether it turns one sensor into another.
        dates: number of acquisitions that it takes.
        experimental: sentence why its results are to be used with care; empty for none.
    """

    id: str
    path: Path
    name: str
    sensor: str
    harmonizes: bool
    dates: int
    experimental: str


Model = TypeVar("Model", "Card", CardTitle)
Found = tuple[tuple[Model, ...], tuple[str, ...]]


def title_of(card: Card) -> CardTitle:
    """Return the title of a card."""
    dates = max(tensor.dates for tensor in card.inputs)
    return CardTitle(card.id, card.path, card.name, card.sensor, card.harmonizes, dates, card.experimental)


def title_line(title: CardTitle) -> str:
    """Return a line of ``TITLE_FILE``."""
    return json.dumps({**title._asdict(), "path": title.path.name}, ensure_ascii=False) + "\n"


def load_titles(*folders: Path) -> Found[CardTitle]:
    """Return the titles of every card of some folders; a later folder cannot replace an id of an earlier one.

    Every algorithm asks for them when QGIS starts, so they are found anew only where a folder or a card has changed.

    Returns:
        The titles in order of folder and file name, and one sentence for each card that had to be skipped.
    """
    return _read_titles(*files_of(*folders))


def files_of(*folders: Path) -> tuple[tuple[Path, ...], Stamps]:
    """Return the cards of some folders, and what changes with any of them or with what lies beside them."""
    paths = declaration_files(*folders)
    return paths, tuple(file_stamp(path) for path in (*folders, *paths))


def read_each(paths: tuple[Path, ...], read: Callable[[Path], Model]) -> Found[Model]:
    """Read cards in order, the first of each id; a sentence tells of each that is not valid or comes later."""
    models: dict[str, Model] = {}
    problems: list[str] = []
    for path in paths:
        try:
            model = read(path)
        except CardError as error:
            problems.append(str(error))
            continue
        if model.id in models:
            taken = f"the id {model.id} is already taken by {models[model.id].path}"
            problems.append(f"Model card {path} is skipped: {taken}.")
        else:
            models[model.id] = model
    return tuple(models.values()), tuple(problems)


@lru_cache(maxsize=8)
def _read_titles(paths: tuple[Path, ...], stamps: Stamps) -> Found[CardTitle]:
    known = _known_titles()
    return read_each(paths, lambda path: known.get(path) or _read_title(path))


def _read_title(path: Path) -> CardTitle:
    # Here, because its records take QGIS's start too long, and the bundled models do without.
    from .cards import load_card

    return title_of(load_card(path))


def _known_titles() -> dict[Path, CardTitle]:
    """Return the titles of the bundled cards by their paths, of those whose ONNX file is there; none if it is wrong."""
    try:
        lines = (MODEL_FOLDER / TITLE_FILE).read_text(encoding="utf-8").splitlines()
        titles = [_title_in(line) for line in lines]
    except (OSError, *FIELD_ERRORS):
        return {}
    return {MODEL_FOLDER / f"{title.id}.json": title for title in titles if title.path.is_file()}


def _title_in(line: str) -> CardTitle:
    fields: dict[str, Any] = json.loads(line)
    return CardTitle(**{**fields, "path": MODEL_FOLDER / fields["path"]})
