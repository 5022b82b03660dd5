# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole loop on simulated products: digits, extents, tilings, nodata, cancel, several dates and outputs."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper  # noqa: E402
from satsharp.core import prediction  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, file_digest, load_card, load_cards  # noqa: E402
from satsharp.core.detail_statistics import scene_coefficients  # noqa: E402
from satsharp.core.errors import CancelledError  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.output_pixels import refine  # noqa: E402
from satsharp.core.output_records import OutputBand, OutputFile  # noqa: E402
from satsharp.core.planning import choose_cards, plan_job  # noqa: E402
from satsharp.core.prediction import predict_tile  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.session import OutOfMemoryError, Session, Stopper  # noqa: E402
from satsharp.core.super_resolution import prepared, run  # noqa: E402
from satsharp.core.tiling import tile_rows  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

SENSOR = sensor_by_id("sentinel2")
# What the network makes and nothing else.
BARE = {"consistency": False, "guard": "off"}
TARGETS = ("B05", "B06", "B07", "B8A", "B11", "B12")


def run_quietly(job: Job, is_cancelled=lambda: False, progress=lambda share: None):
    """Run a job without a log."""
    return run(job, progress, is_cancelled, lambda text: None)


def pixels_of(path: Path) -> np.ndarray:
    """Read all bands of a raster, shape (bands, rows, columns)."""
    return gdal.Open(str(path)).ReadAsArray()


def native(scene: Scene, name: str) -> np.ndarray:
    """Read a band as it is stored."""
    band = scene.band(name)
    dataset = gdal.Open(band.path)  # a band does not keep its dataset alive
    return dataset.GetRasterBand(band.index).ReadAsArray()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("product")
    options = SimulationOptions(size=600, width=480, seed=5, saturated=True)
    return simulate_product(folder, options).safe


@pytest.fixture(scope="module")
def scene(product: Path) -> Scene:
    return open_scene(str(product), SENSOR)


@pytest.fixture(scope="module")
def cards() -> tuple:
    found, problems = load_cards(MODEL_FOLDER)
    assert problems == ()
    return found


@pytest.fixture(scope="module")
def bundled(scene: Scene, cards: tuple) -> tuple:
    return choose_cards(scene, cards, SENSOR.models, "auto", ())


@pytest.fixture(scope="module")
def whole(scene: Scene, bundled: tuple, tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, np.ndarray]:
    path = tmp_path_factory.mktemp("whole") / "all.tif"
    job = plan_job(scene, bundled, str(path), Options())
    run_quietly(job)
    return job, pixels_of(path)


