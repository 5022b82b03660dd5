# SPDX-License-Identifier: GPL-2.0-or-later
"""Quality rasters of training places: what their bits mean, and where they lie over the targets' grid."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.harmonization.clouds import CIRRUS, CLEAR, CLOUD, NODATA, SHADOW, SNOW  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.dataset import load_place, read_table  # noqa: E402
from satsharp.export_tools.quality_masks import ALL_KINDS, classes_of, clear, kind_of  # noqa: E402

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).parents[3] / "shared" / "data"))
ALPS = DATA / "modis/MODIStsp_MOD09A1_Alps/MOD09A1.A2017193.h18v04.006.2017202035302.hdf"
ALBERTA = DATA / "pairs_l8_s2/RSToolbox_Alberta/s2_T11UPT_20200804_60m/T11UPT_20200804T183919_SCL_60m.jp2"
# What Sen2Cor's classes hid before there were other kinds.
UNCLEAR_CLASSES = (0, 1, 3, 8, 9, 10)


@pytest.mark.parametrize(
    ("kind", "number", "meant"),
    [
        # Clear land, not set (assumed clear), cloudy, mixed.
        ("modis_state", 0b0000000000001000, CLEAR),
        ("modis_state", 0b0000000000001011, CLEAR),
        ("modis_state", 0b0000000000001001, CLOUD),
        ("modis_state", 0b0000000000001010, CLOUD),
        ("modis_state", 0b0000000000001100, SHADOW),
        # Cirrus: small is clear, average and high are not.
        ("modis_state", 0b0000000100001000, CLEAR),
        ("modis_state", 0b0000001000001000, CIRRUS),
        ("modis_state", 0b0000001100001000, CIRRUS),
        # The internal test, and the same on snow; adjacent to cloud.
        ("modis_state", 0b0000010000001000, CLOUD),
        ("modis_state", 0b1000010000001000, SNOW),
        ("modis_state", 0b0001000000001000, SNOW),
        ("modis_state", 0b0010000000001000, CLOUD),
        ("modis_state", 65535, NODATA),
        ("viirs_qf1", 0b00000011, CLEAR),
        ("viirs_qf1", 0b00000111, CLEAR),
        ("viirs_qf1", 0b00001000, CLOUD),
        ("viirs_qf1", 0b11001111, CLOUD),
        ("viirs_qf2", 0b00000001, CLEAR),
        ("viirs_qf2", 0b00001001, SHADOW),
        ("viirs_qf2", 0b00100001, SNOW),
        ("viirs_qf2", 0b01100001, CIRRUS),
        # The emissive cirrus test is not asked.
        ("viirs_qf2", 0b10000001, CLEAR),
        ("qa60", 0, CLEAR),
        ("qa60", 1 << 10, CLOUD),
        ("qa60", 1 << 11, CIRRUS),
        ("msk_classi", 0, CLEAR),
        ("msk_classi", 1, CLOUD),
        ("msk_classi", 2, CIRRUS),
        ("msk_classi", 4, SNOW),
        ("msk_classi", 128, NODATA),
        # Landsat: dilated cloud, clear land, snow.
        ("qa_pixel", 21826, CLOUD),
        ("qa_pixel", 21824, CLEAR),
        ("qa_pixel", 30048, SNOW),
    ],
)
def test_bits_mean_what_the_products_say(kind: str, number: int, meant: int) -> None:
    found = classes_of(np.array([[number]], np.uint16), kind)
    assert found.tolist() == [[meant]]
    assert clear(np.array([[number]], np.uint16), kind).tolist() == [[meant in (CLEAR, SNOW)]]


def test_sixteen_bits_mean_the_same_with_a_sign() -> None:
    numbers = np.array([65535, 0b1000010000001000], np.uint16)
    np.testing.assert_array_equal(classes_of(numbers.view(np.int16), "modis_state"), [NODATA, SNOW])


def test_scene_classification_hides_what_it_hid_before() -> None:
    numbers = np.arange(12, dtype=np.uint8)
    np.testing.assert_array_equal(clear(numbers, "scl"), ~np.isin(numbers, UNCLEAR_CLASSES))


def test_unknown_kinds_and_fractions_are_refused() -> None:
    with pytest.raises(ProductError, match="kind bqa.*qa_pixel.*modis_state"):
        clear(np.zeros(3, np.uint8), "bqa")
    with pytest.raises(ProductError, match="whole numbers"):
        clear(np.zeros(3, np.float32), "qa60")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("state_1km_1", "modis_state"),
        ("sur_refl_state_500m", "modis_state"),
        ("1km Reflectance Data State QA", "modis_state"),
        ("sur_refl_qc_500m", None),
        ("SurfReflect_QF1_1", "viirs_qf1"),
        ("QF2_Surface_Reflectance", "viirs_qf2"),
        ("SurfReflect_QF4_1", None),
        ("MSK_CLASSI_B00.jp2", "msk_classi"),
        ("QA60", "qa60"),
        ("T31UFS_20230615T105621_SCL_20m.jp2", "scl"),
        ("LC08_L1TP_195025_20230615_20230627_02_T1_QA_PIXEL.TIF", "qa_pixel"),
        ("T31UFS_20230615T105621_B05_20m.jp2", None),
    ],
)
def test_names_tell_the_kind(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind
    assert kind is None or kind in ALL_KINDS


def write(path: Path, bands: list[np.ndarray], gsd: float) -> None:
    kind = {"u1": gdal.GDT_Byte, "u2": gdal.GDT_UInt16}[bands[0].dtype.str[1:]]
    raster = gdal.GetDriverByName("GTiff").Create(str(path), *bands[0].shape[::-1], len(bands), kind)
    raster.SetGeoTransform((0, gsd, 0, 0, 0, -gsd))
    for number, pixels in enumerate(bands, 1):
        raster.GetRasterBand(number).WriteArray(pixels)


def entry(folder: Path, config: Config, classes: list[np.ndarray], gsd: float, **more: object) -> dict:
    """Write a native place of 24 x 24 target pixels, and its quality raster."""
    for group, size in zip(config.groups, (48, 24)):
        for band in group.bands:
            write(folder / f"{band}.tif", [np.full((size, size), 1000, np.uint16)], group.gsd)
    write(folder / "classes.tif", classes, gsd)
    files = {group.name: "{band}.tif" for group in config.groups}
    made = {"id": "x", "place": "x", "split": "train", "kind": "native", "nodata": 0, "files": files}
    return {**made, "classes": "classes.tif", **more}


def test_a_finer_quality_raster_hides_every_pixel_that_it_touches(config: Config, tmp_path: Path) -> None:
    quality = np.zeros((48, 48), np.uint16)
    quality[11, 20] = 1 << 10
    quality[40:42, 40] = 1 << 11
    place = load_place(entry(tmp_path, config, [quality], 10, classes_kind="qa60"), config, tmp_path)
    assert place is not None
    assert np.argwhere(~place.mask).tolist() == [[5, 10], [20, 20]]
    assert place.rejected == {"nodata": 0, "saturated": 0, "cloud": 2}
    np.testing.assert_array_equal(place.causes["cloud"], ~place.mask)


def test_a_coarser_quality_raster_of_several_bands_is_repeated_and_snow_is_kept(config: Config, tmp_path: Path) -> None:
    opaque, cirrus, snow = (np.zeros((8, 8), np.uint8) for _ in range(3))
    opaque[1, 2], cirrus[3, 3], snow[5, 5] = 1, 1, 1
    place = load_place(entry(tmp_path, config, [opaque, cirrus, snow], 60, classes_kind="msk_classi"), config, tmp_path)
    assert place is not None
    assert place.rejected["cloud"] == 18
    assert not place.mask[3:6, 6:9].any() and not place.mask[9:12, 9:12].any()
    assert place.mask[15:18, 15:18].all()


def test_the_default_kind_is_the_scene_classification_and_shifts_move_it_along(config: Config, tmp_path: Path) -> None:
    quality = np.full((24, 24), 4, np.uint8)
    quality[7, 9], quality[12, 12] = 9, 11
    place = load_place(entry(tmp_path, config, [quality], 20), config, tmp_path)
    moved = load_place(entry(tmp_path, config, [quality], 20, guide_shift=[1, 1]), config, tmp_path)
    assert place is not None and moved is not None
    assert np.argwhere(~place.mask).tolist() == [[7, 9]]
    assert np.argwhere(~moved.mask).tolist() == [[6, 8]]


def test_a_quality_raster_that_does_not_cover_the_place_is_refused(config: Config, tmp_path: Path) -> None:
    small = np.full((20, 24), 4, np.uint8)
    with pytest.raises(ValueError, match="x: classes.tif is smaller than the place"):
        load_place(entry(tmp_path, config, [small], 20), config, tmp_path)


def test_what_is_no_measurement_counts_before_clouds(config: Config, tmp_path: Path) -> None:
    made = entry(tmp_path, config, [np.full((24, 24), 9, np.uint8)], 20)
    pixels = np.full((24, 24), 1000, np.uint16)
    pixels[:2], pixels[2:3] = 0, 65535
    write(tmp_path / "B11.tif", [pixels], 20)
    place = load_place(made, config, tmp_path)
    assert place is not None
    assert place.rejected == {"nodata": 48, "saturated": 24, "cloud": 24 * 21}


@pytest.mark.skipif(not ALPS.is_file(), reason="needs the MOD09A1 scene of SATSHARP_DATA")
def test_state_of_a_real_modis_product_masks_a_real_place() -> None:
    config = load_config("modis-500m")
    (known,) = (one for one in read_table(config.places) if one["id"] == "alps_italy")
    state = known["files"]["b250"].replace("sur_refl_{band}", "sur_refl_state_500m")
    plain = load_place(known, config, DATA)
    masked = load_place({**known, "classes": state, "classes_kind": "modis_state"}, config, DATA)
    assert plain is not None and masked is not None
    assert (plain.mask & ~masked.mask).sum() == masked.rejected["cloud"]
    # Of 66 x 72 pixels.
    assert masked.rejected["cloud"] == 693
    numbers = gdal.Open(state.format(root=DATA)).ReadAsArray()[:72]
    assert set(np.unique(numbers[masked.mask])) >= {72, 136, 80, 200}
    assert not set(np.unique(numbers[masked.mask])) & {1032, 1033, 1034, 8328, 8332, 76, 140, 65535}
    np.testing.assert_array_equal(masked.images["b500"], plain.images["b500"])


@pytest.mark.skipif(not ALBERTA.is_file(), reason="needs the scene of Alberta in SATSHARP_DATA")
def test_the_one_real_scene_classification_of_the_tables_is_read_as_before() -> None:
    numbers = gdal.Open(str(ALBERTA)).ReadAsArray()
    assert set(np.unique(numbers)) <= set(range(12))
    np.testing.assert_array_equal(clear(numbers, "scl"), ~np.isin(numbers, UNCLEAR_CLASSES))
