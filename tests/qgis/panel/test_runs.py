# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel's runs: the same digits as a script's, a queue, pausing, cancelling, stopping, going on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import QgsMultiBandColorRenderer, QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtWidgets import QPushButton
from satsharp.plugin.settings import GROUP
from satsharp.ui.run_record import CANCELLED, DONE, FAILED, PAUSED, RUNNING, STOPPED, WAITING
from satsharp.ui.run_unfinished import UnfinishedRuns, discard_output

from .parts import choose, draw, ended, partials, recognised, row_of, shown, started, wait_for

# Many small tiles, so that there is a time between two of them.
TILES = {"tile_size": 60}


@pytest.fixture
def ready(panel, product):
    """A panel with a product and the tiny 20 m model."""
    for name, value in TILES.items():
        QgsSettings().setValue(f"{GROUP}/{name}", value)
    recognised(panel, product.safe)
    choose(panel, "Bilinear, for tests")
    return panel


def digits(path):
    return gdal.Open(str(path)).ReadAsArray()


def groups():
    return [group.name() for group in QgsProject.instance().layerTreeRoot().children()]


def test_digits_are_those_of_a_script(ready, tmp_path):
    import processing

    draw(ready)
    algorithm, parameters = ready.current_request()
    run = started(ready, tmp_path / "panel.tif")
    assert ended(run) == DONE and run.results["OUTPUT"] == str(tmp_path / "panel.tif")
    processing.run(algorithm, {**parameters, "OUTPUT": str(tmp_path / "script.tif")})
    made = digits(tmp_path / "panel.tif")
    assert made.shape == (10, 60, 60) and made.std() > 100
    np.testing.assert_array_equal(made, digits(tmp_path / "script.tif"))


def test_result_is_loaded_into_a_group_and_told(ready, product, tmp_path):
    run = started(ready, tmp_path / "out.tif")
    assert ended(run) == DONE
    [title] = groups()
    assert title == f"{product.safe.stem} – Bilinear, for tests" == run.title
    [node] = QgsProject.instance().layerTreeRoot().children()[0].children()
    assert node.layer().name() == f"{product.safe.stem} 10 m" and run.layers == [node.layer().id()]
    assert isinstance(node.layer().renderer(), QgsMultiBandColorRenderer)
    row = row_of(ready, run)
    assert row.state.text().startswith("Done in ") and shown(row.show_layers) and not shown(row.progress)
    assert "% of bicubic’s error" in row.state.text() and "consistent with the input" in row.state.text()
    dialog = row.open_log()
    assert "Execution provider" in dialog.text.toPlainText() and str(tmp_path / "out.tif") in dialog.text.toPlainText()
    assert "&#x27;" not in dialog.text.toPlainText()
    dialog.close()
    assert ready.main.output.file.filePath() == ""


def test_result_is_shown_as_the_input_was(ready, product, tmp_path):
    source = str(tmp_path / "stack.tif")
    bands = [str(next(product.safe.rglob(f"*_{name}_10m.jp2"))) for name in ("B08", "B04", "B03")]
    gdal.BuildVRT(f"{source}.vrt", bands, separate=True).FlushCache()
    gdal.Translate(source, f"{source}.vrt")
    from satsharp.ui.run_stretch import apply_look

    look = [{"band": name, "low": 1000.0, "high": 4000.0} for name in ("B08", "B04", "B03")]
    run = started(ready, tmp_path / "out.tif")
    assert ended(run) == DONE
    layer = QgsProject.instance().mapLayer(run.layers[0])
    assert apply_look(layer, look)
    renderer, provider = layer.renderer(), layer.dataProvider()
    names = [provider.generateBandName(i).split(": ")[1] for i in (renderer.redBand(), renderer.greenBand())]
    assert names == ["B08", "B04"]
    # The product's offset is -1000: QGIS shows reflectance.
    assert renderer.redContrastEnhancement().minimumValue() == pytest.approx(0.0, abs=1e-6)
    assert renderer.redContrastEnhancement().maximumValue() == pytest.approx(0.3, abs=1e-6)
    assert not apply_look(layer, [{**look[0], "band": "B99"}, *look[1:]])


