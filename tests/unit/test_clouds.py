# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes and masks of quality rasters: values that their producers document, growth in metres, cover."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.errors import ProductError
from satsharp.core.harmonization.clouds import (
    CIRRUS,
    CLEAR,
    CLOUD,
    KINDS,
    NODATA,
    SHADOW,
    SNOW,
    WATER,
    CloudCover,
    CloudOptions,
    classify,
    clear_mask,
    cloud_mask,
    guess_kind,
)

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).parents[3] / "shared" / "data"))


def one(value: int, kind: str, **more) -> int:
    return int(classify(np.array([value], np.uint16), kind, **more)[0])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # Numbers of the table in the product guide of Landsat 8-9 Collection 2 Level 2.
        (1, NODATA),
        (21824, CLEAR),  # clear, low confidences
        (21826, CLOUD),  # dilated cloud over land
        (21888, WATER),
        (21952, WATER),
        (22080, CLEAR),  # medium confidence in cloud
        (22144, WATER),
        (22280, CLOUD),
        (23888, SHADOW),
        (23952, SHADOW),
        (24088, CLOUD),  # cloud and shadow: cloud
        (30048, SNOW),
        (54596, CIRRUS),
        (54852, CIRRUS),
        (55052, CLOUD),
    ],
)
def test_values_of_landsat(value, expected):
    assert one(value, "qa_pixel") == expected


def test_clouds_of_medium_confidence_are_an_option():
    medium = 22080
    assert one(medium, "qa_pixel") == CLEAR and one(medium, "qa_pixel", medium_confidence=True) == CLOUD
    # Of shadows, snow and cirrus the value 2 is reserved.
    assert one(2 << 10 | 2 << 12 | 2 << 14, "qa_pixel", medium_confidence=True) == CLEAR


@given(st.integers(0, 65535))
def test_any_value_of_landsat_is_what_its_highest_flag_says(value):
    flags = [
        (NODATA, value & 1),
        (CLOUD, value & 0b1010 or value >> 8 & 3 == 3),
        (SHADOW, value & 16 or value >> 10 & 3 == 3),
        (CIRRUS, value & 4 or value >> 14 & 3 == 3),
        (SNOW, value & 32 or value >> 12 & 3 == 3),
        (WATER, value & 128),
    ]
    assert one(value, "qa_pixel") == next((number for number, is_set in flags if is_set), CLEAR)


def test_scene_classification_of_sentinel2():
    found = classify(np.arange(13, dtype=np.uint8), "scl")
    assert found.tolist() == [255, 255, 0, 2, 0, 0, 5, 0, 1, 1, 3, 4, 255]
    assert found.dtype == np.uint8


def test_numbers_of_fmask_and_bits_of_hls():
    assert classify(np.array([0, 1, 2, 3, 4, 5, 255], np.uint8), "fmask").tolist() == [0, 5, 2, 4, 1, 255, 255]
    # Aerosol levels (bits 6 and 7) say nothing about clouds.
    hls = np.array([64, 128, 192, 0b10, 0b100, 0b1000, 0b1100, 0b10000, 0b100000, 0b110000, 0b11000010, 255], np.uint8)
    assert classify(hls, "hls_fmask").tolist() == [0, 0, 0, 1, 1, 2, 2, 4, 5, 4, 1, 255]


def test_own_classes_and_binary_masks():
    assert classify(np.array([0, 1, 2, 3, 4, 5, 6, 255], np.uint8), "classes").tolist() == [0, 1, 2, 3, 4, 5, 255, 255]
    assert classify(np.array([0, 1, 7], np.uint8), "binary").tolist() == [0, 1, 1]


def test_other_types_of_numbers():
    signed = np.array([[-1, 8], [300, 4]], np.int16)
    assert classify(signed, "scl").tolist() == [[255, 1], [255, 0]]
    floating = np.array([np.nan, 8.0, 4.0], np.float32)
    assert classify(floating, "scl").tolist() == [255, 1, 0]
    wide = np.array([70000, 21824], np.uint32)
    assert classify(wide, "qa_pixel").tolist() == [255, 0]
    with pytest.raises(ProductError, match="whole numbers.*nearest neighbour"):
        classify(np.array([8.5], np.float32), "scl")
    with pytest.raises(ProductError, match=r"kind bqa\. Choose one of qa_pixel, scl"):
        classify(np.array([1], np.uint8), "bqa")


