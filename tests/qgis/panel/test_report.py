# SPDX-License-Identifier: GPL-2.0-or-later
"""The details of a run: a report that a reader understands, and a command that repeats the run."""

from __future__ import annotations

import json
import re
import shlex

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import Qgis, QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtWidgets import QApplication
from satsharp.core.cards import MODEL_FOLDER, load_cards
from satsharp.plugin.settings import GROUP
from satsharp.ui import run_log
from satsharp.ui.run_command import command_of
from satsharp.ui.run_quality import BandQuality, QualityWords, bands_of
from satsharp.ui.run_record import DONE, FAILED, Run
from satsharp.ui.run_report import ReportWords

from ..test_qgis_process import installed, qgis  # noqa: F401 - fixtures
from .parts import choose, draw, ended, recognised, row_of, started, wait_for

CARDS = load_cards(MODEL_FOLDER)[0]
LOG = (
    "s2-20m: point spread as a part of the sensor file's, digital numbers that the results are off the input, and "
    "noise of it: B05 1.02, 12.3, 4.5; B11 0.98, 20.0, 6.1. The results are made consistent with the input.",
    "s2-20m: error / bicubic's error at reduced scale on 9 windows of this scene: B05 0.31, B11 1.20.",
)
WARNING = (
    "s2-20m does not help B11 on this scene: at reduced scale its error is worse. B11 is enlarged by bicubic instead."
)


@pytest.fixture
def run(plugin, tmp_path) -> Run:
    """A run that has ended, as the queue leaves it."""
    made = Run(
        "satsharp:superresolve_sentinel2",
        {
            "INPUT": "/data/<S2A>.SAFE",
            "MODEL": "auto",
            "BANDS": ["20 m"],
            "EXTENT": "0,1,2,3 [EPSG:32631]",
            "OUTPUT": str(tmp_path / "a b.tif"),
        },
        "S2A & more",
        {"models": ["s2-20m"], "device": "cpu"},
    )
    for text in LOG:
        made.feedback.pushInfo(text)
    made.feedback.pushWarning(WARNING)
    made.results = {
        "OUTPUT": str(tmp_path / "a b.tif"),
        "GSD": 10.0,
        "EXECUTION_PROVIDER": "CPUExecutionProvider",
        "MODELS": "s2-20m",
    }
    made.state = DONE
    return made


def test_log_tells_the_quality_of_each_band(run):
    assert bands_of(run) == (
        BandQuality("B05", 0.31, 12.3, 4.5, False),
        BandQuality("B11", 1.2, 20.0, 6.1, True),
    )


def test_band_without_figures_is_told_to_be_interpolated(run):
    flat = LOG[1].replace("B05 0.31, B11 1.20", "B05 over 1000, B11 over 1000")
    run.feedback.log[:] = [(flat, int(Qgis.MessageLevel.Info)), (WARNING, int(Qgis.MessageLevel.Warning))]
    assert bands_of(run) == (BandQuality("B11", None, None, None, True),)
    assert QualityWords().line(run) == "interpolated, since the model did not help: B11"
    assert "<td>B11</td><td></td><td></td><td></td><td>interpolated: the model did not help</td>" in (
        ReportWords().report(run, CARDS)
    )


def test_report_keeps_keys_of_addresses_to_itself(run):
    run.parameters["INPUT"] = "https://example.org/S2A.zip?sig=SECRET&x=1"
    run.parameters["REFERENCE"] = "https://me:SECRET@example.org/r.tif"
    page = ReportWords().report(run, CARDS)
    assert "SECRET" not in page and "https://example.org/S2A.zip?sig=...&amp;x=1" in page


