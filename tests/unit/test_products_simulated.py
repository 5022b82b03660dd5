# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated product, which GDAL's own driver opens too, reads like a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from satsharp.core.products import open_scene
from satsharp.core.scene import Scene
from satsharp.core.sensors import sensor_by_id

simulation = pytest.importorskip("satsharp.export_tools.simulation", reason="export_tools is not there")

SENSOR = sensor_by_id("sentinel2")


def pixels(path: str, index: int = 1) -> np.ndarray:
    dataset = gdal.Open(path)
    return np.asarray(dataset.GetRasterBand(index).ReadAsArray())


def simulated(folder: Path, **options: object) -> Scene:
    product = simulation.simulate_product(folder, simulation.SimulationOptions(size=240, zip=True, **options))
    scene = open_scene(str(product.safe), SENSOR)
    zipped = open_scene(str(product.zip), SENSOR)
    assert [(band.name, band.grid, band.offset) for band in zipped.bands] == [
        (band.name, band.grid, band.offset) for band in scene.bands
    ]
    assert (pixels(zipped.band("B8A").path) == pixels(scene.band("B8A").path)).all()
    return scene


@pytest.mark.parametrize(
    ("level", "baseline", "offset"), [("L2A", "05.09", -0.1), ("L1C", "02.14", 0.0), ("L2A", "02.14", 0.0)]
)
def test_simulated_product(tmp_path: Path, level: str, baseline: str, offset: float) -> None:
    scene = simulated(tmp_path, level=level, baseline=baseline)
    assert [band.name for band in scene.bands] == [band.name for band in SENSOR.bands]
    assert {(band.gsd, band.grid.width) for band in scene.bands} == {(10.0, 240), (20.0, 120), (60.0, 40)}
    assert {band.offset for band in scene.bands} == {offset}
    assert (scene.level, dict(scene.tags)["baseline"]) == (level, baseline)
    band = scene.band("B08")
    reflectance = pixels(band.path)[pixels(band.path) > 0] * band.scale + band.offset
    assert -0.05 < np.median(reflectance) < 1.0


@pytest.mark.parametrize("level", ["L1C", "L2A"])
def test_gdal_reads_the_same_pixels(tmp_path: Path, level: str) -> None:
    scene = simulated(tmp_path, level=level)
    xml = Path(scene.source) / f"MTD_MSI{level}.xml"
    for gsd, name in ((10, "B03"), (20, "B12")):
        dataset = gdal.Open(f"SENTINEL2_{level}:{xml}:{gsd}m:EPSG_32631")
        assert dataset is not None
        named = {dataset.GetRasterBand(i + 1).GetMetadataItem("BANDNAME"): i + 1 for i in range(dataset.RasterCount)}
        index = named[name.replace("B0", "B")]
        band = scene.band(name)
        assert (np.asarray(dataset.GetRasterBand(index).ReadAsArray()) == pixels(band.path)).all()
        assert dataset.GetGeoTransform() == band.grid.transform
