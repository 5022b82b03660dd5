# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat scenes through the whole loop: registration, grids, tilings, extents, nodata, resume and cancel."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
gdal = pytest.importorskip("osgeo.gdal")


from satsharp.core.cards import Card, load_card  # noqa: E402
from satsharp.core.errors import CancelledError, CardError  # noqa: E402
from satsharp.core.image_shift import shift_image  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.ledger import Ledger  # noqa: E402
from satsharp.core.output_place import partial_paths  # noqa: E402
from satsharp.core.planning import choose_cards, plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation.landsat import (  # noqa: E402
    LandsatOptions,
    SimulatedLandsat,
    simulate_landsat,
)
from satsharp.tests.unit.landsat_factory import write_bilinear  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SENSOR = sensor_by_id("landsat")
BASE = LandsatOptions(size=110, width=100, seed=7, clouds=False)
# What the network makes and nothing else.
BARE = {"consistency": False, "guard": "off"}
SCRIPT = """
import runpy, sys, time
runpy.run_path(sys.argv[4])
from satsharp.core import raster_writer
from satsharp.core.cards import load_card
from satsharp.core.job import Options
from satsharp.core.planning import plan_job
from satsharp.core.products import open_scene
from satsharp.core.sensors import sensor_by_id
from satsharp.core.super_resolution import run
from pathlib import Path
raster_writer.CHECKPOINT_SECONDS = 0.0
scene = open_scene(sys.argv[1], sensor_by_id("landsat"))
card = load_card(Path(sys.argv[2]))
job = plan_job(scene, (card,), sys.argv[3], Options(tile_size=64, consistency=False, guard="off"))
run(job, lambda share: time.sleep(0.05), lambda: False, lambda text: None)
"""


