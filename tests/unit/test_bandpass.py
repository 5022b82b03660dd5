# SPDX-License-Identifier: GPL-2.0-or-later
"""Bandpass adjustment: HLS' numbers, all directions, own tables, and sentences for bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import SensorError
from satsharp.core.harmonization.bandpass import Linear, adjustments
from satsharp.core.harmonization.tables import BANDPASS_FILE, SENSORS, TABLE_FOLDER, load_bandpass

BANDS = ("B01", "B02", "B03", "B04", "B8A", "B11", "B12")
LANDSAT_BANDS = ("B1", "B2", "B3", "B4", "B5", "B6", "B7")
# HLS v2.0, bandpass adjustment to Landsat 8 (slope, offset), in the order of BANDS; Sentinel-2C: user guide of 2025.
HLS = {
    "sentinel2a": (
        (0.9959, -0.0002), (0.9778, -0.0040), (1.0053, -0.0009), (0.9765, 0.0009), (0.9983, -0.0001),
        (0.9987, -0.0011), (1.0030, -0.0012),
    ),
    "sentinel2b": (
        (0.9959, -0.0002), (0.9778, -0.0040), (1.0075, -0.0008), (0.9761, 0.0010), (0.9966, 0.0000),
        (1.0000, -0.0003), (0.9867, 0.0004),
    ),
    "sentinel2c": (
        (1.0030, 0.0000), (0.9851, -0.0027), (1.0038, -0.0009), (0.9718, 0.0011), (0.9995, -0.0003),
        (0.9994, -0.0007), (0.9910, 0.0004),
    ),
}  # fmt: skip


@pytest.mark.parametrize("sensor", HLS)
@pytest.mark.parametrize("target", ["landsat8", "landsat9"])
def test_lines_to_landsat_are_those_of_hls(sensor, target):
    found = adjustments(load_bandpass(), sensor, target, BANDS)
    assert found == tuple(Linear(band, *line) for band, line in zip(BANDS, HLS[sensor]))


@pytest.mark.parametrize("sensor", HLS)
def test_lines_from_landsat_are_their_inverse_and_bands_go_by_either_name(sensor):
    table = load_bandpass()
    by_landsat = adjustments(table, "landsat9", sensor, LANDSAT_BANDS)
    by_sentinel = adjustments(table, "landsat8", sensor, BANDS)
    assert [line.band for line in by_landsat] == list(LANDSAT_BANDS)
    for line, other, (slope, offset) in zip(by_landsat, by_sentinel, HLS[sensor]):
        assert (line.slope, line.offset) == (other.slope, other.offset)
        assert (line.slope, line.offset) == pytest.approx((1 / slope, -offset / slope), rel=1e-15)


def test_a_value_worked_out_by_hand():
    # Blue of Landsat to Sentinel-2A: (0.1 + 0.0040) / 0.9778; red of Sentinel-2A to 2C through Landsat:
    # (0.9765 x 0.2 + 0.0009 - 0.0011) / 0.9718.
    table = load_bandpass()
    (blue,) = adjustments(table, "landsat8", "sentinel2a", ("B2",))
    assert 0.1 * blue.slope + blue.offset == pytest.approx(0.10636122, abs=1e-8)
    (red,) = adjustments(table, "sentinel2a", "sentinel2c", ("B04",))
    assert 0.2 * red.slope + red.offset == pytest.approx(0.20076147, abs=1e-8)


@given(
    source=st.sampled_from(SENSORS),
    target=st.sampled_from(SENSORS),
    via=st.sampled_from(SENSORS),
    band=st.sampled_from(BANDS + LANDSAT_BANDS),
    value=st.floats(-0.2, 1.6),
)
def test_a_detour_changes_nothing(source, target, via, band, value):
    table = load_bandpass()
    (direct,) = adjustments(table, source, target, (band,))
    (there,) = adjustments(table, source, via, (band,))
    (on,) = adjustments(table, via, target, (band,))
    expected = value * direct.slope + direct.offset
    assert (value * there.slope + there.offset) * on.slope + on.offset == pytest.approx(expected, abs=1e-12)
    if source == target:
        assert (direct.slope, direct.offset) == (1.0, 0.0)


def test_what_the_table_lacks_is_named():
    table = load_bandpass()
    with pytest.raises(SensorError, match=r"no line for B05 of sentinel2a; its bands are B01 \(B1\)"):
        adjustments(table, "sentinel2a", "landsat8", ("B02", "B05"))
    with pytest.raises(SensorError, match="no sensor landsat7; it has landsat8, landsat9, sentinel2a"):
        adjustments(table, "landsat7", "sentinel2a", ())


def test_every_table_says_where_it_is_from():
    paths = sorted(TABLE_FOLDER.glob("*.json"))
    assert [path.name for path in paths] == ["bandpass_hls.json", "brdf_roy.json"]
    for path in paths:
        document = json.loads(path.read_text(encoding="utf-8"))
        assert document["level"] == "surface reflectance"
        assert document["doi"].startswith("10.") and len(document["source"]) > 50


def changed(tmp_path: Path, change) -> Path:
    document = json.loads(BANDPASS_FILE.read_text(encoding="utf-8"))
    change(document)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


def test_own_table_with_sentinel_as_the_reference(tmp_path):
    def turn(document):
        document["reference"] = ["sentinel2a"]
        document["sensors"] = {"landsat8": {"B5": {"slope": 1.25, "offset": 0.05}}}

    table = load_bandpass(changed(tmp_path, turn))
    assert adjustments(table, "landsat8", "sentinel2a", ("B8A",)) == (Linear("B8A", 1.25, 0.05),)
    assert adjustments(table, "sentinel2a", "landsat8", ("B5",)) == (Linear("B5", 0.8, -0.04),)
    assert table.line("landsat8", "B02") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.update(kind="brdf"), "kind is 'brdf', and a table of the kind 'bandpass' is needed"),
        (lambda d: d.pop("kind"), "'kind' is missing"),
        (lambda d: d.pop("bands"), "'bands' is missing"),
        (lambda d: d.update(bands=[["B02", "B02"]]), "bands must be a list of pairs of different names"),
        (lambda d: d.update(reference=[]), "reference must name a sensor"),
        (lambda d: d["sensors"].update(landsat7={}), "'landsat7' is none of the sensors landsat8, landsat9"),
        (lambda d: d["sensors"].update(landsat8={}), "landsat8 is the reference and cannot have lines of its own"),
        (lambda d: d["sensors"]["sentinel2a"].update(B05={}), "B05 is not among the bands of the table"),
        (lambda d: d["sensors"]["sentinel2a"]["B02"].update(slope=0), "slope must be above 0"),
        (lambda d: d["sensors"]["sentinel2a"]["B02"].update(offset="0"), "offset must be a finite number, not '0'"),
        (lambda d: d.update(sensors=[1]), "is none of the sensors"),
    ],
)
def test_a_bad_table_is_refused_with_a_sentence(tmp_path, change, sentence):
    path = changed(tmp_path, change)
    with pytest.raises(SensorError) as caught:
        load_bandpass(path)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(f"Table {path}, line ") and "README.md" in str(caught.value)


def test_the_line_of_the_fault_is_told(tmp_path):
    path = changed(tmp_path, lambda d: d["sensors"]["sentinel2b"]["B11"].update(slope=-1))
    with pytest.raises(SensorError) as caught:
        load_bandpass(path)
    line = int(str(caught.value).split(", line ")[1].split(",")[0])
    assert '"slope": -1' in path.read_text(encoding="utf-8").splitlines()[line - 1]


def test_a_file_that_is_no_table(tmp_path):
    path = tmp_path / "no.json"
    with pytest.raises(SensorError, match=r"Table .*no.json cannot be read: No such file"):
        load_bandpass(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SensorError, match=r"Table .*no.json cannot be read"):
        load_bandpass(path)