def test_look_of_a_part_of_the_product_is_taken_over(panel, product, tmp_path):
    layer = QgsRasterLayer(f"SENTINEL2_L2A:{product.safe}/MTD_MSIL2A.xml:20m:EPSG_32631", "20 m")
    if not layer.isValid():
        pytest.skip("GDAL's driver of Sentinel-2 does not read the simulated product")
    names = [layer.dataProvider().generateBandName(i).split(": ")[1].split(",")[0] for i in range(1, 7)]
    layer.setRenderer(QgsMultiBandColorRenderer(layer.dataProvider(), 6, 5, 4))
    from qgis.core import QgsContrastEnhancement, QgsRasterMinMaxOrigin

    layer.setContrastEnhancement(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum,
        QgsRasterMinMaxOrigin.Limits.MinMax,
    )
    QgsProject.instance().addMapLayer(layer)
    panel.add_layer(layer)
    wait_for(panel.current_request)
    choose(panel, "Bilinear, for tests")
    run = started(panel, tmp_path / "out.tif")
    assert [channel["band"] for channel in run.details["look"]] == [
        name if len(name) == 3 else f"B0{name[1:]}" for name in (names[5], names[4], names[3])
    ]
    assert ended(run) == DONE
    result = QgsProject.instance().mapLayer(run.layers[0]).renderer()
    before = layer.renderer().redContrastEnhancement()
    low, high = (value / 10000 - 0.1 for value in (before.minimumValue(), before.maximumValue()))
    assert result.redContrastEnhancement().minimumValue() == pytest.approx(low, abs=1e-4)
    assert result.redContrastEnhancement().maximumValue() == pytest.approx(high, abs=1e-4)


def test_two_runs_queue_up(ready, tmp_path):
    draw(ready)
    first = started(ready, tmp_path / "a.tif")
    second = started(ready, tmp_path / "b.tif")
    assert second.state == WAITING and row_of(ready, second).state.text() == "Waiting"
    order, states = [], set()
    ready.main.runs.announced.connect(order.append)
    for run in (first, second):
        run.changed.connect(lambda: states.add((first.state, second.state)))
    assert (ended(first), ended(second)) == (DONE, DONE)
    wait_for(lambda: order == [first, second])
    assert {(RUNNING, WAITING), (DONE, RUNNING)} <= states and (RUNNING, RUNNING) not in states
    np.testing.assert_array_equal(digits(tmp_path / "a.tif"), digits(tmp_path / "b.tif"))
    assert len(groups()) == 2
    row_of(ready, first).remove.click()
    assert [row.run for row in ready.main.runs.rows] == [second] and len(groups()) == 2


def test_paused_run_computes_nothing_and_goes_on(ready, tmp_path):
    run = started(ready, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 5)
    row = row_of(ready, run)
    row.pause.click()
    assert run.state == PAUSED and row.pause.toolTip() == "Go on"
    spent = run.feedback.seconds()
    with pytest.raises(AssertionError, match="in time"):
        wait_for(lambda: run.is_ended, 1.0)
    # At most the tile that was being handed over is added after the button was pressed.
    before = run.feedback.progress()
    with pytest.raises(AssertionError, match="in time"):
        wait_for(lambda: run.feedback.progress() > before, 0.5)
    assert run.feedback.seconds() == spent and row.state.text().startswith("Paused at ")
    row.pause.click()
    assert run.state == RUNNING and ended(run) == DONE


def test_cancelled_run_leaves_nothing(ready, tmp_path):
    run = started(ready, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 5)
    row_of(ready, run).cancel.click()
    assert ended(run) == CANCELLED and list(tmp_path.iterdir()) == [] and groups() == []
    assert row_of(ready, run).state.text() == "Cancelled; nothing was written"
    assert not UnfinishedRuns().found()


def test_paused_run_can_be_cancelled(ready, tmp_path):
    run = started(ready, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 5)
    row_of(ready, run).pause.click()
    row_of(ready, run).cancel.click()
    assert ended(run) == CANCELLED and list(tmp_path.iterdir()) == []


