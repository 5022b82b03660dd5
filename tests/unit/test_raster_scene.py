# SPDX-License-Identifier: GPL-2.0-or-later
"""Any raster as a scene: which band is which, how the grids lie, what the values are, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core.cards import load_card, load_cards  # noqa: E402
from satsharp.core.errors import CardError, GridError, ProductError  # noqa: E402
from satsharp.core.job import OFF, Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products.raster_files import RasterSource, metres, survey  # noqa: E402
from satsharp.core.products.raster_scene import open_rasters  # noqa: E402
from satsharp.core.sensors import load_sensors  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.tests.unit.raster_factory import EAST, NORTH, read_bands, write_adding_model, write_raster  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors()[0]}
TARGETS = ("B4", "B3", "B2")
PLAIN = Options(consistency=False, guard=OFF, copy_fine_bands=False, resume=False)


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    folder = tmp_path_factory.mktemp("models")
    write_adding_model(folder, "a-three", ("red", "green", "blue"), 3, gsd=30.0)
    write_adding_model(folder, "b-pan", TARGETS, 2, ("B8",), gsd=30.0, sensor="landsat")
    return load_cards(folder)[0]


@pytest.fixture()
def coarse() -> np.ndarray:
    """Three bands of 6 x 8 pixels, digital numbers 1000 to 3143."""
    return (1000 + np.arange(144) * 15).reshape(3, 6, 8).astype(np.uint16)


@pytest.fixture()
def pan() -> np.ndarray:
    return (100 + np.arange(192) * 3).reshape(1, 12, 16).astype(np.uint16)


def source(path: Path, **more) -> RasterSource:
    return RasterSource(str(path), path.stem, **more)


def opened(cards, path: Path, guide: Path | None = None, model: str = "auto"):
    return open_rasters(source(path), None if guide is None else source(guide), cards, model, SENSORS)


def made(cards, tmp_path: Path, *paths: Path, model: str = "auto", options: Options = PLAIN) -> tuple[dict, tuple]:
    """Run on rasters; return the output's bands and its geotransform."""
    found, card = opened(cards, *paths, model=model)
    result = run(plan_job(found.scene, (card,), str(tmp_path / "out.tif"), options), print, lambda: False, print)
    return read_bands(result.output), gdal.Open(str(result.output)).GetGeoTransform()


def repeated(image: np.ndarray, factor: int) -> np.ndarray:
    return image.repeat(factor, -2).repeat(factor, -1)


# --- which band is which ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [("SR_B2", "SR_B4", "SR_B3"), ("blue", "red", "green"), ("B02", "Band 4: B04 (red)", "b3")],
    ids=["Earth Engine", "common names", "mixed"],
)
def test_bands_are_found_by_name_in_any_order(cards, tmp_path, coarse, pan, names) -> None:
    found, card = opened(
        cards,
        write_raster(tmp_path / "in.tif", coarse, names=names),
        write_raster(tmp_path / "guide.tif", pan, 15.0, names=("B8",)),
    )
    assert card.id == "b-pan"
    assert {band.name: band.index for band in found.scene.bands} == {"B8": 1, "B4": 2, "B3": 3, "B2": 1}
    assert found.mapping[1].endswith("of in, by name.")
    assert f"B4 = band 2 ({names[1]})" in dict(found.scene.tags)["bands"]


def test_a_further_band_is_no_matter_where_names_tell(cards, tmp_path, coarse) -> None:
    more = np.concatenate([coarse, coarse[:1]])
    found, _ = opened(cards, write_raster(tmp_path / "in.tif", more, names=("QA", "red", "green", "blue")))
    assert {band.name: band.index for band in found.scene.bands} == {"red": 2, "green": 3, "blue": 4}


def test_bands_without_names_are_taken_in_order(cards, tmp_path, coarse) -> None:
    found, card = opened(cards, write_raster(tmp_path / "in.tif", coarse))
    assert card.id == "a-three"
    assert {band.name: band.index for band in found.scene.bands} == {"red": 1, "green": 2, "blue": 3}
    assert found.mapping[0] == "Bands: red = band 1, green = band 2, blue = band 3 of in, by order."


