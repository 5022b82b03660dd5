# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole loop on simulated MODIS and VIIRS tiles and swaths: grids, fill, extents, tiles, resume, cancel, maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")
pytest.importorskip("onnx")
pytest.importorskip("pyhdf")
eos = pytest.importorskip("satsharp.export_tools.simulation.eos", reason="export_tools is not there")

from dataclasses import replace  # noqa: E402

from satsharp.core import georeference, writers  # noqa: E402
from satsharp.core.errors import CancelledError, GridError  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster_writer import RasterWriter  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation.eos import swaths, tiles  # noqa: E402
from satsharp.tests.unit.eos_factory import BARE, execute, modis_500, modis_1000, pixels_of, stored, viirs_750  # noqa: E402

NODATA = -28672
TILES = {"MOD09GA": ("modis", "B5", 2), "MOD09A1": ("modis", "B5", 2), "VNP09GA": ("viirs", "M4", 2)}
SWATHS = {
    "MOD09": eos.EosOptions("MOD09", scans=3, first_col=1400, cols=240),
    "VNP09": eos.EosOptions("VNP09", scans=4, first_col=1960, cols=200),
}


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp("models")
    return {
        "MOD09": (modis_500(folder), modis_1000(folder)),
        "MOD09GA": (modis_500(folder),),
        "MOD09A1": (modis_500(folder),),
        "VNP09GA": (viirs_750(folder),),
        "VNP09": (viirs_750(folder),),
    }


def opened(product) -> Scene:
    return open_scene(str(product.files[0]), sensor_by_id("viirs" if product.bands[0] == "M1" else "modis"))


def spoiled(numbers: np.ndarray) -> np.ndarray:
    """Digital numbers with fill, and numbers out of the valid range."""
    numbers = numbers.copy()
    numbers[6:9, 4:8] = NODATA
    numbers[12, 12], numbers[14, 15] = 16500, -200
    return numbers


