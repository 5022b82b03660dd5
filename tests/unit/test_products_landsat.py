# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat products in every form they come in: grids, moves, radiometry, pairs of levels, archives, crops."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools.simulation.landsat import (  # noqa: E402
    LandsatOptions,
    SimulatedLandsat,
    simulate_landsat,
)
from satsharp.export_tools.simulation.landsat.product import pack  # noqa: E402

SENSOR = sensor_by_id("landsat")
BASE = LandsatOptions(size=48, width=40, seed=3)
SINE = np.sin(np.radians(55))


@pytest.fixture(scope="module")
def level1(tmp_path_factory: pytest.TempPathFactory) -> SimulatedLandsat:
    return simulate_landsat(tmp_path_factory.mktemp("level1"), BASE)


@pytest.fixture(scope="module")
def level2(tmp_path_factory: pytest.TempPathFactory) -> SimulatedLandsat:
    return simulate_landsat(tmp_path_factory.mktemp("level2"), replace(BASE, level="L2SP"))


def opened(source: object) -> Scene:
    """Open a source with the sensor file of Landsat 8/9."""
    return open_scene(str(source), SENSOR)


def stored(scene: Scene, name: str) -> np.ndarray:
    """The pixels as the file has them."""
    band = replace(scene.band(name), shift=(0.0, 0.0))
    with BandReader() as reader:
        return reader.read(band, band.grid.window)


def essence(scene: Scene) -> list[tuple]:
    """What must not depend on how a product is packed."""
    return [(band.name, band.grid, band.shift, band.scale, band.offset) for band in scene.bands]


def test_level1_scene(level1):
    scene = opened(level1.folder)
    assert [band.name for band in scene.bands] == ["B1", "B2", "B3", "B8", "B4", "B5", "B9", "B6", "B7"]
    assert (scene.name, scene.level, scene.acquired) == (level1.folder.name, "L1TP", "2023-06-15T10:16:21Z")
    pan, red = scene.band("B8"), scene.band("B4")
    assert pan.grid.transform == (483592.5, 15, 0, 5628517.5, 0, -15)
    assert (pan.grid.width, pan.grid.height, pan.shift) == (79, 95, (0, 0))
    assert red.grid.transform == (483592.5, 30, 0, 5628517.5, 0, -30)
    assert (red.grid.width, red.grid.height, red.shift) == (40, 48, (-0.25, -0.25))
    assert red.grid.scale_factor_to(pan.grid) == 2
    for band in (pan, red):
        assert (band.scale, band.offset) == pytest.approx((2e-5 / SINE, -0.1 / SINE), rel=1e-9)
        assert (band.nodata, band.saturated, band.dtype) == (0, 65535, "UInt16")
    tags = dict(scene.tags)
    assert tags["satellite"] == "Landsat 8"
    assert tags["reflectance"] == "top of atmosphere, divided by the sine of the sun's elevation (55.0000 degrees)"
    assert tags["moved"] == "coarse bands by -0.25 rows and -0.25 columns"
    assert "extent" not in tags


def test_thermal_bands_are_left_out_with_a_sentence(level1, tmp_path):
    scene = opened(level1.folder)
    assert scene.notes == (dict(SENSOR.left_out)["B10"],)
    assert not scene.has(("B10",))
    copy = shutil.copytree(level1.folder, tmp_path / level1.folder.name)
    for path in copy.glob("*_B1?.TIF"):
        path.unlink()
    assert opened(copy).notes == ()


def test_a_moved_pixel_is_that_of_the_landscape_there(level1):
    """A ramp of 30 m pixels, read on the pan's grid, has at a coordinate the value that it has on its own grid."""
    scene = opened(level1.folder)
    red = scene.band("B4")
    folder = Path(red.path).parent
    path = folder / "ramp.tif"
    source = gdal.Open(red.path)
    ramp = gdal.GetDriverByName("GTiff").Create(str(path), 40, 48, 1, gdal.GDT_UInt16)
    ramp.SetGeoTransform(source.GetGeoTransform())
    rows, cols = np.mgrid[0:48, 0:40]
    ramp.WriteArray((1000 + 400 * rows + 80 * cols).astype(np.uint16))
    del ramp
    with BandReader() as reader:
        values = reader.read(replace(red, path=str(path)), Window(10, 10, 20, 20)).astype(float)
    path.unlink()
    centre = red.grid.locate(10.5, 10.5)
    x0, dx, _, y0, _, dy = source.GetGeoTransform()
    row, col = (centre[1] - y0) / dy - 0.5, (centre[0] - x0) / dx - 0.5
    assert (row, col) == (10.25, 10.25)
    expected = 1000 + 400 * (row + rows[:20, :20]) + 80 * (col + cols[:20, :20])
    # A windowed sinc is off by up to 0.015 pixels on a ramp.
    assert np.abs(values - expected).max() < 0.016 * 480


