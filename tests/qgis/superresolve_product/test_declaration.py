# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithm declares, and which values it refuses before running."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("qgis.core")

from qgis.core import (
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterDefinition,
)
from satsharp.core import job
from satsharp.plugin import dependencies
from satsharp.plugin.dependencies import RuntimeStatus
from satsharp.plugin.settings import LEAST_TILE
from satsharp.processing_provider import base
from satsharp.processing_provider.base import SatSharpAlgorithm

from .parts import ALGORITHM, algorithm, run


def test_every_parameter_and_algorithm_explains_itself(plugin):
    for algorithm_ in plugin.provider.algorithms():
        assert len(algorithm_.shortHelpString()) > 300 and "<p>" in algorithm_.shortHelpString()
        assert algorithm_.shortDescription().endswith(".") and algorithm_.helpUrl().startswith("https://")
        assert not algorithm_.icon().isNull() and os.path.isfile(algorithm_.svgIconPath())
        for definition in algorithm_.parameterDefinitions():
            assert len(definition.help()) > 40, definition.name()


def test_parameters_are_stable_and_few_are_visible(plugin):
    made = algorithm()
    definitions = made.parameterDefinitions()
    advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    assert [d.name() for d in definitions if not d.flags() & advanced] == [
        "INPUT",
        "BANDS",
        "COPY_FINE_BANDS",
        "EXTENT",
        "OUTPUT",
        "INTERVAL_OUTPUT",
    ]
    assert {d.name() for d in definitions if d.flags() & advanced} == {
        "MODEL",
        "CONSISTENCY",
        "GUARD",
        "DEVICE",
        "TILE_SIZE",
        "RESUME",
        "FORMAT",
        "GROUPING",
        "VALUES",
    }
    assert [o.name() for o in made.outputDefinitions()] == [
        "OUTPUT",
        "INTERVAL_OUTPUT",
        "GSD",
        "EXECUTION_PROVIDER",
        "MODELS",
    ]


def test_sensors_with_swaths_have_a_target_crs(plugin):
    advanced = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    plain = algorithm()
    common = [d.name() for d in plain.parameterDefinitions()]
    for sensor, has in (("sentinel2", False), ("landsat", False), ("modis", True), ("viirs", True)):
        made = algorithm(f"satsharp:superresolve_{sensor}")
        names = [d.name() for d in made.parameterDefinitions()]
        assert ("TARGET_CRS" in names) == has
        assert [name for name in names if name != "TARGET_CRS"] == common
        if has:
            definition = made.parameterDefinition("TARGET_CRS")
            assert definition.type() == "crs" and definition.flags() & advanced
            assert definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional
            assert "sinusoidal grid" in definition.help() and "equal-area" in definition.help()


def test_unknown_crs_is_refused_with_a_sentence(plugin, tmp_path, context):
    made = algorithm("satsharp:superresolve_viirs")
    values = {"INPUT": str(tmp_path), "OUTPUT": str(tmp_path / "out.tif"), "TARGET_CRS": "EPSG:999999"}
    sentence = "TARGET_CRS cannot be EPSG:999999. Choose a coordinate reference system that QGIS knows."
    assert made.checkParameterValues(values, context) == (False, sentence)
    assert made.checkParameterValues({**values, "TARGET_CRS": "EPSG:3035"}, context) == (True, "")
    assert made.checkParameterValues({**values, "TARGET_CRS": ""}, context) == (True, "")


@pytest.mark.parametrize(
    ("sensor", "words"),
    [
        ("sentinel2", ("….SAFE", "MTD_….xml")),
        ("landsat", ("_MTL.txt", ".tar.gz", "Level-1 product of the same scene")),
        ("modis", ("MOD09GQ", "MOD09Q1", "MYD09")),
        ("viirs", ("VNP03IMG", "VNP03MOD", "VJ109")),
    ],
)
def test_input_names_the_files_of_its_sensor(plugin, sensor, words):
    # The algorithm owns its definitions: it must live as long as they are asked.
    made = algorithm(f"satsharp:superresolve_{sensor}")
    definition = made.parameterDefinition("INPUT")
    assert all(word in definition.help() for word in words)
    shown, patterns = definition.fileFilter(), ("*.tar", "*.tar.gz", "*.tgz", "*.hdf", "*.h5", "*.nc", "*_MTL.txt")
    assert all(f" {pattern}" in shown for pattern in patterns)
    assert shown.endswith("(*)")


def test_choices_are_static_strings_with_defaults_for_everything(plugin):
    made = algorithm()
    enums = {d.name(): d for d in made.parameterDefinitions() if d.type() == "enum"}
    assert all(d.usesStaticStrings() for d in enums.values())
    assert enums["BANDS"].options() == ["20 m", "60 m"] and enums["BANDS"].defaultValue() == ["20 m", "60 m"]
    assert {"auto", "test-20m", "test-60m"} <= set(enums["MODEL"].options())
    assert [enums[name].defaultValue() for name in ("MODEL", "DEVICE", "FORMAT")] == ["auto", "auto", "GeoTIFF"]
    assert enums["GUARD"].options() == [job.FALL_BACK, job.WARN, job.OFF]
    assert enums["GUARD"].defaultValue() == job.Options().guard
    assert made.parameterDefinition("CONSISTENCY").defaultValue() == job.Options().consistency
    assert enums["GROUPING"].options() == ["one file", "one file a band"]
    assert enums["VALUES"].options() == ["digital numbers", "reflectance"]
    assert [enums[name].defaultValue() for name in ("GROUPING", "VALUES")] == ["one file", "digital numbers"]


