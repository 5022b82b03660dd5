# SPDX-License-Identifier: GPL-2.0-or-later
"""Dates and sensors from names, tags and tables."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import ProductError
from satsharp.core.timeseries.dates import iso_text, parse_time, read_table, sensor_of, time_of


@pytest.mark.parametrize(
    ("name", "time", "sensor"),
    [
        ("LC08_L2SP_043024_20200802_20200914_02_T1_SR_B2.tif", "2020-08-02", "Landsat 8"),
        ("LC09_L2SP_043024_20220802_20220914_02_T1.tif", "2022-08-02", "Landsat 9"),
        ("T11UPT_20200804T183919_B04_60m.jp2", "2020-08-04T18:39:19Z", ""),
        ("S2B_MSIL2A_20200804T183919_N0214_R070_T11UPT_20200804T230343.tif", "2020-08-04T18:39:19Z", "Sentinel-2B"),
        ("HLS.L30.T30TYP.2021001T101234.v2.0.B04.tif", "2021-01-01T10:12:34Z", "Landsat"),
        ("HLS.S30.T30TYP.2021365T101234.v2.0.B04.tif", "2021-12-31T10:12:34Z", "Sentinel-2"),
        ("MOD09A1.A2017193.h18v04.061.2021279143115.hdf", "2017-07-12", "MODIS"),
        ("VNP09GA.A2017193.h18v04.h5", "2017-07-12", "VIIRS"),
        ("LC80010012015001LGN00_B2.tif", "2015-01-01", "Landsat 8"),
        ("SEN2_20170715_T37MEM_20m.tif", "2017-07-15", "Sentinel-2"),
        ("field 2021-06-30.tif", "2021-06-30", ""),
        ("2021_06_30_ndvi.tif", "2021-06-30", ""),
        ("scene_20210630_101112.tif", "2021-06-30T10:11:12Z", ""),
    ],
)
def test_names_of_products(name, time, sensor):
    found = time_of({}, f"/some/folder/2001-01-01/{name}")
    assert found is not None and (iso_text(found[0]), found[1]) == (time, "file name")
    assert sensor_of({}, name, "") == sensor


@pytest.mark.parametrize(
    "name", ["scene.tif", "12345678.tif", "20211399.tif", "2021-02-30.tif", "b2019.tif", "A2017400.x"]
)
def test_names_without_a_date(name):
    assert time_of({}, name) is None


@given(st.dates(date(1970, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y_%m_%d", "%Y.%m.%d"]))
def test_any_day_is_read_back(day, form):
    assert parse_time(f"x_{day.strftime(form)}_y").date() == day
    assert parse_time(f"A{day.strftime('%Y%j')}.x").date() == day


def test_tags_come_first_and_files_dates_never():
    tags = {"SATSHARP_ACQUIRED": "2020-05-01T10:00:00.123Z", "TIFFTAG_DATETIME": "2024:01:01 00:00:00"}
    assert time_of(tags, "S2_20200601.tif") == (datetime(2020, 5, 1, 10, tzinfo=timezone.utc), "tag SATSHARP_ACQUIRED")
    assert time_of({"TIFFTAG_DATETIME": "2024:01:01 00:00:00"}, "x.tif") is None
    assert time_of({"acquisition_date": "2020-05-02"}, "x.tif")[0].day == 2


def test_sensors_by_tag_name_and_bands():
    assert (
        sensor_of({"SATSHARP_INPUT_SATELLITE": "LANDSAT_9", "SATSHARP_SENSOR": "sentinel2"}, "x.tif", "") == "Landsat 9"
    )
    assert sensor_of({"SATSHARP_INPUT_SATELLITE": "Sentinel-2A"}, "LC08_x.tif", "") == "Sentinel-2A"
    assert sensor_of({"SATSHARP_SENSOR": "landsat"}, "x.tif", "sentinel2") == "Landsat"
    assert sensor_of({}, "x.tif", "sentinel2") == "Sentinel-2" and sensor_of({}, "x.tif", "") == ""
    assert sensor_of({}, "s2cloudless.tif", "") == ""


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables(tmp_path, separator):
    table = tmp_path / "dates.csv"
    rows = (
        ("File", "DATE", "mask", "sensor"),
        ("a.tif", "2021-06-30", "m.tif", "Mine"),
        ("b.tif", "", "", ""),
        ("", "", "", ""),
    )
    table.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8-sig")
    first, second = read_table(table)
    assert (first.file, first.date, first.sensor) == (str(tmp_path / "a.tif"), "2021-06-30", "Mine")
    assert first.mask == str(tmp_path / "m.tif") and (second.mask, second.date) == ("", "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("path,date\na,2020-01-01\n", "has no column 'file'.*it has path, date"),
        ("file,date\na.tif,30.06.2021\n", "'30.06.2021' in .* is no date"),
        ("file\n", "names no file"),
        ("", "has no column 'file'"),
    ],
)
def test_bad_tables_are_told(tmp_path, text, sentence):
    table = tmp_path / "dates.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(ProductError, match=sentence):
        read_table(table)
    with pytest.raises(ProductError, match="cannot be read as a table"):
        read_table(tmp_path / "missing.csv")