def test_report_tells_input_model_quality_and_files(run, tmp_path):
    page = ReportWords().report(run, CARDS)
    plain = re.sub(r"<[^>]+>", " ", page)
    card = next(card for card in CARDS if card.id == "s2-20m")
    held = round(100 * card.document["interval"]["tested"]["coverage"])
    for part in (
        "S2A &amp; more",
        "/data/&lt;S2A&gt;.SAFE",
        "Super-resolve Sentinel-2 MSI product (satsharp:superresolve_sentinel2)",
        "0,1,2,3 [EPSG:32631]",
        "CPUExecutionProvider",
        "20 m to 10 m (6 bands)",
        f"made for 90 % of the pixels; held {held} % on places that calibration did not see",
        "The result is consistent with the input.",
        "interpolated: the model did not help",
        "Ground sampling distance of the result",
    ):
        assert part in plain, part
    assert re.search(r"<tr><td>B05</td><td>0\.31</td><td>12\.3</td><td>4\.5</td>", page)
    assert page.count("does not help B11 on this scene") == 1
    assert f'<a href="{QUrl.fromLocalFile(str(MODEL_FOLDER / "s2-20m.json")).toString()}">' in page
    folder = QUrl.fromLocalFile(str(tmp_path)).toString()
    assert f'<a href="{folder}">{tmp_path}/a b.tif</a>' in page
    assert "<td>BANDS&nbsp;&nbsp;</td>" in page and "<td>OUTPUT&nbsp;&nbsp;</td>" not in page


def test_report_of_a_failed_run_leaves_out_what_is_not_known(plugin):
    failed = Run("satsharp:superresolve_sentinel2", {"INPUT": "/no.zip"}, "No", {})
    failed.feedback.reportError("It is <b>damaged</b>.")
    failed.state = FAILED
    page = ReportWords().report(failed, CARDS)
    assert "<p>It is &lt;b&gt;damaged&lt;/b&gt;.</p>" in page and "the whole input" in page
    assert not any(f"<h4>{head}</h4>" in page for head in ("Model", "Quality on this scene", "Files", "Results"))


def test_details_show_the_report_with_the_log_and_follow_links(run, monkeypatch):
    opened = []
    monkeypatch.setattr(run_log, "open_link", lambda url: opened.append(url.toLocalFile()))
    dialog = run_log.RunLog(run)
    text = dialog.text.toPlainText()
    assert text.index("Quality on this scene") < text.index("Log\n") < text.index(LOG[0])
    assert f"Warning: {WARNING}" in text and dialog.windowTitle() == "S2A & more"
    dialog.text.anchorClicked.emit(QUrl.fromLocalFile("/models/x.json"))
    assert opened == ["/models/x.json"]
    run.feedback.said.emit("One more", int(Qgis.MessageLevel.Info))
    assert dialog.text.toPlainText().count("One more") == 1
    dialog.command.click()
    assert QApplication.clipboard().text() == command_of(run.algorithm, run.parameters)
    dialog.close()


def test_command_is_quoted_for_its_shell(plugin, tmp_path):
    layer = QgsRasterLayer(str(tmp_path / "not there.tif"), "x")
    QgsProject.instance().addMapLayer(layer, False)
    parameters = {"INPUT": layer.id(), "BANDS": ["20 m", "60 m"], "RESUME": False, "PAN": None, "OUTPUT": "/o.tif"}
    posix = command_of("satsharp:x", parameters)
    assert shlex.split(posix) == [
        "qgis_process", "run", "satsharp:x", f"--INPUT={tmp_path}/not there.tif", "--BANDS=20 m", "--BANDS=60 m",
        "--RESUME=false", "--OUTPUT=/o.tif",
    ]  # fmt: skip
    windows = command_of("satsharp:x", parameters, is_windows=True)
    assert '"--BANDS=20 m"' in windows and windows.endswith(" --RESUME=false --OUTPUT=/o.tif")
    QgsProject.instance().removeMapLayer(layer.id())


def test_command_repeats_the_run_with_the_same_digits(panel, product, tmp_path, installed):  # noqa: F811
    QgsSettings().setValue(f"{GROUP}/model_folder", "")
    recognised(panel, product.safe)
    choose(panel, "Sharpen the 20 m bands to 10 m")
    draw(panel)
    run = started(panel, tmp_path / "panel.tif")
    assert ended(run) == DONE, run.feedback.log
    dialog = row_of(panel, run).open_log()
    wait_for(lambda: "Execution provider" in dialog.text.toPlainText())
    dialog.close()
    command = command_of(run.algorithm, {**run.parameters, "OUTPUT": str(tmp_path / "again.tif")})
    program, *arguments = shlex.split(command)
    assert program == "qgis_process"
    found = json.loads(installed("--json", *arguments).stdout)
    assert found["results"]["MODELS"] == "s2-20m"
    first, second = (gdal.Open(str(tmp_path / name)).ReadAsArray() for name in ("panel.tif", "again.tif"))
    assert first.shape == (10, 60, 60)
    np.testing.assert_array_equal(first, second)
