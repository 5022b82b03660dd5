# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from satsharp.core.errors import OutputError
from satsharp.core.point_spread import degrade
from satsharp.export_tools.simulation import SimulatedProduct, SimulationOptions, command, simulate_product
from satsharp.export_tools.simulation import product as product_module
from satsharp.export_tools.simulation.bands import bands_of
from satsharp.export_tools.simulation.exposure import HALO

SIZE, WIDTH = 240, 300
QUIET = SimulationOptions(size=SIZE, width=WIDTH, noise=False, clouds=False)


def read(path: Path | str) -> np.ndarray:
    dataset = gdal.Open(str(path))
    assert dataset is not None, path
    return dataset.ReadAsArray()


def image(product: SimulatedProduct, name: str) -> Path:
    (path,) = product.safe.rglob(f"*_{name}*.jp2")
    return path


@pytest.fixture(scope="module")
def quiet(tmp_path_factory) -> SimulatedProduct:
    folder = tmp_path_factory.mktemp("quiet")
    return simulate_product(folder, replace(QUIET, truth=folder / "truth" / "truth.tif", zip=True))


@pytest.fixture(scope="module")
def toa(tmp_path_factory) -> SimulatedProduct:
    return simulate_product(tmp_path_factory.mktemp("toa"), replace(QUIET, level="L1C", baseline="02.06"))


