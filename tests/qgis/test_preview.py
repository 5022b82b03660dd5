# SPDX-License-Identifier: GPL-2.0-or-later
"""The preview: the digits of the full run, shown over the map with a line that the mouse drags."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnxruntime")

from osgeo import gdal  # noqa: E402
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
)
from qgis.gui import QgsMapCanvas  # noqa: E402
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt  # noqa: E402
from qgis.PyQt.QtGui import QMouseEvent  # noqa: E402
from qgis.PyQt.QtTest import QTest  # noqa: E402
from qgis.PyQt.QtWidgets import QApplication, QWidget  # noqa: E402
from satsharp.core import super_resolution  # noqa: E402
from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.findings_cache import forget_findings  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.ui import preview_window  # noqa: E402
from satsharp.ui.panel_work import start_work  # noqa: E402
from satsharp.ui.preview_styles import colour, first_colours  # noqa: E402
from satsharp.ui.preview_view import PreviewView  # noqa: E402
from satsharp.ui.preview_window import Subject, next_side, window_around  # noqa: E402
from satsharp.ui.swipe import MEASURED, RESULT, SWIPE  # noqa: E402

ALGORITHM = "satsharp:superresolve_sentinel2"
SIDE = 48


@pytest.fixture
def canvas(plugin, product):
    """A map of 400 x 300 pixels around the middle of the product, at two map pixels a pixel of the result."""
    made = QgsMapCanvas()
    made.resize(400, 300)
    made.show()
    scene = open_scene(str(product.safe), sensor_by_id("sentinel2"))
    made.setDestinationCrs(QgsCoordinateReferenceSystem.fromWkt(scene.finest.crs))
    x, y = scene.finest.locate(300, 300)
    made.setExtent(QgsRectangle(x - 1000, y - 750, x + 1000, y + 750))
    QgsApplication.processEvents()
    yield made
    made.hide()
    made.deleteLater()


@pytest.fixture
def view(canvas, monkeypatch):
    monkeypatch.setattr("satsharp.ui.preview_runner.FIRST_SIDE", SIDE)
    monkeypatch.setattr("satsharp.ui.preview_runner.REST_MILLISECONDS", 10)
    monkeypatch.setattr("satsharp.ui.preview_runner.next_side", lambda side, seconds: side)
    made = PreviewView(canvas)
    made.show()
    yield made
    made.clear()
    made.deleteLater()
    QgsApplication.processEvents()


@pytest.fixture
def request_of(product):
    return {"INPUT": str(product.safe), "MODEL": "test-20m"}


def wait_for(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        QgsApplication.processEvents()
        time.sleep(0.005)
        assert time.monotonic() < end, "it did not happen in time"


def show(view: PreviewView, parameters: dict) -> None:
    view.show_request(ALGORITHM, parameters)
    view.button.setChecked(True)
    wait_for(lambda: view.overlay.preview is not None and not view.runner.is_running)
    wait_for(lambda: not view.overlay._jobs)


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Drag with the left button; QTest.mouseMove moves the cursor of a screen, and here is none."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, place in (
        (QEvent.Type.MouseButtonPress, start),
        (QEvent.Type.MouseMove, end),
        (QEvent.Type.MouseButtonRelease, end),
    ):
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else left
        QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(place), button, left, none))


def pixels(layer: QgsRasterLayer) -> np.ndarray:
    return gdal.Open(layer.source()).ReadAsArray()


def test_digits_are_those_of_the_full_run(view, request_of, qgis_processing, tmp_path, context, log):
    import processing

    show(view, request_of)
    preview = view.overlay.preview
    result = gdal.Open(preview.result.source())
    left, top = result.GetGeoTransform()[0], result.GetGeoTransform()[3]
    full = str(tmp_path / "full.tif")
    processing.run(ALGORITHM, {**request_of, "OUTPUT": full}, context=context, feedback=log)
    whole = gdal.Open(full)
    col = round((left - whole.GetGeoTransform()[0]) / 10)
    row = round((whole.GetGeoTransform()[3] - top) / 10)
    height, width = result.RasterYSize, result.RasterXSize
    # Snapped outward to the 60 m pixels.
    assert SIDE <= height <= SIDE + 12 and SIDE <= width <= SIDE + 12 and row % 6 == col % 6 == 0
    assert np.array_equal(result.ReadAsArray(), whole.ReadAsArray()[:, row : row + height, col : col + width])
    assert preview.names == tuple(whole.GetRasterBand(i).GetDescription() for i in range(1, whole.RasterCount + 1))
    assert (preview.gsd, preview.models) == (10.0, "test-20m")


def test_input_is_shown_as_it_was_measured(view, request_of, product):
    show(view, request_of)
    preview = view.overlay.preview
    scene = open_scene(str(product.safe), sensor_by_id("sentinel2"))
    measured = pixels(preview.measured)
    for name, factor in (("B04", 1), ("B11", 2)):
        band = scene.band(name)
        dataset = gdal.Open(band.path)
        native = dataset.GetRasterBand(band.index).ReadAsArray()
        assert np.array_equal(measured[preview.names.index(name)], native.repeat(factor, 0).repeat(factor, 1))


def test_scene_is_looked_at_once_for_previews_and_run(view, request_of, canvas, monkeypatch, tmp_path, context, log):
    import processing

    looks = []
    real = super_resolution.examine
    monkeypatch.setattr(super_resolution, "examine", lambda *given: (looks.append(1), real(*given))[1])
    show(view, request_of)
    first = view.overlay.preview
    canvas.setCenter(QgsPointXY(canvas.center().x() + 600, canvas.center().y() - 300))
    wait_for(lambda: view.overlay.preview is not first and not view.runner.is_running)
    second = view.overlay.preview
    assert round(second.result.extent().xMinimum() - first.result.extent().xMinimum()) == 600
    assert round(second.result.extent().yMinimum() - first.result.extent().yMinimum()) == -300
    processing.run(ALGORITHM, {**request_of, "OUTPUT": str(tmp_path / "x.tif")}, context=context, feedback=log)
    assert len(looks) == 1


@pytest.fixture
def area(product):
    """Where the product lies."""
    finest = open_scene(str(product.safe), sensor_by_id("sentinel2")).finest
    (left, top), (right, bottom) = finest.locate(0, 0), finest.locate(finest.height, finest.width)
    return QgsReferencedRectangle(
        QgsRectangle(left, bottom, right, top), QgsCoordinateReferenceSystem.fromWkt(finest.crs)
    )


def test_scene_is_looked_at_before_a_preview_is_asked_for(view, request_of, area, monkeypatch):
    forget_findings()
    looks, ahead = [], view.runner.ahead
    real = super_resolution.examine
    monkeypatch.setattr(super_resolution, "examine", lambda *given: (looks.append(1), real(*given))[1])
    ahead._timer.setInterval(10)
    view.show_request(ALGORITHM, request_of, area)
    wait_for(lambda: view.runner.knows_scene)
    assert (view.overlay.preview, ahead.is_running, looks) == (None, False, [1])
    show(view, request_of)
    assert view.overlay.preview.result.isValid() and looks == [1]


def test_time_of_a_preview_that_waited_for_the_look_ahead_does_not_count(view, request_of, area, monkeypatch):
    forget_findings()
    asked = []
    monkeypatch.setattr("satsharp.ui.preview_runner.next_side", lambda side, seconds: asked.append(side) or side)
    view.show_request(ALGORITHM, request_of)
    view.button.setChecked(True)
    wait_for(lambda: view.runner.is_running)
    view.runner.ahead.ended.emit(True, "")
    wait_for(lambda: view.overlay.preview is not None)
    assert view.runner.knows_scene and asked == []
    view.runner.set_active(True)
    wait_for(lambda: asked == [SIDE])


@pytest.fixture
def unknown(monkeypatch):
    """Take the product for a large one that nobody knows; it becomes known when this is set."""
    forget_findings()
    monkeypatch.setattr("satsharp.core.first_look.scene_blocks", lambda height, width: (1,))
    gate, real = threading.Event(), super_resolution.examine

    def examined(*given):
        assert gate.wait(60)
        return real(*given)

    monkeypatch.setattr(super_resolution, "examine", examined)
    yield gate
    gate.set()


def test_first_looks_make_way_for_the_digits_of_the_full_run(view, request_of, canvas, unknown, tmp_path, context, log):
    import processing

    shown = []
    view.runner.made.connect(lambda preview: shown.append((preview.exact, pixels(preview.result))))
    show(view, request_of)
    assert not view.overlay.preview.exact and view.runner.ahead.is_running and not view.runner.knows_scene
    assert view.progress.isVisible() and "first look" in view.status.text()
    first = view.overlay.preview
    canvas.setCenter(QgsPointXY(canvas.center().x() + 600, canvas.center().y()))
    wait_for(lambda: view.overlay.preview is not first and not view.runner.is_running)
    second = view.overlay.preview
    assert not second.exact
    assert round(second.result.extent().xMinimum() - first.result.extent().xMinimum()) == 600
    unknown.set()
    wait_for(lambda: view.overlay.preview.exact and not view.runner.is_running)
    assert not view.progress.isVisible() and "values of the full run" in view.status.text()
    assert [exact for exact, _ in shown] == [False, False, True]
    extent = view.overlay.preview.result.extent()
    assert extent == second.result.extent()
    full = str(tmp_path / "full.tif")
    processing.run(
        ALGORITHM,
        {**request_of, "OUTPUT": full, "EXTENT": QgsReferencedRectangle(extent, canvas.mapSettings().destinationCrs())},
        context=context,
        feedback=log,
    )
    assert np.array_equal(shown[2][1], gdal.Open(full).ReadAsArray())
    # Only the sharpened bands differ, by what makes them consistent with the input.
    names = view.overlay.preview.names
    apart = np.abs(shown[1][1].astype(int) - shown[2][1]).max(axis=(1, 2))
    assert {name for name, most in zip(names, apart) if most} == {"B05", "B06", "B07", "B8A", "B11", "B12"}


def test_a_scene_that_becomes_known_during_a_first_look_is_shown_as_it_is(view, request_of, unknown, monkeypatch):
    shown = []
    view.runner.made.connect(lambda preview: shown.append(preview.exact))
    view.show_request(ALGORITHM, request_of)
    view.button.setChecked(True)
    wait_for(lambda: view.runner.is_running)
    unknown.set()
    view.runner.ahead.ended.emit(True, "")
    wait_for(lambda: len(shown) == 2 and not view.runner.is_running)
    assert shown == [False, True] and not view.runner.ahead.is_running


def test_what_fails_after_a_first_look_is_told_once(view, request_of, unknown, monkeypatch):
    def broken(*given):
        raise ProductError("B05 is damaged. Download the product again.")

    real, started = super_resolution.examine, []
    monkeypatch.setattr(super_resolution, "examine", lambda *given: (real(*given), broken())[1])
    view.runner.started.connect(lambda: started.append(1))
    show(view, request_of)
    unknown.set()
    wait_for(lambda: "damaged" in view.status.text())
    # A first look is not left behind as if it were the result.
    assert view.overlay.preview is None and not view.progress.isVisible() and not view.controls.isVisible()
    QTest.qWait(100)
    assert started == [1] and not view.runner.is_running and not view.runner.ahead.is_running


def test_somebody_else_may_stop_the_look_at_the_scene(view, request_of, unknown):
    started = []
    view.runner.started.connect(lambda: started.append(1))
    show(view, request_of)
    # As in QGIS' list of tasks.
    view.runner.ahead._task.cancel()
    wait_for(lambda: not view.runner.ahead.is_running)
    assert view.status.text() == "The preview was stopped." and view.overlay.preview is None
    QTest.qWait(100)
    assert started == [1] and not view.runner.is_running


def test_another_option_begins_with_a_first_look_again(view, request_of, unknown, tmp_path):
    unknown.set()
    show(view, request_of)
    wait_for(lambda: view.overlay.preview.exact and not view.runner.is_running)
    for change in ({"GUARD": "off"}, {"GUARD": "warn", "INTERVAL_OUTPUT": str(tmp_path / "bounds.tif")}):
        view.show_request(ALGORITHM, {**request_of, **change})
        assert not view.runner.knows_scene
    unknown.clear()
    shown = []
    view.runner.made.connect(lambda preview: shown.append(preview.exact))
    view.show_request(ALGORITHM, {**request_of, "GUARD": "warn"})
    wait_for(lambda: shown == [False] and not view.runner.is_running)
    unknown.set()
    wait_for(lambda: shown == [False, True] and not view.runner.is_running)


def test_the_exact_preview_covers_what_the_first_look_did(view, request_of, unknown, monkeypatch):
    # As with a layer, whose result's GSD is not known before.
    monkeypatch.setattr(view.runner, "_metres", lambda: view.runner._gsd or 25.0)
    extents = []
    view.runner.made.connect(lambda preview: extents.append(preview.result.extent()))
    show(view, request_of)
    unknown.set()
    wait_for(lambda: len(extents) == 2 and not view.runner.is_running)
    assert extents[0] == extents[1] and extents[0].width() > 2 * SIDE * 10


def test_a_failure_elsewhere_leaves_no_first_look_behind(view, request_of, canvas, unknown):
    show(view, request_of)
    canvas.setCenter(QgsPointXY(canvas.center().x() + 50_000, canvas.center().y()))
    wait_for(lambda: view.overlay.preview is None)
    unknown.set()
    wait_for(lambda: not view.runner.ahead.is_running)
    assert not view.progress.isVisible() and not view.runner.is_running


@pytest.mark.parametrize("key", ["INPUT", "INPUTS"])
def test_what_is_on_the_web_is_left_alone_when_nobody_looks(view, monkeypatch, request_of, key):
    address = "https://example.org/S2A_MSIL2A.SAFE.zip"
    view.runner.subject = Subject(ALGORITHM, {**request_of, key: address if key == "INPUT" else [address]})
    cancelled = []
    monkeypatch.setattr(view.runner.ahead, "cancel", lambda: cancelled.append(1))
    view.runner.set_active(False)
    assert cancelled == [1]
    view.runner.subject = Subject(ALGORITHM, request_of)
    view.runner.set_active(False)
    assert cancelled == [1]


def test_nothing_follows_a_first_look_that_nobody_sees_any_more(view, request_of, unknown):
    show(view, request_of)
    view.button.setChecked(False)
    started = []
    view.runner.started.connect(lambda: started.append(1))
    unknown.set()
    wait_for(lambda: not view.runner.ahead.is_running)
    assert view.runner.knows_scene and started == [] and view.overlay.preview is None


def test_looking_ahead_ends_with_its_request_and_leaves_no_file(view, request_of, area, monkeypatch, tmp_path):
    monkeypatch.setattr("satsharp.ui.preview_ahead.tempfile.tempdir", str(tmp_path))
    forget_findings()
    ahead = view.runner.ahead
    ahead._timer.setInterval(10)
    view.show_request(ALGORITHM, request_of, area)
    wait_for(lambda: ahead.is_running)
    task = ahead._task
    view.show_request(ALGORITHM, {**request_of, "GUARD": "off"})
    assert task.feedback.isCanceled() and not ahead.is_running
    wait_for(lambda: list(tmp_path.iterdir()) == [])
    assert not view.runner.knows_scene


def test_looking_ahead_waits_for_other_work(view, request_of, area):
    forget_findings()
    gate = threading.Event()
    start_work("a trial", lambda _: gate.wait(60), lambda *_: None)
    ahead = view.runner.ahead
    ahead._timer.setInterval(10)
    view.show_request(ALGORITHM, request_of, area)
    QTest.qWait(200)
    assert not ahead.is_running and ahead._timer.isActive()
    gate.set()
    wait_for(lambda: view.runner.knows_scene)


def test_looking_ahead_waits_for_a_preview(view, request_of, area, unknown, monkeypatch):
    begun, waited = [], []
    monkeypatch.setattr(view.runner.ahead, "_look", lambda subject: begun.append(view.runner.is_running) or True)
    view.show_request(ALGORITHM, request_of)
    view.button.setChecked(True)
    wait_for(lambda: view.runner.is_running)
    # As after a choice that has stood for a moment.
    view.runner.ahead._timer.setInterval(1)
    view.runner.ahead._timer.timeout.connect(lambda: waited.append(view.runner.is_running))
    view.runner.ahead.begin(view.runner.subject, area, 10.0)
    wait_for(lambda: view.overlay.preview is not None)
    assert begun == [False] and waited and all(waited) and not view.runner.ahead._timer.isActive()


def test_nothing_is_looked_at_where_nobody_sees_the_preview_or_the_input_is_far_away(view, request_of, area):
    view.runner.ahead._timer.setInterval(10)
    started = []
    view.runner.ahead._timer.timeout.connect(lambda: started.append(1))
    view.hide()
    view.show_request(ALGORITHM, request_of, area)
    view.show()
    view.show_request(ALGORITHM, {**request_of, "INPUT": "https://example.org/S2A_MSIL2A.SAFE.zip"}, area)
    QTest.qWait(100)
    assert started == [] and not view.runner.ahead.is_running


def test_small_moves_change_nothing_and_large_ones_cancel_what_is_on_its_way(view, request_of, canvas):
    show(view, request_of)
    started = []
    view.runner.started.connect(lambda: started.append(1))
    canvas.setCenter(QgsPointXY(canvas.center().x() + 20, canvas.center().y()))
    QTest.qWait(60)
    assert not view.runner.is_running and started == []
    tasks = []
    for step in (400, 400, 400):
        canvas.setCenter(QgsPointXY(canvas.center().x() + step, canvas.center().y()))
        count = len(tasks) + 1
        wait_for(lambda count=count: len(started) == count)
        tasks.append(view.runner._task.feedback)
    wait_for(lambda: not view.runner.is_running)
    assert [feedback.isCanceled() for feedback in tasks] == [True, True, False]
    middle = view.overlay.preview.result.extent().center()
    assert abs(middle.x() - canvas.center().x()) <= 60


def test_line_is_dragged_by_the_mouse_and_moved_by_the_keyboard(view, request_of, canvas):
    show(view, request_of)
    item, viewport = view.overlay._item, canvas.viewport()
    start, y = round(item.line()), round(sum(item.height_span()) / 2)
    left, right = item.pos().x(), item.pos().x() + item._size().width()
    assert start == pytest.approx((left + right) / 2, abs=1)
    drag(viewport, QPoint(start + 3, y), QPoint(start + 25, y))
    assert item.line() == pytest.approx(start + 25, abs=1)
    assert view.controls.slider.value() == pytest.approx(1000 * (start + 25 - left) / (right - left), abs=12)
    view.controls.slider.setValue(100)
    assert item.line() == pytest.approx(left + 0.1 * (right - left), abs=1)
    QTest.keyClick(view.controls.slider, Qt.Key.Key_PageUp)
    assert view.controls.slider.value() == 200 and item.position == pytest.approx(0.2)


def test_mouse_elsewhere_belongs_to_the_map_tool(view, request_of, canvas):
    show(view, request_of)
    item, viewport = view.overlay._item, canvas.viewport()
    drag(viewport, QPoint(round(item.line()) + 30, 150), QPoint(round(item.line()) + 60, 150))
    assert item.position == 0.5


def colours_beside(canvas, item) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of both sides as arrays of red, green and blue."""
    arrays = []
    for picture in item._pictures:
        image = picture.convertToFormat(picture.Format.Format_RGB32)
        bits = image.bits()
        bits.setsize(image.byteCount())
        arrays.append(np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.width(), 4)[:, :, 2::-1])
    return arrays[0], arrays[1]


