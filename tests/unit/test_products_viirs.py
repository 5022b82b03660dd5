# SPDX-License-Identifier: GPL-2.0-or-later
"""VIIRS products: sinusoidal tiles in HDF5, swaths in HDF4 with their geolocation, and what may be wrong with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("pyhdf")
h5py = pytest.importorskip("h5py")
eos = pytest.importorskip("satsharp.export_tools.simulation.eos", reason="export_tools is not there")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.products.eos_grid import grids_of, sinusoidal, struct_metadata  # noqa: E402
from satsharp.core.products.geolocation import Places  # noqa: E402
from satsharp.core.products.swath_map import geometry_of  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402

SENSOR = sensor_by_id("viirs")
SIDE = 1111950.5196666666
# Corners of the tile h33v12 as a VNP09GA of collection 2 states them.
REAL = """GROUP=GridStructure
	GROUP=GRID_1
		GridName="VIIRS_Grid_1km_2D"
		XDim=1200
		YDim=1200
		UpperLeftPointMtrs=(16679257.795000,-3335851.559000)
		LowerRightMtrs=(17791208.314667,-4447802.078667)
		Projection=HE5_GCTP_SNSOID
		ProjParams=(6371007.181000,0,0,0,0,0,0,0,0,0,0,0,0)
		SphereCode=-1
		GridOrigin=HE5_HDFE_GD_UL
		GROUP=Dimension
			OBJECT=Dimension_1
				DimensionName="XDim"
				Size=7
			END_OBJECT=Dimension_1
		END_GROUP=Dimension
	END_GROUP=GRID_1
