# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import copy
import json
import os
import re
from pathlib import Path

import pytest
from satsharp.core.errors import ProductError, SensorError
from satsharp.core.grid import Grid
from satsharp.core.products import READERS
from satsharp.core.scene import Band, Scene
from satsharp.core.sensors import FAMILIES, FOLDER_VARIABLE, SENSOR_FOLDER, load_sensor, load_sensors, sensor_by_id

SENSOR = {
    "id": "two",
    "name": "Two Bands",
    "family": "stack",
    "algorithm": "superresolve_two",
    "levels": ["L2"],
    "models": ["m"],
    "nodata": 0,
    "saturated": 65535,
    "quantification": 10000,
    "bands": [
        {"name": "X1", "aliases": ["blue"], "gsd": 10, "wavelength_nm": 490, "bandwidth_nm": 60, "mtf_nyquist": 0.3},
        {"name": "X2", "gsd": 20, "wavelength_nm": 700.5, "bandwidth_nm": 15, "mtf_nyquist": 0.2},
    ],
}


def save(folder: Path, document: object) -> Path:
    path = folder / "two.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def with_band(**fields: object) -> dict:
    document = copy.deepcopy(SENSOR)
    document["bands"][0].update(fields)
    return document


def test_all_fields_are_read(tmp_path):
    sensor = load_sensor(save(tmp_path, SENSOR))
    assert (sensor.id, sensor.name, sensor.family, sensor.algorithm) == (
        "two",
        "Two Bands",
        "stack",
        "superresolve_two",
    )
    assert (sensor.levels, sensor.models) == (("L2",), ("m",))
    assert (sensor.nodata, sensor.saturated, sensor.quantification) == (0.0, 65535.0, 10000.0)
    first, second = sensor.bands
    assert (first.name, first.aliases, first.gsd, first.wavelength_nm) == ("X1", ("blue",), 10.0, 490.0)
    assert (first.bandwidth_nm, first.mtf_nyquist) == (60.0, 0.3)
    assert second.aliases == ()
    assert sensor.gsds == (10.0, 20.0)


def test_optional_fields_have_defaults(tmp_path):
    small = {key: SENSOR[key] for key in ("id", "name", "family", "algorithm", "bands")}
    sensor = load_sensor(save(tmp_path, small))
    assert (sensor.levels, sensor.models, sensor.nodata, sensor.saturated) == ((), (), None, None)
    assert sensor.quantification == 1


def test_bands_are_found_by_name_and_alias_in_any_case(tmp_path):
    sensor = load_sensor(save(tmp_path, SENSOR))
    assert [sensor.band(name).name for name in ("X1", "x1", " Blue ", "X2")] == ["X1", "X1", "X1", "X2"]
    with pytest.raises(SensorError, match=r"Two Bands has no band 'B01' \(it has X1, X2\)"):
        sensor.band("B01")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({**SENSOR, "bands": []}, "bands with different names and aliases"),
        ({**SENSOR, "bands": SENSOR["bands"][:1] * 2}, "bands with different names and aliases"),
        (with_band(aliases=["x2"]), "bands with different names and aliases"),
        (with_band(aliases="blue"), "aliases must be a list of names"),
        (with_band(gsd=0), "band X1 needs a positive gsd and an mtf_nyquist between 0 and 1"),
        (with_band(mtf_nyquist=1), "band X1 needs a positive gsd and an mtf_nyquist between 0 and 1"),
        (with_band(mtf_nyquist=0), "band X1 needs a positive gsd and an mtf_nyquist between 0 and 1"),
        (with_band(wavelength_nm="blue"), "wavelength_nm must be a finite number, not 'blue'"),
        (with_band(gsd=float("nan")), "gsd must be a finite number, not nan"),
        ({**SENSOR, "levels": "L2"}, "levels must be a list of names"),
        ({**SENSOR, "quantification": 0}, "quantification must be positive"),
        ({**SENSOR, "nodata": "none"}, "nodata must be a finite number, not 'none'"),
        ({key: value for key, value in SENSOR.items() if key != "family"}, "'family' is missing"),
        ({**SENSOR, "bands": [{"name": "X1"}]}, "'gsd' is missing"),
        ({**SENSOR, "bands": ["X1"]}, "a band must be an object"),
        ({**SENSOR, "bands": 7}, "bands must be a list"),
        ({**SENSOR, "valid_range": [3, 1]}, "valid_range must be two numbers"),
        ({**SENSOR, "file_pattern": "B(.)"}, "file_pattern needs a group (?P<band>...)"),
        ({**SENSOR, "file_pattern": "("}, "file_pattern is no regular expression"),
        ({**SENSOR, "left_out": ["B9"]}, "'list' object has no attribute 'items'"),
        ({**SENSOR, "id": "three"}, "id 'three' must equal the file name"),
        ({**SENSOR, "algorithm": "Super Two"}, "algorithm must consist of small letters, digits and underscores"),
        ({**SENSOR, "family": "ikonos"}, "no reader serves the family 'ikonos'; known are landsat, modis, "),
    ],
    ids=range(23),
)
def test_wrong_fields_are_named(tmp_path, document, sentence):
    with pytest.raises(SensorError) as caught:
        load_sensor(save(tmp_path, document))
    assert str(caught.value).startswith(f"Sensor file {tmp_path / 'two.json'}, line 1, is not valid: ")
    assert sentence in str(caught.value)