@pytest.fixture(scope="module", params=list(TILES))
def tile(request, tmp_path_factory: pytest.TempPathFactory, cards: dict) -> tuple:
    """Scene, cards, product, whole result of a tile with holes."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        look = tiles.Ground.look
        patch.setattr(tiles.Ground, "look", lambda *given: spoiled(look(*given)))
        product = eos.simulate_eos(folder, eos.EosOptions(request.param, size=48))
    scene = opened(product)
    execute(scene, cards[request.param], folder / "whole.tif")
    return scene, cards[request.param], TILES[request.param], pixels_of(folder / "whole.tif"), folder


def test_tiles_keep_their_sinusoidal_grid(tile) -> None:
    scene, _, _, whole, folder = tile
    dataset = gdal.Open(str(folder / "whole.tif"))
    assert dataset.GetGeoTransform() == pytest.approx(scene.finest.transform, abs=1e-6)
    mine, theirs = osr.SpatialReference(dataset.GetProjection()), osr.SpatialReference(scene.finest.crs)
    assert mine.GetAttrValue("PROJECTION") == "Sinusoidal"
    assert mine.GetSemiMajor() == theirs.GetSemiMajor() == 6371007.181
    assert whole.shape[1:] == (96, 96)
    names = [dataset.GetRasterBand(i + 1).GetDescription() for i in range(dataset.RasterCount)]
    assert names == [band.name for band in scene.bands]
    band = dataset.GetRasterBand(1)
    assert (band.GetScale(), band.GetOffset(), band.GetNoDataValue()) == (1e-4, 0.0, NODATA)


def test_fill_and_valid_range_become_nodata(tile) -> None:
    scene, _, (_, name, factor), whole, _ = tile
    names = [band.name for band in scene.bands]
    for band, size in ((name, factor), (scene.bands[names.index("B1" if "B1" in names else "I1")].name, 1)):
        numbers = stored(scene, band)
        bad = (numbers < -100) | (numbers > 16000)
        assert bad.sum() == 14
        found = whole[names.index(band)] == NODATA
        assert np.array_equal(found, bad.repeat(size, axis=0).repeat(size, axis=1))


def test_values_stay_near_those_of_the_input(tile) -> None:
    scene, _, (_, name, factor), whole, _ = tile
    numbers = stored(scene, name)
    result = whole[[band.name for band in scene.bands].index(name)].astype(float)
    mean = result.reshape(numbers.shape[0], factor, -1, factor).mean(axis=(1, 3))
    valid = (numbers >= -100) & (numbers <= 16000)
    assert np.abs(mean - numbers)[valid].mean() < 0.03 * numbers[valid].mean()


def test_tiling_never_shows_on_a_tile(tile, tmp_path: Path) -> None:
    scene, cards, _, whole, _ = tile
    execute(scene, cards, tmp_path / "small.tif", tile_size=32)
    assert np.array_equal(pixels_of(tmp_path / "small.tif"), whole)


def test_extent_of_a_tile_is_a_crop(tile, tmp_path: Path) -> None:
    scene, cards, _, whole, _ = tile
    grid = scene.finest
    (left, top), (right, bottom) = grid.locate(21, 11), grid.locate(60, 71)
    job = execute(scene, cards, tmp_path / "part.tif", extent=(left, bottom, right, top))
    assert (job.window.row, job.window.col, job.window.row_end, job.window.col_end) == (20, 10, 60, 72)
    assert np.array_equal(pixels_of(tmp_path / "part.tif"), whole[:, 20:60, 10:72])


@pytest.fixture(scope="module", params=list(SWATHS))
def swath(request, tmp_path_factory: pytest.TempPathFactory, cards: dict) -> tuple:
    """Scene, cards, folder, job and result of a swath."""
    folder = tmp_path_factory.mktemp(request.param)
    scene = opened(eos.simulate_eos(folder, SWATHS[request.param]))
    job = execute(scene, cards[request.param], folder / "whole.tif")
    return scene, cards[request.param], folder, job, pixels_of(folder / "whole.tif")


def test_swath_lies_on_an_equal_area_map(swath) -> None:
    scene, _, folder, job, whole = swath
    dataset = gdal.Open(str(folder / "whole.tif"))
    gsd = scene.finest.gsd
    transform = dataset.GetGeoTransform()
    assert (transform[1], transform[5], transform[0] % gsd, transform[3] % gsd) == (gsd, -gsd, 0, 0)
    assert osr.SpatialReference(dataset.GetProjection()).GetAttrValue("PROJECTION") == "Lambert_Azimuthal_Equal_Area"
    names = [dataset.GetRasterBand(i + 1).GetDescription() for i in range(dataset.RasterCount)]
    assert names == [band.name for band in scene.bands]
    band = dataset.GetRasterBand(2)
    assert (band.GetScale(), band.GetOffset(), band.GetNoDataValue()) == (1e-4, 0.0, NODATA)
    assert band.GetMetadataItem("WAVELENGTH") == f"{scene.bands[1].wavelength_nm:g}"
    assert "nearest pixel of the swath" in dataset.GetMetadataItem("SATSHARP_GEOREFERENCE")
    assert 0.3 < (whole[0] != NODATA).mean() < 0.9


def test_nothing_is_left_beside_the_result(swath) -> None:
    assert [path.name for path in swath[2].iterdir() if "whole" in path.name] == ["whole.tif"]


def test_digital_numbers_of_fine_bands_are_kept(swath) -> None:
    scene, _, _, _, whole = swath
    fine = [band.name for band in scene.bands].index("B1" if scene.has(("B1",)) else "I1")
    assert set(np.unique(whole[fine])) <= {NODATA, *np.unique(stored(scene, scene.bands[fine].name))}


def test_tiling_never_shows_on_a_swath(swath, tmp_path: Path) -> None:
    scene, cards, _, _, whole = swath
    execute(scene, cards, tmp_path / "small.tif", tile_size=48)
    assert np.array_equal(pixels_of(tmp_path / "small.tif"), whole)


def test_extent_of_a_swath_is_a_crop(swath, tmp_path: Path) -> None:
    scene, cards, _, full, whole = swath
    rows, cols = np.nonzero(whole[0] != NODATA)
    row, col = int(np.median(rows)), int(np.median(cols))
    (left, top), (right, bottom) = full.map_grid.locate(row - 10, col - 20), full.map_grid.locate(row + 15, col + 30)
    job = execute(scene, cards, tmp_path / "part.tif", extent=(left, bottom, right, top))
    assert (job.map_grid.width, job.map_grid.height) == (50, 25)
    assert job.window.width < full.window.width
    assert job.window.row % scene.geolocation.scan_lines == job.window.height % scene.geolocation.scan_lines == 0
    expected = whole[:, row - 10 : row + 15, col - 20 : col + 30]
    assert (expected != NODATA).mean() > 0.9
    assert np.array_equal(pixels_of(tmp_path / "part.tif"), expected)


def test_extent_in_degrees_and_outside(swath, tmp_path: Path) -> None:
    scene, cards, _, full, _ = swath
    lon, lat = SWATHS[scene.level].lon + 2, 44.5
    with pytest.raises(GridError, match="lies outside"):
        plan_job(
            scene,
            cards,
            str(tmp_path / "a.tif"),
            Options(extent=(lon + 90, lat, lon + 91, lat + 1), extent_crs="EPSG:4326"),
        )
    reference = osr.SpatialReference(full.map_grid.crs)
    degrees = osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    for one in (reference, degrees):
        one.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    middle = full.map_grid.locate(full.map_grid.height / 2, full.map_grid.width / 2)
    lon, lat, _ = osr.CoordinateTransformation(reference, degrees).TransformPoint(*middle)
    box = (lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)
    job = plan_job(scene, cards, str(tmp_path / "a.tif"), Options(extent=box, extent_crs="EPSG:4326"))
    assert 0 < job.map_grid.height - 11119 / scene.finest.gsd < 8


@pytest.mark.parametrize(("crs", "metres"), [("EPSG:32633", 1.0), ("EPSG:4326", 111319.49079)])
def test_another_crs(swath, tmp_path: Path, crs: str, metres: float) -> None:
    scene, cards, _, _, whole = swath
    job = execute(scene, cards, tmp_path / "other.tif", target_crs=crs, cog=True)
    assert job.map_grid.gsd == pytest.approx(scene.finest.gsd / metres, rel=1e-9)
    reference = osr.SpatialReference(gdal.Open(str(tmp_path / "other.tif")).GetProjection())
    assert reference.GetAuthorityCode(None) == crs[5:]
    valid, before = (pixels != NODATA for pixels in (pixels_of(tmp_path / "other.tif")[0], whole[0]))
    # Degrees of longitude are shorter than those of latitude, so there are more pixels.
    middle = job.map_grid.locate(job.map_grid.height / 2, 0)[1]
    stretch = np.cos(np.radians(middle)) if metres > 1 else 1.0
    assert valid.sum() * stretch == pytest.approx(before.sum(), rel=0.02)


def test_cancel_leaves_nothing(swath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene, cards, _, _, _ = swath
    reached: list[int] = []
    known = georeference.candidates

    def found(*given):
        reached.append(1)
        return known(*given)

    monkeypatch.setattr(georeference, "candidates", found)
    job = plan_job(scene, cards, str(tmp_path / "out.tif"), Options(**BARE))
    job = replace(job, map_grid=job.map_grid.crop(job.map_grid.window.pad(600)))
    with pytest.raises(CancelledError):
        run(job, lambda share: None, lambda: bool(reached), lambda text: None)
    assert len(reached) == 1
    assert list(tmp_path.iterdir()) == []


def test_room_for_a_swath_and_its_map_is_asked_for_before_the_run(swath, tmp_path: Path, monkeypatch) -> None:
    scene, cards, _, _, _ = swath
    job = plan_job(scene, cards, str(tmp_path / "out.tif"), Options(**BARE))
    asked: list[int] = []
    monkeypatch.setattr(writers, "check_space", lambda folder, nbytes: asked.append(nbytes))
    bands = len(job.files[0].bands)
    on_map = 2 * bands * job.map_grid.width * job.map_grid.height
    with writers.open_writers(job, "none"):
        assert asked == [2 * bands * job.window.width * job.window.height + on_map]
        # What a killed run has left has its room already.
        with writers.open_writers(replace(job, resume=True), "none"):
            assert asked[1:] == [on_map]


def test_a_run_killed_on_its_way_to_the_map_goes_on_there(swath, tmp_path: Path) -> None:
    scene, cards, _, _, whole = swath
    job = plan_job(scene, cards, str(tmp_path / "out.tif"), Options(**BARE))
    with pytest.MonkeyPatch.context() as patch:
        # A kill leaves no time to clean up.
        patch.setattr(RasterWriter, "abandon", lambda writer: None)
        patch.setattr(georeference, "choose", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(job, lambda share: None, lambda: False, lambda text: None)
    assert (tmp_path / "out.tif.swath.partial").exists() and not (tmp_path / "out.tif").exists()
    log: list[str] = []
    result = run(job, lambda share: None, lambda: False, log.append)
    height = job.window.height
    assert f"Resuming: {height} of {height} rows are done." in log and result.tiles == 0
    assert np.array_equal(pixels_of(tmp_path / "out.tif"), whole)
    assert [path.name for path in tmp_path.iterdir()] == ["out.tif"]


def test_sharpened_bands_lie_on_the_fine_ones(swath, tmp_path: Path) -> None:
    """Against truth in swath geometry: less than a tenth of a pixel off, along the scan and along the track."""
    scene, cards, folder, job, _ = swath
    truth = np.load(folder / "truth.npy")
    plain = plan_job(scene, cards, str(tmp_path / "swath.tif"), Options(**BARE))
    run(replace(plain, map_grid=None), lambda share: None, lambda: False, lambda text: None)
    pixels = pixels_of(tmp_path / "swath.tif").astype(float)
    lines = scene.geolocation.scan_lines
    for name in ("B4", "B12") if scene.sensor == "modis" else ("M4", "M10"):
        number = [band.name for band in scene.bands].index(name)
        wanted, found = truth[number].astype(float), pixels[number]
        # Away from the edges of scans, where the ground jumps, and from nodata.
        within = np.arange(wanted.shape[0]) % lines
        use = (found != NODATA) & ((within > 10) & (within < lines - 10))[:, None]
        use[:, :16] = use[:, -16:] = False
        slopes = np.stack([np.gradient(wanted, axis=axis)[use] for axis in (0, 1)], axis=1)
        moved, *_ = np.linalg.lstsq(slopes, (found - wanted)[use], rcond=None)
        assert np.abs(moved).max() < 0.1, (name, moved)


class _Smooth:
    """Ground whose digital numbers rise evenly with longitude and latitude."""

    @staticmethod
    def numbers(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        return 6000 + 900 * (lon - 17) + 1100 * (lat - 44)

    def look(self, name: str, gsd: float, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        return np.rint(self.numbers(lon, lat)).astype(np.int16)


class _Degrees:
    """A projection that leaves degrees as they are."""

    def __init__(self, crs: str, centre: float) -> None:
        pass

    def __call__(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return lon, lat


@pytest.mark.parametrize(
    "options",
    [
        eos.EosOptions("MOD09", scans=4, first_col=0, cols=120),
        eos.EosOptions("MOD09", scans=3, first_col=2600, cols=160),
        eos.EosOptions("VNP09", scans=5, first_col=0, cols=160),
        eos.EosOptions("VNP09", scans=4, first_col=3100, cols=160, geolocation="MOD"),
    ],
    ids=["modis end of scan", "modis nadir", "viirs end of scan", "viirs nadir by 750 m"],
)
def test_each_place_has_the_number_of_the_ground_there(options, cards: dict, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(swaths, "Projection", _Degrees)
    monkeypatch.setattr(swaths.Ground, "around", classmethod(lambda *given: _Smooth()))
    product = eos.simulate_eos(tmp_path, options)
    scene = opened(product)
    job = execute(scene, cards[options.product], tmp_path / "out.tif")
    whole, truth = pixels_of(tmp_path / "out.tif"), np.load(product.truth).astype(float)
    lines = scene.geolocation.scan_lines
    along = np.abs(np.diff(truth[0].reshape(-1, lines, truth.shape[2]), axis=1)).max()
    across = np.abs(np.diff(truth[0], axis=1)).max()
    expected = _expected(job.map_grid)
    names = [band.name for band in scene.bands]
    fine = names.index("B1" if "B1" in names else "I1")
    valid = whole[fine] != NODATA
    assert valid.sum() > 15000
    # Half a pixel; where scans just miss each other, one more half of a line.
    error = np.abs(whole[fine] - expected)[valid]
    assert error.max() < 0.5 * across + 1.0 * along + 1
    assert np.mean(error < 0.5 * across + 0.5 * along + 1) > 0.995
    for number, name in enumerate(names):
        sharpened = np.abs(whole[number] - expected)[whole[number] != NODATA]
        assert np.mean(sharpened < across + along + 1) > 0.95, name
    ndimage = pytest.importorskip("scipy.ndimage")
    holes = ndimage.binary_fill_holes(valid) & ~valid
    assert not holes.any()


def _expected(grid) -> np.ndarray:
    cols, rows = np.meshgrid(np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5)
    x, y = grid.locate(rows, cols)
    source, degrees = osr.SpatialReference(grid.crs), osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    for one in (source, degrees):
        one.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    found = np.array(osr.CoordinateTransformation(source, degrees).TransformPoints(points.tolist()))
    return _Smooth.numbers(found[:, 0], found[:, 1]).reshape(x.shape)