END_GROUP=GridStructure
END
"""


@pytest.fixture(scope="module")
def tile(tmp_path_factory: pytest.TempPathFactory):
    options = eos.EosOptions("VNP09GA", tile="h33v12", size=30, version="002")
    return eos.simulate_eos(tmp_path_factory.mktemp("tile"), options)


@pytest.fixture(scope="module")
def swath(tmp_path_factory: pytest.TempPathFactory):
    options = eos.EosOptions("VNP09", satellite="VJ1", scans=2, first_col=1960, cols=120, version="002")
    return eos.simulate_eos(tmp_path_factory.mktemp("swath"), options)


def refusal(source: str | Path) -> str:
    with pytest.raises(ProductError) as caught:
        open_scene(str(source), SENSOR)
    return str(caught.value)


def copied(product, folder: Path) -> list[Path]:
    return [Path(shutil.copy(path, folder)) for path in product.files]


@pytest.mark.parametrize("source", ["file", "folder"])
def test_tile_has_all_bands_on_the_sinusoidal_grid(tile, source: str) -> None:
    scene = open_scene(str(tile.files[0] if source == "file" else tile.files[0].parent), SENSOR)
    assert [band.name for band in scene.bands] == [band.name for band in SENSOR.bands]
    coarse, fine = scene.band("M5").grid, scene.band("I1").grid
    assert (coarse.width, fine.width, coarse.scale_factor_to(fine)) == (30, 60, 2)
    for grid, cell in ((coarse, SIDE / 1200), (fine, SIDE / 2400)):
        assert grid.transform[1] == pytest.approx(cell, abs=1e-6)
        assert (grid.transform[0], grid.transform[3]) == pytest.approx((15 * SIDE, -3 * SIDE), abs=1e-3)
    assert scene.gsd_ratio == pytest.approx(SIDE / 1200 / 750, rel=1e-8)
    assert scene.nominal_gsd("I3") == pytest.approx(375)
    assert (scene.level, scene.acquired, dict(scene.tags)["tile"]) == ("VNP09GA", "2019-01-21", "h33v12")


def test_tile_is_read_as_it_is_stored(tile) -> None:
    scene, truth = open_scene(str(tile.files[0]), SENSOR), np.load(tile.truth)
    band = scene.band("I2")
    assert (band.scale, band.offset, band.nodata, band.valid_range) == (1e-4, 0.0, -28672.0, (-100.0, 16000.0))
    with BandReader() as reader:
        assert np.array_equal(reader.read(band, band.grid.window), truth[tile.bands.index("I2")])


def test_collection_1_calls_its_grids_otherwise(tmp_path: Path) -> None:
    product = eos.simulate_eos(tmp_path, eos.EosOptions("VNP09GA", size=12, version="001"))
    scene = open_scene(str(product.files[0]), SENSOR)
    assert "VNP_Grid_500m_2D" in scene.band("I1").path
    assert scene.band("I1").grid.width == 24


def test_grid_of_a_real_struct_metadata() -> None:
    grid = grids_of(REAL, "x")["VIIRS_Grid_1km_2D"]
    assert (grid.width, grid.height) == (1200, 1200)
    assert grid.transform[1] == pytest.approx(926.625433055833, abs=1e-6)
    assert grid.transform[5] == pytest.approx(-926.625433055833, abs=1e-6)
    assert grid.locate(1200, 1200) == pytest.approx((17791208.314667, -4447802.078667), abs=1e-3)
    assert grid.crs == sinusoidal()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("HE5_GCTP_SNSOID", "HE5_GCTP_UTM", "its projection is HE5_GCTP_UTM"),
        ("UpperLeftPointMtrs", "Elsewhere", "UpperLeftPointMtrs"),
        ("(16679257.795000,", "(east,", "east"),
        ("XDim=1200", "XDim=0", "no area"),
        ("(17791208.314667,", "(1.0,", "no area"),
    ],
)
def test_broken_struct_metadata(old: str, new: str, message: str) -> None:
    with pytest.raises(ProductError, match="cannot be read") as caught:
        grids_of(REAL.replace(old, new), "x.h5")
    assert message in str(caught.value)


def test_tile_without_struct_metadata(tile, tmp_path: Path) -> None:
    (path,) = copied(tile, tmp_path)
    with h5py.File(path, "r+") as file:
        del file["HDFEOS INFORMATION"]
    assert "has no StructMetadata.0" in refusal(path)
    with pytest.raises(ProductError):
        struct_metadata(str(path))


def test_tile_without_a_band(tile, tmp_path: Path) -> None:
    (path,) = copied(tile, tmp_path)
    with h5py.File(path, "r+") as file:
        del file["HDFEOS/GRIDS/VIIRS_Grid_1km_2D/Data Fields/SurfReflect_M8_1"]
    assert "lacks the surface reflectance of M8 (750 m)" in refusal(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
def test_truncated_tile(tile, tmp_path: Path, share: float) -> None:
    (path,) = copied(tile, tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    assert str(path) in refusal(path)


def test_damaged_pixels_show_at_once(tile, tmp_path: Path) -> None:
    (path,) = copied(tile, tmp_path)
    with h5py.File(path, "r") as file:
        data = file["HDFEOS/GRIDS/VIIRS_Grid_500m_2D/Data Fields/SurfReflect_I1_1"]
        chunk = data.id.get_chunk_info(data.id.get_num_chunks() - 1)
    with path.open("r+b") as stream:
        stream.seek(chunk.byte_offset)
        stream.write(b"\0" * chunk.size)
    assert "truncated or damaged" in refusal(path)


def test_swath_takes_its_places_from_the_file_beside_it(swath) -> None:
    for source in (swath.files[0], swath.files[0].parent, ";".join(map(str, swath.files))):
        scene = open_scene(str(source), SENSOR)
        assert scene.geolocation.latitude.startswith(f'HDF5:"{swath.files[1]}"')
        assert (scene.geolocation.line_step, scene.geolocation.scan_lines) == (1, 32)
    tags = dict(scene.tags)
    assert tags["satellite"] == "NOAA-20" and tags["geolocation"].startswith("VJ103IMG.A2019021.1710")
    assert {(band.gsd, band.grid.width, band.grid.height) for band in scene.bands} == {(375, 120, 64), (750, 60, 32)}
    assert {band.shift for band in scene.bands} == {(0.0, 0.0)}
    assert "overlap" in scene.notes[0]


def test_rows_of_the_geolocation_are_not_turned_around(swath) -> None:
    scene = open_scene(str(swath.files[0]), SENSOR)
    places = Places(scene.geolocation, geometry_of(scene, scene.finest), scene.name)
    with h5py.File(swath.files[1]) as file:
        expected = file["geolocation_data/latitude"][32:64]
    assert np.array_equal(places.scan(1)[1], expected)
    assert expected[0].mean() != pytest.approx(expected[-1].mean(), abs=1e-3)


def test_deleted_pixels_are_nodata(swath) -> None:
    scene = open_scene(str(swath.files[0]), SENSOR)
    with BandReader() as reader:
        fine, coarse = (reader.read(scene.band(n), scene.band(n).grid.window) == -28672 for n in ("I1", "M1"))
    # Columns below 2016 are deleted, those from there on are not.
    assert fine[[0, 1, 30, 31, 32], :56].all() and not fine[2:30].any() and not fine[:, 56:].any()
    assert coarse[[0, 15, 16], :28].all() and not coarse[1:15].any() and not coarse[:, 28:].any()


def test_geolocation_of_the_750_m_pixels_serves_too(tmp_path: Path) -> None:
    options = eos.EosOptions("VNP09", scans=2, first_col=3000, cols=80, geolocation="MOD")
    product = eos.simulate_eos(tmp_path, options)
    geolocation = open_scene(str(product.files[0]), SENSOR).geolocation
    assert (geolocation.line_offset, geolocation.line_step, geolocation.pixel_step) == (0.5, 2, 2)


def test_missing_geolocation_is_named(swath, tmp_path: Path) -> None:
    path, partner = copied(swath, tmp_path)
    partner.unlink()
    assert refusal(path) == (
        f"VJ109.A2019021.1710 does not say where its pixels lie. Fetch its geolocation file {partner.name} and put it "
        "into the same folder."
    )


def test_geolocation_of_another_swath(swath, tmp_path: Path) -> None:
    path, partner = copied(swath, tmp_path)
    partner.rename(tmp_path / partner.name.replace(".1710.", ".1716."))
    assert "Fetch its geolocation file" in refusal(tmp_path)
    with h5py.File(tmp_path / partner.name, "w") as file:
        for name in ("latitude", "longitude"):
            file[f"geolocation_data/{name}"] = np.zeros((32, 120), np.float32)
    assert "120 x 32 latitudes, where the product needs 120 x 64" in refusal(path)
    with h5py.File(tmp_path / partner.name, "w") as file:
        for name in ("height", "range"):
            file[f"geolocation_data/{name}"] = np.zeros((64, 120), np.float32)
    assert "has no latitudes" in refusal(path)


def test_swath_without_any_place(swath, tmp_path: Path) -> None:
    path, partner = copied(swath, tmp_path)
    with h5py.File(partner, "r+") as file:
        file["geolocation_data/latitude"][:] = -999.9
    scene = open_scene(str(path), SENSOR)
    with pytest.raises(ProductError, match="no place for any pixel"):
        Places(scene.geolocation, geometry_of(scene, scene.finest), scene.name).sparse()


def test_gdal_without_hdf5(tile, monkeypatch: pytest.MonkeyPatch) -> None:
    known = gdal.GetDriverByName
    monkeypatch.setattr(gdal, "GetDriverByName", lambda name: None if name == "HDF5" else known(name))
    assert "without HDF5" in refusal(tile.files[0])


def test_two_swaths_are_too_many(swath, tmp_path: Path) -> None:
    path, _ = copied(swath, tmp_path)
    shutil.copy(path, tmp_path / path.name.replace(".1710.", ".1716."))
    assert "holds 2 VIIRS products" in refusal(tmp_path)


def test_geolocation_alone_is_no_product(swath) -> None:
    assert "no surface reflectance of VIIRS" in refusal(swath.files[1])


@pytest.mark.parametrize("other", ["001", "003"])
def test_geolocation_of_the_same_collection_is_taken(swath, tmp_path: Path, other: str) -> None:
    path, partner = copied(swath, tmp_path)
    shutil.copy(partner, tmp_path / partner.name.replace(".002.", f".{other}.", 1))
    scene = open_scene(str(path), SENSOR)
    assert partner.name in scene.geolocation.latitude
    assert dict(scene.tags)["geolocation"] == "VJ103IMG.A2019021.1710.002"
