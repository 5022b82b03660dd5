# SPDX-License-Identifier: GPL-2.0-or-later
"""Single files of products, as QGIS opens them: their numbers mean what the product or its maker's name says."""

from __future__ import annotations

import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.cards import load_cards  # noqa: E402
from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.products.measured_raster import MeasuredRaster, file_source, open_measured  # noqa: E402
from satsharp.core.products.product_values import product_values  # noqa: E402
from satsharp.core.products.raster_files import RasterSource  # noqa: E402
from satsharp.core.products.raster_scene import open_rasters  # noqa: E402
from satsharp.core.products.reflective_raster import open_raster_bands  # noqa: E402
from satsharp.core.products.value_sample import high_value, largest_value  # noqa: E402
from satsharp.core.raster import RESULT_TAG  # noqa: E402
from satsharp.core.sensors import SENSOR_FOLDER, load_sensors, sensor_by_id  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

from .products_factory import Safe, make_safe, zip_folder  # noqa: E402
from .raster_factory import write_adding_model, write_raster  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors(SENSOR_FOLDER)[0]}
# A different offset for each band, so that none can be taken for another.
OFFSETS = tuple(-1000.0 - band for band in range(13))
SR, L1 = "LC09_L2SP_195025_20230615_20230627_02_T1", "LC09_L1TP_195025_20230615_20230627_02_T1"


def opened(path: str | Path, title: str = "") -> MeasuredRaster:
    source = file_source(str(path))
    return open_measured(replace(source, title=title or source.title), SENSORS)


def relation(raster: MeasuredRaster, name: str) -> tuple[float, float]:
    band = raster.find(name)
    assert band is not None
    return band.scale, band.offset


def image(safe: Path, band: str, gsd: int) -> Path:
    return next(safe.glob(f"GRANULE/*/IMG_DATA/**/*_{band}_{gsd}m.jp2"))


def joined(path: Path, files: list[Path], names: tuple[str, ...], separate: bool = True) -> Path:
    """Write a virtual raster."""
    virtual = gdal.BuildVRT(str(path), [str(file) for file in files], separate=separate)
    for index, name in enumerate(names):
        virtual.GetRasterBand(index + 1).SetDescription(name)
    del virtual
    return path


@pytest.fixture(scope="module")
def safe(tmp_path_factory) -> Path:
    return make_safe(tmp_path_factory.mktemp("safe"), Safe(offsets=OFFSETS, quantification="9000"))


@pytest.fixture(scope="module")
def subdataset(tmp_path_factory) -> str:
    """What QGIS opens of a product, up to the GSD."""
    made = simulate_product(tmp_path_factory.mktemp("simulated"), SimulationOptions(size=60)).safe
    metadata = made / "MTD_MSIL2A.xml"
    text = metadata.read_text(encoding="utf-8")
    changed = re.sub(
        r'(<BOA_ADD_OFFSET band_id="(\d+)">)-1000', lambda found: f"{found[1]}{-1000 - int(found[2])}", text
    )
    changed = re.sub(r"(<BOA_QUANTIFICATION_VALUE[^>]*>)10000", r"\g<1>9000", changed)
    assert changed.count(">-1012<") == changed.count(">9000<") == 1
    metadata.write_text(changed, encoding="utf-8")
    return f"SENTINEL2_L2A:{metadata}"


# --- Sentinel-2 -------------------------------------------------------------------------------------------------------


