# SPDX-License-Identifier: GPL-2.0-or-later
"""Find the line on which a value of a JSON file stands, so that messages about declaration files can name it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

# From the document down: keys of objects and indices of lists.
Place = tuple[object, ...]

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def line_of(text: str, place: Place) -> int:
    """Return the 1-based line of a value; where it is missing that of the nearest value that holds it.

    Args:
        text: a valid JSON document.
        place: keys and indices from the document down.
    """
    lines = dict(_places(text))
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return lines.get((), 1)


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Yield every place with the line on which its key, or for want of one its value, begins."""
    # Of every open object or list: its place and, in a list, the index of the next value; None in an object.
    open_places: list[tuple[Place, int | None]] = []
    place: Place | None = ()
    line, end, is_key_known = 1, 0, False
    for found in _WORD.finditer(text):
        line, end = line + text.count("\n", end, found.start()), found.start()
        word = found.group()
        if word == ":":
            is_key_known = True
        elif word in "}]":
            open_places.pop()
        elif word == ",":
            place = _next_place(open_places)
        elif place is None:
            place = (*open_places[-1][0], json.loads(word))
            yield place, line
        else:
            if not is_key_known:
                yield place, line
            is_key_known = False
            if word in "{[":
                open_places.append((place, 0 if word == "[" else None))
                place = _next_place(open_places)


def _next_place(open_places: list[tuple[Place, int | None]]) -> Place | None:
    """Return the place of the next value of the innermost list, or None where a key comes first."""
    above, index = open_places[-1]
    if index is None:
        return None
    open_places[-1] = above, index + 1
    return (*above, index)