@pytest.mark.parametrize("suffix", ["txt", "json", "xml"])
def test_metadata_file_in_each_form(level1, tmp_path, suffix):
    expected = essence(opened(level1.folder))
    metadata = level1.metadata.with_suffix(f".{suffix}")
    assert [entry[1:] for entry in essence(opened(metadata))] == [entry[1:] for entry in expected]
    # A folder with this form only.
    copy = shutil.copytree(level1.folder, tmp_path / "elsewhere")
    for other in copy.glob("*_MTL.*"):
        if other.suffix != f".{suffix}":
            other.unlink()
    assert essence(opened(copy)) == expected


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_archives_are_read_in_place(level1, tmp_path, kind):
    folder = opened(level1.folder)
    copy = shutil.copytree(level1.folder, tmp_path / "in" / level1.folder.name)
    before = sorted(path.name for path in copy.parent.iterdir())
    archive = pack(copy, kind)
    scene = opened(archive)
    assert essence(scene) == essence(folder)
    for name in ("B8", "B5"):
        assert scene.band(name).path.startswith("/vsi")
        np.testing.assert_array_equal(stored(scene, name), stored(folder, name))
    assert sorted(path.name for path in copy.parent.iterdir()) == sorted([*before, archive.name])
    assert gdal.GetConfigOption("CPL_VSIL_GZIP_WRITE_PROPERTIES") is None
    # The name may be anything, and the files may lie in a folder.
    nested = tmp_path / f"some product.{kind}"
    if kind == "zip":
        shutil.make_archive(str(nested)[:-4], "zip", copy.parent)
    else:
        with tarfile.open(nested, "w:gz" if kind == "tar.gz" else "w") as packed:
            packed.add(copy, "./" + copy.name)
    assert essence(opened(nested)) == essence(folder)


def test_band_file_stands_for_its_product(level1):
    assert essence(opened(level1.folder / f"{level1.folder.name}_B4.TIF")) == essence(opened(level1.folder))


def test_parent_folder_stands_for_its_one_product(level1):
    assert essence(opened(level1.folder.parent)) == essence(opened(level1.folder))


def test_names_in_the_metadata_need_not_keep_their_case_or_be_there(level1, tmp_path):
    expected = essence(opened(level1.folder))
    copy = shutil.copytree(level1.folder, tmp_path / "copy")
    for path in copy.glob("*.TIF"):
        path.rename(path.with_name(path.name[:-4].upper() + ".tif"))
    assert essence(opened(copy)) == expected
    metadata = copy / level1.metadata.name
    metadata.write_text("\n".join(line for line in metadata.read_text().splitlines() if "FILE_NAME_BAND" not in line))
    assert essence(opened(copy)) == expected


def test_metadata_cannot_point_out_of_the_product(level1, tmp_path):
    copy = shutil.copytree(level1.folder, tmp_path / "copy")
    (copy / f"{copy.name}").mkdir()
    outside = tmp_path / "outside_B4.TIF"
    (copy / f"{level1.folder.name}_B4.TIF").rename(outside)
    metadata = copy / level1.metadata.name
    metadata.write_text(metadata.read_text().replace(f'"{level1.folder.name}_B4.TIF"', '"../outside_B4.TIF"'))
    scene = opened(copy)
    assert not scene.has(("B4",))
    assert any("lacks B4" in note for note in scene.notes)


def test_collection1(tmp_path, level1):
    old = simulate_landsat(tmp_path, replace(BASE, collection=1))
    scene = opened(old.folder)
    assert essence(scene) == essence(opened(level1.folder))
    assert dict(scene.tags)["collection"] == "01"
    np.testing.assert_array_equal(stored(scene, "B2"), stored(opened(level1.folder), "B2"))
    archive = pack(old.folder, "tar.gz")
    assert essence(opened(archive)) == essence(scene)


def test_sensor_file_of_landsat7_reads_its_products(level1, tmp_path):
    """A sensor of this family is declared, not programmed: its name says the instrument, its bands the files."""
    bands = tuple(SENSOR.band(name) for name in ("B1", "B2", "B3", "B8", "B4", "B5", "B7"))
    etm = replace(SENSOR, id="landsat7", name="Landsat 7 ETM+", bands=bands, left_out=())
    copy = shutil.copytree(level1.folder, tmp_path / "copy")
    for path in copy.glob("*_MTL.*"):
        path.write_text(path.read_text().replace("LANDSAT_8", "LANDSAT_7").replace("OLI_TIRS", "ETM"))
    scene = open_scene(str(copy), etm)
    assert [band.name for band in scene.bands] == [band.name for band in bands]
    assert dict(scene.tags)["satellite"] == "Landsat 7"
    with pytest.raises(ProductError, match=r"of Landsat 8 OLI, not of Landsat 7 ETM\+"):
        open_scene(str(level1.folder), etm)