def test_document_that_is_no_object(tmp_path):
    with pytest.raises(SensorError, match=r"two\.json is not valid: it must hold one JSON object"):
        load_sensor(save(tmp_path, "[]"))


# Lines 12 and 13 of the file are the bands; "nodata" stands on line 8, "family" on line 4.
@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('"nodata": 0', '"nodata": "none"', 8, "nodata must be a finite number, not 'none'"),
        ('"quantification": 10000', '"quantification": 0', 10, "quantification must be positive"),
        ('"family": "stack"', '"family": "nobody"', 4, "no reader serves the family 'nobody'"),
        ('"id": "two"', '"id": "one"', 2, "id 'one' must equal the file name"),
        ('"algorithm": "superresolve_two"', '"algorithm": ""', 5, "algorithm must consist of"),
        ('"name": "X2", ', "", 13, "'name' is missing"),
        ('"gsd": 20', '"gsd": 0', 13, "band X2 needs a positive gsd"),
        ('"X2"', '"BLUE"', 13, "different names and aliases, and BLUE is not"),
        ('"levels"', '"level"', None, ""),
        ('"name": "Two Bands",', "", 1, "'name' is missing"),
        ('"bands"', '"band"', 1, "'bands' is missing"),
        ('"aliases": ["blue"]', '"aliases": [3]', 12, "aliases must be a list of names"),
    ],
    ids=range(12),
)
def test_line_of_the_culprit_is_named(tmp_path, old, new, line, sentence):
    fields = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in SENSOR.items() if key != "bands"]
    bands = ",\n".join(f"    {json.dumps(band)}" for band in SENSOR["bands"])
    text = "{\n" + ",\n".join(fields) + f',\n  "bands": [\n{bands}\n  ]\n}}\n'
    changed = text.replace(old, new)
    assert changed != text
    path = save(tmp_path, changed)
    if line is None:
        assert load_sensor(path).levels == ()
        return
    with pytest.raises(SensorError) as caught:
        load_sensor(path)
    assert f"two.json, line {line}, is not valid: " in str(caught.value) and sentence in str(caught.value)


def test_syntax_error_is_told_with_line_and_column(tmp_path):
    with pytest.raises(SensorError, match=r"two\.json cannot be read: Expecting ',' delimiter: line 3 column 3"):
        load_sensor(save(tmp_path, '{\n  "id": "two"\n  "name": "Two"\n}'))


def test_id_or_algorithm_that_is_taken_is_skipped_with_its_line(tmp_path):
    bundled, own = tmp_path / "bundled", tmp_path / "own"
    for folder in (bundled, own):
        folder.mkdir()
    save(bundled, SENSOR)
    save(own, {**SENSOR, "algorithm": "superresolve_other"})
    for name, algorithm in (("three", "superresolve_two"), ("four", "list_models"), ("five", "superresolve_five")):
        text = json.dumps({**SENSOR, "id": name, "algorithm": algorithm}, indent=1)
        (own / f"{name}.json").write_text(text, encoding="utf-8")
    sensors, problems = load_sensors(bundled, own, reserved=("list_models",))
    assert [(sensor.id, sensor.file) for sensor in sensors] == [
        ("two", str(bundled / "two.json")),
        ("five", str(own / "five.json")),
    ]
    four, three, two = problems
    taken = "is already taken by"
    assert f"{own / 'four.json'}, line 5, is skipped: the algorithm list_models {taken} SatSharp itself." in four
    assert f"{own / 'three.json'}, line 5, is skipped: the algorithm superresolve_two {taken} {bundled}" in three
    assert f"{own / 'two.json'}, line 1, is skipped: the id two {taken} {bundled / 'two.json'}." in two


def test_sensor_is_found_in_folders_and_in_those_of_the_variable(tmp_path, monkeypatch):
    save(tmp_path, SENSOR)
    assert sensor_by_id("two", SENSOR_FOLDER, tmp_path).file == str(tmp_path / "two.json")
    with pytest.raises(SensorError, match=r"resources.sensors.two\.json cannot be read: No such file"):
        sensor_by_id("two")
    monkeypatch.setenv(FOLDER_VARIABLE, os.pathsep.join(["/nowhere", str(tmp_path)]))
    assert sensor_by_id("two").name == "Two Bands"
    assert sensor_by_id("sentinel2").file == str(SENSOR_FOLDER / "sentinel2.json")


def test_families_are_those_that_a_reader_serves():
    assert set(FAMILIES) == set(READERS)


@pytest.mark.parametrize("text", ["", "{", "\udcff"], ids=range(3))
def test_file_that_is_no_json(tmp_path, text):
    path = tmp_path / "two.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SensorError, match="two.json cannot be read"):
        load_sensor(path)


