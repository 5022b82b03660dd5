# SPDX-License-Identifier: GPL-2.0-or-later
"""Series and profiles of manufactured rasters: grids, numbers, masks, formats, bad input."""

from __future__ import annotations

import csv
import io
import math
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import CancelledError, GridError, OutputError, ProductError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.harmonization.clouds import CloudOptions  # noqa: E402
from satsharp.core.output_lock import reserved  # noqa: E402
from satsharp.core.products.measured_raster import file_source  # noqa: E402
from satsharp.core.products.point import window_around  # noqa: E402
from satsharp.core.products.series_cube import can_write  # noqa: E402
from satsharp.core.sensors import SENSOR_FOLDER, load_sensors  # noqa: E402
from satsharp.core.timeseries.dates import read_table  # noqa: E402
from satsharp.core.timeseries.images import open_images, rasters_in  # noqa: E402
from satsharp.core.timeseries.profile import Place, index_profile  # noqa: E402
from satsharp.core.timeseries.profile_plot import profile_csv, profile_svg  # noqa: E402
from satsharp.core.timeseries.series_plan import plan_series  # noqa: E402
from satsharp.core.timeseries.series_run import write_series  # noqa: E402
from satsharp.tests.unit.raster_factory import EAST, NORTH, write_raster  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors(SENSOR_FOLDER)[0]}
DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).parents[3] / "shared" / "data"))
S2, L8 = ("B03", "B04", "B8A"), ("SR_B3", "SR_B4", "SR_B5")
SIDE = 300


def numbers(gain: float = 1.0) -> np.ndarray:
    """Reflectance in ten thousandths, 300 x 300: over rows and columns NDVI goes from 0 to 0.6."""
    red = np.full((SIDE, SIDE), 1000)
    nir = (1000 * (1 + 3 * np.arange(SIDE) / (SIDE - 1)))[None].repeat(SIDE, 0)
    return np.rint(gain * np.stack([red + 100, red, nir])).astype(np.uint16)


@pytest.fixture
def folder(tmp_path):
    """Two dates of Sentinel-2 and one of Landsat, which reaches two pixels further west and has other numbers."""
    made = tmp_path / "in"
    made.mkdir()
    write_raster(made / "S2A_20210601T101112.tif", numbers(), 10.0, names=S2, nodata=0)
    write_raster(made / "S2B_20210801.tif", numbers(2.0), 10.0, names=S2, nodata=0)
    landsat = np.rint((numbers() / 10000 + 0.2) / 0.0000275).astype(np.uint16)
    write_raster(made / "LC08_L2SP_20210701.tif", landsat, 10.0, (EAST - 20, NORTH), names=L8, nodata=0)
    return made


def _full(*given: object) -> None:
    raise OSError("No space left on device")


def images(folder, with_masks=False, **more):
    return open_images([file_source(path) for path in rasters_in(folder)], (), SENSORS, with_masks, **more)


def pixels_of(path) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray()