class TestProduct:
    def test_windows_cover_the_scene_once(self):
        options = SimulationOptions(size=1542, width=774)
        count = np.zeros((options.rows, options.cols), int)
        for window in product_module.windows_of(options):
            count[window.slices] += 1
            assert not any(n % 6 for n in (window.row, window.col, window.height, window.width))
        assert (count == 1).all()

    def test_nothing_but_the_product_is_left(self, quiet):
        assert sorted(path.name for path in quiet.safe.parent.iterdir()) == sorted(
            [quiet.safe.name, quiet.zip.name, "truth"]
        )
        assert not list(quiet.safe.rglob("*.aux.xml"))
        assert quiet.safe.name == "S2A_MSIL2A_20230615T105621_N0509_R094_T31UFS_20230615T145621.SAFE"

    def test_existing_product_is_refused(self, quiet):
        with pytest.raises(OutputError, match="exists already"):
            simulate_product(quiet.safe.parent, QUIET)

    def test_failure_leaves_nothing(self, tmp_path, monkeypatch):
        def fail(*_):
            raise OutputError("disk full")

        monkeypatch.setattr(product_module, "encode", fail)
        with pytest.raises(OutputError, match="disk full"):
            simulate_product(tmp_path / "out", replace(QUIET, truth=tmp_path / "out" / "truth.tif"))
        assert list((tmp_path / "out").iterdir()) == []

    def test_bands_lie_on_their_native_grids(self, quiet):
        for name, gsd in (("B02", 10), ("B8A", 20), ("SCL", 20), ("B09", 60)):
            dataset = gdal.Open(str(image(quiet, name)))
            assert dataset.GetGeoTransform() == (600000, gsd, 0, 5700000, 0, -gsd)
            assert (dataset.RasterYSize, dataset.RasterXSize) == (SIZE * 10 // gsd, WIDTH * 10 // gsd)
            assert dataset.GetSpatialRef().GetAuthorityCode(None) == "32631"

    def test_coarse_bands_are_the_degraded_truth(self, quiet):
        truth = gdal.Open(str(quiet.truth))
        for index, band in enumerate(bands_of("L2A"), start=1):
            assert truth.GetRasterBand(index).GetDescription() == band.name
            fine = truth.GetRasterBand(index).ReadAsArray()
            coarse = read(image(quiet, band.name))
            if band.factor == 1:
                np.testing.assert_array_equal(coarse, fine)
                continue
            expected = degrade(fine[None].astype(np.float32), band.factor, (band.sigma_px,))[0]
            reach = -(-HALO // band.factor) + 1
            valid = degrade((fine > 0)[None].astype(np.float32), band.factor, (band.sigma_px,))[0] > 0.99999
            inner = np.zeros(coarse.shape, bool)
            inner[reach:-reach, reach:-reach] = valid[reach:-reach, reach:-reach]
            assert inner.sum() > 0.4 * inner.size, band.name
            assert np.abs(coarse - expected)[inner].max() < 1.01, band.name

    def test_truth_explains_its_numbers(self, quiet):
        dataset = gdal.Open(str(quiet.truth))
        band = dataset.GetRasterBand(4)
        assert (band.GetScale(), band.GetNoDataValue()) == (1e-4, 0)
        assert band.GetOffset() == pytest.approx(-0.1)

    def test_nodata_corner_differs_a_little_from_band_to_band(self, quiet):
        masks = {name: read(image(quiet, name)) == 0 for name in ("B02", "B03", "B05", "B09")}
        assert masks["B02"][0, -1]
        assert not masks["B02"][0, 0]
        assert 0.02 < masks["B02"].mean() < 0.3
        edges = {name: int(mask[0].argmax()) * f for (name, mask), f in zip(masks.items(), (1, 1, 2, 6))}
        assert 0 < abs(edges["B02"] - edges["B03"]) <= 6
        assert max(edges.values()) - min(edges.values()) <= 12
        classes = read(image(quiet, "SCL"))
        assert (classes[0, -1], set(np.unique(classes)) <= {0, 4, 5, 6}) == (0, True)

    def test_no_corner_where_none_is_wanted(self, tmp_path):
        product = simulate_product(tmp_path, replace(QUIET, size=60, width=60, nodata_corner=False))
        assert all(read(path).min() > 0 for path in product.safe.rglob("*.jp2"))

    def test_offset_depends_on_the_baseline(self, tmp_path):
        new, old = (
            simulate_product(tmp_path / baseline, replace(QUIET, size=60, width=60, baseline=baseline))
            for baseline in ("04.00", "02.14")
        )
        difference = read(image(new, "B8A")).astype(int) - read(image(old, "B8A"))
        valid = read(image(old, "B8A")) > 0
        assert set(difference[valid]) == {1000}
        assert new.metadata.read_text().count('<BOA_ADD_OFFSET band_id="') == 13
        assert "ADD_OFFSET" not in old.metadata.read_text()
        assert "<PROCESSING_BASELINE>02.14<" in old.metadata.read_text()
        assert "_N0214_" in old.safe.name

    def test_radiance_product_lists_radiometric_offsets(self, tmp_path):
        product = simulate_product(tmp_path, replace(QUIET, size=60, width=60, level="L1C", baseline="05.10"))
        text = product.metadata.read_text()
        assert text.count('<RADIO_ADD_OFFSET band_id="') == 13
        assert text.index("<QUANTIFICATION_VALUE ") < text.index("<Radiometric_Offset_List>")

    def test_saved_zip_opens_in_place(self, quiet):
        with zipfile.ZipFile(quiet.zip) as archive:
            assert archive.testzip() is None
            assert all(name.startswith(f"{quiet.safe.name}/") for name in archive.namelist())
        inside = f"/vsizip/{quiet.zip}/{image(quiet, 'B05').relative_to(quiet.safe.parent)}"
        np.testing.assert_array_equal(read(inside), read(image(quiet, "B05")))
        assert gdal.Open(f"/vsizip/{quiet.zip}/{quiet.safe.name}/MTD_MSIL2A.xml") is not None

    def test_same_options_give_the_same_bytes(self, quiet, tmp_path):
        again = simulate_product(tmp_path, QUIET)
        for path in quiet.safe.rglob("*.*"):
            if path.is_file():
                assert (again.safe / path.relative_to(quiet.safe)).read_bytes() == path.read_bytes(), path.name

    def test_level_l1c_has_a_cirrus_band_and_brighter_blue(self, quiet, toa):
        assert read(image(toa, "B10")).shape == (SIZE // 6, WIDTH // 6)
        blue, ground = (read(image(product, "B02")).astype(float) for product in (toa, quiet))
        assert blue[blue > 0].mean() > ground[ground > 0].mean() - 1000 + 400

    def test_complete_product_has_all_files(self, tmp_path):
        product = simulate_product(tmp_path, replace(QUIET, size=60, width=60, complete=True))
        assert len(list(product.safe.rglob("R10m/*.jp2"))) == 7
        assert len(list(product.safe.rglob("R20m/*.jp2"))) == 14
        assert len(list(product.safe.rglob("R60m/*.jp2"))) == 15
        native = read(next(product.safe.rglob("*_B04_10m.jp2"))).astype(float)
        mean = native.reshape(10, 6, 10, 6).mean(axis=(1, 3))
        coarse = read(next(product.safe.rglob("*_B04_60m.jp2")))
        whole = native.reshape(10, 6, 10, 6).min(axis=(1, 3)) > 0
        assert np.abs(coarse - mean)[whole].max() <= 0.5
        assert (coarse[~whole] == 0).all()
        assert read(next(product.safe.rglob("*_TCI_10m.jp2"))).shape == (3, 60, 60)
        for line in product.metadata.read_text().split("<IMAGE_FILE>")[1:]:
            assert (product.safe / (line.split("<")[0] + ".jp2")).is_file()


class TestGdalDriver:
    EXPECTED = (
        (10, ("B4", "B3", "B2", "B8")),
        (20, ("B5", "B6", "B7", "B8A", "B11", "B12")),
        (60, ("B1", "B9")),
    )

    @pytest.mark.parametrize("level", ["L1C", "L2A"])
    def test_driver_sees_three_grids_with_the_right_pixels(self, level, quiet, toa):
        product = {"L1C": toa, "L2A": quiet}[level]
        dataset = gdal.Open(str(product.metadata))
        assert dataset.GetDriver().ShortName == "SENTINEL2"
        metadata = dataset.GetMetadata()
        assert metadata["PRODUCT_URI"] == product.safe.name
        assert metadata["SPECIAL_VALUE_NODATA"] == "0"
        assert "POLYGON" in metadata["FOOTPRINT"]
        names = [name for name, _ in dataset.GetSubDatasets()]
        for gsd, bands in self.EXPECTED:
            (name,) = (name for name in names if f":{gsd}m:EPSG_32631" in name)
            gdal.PushErrorHandler("CPLQuietErrorHandler")
            subset = gdal.Open(name)
            gdal.PopErrorHandler()
            assert subset.GetGeoTransform() == (600000, gsd, 0, 5700000, 0, -gsd)
            assert (subset.RasterYSize, subset.RasterXSize) == (SIZE * 10 // gsd, WIDTH * 10 // gsd)
            for index, band in enumerate(bands, start=1):
                raster = subset.GetRasterBand(index)
                assert raster.GetMetadataItem("BANDNAME") == band
                own = f"B0{band[1:]}" if len(band) == 2 else band
                np.testing.assert_array_equal(raster.ReadAsArray(), read(image(product, own)))


class TestCommand:
    def test_command_writes_and_prints_the_paths(self, tmp_path, capsys, monkeypatch):
        arguments = [str(tmp_path), "--size", "60", "--level", "L1C", "--satellite", "S2B", "--no-clouds", "--zip"]
        monkeypatch.setattr("sys.argv", ["simulate", *arguments, "--truth", str(tmp_path / "t.tif")])
        assert command.main() == 0
        lines = [Path(line) for line in capsys.readouterr().out.splitlines()]
        assert [line.suffix for line in lines] == [".SAFE", ".tif", ".zip"]
        assert lines[0].name.startswith("S2B_MSIL1C_")
        assert all(line.exists() for line in lines)
        assert gdal.Open(str(lines[1])).RasterCount == 13

    def test_command_says_what_is_wrong(self, tmp_path, capsys, monkeypatch):
        monkeypatch.setattr("sys.argv", ["simulate", str(tmp_path), "--size", "61"])
        assert command.main() == 1
        assert "Use multiples of 6" in capsys.readouterr().err