def test_bad_sensor_files_are_skipped_with_a_sentence(tmp_path):
    save(tmp_path, SENSOR)
    (tmp_path / "a.json").write_text("{")
    sensors, problems = load_sensors(tmp_path)
    assert [sensor.id for sensor in sensors] == ["two"]
    assert len(problems) == 1 and "a.json cannot be read" in problems[0]


def test_unknown_sensor():
    with pytest.raises(SensorError, match="nonesuch.json cannot be read: No such file"):
        sensor_by_id("nonesuch")


def test_bundled_sensors_are_valid():
    sensors, problems = load_sensors()
    assert problems == ()
    assert [sensor.id for sensor in sensors] == sorted(path.stem for path in SENSOR_FOLDER.glob("*.json"))
    assert len({sensor.algorithm for sensor in sensors}) == len(sensors)
    for sensor in sensors:
        waves = [band.wavelength_nm for band in sensor.bands]
        assert waves == sorted(waves), "bands stand in wavelength order"


def test_sentinel2_is_as_esa_describes_it():
    sensor = sensor_by_id("sentinel2")
    groups = {gsd: [band.name for band in sensor.bands if band.gsd == gsd] for gsd in sensor.gsds}
    assert groups == {
        10: ["B02", "B03", "B04", "B08"],
        20: ["B05", "B06", "B07", "B8A", "B11", "B12"],
        60: ["B01", "B09"],
    }
    assert (sensor.nodata, sensor.saturated, sensor.quantification) == (0, 65535, 10000)
    assert sensor.band("B8").name == "B08" and sensor.band("b8a").name == "B8A"


def scene_of(*gsds: float) -> Scene:
    bands = tuple(
        Band(f"X{number}", "a.tif", 1, Grid("", (0, gsd, 0, 0, 0, -gsd), 4, 4), "UInt16", 0, None, 1e-4, 0)
        for number, gsd in enumerate(gsds)
    )
    return Scene("S2A_TEST", "two", "L2", "/data/S2A_TEST.SAFE", "2024-07-15T10:15:59Z", bands)


def test_scene_finds_its_bands():
    scene = scene_of(20, 10, 60)
    assert scene.band("X1").gsd == 10
    assert scene.finest.gsd == 10 and scene.coarsest.gsd == 60
    assert scene.has(("X0", "X2")) and scene.has(()) and not scene.has(("X0", "X7"))
    with pytest.raises(ProductError, match=r"S2A_TEST has no band X7 \(it has X0, X1, X2\). Use a complete product"):
        scene.band("X7")


def test_levels_may_have_other_digital_numbers(tmp_path):
    document = {**SENSOR, "level_relations": {"L1": {"quantification": 50000, "offset": -0.1}}}
    sensor = load_sensor(save(tmp_path, document))
    assert (sensor.at_level("L1TP").quantification, sensor.at_level("L1TP").offset) == (50000.0, -0.1)
    assert sensor.at_level("L2SP") == sensor
    with pytest.raises(SensorError, match="quantification must be positive"):
        load_sensor(save(tmp_path, {**SENSOR, "level_relations": {"L1": {"quantification": 0}}}))


def test_file_patterns_of_the_bundled_sensors_can_be_compiled_and_name_the_band():
    """They are not compiled when they are loaded, for the sake of QGIS's start."""
    patterns = [sensor.file_pattern for sensor in load_sensors()[0]]
    assert len(patterns) >= 4 and any(patterns)
    assert [text for text in patterns if text and "band" not in re.compile(text).groupindex] == []


def test_a_sensor_file_is_read_again_where_it_has_changed(tmp_path):
    path = tmp_path / "mine.json"
    for name in ("One", "Another"):
        path.write_text(json.dumps({**SENSOR, "id": "mine", "name": name}))
        assert [sensor.name for sensor in load_sensors(tmp_path)[0]] == [name]
    assert load_sensors(tmp_path)[0][0] is load_sensors(tmp_path)[0][0]
    path.write_text("{")
    assert len(load_sensors(tmp_path)[1]) == 1
    path.unlink()
    assert load_sensors(tmp_path) == ((), ())


def identifier(text: str, path: Path) -> bool:
    """Whether a text may be the name of an algorithm."""
    path.write_text(json.dumps({**SENSOR, "algorithm": text}), encoding="utf-8")
    try:
        return load_sensor(path).algorithm == text
    except SensorError as error:
        assert "small letters" in str(error)
        return False


@pytest.mark.parametrize("text", ["a", "super_2", "a" * 80, "x_", "class", "b0_"])
def test_names_of_algorithms(tmp_path, text):
    assert identifier(text, tmp_path / f"{SENSOR['id']}.json")


@pytest.mark.parametrize(
    "text", ["", "2a", "_a", "A", "aB", "a-b", "a b", "a.b", "\u00e9", "a\u00b2", "\uff41", "a\n", "a" * 81]
)
def test_what_is_no_name_of_an_algorithm(tmp_path, text):
    assert not identifier(text, tmp_path / f"{SENSOR['id']}.json")