def test_several_bands_survive_in_the_history_and_copied_commands(plugin, context):
    made = algorithm()
    command = made.asPythonCommand({"INPUT": "/x.SAFE", "BANDS": ["20 m", "60 m"]}, context)
    assert "'BANDS':['20 m', '60 m']" in command


def test_runs_on_a_worker_thread_with_cancel_and_in_batch(plugin):
    flags = algorithm().flags()
    assert not flags & base.QgsProcessingAlgorithm.Flag.FlagNoThreading
    assert flags & base.QgsProcessingAlgorithm.Flag.FlagCanCancel
    assert flags & base.QgsProcessingAlgorithm.Flag.FlagSupportsBatch


def test_new_instances_keep_the_sensor(plugin):
    assert algorithm().createInstance().sensor.id == "sentinel2"
    assert algorithm().create().id() == ALGORITHM


def test_missing_runtime_is_a_reason_with_a_remedy(plugin, monkeypatch):
    possible, reason = algorithm().canExecute()
    assert (possible, reason) == (True, "")
    monkeypatch.setattr(dependencies, "find_runtime", lambda _: RuntimeStatus(problem="It is missing. Install it."))
    possible, reason = algorithm().canExecute()
    assert (possible, reason) == (False, "It is missing. Install it.")


def test_script_without_runtime_ends_in_the_same_sentence(product, tmp_path, log, context, monkeypatch):
    """processing.run does not ask canExecute."""
    monkeypatch.setattr(dependencies, "find_runtime", lambda _: RuntimeStatus(problem="It is missing. Install it."))
    with pytest.raises(QgsProcessingException, match=r"^It is missing\. Install it\.$"):
        run(product, tmp_path, log, context)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"INPUT": "/nowhere/S2A.SAFE"}, "/nowhere/S2A.SAFE does not exist. Check the path of the product."),
        ({"MODEL": "s2-99m"}, "MODEL cannot be s2-99m. Choose one of: auto, "),
        ({"DEVICE": "gpu"}, "DEVICE cannot be gpu. Choose one of: auto, cpu, cuda, "),
        ({"BANDS": ["5 m"]}, "BANDS cannot be ['5 m']. Choose one of: 20 m, 60 m."),
        ({"FORMAT": "PNG"}, "FORMAT cannot be PNG. Choose one of: GeoTIFF, COG."),
        ({"OUTPUT": "/tmp/out.jp2"}, "OUTPUT is a GeoTIFF: its name must end in .tif, not in .jp2."),
        (
            {"OUTPUT": QgsProcessingOutputLayerDefinition("/tmp/out.png")},
            "OUTPUT is a GeoTIFF: its name must end in .tif, not in .png.",
        ),
        ({"INTERVAL_OUTPUT": "/tmp/b.png"}, "INTERVAL_OUTPUT is a GeoTIFF: its name must end in .tif, not in .png."),
        ({"INTERVAL_OUTPUT": "/tmp/b.vrt"}, "INTERVAL_OUTPUT is a GeoTIFF: its name must end in .tif, not in .vrt."),
        ({"GROUPING": "one file per band"}, "GROUPING cannot be one file per band. Choose one of: one file, one file"),
        ({"VALUES": "radiance"}, "VALUES cannot be radiance. Choose one of: digital numbers, reflectance."),
        ({"INPUT": "/tmp;/nowhere/b.tif"}, "/nowhere/b.tif does not exist. Check the path of the product."),
        ({"GUARD": "maybe"}, "GUARD cannot be maybe. Choose one of: fall back, warn, off."),
        ({"TILE_SIZE": -1}, "TILE_SIZE"),
        ({"TILE_SIZE": 1}, "TILE_SIZE cannot be 1; choose 0 (automatic) or at least 16."),
        ({"TILE_SIZE": "15"}, "TILE_SIZE cannot be 15; choose 0 (automatic) or at least 16."),
        ({"INPUT": ""}, "INPUT"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(product, tmp_path, context, changes, sentence):
    values = {"INPUT": str(product.safe), "OUTPUT": str(tmp_path / "out.tif"), **changes}
    accepted, reason = algorithm().checkParameterValues(values, context)
    assert not accepted and sentence in reason


@pytest.mark.parametrize(
    "name",
    [*(f"superresolve_{kind}" for kind in ("sentinel2", "modis", "raster", "timeseries")), "harmonize_landsat"],
)
def test_least_tile_is_accepted_and_the_help_names_it(plugin, context, name):
    made = algorithm(f"satsharp:{name}")
    assert (
        LEAST_TILE == 16 and f"0 (automatic) or at least {LEAST_TILE}." in made.parameterDefinition("TILE_SIZE").help()
    )
    refused = {
        size: "TILE_SIZE cannot be" in SatSharpAlgorithm.checkParameterValues(made, {"TILE_SIZE": size}, context)[1]
        for size in (None, 0, 1, 15, 16, 17, 8192)
    }
    assert refused == {None: False, 0: False, 1: True, 15: True, 16: False, 17: False, 8192: False}


@pytest.mark.parametrize("form", ["folder", "metadata", "zip"])
def test_folder_file_and_archive_are_accepted(product, tmp_path, context, form):
    source = {"folder": product.safe, "metadata": product.metadata, "zip": product.zip}[form]
    values = {"INPUT": str(source), "OUTPUT": "TEMPORARY_OUTPUT"}
    assert algorithm().checkParameterValues(values, context) == (True, "")