def test_fine_bands_look_alike_on_both_sides_and_coarse_ones_do_not(view, request_of, canvas):
    show(view, request_of)
    names = list(view.overlay.preview.names)
    inside = np.s_[110:190, 160:240]
    assert [box.currentText() for box in view.controls.bands] == ["B11", "B8A", "B05"]
    before, after = colours_beside(canvas, view.overlay._item)
    difference = np.abs(before[inside].astype(int) - after[inside].astype(int))
    assert 1 < difference.mean() < 60
    for box, name in zip(view.controls.bands, ("B04", "B03", "B02")):
        box.setCurrentIndex(names.index(name))
        box.activated.emit(box.currentIndex())
    wait_for(lambda: not view.overlay._jobs)
    before, after = colours_beside(canvas, view.overlay._item)
    assert after[inside].std() > 5 and np.array_equal(before[inside], after[inside])


def test_modes_show_one_side_or_both(view, request_of):
    show(view, request_of)
    item = view.overlay._item
    for button in view.controls.modes.buttons():
        button.click()
        mode = button.property("mode")
        assert item.mode == mode and view.controls.slider.isEnabled() == (mode == SWIPE)
        assert (item.line() is None) == (mode in (MEASURED, RESULT))


def test_moving_the_map_moves_the_preview_with_it(view, request_of, canvas):
    show(view, request_of)
    item = view.overlay._item
    before = item.pos()
    view.runner.set_active(False)
    canvas.setCenter(QgsPointXY(canvas.center().x() + 50, canvas.center().y()))
    QgsApplication.processEvents()
    assert item.pos().x() == pytest.approx(before.x() - 50 / canvas.mapUnitsPerPixel(), abs=1)


