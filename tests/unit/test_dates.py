# SPDX-License-Identifier: GPL-2.0-or-later
"""The choice of dates: clearest first, declared order, repeated where there are too few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.dates import (
    AS_GIVEN,
    BEST_FIRST,
    NEWEST_FIRST,
    OLDEST_FIRST,
    ORDERS,
    DateQuality,
    brightness_quality,
    choose_dates,
    class_quality,
)
from satsharp.core.errors import CardError


def date(day: int, cloudy: float, missing: float = 0.0, acquired: bool = True) -> DateQuality:
    when = f"2019-06-{day:02d}T10:00:00Z" if acquired else ""
    return DateQuality(f"d{day}", when, missing, cloudy, "by brightness")


FIVE = (date(9, 0.3), date(3, 0.0), date(21, 0.1), date(12, 0.9), date(15, 0.2))


@pytest.mark.parametrize(
    ("order", "expected"),
    [(OLDEST_FIRST, (1, 4, 2)), (NEWEST_FIRST, (2, 4, 1)), (BEST_FIRST, (1, 2, 4)), (AS_GIVEN, (1, 2, 4))],
)
def test_the_clearest_are_chosen_and_put_into_the_declared_order(order, expected):
    choice = choose_dates(FIVE, 3, order, 0.5)
    assert choice.order == expected
    assert choice.warnings == ()
    assert len(choice.told) == 3
    assert choice.told[1] == (
        "Left out: d9 of 2019-06-09 (30 % cloud, 0 % missing): the model takes 3, and others are clearer (by "
        "brightness)."
    )
    assert "more than 50 % of the area is missing or cloudy" in choice.told[2]


def test_good_dates_are_repeated_rather_than_bad_ones_used():
    choice = choose_dates(FIVE, 8, OLDEST_FIRST, 0.15)
    assert choice.order == (1, 1, 1, 1, 2, 2, 2, 2)
    odd = choose_dates(FIVE, 5, OLDEST_FIRST, 0.25)
    assert odd.order == (1, 1, 4, 2, 2)
    assert "takes 5 dates and 3 of 5 can be used" in odd.warnings[0]
    assert "d3 2, d21 2, d15 1" in odd.warnings[0]


def test_where_all_dates_are_bad_the_least_bad_are_used_with_a_warning():
    choice = choose_dates((date(1, 0.9), date(2, 0.6, 0.2), date(3, 0.7)), 2, OLDEST_FIRST, 0.5)
    assert choice.order == (1, 2)
    assert "more than 50 %" in choice.warnings[0]


def test_dates_of_unknown_time_stay_in_the_order_given():
    dates = (date(9, 0.0, acquired=False), date(3, 0.0), date(21, 0.0))
    choice = choose_dates(dates, 2, OLDEST_FIRST, 0.5)
    assert choice.order == (0, 1)
    assert "the order in which they are given is oldest first" in choice.warnings[0]


def test_of_equally_clear_dates_the_first_are_taken():
    assert choose_dates((date(5, 0.1), date(4, 0.1), date(3, 0.1)), 2, AS_GIVEN, 0.5).order == (0, 1)


def test_no_dates_and_unknown_orders_are_refused():
    with pytest.raises(CardError, match="at least one product"):
        choose_dates((), 2, OLDEST_FIRST, 0.5)
    with pytest.raises(CardError, match="oldest first, newest first"):
        choose_dates(FIVE, 2, "random", 0.5)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 28), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=9),
    st.integers(1, 16),
    st.sampled_from(ORDERS),
    st.floats(0, 1),
)
def test_every_choice_has_the_wanted_number_evenly_of_the_best(found, wanted, order, limit):
    dates = tuple(date(day, cloudy, missing) for day, cloudy, missing in found)
    choice = choose_dates(dates, wanted, order, limit)
    assert len(choice.order) == wanted
    times = [choice.order.count(index) for index in {*choice.order}]
    assert max(times) - min(times) <= 1
    used = [round(dates[index].bad, 4) for index in choice.order]
    unused = [round(found.bad, 4) for index, found in enumerate(dates) if index not in choice.order]
    assert not unused or max(used) <= min(unused)
    if order == OLDEST_FIRST:
        seen = [dates[index].acquired for index in choice.order]
        assert seen == sorted(seen)


def test_clouds_are_what_is_bright_in_every_band():
    bands = [np.array([[0.1, 0.4], [0.5, 0.4]], np.float32), np.array([[0.4, 0.1], [0.6, 0.3]], np.float32)]
    masks = [np.array([[True, True], [True, False]]), np.ones((2, 2), np.bool_)]
    assert brightness_quality(bands, masks, 0.25) == (0.25, 0.25)


def test_classes_of_cloud_shadow_and_gaps():
    classes = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], np.uint8)
    assert class_quality(classes) == (2 / 12, 4 / 12)