def test_growth_is_in_metres_and_of_clouds_only():
    classes = np.zeros((9, 9), np.uint8)
    classes[4, 4], classes[0, 0], classes[8, 8], classes[3, 4] = CLOUD, SNOW, WATER, NODATA
    for gsd, side in ((30.0, 5), (20.0, 7), (60.0, 3), (61.0, 3), (10.0, 9)):
        mask = cloud_mask(classes, gsd, CloudOptions(dilation=60.0))
        # Nodata in the middle of a cloud is nodata.
        expected = min(side, 9) ** 2 - 1
        assert np.count_nonzero(mask) == expected, gsd
    assert np.count_nonzero(cloud_mask(classes, 30.0, CloudOptions(dilation=0.0))) == 1
    snow = cloud_mask(classes, 30.0, CloudOptions(cloud=False, snow=True, water=True, dilation=60.0))
    assert np.argwhere(snow).tolist() == [[0, 0], [8, 8]]
    clear = clear_mask(classes, 30.0, CloudOptions(dilation=0.0))
    assert np.argwhere(~clear).tolist() == [[3, 4], [4, 4]]
    with pytest.raises(ValueError, match="no number of pixels"):
        CloudOptions(dilation=-1.0).reach(10.0)


@given(st.integers(0, 2**32 - 1), st.sampled_from([10.0, 20.0, 30.0]))
def test_windows_with_their_halo_give_the_whole_mask(seed, gsd):
    classes = np.random.default_rng(seed).choice(
        np.array([0, 1, 2, 4, 255], np.uint8), (40, 30), p=[0.94, *[0.015] * 4]
    )
    options = CloudOptions(dilation=45.0)
    halo, whole = options.reach(gsd), cloud_mask(classes, gsd, options)
    for row in range(0, 40, 8):
        first, last = max(0, row - halo), min(40, row + 8 + halo)
        part = cloud_mask(classes[first:last], gsd, options)[row - first : row - first + 8]
        assert np.array_equal(part, whole[row : row + 8])


def test_cover_adds_up_over_windows():
    classes = np.zeros((10, 10), np.uint8)
    classes[:2], classes[2], classes[9] = CLOUD, SHADOW, NODATA
    options = CloudOptions(dilation=30.0)
    hidden = cloud_mask(classes, 30.0, options)
    whole = CloudCover.of(classes, hidden)
    assert (whole.measured, whole.hidden, whole.valid_fraction) == (90, 40, pytest.approx(5 / 9))
    assert whole.share(CLOUD) == pytest.approx(2 / 9)
    assert CloudCover.of(classes[:3], hidden[:3]) + CloudCover.of(classes[3:], hidden[3:]) == whole
    assert whole.text == "Valid fraction 55.6 % of 90 pixels with data (clear 66.7 %, cloud 22.2 %, shadow 11.1 %)."
    assert CloudCover().valid_fraction == 0.0 and "no data" in CloudCover().text


def test_options_say_what_is_masked():
    assert CloudOptions().text == "cloud, shadow and cirrus, grown by 60 m"
    assert CloudOptions(shadow=False, cirrus=False, dilation=0).text == "cloud"
    assert CloudOptions(False, False, False, snow=True).text == "snow"
    assert CloudOptions(False, False, False).text == "nothing"
    assert CloudOptions().for_kind("classes").text == "cloud, shadow and cirrus"
    assert CloudOptions().for_kind("scl") == CloudOptions()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("LC08_L2SP_043024_20200802_20200914_02_T1_QA_PIXEL.TIF", "qa_pixel"),
        ("T11UPT_20200804T183919_SCL_60m.jp2", "scl"),
        ("HLS.L30.T30TYP.2021001T100000.v2.0.Fmask.tif", "hls_fmask"),
        ("HLSL30.020_Fmask_doy2023166105621_aid0001_31N.tif", "hls_fmask"),
        ("HLS_L30_T30TYP_2021001_Fmask.tif", "hls_fmask"),
        ("my_HLS-S30_fmask.tif", "hls_fmask"),
        ("LC08_L1TP_Fmask4.tif", "fmask"),
        ("pHLSL30_Fmask.tif", "fmask"),
        ("classes", "classes"),
        ("land_cover_classes.tif", None),
        ("SCLERA_B02.tif", None),
    ],
)
def test_kinds_are_told_from_names(name, kind):
    assert guess_kind(name) == kind and (kind is None or kind in KINDS)


def test_fmask_in_a_file_of_hls_has_its_bits():
    assert guess_kind("Fmask", "/data/HLSL30_20230615.tif") == "hls_fmask"
    assert guess_kind("Fmask", "/HLSL30/LC08_20230615.tif") == "fmask"
    assert guess_kind("QA_PIXEL", "/data/HLSL30_20230615.tif") == "qa_pixel"


def test_real_scene_classification():
    gdal = pytest.importorskip("osgeo.gdal")
    file = DATA / "pairs_l8_s2/RSToolbox_Alberta/s2_T11UPT_20200804_60m/T11UPT_20200804T183919_SCL_60m.jp2"
    if not file.is_file():
        pytest.skip(f"real Sentinel-2 data are not in {DATA}")
    classes = classify(gdal.Open(str(file)).ReadAsArray(), "scl")
    cover = CloudCover.of(classes, cloud_mask(classes, 60.0, CloudOptions()))
    assert cover.measured > 3_000_000 and cover.valid_fraction > 0.95