def test_the_input_stays_open_for_the_next_preview_and_no_longer(view, request_of, canvas, monkeypatch):
    from satsharp.core import kept_files

    def kept() -> list[str]:
        return [path for _, reader in kept_files._spare for path in reader.paths]

    show(view, request_of)
    first = view.overlay.preview
    opened = kept()
    assert len(opened) >= 10 and all(path.startswith(request_of["INPUT"]) for path in opened)
    canvas.setCenter(QgsPointXY(canvas.center().x() + 300, canvas.center().y()))
    wait_for(lambda: view.overlay.preview is not first and not view.runner.is_running)
    assert kept() == opened
    with monkeypatch.context() as patch:
        patch.setattr("satsharp.ui.preview_files.KEPT_MILLISECONDS", 20)
        canvas.setCenter(QgsPointXY(canvas.center().x() - 300, canvas.center().y()))
        wait_for(lambda: not view.runner.is_running and kept() == [])
    canvas.setCenter(QgsPointXY(canvas.center().x() + 300, canvas.center().y()))
    wait_for(lambda: kept() != [] and not view.runner.is_running)
    view.clear()
    assert kept() == []


def test_place_outside_of_the_input_is_told(view, request_of, canvas):
    view.show_request(ALGORITHM, request_of)
    canvas.setCenter(QgsPointXY(canvas.center().x() + 50_000, canvas.center().y()))
    view.button.setChecked(True)
    wait_for(lambda: not view.runner.is_running and "extent" in view.status.text().lower())
    assert view.overlay.preview is None and not view.progress.isVisible()


