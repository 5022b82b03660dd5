# SPDX-License-Identifier: GPL-2.0-or-later
"""The models: what is listed, what is said of each, and that installing, removing and measuring are done."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")
pytest.importorskip("onnxruntime")

from qgis.core import QgsApplication, QgsSettings  # noqa: E402
from qgis.PyQt.QtCore import QMimeData, QPoint, Qt, QUrl  # noqa: E402
from qgis.PyQt.QtGui import QDropEvent  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, load_card  # noqa: E402
from satsharp.core.errors import CancelledError, ModelError  # noqa: E402
from satsharp.core.model_speed import measure_model  # noqa: E402
from satsharp.core.session import Stopper  # noqa: E402
from satsharp.plugin.settings import GROUP  # noqa: E402
from satsharp.ui import speeds  # noqa: E402
from satsharp.ui.models_view import ModelsView  # noqa: E402

BUNDLED = sorted(path.stem for path in MODEL_FOLDER.glob("*.json"))


@pytest.fixture
def own_folder(tmp_path, model_folder) -> Path:
    """A model folder of one's own with nothing in it."""
    folder = tmp_path / "own"
    folder.mkdir()
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))
    return folder


@pytest.fixture
def view(plugin, own_folder):
    made = ModelsView()
    made.resize(320, 600)
    made.show()
    wait_for(lambda: made.list.topLevelItemCount() == 2)
    yield made
    made.hide()
    made.deleteLater()