def test_colours_tell_where_names_do_not(cards, tmp_path, coarse) -> None:
    four = np.concatenate([coarse, coarse[:1]]).astype(np.uint8)
    colours = (gdal.GCI_BlueBand, gdal.GCI_GreenBand, gdal.GCI_RedBand, gdal.GCI_AlphaBand)
    found, _ = opened(cards, write_raster(tmp_path / "in.tif", four, colours=colours))
    assert {band.name: band.index for band in found.scene.bands} == {"red": 3, "green": 2, "blue": 1}
    assert found.mapping[0].endswith("by colour.")


@pytest.mark.parametrize(("name", "found"), [("nir", 4), ("Band 4", 0), ("Alpha", 0), ("", 0)])
def test_named_band_is_no_transparency(tmp_path, coarse, name, found) -> None:
    """GDAL itself declares the fourth of four 8-bit bands transparency when a file is made."""
    four = np.concatenate([coarse, coarse[:1]]).astype(np.uint8)
    colours = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)
    path = write_raster(tmp_path / "in.tif", four, names=("red", "green", "blue", name), colours=colours)
    surveyed = survey(RasterSource(str(path), "in"))
    assert [band.index for band in surveyed.bands] == [1, 2, 3, *([found] if found else [])]


def test_missing_bands_are_named(cards, tmp_path, coarse, pan) -> None:
    path = write_raster(tmp_path / "in.tif", coarse, names=("B4", "B3", "B5"))
    guide = write_raster(tmp_path / "guide.tif", pan, 15.0)
    with pytest.raises(CardError, match=r"^b-pan needs B2, which in lacks: it has 3 bands \(B4, B3, B5\)\.$"):
        opened(cards, path, guide, "b-pan")


@pytest.mark.parametrize(
    ("name", "bands", "is_refused"),
    [
        ("HLS.L30.T31UFS.2023166T104500.v2.0.tif", ("B04", "B05", "B06"), True),
        # Only Sentinel-2 has a B8A: somebody has renamed the bands.
        ("HLS.L30.T31UFS.2023166T104500.v2.0.tif", ("B04", "B05", "B06", "B8A"), False),
        ("HLS.S30.T31UFS.2023166T104500.v2.0.tif", ("B04", "B05", "B06"), False),
        ("mine.tif", ("B04", "B05", "B06"), False),
    ],
)
def test_bands_of_another_satellite_called_alike_are_refused(cards, tmp_path, coarse, name, bands, is_refused) -> None:
    """B05 of HLS is near infrared in files of Landsat and red edge in those of Sentinel-2."""
    (tmp_path / "models").mkdir()
    write_adding_model(tmp_path / "models", "c-red-edge", ("B04", "B05", "B06"), 2, gsd=30.0, sensor="sentinel2")
    own = load_cards(tmp_path / "models")[0]
    values = np.concatenate([coarse, coarse[:1]])[: len(bands)].astype(np.int16)
    path = write_raster(tmp_path / name, values, names=bands)
    if is_refused:
        with pytest.raises(
            CardError,
            match=r"c-red-edge takes bands of Sentinel-2; B05, B06 of HLS.* Landsat 8/9's, by its name of HLS",
        ):
            opened(own, path)
        with pytest.raises(CardError, match="called alike"):
            opened(own, path, model="c-red-edge")
    else:
        assert opened(own, path)[0].mapping[0].endswith("by name.")


def test_bands_that_two_satellites_have_alike_are_taken(tmp_path, coarse) -> None:
    (tmp_path / "models").mkdir()
    write_adding_model(tmp_path / "models", "d-visible", ("B04", "B03", "B02"), 2, gsd=30.0, sensor="sentinel2")
    path = write_raster(
        tmp_path / "HLS.L30.T31UFS.2023166T104500.v2.0.tif", coarse.astype(np.int16), names=("B02", "B03", "B04")
    )
    found, card = opened(load_cards(tmp_path / "models")[0], path)
    assert card.id == "d-visible"
    assert {band.name: band.index for band in found.scene.bands} == {"B04": 3, "B03": 2, "B02": 1}


def test_two_bands_of_one_name_are_refused(cards, tmp_path, coarse) -> None:
    path = write_raster(tmp_path / "in.tif", coarse, names=("red", "red", "blue"))
    with pytest.raises(CardError, match="Bands 1, 2 of in are all called red"):
        opened(cards, path, model="a-three")