def test_another_input_takes_the_old_preview_away(view, request_of, product):
    show(view, request_of)
    view.show_request(ALGORITHM, {**request_of, "INPUT": str(product.zip)})
    assert view.overlay.preview is None
    wait_for(lambda: view.overlay.preview is not None)
    assert view.overlay.preview.measured.isValid()


def test_other_options_make_another_preview(view, request_of):
    show(view, request_of)
    first = view.overlay.preview
    view.show_request(ALGORITHM, {**request_of, "VALUES": "reflectance"})
    assert view.overlay.preview is first
    wait_for(lambda: view.overlay.preview is not first)
    second = view.overlay.preview
    number = second.names.index("B04")
    made, measured = pixels(second.result)[number], pixels(second.measured)[number]
    top = round((second.measured.extent().yMaximum() - second.result.extent().yMaximum()) / 10)
    left = round((second.result.extent().xMinimum() - second.measured.extent().xMinimum()) / 10)
    part = measured[top : top + made.shape[0], left : left + made.shape[1]]
    assert made.dtype == np.float32 and np.abs(part - made).max() < 1e-6


def test_without_a_request_or_an_extent_there_is_nothing_to_press(view):
    assert not view.button.isEnabled() and view.status.text() == "Choose an input first."
    view.show_request("satsharp:list_models", {})
    assert not view.button.isEnabled() and view.status.text() == "This has no preview."
    view.show_request(ALGORITHM, {"INPUT": "/nowhere"})
    assert view.button.isEnabled()