def test_subdatasets_have_the_offsets_of_their_product(subdataset):
    fine = opened(f"{subdataset}:10m:EPSG_32631", "layer")
    # Newer GDAL (seen with 3.10) adds the aerosol optical thickness and the water vapour.
    names = [band.name for band in fine.bands]
    assert names[:4] == ["B04", "B03", "B02", "B08"] and fine.sensor == "sentinel2"
    for name, number in (("B02", 1), ("B04", 3), ("B08", 7)):
        assert relation(fine, name) == pytest.approx((1 / 9000, (-1000 - number) / 9000), rel=1e-12)
    assert {(band.nodata, band.saturated) for band in fine.bands[:4]} == {(0.0, 65535.0)}
    assert [note for note in fine.notes if "layer (AOT, " not in note] == [] and len(fine.notes) == (len(names) > 4)
    coarse = opened(f"{subdataset}:20m:EPSG_32631", "layer")
    assert relation(coarse, "B8A") == pytest.approx((1 / 9000, -1008 / 9000), rel=1e-12)
    assert relation(coarse, "B12") == pytest.approx((1 / 9000, -1012 / 9000), rel=1e-12)


@pytest.mark.parametrize("packed", [False, True])
def test_single_images_have_the_offsets_of_their_product(safe, tmp_path, packed):
    path = str(image(safe, "B08", 10))
    if packed:
        path = f"/vsizip/{zip_folder(safe, tmp_path / 'p.zip')}/{Path(path).relative_to(safe.parent)}"
    found = opened(path)
    assert [band.name for band in found.bands] == ["B08"] and found.sensor == "sentinel2" and found.notes == ()
    assert relation(found, "B08") == pytest.approx((1 / 9000, -1007 / 9000), rel=1e-12)
    assert (found.bands[0].nodata, found.bands[0].saturated) == (0.0, 65535.0)


def test_older_products_and_level1_are_read_as_they_say(tmp_path):
    old = make_safe(tmp_path / "old", Safe(layout="old", level="L1C", offsets=()))
    path = next(old.glob("GRANULE/*/IMG_DATA/*_B04.jp2"))
    assert relation(opened(path), "B04") == (1e-4, 0.0) and opened(path).notes == ()
    new = make_safe(tmp_path / "new", Safe(level="L1C"))
    # Unpacked into a folder that is not called .SAFE.
    shutil.move(new, tmp_path / "plain")
    path = next((tmp_path / "plain").glob("GRANULE/*/IMG_DATA/*_B04.jp2"))
    assert relation(opened(path), "B04") == pytest.approx((1e-4, -0.1), rel=1e-12)


def test_images_without_their_metadata_are_refused(safe, tmp_path):
    copied = tmp_path / safe.name
    shutil.copytree(safe, copied)
    (copied / "MTD_MSIL2A.xml").unlink()
    with pytest.raises(ProductError, match="lies inside a SAFE product, whose metadata say what its values mean"):
        opened(image(copied, "B02", 10))
    # Beyond the product nothing tells.
    alone = shutil.copy(image(copied, "B02", 10), tmp_path)
    found = opened(alone)
    assert relation(found, "B02") == (1e-4, 0.0)
    assert found.notes == (
        f"Nothing tells what the values of {Path(alone).name} are; assumed: reflectance = digital number / 10000.",
    )


def test_other_images_of_a_product_are_no_bands_of_it(safe):
    folder = image(safe, "B02", 10).parents[2] / "QI_DATA"
    folder.mkdir()
    mask = shutil.copy(image(safe, "B02", 10), folder / "MSK_QUALIT_B02.jp2")
    try:
        assert relation(opened(mask), "B02") == (1e-4, 0.0)
    finally:
        shutil.rmtree(folder)


def test_the_layout_of_the_public_bucket(safe, tmp_path):
    shutil.copy(next(safe.glob("GRANULE/*/MTD_TL.xml")), tmp_path / "metadata.xml")
    (tmp_path / "tileInfo.json").write_text("{}", encoding="utf-8")
    (tmp_path / "R10m").mkdir()
    path = shutil.copy(image(safe, "B03", 10), tmp_path / "R10m" / "B03.jp2")
    assert relation(opened(path), "B03") == pytest.approx((1e-4, -0.1), rel=1e-12)