def test_waiting_run_is_cancelled_at_once(ready, tmp_path):
    first, second = started(ready, tmp_path / "a.tif"), started(ready, tmp_path / "b.tif")
    row_of(ready, second).cancel.click()
    assert second.state == CANCELLED
    assert ended(first) == DONE and sorted(path.name for path in tmp_path.iterdir()) == ["a.tif"]


def test_stopped_run_goes_on_to_the_same_digits(ready, product, tmp_path):
    whole = started(ready, tmp_path / "whole.tif")
    assert ended(whole) == DONE
    run = started(ready, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 90)
    row_of(ready, run).stop.click()
    assert ended(run) == STOPPED and partials(tmp_path) == ["out.tif.partial", "out.tif.partial.json"]
    assert row_of(ready, run).state.text() == "Stopped; what is finished is kept"
    row_of(ready, run).pause.click()
    assert ended(run) == DONE and partials(tmp_path) == []
    assert any(text.startswith("Resuming: 512 of 600 rows") for text, _ in run.feedback.log)
    np.testing.assert_array_equal(digits(tmp_path / "out.tif"), digits(tmp_path / "whole.tif"))


def test_stopped_run_is_offered_by_a_later_qgis(ready, qgis_iface, tmp_path):
    from satsharp.ui.panel import SatSharpPanel

    run = started(ready, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 90)
    # As when QGIS is closed: it cancels its tasks, and the process ends, with its locks.
    run.feedback.cancel()
    assert ended(run) == STOPPED
    unfinished = ready.main.runs._unfinished
    for lock in unfinished._locks.values():
        lock.unlock()
    later = SatSharpPanel(qgis_iface, qgis_iface.mainWindow())
    [offer] = later.main.runs.offers
    go_on, discard = offer.findChildren(QPushButton)
    assert (go_on.text(), discard.text()) == ("Go on", "Discard")
    go_on.click()
    [again] = later.main.runs.queue.runs
    assert ended(again) == DONE and again.results["OUTPUT"] == str(tmp_path / "out.tif")
    assert any(text.startswith("Resuming: ") for text, _ in again.feedback.log)
    assert not UnfinishedRuns().found() and later.main.runs.offers == []
    later.close_all()
    later.deleteLater()


def test_results_that_nobody_named_never_share_a_file(ready, tmp_path):
    QgsSettings().setValue(f"{GROUP}/output_folder", str(tmp_path))
    draw(ready)
    first, second = (started(ready) for _ in range(2))
    names = [Path(run.parameters["OUTPUT"]).name for run in (first, second)]
    assert second.state == WAITING and names[1] == names[0].replace("_sharp.tif", "_sharp_2.tif") != names[0]
    assert (ended(first), ended(second)) == (DONE, DONE)
    assert {path.name for path in tmp_path.glob("*.tif")} == {*names}


def test_unfinished_run_can_be_discarded(panel, qgis_iface, tmp_path):
    from satsharp.ui.panel import SatSharpPanel

    for name in ("out.tif.partial", "out.tif.partial.json", "other.tif.partial"):
        (tmp_path / name).write_text("{}")
    document = {
        "algorithm": "satsharp:superresolve_sentinel2",
        "parameters": {"INPUT": "x", "OUTPUT": str(tmp_path / "out.tif")},
        "title": "A product",
        "details": {},
        "begun": "2026-11-21T10:00:00",
    }
    QgsSettings().setValue(f"{GROUP}/runs/abc", json.dumps(document))
    QgsSettings().setValue(f"{GROUP}/runs/gone", json.dumps({**document, "parameters": {"OUTPUT": "/gone/out.tif"}}))
    QgsSettings().setValue(f"{GROUP}/runs/broken", "{")
    later = SatSharpPanel(qgis_iface, qgis_iface.mainWindow())
    [offer] = later.main.runs.offers
    offer.findChildren(QPushButton)[1].click()
    assert partials(tmp_path) == ["other.tif.partial"]
    settings = QgsSettings()
    settings.beginGroup(f"{GROUP}/runs")
    assert settings.childKeys() == []
    later.close_all()
    later.deleteLater()