def wait_for(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        QgsApplication.processEvents()
        time.sleep(0.005)
        assert time.monotonic() < end, "it did not happen in time"


def ids(view: ModelsView, group: int) -> list[str]:
    parent = view.list.topLevelItem(group)
    return [parent.child(place).toolTip(0).split(",")[0] for place in range(parent.childCount())]


def select(view: ModelsView, identifier: str) -> None:
    for group in range(2):
        parent = view.list.topLevelItem(group)
        for place in range(parent.childCount()):
            if parent.child(place).toolTip(0).startswith(f"{identifier},"):
                view.list.setCurrentItem(parent.child(place))
                return
    raise AssertionError(f"{identifier} is not listed")


def test_installed_and_published_models_are_listed(view):
    assert sorted(ids(view, 0)) == BUNDLED
    assert view.list.topLevelItem(0).text(0) == f"Installed ({len(BUNDLED)})"
    assert "dsen2-20m" in ids(view, 1) and len(ids(view, 1)) > 20
    assert view.list.topLevelItem(0).isExpanded() and not view.list.topLevelItem(1).isExpanded()


def test_card_is_told_in_plain_words(view):
    select(view, "s2-20m")
    text = view.page.toPlainText()
    assert text.startswith("Sentinel-2 20 m bands to 10 m")
    assert "20 m to 10 m (6 bands)" in text and "% of bicubic’s" in text and "CC-BY-4.0" in text
    assert "not measured yet" in text
    assert not view.tools.removal.isEnabled() and view.tools.measure.isEnabled()
    select(view, "viirs-750m")
    assert "⚠ Experimental: " in view.page.toPlainText()


def test_published_model_tells_how_to_convert_it(view):
    select(view, "dsen2-20m")
    text = view.page.toPlainText()
    assert "GPL-3.0-only" in text and "python -m satsharp.export_tools convert" in text and "--as" in text
    assert not view.tools.measure.isEnabled() and not view.tools.removal.isEnabled()


def test_search_hides_what_does_not_fit(view):
    view.search.setText("dsen2-60")
    shown = [
        parent.child(place).toolTip(0).split(",")[0]
        for parent in (view.list.topLevelItem(number) for number in range(2))
        for place in range(parent.childCount())
        if not parent.child(place).isHidden()
    ]
    assert shown == ["dsen2-60m", "vdsen2-60m"] and view.list.topLevelItem(1).isExpanded()


def test_model_is_installed_from_a_file_and_removed(view, own_folder, model_folder):
    changes = []
    view.modelsChanged.connect(lambda: changes.append(1))
    view.install(str(model_folder / "test-20m.json"))
    wait_for(lambda: "test-20m" in ids(view, 0))
    assert (own_folder / "test-20m.onnx").is_file() and changes == [1]
    assert view.tools.status.text() == "test-20m is installed."
    assert view.list.current().card.id == "test-20m" and view.tools.removal.isEnabled()
    speeds.remember("cpu", "test-20m", 3.0)
    view.tools.removal.click()
    wait_for(lambda: "test-20m" not in ids(view, 0))
    assert not (own_folder / "test-20m.onnx").exists() and changes == [1, 1]
    assert speeds.speed_of("cpu", "test-20m") is None


def test_installed_model_is_replaced_when_the_user_agrees(view, own_folder, model_folder):
    view.install(str(model_folder / "test-20m.json"))
    wait_for(lambda: "test-20m" in ids(view, 0))
    view.install(str(model_folder / "test-20m.json"))
    wait_for(lambda: view.tools.consent.isVisible())
    assert "test-20m is installed in" in view.tools.status.text()
    assert view.tools.consent.text() == "Replace the installed one"
    view.tools.consent.click()
    wait_for(lambda: view.tools.status.text() == "test-20m is installed.")
    assert not view.tools.consent.isVisible()


def test_damaged_file_is_told(view, tmp_path, own_folder):
    (tmp_path / "bad.zip").write_bytes(b"nothing")
    view.install(str(tmp_path / "bad.zip"))
    wait_for(lambda: "bad.zip" in view.tools.status.text() and not view.tools.progress.isVisible())
    assert list(own_folder.glob("*.json")) == [] and not view.tools.consent.isVisible()
    view.install(str(tmp_path / "missing.zip"))
    assert "does not exist" in view.tools.status.text()


def test_file_is_dropped(view, tmp_path, model_folder):
    shutil.make_archive(str(tmp_path / "packed"), "zip", model_folder)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(model_folder / "test-60m.onnx"))])
    view.dropEvent(
        QDropEvent(
            QPoint(1, 1), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    wait_for(lambda: "test-60m" in ids(view, 0))


def test_speed_is_measured_and_kept(view, model_folder):
    view.install(str(model_folder / "test-20m.json"))
    wait_for(lambda: "test-20m" in ids(view, 0))
    view.tools.measure.click()
    wait_for(lambda: "million pixels a minute" in view.page.toPlainText())
    speed = speeds.speed_of("cpu", "test-20m")
    assert 0.1 < speed < 10_000
    assert f"CPU: {60 * speed:.2g} million pixels a minute" in view.page.toPlainText()


def test_conversion_is_explained(view):
    view.tools.conversionAsked.emit()
    assert "python -m satsharp.export_tools convert FILE --as auto" in view.page.toPlainText()


def test_address_is_asked_for_and_must_be_secure(view):
    view.tools.ask_address()
    view.tools.address.setText("http://example.invalid/model.zip")
    view.tools.address.returnPressed.emit()
    wait_for(lambda: "https" in view.tools.status.text())


def test_measuring_stops_and_refuses_unknown_devices(model_folder):
    card = load_card(model_folder / "test-20m.json")
    stopper = Stopper()
    stopper.stop()
    with pytest.raises(CancelledError):
        measure_model(card, "cpu", stopper)
    with pytest.raises(ModelError, match="has no device 'rocm'"):
        measure_model(card, "rocm", Stopper())
    with pytest.raises(CancelledError):
        speeds.measure(card, "cpu", lambda: True)


def test_nonsense_in_the_settings_is_no_speed():
    QgsSettings().setValue(f"{GROUP}/speeds/cpu/x", "fast")
    assert speeds.speed_of("cpu", "x") is None
    speeds.remember("cpu", "x", 1.23456)
    assert speeds.known_speeds("x") == (("cpu", 1.2346),)
    speeds.forget("x")
    assert speeds.known_speeds("x") == ()