def test_virtual_rasters_of_images(safe, tmp_path):
    path = joined(tmp_path / "stack.vrt", [image(safe, "B04", 10), image(safe, "B08", 10)], ("red", "nir"))
    found = opened(path)
    assert found.sensor == "sentinel2" and found.notes == ()
    assert relation(found, "B04") == pytest.approx((1 / 9000, -1003 / 9000), rel=1e-12)
    assert relation(found, "B08") == pytest.approx((1 / 9000, -1007 / 9000), rel=1e-12)
    # One of that, and one that is warped.
    assert relation(opened(joined(tmp_path / "again.vrt", [path], ("", ""), False)), "band 2")[1] == -1007 / 9000
    gdal.Warp(str(tmp_path / "warped.vrt"), str(path), format="VRT", dstSRS="EPSG:32632")
    warped = open_raster_bands(file_source(str(tmp_path / "warped.vrt")), "sentinel2a", ("B04", "B08"))
    assert warped.bands[1].declared == pytest.approx((1 / 9000, -1007 / 9000), rel=1e-12)
    assert warped.warnings == ()


def test_virtual_rasters_that_compute_or_declare_are_taken_as_they_are(safe, tmp_path):
    path = joined(tmp_path / "stack.vrt", [image(safe, "B04", 10)], ("B04",))
    text = path.read_text(encoding="utf-8")
    kind = "ComplexSource" if "<ComplexSource>" in text else "SimpleSource"
    computing = text.replace(f"<{kind}>", "<ComplexSource>")
    computing = computing.replace(f"</{kind}>", "<ScaleRatio>0.5</ScaleRatio></ComplexSource>")
    assert computing.count("<ScaleRatio>") == 1
    path.write_text(computing, encoding="utf-8")
    found = opened(path)
    assert relation(found, "B04") == (1e-4, 0.0) and "assumed" in found.notes[0]
    path.write_text(text.replace(f"<{kind}>", f"<Scale>0.001</Scale><{kind}>"), encoding="utf-8")
    assert relation(opened(path), "B04") == (0.001, 0.0)


def test_a_mosaic_of_two_baselines_is_refused(safe, tmp_path):
    old = make_safe(tmp_path / "old", Safe(baseline="03.01", offsets=()))
    path = joined(tmp_path / "m.vrt", [image(safe, "B04", 10), image(old, "B04", 10)], ("B04",), separate=False)
    with pytest.raises(ProductError, match=r"m.vrt joins files whose values mean different things: \(digital number"):
        opened(path)


def test_copies_of_subdatasets_keep_their_baseline(subdataset, tmp_path):
    """GDAL copies BOA_QUANTIFICATION_VALUE and PROCESSING_BASELINE; newer GDAL (seen with 3.10) the offsets, too."""
    path = tmp_path / "copy.tif"
    gdal.Translate(str(path), f"{subdataset}:10m:EPSG_32631")
    dataset = gdal.Open(str(path), gdal.GA_Update)
    offset = dataset.GetRasterBand(1).GetMetadataItem("BOA_ADD_OFFSET") or "-1000"
    assert offset in ("-1000", "-1003")
    assert relation(opened(path), "B04") == pytest.approx((1 / 9000, int(offset) / 9000), rel=1e-12)
    dataset.SetMetadataItem("PROCESSING_BASELINE", "03.01")
    dataset.GetRasterBand(1).SetMetadataItem("BOA_ADD_OFFSET", None)
    del dataset
    assert relation(opened(path), "B04") == (1 / 9000, 0.0)


def test_any_raster_is_sharpened_with_the_offset_of_its_product(subdataset, tmp_path):
    write_adding_model(tmp_path, "m", ("B04", "B03", "B02"), 2, gsd=10.0, sensor="sentinel2")
    source = RasterSource(f"{subdataset}:10m:EPSG_32631", "layer")
    found, _ = open_rasters(source, None, load_cards(tmp_path)[0], "auto", SENSORS)
    for name, number in (("B02", 1), ("B04", 3)):
        band = found.scene.band(name)
        assert (band.scale, band.offset) == pytest.approx((1 / 9000, (-1000 - number) / 9000), rel=1e-12)
        assert (band.nodata, band.saturated) == (0.0, 65535.0)
    assert found.warnings == ()