def test_wrong_parameters_are_told(view):
    view.show_request(ALGORITHM, {"INPUT": "/nowhere/at_all.SAFE"})
    view.button.setChecked(True)
    wait_for(lambda: "/nowhere/at_all.SAFE" in view.status.text())


def test_clear_leaves_nothing(view, request_of, canvas):
    items = len(canvas.scene().items())
    show(view, request_of)
    folder = Path(view.overlay.preview.result.source()).parent.parent
    assert len(canvas.scene().items()) == items + 1 and folder.is_dir()
    view.clear()
    assert len(canvas.scene().items()) == items and not folder.exists() and not view.button.isChecked()
    assert QgsProject.instance().mapLayers() == {}


@pytest.mark.parametrize(
    ("side", "seconds", "expected"),
    [(256, 1.5, 256), (256, 0.5, 384), (256, 5.0, 192), (96, 60.0, 96), (768, 0.1, 768)],
)
def test_preview_is_as_large_as_two_seconds_allow(side, seconds, expected):
    assert next_side(side, seconds) == expected
    assert preview_window.FIRST_SIDE in preview_window.SIDES


@pytest.mark.parametrize(
    ("crs", "centre", "width", "height"),
    [
        ("EPSG:32631", (500_000, 5_000_000), 2560, 2560),
        # 60 degrees north: a degree of longitude is half as long.
        ("EPSG:4326", (3, 60), 0.046046, 0.023023),
        ("EPSG:3857", (0, 8_399_737.89), 5120, 5120),
        ("EPSG:2264", (2_000_000, 600_000), 8398.93, 8398.93),
    ],
)
def test_window_has_its_size_on_the_ground(crs, centre, width, height):
    box = window_around(QgsPointXY(*centre), QgsCoordinateReferenceSystem(crs), 2560)
    assert (box.width(), box.height()) == (pytest.approx(width, rel=2e-3), pytest.approx(height, rel=2e-3))
    assert box.center().x() == pytest.approx(centre[0]) and box.crs().authid() == crs