def test_other_numbers_of_bands_without_names_are_refused(cards, tmp_path, coarse) -> None:
    path = write_raster(tmp_path / "in.tif", coarse[:2])
    with pytest.raises(CardError, match=r"takes red, green, blue from in, which has 2 bands \(without names\)"):
        opened(cards, path, model="a-three")


def test_auto_says_why_no_model_fits(cards, tmp_path, coarse) -> None:
    path = write_raster(tmp_path / "in.tif", coarse[:2])
    with pytest.raises(
        CardError, match="No installed model fits. a-three takes .* b-pan needs a finer raster as GUIDE"
    ):
        opened(cards, path)


def test_unknown_model_and_colour_tables_are_refused(cards, tmp_path, coarse) -> None:
    path = write_raster(tmp_path / "in.tif", coarse[:1].astype(np.uint8))
    with pytest.raises(CardError, match="There is no model 'x'; installed are a-three, b-pan"):
        opened(cards, path, model="x")
    table = gdal.ColorTable()
    table.SetColorEntry(1, (255, 0, 0, 255))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.GetRasterBand(1).SetColorTable(table)
    dataset = None
    with pytest.raises(ProductError, match="has a colour table, so its numbers are no measurements"):
        opened(cards, path)


def test_a_guide_that_no_model_takes_is_told(cards, tmp_path, coarse, pan) -> None:
    found, _ = opened(
        cards, write_raster(tmp_path / "in.tif", coarse), write_raster(tmp_path / "g.tif", pan, 15.0), "a-three"
    )
    assert "a-three takes no guide: g is not used." in found.warnings


# --- how the grids lie ------------------------------------------------------------------------------------------------


def test_corners_in_common_need_no_resampling(cards, tmp_path, coarse, pan) -> None:
    bands, transform = made(
        cards,
        tmp_path,
        write_raster(tmp_path / "in.tif", coarse, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", pan, 15.0, scale=(0.0001, 0.0)),
    )
    assert transform == (EAST, 15.0, 0.0, NORTH, 0.0, -15.0)
    for name, band in zip(TARGETS, coarse):
        np.testing.assert_array_equal(bands[name], repeated(band, 2) + pan[0])


def test_guide_half_a_pixel_off_stays_and_the_input_moves(cards, tmp_path, pan) -> None:
    """As Landsat's pan: a ramp of 4 digital numbers a coarse pixel moves by a quarter pixel, so by exactly 1."""
    ramp = np.broadcast_to(2000 + 4 * np.arange(40), (3, 40, 40)).astype(np.uint16)
    fine = np.zeros((1, 79, 79), np.uint16)
    found, _ = opened(
        cards,
        write_raster(tmp_path / "in.tif", ramp, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", fine, 15.0, (EAST + 7.5, NORTH - 7.5), scale=(0.0001, 0.0)),
    )
    assert {band.name: band.shift for band in found.scene.bands}["B4"] == (-0.25, -0.25)
    assert {band.name: band.shift for band in found.scene.bands}["B8"] == (0.0, 0.0)
    assert dict(found.scene.tags)["shift"] == "coarse bands moved by -0.25 rows and -0.25 columns"
    bands, transform = made(cards, tmp_path, tmp_path / "in.tif", tmp_path / "guide.tif")
    assert transform == (EAST + 7.5, 15.0, 0.0, NORTH - 7.5, 0.0, -15.0)
    assert bands["B4"].shape == (79, 79)
    np.testing.assert_array_equal(bands["B4"][20:60, 20:60], repeated(ramp[0] + 1, 2)[20:60, 20:60])


def test_rasters_of_other_extents_are_cut_to_the_common_one(cards, tmp_path, coarse, pan) -> None:
    bands, transform = made(
        cards,
        tmp_path,
        write_raster(tmp_path / "in.tif", coarse, origin=(EAST - 60, NORTH + 30), scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", pan, 15.0, scale=(0.0001, 0.0)),
    )
    assert transform == (EAST, 15.0, 0.0, NORTH, 0.0, -15.0)
    np.testing.assert_array_equal(bands["B3"], repeated(coarse[1, 1:, 2:], 2) + pan[0, :10, :12])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"gsd": 10.0}, r"needs a guide whose pixels are 2 times .*in has pixels of 30 m and guide of 10 m"),
        ({"gsd": 60.0}, r"in has pixels of 30 m and guide of 60 m"),
        ({"origin": (EAST + 4.5, NORTH)}, r"do not share their corners: they are -0.30 columns of guide apart\. Warp"),
        ({"epsg": 32632}, r"in and guide have different coordinate reference systems\. Warp"),
        ({"rotation": 0.5}, r"in and guide are turned against each other"),
        ({"gsd": 14.9}, r"are turned against each other, or their GSDs \(30 m, 14.9 m\) are no whole multiples"),
        ({"origin": (EAST + 90000, NORTH)}, r"its bands do not overlap"),
    ],
    ids=["ratio", "coarser guide", "corners", "CRS", "rotated", "no multiple", "elsewhere"],
)
def test_grids_that_do_not_fit_are_refused(cards, tmp_path, coarse, pan, changes, sentence) -> None:
    guide = {"gsd": 15.0, "origin": (EAST, NORTH), "epsg": 32631, "rotation": 0.0, **changes}
    paths = write_raster(tmp_path / "in.tif", coarse), write_raster(tmp_path / "guide.tif", pan, **guide)
    with pytest.raises((CardError, GridError), match=sentence):
        opened(cards, *paths, model="b-pan")