# --- Landsat ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "descriptions", "bands", "notes"),
    [
        (f"{SR}_SR_B4.TIF", ("",), ["B4"], 0),
        (f"{SR}_SR_B5_clipped.tif", ("",), ["B5"], 1),
        (f"{SR}.tif", ("SR_B4", "SR_B5"), ["B4", "B5"], 0),
        (f"{SR}.tif", ("red", "nir"), ["B4", "B5"], 1),
        (f"{SR}.tif", ("B04", "B05"), ["B4", "B5"], 1),
    ],
)
def test_surface_reflectance_of_landsat_goes_by_its_name(tmp_path, name, descriptions, bands, notes):
    pixels = np.full((len(descriptions), 4, 4), 12000, np.uint16)
    found = opened(write_raster(tmp_path / name, pixels, names=descriptions))
    assert [band.name for band in found.bands] == bands and found.sensor == "landsat"
    assert len(found.notes) == notes and all("assumed: reflectance = surface" in note for note in found.notes)
    assert {(band.scale, band.offset, band.nodata) for band in found.bands} == {(2.75e-5, -0.2, 0.0)}
    assert found.wavelengths[bands[-1]] == {"B4": 654.6, "B5": 864.7}[bands[-1]]


def test_what_a_landsat_file_declares_comes_first(tmp_path):
    path = write_raster(tmp_path / f"{SR}_SR_B4.TIF", np.full((1, 4, 4), 500, np.uint16), scale=(0.001, 0.0))
    assert relation(opened(path), "B4") == (0.001, 0.0)
    path = write_raster(tmp_path / f"{SR}_SR_B5.TIF", np.full((1, 4, 4), 0.3, np.float32))
    assert relation(opened(path), "B5") == (1.0, 0.0)


def test_level1_of_landsat_goes_by_the_metadata_beside_it(tmp_path):
    options = LandsatOptions(size=30, seed=5, clouds=False, level="L1TP")
    folder = simulate_landsat(tmp_path, options).folder
    path = next(folder.glob("*_B4.TIF"))
    text = next(folder.glob("*_MTL.txt")).read_text(encoding="utf-8")
    sine = math.sin(math.radians(float(text.split("SUN_ELEVATION = ")[1].split()[0])))
    assert 0.4 < sine < 0.95
    expected = pytest.approx((2e-5 / sine, -0.1 / sine), rel=1e-9)
    assert relation(opened(path), "B4") == expected and opened(path).notes == ()
    # The table of bandpasses gets the same, and the copy keeps what it found.
    raster = open_raster_bands(file_source(str(path)), "landsat8")
    assert (raster.bands[0].band.scale, raster.bands[0].band.offset) == expected
    assert raster.bands[0].declared == expected and raster.warnings == () and raster.level == "L1TP"
    virtual = joined(tmp_path / "v.vrt", [path, next(folder.glob("*_B5.TIF"))], ("red", "nir"))
    assert relation(opened(virtual), "B5") == expected


@pytest.mark.parametrize("with_statistics", [False, True])
def test_level1_without_metadata_is_assumed(tmp_path, with_statistics):
    """Statistics in an .aux.xml have older GDAL return scale 1 and offset 0, which nobody declared."""
    path = write_raster(tmp_path / f"{L1}_B4.TIF", np.arange(16, dtype=np.uint16).reshape(1, 4, 4) + 9000)
    if with_statistics:
        shutil.copy(path, tmp_path / "x.tif")
        dataset = gdal.Open(str(path))
        dataset.GetRasterBand(1).ComputeStatistics(False)
        del dataset
        assert Path(f"{path}.aux.xml").exists()
        dataset = gdal.Open(str(path))
        assert dataset.GetRasterBand(1).GetScale() in (1.0, None)
    words = "digital number / 50000 -0.1 of Landsat Level-1, without the sun's elevation, which the ..._MTL.txt"
    raster = open_raster_bands(file_source(str(path)), "landsat9")
    assert (raster.bands[0].band.scale, raster.bands[0].band.offset) == (2e-5, -0.1)
    assert raster.bands[0].declared is None and words in raster.warnings[0] and len(raster.warnings) == 1
    found = opened(path)
    assert relation(found, "B4") == (2e-5, -0.1) and words in found.notes[0] and "assumed" in found.notes[0]


