# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain rasters open as a scene: named bands, one file a band or one file for each GSD."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from osgeo import gdal
from satsharp.core.errors import GridError, ProductError, SatSharpError
from satsharp.core.grid import Grid
from satsharp.core.products import open_scene
from satsharp.core.products.alignment import _common_span, cut_to_common_extent
from satsharp.core.products.band_names import band_in, band_in_file_name
from satsharp.core.scene import Band, Scene
from satsharp.core.sensors import sensor_by_id
from satsharp.tests.unit.products_factory import DATA, ORIGIN, make_safe, write_raster

SENSOR = sensor_by_id("sentinel2")
GROUPS = {
    10: {"B02": 200, "B03": 300, "B04": 400, "B08": 800},
    20: {"B05": 500, "B06": 600, "B07": 700, "B8A": 880, "B11": 1100, "B12": 1200},
    60: {"B01": 100, "B09": 900},
}
NAMES = [band.name for band in SENSOR.bands]
needs_data = pytest.mark.skipif(not (DATA / "s2").is_dir(), reason="SATSHARP_DATA has no real scenes")


def write_groups(folder: Path, **options: object) -> list[Path]:
    return [
        write_raster(folder / f"S2A_MSIL2A_20240715T101559_{gsd}m.tif", bands, gsd, (600 // gsd, 600 // gsd), **options)  # type: ignore[arg-type]
        for gsd, bands in GROUPS.items()
    ]


def pixels(scene: Scene, name: str) -> np.ndarray:
    band = scene.band(name)
    dataset = gdal.Open(band.path)
    return np.asarray(dataset.GetRasterBand(band.index).ReadAsArray())


def refused(source: str | Path, match: str, error: type[SatSharpError] = ProductError) -> None:
    with pytest.raises(error, match=match) as caught:
        open_scene(str(source), SENSOR)
    assert type(caught.value) is error


def edit(path: Path, change: str, *arguments: object, index: int = 1) -> None:
    """Call a setter of a band of a GeoTIFF, or of the dataset for index 0."""
    dataset = gdal.Open(str(path), gdal.GA_Update)
    getattr(dataset.GetRasterBand(index) if index else dataset, change)(*arguments)


@pytest.mark.parametrize("separator", [None, ";", "|", " ; "])
def test_one_file_for_each_gsd(tmp_path: Path, separator: str | None) -> None:
    paths = write_groups(tmp_path)
    source = str(tmp_path) if separator is None else separator.join(str(path) for path in paths)
    scene = open_scene(source, SENSOR)
    assert [band.name for band in scene.bands] == NAMES
    assert [int(pixels(scene, name)[0, 0]) for name in ("B01", "B02", "B8A", "B12")] == [100, 200, 880, 1200]
    assert (scene.level, scene.acquired, scene.source) == ("L2A", "2024-07-15T10:15:59Z", source)
    assert {(band.scale, band.offset, band.nodata, band.saturated) for band in scene.bands} == {(1e-4, 0, 0, 65535)}
    assert [scene.band(name).gsd for name in ("B02", "B05", "B09")] == [10, 20, 60]
    assert [scene.band(name).index for name in ("B02", "B08", "B12", "B09")] == [1, 4, 6, 2]
    if separator:
        assert scene.name == "S2A_MSIL2A_20240715T101559"


@pytest.mark.parametrize("pattern", ["{}.tif", "T33UUB_20240715_{}_sur.tif", "SENTINEL2B_FRE_{}.tif", "x-{}-.tiff"])
def test_one_file_for_each_band(tmp_path: Path, pattern: str) -> None:
    for gsd, bands in GROUPS.items():
        for name, value in bands.items():
            write_raster(tmp_path / pattern.format(name), {"": value}, gsd, (600 // gsd, 600 // gsd))
    write_raster(tmp_path / "SCL_20m.tif", {"": 4}, 20)
    (tmp_path / "notes.txt").write_text("ignored")
    scene = open_scene(str(tmp_path), SENSOR)
    assert [band.name for band in scene.bands] == NAMES
    assert [int(pixels(scene, name)[0, 3]) for name in ("B05", "B8A", "B09")] == [503, 883, 903]


def test_jp2_files_of_a_stack(tmp_path: Path) -> None:
    for name, gsd in (("T33UUB_B8A_20m.jp2", 20), ("T33UUB_B04_10m.jp2", 10)):
        write_raster(tmp_path / name, {"": 50}, gsd, (600 // gsd, 600 // gsd), driver="JP2OpenJPEG")
    assert [band.name for band in open_scene(str(tmp_path), SENSOR).bands] == ["B04", "B8A"]


def test_of_several_copies_the_native_one_is_taken(tmp_path: Path) -> None:
    write_groups(tmp_path)
    write_raster(tmp_path / "B02_20m.tif", {"": 7}, 20, (30, 30))
    scene = open_scene(str(tmp_path), SENSOR)
    assert (scene.band("B02").gsd, int(pixels(scene, "B02")[0, 0])) == (10, 200)


def test_vrt_of_one_group(tmp_path: Path) -> None:
    ten, twenty, _ = write_groups(tmp_path / "data")
    gdal.Translate(str(tmp_path / "ten.vrt"), str(ten), format="VRT")
    gdal.Translate(str(tmp_path / "twenty.vrt"), str(twenty), format="VRT")
    scene = open_scene(str(tmp_path), SENSOR)
    assert len(scene.bands) == 10
    ten.unlink()
    refused(tmp_path, r"ten\.vrt is truncated or damaged \(.*No such file")


@pytest.mark.parametrize("name", ["ten.vrt", "B02.tif"])
def test_rasters_in_archives_refer_to_no_other_files(tmp_path: Path, name: str) -> None:
    ten, *others = write_groups(tmp_path / "data")
    gdal.Translate(str(tmp_path / name), str(ten), format="VRT")
    with zipfile.ZipFile(tmp_path / "stack.zip", "w") as packed:
        for path in (tmp_path / name, *others):
            packed.write(path, path.name)
    sentence = "refers to other files, which archives may not do" if name == "ten.vrt" else "cannot be opened"
    refused(tmp_path / "stack.zip", rf"{name} {sentence}")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("B2", "B02"),
        ("b02", "B02"),
        ("blue", "B02"),
        ("B8A (865 nm)", "B8A"),
        ("B8, central wavelength 842 nm", "B08"),
        ("B08A", "B8A"),
        ("B01 - Coastal aerosol", "B01"),
        ("swir16", "B11"),
        ("t1_B04", "B04"),
        ("red edge", None),
        ("B10", None),
        ("B02/B03", None),
        ("SCL", None),
        ("", None),
        ("AB02", None),
        ("B021", None),
    ],
)
def test_band_descriptions(text: str, name: str | None) -> None:
    assert band_in(text, SENSOR) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/B02/T33UUB_B05.tif", "B05"),
        ("C:\\B02\\S2A_B8A_20m.jp2", "B8A"),
        ("/vsizip/x_B02.zip/B11.tif", "B11"),
        ("nir.tif", "B08"),
        ("near_nir.tif", None),
        ("T33UUB_TCI.jp2", None),
    ],
)
def test_band_file_names(path: str, name: str | None) -> None:
    assert band_in_file_name(path, SENSOR) == name


# What services call the files of single bands: Copernicus Browser (older and newer), Earth Engine, Planetary Computer
# and odc-stac, Sentinel Hub.
@pytest.mark.parametrize(
    ("sensor", "file", "name"),
    [
        ("sentinel2", "2024-05-01-00:00_2024-05-01-23:59_Sentinel-2_L2A_B02_(Raw).tiff", "B02"),
        ("sentinel2", "2024-03-15-10_30_2024-03-15-10_45_Sentinel-2_L2A_B8A_(Raw).tiff", "B8A"),
        ("sentinel2", "20240715T101559_20240715T101600_T32TQM.B11.tif", "B11"),
        ("sentinel2", "B12.tiff", "B12"),
        ("sentinel2", "S2A_T31UFS_20240501_red.tif", "B04"),
        ("sentinel2", "rededge2.tif", "B06"),
        ("sentinel2", "S2A_T31UFS_20240501_nir08_20m.tif", "B8A"),
        ("sentinel2", "red_edge.tif", None),
        ("sentinel2", "2024-05-01_Sentinel-2_L2A_True_color.tiff", None),
        ("sentinel2", "2024-05-01-00:00_Sentinel-2_L2A_ratio__B04_B03.tiff", None),
        ("landsat", "2024-05-01-00:00_2024-05-01-23:59_Landsat_8-9_L1_B08_(Raw).tiff", "B8"),
        ("landsat", "LC09_190022_20240501.SR_B5.tif", "B5"),
        ("landsat", "LC08_L1TP_190022_20240501_20240510_02_T1_B10.TIF", None),
        ("landsat", "LC08_L2SP_190022_20240501_20240510_02_T1_QA_PIXEL.TIF", None),
        ("landsat", "LC08_L2SP_190022_20240501_swir16.tif", "B6"),
        ("landsat", "pan.tif", "B8"),
    ],
)
def test_file_names_of_services(sensor: str, file: str, name: str | None) -> None:
    assert band_in_file_name(f"/a/B03/{file}", sensor_by_id(sensor)) == name


@pytest.mark.parametrize(
    ("sensor", "names"),
    [
        ("sentinel2", {"B2": "B02", "B8A": "B8A", "B11": "B11", "nir08": "B8A", "rededge1": "B05", "blue": "B02"}),
        ("landsat", {"SR_B2": "B2", "SR_B7": "B7", "B8": "B8", "nir08": "B5", "swir22": "B7", "coastal": "B1"}),
    ],
)
def test_band_descriptions_of_services(sensor: str, names: dict[str, str]) -> None:
    """Earth Engine writes its band names, odc-stac the assets' or their common names."""
    assert {text: band_in(text, sensor_by_id(sensor)) for text in names} == names


@pytest.mark.parametrize(
    ("kind", "scale"), [(gdal.GDT_UInt16, 1 / 65535), (gdal.GDT_Byte, 1 / 255)], ids=["16 bit", "8 bit"]
)
def test_raw_bands_of_copernicus_browser(tmp_path: Path, kind: int, scale: float) -> None:
    """Reflectance x 65535 or x 255, so the largest number is no saturation; the day stands in the name."""
    for gsd, bands in ((10, GROUPS[10]), (20, GROUPS[20])):
        for name in bands:
            file = tmp_path / f"2024-05-01-00_00_2024-05-01-23_59_Sentinel-2_L2A_{name}_(Raw).tiff"
            write_raster(file, {name: 100}, gsd, (600 // gsd, 600 // gsd), dtype=kind)
    scene = open_scene(str(tmp_path), SENSOR)
    assert {(band.scale, band.offset, band.saturated) for band in scene.bands} == {(scale, 0.0, None)}
    assert scene.acquired == "2024-05-01" and scene.level == "L2A"
    white = 65535 if kind == gdal.GDT_UInt16 else 255
    assert dict(scene.tags)["radiometry"] == f"digital number / {white} of a raw band from Copernicus Browser"


def test_pictures_of_8_bit_are_no_reflectances(tmp_path: Path) -> None:
    write_groups(tmp_path, dtype=gdal.GDT_Byte)
    refused(tmp_path, "holds 8-bit values, a picture rather than the digital numbers of Sentinel-2")


@pytest.mark.parametrize(
    ("kind", "scale", "expected"),
    [
        (gdal.GDT_UInt16, None, (1 / 36363.636364, -0.2)),
        (gdal.GDT_UInt16, (0.0000275, -0.2), (0.0000275, -0.2)),
        (gdal.GDT_UInt16, (0.0001, 0.0), (0.0001, 0.0)),
        (gdal.GDT_Float32, None, (1.0, 0.0)),
    ],
    ids=["as delivered", "scale and offset of Collection 2", "another scale", "reflectance"],
)
def test_landsat_stacks(tmp_path: Path, kind: int, scale: tuple[float, float] | None, expected: tuple) -> None:
    thirty = write_raster(tmp_path / "sr.tif", {"SR_B4": 9000, "SR_B5": 9000}, 30, (20, 20), dtype=kind)
    fifteen = write_raster(tmp_path / "pan.tif", {"B8": 9000}, 15, (40, 40), dtype=kind)
    for path, indices in ((thirty, (1, 2)), (fifteen, (1,))):
        for index in indices if kind == gdal.GDT_Float32 else ():
            side = 20 if path == thirty else 40
            edit(path, "WriteArray", np.full((side, side), 0.25, np.float32), index=index)
        for index in indices if scale else ():
            edit(path, "SetScale", scale[0], index=index)
            edit(path, "SetOffset", scale[1], index=index)
    scene = open_scene(f"{thirty};{fifteen}", sensor_by_id("landsat"))
    assert [band.name for band in scene.bands] == ["B8", "B4", "B5"]
    for band in scene.bands:
        assert (band.scale, band.offset) == pytest.approx(expected, rel=1e-9)


def test_files_named_by_a_level_have_the_relation_of_that_level(tmp_path: Path) -> None:
    thirty = write_raster(tmp_path / "LC08_L2SP_190022_20240501_SR_B4.tif", {"": 9000}, 30, (20, 20))
    fifteen = write_raster(tmp_path / "LC08_L1TP_190022_20240501_B8.tif", {"": 9000}, 15, (40, 40))
    bands = {band.name: band for band in open_scene(f"{thirty};{fifteen}", sensor_by_id("landsat")).bands}
    assert (bands["B8"].scale, bands["B8"].offset) == pytest.approx((2e-5, -0.1))
    assert (bands["B4"].scale, bands["B4"].offset) == pytest.approx((2.75e-5, -0.2))


@pytest.mark.parametrize(("scale", "expected"), [(None, (-100.0, 16000.0)), (0.001, None)])
def test_valid_range_of_the_sensor_is_of_its_own_numbers(
    tmp_path: Path, scale: float | None, expected: tuple[float, float] | None
) -> None:
    paths = [
        write_raster(tmp_path / f"{gsd}.tif", {name: 900}, gsd, (2000 // gsd, 2000 // gsd), dtype=gdal.GDT_Int16)
        for gsd, name in ((250, "sur_refl_b01"), (500, "sur_refl_b03"))
    ]
    for path in paths if scale else ():
        edit(path, "SetScale", scale)
    scene = open_scene(";".join(map(str, paths)), sensor_by_id("modis"))
    assert {band.valid_range for band in scene.bands} == {expected}


def test_scale_and_offset_of_the_file_come_first(tmp_path: Path) -> None:
    ten, _, _ = write_groups(tmp_path)
    edit(ten, "SetScale", 0.0002)
    edit(ten, "SetOffset", -0.25)
    edit(ten, "SetMetadataItem", "BOA_ADD_OFFSET", "-500", index=0)
    scene = open_scene(str(tmp_path), SENSOR)
    assert (scene.band("B02").scale, scene.band("B02").offset) == (0.0002, -0.25)
    assert (scene.band("B03").scale, scene.band("B03").offset) == (1e-4, -0.05)
    assert (scene.band("B05").scale, scene.band("B05").offset) == (1e-4, 0.0)
    assert dict(scene.tags)["radiometry"] == (
        "digital number / 10000; scale and offset of the file; (digital number -500) / 10000"
    )


@pytest.mark.parametrize("item", ["BOA_ADD_OFFSET", "RADIO_ADD_OFFSET"])
def test_offset_item_of_one_band(tmp_path: Path, item: str) -> None:
    ten, _, _ = write_groups(tmp_path)
    edit(ten, "SetMetadataItem", item, "-1000", index=4)
    edit(ten, "SetMetadataItem", "QUANTIFICATION_VALUE", "5000", index=4)
    scene = open_scene(str(tmp_path), SENSOR)
    assert [scene.band(name).offset for name in ("B04", "B08")] == [0.0, -0.2]
    assert scene.band("B08").scale == 1 / 5000


@pytest.mark.parametrize(("item", "value"), [("BOA_ADD_OFFSET", "much"), ("QUANTIFICATION_VALUE", "inf")])
def test_offset_item_that_is_no_number(tmp_path: Path, item: str, value: str) -> None:
    edit(write_groups(tmp_path)[0], "SetMetadataItem", item, value, index=0)
    refused(tmp_path, f"gives '{value}' for {item}")


def test_scale_or_quantification_not_above_zero(tmp_path: Path) -> None:
    ten = write_groups(tmp_path)[0]
    edit(ten, "SetMetadataItem", "QUANTIFICATION_VALUE", "0", index=0)
    refused(tmp_path, "declares a quantification value of 0")
    edit(ten, "SetScale", -1.0)
    refused(tmp_path, "declares a scale of -1, which is not above 0")


def test_nodata_of_the_file_comes_first(tmp_path: Path) -> None:
    ten = write_groups(tmp_path)[0]
    edit(ten, "SetNoDataValue", 9999.0)
    scene = open_scene(str(tmp_path), SENSOR)
    assert (scene.band("B02").nodata, scene.band("B05").nodata) == (9999.0, 0.0)


def test_theia_files_mean_their_own_nodata(tmp_path: Path) -> None:
    write_groups(tmp_path / "S2B_20181023_L2A_FRE", dtype=gdal.GDT_Int16)
    write_groups(tmp_path / "signed", dtype=gdal.GDT_Int16)
    theia, other = (open_scene(str(folder), SENSOR).band("B05") for folder in sorted(tmp_path.iterdir()))
    assert (theia.dtype, theia.nodata, theia.saturated) == ("Int16", -10000.0, None)
    assert (other.dtype, other.nodata, other.saturated) == ("Int16", 0.0, None)


@pytest.mark.parametrize(("value", "scale"), [(0.0, 1.0), (300.0, 1e-4)])
def test_floating_point_rasters(tmp_path: Path, value: float, scale: float) -> None:
    for gsd, names in ((10, ("B02", "B03")), (20, ("B05",))):
        path = tmp_path / f"{gsd}.tif"
        write_raster(path, dict.fromkeys(names, 0), gsd, (600 // gsd, 600 // gsd), dtype=gdal.GDT_Float32)
        for index in range(len(names)):
            shape = (600 // gsd, 600 // gsd)
            edit(path, "WriteArray", np.full(shape, value + 0.3, np.float32), index=index + 1)
    scene = open_scene(str(tmp_path), SENSOR)
    assert {(band.scale, band.saturated, band.dtype) for band in scene.bands} == {(scale, None, "Float32")}
    edit(tmp_path / "10.tif", "WriteArray", np.full((60, 60), 20.0, np.float32))
    refused(tmp_path, r"values up to 20, neither reflectances nor digital numbers. If .*-scale 0.01\); else convert")
    for index in (1, 2):
        edit(tmp_path / "10.tif", "SetScale", 0.01, index=index)
    # The remedy works: 20 per cent are 0.2.
    assert [open_scene(str(tmp_path), SENSOR).band(name).scale for name in ("B02", "B03")] == [0.01, 0.01]


# Grids


def test_single_file_of_resampled_bands(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "all.tif", {"B02": 1, "B05": 2}, 10)
    refused(
        path, r"Band B05 has a GSD of 10 m in .*all.tif, where Sentinel-2 MSI delivers 20 m\. .*10, 20, 60 m", GridError
    )


def test_single_group(tmp_path: Path) -> None:
    ten = write_groups(tmp_path)[0]
    refused(ten, r"holds only bands of 10 m, .* Add the files of 20, 60 m")


@pytest.mark.parametrize(("factor", "refusal"), [(12.0, True), (1.021, True), (1.019, False), (0.981, False)])
def test_gsd_tolerance(tmp_path: Path, factor: float, refusal: bool) -> None:
    for gsd, bands in GROUPS.items():
        write_raster(tmp_path / f"{gsd}.tif", bands, gsd * factor, (600 // gsd, 600 // gsd))
    if refusal:
        refused(tmp_path, f"Band B01 has a GSD of {60 * factor:g} m .*delivers 60 m", GridError)
    else:
        assert open_scene(str(tmp_path), SENSOR).finest.gsd == 10 * factor


def test_degrees(tmp_path: Path) -> None:
    for gsd in (10, 20):
        write_raster(tmp_path / f"{gsd}.tif", GROUPS[gsd], gsd / 111120, origin=(14.0, 48.0), epsg=4326)
    refused(tmp_path, r"10.tif is in degrees, and Sentinel-2 MSI has GSDs of 10, 20, 60 m. Reproject", GridError)


def test_local_grid_without_crs(tmp_path: Path) -> None:
    write_groups(tmp_path, epsg=0, origin=(0.0, 0.0))
    scene = open_scene(str(tmp_path), SENSOR)
    assert {band.grid.crs for band in scene.bands} == {""}
    assert scene.finest.transform == (0.0, 10.0, 0.0, 0.0, 0.0, -10.0)


def test_raster_without_georeference(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "B02.tif", {"": 1}, 10, georeferenced=False)
    refused(path, "B02.tif has no georeference, so its GSD is unknown", GridError)


def test_groups_in_different_crs(tmp_path: Path) -> None:
    write_raster(tmp_path / "10.tif", GROUPS[10], 10)
    write_raster(tmp_path / "20.tif", GROUPS[20], 20, epsg=32632)
    refused(tmp_path, "their coordinate reference systems differ", GridError)


def test_rotated_groups(tmp_path: Path) -> None:
    for path, gsd in zip(write_groups(tmp_path), GROUPS):
        edit(path, "SetGeoTransform", (0.0, gsd * 0.8, gsd * 0.6, 0.0, gsd * 0.6, -gsd * 0.8), index=0)
    scene = open_scene(str(tmp_path), SENSOR)
    assert scene.band("B05").grid.transform == (0.0, 16.0, 12.0, 0.0, 12.0, -16.0)
    edit(tmp_path / "S2A_MSIL2A_20240715T101559_20m.tif", "SetGeoTransform", (0.0, 20.0, 0.0, 0.0, 0.0, -20.0), index=0)
    refused(tmp_path, r"band B0[15] .* does not fit band B02", GridError)


@pytest.mark.parametrize("shift", [3.0, 5.0])
def test_groups_shifted_by_part_of_a_pixel(tmp_path: Path, shift: float) -> None:
    write_raster(tmp_path / "10.tif", GROUPS[10], 10)
    write_raster(tmp_path / "20.tif", GROUPS[20], 20, (30, 30), origin=(ORIGIN[0] + shift, ORIGIN[1]))
    refused(tmp_path, f"the ratio is 2.000, the shift 0 rows and {shift / 10:g} columns", GridError)


def test_groups_of_different_extent_are_cut_to_the_common_one(tmp_path: Path) -> None:
    # The 20 m grid starts one 10 m pixel left of and above the other, as in the crop of a Theia product.
    write_raster(tmp_path / "10.tif", GROUPS[10], 10, (60, 50))
    write_raster(tmp_path / "20.tif", GROUPS[20], 20, (30, 30), origin=(ORIGIN[0] - 10, ORIGIN[1] + 10))
    scene = pickle.loads(pickle.dumps(open_scene(str(tmp_path), SENSOR)))
    fine, coarse = scene.band("B02"), scene.band("B05")
    assert fine.grid == Grid(fine.grid.crs, (ORIGIN[0] + 10, 10.0, 0.0, ORIGIN[1] - 10, 0.0, -10.0), 58, 48)
    assert coarse.grid == Grid(coarse.grid.crs, (ORIGIN[0] + 10, 20.0, 0.0, ORIGIN[1] - 10, 0.0, -20.0), 29, 24)
    assert pixels(scene, "B02").shape == (48, 58)
    assert pixels(scene, "B05").shape == (24, 29)
    assert [int(pixels(scene, name)[0, 0]) for name in ("B02", "B08", "B05", "B12")] == [201, 801, 501, 1201]
    assert dict(scene.tags)["extent"] == "cut to the common extent, 58 x 48 pixels"
    dataset = gdal.Open(coarse.path)
    assert dataset.GetGeoTransform() == coarse.grid.transform


def test_groups_that_do_not_overlap(tmp_path: Path) -> None:
    write_raster(tmp_path / "10.tif", GROUPS[10], 10)
    write_raster(tmp_path / "20.tif", GROUPS[20], 20, origin=(ORIGIN[0] + 6000, ORIGIN[1]))
    refused(tmp_path, "its bands do not overlap. Pass bands of one place", GridError)


def test_grids_that_never_share_a_corner(tmp_path: Path) -> None:
    write_raster(tmp_path / "10.tif", GROUPS[10], 10)
    write_raster(tmp_path / "20.tif", GROUPS[20], 20, (30, 30))
    write_raster(tmp_path / "60.tif", GROUPS[60], 60, (10, 10), origin=(ORIGIN[0] + 10, ORIGIN[1]))
    refused(tmp_path, "never share a pixel corner", GridError)


@given(
    st.integers(-40, 40),
    st.lists(
        st.tuples(st.integers(-20, 20), st.integers(40, 90), st.sampled_from([1, 2, 3, 6])), min_size=1, max_size=4
    ),
)
def test_common_span_is_the_largest_of_whole_pixels(base: int, grids: list[tuple[int, int, int]]) -> None:
    spans = [(base + start * factor, base + (start + count) * factor, factor) for start, count, factor in grids]
    fits = [
        (end - start, start, end)
        for start in range(max(s for s, _, _ in spans), min(e for _, e, _ in spans) + 1)
        for end in range(start + 1, min(e for _, e, _ in spans) + 1)
        if all((start - s) % f == 0 and (end - s) % f == 0 for s, _, f in spans)
    ]
    if fits:
        start, end = _common_span(spans, "x")
        assert end - start == max(fits)[0]
        assert (end - start, start, end) in fits
    else:
        with pytest.raises(GridError):
            _common_span(spans, "x")


def test_aligned_bands_are_left_alone() -> None:
    grid = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 6, 6)
    coarse = Grid("", (0.0, 20.0, 0.0, 0.0, 0.0, -20.0), 3, 3)
    bands = tuple(Band(n, "absent.tif", 1, g, "UInt16", 0, None, 1, 0) for n, g in (("B02", grid), ("B05", coarse)))
    assert cut_to_common_extent(bands, "x") is bands


# What is no stack


def test_band_found_twice(tmp_path: Path) -> None:
    write_raster(tmp_path / "a.tif", {"t1_B04": 1, "t2_B04": 2}, 10)
    refused(tmp_path, r"Band B04 is found 2 times: .*a.tif band 1, .*a.tif band 2. Pass one date")


def test_raster_without_names(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "image.tif", {"": 1, "x": 2}, 10)
    refused(path, r"image.tif names no band of Sentinel-2 MSI. Set its band descriptions")
    refused(tmp_path, r"None of the rasters in .* names a band of Sentinel-2 MSI \(B01, B02, ")


def test_truncated_raster(tmp_path: Path) -> None:
    write_groups(tmp_path)
    path = tmp_path / "S2A_MSIL2A_20240715T101559_20m.tif"
    path.write_bytes(path.read_bytes()[:-2000])
    refused(tmp_path, r"20m\.tif is truncated or damaged \(.+\)\. Download")


def test_missing_file_of_a_list(tmp_path: Path) -> None:
    ten = write_groups(tmp_path)[0]
    refused(f"{ten};{tmp_path / 'absent.tif'}", "absent.tif does not exist")


def test_bands_out_of_a_safe_folder(tmp_path: Path) -> None:
    root = make_safe(tmp_path)
    image = next(root.rglob("*_B02_10m.jp2"))
    for source in (image, image.parent, image.parent.parent):
        refused(source, r"(lies inside a SAFE product, .*Pass the .SAFE folder itself|holds neither a Sentinel-2)")


def test_semicolon_in_a_folder_name(tmp_path: Path) -> None:
    write_groups(tmp_path / "a;b")
    assert len(open_scene(str(tmp_path / "a;b"), SENSOR).bands) == 12


# Real scenes


@needs_data
def test_real_stack_of_three_files_without_crs() -> None:
    scene = open_scene(str(DATA / "s2/dsen2_T33UUB"), SENSOR)
    assert [band.name for band in scene.bands] == NAMES
    assert {(band.gsd, band.grid.width) for band in scene.bands} == {(10.0, 600), (20.0, 300), (60.0, 100)}
    assert (scene.level, scene.acquired, scene.finest.crs) == ("L1C", "2017-05-27", "")


@needs_data
def test_real_patch_of_one_file_a_band() -> None:
    scene = open_scene(str(DATA / "s2/bigearthnet_patches/S2A_MSIL2A_20170613T101031_87_48"), SENSOR)
    assert [band.name for band in scene.bands] == NAMES
    assert {(band.gsd, band.grid.width) for band in scene.bands} == {(10.0, 120), (20.0, 60), (60.0, 20)}
    assert (scene.level, scene.acquired) == ("L2A", "2017-06-13T10:10:31Z")


@needs_data
def test_real_theia_files_are_cut_to_their_common_extent() -> None:
    scene = open_scene(str(DATA / "s2/cnes_rastertools_T30TYP/S2B_20181023_L2A_FRE"), SENSOR)
    assert [band.name for band in scene.bands] == [name for name in NAMES if name not in ("B01", "B09")]
    assert {(band.gsd, band.grid.width, band.grid.height) for band in scene.bands} == {(10, 1196, 1168), (20, 598, 584)}
    assert {band.grid.transform[0] for band in scene.bands} == {742920.0}
    assert {(band.nodata, band.saturated) for band in scene.bands} == {(-10000.0, None)}
    fine, coarse = pixels(scene, "B08"), pixels(scene, "B8A")
    degraded = fine.reshape(584, 2, 598, 2).mean(axis=(1, 3))
    # Neighbouring near-infrared bands agree best where they lie on each other.
    assert np.corrcoef(degraded.ravel(), coarse.ravel())[0, 1] > 0.97
    shifted = np.corrcoef(degraded[:, 1:].ravel(), coarse[:, :-1].ravel())[0, 1]
    assert shifted < np.corrcoef(degraded.ravel(), coarse.ravel())[0, 1]


@needs_data
@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("s2/eopf_T32TQM_120m", r"Band B01 has a GSD of 120 m .*delivers 60 m"),
        ("s2/eolearn_Slovenia_refscenes/ref0_13bands.tif", r"Band B01 has a GSD of 10 m .*delivers 60 m"),
        ("s2/l1bsr_L1B_10m/01.tif", "has no georeference"),
    ],
)
def test_real_rasters_on_other_grids(path: str, match: str) -> None:
    refused(DATA / path, match, GridError)