def test_moving_the_map_does_not_stop_the_look_at_the_whole_scene(view, request_of, canvas):
    view.show_request(ALGORITHM, request_of)
    view.button.setChecked(True)
    wait_for(lambda: view.runner.is_running)
    first = view.runner._task.feedback
    canvas.setCenter(QgsPointXY(canvas.center().x() + 600, canvas.center().y()))
    QTest.qWait(50)
    assert view.runner.is_running and not first.isCanceled()
    places = []
    view.runner.made.connect(lambda preview: places.append(preview.result.extent().center().x()))
    wait_for(lambda: len(places) == 2)
    assert not first.isCanceled()
    assert places[1] - places[0] == pytest.approx(600, abs=60)


@pytest.fixture
def raster_pair(product, tmp_path, plugin):
    """The 20 m and the 10 m bands of the product as two loaded layers; the first shows B12, B11 and B05."""
    scene = open_scene(str(product.safe), sensor_by_id("sentinel2"))
    layers = []
    for title, names in (
        ("coarse", ("B05", "B06", "B07", "B8A", "B11", "B12")),
        ("fine", ("B02", "B03", "B04", "B08")),
    ):
        bands = [scene.band(name) for name in names]
        grid = bands[0].grid
        path = str(tmp_path / f"{title}.tif")
        target = gdal.GetDriverByName("GTiff").Create(path, grid.width, grid.height, len(bands), gdal.GDT_UInt16)
        target.SetGeoTransform(grid.transform)
        target.SetProjection(grid.crs)
        for number, band in enumerate(bands, start=1):
            source = gdal.Open(band.path)
            target.GetRasterBand(number).WriteArray(source.GetRasterBand(band.index).ReadAsArray())
            target.GetRasterBand(number).SetDescription(band.name)
        target = None
        layers.append(QgsRasterLayer(path, title, "gdal"))
        QgsProject.instance().addMapLayer(layers[-1])
    colour(layers[0], (6, 5, 1), {1: (1000, 3000), 5: (1500, 4000), 6: (500, 3500)})
    yield layers
    for layer in layers:
        QgsProject.instance().removeMapLayer(layer.id())


