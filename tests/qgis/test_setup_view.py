# SPDX-License-Identifier: GPL-2.0-or-later
"""Set-up: what is missing, where it comes from, how it is installed, and what is said about the GPU."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsApplication  # noqa: E402
from qgis.PyQt.QtCore import QMimeData, QPoint, Qt, QUrl  # noqa: E402
from qgis.PyQt.QtGui import QDropEvent  # noqa: E402
from satsharp.core.errors import CancelledError, DependencyError  # noqa: E402
from satsharp.plugin.dependencies import RuntimeStatus  # noqa: E402
from satsharp.plugin.gpu_advice import GpuAdvice, offers_gpu_build  # noqa: E402
from satsharp.ui import setup_work  # noqa: E402
from satsharp.ui.setup_view import SetupView  # noqa: E402
from satsharp.ui.setup_work import Found, WheelOffer  # noqa: E402

PROVIDERS = ("CUDAExecutionProvider", "AzureExecutionProvider", "CPUExecutionProvider")
FOUND = Found(RuntimeStatus("1.23.2", "/somewhere/onnxruntime", PROVIDERS), ("NVIDIA H200",))
OFFER = WheelOffer("onnxruntime-1.23.2-cp311-cp311-manylinux_2_27_x86_64.whl", 17_400_000, "index.invalid")


class World:
    """Stands for disk and network."""

    def __init__(self) -> None:
        self.there = False
        self.wheels: list[str] = []
        self.problem = ""
        self.gate = threading.Event()
        self.gate.set()

    def installed(self, wheel, progress, is_cancelled):
        self.wheels.append(wheel)
        progress(0.25)
        while not self.gate.wait(0.01):
            if is_cancelled():
                raise CancelledError("cancelled")
        if self.problem:
            raise DependencyError(self.problem)
        self.there = True
        return FOUND


@pytest.fixture
def world(monkeypatch):
    made = World()
    monkeypatch.setattr(setup_work, "is_there", lambda: made.there)
    monkeypatch.setattr(setup_work, "wheel_offer", lambda is_cancelled: OFFER)
    monkeypatch.setattr(setup_work, "loaded_runtime", lambda is_cancelled: FOUND)
    monkeypatch.setattr(setup_work, "installed_runtime", made.installed)
    return made


@pytest.fixture
def view(plugin, world):
    made = SetupView()
    yield made
    made.hide()
    made.deleteLater()


def wait_for(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        QgsApplication.processEvents()
        time.sleep(0.005)
        assert time.monotonic() < end, "it did not happen in time"


def test_one_line_one_button_size_and_source(view):
    assert view.needed()
    view.show()
    wait_for(lambda: view.detail.isVisible())
    assert view.line.text() == "<b>ONNX Runtime is missing.</b> It runs the networks."
    assert view.button.text() == "Install" and view.button.isVisible()
    assert view.detail.text() == (
        "onnxruntime 1.23.2, 17 MB from index.invalid; it goes into your QGIS profile and changes nothing else."
    )
    assert not view.progress.isVisible() and not view.stop.isVisible()


def test_installing_shows_progress_and_tells_what_came(view, world):
    changes = []
    view.runtimeChanged.connect(lambda: changes.append(view.needed()))
    view.show()
    wait_for(lambda: view.detail.isVisible())
    world.gate.clear()
    view.button.click()
    wait_for(lambda: view.progress.value() == 25)
    assert view.progress.isVisible() and view.stop.isVisible() and not view.button.isVisible()
    world.gate.set()
    wait_for(lambda: changes != [])
    assert changes == [False] and world.wheels == [""]
    assert view.line.text() == "<b>ONNX Runtime 1.23.2</b> with the execution providers CUDA, CPU."
    assert not view.progress.isVisible()


def test_installing_can_be_cancelled(view, world):
    view.show()
    wait_for(lambda: view.detail.isVisible())
    world.gate.clear()
    view.button.click()
    wait_for(lambda: view.progress.value() == 25)
    view.stop.click()
    wait_for(lambda: view.button.isVisible())
    assert view.needed() and not view.progress.isVisible() and not world.there


def test_what_went_wrong_is_told_and_can_be_tried_again(view, world):
    view.show()
    wait_for(lambda: view.detail.isVisible())
    world.problem = "The disk is full. Free some space."
    view.button.click()
    wait_for(lambda: view.detail.text() == "The disk is full. Free some space.")
    assert view.button.isVisible() and view.needed()
    world.problem = ""
    view.button.click()
    wait_for(lambda: not view.needed())


def test_wheel_is_dropped(view, world):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/x.txt"), QUrl.fromLocalFile("/tmp/onnxruntime-1.whl")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    view.dropEvent(QDropEvent(QPoint(1, 1), copy, data, left, Qt.KeyboardModifier.NoModifier))
    wait_for(lambda: not view.needed())
    assert world.wheels == ["/tmp/onnxruntime-1.whl"]


def test_installed_runtime_is_loaded_when_the_view_is_seen(view, world):
    world.there = True
    assert not view.needed() and "1.23.2" not in view.line.text()
    view.show()
    wait_for(lambda: "1.23.2" in view.line.text())
    assert "/somewhere/onnxruntime" in view.detail.text()


def test_broken_runtime_is_needed_again(view, world, monkeypatch):
    world.there = True
    broken = Found(RuntimeStatus(problem="ONNX Runtime cannot be loaded: no DLL. Restart QGIS."))
    monkeypatch.setattr(setup_work, "loaded_runtime", lambda is_cancelled: broken)
    view.show()
    wait_for(lambda: view.needed())
    assert view.line.text() == broken.status.problem and view.button.text() == "Install" and view.button.isVisible()


def test_index_that_cannot_be_reached_is_told_and_a_file_is_possible(view, monkeypatch):
    def refuse(is_cancelled):
        raise DependencyError("No package index is configured.")

    monkeypatch.setattr(setup_work, "wheel_offer", refuse)
    view.show()
    wait_for(lambda: view.detail.text() == "No package index is configured.")
    assert view.from_file.isVisible() and view.button.isVisible() and not view.removal.isVisible()


@pytest.mark.parametrize(
    ("providers", "driver", "system", "expected"),
    [
        (("CPU",), False, "linux", "No GPU was found"),
        (("CPU",), True, "linux", "H200 is not used: this ONNX Runtime is the build for processors."),
        (PROVIDERS, True, "linux", "H200 is used where the libraries CUDA 12 and cuDNN 9 are installed"),
        (PROVIDERS, False, "win", "no driver was found"),
        (("DmlExecutionProvider",), False, "win", "DirectML"),
        (("CPU",), False, "win", "onnxruntime-directml"),
        (("CoreMLExecutionProvider",), False, "macosx", "half precision"),
        (("ROCMExecutionProvider",), False, "linux", "ROCm"),
    ],
)
def test_advice_matches_what_is_found(providers, driver, system, expected):
    status = RuntimeStatus("1.0", "/x", providers)
    assert expected in GpuAdvice().sentence(status, driver, system, ("H200",))


@pytest.mark.parametrize(
    ("folder", "providers", "driver", "system", "expected"),
    [
        ("/profile/python/onnxruntime", ("CPU",), True, "linux", True),
        ("/usr/lib/onnxruntime", ("CPU",), True, "linux", False),
        ("/profile/python/onnxruntime", PROVIDERS, True, "linux", False),
        ("/profile/python/onnxruntime", ("CPU",), False, "linux", False),
        ("/profile/python/onnxruntime", ("CPU",), True, "macosx", False),
    ],
)
def test_gpu_build_is_offered_where_it_would_help(folder, providers, driver, system, expected):
    assert offers_gpu_build(RuntimeStatus("1.0", folder, providers), driver, system, Path("/profile")) == expected
