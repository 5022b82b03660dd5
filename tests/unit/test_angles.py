# SPDX-License-Identifier: GPL-2.0-or-later
"""Angles of Sentinel-2 and Landsat products: grids, detectors, angle bands, what stands for them, and sentences."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import GridError, ProductError  # noqa: E402
from satsharp.core.grid import Grid  # noqa: E402
from satsharp.core.harmonization.factor_field import FactorField, c_factors, target_sun_zenith  # noqa: E402
from satsharp.core.harmonization.solar import solar_zenith  # noqa: E402
from satsharp.core.harmonization.tables import load_brdf  # noqa: E402
from satsharp.core.products import angles_landsat  # noqa: E402
from satsharp.core.products.angle_lattice import centre_of, coarse_lattice, on_grid  # noqa: E402
from satsharp.core.products.angles import open_angles  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

from .angle_factory import add_angle_grids  # noqa: E402
from .products_factory import DATA, wkt  # noqa: E402

TILE = "s2/fulltile60m_T29UNU/S2A_MSIL2A_20221005T115411_N0400_R023_T29UNU_20221005T164454.SAFE"
BASE = LandsatOptions(size=48, width=40, seed=3, clouds=False, nodata_corner=False)


def real(name: str) -> str:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here: it is a real product for tests")
    return str(path)


@pytest.fixture(scope="module")
def safe(tmp_path_factory) -> Path:
    """A small Sentinel-2 product with mean angles only."""
    return simulate_product(tmp_path_factory.mktemp("safe"), SimulationOptions(size=120)).safe


@pytest.fixture
def granule(safe, tmp_path) -> Path:
    """Granule metadata of a copy of the product."""
    copied = tmp_path / safe.name
    shutil.copytree(safe, copied)
    return next(copied.glob("GRANULE/*/MTD_TL.xml"))


def product_of(granule: Path) -> Path:
    return granule.parents[2]


@pytest.fixture(scope="module")
def level1(tmp_path_factory) -> Path:
    return simulate_landsat(tmp_path_factory.mktemp("level1"), BASE).folder


@pytest.fixture(scope="module")
def level2(tmp_path_factory) -> Path:
    return simulate_landsat(tmp_path_factory.mktemp("level2"), replace(BASE, level="L2SP")).folder


def test_nodes_of_sentinel2_are_cell_centres(granule):
    add_angle_grids(granule)
    found = open_angles(str(product_of(granule)))
    root = granule.read_text(encoding="utf-8")
    x, y = (float(root.split(f"<{tag}>")[1].split("<")[0]) for tag in ("ULX", "ULY"))
    assert found.grid.transform == (x - 2500, 5000.0, 0.0, y + 2500, 0.0, -5000.0)
    assert (found.grid.width, found.grid.height) == (23, 23)
    assert found.grid.locate(0.5, 0.5) == (x, y)
    np.testing.assert_allclose(found.sun_zenith[:, 7], 50 + 0.01 * np.arange(23), atol=1e-5)
    np.testing.assert_allclose(found.sun_azimuth, 160.0)
    assert found.sensor == "sentinel2a" and found.acquired.startswith("20") and found.notes == ()


def test_detectors_are_combined_for_each_band(granule):
    add_angle_grids(granule)
    found = open_angles(str(product_of(granule)))
    assert [view.bands for view in found.views][:3] == [("B01",), ("B02",), ("B03",)]
    for number, band in ((0, "B01"), (8, "B8A"), (12, "B12")):
        view = found.view(band)
        np.testing.assert_allclose(view.zenith[:, :11], 8 + 0.1 * number, atol=1e-4)
        np.testing.assert_allclose(view.zenith[:, 12:], 4 + 0.1 * number, atol=1e-4)
        # Where they meet, the mean of two lines of sight of one azimuth is that of their zeniths.
        np.testing.assert_allclose(view.zenith[:, 11], 6 + 0.1 * number, atol=0.01)
        np.testing.assert_allclose(view.azimuth, 110.0, atol=1e-3)


def test_the_mean_of_azimuths_goes_the_short_way(granule):
    add_angle_grids(granule, azimuths=(350.0, 10.0))
    view = open_angles(str(product_of(granule))).view("B02")
    assert view.azimuth[0, 0] == pytest.approx(350, abs=0.01) and view.azimuth[0, 22] == pytest.approx(10, abs=0.01)
    # Zeniths 8.1 and 4.1: vector (sin 8.1 sin 350 + sin 4.1 sin 10, sin 8.1 cos 350 + sin 4.1 cos 10).
    east = np.sin(np.radians(8.1)) * np.sin(np.radians(350)) + np.sin(np.radians(4.1)) * np.sin(np.radians(10))
    north = np.sin(np.radians(8.1)) * np.cos(np.radians(350)) + np.sin(np.radians(4.1)) * np.cos(np.radians(10))
    assert view.azimuth[0, 11] == pytest.approx(np.degrees(np.arctan2(east, north)) % 360, abs=0.01)


def test_mean_angles_stand_for_missing_grids(safe):
    found = open_angles(str(safe))
    assert (found.grid.width, found.grid.height) == (1, 1)
    assert found.sun_zenith.shape == (1, 1) and 0 < found.sun_zenith[0, 0] < 90
    assert found.view("B8A").zenith.shape == (1, 1)
    assert len(found.notes) == 1 and "has no angle grids: the mean angles of the tile are used" in found.notes[0]
    blue, nir = c_factors(found, ("B02", "B8A"), load_brdf())
    assert blue.values.shape == nir.values.shape == (1, 1) and blue.values[0, 0] != nir.values[0, 0]


def test_granule_metadata_alone_are_enough(granule):
    add_angle_grids(granule)
    whole, alone = open_angles(str(product_of(granule))), open_angles(str(granule))
    np.testing.assert_array_equal(alone.view("B04").zenith, whole.view("B04").zenith)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace("Mean_Sun_Angle", "Other"), "tells neither angle grids nor mean angles"),
        (lambda text: text.replace('<ZENITH_ANGLE unit="deg">', "<ZENITH_ANGLE>x"), "ZENITH_ANGLE, which is no number"),
    ],
)
def test_damaged_mean_angles_are_told(granule, change, sentence):
    granule.write_text(change(granule.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ProductError, match=sentence):
        open_angles(str(product_of(granule)))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("<VALUES>50 50", "<VALUES>50 fifty", "damaged angle grids .*fifty"),
        ("<VALUES>50 50", "<VALUES>50", "damaged angle grids"),
        ('<COL_STEP unit="m">5000', '<COL_STEP unit="m">0', "a step of 0 x 5000 m"),
        ('bandId="12" detectorId="4"', 'bandId="13" detectorId="4"', "unknown band id '13'"),
    ],
)
def test_damaged_grids_are_told(granule, old, new, sentence):
    add_angle_grids(granule)
    text = granule.read_text(encoding="utf-8")
    assert old in text
    granule.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ProductError, match=sentence):
        open_angles(str(product_of(granule)))


def test_real_tile():
    """T29UNU of 5 October 2022: 23 x 23 nodes, four detectors, partly beyond the orbit's edge."""
    found = open_angles(real(TILE))
    assert found.sensor == "sentinel2a" and found.acquired.startswith("2022-10-05T11:56:49")
    assert found.sun_zenith[0, 0] == pytest.approx(58.38) and found.sun_zenith[0, 22] == pytest.approx(58.2472)
    # The sun's own position, at the time of the granule, in the middle.
    from datetime import datetime, timezone

    longitude, latitude = found.centre
    assert (longitude, latitude) == pytest.approx((-8.185, 52.752), abs=0.01)
    sun = solar_zenith(latitude, longitude, datetime(2022, 10, 5, 11, 56, 49, tzinfo=timezone.utc))
    assert found.sun_zenith[11, 11] == pytest.approx(sun, abs=0.05)
    view = found.view("B02")
    assert view.zenith[0, 0] == pytest.approx(5.54934, abs=1e-4)
    assert np.isnan(view.zenith).sum() == 217
    # The metadata's own means over the pixels.
    assert np.nanmean(view.zenith) == pytest.approx(9.158, abs=0.1)
    assert np.nanmean(view.azimuth) == pytest.approx(288.98, abs=0.5)
    assert target_sun_zenith(found) == pytest.approx(58.34, abs=0.01)
    (blue, nir) = c_factors(found, ("B02", "B8A"), load_brdf())
    assert np.isfinite(blue.values).all() and 1.0 < blue.values.min() < blue.values.max() < 1.03
    assert nir.values.mean() == pytest.approx(1.0217, abs=1e-3)