def test_what_another_run_is_writing_is_not_discarded(tmp_path):
    from satsharp.core.output_lock import reserved

    for name in ("out.tif.partial", "out.tif.partial.json"):
        (tmp_path / name).write_text("{}")
    with reserved((tmp_path / "out.tif",)):
        discard_output(str(tmp_path / "out.tif"))
        assert {"out.tif.partial", "out.tif.partial.json"} < set(partials(tmp_path))
    discard_output(str(tmp_path / "out.tif"))
    assert list(tmp_path.iterdir()) == []


def test_failed_run_says_why_and_the_next_one_runs(ready, tmp_path):
    draw(ready)
    first = started(ready, tmp_path / "missing" / "a.tif")
    second = started(ready, tmp_path / "b.tif")
    assert (ended(first), ended(second)) == (FAILED, DONE)
    assert "missing" in row_of(ready, first).state.text() and "does not exist" in row_of(ready, first).state.text()
    assert groups() == [second.title]


def test_doubt_waits_below_the_result(panel, product, tmp_path):
    QgsSettings().setValue(f"{GROUP}/model_folder", "")
    recognised(panel, product.safe)
    choose(panel, "Sharpen the 60 m bands to 10 m")
    draw(panel)
    assert shown(panel.main.output.doubt)
    panel.main.output.doubt.setChecked(True)
    run = started(panel, tmp_path / "out.tif")
    assert ended(run) == DONE, run.feedback.log
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.tif", "out_bounds.tif"]
    values, bounds = QgsProject.instance().layerTreeRoot().children()[0].children()
    assert values.layer().source().endswith("out.tif") and bounds.layer().source().endswith("out_bounds.tif")
    assert values.isVisible() and not bounds.isVisible()


def test_finished_run_corrects_the_estimate(ready, tmp_path):
    from satsharp.ui import speeds
    from satsharp.ui.run_speed import learn

    run = started(ready, tmp_path / "out.tif")
    assert ended(run) == DONE
    speeds.remember("cpu", "test-20m", 0.1)
    run.details.update(device="cpu", models=["test-20m"], megapixels=2.0)
    run.feedback.seconds_of_tiles = lambda: 10.0
    learn(run)
    # 20 s were expected.
    assert speeds.speed_of("cpu", "test-20m") == pytest.approx(0.2)


def test_estimate_of_the_time_left_leaves_pauses_out(monkeypatch):
    from satsharp.ui import run_feedback

    now = [100.0]
    monkeypatch.setattr(run_feedback.time, "monotonic", lambda: now[0])
    feedback = run_feedback.RunFeedback()
    now[0] += 10
    feedback.setProgress(10)
    assert feedback.seconds_left() is None
    now[0] += 20
    feedback.setProgress(20)
    assert feedback.seconds_left() == pytest.approx(160)
    feedback.pause()
    now[0] += 1000
    feedback.go_on()
    assert feedback.seconds() == pytest.approx(30) and feedback.seconds_left() == pytest.approx(160)


def test_run_that_is_stopped_too_early_leaves_nothing(ready, tmp_path):
    run = started(ready, tmp_path / "out.tif")
    wait_for(lambda: run.feedback.progress() > 5)
    row_of(ready, run).stop.click()
    # Not a single row of blocks is complete.
    assert ended(run) == CANCELLED and list(tmp_path.iterdir()) == [] and not UnfinishedRuns().found()
    told = row_of(ready, run).state.text()
    assert told == "Stopped before the first strip was finished, so there was nothing to keep"


def test_strips_that_are_kept_are_the_writers(plugin):
    from satsharp.core.raster_profile import BLOCK
    from satsharp.ui.run_row import STRIP

    assert STRIP == BLOCK


def test_only_runs_that_can_go_on_can_be_stopped(plugin):
    from satsharp.ui.run_record import Run

    known = {name: Run(f"satsharp:{name}", {}, "", {}).can_resume for name in ("harmonize_landsat", "stack_timeseries")}
    assert known == {"harmonize_landsat": True, "stack_timeseries": False}
