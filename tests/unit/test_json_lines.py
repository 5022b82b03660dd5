# SPDX-License-Identifier: GPL-2.0-or-later
"""The line of a value in a JSON file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.json_lines import line_of

TEXT = """{
 "a": [1,
   {"x": [], "y": {}},
   "s,]{\\"\\n"],
 "b":
   {"c": -1.5e3,
    "d": [[true], [2,
    null]]}
}"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("a",), 2),
        (("a", 0), 2),
        (("a", 1), 3),
        (("a", 1, "y"), 3),
        (("a", 2), 4),
        (("b",), 5),
        (("b", "c"), 6),
        (("b", "d", 1), 7),
        (("b", "d", 1, 1), 8),
        # What is missing is looked for where it should be.
        (("a", 1, "z"), 3),
        (("b", "d", 7, "e"), 7),
        (("q", 1), 1),
    ],
)
def test_line_of_a_place(place, line):
    json.loads(TEXT)
    assert line_of(TEXT, place) == line


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.data())
def test_line_of_any_value_is_where_json_puts_it(document, data):
    """Indented, every key and every element of a list has a line of its own; a marked one is found by its mark."""
    place: list[object] = []
    parent, value = None, document
    while isinstance(value, (dict, list)) and value and (parent is None or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        place, parent, value = [*place, key], value, value[key]
    if parent is None:
        return
    parent[place[-1]] = "the marked value"
    text = json.dumps(document, indent=1)
    line = next(number for number, row in enumerate(text.split("\n"), 1) if '"the marked value"' in row)
    assert line_of(text, tuple(place)) == line