def test_real_archives():
    folder = Path(real("s2/minisafe_L1C_decimated"))
    found = [open_angles(str(path)) for path in sorted(folder.glob("*.zip"))]
    assert [angles.sensor for angles in found] == ["sentinel2a", "sentinel2b"]
    assert [angles.acquired[:10] for angles in found] == ["2018-06-29", "2018-06-17"]
    assert [round(float(angles.sun_zenith.mean()), 2) for angles in found] == [59.52, 60.25]


def test_angle_bands_of_landsat(level1):
    found = open_angles(str(level1))
    assert found.sensor == "landsat8" and found.notes == ()
    assert (found.grid.width, found.grid.height) == (40, 48)
    for values, ending in (
        (found.sun_zenith, "SZA"),
        (found.sun_azimuth, "SAA"),
        (found.view("B5").zenith, "VZA"),
        (found.view("B02").azimuth, "VAA"),
    ):
        stored = gdal.Open(str(level1 / f"{level1.name}_{ending}.TIF")).ReadAsArray()
        np.testing.assert_allclose(values, stored / 100, atol=1e-4)
    assert found.acquired == "2023-06-15T10:16:21Z"


def test_large_angle_bands_are_read_on_a_lattice(level1, monkeypatch):
    monkeypatch.setattr(angles_landsat, "coarse_lattice", lambda grid: coarse_lattice(grid, 10))
    found = open_angles(str(level1))
    # 48 rows of 5 pixels: 10 rows, the last one of 3; each cell holds its middle pixel.
    assert (found.grid.width, found.grid.height, found.grid.gsd) == (8, 10, 150.0)
    stored = gdal.Open(str(level1 / f"{level1.name}_VZA.TIF")).ReadAsArray() / 100
    np.testing.assert_allclose(found.view("B2").zenith[:9], stored[2:47:5, 2::5], atol=1e-4)
    np.testing.assert_allclose(found.view("B2").zenith[9], stored[47, 2::5], atol=1e-4)


