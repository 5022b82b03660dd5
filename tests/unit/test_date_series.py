# SPDX-License-Identifier: GPL-2.0-or-later
"""Several dates from products and rasters to one image: grids, true colour, gaps, digits."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.errors import CancelledError, CardError, GridError, OutputError, ProductError  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.products.date_area import Area  # noqa: E402
from satsharp.core.products.date_series import SeriesRequest, open_series  # noqa: E402
from satsharp.core.products.dated import acquired_of  # noqa: E402
from satsharp.core.products.raster_files import RasterSource  # noqa: E402
from satsharp.core.raster_origin import local_file  # noqa: E402
from satsharp.core.sensors import load_sensors  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit import blend_factory as factory  # noqa: E402

BARE = {"consistency": False, "guard": "off", "copy_fine_bands": False}
SENSORS = {sensor.id: sensor for sensor in load_sensors()[0]}
EIGHT_BIT = {
    "value_range": {
        "scale": 1.0,
        "offset": 0.0,
        "clip": [0.0, 1.0],
        "digital_number": {name: {"scale": 1 / 255, "offset": 0.0} for name in factory.COLOURS},
    },
    "levels": ["L1C"],
    "training_grid": {"crs": "EPSG:3857", "gsd": 9.554628535647032},
}


def sources_of(*paths: Path) -> tuple[RasterSource, ...]:
    return tuple(RasterSource(str(path), path.name) for path in paths)


def network(folder: Path, dates: int = 2, **card):
    # Weights that differ by date show which date is which image.
    weights = [(date + 1) / sum(range(dates + 1)) for date in range(dates)]
    path = factory.write_network(folder, f"mean{dates}", dates=dates, weights=weights, **{**EIGHT_BIT, **card})
    return load_card(path)


def series_of(card, paths, **choices):
    return open_series(SeriesRequest(sources_of(*paths), (card,), sensors=SENSORS, **choices), lambda: None)


def made_by(series, path: Path, **options) -> np.ndarray:
    *earlier, latest = series.scenes
    job = plan_job(latest, (series.card,), str(path), Options(**{**BARE, **options}), tuple(earlier))
    result = run(job, lambda share: None, lambda: False, lambda text: None)
    dataset = gdal.Open(str(result.output))
    return dataset.ReadAsArray()


def picture(path: Path, value: int, origin=factory.ORIGIN, shape=(40, 50), gsd=10.0) -> Path:
    return factory.write_picture(path, np.full((3, *shape), value, np.uint8), gsd, origin)


@pytest.fixture
def three(tmp_path) -> list[Path]:
    """Dates in the wrong order, the first of them cloudy on a quarter, each of one colour."""
    paths = [picture(tmp_path / f"TCI_{day}.tif", value) for day, value in (("20190620", 60), ("20190601", 90))]
    pixels = np.full((3, 40, 50), 150, np.uint8)
    pixels[:, :20, :25] = 250
    return [factory.write_picture(tmp_path / "TCI_20190610.tif", pixels), *paths]


def test_dates_are_chosen_ordered_and_stacked(three, tmp_path):
    series = series_of(network(tmp_path, 2), three)
    assert [scene.name for scene in series.scenes] == ["TCI_20190601.tif", "TCI_20190620.tif"]
    assert any("Left out: TCI_20190610.tif" in sentence and "25 % cloud" in sentence for sentence in series.told)
    made = made_by(series, tmp_path / "out.tif")
    # One third of the older, two thirds of the newer.
    assert made.shape == (3, 80, 100) and made.dtype == np.uint8
    assert np.unique(made).tolist() == [70]
    dataset = gdal.Open(str(tmp_path / "out.tif"))
    assert dataset.GetGeoTransform()[:2] == (factory.ORIGIN[0], 5.0)
    assert dataset.GetMetadataItem("SATSHARP_INPUT_DATES") == "TCI_20190601.tif; TCI_20190620.tif"


def test_the_order_of_the_card_counts(three, tmp_path):
    card = network(tmp_path)
    card = replace(card, document={**card.document, "dates": {"order": "newest first"}})
    series = series_of(card, three)
    assert np.unique(made_by(series, tmp_path / "out.tif")).tolist() == [80]


def test_too_few_dates_are_repeated(three, tmp_path):
    series = series_of(network(tmp_path, 4), three[1:])
    assert series.choice.order == (1, 1, 0, 0)
    assert "are repeated" in series.warnings[-1]
    # Weights 1, 2, 3, 4 of 10: 90 x 0.3 + 60 x 0.7.
    assert np.unique(made_by(series, tmp_path / "out.tif")).tolist() == [69]


def test_a_gap_of_one_date_is_filled_by_the_nearest_other_and_common_gaps_stay(tmp_path):
    shapes = {"20190601": 40, "20190611": 80, "20190621": 120}
    paths = []
    for number, (day, value) in enumerate(shapes.items()):
        pixels = np.full((3, 40, 50), value, np.uint8)
        pixels[:, 30:, 40:] = 0
        if number == 1:
            pixels[:, :10, :10] = 0
        paths.append(factory.write_picture(tmp_path / f"TCI_{day}.tif", pixels))
    made = made_by(series_of(network(tmp_path, 3), paths), tmp_path / "out.tif")[0]
    # Weights 1, 2, 3 of 6; in the gap the middle date shows the later one.
    assert np.unique(made[:20, :20]).tolist() == [round((40 + 2 * 120 + 3 * 120) / 6)]
    assert np.unique(made[20:60, :80]).tolist() == [round((40 + 2 * 80 + 3 * 120) / 6)]
    assert np.unique(made[60:, 80:]).tolist() == [0]


def test_what_only_some_dates_cover_is_cut_off(tmp_path):
    x, y = factory.ORIGIN
    paths = [
        picture(tmp_path / "TCI_20190601.tif", 50),
        picture(tmp_path / "TCI_20190602.tif", 80, (x + 100, y - 50)),
    ]
    series = series_of(network(tmp_path, 2), paths)
    made = made_by(series, tmp_path / "out.tif")
    assert made.shape == (3, 70, 80)
    assert gdal.Open(str(tmp_path / "out.tif")).GetGeoTransform()[0] == x + 100
    assert np.unique(made).tolist() == [70]


def test_a_date_elsewhere_is_left_out_and_one_on_other_pixels_refused(tmp_path):
    x, y = factory.ORIGIN
    here = picture(tmp_path / "TCI_20190601.tif", 50)
    far = picture(tmp_path / "TCI_20190602.tif", 80, (x + 30, y), (10, 10))
    card = network(tmp_path, 2)
    series = series_of(card, [here, far])
    assert series.choice.order == (0, 0) and any("95 % missing" in sentence for sentence in series.told)
    shifted = picture(tmp_path / "TCI_20190603.tif", 80, (x + 3.5, y))
    with pytest.raises(GridError, match=r"TCI_20190603.tif and TCI_20190601.tif do not lie on one grid.*0.35 columns"):
        series_of(card, [here, shifted])


def test_training_grid_brings_dates_of_any_grid_together(tmp_path):
    x, y = factory.ORIGIN
    here = picture(tmp_path / "TCI_20190601.tif", 50, shape=(90, 90))
    shifted = picture(tmp_path / "TCI_20190603.tif", 80, (x + 3.5, y), shape=(90, 90))
    series = series_of(network(tmp_path, 2), [here, shifted], training_grid=True)
    grid = series.scenes[0].bands[0].grid
    assert grid == series.scenes[1].bands[0].grid
    assert grid.gsd == pytest.approx(9.554628535647032)
    assert grid.transform[0] / grid.gsd == pytest.approx(round(grid.transform[0] / grid.gsd), abs=1e-6)
    assert local_file(series.scenes[0].bands[0].path) == str(here)
    made = made_by(series, tmp_path / "out.tif")
    assert gdal.Open(str(tmp_path / "out.tif")).GetGeoTransform()[1] == pytest.approx(9.554628535647032 / 2)
    assert np.unique(made[:, 40:-40, 40:-40]).tolist() == [70]
    card = replace(series.card, document={})
    with pytest.raises(GridError, match="declares no grid of its training images"):
        series_of(card, [here], training_grid=True)


def test_clouds_are_judged_in_the_extent_where_that_is_asked_for(three, tmp_path):
    x, y = factory.ORIGIN
    card = network(tmp_path, 1)
    request = SeriesRequest(sources_of(*three[:2]), (card,), card.id, SENSORS, limit=1.0)
    whole = open_series(request, lambda: None)
    assert whole.scenes[0].name == "TCI_20190620.tif"
    clear = Area((x + 300, y - 390, x + 490, y - 210), "")
    assert open_series(replace(request, area=clear), lambda: None).scenes[0].name == "TCI_20190610.tif"
    # Both are clear there, and the first is taken.


def test_an_extent_gives_that_part_of_the_whole(tmp_path):
    rng = np.random.default_rng(0)
    paths = [
        factory.write_picture(tmp_path / f"TCI_2019060{n}.tif", rng.integers(1, 200, (3, 90, 110)).astype(np.uint8))
        for n in (1, 2)
    ]
    path = factory.write_network(tmp_path, "wide", "global", dates=2, **EIGHT_BIT, blend={"block": 32, "overlap": 8})
    series = series_of(load_card(path), paths)
    x, y = factory.ORIGIN
    whole = made_by(series, tmp_path / "whole.tif")
    part = made_by(series, tmp_path / "part.tif", extent=(x + 200, y - 700, x + 900, y - 100), tile_size=50)
    np.testing.assert_array_equal(part, whole[:, 20:140, 40:180])


def test_auto_takes_the_model_with_most_dates_that_are_there(three, tmp_path):
    cards = tuple(network(tmp_path, dates) for dates in (2, 3, 4))
    single = load_card(factory.write_network(tmp_path, "one", **EIGHT_BIT))

    def chosen(paths, *cards):
        return open_series(SeriesRequest(sources_of(*paths), cards, sensors=SENSORS), lambda: None).card.id

    assert chosen(three, single, *cards) == "mean3"
    assert chosen(three[:1], single, *cards) == "mean2"
    with pytest.raises(CardError, match="No model that takes several dates is installed"):
        chosen(three, single)
    with pytest.raises(CardError, match="There is no model 'other'"):
        open_series(SeriesRequest(sources_of(*three), cards, "other", SENSORS), lambda: None)
    with pytest.raises(CardError, match="No dates are given"):
        open_series(SeriesRequest((), cards, sensors=SENSORS), lambda: None)


def test_opening_can_be_cancelled(three, tmp_path):
    def check():
        raise CancelledError

    with pytest.raises(CancelledError):
        open_series(SeriesRequest(sources_of(*three), (network(tmp_path),), sensors=SENSORS), check)


@pytest.mark.parametrize(
    ("names", "expected"),
    [(("TCI_20190601T103021.tif",), "2019-06-01T10:30:21Z"), (("a", "2019-06-01_rgb"), "2019-06-01"),
     (("T33UUB_20191301",), ""), (("120190601",), "")],
)  # fmt: skip
def test_dates_are_read_from_names(names, expected):
    assert acquired_of(*names) == expected


# --- products ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def safes(tmp_path_factory) -> tuple[Path, Path]:
    """Two Level-1C products of one tile, before and after the offset of 1000 was introduced."""
    made = []
    for year, baseline in ((2019, "02.07"), (2023, "05.09")):
        options = SimulationOptions(
            size=240, level="L1C", baseline=baseline, acquired=f"{year}-06-15T10:56:21", clouds=False
        )
        made.append(simulate_product(tmp_path_factory.mktemp(f"safe{year}"), options).safe)
    return made[0], made[1]


def test_true_colour_is_made_of_the_bands_where_the_product_has_none(safes, tmp_path):
    card = load_card(factory.write_network(tmp_path, "two", dates=2, weights=[1.0, 0.0], **EIGHT_BIT))
    series = series_of(card, safes)
    first = series.scenes[0]
    made = made_by(series, tmp_path / "out.tif")[:, ::2, ::2].astype(int)
    scene = open_scene(first.source, SENSORS["sentinel2"])
    for channel, name in enumerate(("B04", "B03", "B02")):
        band = scene.band(name)
        numbers = gdal.Open(band.path).ReadAsArray()
        reflectance = numbers * band.scale + band.offset
        expected = np.clip(np.rint(1 + 254 * reflectance / 0.3558), 1, 255)
        valid = numbers > 0
        assert np.abs(made[channel] - expected)[valid].max() <= 1
        assert expected[valid].std() > 1


def test_products_before_and_after_the_offset_give_one_range(safes, tmp_path):
    ranges = {"digital_number": {"B08": {"scale": 1 / 8160, "offset": 0.0}}}
    path = factory.write_network(
        tmp_path, "nir", dates=2, bands=("B08",), value_range={"scale": 1.0, "offset": 0.0, "clip": [0, 1], **ranges}
    )
    series = series_of(load_card(path), safes)
    for scene in series.scenes:
        band = scene.band("B08")
        product = open_scene(scene.source, SENSORS["sentinel2"]).band("B08")
        number = 2500.0
        assert number * band.scale + band.offset == pytest.approx(
            (number * product.scale + product.offset) * 10000 / 8160
        )


def test_the_true_colour_file_of_a_product_is_used(safes, tmp_path):
    product = tmp_path / safes[0].name
    shutil.copytree(safes[0], product)
    images = next(product.glob("GRANULE/*/IMG_DATA"))
    reference = gdal.Open(str(next(images.glob("*_B04.jp2"))))
    memory = gdal.GetDriverByName("MEM").Create("", reference.RasterXSize, reference.RasterYSize, 3, gdal.GDT_Byte)
    memory.SetProjection(reference.GetProjection())
    memory.SetGeoTransform(reference.GetGeoTransform())
    for number, value in enumerate((30, 60, 90), 1):
        memory.GetRasterBand(number).Fill(value)
    gdal.GetDriverByName("JP2OpenJPEG").CreateCopy(
        str(images / "T30_TCI.jp2"), memory, options=["QUALITY=100", "REVERSIBLE=YES"]
    )
    series = series_of(network(tmp_path, 2), [product])
    assert any("true-colour image" in sentence for sentence in series.told)
    made = made_by(series, tmp_path / "out.tif")
    assert [np.unique(plane).tolist() for plane in made] == [[30], [60], [90]]


def test_a_level_that_the_model_does_not_know_is_warned_of(tmp_path, tmp_path_factory):
    options = SimulationOptions(size=120, seed=3)
    later = replace(options, acquired="2023-07-15T10:56:21")
    products = [simulate_product(tmp_path, chosen).safe for chosen in (options, later)]
    series = series_of(network(tmp_path, 2), products)
    assert [warning for warning in series.warnings if "was trained on" in warning] == [
        f"{series.card.id} was trained on L1C, and dates are L2A: colours and details may come out wrong."
    ]
    assert len({scene.acquired for scene in series.scenes}) == 2


def test_products_without_readable_bands_and_folders_of_several_are_told(safes, tmp_path):
    folder = tmp_path / "both"
    folder.mkdir()
    for number, safe in enumerate(safes):
        (folder / f"{number}").mkdir()
        (folder / f"{number}" / safe.name).symlink_to(safe)
    with pytest.raises(ProductError, match="holds 2 products"):
        series_of(network(tmp_path, 2), [folder])
    path = factory.write_network(tmp_path, "thermal", dates=2, bands=("TIR",))
    with pytest.raises(CardError, match="needs TIR, which"):
        series_of(load_card(path), [safes[0]])


def test_no_date_is_overwritten(three, tmp_path):
    series = series_of(network(tmp_path), three[1:])
    for path in three[1:]:
        with pytest.raises(OutputError, match="is a band of the input"):
            made_by(series, path)
