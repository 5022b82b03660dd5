# SPDX-License-Identifier: GPL-2.0-or-later
"""Which cloud mask of a folder serves which date: place, satellite, time, scene, product and name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.harmonization.clouds import CloudOptions  # noqa: E402
from satsharp.core.products.measured_raster import file_source  # noqa: E402
from satsharp.core.sensors import SENSOR_FOLDER, load_sensors  # noqa: E402
from satsharp.core.timeseries.images import open_images, rasters_in, warnings_of  # noqa: E402
from satsharp.core.timeseries.products import missing_step  # noqa: E402
from satsharp.core.timeseries.series_plan import plan_series  # noqa: E402
from satsharp.core.timeseries.series_run import write_series  # noqa: E402
from satsharp.tests.unit.products_factory import make_safe  # noqa: E402
from satsharp.tests.unit.raster_factory import EAST, NORTH, write_raster  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors(SENSOR_FOLDER)[0]}
S2, L8 = ("B03", "B04", "B8A"), ("SR_B3", "SR_B4", "SR_B5")
SIDE = 40
NAME = "S2A_MSIL2A_20210601T101112_N0300_R022_T31UDQ_20210601T140000"


def write_image(folder: Path, name: str = f"{NAME}.tif", **tags: str) -> None:
    more = {"names": S2, "nodata": 0, "scale": (0.0001, 0.0)}
    _tagged(write_raster(folder / name, np.full((3, SIDE, SIDE), 2000, np.uint16), 10.0, **more), tags)


def write_mask(folder: Path, name: str, cloudy: int = 9, side: int = SIDE, **more) -> None:
    """Write classes of Sentinel-2 whose upper half is cloud, or the given number."""
    classes = np.full((1, side, side), 4, np.uint8)
    classes[0, : side // 2] = cloudy
    tags = {key: more.pop(key) for key in list(more) if key.isupper()}
    _tagged(write_raster(folder / name, classes, **{"gsd": 10.0, **more}), tags)


def _tagged(path: Path, tags: dict[str, str]) -> None:
    dataset = gdal.Open(str(path), gdal.GA_Update)
    for key, value in tags.items():
        dataset.SetMetadataItem(key, value)


def image_of(folder: Path):
    (image,) = open_images([file_source(path) for path in rasters_in(folder)], (), SENSORS, True)
    return image


def mask_of(folder: Path) -> str:
    image = image_of(folder)
    return "" if image.clouds is None else Path(image.clouds[0].path).name


def test_classes_of_another_place_hide_nothing(tmp_path):
    """Before, QA_OUTPUT from the other side of the Earth hid every pixel of that day, and the log did not tell."""
    write_image(tmp_path, SATSHARP_SENSOR="sentinel2")
    place = {"names": ("classes",), "cloudy": 1, "SATSHARP_ACQUIRED": "2021-06-01"}
    for number, more in enumerate(({"epsg": 32719}, {"epsg": 32755}, {"origin": (EAST + 10 * SIDE, NORTH)})):
        write_mask(tmp_path, f"elsewhere_{number}.tif", **place, **more)
    image = image_of(tmp_path)
    assert image.clouds is None
    assert image.mask_warning == (
        f"{NAME}.tif: these masks of its day are not its own: elsewhere_0.tif lies elsewhere; elsewhere_1.tif "
        "lies elsewhere; elsewhere_2.tif lies elsewhere."
    )
    result = write_series(plan_series((image,), options=CloudOptions(dilation=0)), tmp_path / "out")
    assert result.dates[0].valid == SIDE * SIDE
    # One column further west it lies over the raster, though only over a part.
    write_mask(tmp_path, "elsewhere_2.tif", **place, origin=(EAST + 10 * SIDE - 10, NORTH))
    assert mask_of(tmp_path) == "elsewhere_2.tif"


def test_ground_that_a_mask_does_not_cover_is_told(tmp_path):
    """Before, it became nodata without a word."""
    write_image(tmp_path)
    write_mask(tmp_path, f"{NAME}_SCL.tif", 4, origin=(EAST + 100, NORTH))
    image = image_of(tmp_path)
    told = (
        f"Cloud masks do not cover all the ground of {NAME}.tif (25.0 %): the part in brackets counts as hidden. Pass "
        "masks of the whole ground."
    )
    assert warnings_of((image,), True) == (told,) and warnings_of((image,), False) == ()
    job = plan_series((image,), options=CloudOptions())
    assert job.notes == (told,)
    assert write_series(job, tmp_path / "out").dates[0].valid == 30 * SIDE


@pytest.mark.parametrize(
    ("name", "tags", "reason"),
    [
        ("LC08_L2SP_199026_20210601_20210608_02_T1_QA_PIXEL.tif", {}, "is of Landsat 8"),
        ("QA_PIXEL_20210601.tif", {}, "is of Landsat"),
        ("S2B_20210601_SCL.tif", {}, "is of Sentinel-2B"),
        ("S2A_20210601T171112_SCL.tif", {}, "was taken at 17:11"),
        ("20210601_SCL.tif", {"SATSHARP_ACQUIRED": "2021-06-01T17:11:12Z"}, "was taken at 17:11"),
        ("S2A_MSIL2A_20210601T101112_N0300_R022_T31UDP_20210601T140000_SCL.tif", {}, "is of tile 31UDP"),
        ("20210601_SCL.tif", {"SATSHARP_INPUT": "/x/S2A_20210601T101112_T31UEQ_x.SAFE"}, "is of tile 31UEQ"),
    ],
)
def test_masks_of_other_acquisitions_are_told(tmp_path, name, tags, reason):
    write_image(tmp_path)
    write_mask(tmp_path, name, **tags)
    image = image_of(tmp_path)
    assert image.clouds is None
    assert image.mask_warning == f"{NAME}.tif: these masks of its day are not its own: {name} {reason}."
    warnings = warnings_of((image,), True)
    assert warnings == (
        image.mask_warning,
        f"No cloud mask was found for {NAME}.tif: nothing is masked there.",
    )
    assert warnings_of((image,), False) == ()


@pytest.mark.parametrize(
    "name",
    [
        "S2A_20210601_SCL.tif",
        "20210601_fmask.tif",
        "T31UDQ_20210601T102021_SCL_20m.tif",
        "S2_2021-06-01_SCL.tif",
        f"{NAME}_SCL.tif",
    ],
)
def test_masks_of_the_same_acquisition_are_taken(tmp_path, name):
    write_image(tmp_path)
    write_mask(tmp_path, name)
    image = image_of(tmp_path)
    assert Path(image.clouds[0].path).name == name
    assert (image.mask, image.mask_warning) == (f"{name}, which lies beside it", "")


def test_names_of_bands_do_not_tell_the_satellite(tmp_path):
    """Nothing says that it is Sentinel-2's, so Landsat's mask of that day and place may be its own."""
    colours = {"names": ("red", "green", "blue"), "nodata": 0, "scale": (0.0001, 0.0)}
    write_raster(tmp_path / "2021-06-01.tif", np.full((3, SIDE, SIDE), 2000, np.uint16), 10.0, **colours)
    write_raster(tmp_path / "2021-06-01_QA_PIXEL.tif", np.full((1, SIDE, SIDE), 21824, np.uint16), 10.0)
    assert mask_of(tmp_path) == "2021-06-01_QA_PIXEL.tif"


def test_two_scenes_of_a_pass_have_masks_of_their_own(tmp_path):
    """Neighbours on a path of Landsat are of one day and overlap by a tenth."""
    quality = np.full((1, SIDE, SIDE), 21824, np.uint16)
    names = [f"LC08_L2SP_19902{row}_20210601_20210608_02_T1" for row in (5, 6)]
    for row, name in enumerate(names):
        origin = (EAST, NORTH - 9 * SIDE * row)
        values = np.full((3, SIDE, SIDE), 9000, np.uint16)
        write_raster(tmp_path / f"{name}_SR.tif", values, 10.0, origin, names=L8, nodata=0)
        write_raster(tmp_path / f"{name}_QA_PIXEL.tif", quality, 10.0, origin)
    masks = []
    for name in names:
        (image,) = open_images([file_source(str(tmp_path / f"{name}_SR.tif"))], (), SENSORS, True)
        masks.append(Path(image.clouds[0].path).name)
        assert image.mask_warning == ""
    assert masks == [f"{name}_QA_PIXEL.tif" for name in names]


def test_of_several_masks_the_one_that_agrees_best_is_taken(tmp_path):
    product = {"SATSHARP_INPUT": "/data/one.SAFE"}
    write_image(tmp_path, "S2A_20210601T101112_field.tif", **product)
    # Half of the raster, all of it, a name more alike, the same time, the same product.
    for name, more in (
        ("20210601_a_SCL.tif", {"side": SIDE // 2}),
        ("20210601_b_SCL.tif", {}),
        ("20210601_field_SCL.tif", {"side": SIDE // 2}),
        ("20210601T101112_c_SCL.tif", {"side": SIDE // 2}),
        ("20210601_d_SCL.tif", {"side": SIDE // 2, **product}),
    ):
        write_mask(tmp_path, name, **more)
        assert mask_of(tmp_path) == name


def test_masks_that_nothing_tells_apart_are_not_used(tmp_path):
    write_image(tmp_path, "S2A_20210601.tif")
    for name in ("20210601_a_SCL.tif", "20210601_b_SCL.tif"):
        write_mask(tmp_path, name)
    image = image_of(tmp_path)
    assert image.clouds is None and image.mask_warning == (
        "Nothing tells which of 20210601_a_SCL.tif, 20210601_b_SCL.tif is the cloud mask of S2A_20210601.tif, so none "
        "is used. Name it in a table with the columns file and mask."
    )
    # Of two kinds the first of the list in the parameter is taken, of one kind the finer.
    write_mask(tmp_path, "20210601_c_fmask.tif")
    write_mask(tmp_path, "20210601_a_SCL.tif", gsd=5.0, side=2 * SIDE)
    assert mask_of(tmp_path) == "20210601_a_SCL.tif"


def test_masks_without_a_place_are_left_alone(tmp_path):
    write_image(tmp_path)
    gdal.GetDriverByName("GTiff").Create(str(tmp_path / "20210601_SCL.tif"), SIDE, SIDE)
    assert image_of(tmp_path).mask_warning.endswith("20210601_SCL.tif lies elsewhere.")


def test_products_are_sent_to_the_step_that_makes_rasters(tmp_path):
    safe = make_safe(tmp_path)
    for given in (safe, safe / "MTD_MSIL2A.xml"):
        assert missing_step(str(given)) == (
            f"{given} is a Sentinel-2 product, whose bands lie on several grids; a series takes rasters. Run "
            "superresolve_sentinel2 on each date first, with the same extent, and pass the results."
        )
    part = f"SENTINEL2_L2A:{safe}/MTD_MSIL2A.xml:10m:EPSG_32631"
    assert missing_step(part) == missing_step(str(safe / "MTD_MSIL2A.xml"))
    with pytest.raises(ProductError, match=r"is a Sentinel-2 product.*superresolve_sentinel2 on each date"):
        rasters_in(safe)
    with pytest.raises(ProductError, match="holds a Sentinel-2 product"):
        rasters_in(tmp_path)
    landsat = tmp_path / "LC08_L2SP_199026_20210601_20210608_02_T1"
    landsat.mkdir()
    (landsat / f"{landsat.name}_MTL.txt").write_text("GROUP\n")
    assert "Run harmonize_landsat (or superresolve_landsat) on each date" in missing_step(str(landsat))
    with pytest.raises(ProductError, match=f"{tmp_path} holds 2 products"):
        rasters_in(tmp_path)
    assert missing_step(str(tmp_path / "nowhere")) == "" and missing_step("") == ""
    write_image(tmp_path)
    assert missing_step(str(tmp_path / f"{NAME}.tif")) == ""