def test_fill_of_landsat_is_continued(tmp_path):
    folder = simulate_landsat(tmp_path, replace(BASE, nodata_corner=True)).folder
    found = open_angles(str(folder))
    assert np.isnan(found.sun_zenith).any()
    (field,) = c_factors(found, ("B4",), load_brdf())
    assert np.isfinite(field.values).all() and field.values.std() < 1e-3


def test_level1_beside_level2_lends_its_angles(level1, level2, tmp_path):
    shutil.copytree(level1, tmp_path / level1.name)
    shutil.copytree(level2, tmp_path / level2.name)
    found = open_angles(str(tmp_path / level2.name))
    assert found.notes == () and found.sun_zenith.shape == (48, 40)
    listed = open_angles(f"{level2};{level1}")
    np.testing.assert_array_equal(listed.sun_zenith, found.sun_zenith)


def test_level2_alone_has_the_sun_of_its_metadata_and_a_warning(level2):
    found = open_angles(str(level2))
    assert float(found.sun_zenith[0, 0]) == pytest.approx(35.0, abs=1e-4)
    assert float(found.view("B4").zenith[0, 0]) == 0.0
    assert "has no angle bands" in found.notes[0] and "the view is not normalised" in found.notes[0]
    (field,) = c_factors(found, ("B4",), load_brdf(), 35.0)
    assert float(field.values[0, 0]) == pytest.approx(1.0, abs=1e-6)
    assert found.grid.width == 1 and found.grid.gsd == pytest.approx(40 * 30)


def without_sun(folder: Path) -> None:
    for path in folder.glob("*_MTL.*"):
        if path.suffix != ".txt":
            path.unlink()
        else:
            lines = path.read_text(encoding="utf-8").splitlines()
            path.write_text("\n".join(line for line in lines if "SUN_AZIMUTH" not in line) + "\n", encoding="utf-8")


def test_without_any_angles_the_product_is_refused(level2, tmp_path):
    folder = tmp_path / level2.name
    shutil.copytree(level2, folder)
    without_sun(folder)
    with pytest.raises(ProductError, match="has neither angle bands .* nor the angles of the sun"):
        open_angles(str(folder))


def test_real_landsat_has_no_angle_bands_and_says_so():
    found = open_angles(real("l8/xlandsat/LC08_L1TP_227074_20190809_20200827_02_T1"))
    assert found.sensor == "landsat8" and found.sun_azimuth[0, 0] == pytest.approx(42.7678, abs=1e-3)
    assert "Pass the Level-1 product of Collection 2" in found.notes[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"LANDSAT_8": "LANDSAT_7"}, "is of Landsat 7, whose bands differ from those of Landsat 8 and 9"),
        ({"LANDSAT_8": "LANDSAT_5"}, "is of Landsat 5"),
        ({"COLLECTION_NUMBER = 02": "COLLECTION_NUMBER = 01"}, "is of Collection 1, which is no longer produced"),
    ],
)
def test_other_landsats_and_collections_are_refused(level1, tmp_path, change, sentence):
    folder = tmp_path / level1.name
    shutil.copytree(level1, folder)
    path = folder / f"{level1.name}_MTL.txt"
    text = path.read_text(encoding="utf-8")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProductError, match=sentence):
        open_angles(str(folder))