def test_rasters_of_two_sensors_become_one_series(folder, tmp_path):
    job = plan_series(images(folder))
    assert job.names == S2 and (job.grid.width, job.grid.height) == (SIDE + 2, SIDE)
    assert job.grid.transform[0] == EAST - 20 and job.wavelengths == (559.8, 664.6, 864.7)
    # Numbers of Landsat and Sentinel-2 mean different things, so reflectance is stored in ten thousandths.
    assert (job.storage.dtype, job.storage.scale, job.storage.nodata) == ("int16", 0.0001, -32768.0)
    result = write_series(job, tmp_path / "out")
    names = ["20210601T101112_Sentinel-2A.tif", "20210701_Landsat-8.tif", "20210801_Sentinel-2B.tif"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [*names, "series.vrt"]
    first, second, third = (pixels_of(tmp_path / "out" / name) for name in names)
    assert np.array_equal(first[:, :, 2:], numbers()) and (first[:, :, :2] == -32768).all()
    assert np.abs(second[:, :, :SIDE].astype(int) - numbers()).max() <= 1 and (second[:, :, SIDE:] == -32768).all()
    assert np.array_equal(third[:, :, 2:], numbers(2.0))
    assert [date.valid for date in result.dates] == [SIDE * SIDE] * 3
    assert result.stretch[1] == (pytest.approx(1000, abs=1), 2000.0)
    opened = gdal.Open(str(tmp_path / "out" / names[1]))
    tags = opened.GetMetadata()
    assert tags["SATSHARP_ACQUIRED"] == "2021-07-01" and tags["SATSHARP_SATELLITE"] == "Landsat 8"
    assert opened.GetRasterBand(1).GetDescription() == "B03" and opened.GetRasterBand(1).GetScale() == 0.0001
    assert opened.GetMetadata("IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_the_vrt_tells_dates_and_moves_with_its_files(folder, tmp_path):
    write_series(plan_series(images(folder)), tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "moved")
    view = gdal.Open(str(tmp_path / "moved" / "series.vrt"))
    assert view.RasterCount == 9
    assert view.GetMetadataItem("DATES") == "2021-06-01T10:11:12Z,2021-07-01,2021-08-01"
    band = view.GetRasterBand(5)
    assert band.GetDescription() == "2021-07-01 B04 Landsat 8"
    items = band.GetMetadata()
    assert (items["ACQUIRED"], items["SENSOR"], items["BAND"]) == ("2021-07-01", "Landsat 8", "B04")
    assert (band.GetScale(), band.GetNoDataValue()) == (0.0001, -32768)
    own = pixels_of(tmp_path / "moved" / "20210701_Landsat-8.tif")
    assert np.array_equal(view.ReadAsArray()[3:6], own)


def test_numbers_of_one_sensor_are_kept(folder, tmp_path):
    (folder / "LC08_L2SP_20210701.tif").unlink()
    job = plan_series(images(folder), "B8A, 2")
    assert (job.storage.dtype, job.storage.nodata, job.names) == ("uint16", 0, ("B8A", "B04"))
    write_series(job, tmp_path / "out")
    assert np.array_equal(pixels_of(tmp_path / "out" / "20210801_Sentinel-2B.tif"), numbers(2.0)[[2, 1]])


def test_intersection_and_several_strips(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("satsharp.core.timeseries.series_writer.STRIP_PIXELS", 1)
    job = plan_series(images(folder), extent="intersection")
    assert (job.grid.width, job.grid.transform[0]) == (SIDE - 2, EAST)
    result = write_series(job, tmp_path / "out")
    assert np.array_equal(pixels_of(result.dates[0].path), numbers()[:, :, : SIDE - 2])
    second = pixels_of(result.dates[1].path).astype(int)
    assert np.abs(second - numbers()[:, :, 2:]).max() <= 1


def test_masks_are_found_and_hide_clouds(folder, tmp_path):
    classes = np.full((1, SIDE, SIDE), 4, np.uint8)
    classes[0, 100, 100] = 9
    write_raster(folder / "S2A_20210601_SCL.tif", classes, 10.0)
    table = tmp_path / "in" / "dates.csv"
    quality = np.full((1, 100, 101), 21824, np.uint16)
    quality[0, 50, 50] = 22280
    write_raster(folder / "clouds.tiff", quality, 30.0, (EAST - 20, NORTH))
    table.write_text("file,mask\nLC08_L2SP_20210701.tif,clouds.tiff\n")
    sources = [file_source(path) for path in rasters_in(folder) if not path.endswith("clouds.tiff")]
    with pytest.raises(ProductError, match=r"numbers of .*clouds\.tiff mean"):
        open_images(sources, read_table(table), SENSORS, True)
    (folder / "clouds.tiff").rename(folder / "qa_pixel.tiff")
    table.write_text("file,mask\nLC08_L2SP_20210701.tif,qa_pixel.tiff\n")
    found = open_images(sources, read_table(table), SENSORS, True)
    assert [image.clouds and image.clouds[1] for image in found] == ["scl", "qa_pixel", None]
    job = plan_series(found, options=CloudOptions(dilation=30))
    assert any("No cloud mask was found for S2B_20210801.tif" in note for note in job.notes)
    result = write_series(job, tmp_path / "out")
    # Seven pixels of 10 m, and three of 30 m, along each side.
    assert [date.valid for date in result.dates] == [SIDE**2 - 49, SIDE**2 - 81, SIDE**2]
    first = pixels_of(result.dates[0].path)[0]
    assert np.array_equal(np.argwhere(first[:, 2:] == -32768)[[0, -1]], [[97, 97], [103, 103]])
    assert result.dates[0].cover.hidden == 49 and result.dates[2].cover is None


def test_classes_beside_the_raster(tmp_path):
    """Such as harmonize_landsat writes: named as the user likes, its band called classes."""
    write_raster(tmp_path / "L8_20210601.tif", numbers(), 10.0, names=L8, nodata=0)
    classes = np.zeros((1, SIDE, SIDE), np.uint8)
    classes[0, :30] = 1
    write_raster(tmp_path / "clouds_20210601.tif", classes, 10.0, names=("classes",))
    (image,) = images(tmp_path, True)
    assert image.clouds[1] == "classes" and Path(image.clouds[0].path).name == "clouds_20210601.tif"
    (tmp_path / "clouds_20210601.tif").rename(tmp_path / "classes.tif")
    assert images(tmp_path, True)[0].clouds is None
    written = gdal.Open(str(tmp_path / "classes.tif"), gdal.GA_Update)
    written.SetMetadataItem("SATSHARP_ACQUIRED", "2021-06-01T10:16:21Z")
    written = None
    (image,) = images(tmp_path, True)
    # Such classes are grown already.
    result = write_series(plan_series((image,), options=CloudOptions(dilation=60)), tmp_path / "out")
    assert result.dates[0].valid == SIDE * (SIDE - 30)


def test_a_quality_band_of_the_raster_itself(tmp_path):
    pixels = np.concatenate((numbers(), np.full((1, SIDE, SIDE), 5, np.uint16)))
    pixels[3, :150] = 8
    write_raster(tmp_path / "S2_20210601.tif", pixels, 10.0, names=(*S2, "SCL"), nodata=0)
    job = plan_series(images(tmp_path, True), options=CloudOptions(dilation=0))
    assert job.names == S2
    result = write_series(job, tmp_path / "out")
    assert result.dates[0].valid == SIDE * 150
    unmasked = write_series(plan_series(images(tmp_path)), tmp_path / "out")
    assert unmasked.dates[0].valid == SIDE * SIDE


@pytest.mark.parametrize(("form", "name"), [("netCDF", "series.nc"), ("Zarr", "series.zarr")])
def test_one_file_with_an_axis_of_time(folder, tmp_path, form, name):
    if not can_write(form):
        pytest.skip(f"this GDAL cannot write {form}")
    job = plan_series(images(folder))
    result = write_series(job, tmp_path / "out", form)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name] and result.dates[0].path == ""
    # A second run replaces the first one.
    result = write_series(job, tmp_path / "out", form)
    group = gdal.OpenEx(str(result.path), gdal.OF_MULTIDIM_RASTER).GetRootGroup()
    array = group.OpenMDArray("B8A")
    assert [axis.GetName() for axis in array.GetDimensions()] == ["time", "y", "x"]
    assert np.array_equal(array.ReadAsArray()[2][:, 2:], numbers(2.0)[2])
    assert (array.GetScale(), array.GetNoDataValueAsDouble()) == (0.0001, -32768)
    assert array.GetSpatialRef().GetName() == "WGS 84 / UTM zone 31N"
    time = group.OpenMDArray("time")
    assert time.GetUnit() == "seconds since 1970-01-01 00:00:00"
    assert time.ReadAsArray().tolist() == [1622542272.0, 1625097600.0, 1627776000.0]
    assert group.OpenMDArray("x").ReadAsArray()[0] == EAST - 15 and group.OpenMDArray("y").ReadAsArray()[0] == NORTH - 5
    texts = {attribute.GetName(): attribute.Read() for attribute in time.GetAttributes()}
    assert (texts["calendar"], texts["sensors"]) == ("standard", "Sentinel-2A, Landsat 8, Sentinel-2B")


def test_a_series_can_be_taken_up_again(folder, tmp_path):
    first = write_series(plan_series(images(folder)), tmp_path / "out")
    again = images(tmp_path / "out")
    assert [image.title for image in again] == [date.image.image.title for date in first.dates]
    assert {image.dated_by for image in again} == {"tag SATSHARP_ACQUIRED"}
    second = write_series(plan_series(again), tmp_path / "again")
    assert np.array_equal(pixels_of(first.path), pixels_of(second.path))


def test_turned_rasters_with_masks_of_their_own(tmp_path):
    pixels = np.concatenate((numbers(), np.full((1, SIDE, SIDE), 5, np.uint16)))
    pixels[3, :100] = 8
    for day in ("20210601", "20210602"):
        write_raster(tmp_path / f"S2_{day}.tif", pixels, 8.0, names=(*S2, "SCL"), nodata=0, rotation=6.0)
    result = write_series(plan_series(images(tmp_path, True), options=CloudOptions(dilation=0)), tmp_path / "out")
    assert [date.valid for date in result.dates] == [SIDE * 200] * 2
    assert gdal.Open(result.dates[0].path).GetGeoTransform()[2] == 6.0
    write_raster(tmp_path / "S2_20210601_SCL.tif", pixels[3:], 8.0)
    write_raster(tmp_path / "S2_20210601.tif", numbers(), 8.0, names=S2, nodata=0, rotation=6.0)
    with pytest.raises(GridError, match="turned or upside down"):
        plan_series(images(tmp_path, True), options=CloudOptions(dilation=0))


def test_dates_without_enough_pixels_are_left_out(folder, tmp_path):
    classes = np.full((1, SIDE, SIDE), 9, np.uint8)
    write_raster(folder / "S2A_20210601_SCL.tif", classes, 10.0)
    job = plan_series(images(folder, True), options=CloudOptions(dilation=0))
    result = write_series(job, tmp_path / "out")
    assert [Path(date.path).name for date in result.dates] == ["", "20210701_Landsat-8.tif", "20210801_Sentinel-2B.tif"]
    assert gdal.Open(str(result.path)).RasterCount == 6 and not list((tmp_path / "out").glob("20210601*"))
    with pytest.raises(ProductError, match="None of the 3 dates has enough valid pixels"):
        write_series(job, tmp_path / "none", least_valid=1.0)
    assert not (tmp_path / "none").exists()


def test_nothing_is_left_of_a_cancelled_or_failed_series(folder, tmp_path):
    job = plan_series(images(folder))
    asked = iter(range(100))
    with pytest.raises(CancelledError):
        write_series(job, tmp_path / "out", is_cancelled=lambda: next(asked) > 3)
    assert not (tmp_path / "out").exists()
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.txt").write_text("x")
    with pytest.raises(CancelledError):
        write_series(job, tmp_path / "kept", "netCDF", is_cancelled=lambda: next(asked) > 5)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["mine.txt"]
    (folder / "S2B_20210801.tif").write_bytes((folder / "S2B_20210801.tif").read_bytes()[:2000])
    with pytest.raises(ProductError, match="truncated or damaged"):
        write_series(job, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(OutputError, match=r"There is no format HDF\. Choose one of COG, netCDF, Zarr"):
        write_series(job, tmp_path / "out", "HDF")
    with pytest.raises(OutputError, match="cannot be written"):
        write_series(job, tmp_path / "kept" / "mine.txt")


@pytest.mark.parametrize(
    ("form", "what", "fails", "name"),
    [
        ("COG", "satsharp.core.output_place.shutil.disk_usage", lambda folder: SimpleNamespace(free=0), ""),
        ("COG", "satsharp.core.raster_writer.is_intact", lambda path: False, "20210601T101112_Sentinel-2A.tif"),
        ("netCDF", "satsharp.core.products.series_cube.np.ascontiguousarray", _full, "series.nc"),
    ],
)
def test_lack_of_room_is_told_of_the_folder_of_the_series(folder, tmp_path, monkeypatch, form, what, fails, name):
    """Before, the sentence was about a hidden folder ``.series.partial``."""
    monkeypatch.setattr(what, fails)
    with pytest.raises(OutputError) as caught:
        write_series(plan_series(images(folder)), tmp_path / "out", form)
    text, out = str(caught.value), tmp_path / "out"
    assert ".series.partial" not in text
    assert text.startswith(f"{out / name} cannot be written (" if name else "The output needs")
    assert form != "COG" or f" are free in {out}: make room" in text


def test_rasters_that_do_not_fit_are_told(folder, tmp_path):
    def planned(**more):
        path = folder / "S2_20210901.tif"
        write_raster(path, numbers(), **{"gsd": 10.0, "names": S2, "nodata": 0, **more})
        return plan_series(images(folder))

    with pytest.raises(GridError, match=r"have pixels of 20 m and 10 m.*harmonize_landsat, or coregister.*REFERENCE"):
        planned(gsd=20.0)
    with pytest.raises(GridError, match=r"0\.50 pixels off each other"):
        planned(origin=(EAST + 5, NORTH))
    zones = r"coordinate reference systems \(WGS 84 / UTM zone 32N and WGS 84 / UTM zone 31N\)\. Bring all onto one"
    with pytest.raises(GridError, match=zones):
        planned(epsg=32632)
    far = plan_series  # rasters that share nothing
    planned(origin=(EAST + 10 * SIDE + 20, NORTH))
    with pytest.raises(GridError, match="does not overlap"):
        far(images(folder), extent="intersection")
    with pytest.raises(ProductError, match="There is no band B12 in S2A"):
        far(images(folder), "B12")
    with pytest.raises(GridError, match="no choice 'all' of an extent"):
        far(images(folder), extent="all")


def test_rasters_without_or_with_the_same_date_are_told(folder, tmp_path):
    write_raster(tmp_path / "some.tif", numbers(), 10.0, names=S2)
    with pytest.raises(ProductError, match=r"Nothing tells when some\.tif was taken.*S2_20210630"):
        open_images([file_source(str(tmp_path / "some.tif"))], (), SENSORS, False)
    table = tmp_path / "dates.csv"
    table.write_text("file,date,sensor\nsome.tif,2020-02-29,Drone\n")
    (image,) = open_images((), read_table(table), SENSORS, False)
    assert (image.title, image.dated_by) == ("2020-02-29 Drone", "table")
    write_raster(folder / "S2B_20210801_b.tif", numbers(), 10.0, names=S2)
    with pytest.raises(ProductError, match="are both of 2021-08-01 Sentinel-2B"):
        images(folder)
    with pytest.raises(ProductError, match="No raster is given"):
        open_images((), (), SENSORS, False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProductError, match="holds no rasters"):
        rasters_in(tmp_path / "empty")
    with pytest.raises(ProductError, match="cannot be listed"):
        rasters_in(tmp_path / "nowhere")


def test_profile_of_ndvi(folder):
    points = index_profile(images(folder), Place(EAST + 10 * 299 + 5, NORTH - 55, ""))
    assert [point.image.sensor for point in points] == ["Sentinel-2A", "Landsat 8", "Sentinel-2B"]
    # Landsat's pixels lie two columns further west, so its last column ends before the point.
    assert [point.state for point in points] == ["clear", "outside", "clear"]
    assert points[0].value == pytest.approx(0.6) and points[0].first == pytest.approx(0.4)
    whole = index_profile(images(folder), Place(EAST + 1505, NORTH - 1505, "", 10.0))
    assert [point.pixels for point in whole] == [9, 9, 9] and whole[0].total == 9
    nir = numbers()[2, 150, 149:152] / 10000
    assert whole[0].value == pytest.approx(((nir - 0.1) / (nir + 0.1)).mean(), abs=1e-9)
    # Twice the reflectance is the same index; Landsat's numbers are the same two pixels further east.
    assert whole[2].value == pytest.approx(whole[0].value, abs=1e-9)
    nir = numbers()[2, 150, 151:154] / 10000
    assert whole[1].value == pytest.approx(((nir - 0.1) / (nir + 0.1)).mean(), abs=1e-3)


def test_profile_in_another_crs_with_own_bands(folder):
    from osgeo import osr

    source, target = osr.SpatialReference(), osr.SpatialReference()
    source.ImportFromEPSG(32631)
    target.ImportFromEPSG(4326)
    target.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    lon, lat, _ = osr.CoordinateTransformation(source, target).TransformPoint(EAST + 1505, NORTH - 1505)
    points = index_profile(images(folder), Place(lon, lat, "EPSG:4326"), "own", ("nir", "B04"))
    expected = index_profile(images(folder), Place(EAST + 1505, NORTH - 1505, ""))
    assert [point.value for point in points] == [point.value for point in expected]
    with pytest.raises(ProductError, match="has no band swir1 for NDWI1: it has B"):
        index_profile(images(folder), Place(EAST + 5, NORTH - 5, ""), "NDWI1")
    with pytest.raises(ProductError, match="There is no index EVI"):
        index_profile(images(folder), Place(EAST + 5, NORTH - 5, ""), "EVI")
    with pytest.raises(GridError, match="lies on none of the 3 rasters"):
        index_profile(images(folder), Place(0.0, 0.0, ""))


def test_profile_under_clouds(folder):
    classes = np.full((1, SIDE, SIDE), 4, np.uint8)
    classes[0, 150, 150] = 9
    write_raster(folder / "S2A_20210601_SCL.tif", classes, 10.0)
    place = Place(EAST + 1505, NORTH - 1505, "", 10.0)
    points = index_profile(images(folder, True), place, options=CloudOptions(dilation=0))
    assert [(point.pixels, point.state) for point in points] == [(8, "clear"), (9, "clear"), (9, "clear")]
    strict = Place(place.x, place.y, "", 10.0, 0.9)
    points = index_profile(images(folder, True), strict, options=CloudOptions(dilation=0))
    assert [point.state for point in points] == ["masked", "clear", "clear"]
    points = index_profile(images(folder, True), place, options=CloudOptions(dilation=20))
    assert points[0].state == "masked" and math.isnan(points[0].value)
    rows = list(csv.DictReader(io.StringIO(profile_csv(points, "NDVI"))))
    assert [row["date"] for row in rows] == ["2021-06-01T10:11:12Z", "2021-07-01", "2021-08-01"]
    assert (rows[0]["NDVI"], rows[0]["state"]) == ("", "masked") and float(rows[2]["NDVI"]) == pytest.approx(
        0.43, abs=0.01
    )
    plot = profile_svg(points, "NDVI", "here")
    assert plot.count("<circle") == 2 + 2 and "2021-08-01 Sentinel-2B" in plot
    with pytest.raises(ProductError, match="No date is clear"):
        profile_svg(points[:1], "NDVI", "here")


@pytest.mark.parametrize(
    ("x", "y", "radius", "expected"),
    [
        (5.0, -5.0, 0.0, Window(0, 0, 1, 1)),
        (15.0, -15.0, 10.0, Window(0, 0, 3, 3)),
        (15.0, -15.0, 9.9, Window(1, 1, 1, 1)),
        (20.0, -15.0, 5.0, Window(1, 1, 1, 2)),
        (1.0, -1.0, 100.0, Window(0, 0, 4, 4)),
        (41.0, -1.0, 100.0, Window(0, 0, 0, 0)),
        (-0.1, -1.0, 0.0, Window(0, 0, 0, 0)),
    ],
)
def test_pixels_around_a_point(x, y, radius, expected):
    grid = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 4, 4)
    assert window_around(x, y, "", grid, radius) == expected


def test_real_series_of_the_rufiji_delta(tmp_path):
    folder = DATA / "s2" / "rsgislib_T37MEM_timeseries_20m"
    if not folder.is_dir():
        pytest.skip(f"the real series is not in {DATA}")
    found = images(folder)
    assert len(found) == 21 and {image.sensor for image in found} == {"Sentinel-2"}
    job = plan_series(found, "B04, B8A")
    result = write_series(job, tmp_path / "out")
    assert gdal.Open(str(result.path)).RasterCount == 42
    grid = found[0].raster.grid
    points = index_profile(found, Place(*grid.locate(grid.height / 2, grid.width / 2), "", 60.0))
    clear = [point.value for point in points if point.state == "clear"]
    assert len(clear) >= 10 and all(-1 <= value <= 1 for value in clear)


def test_series_of_another_run_is_left_alone(folder, tmp_path):
    job, place = plan_series(images(folder)), tmp_path / "out"
    unfinished = place / ".series.partial" / "a.tif.partial"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(b"of the other run")
    with reserved((place / "series",)), pytest.raises(OutputError, match="is being written by another run"):
        write_series(job, place)
    assert unfinished.read_bytes() == b"of the other run"
    write_series(job, place)
    assert not unfinished.parent.exists()
    assert not list(place.glob("*.lock"))