def save_model(folder: Path, nodes: list, inputs: list, outputs: list, card: dict, initializers: list = ()) -> Path:
    """Write an ONNX file, its card and its digest; return the card's path."""
    graph = helper.make_graph(nodes, "test", inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    path = folder / f"{card['id']}.onnx"
    onnx.save(model, str(path))
    document = {
        "name": "test",
        "file": path.name,
        "sensor": "sentinel2",
        "gsd": 10,
        "scale_factor": 2,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "tiling": "exact",
        "licence": "CC0-1.0",
        **card,
    }
    (folder / f"{card['id']}.json").write_text(json.dumps(document))
    (folder / "SHA256SUMS").write_text(f"{file_digest(path)}  {path.name}\n")
    return folder / f"{card['id']}.json"


def plane(name: str, channels: int) -> object:
    """Declare a float image tensor with dynamic sides."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])


def nearest_model(folder: Path, dates: int = 1) -> Path:
    """A network that repeats the 20 m pixels; of several dates it takes the mean."""
    scales = helper.make_tensor("scales", TensorProto.FLOAT, [4], [1, 1, 2, 2])
    nodes = []
    source = "b20"
    if dates > 1:
        weights = np.zeros((6, 6 * dates, 1, 1), np.float32)
        for date in range(dates):
            weights[:, date * 6 : date * 6 + 6, 0, 0] = np.eye(6) / dates
        mean = helper.make_tensor("mean", TensorProto.FLOAT, weights.shape, weights.ravel())
        nodes.append(helper.make_node("Conv", ["b20", "mean"], ["mixed"], kernel_shape=[1, 1]))
        source = "mixed"
    nodes.append(
        helper.make_node(
            "Resize", [source, "", "scales"], ["sharpened"], mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        )
    )  # fmt: skip
    names = ["lower", "upper"]
    for name in names:
        nodes.append(helper.make_node("Add", ["sharpened", f"{name}_shift"], [name]))
    shifts = [helper.make_tensor(f"{n}_shift", TensorProto.FLOAT, [1], [s]) for n, s in zip(names, (-0.05, 0.05))]
    card = {
        "id": "nearest",
        "inputs": [{"name": "b20", "bands": list(TARGETS), "gsd": 20, "dates": dates}],
        "outputs": [
            {"name": "sharpened", "bands": list(TARGETS)},
            {"name": "lower", "bands": list(TARGETS), "role": "lower"},
            {"name": "upper", "bands": list(TARGETS), "role": "upper"},
        ],
    }
    extra = [scales, *shifts] + ([mean] if dates > 1 else [])
    outputs = [plane(name, 6) for name in ("sharpened", *names)]
    return save_model(folder, nodes, [plane("b20", 6 * dates)], outputs, card, extra)


def test_output_covers_the_product_exactly(scene: Scene, whole: tuple[Job, np.ndarray]) -> None:
    dataset = gdal.Open(str(whole[0].files[0].path))
    assert (dataset.RasterXSize, dataset.RasterYSize, dataset.RasterCount) == (480, 600, 12)
    assert dataset.GetGeoTransform() == scene.finest.transform
    names = [dataset.GetRasterBand(i + 1).GetDescription() for i in range(12)]
    assert names == ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]
    band = dataset.GetRasterBand(5)
    assert (band.GetScale(), band.GetOffset(), band.GetNoDataValue()) == (0.0001, -0.1, 0.0)
    assert dataset.GetMetadataItem("SATSHARP_INPUT_ADD_OFFSET") == "-1000"
    assert whole[0].steps[0].digest in dataset.GetMetadataItem("SATSHARP_MODELS")


def test_fine_bands_are_copied_bit_for_bit(scene: Scene, whole: tuple[Job, np.ndarray]) -> None:
    for number, name in ((1, "B02"), (2, "B03"), (3, "B04"), (7, "B08")):
        assert np.array_equal(whole[1][number], native(scene, name))


def test_every_band_keeps_its_own_footprint(scene: Scene, whole: tuple[Job, np.ndarray]) -> None:
    for number, output in enumerate(whole[0].files[0].bands):
        factor = whole[0].factor(output.band)
        stored = refine(native(scene, output.band.name), factor)
        assert np.array_equal(whole[1][number] == 0, stored == 0)
        assert np.array_equal(whole[1][number] == 65535, stored == 65535)
    assert (whole[1] == 0).any()


def test_mean_of_each_sharpened_band_stays(scene: Scene, whole: tuple[Job, np.ndarray]) -> None:
    for number, output in enumerate(whole[0].files[0].bands):
        stored = refine(native(scene, output.band.name), whole[0].factor(output.band)).astype(float)
        valid = (stored > 0) & (stored < 65535)
        assert whole[1][number][valid].mean() == pytest.approx(stored[valid].mean(), rel=0.01)


@pytest.mark.parametrize("size", [128, 200, 333, 1024])
def test_tiling_never_shows(scene: Scene, bundled: tuple, whole: tuple[Job, np.ndarray], tmp_path: Path, size) -> None:
    job = plan_job(scene, bundled, str(tmp_path / "tiled.tif"), Options(tile_size=size))
    assert job.tile == size // 6 * 6
    run_quietly(job)
    assert np.array_equal(pixels_of(tmp_path / "tiled.tif"), whole[1])


def test_worker_count_never_shows(scene: Scene, bundled: tuple, whole: tuple[Job, np.ndarray], tmp_path: Path) -> None:
    job = plan_job(scene, bundled, str(tmp_path / "one.tif"), Options())
    run_quietly(replace(job, workers=1, threads=1, tile=192))
    assert np.array_equal(pixels_of(tmp_path / "one.tif"), whole[1])


def test_extent_equals_the_crop_of_the_whole(scene: Scene, bundled, whole: tuple[Job, np.ndarray], tmp_path) -> None:
    x0, _, _, y0, _, _ = scene.finest.transform
    extent = (x0 + 1234, y0 - 5001, x0 + 3210, y0 - 2222)
    job = plan_job(scene, bundled, str(tmp_path / "part.tif"), Options(extent=extent))
    assert (job.window.col, job.window.row) == (120, 222)
    assert (job.window.col_end, job.window.row_end) == (324, 504)
    run_quietly(job)
    rows, cols = job.window.slices
    assert np.array_equal(pixels_of(tmp_path / "part.tif"), whole[1][:, rows, cols])
    transform = gdal.Open(str(tmp_path / "part.tif")).GetGeoTransform()
    assert transform == (x0 + 1200, 10.0, 0.0, y0 - 2220, 0.0, -10.0)


def test_extent_of_one_pixel_gives_one_coarse_cell(scene: Scene, bundled: tuple, whole, tmp_path: Path) -> None:
    x0, _, _, y0, _, _ = scene.finest.transform
    extent = (x0 + 3000, y0 - 3010, x0 + 3010, y0 - 3000)
    job = plan_job(scene, bundled, str(tmp_path / "pixel.tif"), Options(extent=extent))
    run_quietly(job)
    assert np.array_equal(pixels_of(tmp_path / "pixel.tif"), whole[1][:, 300:306, 300:306])


def test_a_network_that_repeats_pixels_returns_the_input(scene: Scene, tmp_path: Path) -> None:
    card = load_card(nearest_model(tmp_path))
    job = plan_job(scene, (card,), str(tmp_path / "near.tif"), Options(copy_fine_bands=False, **BARE))
    assert [step.halo for step in job.steps] == [0]
    run_quietly(job)
    made = pixels_of(tmp_path / "near.tif")
    for number, name in enumerate(TARGETS):
        assert np.array_equal(made[number], refine(native(scene, name), 2))


@pytest.mark.parametrize(
    "level,baseline,offset", [("L1C", "02.09", 0.0), ("L1C", "05.09", -0.1), ("L2A", "03.01", 0.0)]
)
def test_digital_numbers_keep_their_convention(tmp_path: Path, level: str, baseline: str, offset: float) -> None:
    options = SimulationOptions(size=120, level=level, baseline=baseline, nodata_corner=False)
    scene = open_scene(str(simulate_product(tmp_path, options).safe), SENSOR)
    card = load_card(nearest_model(tmp_path))
    job = plan_job(scene, (card,), str(tmp_path / "near.tif"), Options(**BARE))
    run_quietly(job)
    dataset = gdal.Open(str(tmp_path / "near.tif"))
    assert dataset.GetRasterBand(1).GetOffset() == offset
    names = [output.band.name for output in job.files[0].bands]
    assert np.array_equal(dataset.ReadAsArray()[names.index("B11")], refine(native(scene, "B11"), 2))


def test_several_dates_reach_the_network_in_order(scene: Scene, tmp_path: Path) -> None:
    other = open_scene(str(simulate_product(tmp_path, SimulationOptions(size=600, width=480, seed=6)).safe), SENSOR)
    card = load_card(nearest_model(tmp_path, dates=2))
    job = plan_job(scene, (card,), str(tmp_path / "mean.tif"), Options(copy_fine_bands=False, **BARE), earlier=(other,))
    run_quietly(job)
    made = pixels_of(tmp_path / "mean.tif")[0].astype(float)
    first, second = (refine(native(one, "B05"), 2).astype(float) for one in (other, scene))
    valid = (first > 0) & (second > 0) & (second < 65535)
    assert np.abs(made - (first + second) / 2)[valid].max() <= 0.51


def test_interval_outputs_need_no_second_loop(scene: Scene, tmp_path: Path) -> None:
    card = load_card(nearest_model(tmp_path))
    job = plan_job(scene, (card,), str(tmp_path / "value.tif"), Options(copy_fine_bands=False, **BARE))
    bands = tuple(OutputBand(scene.band("B05"), 0, name, 0) for name in ("lower", "upper"))
    interval = OutputFile(tmp_path / "interval.tif", bands, "uint16", 0.0)
    run_quietly(replace(job, files=(*job.files, interval)))
    lower, upper = pixels_of(tmp_path / "interval.tif").astype(int)
    value = pixels_of(tmp_path / "value.tif")[0].astype(int)
    valid = (value > 0) & (value < 65535)
    # 0.05 in network range is 0.01 reflectance, 100 digital numbers.
    assert set((value - lower)[valid]) == {100}
    assert set((upper - value)[valid]) == {100}


def test_cancel_at_any_tile_leaves_nothing(scene: Scene, bundled: tuple, tmp_path: Path) -> None:
    for stop_after in (0, 1, 5):
        done: list[float] = []
        job = plan_job(scene, bundled, str(tmp_path / "gone.tif"), Options(tile_size=120))
        with pytest.raises(CancelledError):
            run_quietly(job, lambda count=stop_after, done=done: len(done) >= count, done.append)
        assert list(tmp_path.iterdir()) == []


def test_progress_rises_to_one(scene: Scene, bundled: tuple, tmp_path: Path) -> None:
    shares: list[float] = []
    result = run_quietly(
        plan_job(scene, bundled, str(tmp_path / "p.tif"), Options(tile_size=240)), progress=shares.append
    )
    assert shares == sorted(shares)
    assert (len(shares), shares[-1], result.tiles) == (6, 1.0, 6)


def test_a_product_without_any_pixel_gives_nodata(scene: Scene, bundled: tuple, tmp_path: Path) -> None:
    empty = replace(scene, bands=tuple(_emptied(band, tmp_path) for band in scene.bands))
    run_quietly(plan_job(empty, bundled, str(tmp_path / "empty.tif"), Options()))
    assert pixels_of(tmp_path / "empty.tif").max() == 0


def _emptied(band, folder: Path):
    path = folder / f"{band.name}.tif"
    driver = gdal.GetDriverByName("GTiff")
    dataset = driver.Create(str(path), band.grid.width, band.grid.height, 1, gdal.GDT_UInt16)
    dataset.SetGeoTransform(band.grid.transform)
    dataset.SetProjection(band.grid.crs)
    return replace(band, path=str(path), index=1)


def test_nodata_changes_only_what_sees_it(scene: Scene, bundled: tuple, whole, tmp_path: Path) -> None:
    """A hole in B05 leaves every output pixel outside the receptive field as it was."""
    job = whole[0]
    copy = _emptied(scene.band("B05"), tmp_path)
    stored = native(scene, "B05")
    stored[100:103, 120:122] = 0
    dataset = gdal.Open(copy.path, gdal.GA_Update)
    dataset.WriteArray(stored)
    dataset = None
    holed = replace(scene, bands=tuple(copy if band.name == "B05" else band for band in scene.bands))
    changed = plan_job(holed, bundled, str(tmp_path / "holed.tif"), Options())
    # The regression of the whole scene moves a little with the hole; it is held fixed to look at the tiles alone.
    steps = tuple(replace(step, coefficients=scene_coefficients(job, step, lambda: None)) for step in changed.steps)
    tile = tile_rows(job.window, job.tile)[0][0]
    (before,) = predict_tile(replace(job, steps=steps), tile)
    (after,) = predict_tile(replace(changed, steps=steps), tile)
    reach = 2 * changed.steps[0].halo
    rows, cols = np.nonzero((before[4] != after[4]) | (before[5] != after[5]))
    assert rows.min() >= 200 - reach and rows.max() < 206 + reach
    assert cols.min() >= 240 - reach and cols.max() < 244 + reach
    assert (after[4][200:206, 240:244] == 0).all() and (after[4] == 0).sum() == (before[4] == 0).sum() + 24
    assert np.abs(after[5].astype(int) - before[5]).max() < 1500


def test_too_little_memory_halves_the_tile(scene: Scene, bundled, whole, tmp_path: Path, monkeypatch) -> None:
    calls = []
    complete = Session.run

    def stingy(self, inputs, stopper):
        side = max(values.shape[-1] for values in inputs.values())
        calls.append(side)
        if inputs["b10"].shape[2] * inputs["b10"].shape[3] > 260_000:
            raise OutOfMemoryError("too little")
        return complete(self, inputs, stopper)

    monkeypatch.setattr(prediction.Session, "run", stingy)
    run_quietly(plan_job(scene, bundled, str(tmp_path / "halved.tif"), Options()))
    assert len(calls) > 2
    assert np.array_equal(pixels_of(tmp_path / "halved.tif"), whole[1])


def test_a_job_survives_pickling(whole: tuple[Job, np.ndarray]) -> None:
    job, pixels = whole
    complete, _ = prepared(job, Stopper(), lambda: None, lambda text: None)
    copy = pickle.loads(pickle.dumps(complete))
    tile = tile_rows(copy.window, copy.tile)[0][0]
    (made,) = predict_tile(copy, tile)
    assert np.array_equal(made, pixels[(slice(None), *tile.kept.slices)])


def test_the_smallest_product_is_one_coarse_pixel(bundled: tuple, tmp_path: Path) -> None:
    options = SimulationOptions(size=6, clouds=False, nodata_corner=False)
    scene = open_scene(str(simulate_product(tmp_path, options).safe), SENSOR)
    run_quietly(plan_job(scene, bundled, str(tmp_path / "tiny.tif"), Options()))
    made = pixels_of(tmp_path / "tiny.tif")
    assert made.shape == (12, 6, 6)
    assert made.min() > 0
    assert np.array_equal(made[1], native(scene, "B02"))


def test_beats_bicubic_on_the_simulated_truth(bundled: tuple, tmp_path: Path) -> None:
    options = SimulationOptions(size=480, seed=9, nodata_corner=False, truth=tmp_path / "truth.tif")
    product = simulate_product(tmp_path, options)
    scene = open_scene(str(product.safe), SENSOR)
    run_quietly(plan_job(scene, bundled, str(tmp_path / "made.tif"), Options()))
    made, truth = pixels_of(tmp_path / "made.tif").astype(float), pixels_of(tmp_path / "truth.tif").astype(float)
    for name in ("B05", "B11", "B12", "B01"):
        band = scene.band(name)
        cubic = (
            gdal.Warp("", band.path, format="MEM", xRes=10, yRes=10, resampleAlg="cubic").ReadAsArray().astype(float)
        )
        number = [other.name for other in scene.bands].index(name)
        inside = (slice(24, -24), slice(24, -24))
        error = np.sqrt(np.mean((made[number] - truth[number])[inside] ** 2))
        reference = np.sqrt(np.mean((cubic - truth[number])[inside] ** 2))
        assert error < 0.9 * reference


def test_output_folder_holds_only_the_output(whole: tuple[Job, np.ndarray]) -> None:
    path = whole[0].files[0].path
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    shutil.copy(path, path.parent / "copy.tif")
    dataset = gdal.Open(str(path.parent / "copy.tif"))
    assert dataset.GetRasterBand(1).GetOverviewCount() == 2
    (path.parent / "copy.tif").unlink()