def test_angle_bands_on_different_grids_are_refused(level1, tmp_path):
    folder = tmp_path / level1.name
    shutil.copytree(level1, folder)
    dataset = gdal.Open(str(folder / f"{level1.name}_VAA.TIF"), gdal.GA_Update)
    dataset.SetGeoTransform((0.0, 30.0, 0.0, 0.0, 0.0, -30.0))
    del dataset
    with pytest.raises(GridError, match="VAA.TIF and .*SZA.TIF lie on different grids"):
        open_angles(str(folder))


def test_truncated_angle_band_is_told(level1, tmp_path):
    folder = tmp_path / level1.name
    shutil.copytree(level1, folder)
    path = folder / f"{level1.name}_VZA.TIF"
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(ProductError, match=r"VZA.TIF .*(truncated|damaged|cannot be opened)"):
        open_angles(str(folder))


def test_sources_that_hold_no_angles_are_told(tmp_path, level1, safe):
    with pytest.raises(ProductError, match="is no Sentinel-2 or Landsat 8/9 product, so it tells no angles"):
        open_angles(str(tmp_path))
    with pytest.raises(ProductError, match="does not exist"):
        open_angles(str(tmp_path / "nothing"))
    with pytest.raises(ProductError, match="angles are read from one Sentinel-2 product"):
        open_angles(f"{level1};{safe}")
    other = simulate_landsat(tmp_path, replace(BASE, size=16, width=16, acquired="2023-07-01T10:16:21")).folder
    with pytest.raises(ProductError, match="holds products of different scenes"):
        open_angles(f"{level1};{other}")


def plane(epsg: int = 32632) -> FactorField:
    """Factors that grow to the east and north: 1 + (x - 500 km) / 1000 km + (y - 5600 km) / 2000 km."""
    grid = Grid(wkt(epsg), (450000.0, 5000.0, 0.0, 5650000.0, 0.0, -5000.0), 21, 21)
    rows, cols = np.mgrid[0:21, 0:21] + 0.5
    x, y = 450000 + 5000 * cols, 5650000 - 5000 * rows
    return FactorField("B2", grid, (1 + (x - 5e5) / 1e6 + (y - 5.6e6) / 2e6).astype(np.float32))


def test_a_field_in_the_same_crs_stays_as_it_is():
    grid = Grid(wkt(32632), (480000.0, 10.0, 0.0, 5620000.0, 0.0, -10.0), 100, 100)
    (found,) = on_grid((field := plane(),), grid, "the raster")
    assert found is field
    assert on_grid((), grid, "the raster") == ()


@pytest.mark.parametrize(
    ("epsg", "transform"),
    [(4326, (8.8, 0.0002, 0.0, 50.6, 0.0, -0.0002)), (32631, (908000.0, 30.0, 0.0, 5620000.0, 0.0, -30.0))],
)
def test_a_field_is_carried_into_another_crs(epsg, transform):
    from osgeo import osr

    grid = Grid(wkt(epsg), transform, 600, 500)
    (found,) = on_grid((plane(),), grid, "the raster")
    assert max(found.grid.width, found.grid.height) <= 256
    values = found.sample(grid, grid.window)
    source, target = osr.SpatialReference(), osr.SpatialReference()
    source.ImportFromEPSG(epsg)
    target.ImportFromEPSG(32632)
    for reference in (source, target):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    transformation = osr.CoordinateTransformation(source, target)
    for row, col in ((10, 10), (250, 300), (480, 580)):
        x, y, _ = transformation.TransformPoint(*grid.locate(row + 0.5, col + 0.5))
        assert values[row, col] == pytest.approx(1 + (x - 5e5) / 1e6 + (y - 5.6e6) / 2e6, abs=2e-6)


def test_a_raster_elsewhere_or_without_crs_is_refused():
    for epsg, transform in (
        (32632, (10.0, 10.0, 0.0, 10.0, 0.0, -10.0)),
        (4326, (20.0, 0.001, 0.0, 50.0, 0.0, -0.001)),
    ):
        with pytest.raises(GridError, match="the raster lies elsewhere than the product with the angles"):
            on_grid((plane(),), Grid(wkt(epsg), transform, 10, 10), "the raster")
    with pytest.raises(GridError, match="the raster has no coordinate reference system that is known"):
        on_grid((plane(),), Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 10, 10), "the raster")


def test_centre_of_a_grid():
    longitude, latitude = centre_of(plane().grid, "the lattice")
    # 500 km east is the zone's meridian; the lattice's centre lies 2.5 km east of it and at 5597.5 km north.
    assert longitude == pytest.approx(9.0354, abs=1e-3) and latitude == pytest.approx(50.529, abs=1e-3)