def test_incomplete_product_opens_with_a_note(level1, tmp_path):
    copy = shutil.copytree(level1.folder, tmp_path / "copy")
    for name in ("B1", "B9"):
        (copy / f"{level1.folder.name}_{name}.TIF").unlink()
    scene = opened(copy)
    assert [band.name for band in scene.bands] == ["B2", "B3", "B8", "B4", "B5", "B6", "B7"]
    assert f"{level1.folder.name} lacks B1, B9: models that need them cannot be run." in scene.notes


class TestLevel2:
    """Level-2 has no pan: it comes from Level-1, given or found."""

    def check(self, scene: Scene, level1: SimulatedLandsat, level2: SimulatedLandsat) -> None:
        assert (scene.name, scene.level) == (level2.folder.name, "L2SP")
        assert [band.name for band in scene.bands] == ["B1", "B2", "B3", "B8", "B4", "B5", "B9", "B6", "B7"]
        assert (scene.band("B4").scale, scene.band("B4").offset) == pytest.approx((2.75e-5, -0.2))
        for name in ("B8", "B9"):
            assert scene.band(name).scale == pytest.approx(2e-5 / SINE, rel=1e-9)
            np.testing.assert_array_equal(stored(scene, name), stored(opened(level1.folder), name))
        assert scene.band("B5").shift == scene.band("B9").shift == (-0.25, -0.25)
        assert scene.band("B5").grid == scene.band("B9").grid
        tags = dict(scene.tags)
        assert (tags["reflectance"], tags["level1"]) == ("surface reflectance", level1.folder.name)
        assert any(
            note.startswith("Reflectance of B8 and B9 is that at the top of the atmosphere") for note in scene.notes
        )

    @pytest.mark.parametrize("separator", [";", "|", " ; "])
    def test_pair_is_given(self, level1, level2, separator):
        scene = opened(f"{level2.folder}{separator}{level1.folder}")
        self.check(scene, level1, level2)
        assert essence(opened(f"{level1.metadata};{level2.metadata}")) == essence(scene)
        assert not any("beside" in note for note in scene.notes)

    def test_level1_beside_it_is_found_and_told(self, level1, level2, tmp_path):
        own = shutil.copytree(level2.folder, tmp_path / level2.folder.name)
        shutil.copytree(level1.folder, tmp_path / "any name")
        (tmp_path / "notes.txt").write_text("nothing")
        (tmp_path / "LC08_L1TP_195026_20230615_20230627_02_T1.tar").write_text("another row")
        scene = opened(own)
        self.check(scene, level1, level2)
        told = f"The panchromatic band is taken from {level1.folder.name}, which lies beside the product."
        assert told in scene.notes

    @pytest.mark.parametrize("kind", ["tar", "zip"])
    def test_archives_beside_each_other(self, level1, level2, tmp_path, kind):
        for product in (level1, level2):
            pack(shutil.copytree(product.folder, tmp_path / product.folder.name), kind)
            shutil.rmtree(tmp_path / product.folder.name)
        scene = opened(tmp_path / f"{level2.folder.name}.{kind}")
        self.check(scene, level1, level2)
        assert scene.band("B8").path.startswith("/vsi")

    def test_both_levels_in_one_folder_or_below_one(self, level1, level2, tmp_path):
        mixed = shutil.copytree(level2.folder, tmp_path / "mixed")
        for path in level1.folder.iterdir():
            shutil.copy(path, mixed)
        self.check(opened(mixed), level1, level2)
        for product in (level1, level2):
            shutil.copytree(product.folder, tmp_path / "parent" / product.folder.name)
        self.check(opened(tmp_path / "parent"), level1, level2)

    def test_missing_surface_band_is_not_replaced_by_one_of_level1(self, level1, level2, tmp_path):
        own = shutil.copytree(level2.folder, tmp_path / level2.folder.name)
        (own / f"{level2.folder.name}_SR_B1.TIF").unlink()
        scene = opened(f"{own};{level1.folder}")
        assert not scene.has(("B1",))
        assert scene.has(("B8", "B9"))

    def test_other_scene_is_refused(self, level2, tmp_path):
        for change in ({"path_row": (195, 26)}, {"acquired": "2023-06-16T10:16:21"}, {"satellite": "LC09"}):
            other = simulate_landsat(tmp_path, replace(BASE, size=16, width=16, **change))
            with pytest.raises(ProductError, match="are of different scenes"):
                opened(f"{level2.folder};{other.folder}")

    def test_alone_it_is_refused_with_the_remedy(self, level1, level2):
        with pytest.raises(ProductError, match=f"Download the Level-1 product {level1.folder.name} and put it beside"):
            opened(level2.folder)

    def test_two_products_of_a_level_are_refused(self, level1, tmp_path):
        other = simulate_landsat(tmp_path, replace(BASE, size=16, width=16))
        with pytest.raises(ProductError, match="holds 2 products"):
            opened(f"{level1.folder};{other.folder}")