def test_statistics_declare_nothing(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((1, 4, 4), 2000, np.uint16), names=["B4"])
    dataset = gdal.Open(str(path))
    dataset.GetRasterBand(1).ComputeStatistics(False)
    del dataset
    dataset = gdal.Open(str(path))
    assert dataset.GetRasterBand(1).GetScale() in (1.0, None)
    raster = open_raster_bands(file_source(str(path)), "landsat9")
    assert raster.bands[0].declared is None and raster.notes == ()
    assert raster.warnings == ("Nothing tells what the values of in.tif are; assumed: digital number / 36363.6 -0.2.",)


def test_older_landsats_have_the_relation_and_not_the_bands(tmp_path):
    """B4 of the Thematic Mapper is near infrared, that of OLI and MSI red."""
    path = write_raster(tmp_path / (SR.replace("LC09", "LT05") + "_SR_B4.TIF"), np.full((1, 4, 4), 12000, np.uint16))
    found = opened(path)
    assert found.sensor == "" and found.bands[0].wavelength_nm is None and found.notes == ()
    assert (found.bands[0].scale, found.bands[0].offset, found.bands[0].saturated) == (2.75e-5, -0.2, 65535.0)


def test_surface_temperature_is_no_reflectance(tmp_path):
    path = write_raster(tmp_path / f"{SR}_ST_B10.TIF", np.full((1, 4, 4), 44000, np.uint16))
    found = opened(path)
    assert found.sensor == "" and found.bands[0].scale == 1e-4 and "assumed" in found.notes[0]


# --- HLS --------------------------------------------------------------------------------------------------------------

L30, S30 = "HLS.L30.T31UDQ.2021182T104500.v2.0", "HLS.S30.T31UDQ.2021182T104500.v2.0"


@pytest.mark.parametrize(
    ("name", "descriptions", "sensor", "wavelengths"),
    [
        (f"{L30}.B05.tif", ("",), "landsat", {"B5": 864.7}),
        (f"{L30}.B05.tif", ("NIR_Narrow",), "landsat", {"B5": 864.7}),
        (f"{S30}.B05.tif", ("",), "sentinel2", {"B05": 704.1}),
        ("HLSL30.020_B05_doy2021182104500_aid0001_31N.tif", ("",), "landsat", {"B5": 864.7}),
        ("HLS_L30_20210701.tif", ("B04", "B05", "B06"), "landsat", {"B4": 654.6, "B5": 864.7, "B6": 1608.9}),
        ("HLS_S30_20210701.tif", ("B04", "B05", "B8A"), "sentinel2", {"B04": 664.6, "B05": 704.1, "B8A": 864.7}),
    ],
)
@pytest.mark.parametrize("declared", [False, True])
def test_bands_of_hls_are_those_of_the_sensor_in_its_name(tmp_path, name, descriptions, sensor, wavelengths, declared):
    """Before, B05 of HLS.L30, near infrared, was taken for Sentinel-2's red edge."""
    pixels = np.full((len(descriptions), 4, 4), 3000, np.int16)
    pixels[:, 0, 0] = -9999
    more = {"scale": (0.0001, 0.0), "nodata": -9999} if declared else {}
    found = opened(write_raster(tmp_path / name, pixels, 30.0, names=descriptions, **more))
    assert (found.sensor, found.wavelengths) == (sensor, wavelengths)
    assert all((band.scale, band.offset, band.nodata) == (1e-4, 0.0, -9999.0) for band in found.bands)
    words = f"Nothing tells what the values of {name} are; assumed: reflectance = digital number / 10000 of HLS."
    own = declared or name.startswith("HLS.")
    assert found.notes == (() if own else (words,))


