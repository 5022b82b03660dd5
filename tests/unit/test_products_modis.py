# SPDX-License-Identifier: GPL-2.0-or-later
"""MODIS products: pairs of sinusoidal tiles and swaths, as delivered, incomplete, mixed up and damaged."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("pyhdf")
eos = pytest.importorskip("satsharp.export_tools.simulation.eos", reason="export_tools is not there")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.products import hdf, modis, open_scene  # noqa: E402
from satsharp.core.products.eos_names import parse_name  # noqa: E402
from satsharp.core.raster import BandReader, file_stamp  # noqa: E402
from satsharp.core.raster_origin import source_file  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402

SENSOR = sensor_by_id("modis")
DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SAMPLE = DATA / "modis/MODIStsp_MOD09A1_Alps/MOD09A1.A2017193.h18v04.006.2017202035302.hdf"
CELL = 1111950.5196666666 / 4800


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory):
    return eos.simulate_eos(tmp_path_factory.mktemp("daily"), eos.EosOptions("MOD09GA", tile="h19v05", size=40))


@pytest.fixture(scope="module")
def eight_days(tmp_path_factory: pytest.TempPathFactory):
    return eos.simulate_eos(tmp_path_factory.mktemp("eight"), eos.EosOptions("MOD09A1", satellite="MYD", size=40))


@pytest.fixture(scope="module")
def swath(tmp_path_factory: pytest.TempPathFactory):
    options = eos.EosOptions("MOD09", scans=2, first_col=2600, cols=160)
    return eos.simulate_eos(tmp_path_factory.mktemp("swath"), options)


def refusal(source: str | Path) -> str:
    with pytest.raises(ProductError) as caught:
        open_scene(str(source), SENSOR)
    return str(caught.value)


def copied(product, folder: Path) -> list[Path]:
    return [Path(shutil.copy(path, folder)) for path in product.files]


def test_a_pair_of_tiles_is_one_scene(daily) -> None:
    scene = open_scene(str(daily.files[0].parent), SENSOR)
    assert [band.name for band in scene.bands] == ["B3", "B4", "B1", "B2", "B5", "B6", "B7"]
    assert (scene.name, scene.level, scene.acquired) == ("MOD09GA.A2019021.h19v05.061", "MOD09GA", "2019-01-21")
    tags = dict(scene.tags)
    assert (tags["satellite"], tags["tile"], tags["partner"]) == ("Terra", "h19v05", "MOD09GQ.A2019021.h19v05.061")
    assert scene.gsd_ratio == pytest.approx(CELL / 250, rel=1e-9)
    assert [scene.nominal_gsd(name) for name in ("B1", "B7")] == pytest.approx([250, 500], rel=1e-9)


def test_tiles_lie_where_the_sinusoidal_grid_has_them(daily) -> None:
    scene = open_scene(str(daily.files[0]), SENSOR)
    fine, coarse = scene.band("B2").grid, scene.band("B6").grid
    for grid, factor in ((fine, 1), (coarse, 2)):
        assert grid.transform[0] == pytest.approx(1 * 4800 * CELL, abs=1e-3)
        assert grid.transform[3] == pytest.approx(4 * 4800 * CELL, abs=1e-3)
        assert grid.transform[1] == pytest.approx(factor * CELL, abs=1e-6)
        right, bottom = grid.locate(grid.height, grid.width)
        assert (right, bottom) == pytest.approx((4880 * CELL, (4 * 4800 - 80) * CELL), abs=1e-3)
    assert coarse.scale_factor_to(fine) == 2
    assert "Sinusoidal" in fine.crs and "6371007.181" in fine.crs


@pytest.mark.parametrize("given", ["first", "second", "both", "reversed", "folder"])
def test_either_file_both_or_their_folder(eight_days, given: str) -> None:
    first, second = map(str, eight_days.files)
    sources = {"first": first, "second": second, "both": f"{first};{second}", "reversed": f"{second}|{first}"}
    scene = open_scene(sources.get(given, str(Path(first).parent)), SENSOR)
    assert {band.name: source_file(band.path) for band in scene.bands} == {
        name: second if name in ("B1", "B2") else first for name in ("B1", "B2", "B3", "B4", "B5", "B6", "B7")
    }
    assert dict(scene.tags)["satellite"] == "Aqua"
    assert scene.level == "MOD09A1"


def test_numbers_are_the_files_own(daily, eight_days) -> None:
    """MOD09GA says 10000 for the scale, MOD09A1 0.0001; both mean the same."""
    for product in (daily, eight_days):
        scene = open_scene(str(product.files[0]), SENSOR)
        for band in scene.bands:
            assert (band.scale, band.offset, band.nodata, band.valid_range) == (1e-4, 0.0, -28672.0, (-100.0, 16000.0))
        truth = np.load(product.truth)
        with BandReader() as reader:
            found = reader.read(scene.band("B2"), scene.band("B2").grid.window)
        assert np.array_equal(found, truth[product.bands.index("B2")])


def test_missing_partner_is_named(eight_days, tmp_path: Path) -> None:
    coarse, fine = copied(eight_days, tmp_path)
    fine.unlink()
    text = refusal(coarse)
    assert "Fetch MYD09Q1.A2019021.h18v04.061.*.hdf" in text and "250 m bands 1 and 2" in text
    copied(eight_days, tmp_path)
    coarse.unlink()
    assert "Fetch MYD09A1.A2019021.h18v04.061.*.hdf, which has the 500 m bands" in refusal(fine)


@pytest.mark.parametrize(("old", "new"), [("A2019021", "A2019029"), ("h18v04", "h17v04"), ("MYD09Q1", "MOD09Q1")])
def test_partner_of_another_date_tile_or_satellite(eight_days, tmp_path: Path, old: str, new: str) -> None:
    coarse, fine = copied(eight_days, tmp_path)
    fine = fine.rename(tmp_path / fine.name.replace(old, new))
    for source in (coarse, tmp_path, f"{coarse};{fine}"):
        assert "Fetch MYD09Q1.A2019021.h18v04.061.*.hdf" in refusal(source)
    assert "does not belong to it" in refusal(f"{coarse};{fine}")


def test_several_pairs_are_too_many(eight_days, daily) -> None:
    text = refusal(";".join(map(str, (*eight_days.files, *daily.files))))
    assert "2 pairs" in text and "MOD09GA.A2019021.h19v05" in text


def test_partners_of_two_collections_are_noted(eight_days, tmp_path: Path) -> None:
    coarse, fine = copied(eight_days, tmp_path)
    fine.rename(tmp_path / fine.name.replace(".061.", ".006."))
    assert open_scene(str(coarse), SENSOR).notes == ("MYD09A1 is of collection 061, MYD09Q1 of 006.",)


def test_swath_has_all_bands_at_their_own_gsd(swath) -> None:
    scene = open_scene(str(swath.files[0]), SENSOR)
    assert [band.name for band in scene.bands] == [band.name for band in SENSOR.bands]
    sizes = {band.name: (band.gsd, band.grid.width, band.grid.height, band.shift[1]) for band in scene.bands}
    assert sizes["B1"] == (250.0, 160, 80, 0.0)
    assert sizes["B3"] == (500.0, 80, 40, -0.25)
    assert sizes["B16"] == (1000.0, 40, 20, -0.375)
    assert {(band.scale, band.grid.crs, band.shift[0]) for band in scene.bands} == {(1e-4, "", 0.0)}
    assert (scene.acquired, scene.gsd_ratio, scene.level) == ("2019-01-21T17:10:00Z", 1.0, "MOD09")
    assert "overlap" in scene.notes[0]
    assert scene.notes[1].startswith("B26 (cirrus, 1375 nm) sees no ground")
    geolocation = scene.geolocation
    assert (geolocation.line_offset, geolocation.line_step, geolocation.scan_lines) == (1.5, 4, 40)
    latitudes = gdal.Open(geolocation.latitude).ReadAsArray()
    assert latitudes.shape == (20, 40)
    assert 43 < latitudes.min() < latitudes.max() < 46


def test_simulated_swath_has_the_groups_that_the_eos_library_makes(swath) -> None:
    """Where the attributes' group is missing, that library reads at random and GDAL 3.6 crashes once in a while."""
    import pyhdf.V
    import pyhdf.VS  # noqa: F401
    from pyhdf.HDF import HDF

    groups = pyhdf.V.V(HDF(str(swath.files[0])))
    swath_group = groups.attach(groups.find("MODIS SWATH TYPE L2"))
    members = [groups.attach(reference) for _, reference in swath_group.tagrefs()]
    found = {member._name: (member._class, member._nmembers) for member in members}
    assert found["Swath Attributes"] == ("SWATH Vgroup", 0)
    # B26, and B1 at 500 m as well.
    assert found["Data Fields"] == ("SWATH Vgroup", len(SENSOR.bands) + 2)