@pytest.mark.parametrize(
    ("sensor", "names", "shown"),
    [
        # Natural colours are measured at 10 m: there would be nothing to compare.
        ("sentinel2", ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"), (11, 9, 5)),
        ("sentinel2", ("B05", "B06", "B07", "B8A", "B11", "B12"), (5, 4, 1)),
        ("sentinel2", ("B02", "B03", "B04", "B08"), (3, 2, 1)),
        ("sentinel2", ("B02", "B03", "B04", "B01", "B09"), (3, 2, 1)),
        ("landsat", ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8"), (4, 3, 2)),
        ("landsat", ("B02", "B03", "B04"), (1, 2, 3)),
        ("modis", ("B1", "B2", "B3", "B4", "B5"), (1, 4, 3)),
        ("sentinel2", ("B11", "B12"), (1, 1, 1)),
        (None, ("a", "b", "c", "d"), (1, 2, 3)),
    ],
)
def test_bands_that_change_are_shown_first(sensor, names, shown):
    assert first_colours(names, sensor and sensor_by_id(sensor)) == shown


def test_layer_is_compared_in_its_own_colours(view, raster_pair):
    coarse, fine = raster_pair
    parameters = {"INPUT": coarse.id(), "GUIDE": fine.id(), "MODEL": "test-20m"}
    view.show_request("satsharp:superresolve_raster", parameters)
    view.button.setChecked(True)
    wait_for(lambda: view.overlay.preview is not None and not view.overlay._jobs)
    preview, overlay = view.overlay.preview, view.overlay
    assert preview.measured is None and preview.names == ("B05", "B06", "B07", "B8A", "B11", "B12")
    assert overlay.colours == (6, 5, 1)
    provider = preview.result.dataProvider()
    scale, offset = provider.bandScale(1), provider.bandOffset(1)
    shown = preview.result.renderer().blueContrastEnhancement()
    expected = (1000 * scale + offset, 3000 * scale + offset)
    assert (shown.minimumValue(), shown.maximumValue()) == pytest.approx(expected)
    before = overlay._before.renderer().blueContrastEnhancement()
    assert (before.minimumValue(), before.maximumValue()) == pytest.approx((1000, 3000))
    assert overlay._before is not coarse and coarse.renderer().redBand() == 6
    left, right = colours_beside(None, overlay._item)
    inside = np.s_[110:190, 160:240]
    difference = np.abs(left[inside].astype(int) - right[inside].astype(int))
    assert left[inside].std() > 5 and difference.mean() < 40