RENAMED = {"B02": 492.4, "B03": 559.8, "B04": 664.6, "B8A": 864.7, "B11": 1613.7, "B12": 2202.4}


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize(
    ("name", "wavelengths", "sensor"),
    [
        ("HLS_L30_20210701.tif", RENAMED, "sentinel2"),
        ("HLS_L30_B8A_20210701.tif", {"B8A": 864.7}, "sentinel2"),
        ("HLS_S30_20210701.tif", {"SR_B4": 654.6, "SR_B5": 864.7, "SR_B6": 1608.9}, "landsat"),
        # Thermal bands of Landsat have numbers of Sentinel-2's.
        ("HLS_L30_20210702.tif", {"B04": 654.6, "B05": 864.7, "B10": 0.0, "B11": 0.0}, "landsat"),
    ],
)
def test_renamed_bands_of_hls_are_what_they_are_called(tmp_path, name, wavelengths, sensor, declared):
    """Before, B8A and B12 of a file called HLS_L30 had no wavelengths, so that time series lost them."""
    pixels = np.full((len(wavelengths), 4, 4), 3000, np.int16)
    more = {"scale": (0.0001, 0.0), "nodata": -9999} if declared else {}
    names = ("",) if len(wavelengths) == 1 else tuple(wavelengths)
    found = opened(write_raster(tmp_path / name, pixels, 30.0, names=names, **more))
    assert found.sensor == sensor and list(found.wavelengths.values()) == list(wavelengths.values())
    known = [band for band in found.bands if band.wavelength_nm]
    assert all((band.scale, band.offset, band.nodata) == (1e-4, 0.0, -9999.0) for band in known)


def test_renamed_bands_of_hls_in_a_virtual_raster(tmp_path):
    own = ("B02", "B03", "B04", "B05", "B06", "B07")
    pixels = np.full((1, 4, 4), 3000, np.int16)
    files = [write_raster(tmp_path / f"{L30}.{band}.tif", pixels, 30.0) for band in own]
    found = opened(joined(tmp_path / "stack.vrt", files, tuple(RENAMED)))
    assert (found.sensor, found.wavelengths) == ("sentinel2", RENAMED) and found.notes == ()
    assert all((band.scale, band.nodata) == (1e-4, -9999.0) for band in found.bands)


@pytest.mark.parametrize("virtual", [False, True])
def test_results_called_like_hls_keep_their_bands(tmp_path, virtual):
    """Harmonized Landsat has Sentinel-2's bands, be there some that only Sentinel-2 has among them or not."""
    path = tmp_path / "HLS_L30_20210701.tif"
    write_raster(path, np.full((2, 4, 4), 3000, np.uint16), names=("B02", "B04"), scale=(0.0001, 0.0), nodata=0)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetMetadata({RESULT_TAG: "LC09", "SATSHARP_SENSOR": "sentinel2"})
    del dataset
    found = opened(joined(tmp_path / "v.vrt", [path], ("B02", "B04"), False) if virtual else path)
    assert (found.sensor, found.wavelengths) == ("sentinel2", {"B02": 492.4, "B04": 664.6})


