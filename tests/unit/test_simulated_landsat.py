# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated Landsat product has the grids, the digital numbers and the files of a real one."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.point_spread import sigma_of_mtf  # noqa: E402
from satsharp.export_tools.simulation.landsat import (  # noqa: E402
    LandsatOptions,
    SimulatedLandsat,
    command,
    simulate_landsat,
)
from satsharp.export_tools.simulation.landsat import product as product_module  # noqa: E402
from satsharp.export_tools.simulation.landsat.bands import bands_of, relation, truth_sigma  # noqa: E402

QUIET = LandsatOptions(size=60, width=50, noise=False, clouds=False)


def read(product: SimulatedLandsat | Path, suffix: str = "") -> np.ndarray:
    """Read one file of a product, or a file."""
    path = product if isinstance(product, Path) else product.folder / f"{product.folder.name}_{suffix}.TIF"
    dataset = gdal.Open(str(path))
    assert dataset is not None, path
    return dataset.ReadAsArray()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> SimulatedLandsat:
    folder = tmp_path_factory.mktemp("quiet")
    return simulate_landsat(folder, replace(QUIET, truth=folder / "truth" / "truth.tif", pack="tar"))


def test_pan_starts_half_a_pixel_inside_the_bands_and_has_one_pixel_less(quiet):
    for suffix, gsd, inset, size in (
        ("B4", 30, 0, (50, 60)),
        ("B8", 15, 7.5, (99, 119)),
        ("QA_PIXEL", 30, 0, (50, 60)),
    ):
        dataset = gdal.Open(str(quiet.folder / f"{quiet.folder.name}_{suffix}.TIF"))
        assert dataset.GetGeoTransform() == (483585 + inset, gsd, 0, 5628525 - inset, 0, -gsd)
        assert (dataset.RasterXSize, dataset.RasterYSize) == size
        assert dataset.GetSpatialRef().GetAuthorityCode(None) == "32632"


def test_files_are_those_of_a_real_product(quiet, tmp_path):
    def suffixes(product: SimulatedLandsat) -> set[str]:
        return {path.name[len(product.folder.name) + 1 :] for path in product.folder.iterdir()}

    bands = {f"B{number}.TIF" for number in range(1, 12)}
    metadata = {"MTL.txt", "MTL.json", "MTL.xml"}
    angles = {"SAA.TIF", "SZA.TIF", "VAA.TIF", "VZA.TIF"}
    assert suffixes(quiet) == {*bands, *angles, "QA_PIXEL.TIF", *metadata}
    level2 = simulate_landsat(tmp_path, replace(QUIET, level="L2SP"))
    surface = {f"SR_B{number}.TIF" for number in range(1, 8)}
    assert suffixes(level2) == {*surface, "ST_B10.TIF", "QA_PIXEL.TIF", *metadata}
    old = simulate_landsat(tmp_path, replace(QUIET, collection=1))
    assert suffixes(old) == {*bands, "BQA.TIF", "MTL.txt"}
    assert "GROUP = L1_METADATA_FILE" in old.metadata.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([level2.folder.name, old.folder.name])


def test_bands_are_the_landscape_seen_through_their_point_spreads(quiet):
    """Blurring the truth from the pan's spread to that of a 30 m band, and sampling it there, gives the band."""
    dataset = gdal.Open(str(quiet.truth))
    names = [dataset.GetRasterBand(index + 1).GetDescription() for index in range(dataset.RasterCount)]
    assert names == [band.name for band in bands_of("L1TP")]
    truth = dataset.ReadAsArray().astype(np.float64)
    np.testing.assert_array_equal(truth[names.index("B8")], read(quiet, "B8"))
    # Spreads in pan pixels, the averaging over pixels of 2 and 4 landscape pixels included.
    wide = (sigma_of_mtf(0.31, 30) / 15) ** 2 + (2**2 - 0.25) / 12
    narrow = (truth_sigma() / 2) ** 2 + (1 - 0.25) / 12
    row, col = 40, 30
    across = np.exp(-0.5 * np.arange(-7, 8) ** 2 / (wide - narrow))
    kernel = np.outer(across, across) / across.sum() ** 2
    for name in ("B2", "B5", "B7"):
        layer, image = truth[names.index(name)], read(quiet, name)
        expected = np.array(
            [
                # The centre of 30 m pixel n is the centre of pan pixel 2 n.
                [(layer[2 * r - 7 : 2 * r + 8, 2 * c - 7 : 2 * c + 8] * kernel).sum() for c in range(4, col)]
                for r in range(4, row)
            ]
        )
        found = image[4:row, 4:col].astype(np.float64)
        rest, contrast = np.abs(found - expected).mean(), found.std()
        assert rest < 0.03 * contrast, (name, rest, contrast)
        off = np.abs(found[1:] - expected[:-1]).mean()
        assert off > 5 * rest, name


