# SPDX-License-Identifier: GPL-2.0-or-later
"""Long work on a thread of Qt's pool, without taking the pool's place from Qt itself.

QGIS runs its tasks in the pool that Qt also paints and converts pictures with, and on two cores that pool has two
threads. Two tasks in Python would fill it; if the main thread then painted a picture from Python, it would wait for
the pool with Python's lock in its hand, the tasks would wait for the lock, and QGIS would stand still for ever.
Newer QGIS (seen with 3.44) has a pool of its own for tasks; Qt's may then start one thread more than it has to, which
costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.PyQt.QtCore import QThreadPool


@contextmanager
def beside_the_pool() -> Iterator[None]:
    """Let the pool start one thread more as long as this one works."""
    pool = QThreadPool.globalInstance()
    pool.releaseThread()
    try:
        yield
    finally:
        pool.reserveThread()
