# SPDX-License-Identifier: GPL-2.0-or-later
"""Consistency, guard and bounds, as a user chooses them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
)
from satsharp.plugin.settings import GROUP
from satsharp.processing_provider.styling import LayerStyler
from satsharp.tests.unit.model_factory import DIGITAL_NUMBER, TARGETS, write_bicubic

from ..conftest import Log
from .parts import describe, read, run, run_as_task

PART = {"EXTENT": "601200,603600,5696400,5698800 [EPSG:32631]", "COPY_FINE_BANDS": False}


@pytest.fixture
def doubtful(tmp_path):
    """A folder with a network that is wrong in B11, says so, and is calibrated."""
    folder = tmp_path / "models"
    folder.mkdir()
    interval = {"coverage": 0.9, "source": "spread", "factors": dict.fromkeys(TARGETS, 2.0)}
    write_bicubic(folder, "doubtful", {"B11": 1000 * DIGITAL_NUMBER}, 10 * DIGITAL_NUMBER, interval)
    QgsSettings().setValue(f"{GROUP}/model_folder", str(folder))


def test_guard_warns_with_the_numbers_and_falls_back(product, tmp_path, log, context, doubtful):
    run(product, tmp_path, log, context, MODEL="doubtful", **PART)
    [warning] = log.warnings
    assert "does not help B11" in warning and warning.endswith("B11 is enlarged by bicubic instead.")
    guarded = read(tmp_path / "out.tif", ["B11"])
    run(product, tmp_path, Log(), context, MODEL="doubtful", GUARD="off", OUTPUT=str(tmp_path / "off.tif"), **PART)
    assert np.abs(guarded - read(tmp_path / "off.tif", ["B11"]).astype(int)).max() > 500
    assert gdal.Open(str(tmp_path / "out.tif")).GetMetadataItem("SATSHARP_GUARD") == "fall back; by bicubic: B11"


def test_consistency_is_told_and_can_be_switched_off(product, tmp_path, log, context):
    part = {"GUARD": "off", **PART}
    run(product, tmp_path, log, context, **part)
    assert any("The results are made consistent with the input." in text for text in log.infos)
    plain = Log()
    run(product, tmp_path, plain, context, CONSISTENCY=False, OUTPUT=str(tmp_path / "plain.tif"), **part)
    assert not any("consistent" in text for text in plain.infos)
    assert (read(tmp_path / "out.tif") != read(tmp_path / "plain.tif")).mean() > 0.1


def test_bounds_are_written_loaded_and_styled(product, tmp_path, log, context, doubtful):
    values = {
        "INPUT": str(product.safe),
        "MODEL": "doubtful",
        "OUTPUT": str(tmp_path / "out.tif"),
        **PART,
        "GUARD": "off",
    }
    bounds = QgsProcessingOutputLayerDefinition(str(tmp_path / "bounds.tif"), QgsProject.instance())
    [(successful, results)], _, _ = run_as_task({**values, "INTERVAL_OUTPUT": bounds}, log)
    assert successful and results["INTERVAL_OUTPUT"] == str(tmp_path / "bounds.tif")
    assert describe(tmp_path / "bounds.tif").names[:2] == ("B05 lower (90 %)", "B05 upper (90 %)")
    lower, upper = read(tmp_path / "bounds.tif")[:2].astype(int)
    value = read(tmp_path / "out.tif", ["B05"])[0]
    # Twice ten digital numbers to either side, rounded outwards.
    assert set(np.unique((upper - lower)[value > 0])) <= {40, 41, 42}
    assert ((lower <= value) & (value <= upper)).all()
    [styler] = [styler for styler in LayerStyler._alive if styler._description.colours == (2, 1, 1)]
    layer = QgsRasterLayer(str(tmp_path / "bounds.tif"), "x")
    styler.postProcessLayer(layer, context, log)
    assert layer.name().endswith("10 m bounds") and styler not in LayerStyler._alive
    # One stretch for all three colours: the redder the wider.
    red, green = layer.renderer().redContrastEnhancement(), layer.renderer().greenContrastEnhancement()
    assert (red.minimumValue(), red.maximumValue()) == (green.minimumValue(), green.maximumValue())
    assert red.minimumValue() < red.maximumValue()
    alone = run(product, tmp_path, log, context, **{**values, "OUTPUT": str(tmp_path / "alone.tif")})
    assert "INTERVAL_OUTPUT" not in alone
    assert np.array_equal(read(tmp_path / "alone.tif"), read(tmp_path / "out.tif"))


def test_bounds_of_a_model_without_calibration_are_refused(product, tmp_path, log, context):
    with pytest.raises(QgsProcessingException, match="test-20m has no calibrated interval"):
        run(product, tmp_path, log, context, INTERVAL_OUTPUT=str(tmp_path / "bounds.tif"))
    assert list(tmp_path.iterdir()) == []