@pytest.fixture(scope="module")
def card_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bilinear(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def card(card_file: Path) -> Card:
    return load_card(card_file)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> SimulatedLandsat:
    folder = tmp_path_factory.mktemp("product")
    return simulate_landsat(folder, replace(BASE, truth=folder / "truth.tif"))


@pytest.fixture(scope="module")
def level2(product: SimulatedLandsat) -> SimulatedLandsat:
    """Beside the Level-1 product, so that the pan is found."""
    return simulate_landsat(product.folder.parent, replace(BASE, level="L2SP"))


@pytest.fixture(scope="module")
def scene(product: SimulatedLandsat) -> Scene:
    return open_scene(str(product.folder), SENSOR)


def job_of(scene: Scene, card: Card, output: Path, **choices: object) -> Job:
    """Plan a run of the network alone."""
    return plan_job(scene, (card,), str(output), Options(**{**BARE, **choices}))


def finish(job: Job) -> np.ndarray:
    """Run a job and return the bands of its output."""
    run(job, lambda share: None, lambda: False, lambda text: None)
    return pixels_of(job.files[0].path)


def pixels_of(path: Path) -> np.ndarray:
    """Read all bands of a raster."""
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def named(path: Path) -> dict[str, np.ndarray]:
    """The bands of a raster by their descriptions."""
    dataset = gdal.Open(str(path))
    bands = (dataset.GetRasterBand(index + 1) for index in range(dataset.RasterCount))
    return {band.GetDescription().split()[0]: band.ReadAsArray() for band in bands}


@pytest.fixture(scope="module")
def whole(scene: Scene, card: Card, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    path = tmp_path_factory.mktemp("whole") / "all.tif"
    return path, finish(job_of(scene, card, path))


def offset(image: np.ndarray, truth: np.ndarray, valid: np.ndarray) -> tuple[float, float]:
    """The move of an image, in pixels, at which it correlates best with the truth: the top of a parabola each way."""
    steps = (-0.5, 0.0, 0.5)

    def correlation(rows: float, cols: float) -> float:
        moved = shift_image(image.astype(np.float32), rows, cols)
        return float(np.corrcoef(moved[valid], truth[valid])[0, 1])

    def top(values: list[float]) -> float:
        before, here, after = values
        return 0.5 * (before - after) / (before - 2 * here + after) * 0.5

    return top([correlation(step, 0) for step in steps]), top([correlation(0, step) for step in steps])


def inner(*images: np.ndarray) -> np.ndarray:
    """Pixels measured in all images, away from edges and from what was not measured."""
    bad = np.logical_or.reduce([(image == 0) | (image == 65535) for image in images])
    for axis in (0, 1):
        bad = np.logical_or.reduce([np.roll(bad, step, axis) for step in range(-8, 9)])
    good = ~bad
    good[:16] = good[-16:] = good[:, :16] = good[:, -16:] = False
    return good


class TestRegistration:
    """The half-pixel bug: the 30 m bands must come out where the pan sees them."""

    @pytest.mark.parametrize("name", ["B2", "B4", "B5", "B7"])
    def test_sharpened_bands_lie_on_the_truth(self, whole, product, name):
        image, truth = named(whole[0])[name], named(product.truth)[name]
        valid = inner(image, truth)
        assert valid.sum() > 10000
        assert max(map(abs, offset(image, truth, valid))) < 0.1

    def test_without_the_move_they_are_half_a_pixel_off(self, scene, card, product, tmp_path):
        """What happens without: this is what the tests above would catch."""
        bands = tuple(replace(band, shift=(0.0, 0.0)) for band in scene.bands)
        job = job_of(replace(scene, bands=bands), card, tmp_path / "off.tif")
        finish(replace(job, steps=tuple(replace(step, shifts=()) for step in job.steps)))
        image, truth = named(tmp_path / "off.tif")["B4"], named(product.truth)["B4"]
        # The pass that looks for shifts between bands may have moved the pan; the bands themselves lie off.
        assert min(offset(image, truth, inner(image, truth))) < -0.35

    def test_level2_lies_on_the_truth(self, level2, product, card, tmp_path):
        scene = open_scene(str(level2.folder), SENSOR)
        finish(job_of(scene, card, tmp_path / "level2.tif"))
        # The landscape is the same; the air adds no details.
        image, truth = named(tmp_path / "level2.tif")["B4"], named(product.truth)["B4"]
        assert max(map(abs, offset(image, truth, inner(image, truth)))) < 0.1

    @pytest.mark.parametrize("crop", [((0, 0, 0, 0), (3, 2, 1, 0)), ((1, 0, 0, 0), (0, 0, 0, 0))])
    def test_crops_lie_on_the_truth(self, product, card, tmp_path, crop):
        options = replace(BASE, crop_pan=crop[0], crop_bands=crop[1])
        scene = open_scene(str(simulate_landsat(tmp_path, options).folder), SENSOR)
        finish(job_of(scene, card, tmp_path / "crop.tif"))
        full = gdal.Open(str(product.truth)).GetGeoTransform()
        grid = scene.finest
        row, col = round((full[3] - grid.transform[3]) / 15), round((grid.transform[0] - full[0]) / 15)
        image = named(tmp_path / "crop.tif")["B4"]
        truth = named(product.truth)["B4"][row : row + grid.height, col : col + grid.width]
        assert image.shape == truth.shape
        assert max(map(abs, offset(image, truth, inner(image, truth)))) < 0.1


def test_output_lies_on_the_pan_grid_and_keeps_the_pan(whole, product):
    output = gdal.Open(str(whole[0]))
    pan = gdal.Open(str(product.folder / f"{product.folder.name}_B8.TIF"))
    assert output.GetGeoTransform() == pan.GetGeoTransform() == (483592.5, 15, 0, 5628517.5, 0, -15)
    assert output.GetSpatialRef().IsSame(pan.GetSpatialRef())
    assert (output.RasterXSize, output.RasterYSize) == (199, 219)
    np.testing.assert_array_equal(named(whole[0])["B8"], pan.ReadAsArray())
    assert set(named(whole[0])) == {"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9"}


@pytest.mark.parametrize("size", [128, 200])
def test_tiles_do_not_show(scene, card, whole, tmp_path, size):
    np.testing.assert_array_equal(finish(job_of(scene, card, tmp_path / "tiles.tif", tile_size=size)), whole[1])


def test_tiles_do_not_show_with_all_passes_over_the_scene(scene, card, tmp_path):
    """Consistency and the guard read the moved bands too, and the last coarse pixels reach beyond the pan."""
    results = []
    for size in (128, 0):
        job = plan_job(scene, (card,), str(tmp_path / f"{size}.tif"), Options(tile_size=size))
        results.append(finish(job))
    np.testing.assert_array_equal(*results)


def test_extent_is_the_crop_of_the_whole(scene, card, whole, tmp_path):
    grid = scene.finest
    left, top = grid.locate(60, 40)
    right, bottom = grid.locate(151, 141)
    path = tmp_path / "part.tif"
    part = finish(job_of(scene, card, path, extent=(left, bottom, right, top)))
    x, _, _, y, _, _ = gdal.Open(str(path)).GetGeoTransform()
    row, col = round((grid.transform[3] - y) / 15), round((x - grid.transform[0]) / 15)
    # Snapped outward to whole 30 m pixels.
    assert (row, col, part.shape[1:]) == (60, 40, (92, 102))
    np.testing.assert_array_equal(part, whole[1][:, row : row + part.shape[1], col : col + part.shape[2]])


def test_last_row_and_column_belong_to_an_extent_too(scene, card, whole, tmp_path):
    grid = scene.finest
    left, top = grid.locate(150, 130)
    right, bottom = grid.locate(grid.height, grid.width)
    part = finish(job_of(scene, card, tmp_path / "part.tif", extent=(left, bottom, right, top)))
    np.testing.assert_array_equal(part, whole[1][:, 150:, 130:])


def test_what_was_not_measured_stays_so(scene, whole, tmp_path):
    with BandReader() as reader:
        for name in ("B1", "B4", "B7"):
            band = scene.band(name)
            source = reader.read(band, band.grid.window)
            enlarged = source.repeat(2, axis=0).repeat(2, axis=1)[: scene.finest.height, : scene.finest.width]
            result = named(whole[0])[name]
            assert 0.02 < (enlarged == 0).mean() < 0.3
            np.testing.assert_array_equal(result == 0, enlarged == 0, err_msg=name)
    assert gdal.Open(str(whole[0])).GetRasterBand(1).GetNoDataValue() == 0


def test_saturated_pixels_stay_so(card, tmp_path):
    small = simulate_landsat(tmp_path, replace(BASE, size=32, width=32, nodata_corner=False))
    dataset = gdal.Open(str(small.folder / f"{small.folder.name}_B4.TIF"), gdal.GA_Update)
    dataset.GetRasterBand(1).WriteArray(np.full((2, 3), 65535, np.uint16), 10, 20)
    del dataset
    finish(job_of(open_scene(str(small.folder), SENSOR), card, tmp_path / "out.tif"))
    wanted = np.zeros((63, 63), bool)
    wanted[40:44, 20:26] = True
    bands = named(tmp_path / "out.tif")
    np.testing.assert_array_equal(bands["B4"] == 65535, wanted)
    assert not (bands["B3"] == 65535).any()


def test_values_keep_their_meaning(scene, whole, product):
    dataset = gdal.Open(str(whole[0]))
    band = dataset.GetRasterBand(1)
    assert (band.GetScale(), band.GetOffset()) == pytest.approx((scene.band("B1").scale, scene.band("B1").offset))
    for name in ("B2", "B5"):
        image, truth = named(whole[0])[name].astype(float), named(product.truth)[name].astype(float)
        valid = inner(image, truth)
        assert abs((image - truth)[valid].mean()) < 0.01 * truth[valid].std()
        assert np.corrcoef(image[valid], truth[valid])[0, 1] > 0.95


def test_archive_gives_the_same_digits(product, card, whole, tmp_path):
    archive = simulate_landsat(tmp_path, replace(BASE, pack="tar")).archive
    scene = open_scene(str(archive), SENSOR)
    np.testing.assert_array_equal(finish(job_of(scene, card, tmp_path / "tar.tif")), whole[1])


def test_model_whose_bands_are_missing_is_not_run(product, card, tmp_path):
    folder = tmp_path / product.folder.name
    folder.mkdir()
    for path in product.folder.iterdir():
        if not path.name.endswith("_B9.TIF"):
            (folder / path.name).write_bytes(path.read_bytes())
    scene = open_scene(str(folder), SENSOR)
    with pytest.raises(CardError, match=f"needs the bands B9, which {product.folder.name} lacks"):
        job_of(scene, card, tmp_path / "x.tif")
    with pytest.raises(CardError, match=f"{card.id} sharpens the 30 m bands, but needs B9, which"):
        choose_cards(scene, (card,), (), "auto", ())
    with pytest.raises(CardError, match=r"has no bands of 60 m to sharpen \(it has 30 m\)"):
        choose_cards(scene, (card,), (), "auto", (60.0,))


def test_cancelled_run_leaves_nothing(scene, card, tmp_path):
    output = tmp_path / "out.tif"
    job = job_of(scene, card, output, tile_size=64)
    shares: list[float] = []
    with pytest.raises(CancelledError):
        run(job, shares.append, lambda: len(shares) > 3, lambda text: None)
    assert len(shares) > 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
def test_killed_run_resumes_with_the_same_digits(product, scene, card, card_file, whole, tmp_path):
    output = tmp_path / "all.tif"
    ledger = partial_paths(output)[1]
    words = [str(product.folder), str(card_file), str(output), str(ROOT / "conftest.py")]
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, *words])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if ledger.exists() and Ledger.load(ledger).rows_done >= 64:
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    done = Ledger.load(ledger).rows_done
    assert not output.exists()
    log: list[str] = []
    run(job_of(scene, card, output, tile_size=64), lambda share: None, lambda: False, log.append)
    assert f"Resuming: {done} of 219 rows are done." in log
    np.testing.assert_array_equal(pixels_of(output), whole[1])
    assert [entry.name for entry in tmp_path.iterdir()] == ["all.tif"]