def test_stacked_files_of_hls_and_other_values(tmp_path):
    files = [
        write_raster(tmp_path / f"{L30}.{band}.tif", np.full((1, 4, 4), 3000, np.int16), 30.0)
        for band in ("B04", "B05")
    ]
    found = opened(joined(tmp_path / "stack.vrt", files, ("B04", "B05")))
    assert found.wavelengths == {"B4": 654.6, "B5": 864.7} and relation(found, "B5") == (1e-4, 0.0)
    # Reflectances are taken as they are; thermal bands are none.
    whole = write_raster(tmp_path / "HLS.L30.a.tif", np.full((1, 4, 4), 3000, np.float32), 30.0, names=("B05",))
    part = write_raster(tmp_path / "HLS.L30.b.tif", np.full((1, 4, 4), 0.3, np.float32), 30.0, names=("B05",))
    assert (relation(opened(whole), "B5"), relation(opened(part), "B5")) == ((1e-4, 0.0), (1.0, 0.0))
    thermal = opened(write_raster(tmp_path / f"{L30}.B11.tif", np.full((1, 4, 4), 2500, np.int16), 30.0))
    assert thermal.sensor == "" and thermal.wavelengths == {"band 1": 0.0}


# --- any raster -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "tag", "sensor", "scale"),
    [
        ("x_20210630.tif", "", "sentinel2", 1e-4),
        ("Landsat 8 20210630.tif", "", "landsat", 2.75e-5),
        ("Sentinel-2A 20210630.tif", "", "sentinel2", 1e-4),
        ("x_20210630.tif", "landsat", "landsat", 2.75e-5),
        ("Landsat 8 20210630.tif", "sentinel2", "sentinel2", 1e-4),
    ],
)
def test_tag_and_name_tell_whose_red_it_is(tmp_path, file, tag, sensor, scale):
    path = write_raster(tmp_path / file, np.full((2, 4, 4), 9000, np.uint16), names=("red", "nir"))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetMetadataItem("SATSHARP_SENSOR", tag)
    del dataset
    found = opened(path)
    assert found.sensor == sensor and found.bands[0].scale == pytest.approx(scale, rel=1e-6)
    words = {"sentinel2": "digital number / 10000", "landsat": "digital number / 36363.6 -0.2"}[sensor]
    assert found.notes == (f"Nothing tells what the values of {file} are; assumed: reflectance = {words}.",)


def test_only_what_is_assumed_is_told(tmp_path):
    path = write_raster(tmp_path / "in.tif", np.full((2, 4, 4), 9000, np.uint16), names=("B04", "height"))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.GetRasterBand(1).SetScale(0.0002)
    del dataset
    assert opened(path).notes == (
        "Nothing tells what the values of in.tif (height) are; assumed: reflectance = digital number / 10000.",
    )


@pytest.mark.parametrize("nodata", [None, -9999.0])
def test_a_few_bad_pixels_do_not_make_numbers_of_reflectances(tmp_path, nodata):
    pixels = np.random.default_rng(1).uniform(0.01, 0.4, (1, 60, 50)).astype(np.float32)
    pixels[0, :2] = 0 if nodata is None else nodata
    pixels[0, 5, :20] = 6.0
    pixels[0, 6, 0], pixels[0, 6, 1] = 30000.0, np.nan
    path = write_raster(tmp_path / "in.tif", pixels, names=("B04",), nodata=nodata)
    dataset = gdal.Open(str(path))
    high, whole = high_value(dataset.GetRasterBand(1))
    assert high == pytest.approx(0.4, abs=0.01) and not whole
    found = opened(path)
    assert relation(found, "B04") == (1.0, 0.0) and found.notes == ()
    # Numbers stay numbers though most of the raster is empty.
    numbers = np.zeros((1, 200, 200), np.float32)
    numbers[0, :14] = pixels[0, 10, 0] + 2500
    path = write_raster(tmp_path / "numbers.tif", numbers, names=("B04",))
    assert relation(opened(path), "B04") == (1e-4, 0.0)