def test_coarse_bands_of_a_swath_are_moved_onto_the_fine(swath) -> None:
    """Along the scan first samples of all GSDs coincide: without the shift a band lies half a fine pixel off."""
    scene = open_scene(str(swath.files[0]), SENSOR)
    truth = np.load(swath.truth)
    for name, factor, unmoved in (("B4", 2, 0.5), ("B12", 4, 1.5)):
        band = scene.band(name)
        fine = truth[swath.bands.index(name)].astype(float)
        mean = fine.reshape(fine.shape[0] // factor, factor, -1, factor).mean(axis=(1, 3))
        with BandReader() as reader:
            moved = reader.read(band, band.grid.window).astype(float)
        still = gdal.Open(band.path).ReadAsArray().astype(float)
        assert displacement(moved, mean, factor) == pytest.approx((0, 0), abs=0.1)
        assert displacement(still, mean, factor) == pytest.approx((0, unmoved), abs=0.15)


def displacement(found: np.ndarray, wanted: np.ndarray, factor: int) -> tuple[float, float]:
    """By how many fine (rows, columns) the pixels of ``found`` lie before where they should be (least squares)."""
    inner = np.s_[3:-3, 3:-3]
    slopes = [np.gradient(wanted, axis=axis)[inner].ravel() for axis in (0, 1)]
    solution, *_ = np.linalg.lstsq(np.stack(slopes, axis=1), (wanted - found)[inner].ravel(), rcond=None)
    return float(solution[0] * factor), float(solution[1] * factor)


def test_missing_band_of_a_swath(swath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = copied(swath, tmp_path)
    known = hdf.fields_of
    monkeypatch.setattr(hdf, "fields_of", lambda path: tuple(f for f in known(path) if "Band 12" not in f.name))
    assert "lacks the surface reflectance of B12 (1000 m)" in refusal(path)


def test_missing_band_of_a_tile(eight_days, tmp_path: Path) -> None:
    coarse, fine = copied(eight_days, tmp_path)
    shutil.copy(fine, coarse)
    assert "lacks the surface reflectance of B3 (500 m), B4 (500 m)" in refusal(coarse)


@pytest.mark.parametrize("kept", [0, 3, 2000, 0.5, 0.9])
def test_truncated_files_are_refused(eight_days, tmp_path: Path, kept: float) -> None:
    coarse, _ = copied(eight_days, tmp_path)
    data = coarse.read_bytes()
    coarse.write_bytes(data[: int(kept * len(data)) if 0 < kept < 1 else int(kept)])
    text = refusal(coarse)
    assert str(coarse) in text and ("ownload" in text or "truncated" in text)


def test_other_bytes_are_no_hdf(eight_days, tmp_path: Path) -> None:
    coarse, _ = copied(eight_days, tmp_path)
    coarse.write_bytes(b"<html>Sign in to Earthdata</html>" * 50)
    assert "is no HDF file" in refusal(coarse)


def test_gdal_without_hdf4(eight_days, monkeypatch: pytest.MonkeyPatch) -> None:
    known = gdal.GetDriverByName
    monkeypatch.setattr(gdal, "GetDriverByName", lambda name: None if name == "HDF4" else known(name))
    text = refusal(eight_days.files[0])
    assert "without HDF4" in text and "libgdal-hdf4" in text


def test_files_with_other_names_are_refused(eight_days, tmp_path: Path) -> None:
    renamed = shutil.copy(eight_days.files[0], tmp_path / "MOD09_mine.hdf")
    assert "Give it back its name" in refusal(renamed)


def test_vegetation_index_is_no_reflectance(eight_days, tmp_path: Path) -> None:
    other = tmp_path / "MOD13Q1.A2019021.h18v04.061.2021282005014.hdf"
    shutil.copy(eight_days.files[0], other)
    assert "is not surface reflectance at two GSDs (found: MOD13Q1.A2019021.h18v04)" in refusal(other)


@pytest.mark.parametrize(
    ("name", "product", "place", "acquired"),
    [
        ("MOD09GA.A2017193.h18v04.061.2021282005014.hdf", "MOD09GA", "h18v04", "2017-07-12"),
        ("MOD09.A2020366.1710.006.2021001.hdf", "MOD09", "1710", "2020-12-31T17:10:00Z"),
        ("MYD09GQ.A2024060.h08v05.061.NRT.hdf", "MYD09GQ", "h08v05", "2024-02-29"),
        ("VNP09_NRT.A2018064.0524.001.hdf", "VNP09", "0524", "2018-03-05T05:24:00Z"),
        ("VJ103IMG.A2024070.0436.021.2024070103022.nc", "VJ103IMG", "0436", "2024-03-10T04:36:00Z"),
    ],
)
def test_names(name: str, product: str, place: str, acquired: str) -> None:
    found = parse_name(f"/some/folder/{name}")
    assert (found.product, found.tile or found.time, found.acquired) == (product, place, acquired)


def test_simulator_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    eos.add_arguments(parser)
    given = [str(tmp_path), "--product", "MOD09GA", "--satellite", "MYD", "--size", "8", "--day", "2020060"]
    assert eos.run(parser.parse_args(given)) == 0
    written = [Path(line).name[:24] for line in capsys.readouterr().out.splitlines()]
    assert written == ["MYD09GA.A2020060.h18v04.", "MYD09GQ.A2020060.h18v04.", "truth.npy"]
    assert eos.run(parser.parse_args([str(tmp_path), "--cols", "9"])) == 1
    assert "multiples of 4" in capsys.readouterr().err


def test_stamp_of_a_raster_in_a_file_is_the_files(eight_days) -> None:
    band = open_scene(str(eight_days.files[0]), SENSOR).band("B5")
    assert file_stamp(band.path)[0] == eight_days.files[0].stat().st_size > 0


@pytest.mark.skipif(not SAMPLE.exists(), reason="the real MOD09A1 sample is not here")
def test_real_sample_lacks_its_partner() -> None:
    assert refusal(SAMPLE) == (
        "MOD09A1.A2017193.h18v04 comes without its partner. Fetch MOD09Q1.A2017193.h18v04.006.*.hdf, which has the "
        "250 m bands 1 and 2 that guide the others, and put it into the same folder."
    )


@pytest.mark.skipif(not SAMPLE.exists(), reason="the real MOD09A1 sample is not here")
def test_real_sample_has_its_bands() -> None:
    bands = modis.gridded_bands(str(SAMPLE), ("B1", "B2", "B3", "B4", "B5", "B6", "B7"), SENSOR)
    assert {(band.grid.width, band.grid.height, band.dtype) for band in bands} == {(66, 73, "Int16")}
    assert {(band.scale, band.nodata, band.valid_range) for band in bands} == {(1e-4, -28672.0, (-100.0, 16000.0))}
    assert bands[0].grid.transform[:2] == pytest.approx((753346.477074, 463.3127165), abs=1e-6)
    with BandReader() as reader:
        means = [reader.read(band, band.grid.window).mean() * band.scale for band in bands]
    # Alpine woods and meadows in July: near infrared above red.
    assert means[1] > 2 * means[0] > 0.04
