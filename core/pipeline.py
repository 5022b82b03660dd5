# SPDX-License-Identifier: GPL-2.0-or-later
"""Bounded look-ahead: read, compute and consume at the same time, results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Loaded = TypeVar("Loaded")
Computed = TypeVar("Computed")

POLL_SECONDS = 0.1


def stream(
    items: Iterable[Item],
    read: Callable[[Item], Loaded],
    compute: Callable[[Item, Loaded], Computed],
    workers: int,
    ahead: int,
    check: Callable[[], None],
) -> Generator[tuple[Item, Computed], None, None]:
    """Yield (item, computed) in the order of the items.

    One thread reads, ``workers`` threads compute, the caller consumes; at most ``ahead`` items are under way, which
    bounds memory. ``check`` is called while waiting and may raise to stop; an error of any stage is raised here.
    """
    reader = ThreadPoolExecutor(1, thread_name_prefix="satsharp-read")
    pool = ThreadPoolExecutor(workers, thread_name_prefix="satsharp-compute")
    waiting: deque[tuple[Item, Future[Computed]]] = deque()
    source = iter(items)
    try:
        while True:
            while len(waiting) < ahead:
                item = next(source, None)
                if item is None:
                    break
                waiting.append((item, pool.submit(_compute, compute, item, reader.submit(read, item))))
            if not waiting:
                return
            item, future = waiting.popleft()
            yield item, _wait(future, check)
    finally:
        reader.shutdown(wait=False, cancel_futures=True)
        pool.shutdown(wait=False, cancel_futures=True)
        reader.shutdown(wait=True)
        pool.shutdown(wait=True)


def _compute(compute: Callable[[Item, Loaded], Computed], item: Item, loaded: Future[Loaded]) -> Computed:
    return compute(item, loaded.result())


def _wait(future: Future[Computed], check: Callable[[], None]) -> Computed:
    while True:
        check()
        if wait((future,), timeout=POLL_SECONDS).done:
            return future.result()