def test_values_in_a_corner_are_found(tmp_path):
    """A sample of the blocks may hold nodata only."""
    pixels = np.full((1, 400, 20), -1.0, np.float32)
    pixels[0, 201, 3] = 0.25
    path = write_raster(tmp_path / "in.tif", pixels, names=("B04",), nodata=-1.0)
    translated = tmp_path / "rows.tif"
    gdal.Translate(str(translated), str(path), creationOptions=["BLOCKYSIZE=1"])
    assert relation(opened(translated), "B04") == (1.0, 0.0)
    empty = gdal.Open(str(write_raster(tmp_path / "empty.tif", np.full((1, 4, 4), -1.0, np.float32), nodata=-1.0)))
    assert math.isnan(high_value(empty.GetRasterBand(1))[0]) and math.isnan(largest_value(empty.GetRasterBand(1)))


@pytest.mark.parametrize("strips", [True, False])
def test_numbers_beside_an_empty_half_stay_numbers(tmp_path, strips):
    """The middle of every strip is empty here: what lies at the right tells."""
    pixels = np.zeros((1, 300, 2000), np.float32)
    pixels[0, :, 1400:] = np.random.default_rng(2).integers(200, 4000, (300, 600))
    path = write_raster(tmp_path / "in.tif", pixels, names=("B04",))
    copy = tmp_path / "copy.tif"
    gdal.Translate(str(copy), str(path), creationOptions=["TILED=NO"] if strips else ["TILED=YES"])
    assert relation(opened(copy), "B04") == (1e-4, 0.0)


def test_numbers_of_a_dark_sea_stay_numbers(tmp_path):
    pixels = np.random.default_rng(3).integers(1, 5, (1, 200, 200)).astype(np.float32)
    pixels[0, 0, :40] = 3000
    path = write_raster(tmp_path / "in.tif", pixels, names=("B04",))
    assert relation(opened(path), "B04") == (1e-4, 0.0)


@pytest.mark.parametrize(
    ("name", "dtype", "expected"),
    [("_SR_B4.TIF", np.uint16, False), ("_SR_B4_clip.tif", np.uint16, True), ("_SR_B4.TIF", np.uint8, None)],
)
def test_names_that_go_on_are_assumptions_and_pictures_no_reflectance(tmp_path, name, dtype, expected):
    path = write_raster(tmp_path / f"LC09_L2SP_195025_20230615_20230627_02_T1{name}", np.full((1, 20, 20), 120, dtype))
    dataset = gdal.Open(str(path))
    found = product_values(dataset, 1, str(path))
    assert (None if found is None else found.assumed) == expected


def test_stacks_tell_what_they_assume(tmp_path):
    from satsharp.core.products import open_scene

    ten = write_raster(tmp_path / "ten.tif", np.full((1, 60, 60), 900, np.uint16), 10.0, names=("B04",))
    twenty = write_raster(tmp_path / "twenty.tif", np.full((1, 30, 30), 900, np.uint16), 20.0, names=("B05",))
    scene = open_scene(f"{ten};{twenty}", sensor_by_id("sentinel2"))
    assert len(scene.notes) == 1 and scene.notes[0].endswith("are; assumed: digital number / 10000.")
    for path in (ten, twenty):
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.GetRasterBand(1).SetScale(0.0001)
        del dataset
    assert open_scene(f"{ten};{twenty}", sensor_by_id("sentinel2")).notes == ()


def test_metadata_are_parsed_once_and_anew_where_they_changed(tmp_path, monkeypatch):
    from satsharp.core.products import sentinel2_around

    parsed = []
    plain = sentinel2_around.parse_product
    monkeypatch.setattr(sentinel2_around, "parse_product", lambda root, file: parsed.append(file) or plain(root, file))
    monkeypatch.setattr(sentinel2_around.files, "names", lambda folder: ())
    root = make_safe(tmp_path, Safe(level="L2A"))
    image = str(next(root.rglob("*_B04_10m.jp2")))
    first = sentinel2_around.metadata_around(image)
    assert sentinel2_around.metadata_around(image) is first and len(parsed) == 1
    xml = root / "MTD_MSIL2A.xml"
    xml.write_text(xml.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert sentinel2_around.metadata_around(image) == first and len(parsed) == 2
