# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of other sensors: stand-ins, means of blocks, moved grids, and tables without leaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

pytest.importorskip("torch")

from satsharp.export_tools.configuration import load_config  # noqa: E402
from satsharp.export_tools.dataset import load_place, read_table  # noqa: E402
from satsharp.export_tools.degradation import wald_pair  # noqa: E402
from satsharp.export_tools.evaluation.figures import figures_of  # noqa: E402

CONFIGS = ("s2-20m", "s2-60m", "landsat-30m", "modis-500m", "modis-1000m", "viirs-750m")


def write(path: Path, bands: dict[str, np.ndarray], gsd: float) -> None:
    first = next(iter(bands.values()))
    raster = gdal.GetDriverByName("GTiff").Create(str(path), *first.shape[::-1], len(bands), gdal.GDT_Float32)
    raster.SetGeoTransform((0, gsd, 0, 0, 0, -gsd))
    for number, (name, pixels) in enumerate(bands.items(), 1):
        raster.GetRasterBand(number).SetDescription(name)
        raster.GetRasterBand(number).WriteArray(pixels)


def entry(**more: object) -> dict:
    return {
        "id": "x",
        "place": "x",
        "split": "test",
        "kind": "native",
        "gsd": 15,
        "nodata": 0,
        "quantification": 10000,
        **more,
    }


def scene(folder: Path, bands: tuple[str, ...], size: int, gsd: float, file: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    made = {band: rng.uniform(500, 3000, (size, size)).astype(np.float32) for band in bands}
    write(folder / file, made, gsd)
    return made


def test_rasters_that_are_finer_are_averaged_and_nodata_takes_its_block_along(tmp_path):
    config = load_config("landsat-30m")
    bands = (*config.targets.bands, "B8")
    made = scene(tmp_path, bands, 48, 5, "all.tif")
    made["B8"][0, 0] = 0
    write(tmp_path / "all.tif", made, 5)
    place = load_place(entry(aggregate=True, files={"b15": "all.tif", "b30": "all.tif"}), config, tmp_path)
    assert place.images["b15"].shape == (1, 16, 16)
    assert place.images["b30"].shape == (8, 8, 8)
    mean = made["B4"].reshape(8, 6, 8, 6).mean(axis=(1, 3)) * 5 / 10000
    np.testing.assert_allclose(place.images["b30"][config.targets.bands.index("B4")], mean, rtol=1e-5)
    assert not place.mask[0, 0]
    assert place.mask.sum() == 63


def test_groups_are_cut_and_moved_as_the_engine_moves_them(tmp_path):
    config = load_config("landsat-30m")
    rows, cols = np.mgrid[:34, :34]
    write(tmp_path / "pan.tif", {"B8": 1000 + cols.astype(np.float32)}, 15)
    ramp = {band: 1000 + 2 * cols[:17, :17].astype(np.float32) for band in config.targets.bands}
    write(tmp_path / "ms.tif", ramp, 30)
    moves = {"cut": {"b15": [0, 1]}, "move": {"b30": [0, -0.25]}}
    place = load_place(entry(files={"b15": "pan.tif", "b30": "ms.tif"}, **moves), config, tmp_path)
    # The pan begins one column later; the others' content is a quarter of a pixel farther left, so they are larger.
    assert place.images["b15"][0, 0, 0] == pytest.approx(1001 * 5e-4)
    np.testing.assert_allclose(place.images["b30"][0, 8, 6:10], (1000.5 + 2 * np.arange(6, 10)) * 5e-4, atol=1e-4)


def test_stand_ins_are_left_out_of_loss_and_figures_unless_they_are_to_be_learnt(tmp_path):
    config = load_config("landsat-30m")
    made = scene(tmp_path, ("B2", "B3", "B4", "B5", "B6", "B7"), 64, 30, "some.tif")
    stand_in = {"B8": {"B3": 0.5, "B4": 0.5}, "B1": {"B2": 1.0}, "B9": {"B7": 0.1}}
    whole = entry(stand_in=stand_in, learn=["B9"], unjudged=["B7"], files={"b15": "some.tif", "b30": "some.tif"})
    place = load_place({**whole, "kind": "one_grid", "gsd": 30}, config, tmp_path)
    assert place.without_loss == ("B1",)
    assert place.absent == ("B1", "B7", "B9")
    np.testing.assert_allclose(place.images["b15"][0], (made["B3"] + made["B4"]) / 2 * 5e-4, rtol=1e-5)
    pair = wald_pair(place, config, "published")
    assert pair.judged == (1, 2, 3, 4, 5)
    wrong = pair.truth.copy()
    wrong[[0, 6, 7]] += 1
    figures = figures_of(pair, wrong)
    assert figures["rmse"] == 0
    assert np.isnan([figures["rmse_per_band"][i] for i in (0, 6, 7)]).all()
    assert figures["rmse_per_band"][1:6] == [0.0] * 5


def test_a_band_that_is_not_in_a_file_of_several_is_no_other_band(tmp_path):
    config = load_config("landsat-30m")
    scene(tmp_path, ("B8", "B1", "B2"), 16, 30, "few.tif")
    with pytest.raises(ValueError, match="x: no band is called B3; there are B8, B1, B2"):
        load_place(entry(kind="one_grid", files={"b15": "few.tif", "b30": "few.tif"}), config, tmp_path)


@pytest.mark.parametrize("name", CONFIGS)
def test_no_table_has_a_place_in_two_splits(name):
    entries = read_table(load_config(name).places)
    ids = [one["id"] for one in entries]
    assert len(set(ids)) == len(ids)
    places = {split: {one["place"] for one in entries if one["split"] == split} for split in ("train", "test")}
    assert places["test"] and not places["train"] & places["test"]


@pytest.mark.parametrize("name", CONFIGS)
def test_every_config_has_the_bands_and_gsds_of_its_sensor(name):
    from satsharp.core.sensors import sensor_by_id

    config = load_config(name)
    sensor = sensor_by_id(config.document["sensor"])
    assert config.id in sensor.models
    for group in config.groups:
        assert {sensor.band(band).gsd for band in group.bands} == {group.gsd}
    assert config.targets.gsd / config.groups[0].gsd == config.scale_factor
