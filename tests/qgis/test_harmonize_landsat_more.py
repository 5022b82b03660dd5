# SPDX-License-Identifier: GPL-2.0-or-later
"""What ``harmonize_landsat`` refuses before any work, each with a sentence and without leaving a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsProcessingException  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

processing = pytest.importorskip("processing")


@pytest.fixture(scope="module")
def level2(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("landsat")
    options = LandsatOptions(size=40, seed=2, level="L1TP")
    simulate_landsat(folder, options)
    return simulate_landsat(folder, replace(options, level="L2SP")).folder


@pytest.mark.parametrize(
    "change, words",
    [
        # Cards of other sensors and of sharpening alone are no choices.
        ({"MODEL": "s2-20m"}, "MODEL cannot be"),
        ({"MODEL": "landsat-30m"}, "MODEL cannot be"),
        ({"METHOD": "cubic", "INTERVAL_OUTPUT": "bounds.tif"}, "Cubic convolution has no bounds"),
        ({"QA_OUTPUT": "qa.vrt"}, "must end in .tif"),
        ({"METHOD": "ensemble", "GROUPING": "one file a band"}, "An ensemble is written to one file"),
        ({"MGRS_TILE": "31TCJ", "METHOD": "cubic"}, "show different places"),
        ({"MGRS_TILE": "31TCJ", "METHOD": "cubic", "BRDF": False}, "show different places"),
    ],
)
def test_what_cannot_be_is_refused(plugin, level2, tmp_path, log, context, change, words):
    places = {key: str(tmp_path / value) for key, value in change.items() if key.endswith("_OUTPUT")}
    parameters = {"INPUT": str(level2), "OUTPUT": str(tmp_path / "out.tif"), **change, **places}
    with pytest.raises(QgsProcessingException, match=words):
        processing.run("satsharp:harmonize_landsat", parameters, feedback=log, context=context)
    assert list(tmp_path.iterdir()) == []


def test_level1_is_harmonized_with_a_warning(plugin, level2, tmp_path, log, context):
    level1 = next(level2.parent.glob("*_L1TP_*"))
    parameters = {"INPUT": str(level1), "OUTPUT": str(tmp_path / "out.tif"), "METHOD": "cubic"}
    processing.run("satsharp:harmonize_landsat", parameters, feedback=log, context=context)
    assert any("top of the atmosphere" in sentence for sentence in log.warnings)
    assert [path.name for path in tmp_path.iterdir()] == ["out.tif"]