def test_digital_numbers_mean_reflectance(quiet, tmp_path):
    scale, offset = relation("L1TP")
    assert scale == pytest.approx(2e-5 / np.sin(np.radians(55)))
    level2 = simulate_landsat(tmp_path, replace(QUIET, level="L2SP"))
    toa = read(quiet, "B2") * scale + offset
    surface = read(level2, "SR_B2") * 2.75e-5 - 0.2
    valid = (read(quiet, "B2") > 0) & (read(level2, "SR_B2") > 0)
    # Air brightens the blue by about 0.07.
    assert 0.04 < (toa - surface)[valid].mean() < 0.12
    assert 0 < surface[valid].mean() < 0.2


def test_corner_without_measurement_is_zero_in_every_band_and_fill_in_qa_pixel(quiet):
    images = [read(quiet, f"B{number}") for number in range(1, 8)]
    fill = read(quiet, "QA_PIXEL") & 1 > 0
    assert 0.02 < fill.mean() < 0.3
    assert (fill >= np.logical_or.reduce([image == 0 for image in images])).all()
    # The footprints of the bands end a little apart.
    assert len({int((image == 0).sum()) for image in images}) > 1
    whole = read(quiet, "B8")
    assert (whole[0, -1], whole[-1, 0] > 0) == (0, True)


def test_angle_bands_are_hundredths_of_degrees_and_zero_where_nothing_was_measured(quiet):
    """The scene lies at the western edge of a full one, so the satellite stands 8.7 degrees off, in the east."""
    angles = {ending: read(quiet, ending) for ending in ("SAA", "SZA", "VAA", "VZA")}
    fill = read(quiet, "QA_PIXEL") & 1 > 0
    for ending, low, high in (("SAA", 14800, 14900), ("SZA", 3500, 3600), ("VAA", 10000, 10000), ("VZA", 800, 900)):
        assert angles[ending].dtype == np.int16
        assert (angles[ending][fill] == 0).all()
        measured = angles[ending][~fill]
        assert low <= measured.min() <= measured.max() <= high, (ending, measured.min(), measured.max())
    assert "FILE_NAME_ANGLE_SOLAR_ZENITH_BAND_4" in quiet.metadata.read_text()


def test_noise_and_glints(tmp_path):
    noisy = simulate_landsat(tmp_path / "noisy", replace(QUIET, noise=True, size=120, width=120, saturated=True))
    still = simulate_landsat(tmp_path / "still", replace(QUIET, size=120, width=120, saturated=True))
    bright = read(noisy, "B8") == 65535
    assert 0 < bright.sum() < 0.01 * bright.size
    change = (read(noisy, "B4").astype(float) - read(still, "B4"))[
        (read(still, "B4") > 0) & (read(still, "B4") < 65535)
    ]
    assert 5 < change.std() < 60
    assert abs(change.mean()) < 3


def test_metadata_agree_in_all_forms(quiet):
    text = quiet.metadata.read_text()
    document = json.loads(quiet.metadata.with_suffix(".json").read_text())["LANDSAT_METADATA_FILE"]
    contents = document["PRODUCT_CONTENTS"]
    assert contents["FILE_NAME_BAND_8"] == f"{quiet.folder.name}_B8.TIF"
    assert f'    FILE_NAME_BAND_8 = "{quiet.folder.name}_B8.TIF"\n' in text
    assert document["LEVEL1_RADIOMETRIC_RESCALING"]["REFLECTANCE_MULT_BAND_5"] == "2.0000E-05"
    assert text.endswith("END_GROUP = LANDSAT_METADATA_FILE\nEND\n")
    assert quiet.metadata.with_suffix(".xml").read_text().count("<SUN_ELEVATION>55.00000000</SUN_ELEVATION>") == 1


