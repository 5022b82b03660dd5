# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

import pytest
from satsharp.core import pipeline
from satsharp.core.errors import CancelledError
from satsharp.core.pipeline import stream


def never() -> None:
    """A check that lets the run go on."""


def own_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("satsharp-")]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert own_threads() == []


def test_order_is_kept_and_every_item_is_read_and_computed_once():
    reads, computes = [], []

    def read(item):
        reads.append(item)
        return item * 10

    def compute(item, loaded):
        time.sleep(0.004 * ((item * 7) % 5))
        computes.append(item)
        return loaded + 1

    results = list(stream(range(25), read, compute, 3, 5, never))
    assert results == [(item, item * 10 + 1) for item in range(25)]
    assert reads == list(range(25)), "one thread reads, in order"
    assert sorted(computes) == list(range(25))
    assert computes != sorted(computes), "some item was overtaken, otherwise the order proves nothing"


@pytest.mark.parametrize(("workers", "ahead"), [(1, 1), (2, 4), (4, 3)])
def test_items_under_way_are_bounded(workers, ahead):
    under_way, most, lock = 0, 0, threading.Lock()

    def read(item):
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        return item

    taken = itertools.count()
    for item, _ in stream((next(taken) for _ in range(30)), read, lambda item, loaded: item, workers, ahead, never):
        time.sleep(0.002)
        assert next(taken) <= 2 * item + ahead + 1, "items are drawn from the source as they are needed"
        with lock:
            under_way -= 1
    assert most == ahead


def test_reading_computing_and_consuming_overlap():
    met = []

    def read(item):
        if item == 2:
            barrier.wait(5)
            met.append("read")
        return item

    def compute(item, loaded):
        if item == 1:
            barrier.wait(5)
            met.append("compute")
        return item

    barrier = threading.Barrier(3)
    for item, _ in stream(range(4), read, compute, 2, 3, never):
        if item == 0:
            barrier.wait(5)
            met.append("consume")
    assert sorted(met) == ["compute", "consume", "read"]


def test_workers_compute_at_the_same_time():
    barrier = threading.Barrier(3)
    results = stream(range(3), lambda item: item, lambda item, loaded: barrier.wait(5) >= 0, 3, 3, never)
    assert [computed for _, computed in results] == [True, True, True]


def fail_at(number: int, error: Exception):
    def stage(item, loaded=None):
        if item == number:
            raise error
        return item

    return stage


@pytest.mark.parametrize("kind", [ValueError, TimeoutError, MemoryError])
@pytest.mark.parametrize("stage", ["read", "compute"])
def test_errors_of_the_stages_are_raised_in_their_turn(stage, kind):
    read = fail_at(3 if stage == "read" else -1, kind("broken"))
    compute = fail_at(3 if stage == "compute" else -1, kind("broken"))
    seen = []
    with pytest.raises(kind, match="broken"):
        for item, _ in stream(range(1000), read, compute, 2, 4, never):
            seen.append(item)
    assert seen == [0, 1, 2]


def test_after_an_error_hardly_anything_more_is_read():
    reads = []

    def read(item):
        reads.append(item)
        return item

    with pytest.raises(ValueError, match="broken"):
        list(stream(range(1000), read, fail_at(3, ValueError("broken")), 2, 4, never))
    assert max(reads) <= 3 + 4


def test_error_of_the_source_is_raised():
    def source():
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(stream(source(), lambda item: item, lambda item, loaded: item, 1, 4, never))


def test_check_ends_a_long_computation():
    released = threading.Event()
    calls = itertools.count()

    def check():
        if next(calls) == 2:
            released.set()
            raise CancelledError("stop")

    started = time.monotonic()
    with pytest.raises(CancelledError):
        list(stream(range(9), lambda item: item, lambda item, loaded: released.wait(20), 2, 4, check))
    assert time.monotonic() - started < 5
    assert next(calls) == 3


def test_a_result_that_comes_late_is_not_a_timeout():
    results = stream([1], lambda item: item, lambda item, loaded: time.sleep(0.25) or "late", 1, 1, never)
    assert list(results) == [(1, "late")]


class Late(Future):
    """Is done in the very moment in which waiting for it ends."""

    def result(self, timeout=None):
        if not self.done():
            self.set_result("late")
            raise FutureTimeout
        return super().result(timeout)


def test_result_that_comes_just_when_waiting_ends_is_not_a_timeout():
    future, calls = Late(), itertools.count()

    def check():
        if next(calls) == 1 and not future.done():
            future.set_result("late")

    assert pipeline._wait(future, check) == "late"


def test_closing_early_cleans_up():
    reads = []

    def read(item):
        reads.append(item)
        return item

    results = stream(range(1000), read, lambda item, loaded: item, 2, 4, never)
    assert next(results) == (0, 0)
    assert own_threads() != []
    results.close()
    assert own_threads() == []
    assert max(reads) <= 4


def test_nothing_to_do():
    assert list(stream([], lambda item: item, lambda item, loaded: item, 2, 4, never)) == []