def test_grids_turned_alike_fit(cards, tmp_path, coarse, pan) -> None:
    bands, transform = made(
        cards,
        tmp_path,
        write_raster(tmp_path / "in.tif", coarse, rotation=6.0, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", pan, 15.0, rotation=3.0, scale=(0.0001, 0.0)),
    )
    assert transform == (EAST, 15.0, 3.0, NORTH, 3.0, -15.0)
    np.testing.assert_array_equal(bands["B2"], repeated(coarse[2], 2) + pan[0])


def test_degrees_fit_by_their_ratio(cards, tmp_path, coarse, pan) -> None:
    degree = 30 / 111195
    origin = (3.0, 50.0)
    paths = (
        write_raster(tmp_path / "in.tif", coarse, degree, origin, epsg=4326, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", pan, degree / 2, origin, epsg=4326, scale=(0.0001, 0.0)),
    )
    found, _ = opened(cards, *paths)
    assert found.warnings == ()
    assert found.scene.nominal_gsd("B4") == pytest.approx(30) and found.scene.nominal_gsd("B8") == 15
    assert metres(survey(source(paths[0])).grid) == pytest.approx(30)
    _, transform = made(cards, tmp_path, *paths)
    assert transform[1] == pytest.approx(degree / 2, rel=1e-12) and transform[0] == 3.0


def test_another_gsd_of_the_same_ratio_is_a_warning(cards, tmp_path, coarse, pan) -> None:
    paths = write_raster(tmp_path / "in.tif", coarse, 60.0), write_raster(tmp_path / "guide.tif", pan, 30.0)
    found, card = opened(cards, *paths)
    assert card.id == "b-pan" and found.scene.gsd_ratio == 2.0
    assert found.warnings[0].startswith("b-pan was made for bands of 30 m, and those of in have 60 m.")
    _, transform = made(cards, tmp_path, *paths)
    assert transform[1] == 30.0


def test_rasters_without_crs_and_without_georeference_run_with_a_warning(cards, tmp_path, coarse, pan) -> None:
    paths = (
        write_raster(tmp_path / "in.tif", coarse, epsg=None),
        write_raster(tmp_path / "guide.tif", pan, 15.0, epsg=None),
    )
    found, _ = opened(cards, *paths)
    assert found.warnings[:2] == tuple(
        f"{name} has no coordinate reference system; its unit is taken to be the metre." for name in ("in", "guide")
    )
    gdal.GetDriverByName("PNG").CreateCopy(str(tmp_path / "p.png"), gdal.Open(str(paths[0])))
    (tmp_path / "p.png.aux.xml").unlink(missing_ok=True)
    found, card = opened(cards, tmp_path / "p.png")
    assert found.warnings[0] == "p has no georeference; neither has the output."
    assert found.scene.bands[0].gsd == 1.0 and found.scene.nominal_gsd("red") == card.coarsest_gsd


def test_crs_of_the_layer_is_taken_where_the_file_has_none(cards, tmp_path, coarse, pan) -> None:
    path = write_raster(tmp_path / "in.tif", coarse, epsg=None)
    guide = survey(source(write_raster(tmp_path / "guide.tif", pan, 15.0)))
    found, _ = open_rasters(source(path, crs=guide.grid.crs), guide.source, cards, "auto", SENSORS)
    assert found.scene.band("B4").grid.crs == guide.grid.crs and not any("no coordinate" in w for w in found.warnings)


# --- what the values are ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "scale", "sensor", "expected", "assumed"),
    [
        ("uint16", (0.0000275, -0.2), "landsat", (0.0000275, -0.2), False),
        ("uint16", None, "landsat", (1 / 36363.636364, -0.2), True),
        ("uint16", None, "any", (0.0001, 0.0), True),
        ("int16", None, "any", (0.0001, 0.0), True),
        ("float32", None, "any", (1.0, 0.0), False),
        ("float32 numbers", None, "any", (0.0001, 0.0), True),
        ("float32", None, "landsat", (1.0, 0.0), False),
        ("uint8", None, "any", (0.3558 / 255, 0.0), True),
        ("uint8", None, "landsat", (0.3558 / 255, 0.0), True),
        ("uint8", (0.01, 0.0), "landsat", (0.01, 0.0), False),
    ],
)
def test_what_values_are_taken_to_be(tmp_path, coarse, kind, scale, sensor, expected, assumed) -> None:
    card = load_card(write_adding_model(tmp_path, "m", TARGETS, 2, sensor=sensor))
    pixels = {"float32": coarse / 10000, "uint8": coarse / 20}.get(kind, coarse).astype(kind.split()[0])
    found, _ = opened((card,), write_raster(tmp_path / "in.tif", pixels, scale=scale))
    for band in found.scene.bands:
        assert (band.scale, band.offset) == pytest.approx(expected, rel=1e-6)
    assert any("assumed" in warning for warning in found.warnings) == assumed


def test_values_that_nothing_explains_are_refused(tmp_path, coarse) -> None:
    card = load_card(write_adding_model(tmp_path, "m", TARGETS, 2))
    path = write_raster(tmp_path / "in.tif", coarse.astype(np.int32))
    with pytest.raises(CardError, match="Nothing tells which reflectances the values of .* Declare its scale"):
        opened((card,), path)


def test_the_card_tells_the_digital_numbers_of_each_band(tmp_path) -> None:
    """Satlas' way: true colour / 255, other bands / 8160, clipped to 0..1; the results are stored as they came."""
    ranges = {
        "scale": 2.0,
        "offset": 0.5,
        "clip": [0.0, 1.0],
        "digital_number": {"red": {"scale": 1 / 255, "offset": 0.0}, "B08": {"scale": 1 / 8160, "offset": 0.25}},
    }
    card = load_card(write_adding_model(tmp_path, "m", ("red", "B08"), 2, gsd=10.0, value_range=ranges))
    assert card.value_clip == (0.0, 1.0)
    pixels = np.array([[[51, 300]], [[2040, 8000]]], np.uint16)
    bands, _ = made((card,), tmp_path, write_raster(tmp_path / "in.tif", pixels, 10.0, names=("red", "B08")))
    # 300 / 255 and 8000 / 8160 + 0.25 are above 1, so they come back as the numbers that 1 stands for.
    np.testing.assert_array_equal(bands["red"], repeated(np.array([[51, 255]]), 2))
    np.testing.assert_array_equal(bands["B08"], repeated(np.array([[2040, 6120]]), 2))


# --- outputs finer than every input -----------------------------------------------------------------------------------


def test_a_model_of_one_input_refines_its_grid(cards, tmp_path, coarse) -> None:
    path = write_raster(tmp_path / "in.tif", coarse, names=("blue", "green", "red"))
    bands, transform = made(cards, tmp_path, path)
    assert transform == (EAST, 10.0, 0.0, NORTH, 0.0, -10.0)
    np.testing.assert_array_equal(bands["red"], repeated(coarse[2], 3))
    extent = replace(PLAIN, extent=(EAST + 40, NORTH - 100, EAST + 100, NORTH - 70), tile_size=3)
    part, transform = made(cards, tmp_path, path, options=extent)
    assert transform == (EAST + 30, 10.0, 0.0, NORTH - 60, 0.0, -10.0)
    np.testing.assert_array_equal(part["green"], bands["green"][6:12, 3:12])


def test_consistency_and_guard_work_on_a_refined_grid(cards, tmp_path) -> None:
    """Repeated pixels are worse than bicubic on a smooth image, so the guard falls back: the mean stays, blocks go."""
    rows, cols = np.mgrid[:60, :60] / 9
    smooth = (2000 + 900 * np.sin(rows) * np.cos(cols)).astype(np.uint16)
    path = write_raster(tmp_path / "in.tif", np.stack([smooth] * 3))
    found, card = opened(cards, path)
    job = plan_job(found.scene, (card,), str(tmp_path / "out.tif"), replace(PLAIN, consistency=True, guard="fall back"))
    result = run(job, print, lambda: False, print)
    assert len(result.warnings) == 3 and "red is enlarged by bicubic instead" in result.warnings[0]
    red = read_bands(result.output)["red"].astype(float)
    blocks = red.reshape(60, 3, 60, 3).mean((1, 3))
    assert np.abs(blocks - smooth)[2:-2, 2:-2].max() < 8
    assert len(np.unique(red[90:93, 90:93])) > 1


def test_bands_that_the_input_lacks_are_valid_where_all_inputs_are(tmp_path, coarse) -> None:
    card = load_card(write_adding_model(tmp_path, "m", TARGETS, 2, made=("water", "B3", "soil"), sensor="landsat"))
    coarse[0, 1, 2], coarse[2, 4, 5] = 0, 0
    path = write_raster(tmp_path / "in.tif", coarse, names=TARGETS, nodata=0, scale=(0.0001, 0.0))
    bands, _ = made((card,), tmp_path, path)
    assert list(bands) == ["B3", "water", "soil"]
    holes = repeated((coarse[0] == 0) | (coarse[2] == 0), 2)
    assert holes.sum() == 8
    for name, channel in (("water", 0), ("soil", 2)):
        np.testing.assert_array_equal(bands[name] == 0, holes)
        np.testing.assert_array_equal(bands[name][~holes], repeated(coarse[channel], 2)[~holes])
    np.testing.assert_array_equal(bands["B3"], repeated(coarse[1], 2))


def test_two_groups_may_both_be_coarser_than_the_output(tmp_path, coarse, pan) -> None:
    """As Evoland's networks: 10 m and 20 m bands to 5 m."""
    path = write_adding_model(tmp_path, "m", TARGETS, 2, ("B8",), gsd=20.0, sensor="landsat", refine=2)
    paths = (
        write_raster(tmp_path / "in.tif", coarse, 20.0, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", pan, 10.0, scale=(0.0001, 0.0)),
    )
    bands, transform = made((load_card(path),), tmp_path, *paths)
    assert transform == (EAST, 5.0, 0.0, NORTH, 0.0, -5.0)
    np.testing.assert_array_equal(bands["B4"], repeated(coarse[0], 4) + repeated(pan[0], 2))


@pytest.mark.parametrize("refine", [1, 2])
def test_made_up_bands_beside_consistent_ones(tmp_path, refine) -> None:
    """Only bands of the input can be made to return it; the others come as the network makes them."""
    rows, cols = np.mgrid[:80, :80] / 5
    image = np.stack([2000 + 900 * np.sin(rows + i) * np.cos(cols) for i in range(3)]).astype(np.uint16)
    guide = (1 + 100 * np.random.default_rng(1).random((1, 160, 160))).astype(np.uint16)
    names = ("water", "B3", "soil")
    path = write_adding_model(tmp_path, "m", TARGETS, 2, ("B8",), made=names, sensor="landsat", refine=refine)
    found, card = opened(
        (load_card(path),),
        write_raster(tmp_path / "in.tif", image, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", guide, 15.0, scale=(0.0001, 0.0)),
    )
    said: list[str] = []
    job = plan_job(found.scene, (card,), str(tmp_path / "out.tif"), replace(PLAIN, consistency=True, guard="warn"))
    bands = read_bands(run(job, print, lambda: False, said.append).output)
    assert any("point spread" in sentence and "B3" in sentence and "water" not in sentence for sentence in said)
    plain = repeated(image, 2 * refine) + repeated(guide[0], refine)
    np.testing.assert_array_equal(bands["water"], plain[0])
    np.testing.assert_array_equal(bands["soil"], plain[2])

    def off(band):
        return np.abs(band.reshape(80, 2 * refine, 80, 2 * refine).mean((1, 3)) - image[1])[4:-4, 4:-4].mean()

    assert off(bands["B3"].astype(float)) < 0.5 * off(plain[1].astype(float))


def test_fine_bands_coarser_than_the_output_are_left_out_with_a_note(cards, tmp_path, coarse) -> None:
    found, card = opened(cards, write_raster(tmp_path / "in.tif", coarse))
    more = replace(found.scene, bands=(*found.scene.bands, replace(found.scene.bands[0], name="other")))
    job = plan_job(more, (card,), str(tmp_path / "out.tif"), replace(PLAIN, copy_fine_bands=True))
    assert [output.name for output in job.files[0].bands] == ["red", "green", "blue"]
    assert job.notes == ("Not in the output, being coarser than its 10 m: other.",)


def test_networks_without_halo_run_in_large_tiles(cards, tmp_path) -> None:
    """935 x 668 pixels have no common divisor but 1, and tiles of two pixels would leave the least beyond the edge."""
    found, card = opened(cards, write_raster(tmp_path / "in.tif", np.ones((3, 668, 935), np.uint16)))
    assert plan_job(found.scene, (card,), str(tmp_path / "out.tif"), PLAIN).tile > 200


def test_models_of_several_dates_are_refused(cards, tmp_path, coarse) -> None:
    found, card = opened(cards, write_raster(tmp_path / "in.tif", coarse))
    several = replace(card, inputs=(replace(card.inputs[0], dates=8),))
    with pytest.raises(CardError, match="a-three needs 8 dates of one place, and 1 is given"):
        plan_job(found.scene, (several,), str(tmp_path / "out.tif"), PLAIN)


# --- smallest and emptiest --------------------------------------------------------------------------------------------


def test_one_pixel_becomes_four(cards, tmp_path) -> None:
    one, four = np.full((3, 1, 1), 500, np.uint16), np.array([[[1, 2], [3, 4]]], np.uint16)
    bands, _ = made(
        cards,
        tmp_path,
        write_raster(tmp_path / "in.tif", one, scale=(0.0001, 0.0)),
        write_raster(tmp_path / "guide.tif", four, 15.0, scale=(0.0001, 0.0)),
        options=replace(PLAIN, consistency=True, guard="fall back"),
    )
    np.testing.assert_array_equal(bands["B4"], [[501, 502], [503, 504]])


@pytest.mark.parametrize("kind", ["uint16", "float32"])
def test_nothing_but_nodata_stays_nodata(cards, tmp_path, kind) -> None:
    empty = np.full((3, 5, 5), 9999, kind)
    bands, _ = made(cards, tmp_path, write_raster(tmp_path / "in.tif", empty, nodata=9999))
    assert all(band.shape == (15, 15) and (band == 9999).all() for band in bands.values())


def test_bands_named_otherwise_are_not_taken_in_their_order(cards, tmp_path, coarse, pan) -> None:
    path = write_raster(tmp_path / "in.tif", coarse, names=("B5", "B6", "B7"))
    guide = write_raster(tmp_path / "guide.tif", pan, 15.0)
    with pytest.raises(CardError, match=r"^b-pan needs B4, which in lacks: it has 3 bands \(B5, B6, B7\)\.$"):
        opened(cards, path, guide, "b-pan")
    named = write_raster(tmp_path / "blue.tif", pan, 15.0, names=("B2",))
    with pytest.raises(CardError, match=r"^b-pan needs B8, which blue lacks: it has 1 band \(B2\)\.$"):
        opened(cards, write_raster(tmp_path / "right.tif", coarse, names=TARGETS), named, "b-pan")