def test_crops_cut_the_files(tmp_path, quiet):
    options = replace(QUIET, crop_pan=(3, 1, 2, 0), crop_bands=(2, 0, 0, 5))
    cut = simulate_landsat(tmp_path, options)
    np.testing.assert_array_equal(read(cut, "B8"), read(quiet, "B8")[3:-2, 1:])
    np.testing.assert_array_equal(read(cut, "B3"), read(quiet, "B3")[2:, :-5])
    assert gdal.Open(str(cut.folder / f"{cut.folder.name}_B8.TIF")).GetGeoTransform()[3] == 5628525 - 7.5 - 45
    assert "REFLECTIVE_LINES = 58" in cut.metadata.read_text()
    assert not list(cut.folder.glob("*.part*"))


def test_archive_holds_the_files_without_their_folder(quiet):
    with tarfile.open(quiet.archive) as packed:
        assert sorted(packed.getnames()) == sorted(path.name for path in quiet.folder.iterdir())


def test_windows_do_not_show(tmp_path, monkeypatch):
    whole = simulate_landsat(tmp_path / "whole", replace(QUIET, noise=True, clouds=True))
    monkeypatch.setattr(product_module, "WINDOW", 64)
    parts = simulate_landsat(tmp_path / "parts", replace(QUIET, noise=True, clouds=True))
    for suffix in ("B1", "B8", "B9", "B10", "QA_PIXEL"):
        np.testing.assert_array_equal(read(parts, suffix), read(whole, suffix), err_msg=suffix)


def test_existing_product_is_refused_and_failure_leaves_nothing(quiet, tmp_path, monkeypatch):
    with pytest.raises(OutputError, match="exists already"):
        simulate_landsat(quiet.folder.parent, QUIET)

    def fail(*_):
        raise OutputError("disk full")

    monkeypatch.setattr(product_module, "write_metadata", fail)
    with pytest.raises(OutputError, match="disk full"):
        simulate_landsat(tmp_path, QUIET)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("size", 8, "Use 16 to 8200"),
        ("level", "L1C", "Use L1TP or L2SP"),
        ("collection", 3, "Use 1 or 2"),
        ("satellite", "LE07", "Use LC08 or LC09"),
        ("epsg", 32732, "northern UTM zone"),
        ("acquired", "yesterday", "not of the form"),
        ("crop_pan", (0, 0, 0, 100), "Cut less off"),
        ("pack", "rar", "Use one of tar, tar.gz, zip"),
        ("threads", 0, "one or more"),
    ],
)
def test_impossible_options_are_refused(field, value, message):
    with pytest.raises(ValueError, match=message):
        replace(QUIET, **{field: value})


def test_level2_of_collection1_is_refused():
    with pytest.raises(ValueError, match="Use collection 2"):
        replace(QUIET, level="L2SP", collection=1)


def test_command_writes_and_prints_the_paths(tmp_path, capsys, monkeypatch):
    arguments = [str(tmp_path), "--size", "20", "--satellite", "LC09", "--no-clouds", "--pack", "zip"]
    monkeypatch.setattr("sys.argv", ["simulate-landsat", *arguments, "--truth", str(tmp_path / "t.tif")])
    assert command.main() == 0
    lines = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.suffix for line in lines] == ["", ".tif", ".zip"]
    assert lines[0].name.startswith("LC09_L1TP_195025_20230615_")
    assert gdal.Open(str(lines[1])).RasterCount == 9
    monkeypatch.setattr("sys.argv", ["simulate-landsat", str(tmp_path), "--size", "5"])
    assert command.main() == 1
    assert "Use 16 to 8200" in capsys.readouterr().err
