# SPDX-License-Identifier: GPL-2.0-or-later
"""S2L8H networks from checkpoint to harmonized product, against a forward of the whole scene by torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnxruntime")

from satsharp.core.harmonization.landsat_plan import plan_harmonization  # noqa: E402
from satsharp.core.harmonization.landsat_request import HarmonizeRequest  # noqa: E402
from satsharp.core.harmonization.landsat_scene import open_landsat  # noqa: E402
from satsharp.core.options import Options  # noqa: E402
from satsharp.core.sensors import load_sensors  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

from .test_convert_and_run import installed  # noqa: E402
from .test_convert_torch_s2l8h import inputs, save_bin  # noqa: E402
from .torch_layouts import Tape, unet  # noqa: E402

SENSORS = {sensor.id: sensor for sensor in load_sensors()[0]}
DEPTH = 3
# A corner of the product in the coordinates of its first 30 m pixel, on Sentinel-2's lattice.
SIZE = 64


@pytest.fixture(scope="module")
def level2(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("product")
    options = LandsatOptions(size=SIZE, seed=5, level="L1TP", clouds=False, nodata_corner=False, saturated=False)
    simulate_landsat(folder, options)
    return simulate_landsat(folder, replace(options, level="L2SP")).folder


def band(folder: Path, name: str) -> tuple[np.ndarray, tuple]:
    dataset = gdal.Open(str(next(folder.glob(f"*_{name}.TIF"))))
    return dataset.ReadAsArray().astype(np.float32), dataset.GetGeoTransform()


def on_10_m(values: np.ndarray, where: tuple, x: float, y: float, rows: int, cols: int) -> torch.Tensor:
    """Interpolate by torch's bicubic kernel at true places, by its own grid_sample (a = -0.75, edges repeated)."""
    east = (x + 10 * (np.arange(cols) + 0.5) - where[0]) / where[1]
    south = (where[3] - y + 10 * (np.arange(rows) + 0.5)) / where[1]
    grid_x, grid_y = np.meshgrid(2 * east / values.shape[1] - 1, 2 * south / values.shape[0] - 1)
    places = torch.from_numpy(np.stack([grid_x, grid_y], -1).astype(np.float32))[None]
    image = torch.from_numpy(values)[None, None]
    return torch.nn.functional.grid_sample(image, places, "bicubic", "border", align_corners=False)[0, 0]


def test_tiles_of_a_converted_unet_are_the_whole_scene_by_torch(level2, tmp_path):
    tape = Tape(3)
    unet(tape, inputs(16, 16), depth=DEPTH)
    card = installed(save_bin(tmp_path / "pytorch_model.bin", tape.state), tmp_path)
    assert card.harmonizes
    request = HarmonizeRequest(
        source=str(level2),
        output=str(tmp_path / "out.tif"),
        card=card,
        brdf=False,
        under_clouds="harmonized",
        options=Options(guard="off", consistency=False, tile_size=64, reflectance=True),
    )
    found = open_landsat(request, SENSORS, tmp_path, lambda: False, lambda text: None)
    job = plan_harmonization(request, found, SENSORS["sentinel2"])
    assert job.tile <= 64 < found.target.width
    result = run(job, lambda share: None, lambda: False, lambda text: None)
    dataset = gdal.Open(str(result.output))
    made, (x, _, _, y, _, _) = dataset.ReadAsArray(), dataset.GetGeoTransform()
    rows, cols = made.shape[1:]
    level1 = next(path for path in level2.parent.iterdir() if "_L1TP_" in path.name and path.is_dir())
    planes = []
    for number in range(2, 8):
        values, where = band(level2, f"SR_B{number}")
        planes.append(on_10_m(values * 0.0000275 - 0.2, where, x, y, rows, cols))
    values, where = band(level1, "B8")
    # As the networks' authors scale it: without the sun's elevation.
    pan = on_10_m(values * 2e-5 - 0.1, where, x, y, rows, cols)
    with torch.no_grad():
        expected = unet(tape, [torch.stack(planes)[None], pan[None, None]], depth=DEPTH)[0][0].numpy()
    # Away from the product's edge, where torch repeats pixels and the engine mirrors them.
    inner = (slice(None), slice(60, rows - 60), slice(60, cols - 60))
    assert np.isfinite(made[inner]).all()
    assert np.abs(made[inner] - expected[inner]).max() < 2e-4 * np.abs(expected[inner]).max()
    assert np.ptp(expected[inner]) > 0.01
    assert dataset.GetMetadataItem("SATSHARP_BANDPASS") is None
