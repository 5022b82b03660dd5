# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run will take, the picture of a scene, and a whole run that is stopped and gone on with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core import forecast as forecasting  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, load_cards  # noqa: E402
from satsharp.core.errors import CancelledError, StoppedError  # noqa: E402
from satsharp.core.forecast import forecast, measure_speed  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.output_place import partial_paths  # noqa: E402
from satsharp.core.planning import choose_cards, plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.products.quicklook import quicklook  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.session import Stopper  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

SENSOR = sensor_by_id("sentinel2")


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("product")
    return open_scene(str(simulate_product(folder, SimulationOptions(size=600)).safe), SENSOR)


def planned(scene, output: Path, **options):
    cards = choose_cards(scene, load_cards(MODEL_FOLDER)[0], SENSOR.models, "auto", (20.0,))
    return plan_job(scene, cards, str(output), Options(**options))


def test_forecast_counts_pixels_bytes_and_tiles(scene, tmp_path):
    whole = forecast(planned(scene, tmp_path / "a.tif", tile_size=120))
    assert (whole.width, whole.height, whole.gsd, whole.bands) == (600, 600, 10.0, 10)
    assert whole.nbytes == 600 * 600 * 10 * 2 and whole.tiles == 25 and whole.megapixels == 0.36
    extent = (601200.0, 5697600.0, 601800.0, 5698200.0)
    part = forecast(planned(scene, tmp_path / "a.tif", tile_size=120, extent=extent))
    assert (part.width, part.height, part.nbytes) == (60, 60, 60 * 60 * 20)
    bounds = forecast(planned(scene, tmp_path / "a.tif", interval_output=str(tmp_path / "b.tif")))
    assert bounds.nbytes == 600 * 600 * 2 * (10 + 12)


def test_memory_grows_with_the_tile_and_not_with_the_scene(scene, tmp_path):
    small, large = (forecast(planned(scene, tmp_path / "a.tif", tile_size=side)).memory for side in (120, 600))
    assert 320e6 < small < large < 3e9
    extent = (600000.0, 5694000.0, 606000.0, 5697000.0)
    assert forecast(planned(scene, tmp_path / "a.tif", tile_size=120, extent=extent)).memory == small


def test_memory_holds_the_windows_of_all_dates(scene, tmp_path):
    job = planned(scene, tmp_path / "a.tif", tile_size=120)
    several = replace(job, scenes=job.scenes * 3)
    # Ten bands of a tile as float32, for the tiles that are computed and the two that are read ahead.
    window = 120**2 * 10 * 4
    assert forecast(several).memory - forecast(job).memory == 2 * (job.workers + 2) * window


def test_speed_is_measured_and_can_be_stopped(scene, tmp_path):
    job = planned(scene, tmp_path / "a.tif", tile_size=120)
    assert job.steps[0].card.scene_pass is not None and job.steps[0].coefficients is None
    assert 1e-4 < measure_speed(job, Stopper()) < 1e3
    stopper = Stopper()
    stopper.stop()
    with pytest.raises(CancelledError):
        measure_speed(job, stopper)
    assert list(tmp_path.iterdir()) == []


def test_decoding_counts_for_what_it_decodes(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(forecasting, "_seconds", lambda job, side, stopper: (2.0, 0.5))
    job = planned(scene, tmp_path / "a.tif", tile_size=120)
    seconds = 2.0 * (120 / 1024) ** 2 + 0.5
    assert measure_speed(job, Stopper()) == pytest.approx(0.12**2 / seconds)
    large = replace(job, tile=1200)
    (step,) = large.steps
    halos = [(side / step.unit + 2 * step.halo) ** 2 for side in (1200, 240)]
    assert measure_speed(large, Stopper()) == pytest.approx(1.2**2 / (2.0 + 0.5 * halos[0] / halos[1]))


def test_picture_is_small_and_stretched(scene):
    picture = quicklook(scene, ("B04", "B03", "B02"), 150)
    assert picture.shape == (150, 150, 3) and picture.dtype == np.uint8
    # A fiftieth of the pixels is black and white in each colour.
    for channel in range(3):
        values = picture[..., channel]
        assert 0.015 < (values == 255).mean() < 0.05 and 0.015 < (values == 0).mean() < 0.12
        assert values.std() > 30
    grey = quicklook(scene, ("B01",), 50)
    assert grey.shape == (50, 50, 3) and (grey[..., 0] == grey[..., 2]).all()


def test_picture_shows_the_right_places(scene):
    bright = gdal.Open(scene.band("B04").path).ReadAsArray()
    picture = quicklook(scene, ("B04",), 600)[..., 0]
    low, high = np.percentile(bright[bright > 0], (2, 98))
    expected = np.clip((bright - low) / (high - low), 0, 1)
    assert np.abs(picture / 255 - expected)[bright > 0].max() < 0.01


def test_stopped_run_goes_on_to_the_same_digits(scene, tmp_path):
    options = {"tile_size": 60, "guard": "off", "consistency": False}
    whole = run(planned(scene, tmp_path / "whole.tif", **options), lambda _: None, lambda: False, lambda _: None)
    shares: list[float] = []

    def stop():
        if shares and shares[-1] > 0.92:
            raise StoppedError("stopped")
        return False

    output = tmp_path / "out.tif"
    with pytest.raises(StoppedError):
        run(planned(scene, output, **options), shares.append, stop, lambda _: None)
    assert not output.exists() and partial_paths(output)[1].is_file()
    log: list[str] = []
    again = run(planned(scene, output, **options), lambda _: None, lambda: False, log.append)
    assert "Resuming: 512 of 600 rows are done." in log and again.tiles == 20
    np.testing.assert_array_equal(gdal.Open(str(output)).ReadAsArray(), gdal.Open(str(whole.output)).ReadAsArray())