@pytest.mark.parametrize(
    ("crop_pan", "crop_bands", "shift", "corner", "sizes"),
    [
        # The bands clipped by whole pixels: the pan keeps what they cover.
        ((0, 0, 0, 0), (3, 2, 1, 0), (0.25, 0.25), (5, 3), ((88, 76), (44, 38))),
        # An odd number of pan rows: the other parity of the grid.
        ((1, 0, 0, 0), (0, 0, 0, 0), (0.25, -0.25), (1, 0), ((94, 79), (47, 40))),
        ((2, 3, 0, 1), (0, 0, 4, 4), (-0.25, 0.25), (2, 3), ((86, 68), (43, 34))),
    ],
)
def test_crops_that_start_anywhere(tmp_path, level1, crop_pan, crop_bands, shift, corner, sizes):
    cut = simulate_landsat(tmp_path, replace(BASE, crop_pan=crop_pan, crop_bands=crop_bands))
    scene = opened(cut.folder)
    pan, red = scene.band("B8"), scene.band("B4")
    assert red.shift == shift
    assert ((pan.grid.height, pan.grid.width), (red.grid.height, red.grid.width)) == sizes
    assert (pan.grid.transform[0], pan.grid.transform[3]) == (483592.5 + 15 * corner[1], 5628517.5 - 15 * corner[0])
    assert red.grid.scale_factor_to(pan.grid) == 2
    whole = opened(level1.folder)
    row, col = corner
    np.testing.assert_array_equal(
        stored(scene, "B8"), stored(whole, "B8")[row : row + sizes[0][0], col : col + sizes[0][1]]
    )
    # Where the moves agree, the very pixels of the whole scene are read, away from the edges.
    with BandReader() as reader:
        part = reader.read(red, Window(12, 12, 16, 10)).astype(float)
        x, y = red.grid.locate(12.5, 12.5)
        r, c = whole.band("B4").grid.pixel_of(x, y)
        near = reader.read(whole.band("B4"), Window(int(r), int(c), 17, 11)).astype(float)
    rows, cols = r - int(r) - 0.5, c - int(c) - 0.5
    assert {abs(rows), abs(cols)} <= {0.0, 0.5}
    if (rows, cols) == (0, 0):
        np.testing.assert_array_equal(part, near[:16, :10])


def test_reading_streams(level1, tmp_path):
    """Opening a product and reading one tile of it needs memory for the tile, not for the bands."""
    copy = shutil.copytree(level1.folder, tmp_path / "large")
    for path in copy.glob("*_B?.TIF"):
        small = gdal.Open(str(path))
        side = 3000 * (2 if path.stem.endswith("B8") else 1)
        options = ["TILED=YES", "COMPRESS=DEFLATE", "SPARSE_OK=TRUE"]
        path.unlink()
        large = gdal.GetDriverByName("GTiff").Create(str(path), side, side, 1, gdal.GDT_UInt16, options)
        large.SetGeoTransform(small.GetGeoTransform())
        large.SetProjection(small.GetProjection())
        large.GetRasterBand(1).WriteArray(np.full((64, 64), 9000, np.uint16), 300, 300)
        del large
    tracemalloc.start()
    scene = opened(copy)
    with BandReader() as reader:
        for band in scene.bands:
            assert reader.read(band, Window(300, 300, 64, 64)).max() == 9000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000 < 3000 * 3000 * 2


def test_metadata_in_json_may_hold_numbers(level1, tmp_path):
    copy = shutil.copytree(level1.folder, tmp_path / "copy")
    for path in copy.glob("*_MTL.[tx]*"):
        path.unlink()
    (path,) = copy.glob("*_MTL.json")
    document = json.loads(path.read_text())
    document["LANDSAT_METADATA_FILE"]["IMAGE_ATTRIBUTES"]["SUN_ELEVATION"] = 30.0
    path.write_text(json.dumps(document))
    assert opened(copy).band("B3").scale == pytest.approx(4e-5)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_folder_that_may_not_be_listed_beside_it_is_passed_over(level1, level2, tmp_path):
    shutil.copytree(level1.folder, tmp_path / "one")
    own = shutil.copytree(level2.folder, tmp_path / level2.folder.name)
    (tmp_path / "locked").mkdir(mode=0)
    assert opened(own).has(("B8",))
