# SPDX-License-Identifier: GPL-2.0-or-later
"""Long work in Python leaves Qt's thread pool free: else QGIS stands still when it paints meanwhile."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsApplication  # noqa: E402
from qgis.PyQt.QtCore import QThreadPool  # noqa: E402
from qgis.PyQt.QtGui import QImage  # noqa: E402
from satsharp.plugin.thread_pool import beside_the_pool  # noqa: E402
from satsharp.ui.panel_work import start_work  # noqa: E402


@pytest.fixture
def small_pool():
    """A pool as on a machine with two cores."""
    pool = QThreadPool.globalInstance()
    before = pool.maxThreadCount()
    pool.waitForDone(10_000)
    pool.setMaxThreadCount(2)
    yield pool
    pool.setMaxThreadCount(before)


def test_count_of_threads_is_as_before_afterwards(small_pool):
    before = small_pool.activeThreadCount()
    with beside_the_pool():
        assert small_pool.activeThreadCount() == before - 1
    assert small_pool.activeThreadCount() == before
    with pytest.raises(ValueError, match="wrong"), beside_the_pool():
        raise ValueError("wrong")
    assert small_pool.activeThreadCount() == before


def test_as_many_tasks_as_threads_leave_the_pool_free(plugin, small_pool):
    end, started, ended = threading.Event(), [], []

    def work(is_cancelled):
        started.append(1)
        while not end.wait(0.001):
            sum(range(1000))  # Python's lock goes to and fro

    for _ in range(2):
        start_work("waits", work, lambda *given: ended.append(given))
    deadline = time.monotonic() + 20
    while len(started) < 2:
        QgsApplication.processEvents()
        assert time.monotonic() < deadline
    try:
        # Below 0 where QGIS has a pool of its own for tasks.
        assert small_pool.activeThreadCount() <= 0
        # Qt converts large pictures on its pool, with Python's lock held here.
        picture = QImage(3000, 3000, QImage.Format.Format_ARGB32)
        picture.fill(0x11223344)
        assert picture.convertToFormat(QImage.Format.Format_RGB888).pixel(2999, 2999) & 0xFFFFFF == 0x223344
    finally:
        end.set()
    while len(ended) < 2:
        QgsApplication.processEvents()
        assert time.monotonic() < deadline
    assert small_pool.waitForDone(10_000) and small_pool.activeThreadCount() == 0
