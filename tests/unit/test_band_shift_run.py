# SPDX-License-Identifier: GPL-2.0-or-later
"""A product whose 10 m bands lie off the others is sharpened as if they did not, and the user is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core import band_shift_pass, super_resolution  # noqa: E402
from satsharp.core.band_shift import ShiftEstimate  # noqa: E402
from satsharp.core.band_shift_fit import MARGIN  # noqa: E402
from satsharp.core.band_shift_pass import describe, move_of, shift_warnings, with_shifts  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, Card, load_card  # noqa: E402
from satsharp.core.detail_statistics import scene_coefficients  # noqa: E402
from satsharp.core.errors import CancelledError, ProductError  # noqa: E402
from satsharp.core.grid import Window  # noqa: E402
from satsharp.core.image_shift import moved, moved_mask, shift_image  # noqa: E402
from satsharp.core.job import OFF, Job, Options, Shift  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.prediction import tensor_of  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Band, Scene  # noqa: E402
from satsharp.core.scene_blocks import scene_blocks  # noqa: E402
from satsharp.core.scene_readers import SceneReaders  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.tile_input import BandWindow, read_tile  # noqa: E402
from satsharp.core.tiling import tile_rows  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

SENSOR = sensor_by_id("sentinel2")
FINE = ("B02", "B03", "B04", "B08")
# How the 10 m bands are displaced: rows down, columns right.
DISPLACED = (1, -2)


def native(band: Band) -> np.ndarray:
    """Read a band as it is stored."""
    dataset = gdal.Open(band.path)
    return dataset.GetRasterBand(band.index).ReadAsArray()


def stored(band: Band, pixels: np.ndarray, folder: Path) -> Band:
    """Write other pixels for a band."""
    path = folder / f"{band.name}.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), band.grid.width, band.grid.height, 1, gdal.GetDataTypeByName(band.dtype)
    )
    dataset.SetGeoTransform(band.grid.transform)
    dataset.SetProjection(band.grid.crs)
    dataset.WriteArray(pixels)
    return replace(band, path=str(path), index=1)


def with_bands(scene: Scene, folder: Path, change) -> Scene:
    """Return the scene with other pixels in its 10 m bands."""
    folder.mkdir()
    bands = (stored(band, change(native(band)), folder) if band.name in FINE else band for band in scene.bands)
    return replace(scene, bands=tuple(bands))


@pytest.fixture(scope="module")
def card() -> Card:
    return load_card(MODEL_FOLDER / "s2-20m.json")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("product")
    return open_scene(str(simulate_product(folder, SimulationOptions(size=300, width=240, seed=8)).safe), SENSOR)


@pytest.fixture(scope="module")
def displaced(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return with_bands(scene, tmp_path_factory.mktemp("off") / "bands", lambda pixels: shift_image(pixels, *DISPLACED))


def plan(scene: Scene, card: Card, path: Path, **choices) -> Job:
    """Plan a run of the network alone."""
    return plan_job(scene, (card,), str(path), Options(consistency=False, guard=OFF, **choices))


def run(job: Job) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    """Run a job; return the pixels, the warnings and the log."""
    log: list[str] = []
    result = super_resolution.run(job, lambda share: None, lambda: False, log.append)
    dataset = gdal.Open(str(result.output))
    return dataset.ReadAsArray(), result.warnings, log


@pytest.fixture(scope="module")
def registered_run(scene: Scene, card: Card, tmp_path_factory: pytest.TempPathFactory):
    return run(plan(scene, card, tmp_path_factory.mktemp("out") / "registered.tif"))


@pytest.fixture(scope="module")
def displaced_run(displaced: Scene, card: Card, tmp_path_factory: pytest.TempPathFactory):
    return run(plan(displaced, card, tmp_path_factory.mktemp("out") / "displaced.tif"))


def names_of(scene: Scene) -> list[str]:
    return [band.name for band in scene.bands if band.gsd < 30]


def test_a_registered_product_is_left_alone(registered_run) -> None:
    _, warnings, log = registered_run
    assert warnings == ()
    assert any(line.startswith("The 10 m bands and the 20 m bands agree within 0.0") for line in log)
    assert any(line.startswith("Needed move by band") and "B8A" in line for line in log)


def test_the_user_is_told_where_the_bands_lie(displaced_run) -> None:
    _, warnings, log = displaced_run
    (warning,) = warnings
    assert warning.startswith("The 10 m bands lie 1.00 px below and 2.00 px left of the 20 m bands (")
    assert "corrected" in warning and warning in log


def test_sharpened_bands_are_those_of_the_registered_product(scene: Scene, registered_run, displaced_run) -> None:
    expected, made = registered_run[0].astype(float), displaced_run[0].astype(float)
    inner = (slice(30, -30), slice(30, -30))
    for number, name in enumerate(names_of(scene)):
        if name in FINE:
            continue
        reference, values = expected[number][inner], made[number][inner]
        assert np.array_equal(expected[number] == 0, made[number] == 0)
        # The pass over the scene saw a margin of other pixels, which moves it by a little.
        assert np.abs(reference - values).max() <= 60
        assert np.sqrt(np.mean((reference - values) ** 2)) < 4


def test_without_the_correction_they_would_not_be(scene: Scene, displaced, card, registered_run, tmp_path, monkeypatch):
    monkeypatch.setattr(super_resolution, "with_shifts", lambda job, *rest: job)
    made = run(plan(displaced, card, tmp_path / "raw.tif"))[0].astype(float)
    number = names_of(scene).index("B8A")
    difference = (made[number] - registered_run[0][number])[30:-30, 30:-30]
    assert np.sqrt(np.mean(difference**2)) > 50


def test_copied_bands_and_georeference_stay(displaced: Scene, displaced_run, card, tmp_path: Path) -> None:
    for number, name in enumerate(names_of(displaced)):
        if name in FINE:
            assert np.array_equal(displaced_run[0][number], native(displaced.band(name)))
    job = plan(displaced, card, tmp_path / "tags.tif")
    run(job)
    dataset = gdal.Open(str(tmp_path / "tags.tif"))
    assert dataset.GetGeoTransform() == displaced.finest.transform
    assert dataset.GetMetadataItem("SATSHARP_MOVED_DOWN_AND_RIGHT") == "s2-20m b10 -1 +2"


def test_an_extent_and_other_tiles_give_the_same_digits(displaced: Scene, displaced_run, card, tmp_path: Path) -> None:
    x0, _, _, y0, _, _ = displaced.finest.transform
    extent = (x0 + 900, y0 - 2400, x0 + 1800, y0 - 1200)
    job = plan(displaced, card, tmp_path / "part.tif", extent=extent, tile_size=60)
    rows, cols = job.window.slices
    assert (job.window.height, job.window.width) == (120, 90)
    assert np.array_equal(run(job)[0], displaced_run[0][:, rows, cols])


@pytest.mark.parametrize("move", [(0.5, -1.25), (-2.0, 0.75)])
def test_tiling_never_shows_with_a_fractional_move(scene: Scene, card, tmp_path: Path, monkeypatch, move) -> None:
    def pretend(job: Job, *rest) -> Job:
        steps = tuple(replace(step, shifts=(Shift(0, "b10", *move),)) for step in job.steps)
        return replace(job, steps=steps)

    monkeypatch.setattr(super_resolution, "with_shifts", pretend)
    whole = run(plan(scene, card, tmp_path / "whole.tif", tile_size=300))[0]
    tiled = run(plan(scene, card, tmp_path / "tiled.tif", tile_size=84))[0]
    assert np.array_equal(whole, tiled)
    assert (whole == 0).any()


def test_the_same_shift_is_found_whatever_the_extent_and_workers(displaced: Scene, card: Card, tmp_path: Path) -> None:
    x0, _, _, y0, _, _ = displaced.finest.transform
    whole = plan(displaced, card, tmp_path / "a.tif")
    part = plan(displaced, card, tmp_path / "b.tif", extent=(x0, y0 - 300, x0 + 300, y0))
    found = [
        [step.shifts for step in with_shifts(job, lambda: None, lambda text: None).steps]
        for job in (whole, replace(part, workers=1, threads=1), replace(whole, workers=3))
    ]
    assert found[0] == found[1] == found[2]
    assert (found[0][0][0].rows, found[0][0][0].cols) == (-1.0, 2.0)


def test_the_regression_of_the_scene_sees_moved_guides(scene: Scene, displaced: Scene, card, tmp_path: Path) -> None:
    reference = plan(scene, card, tmp_path / "a.tif")
    job = with_shifts(plan(displaced, card, tmp_path / "b.tif"), lambda: None, lambda text: None)
    raw = replace(job.steps[0], shifts=())
    expected = np.array(scene_coefficients(reference, reference.steps[0], lambda: None))
    made = np.array(scene_coefficients(job, job.steps[0], lambda: None))
    wrong = np.array(scene_coefficients(job, raw, lambda: None))
    assert np.abs(made - expected).max() < 0.2 * np.abs(wrong - expected).max()


def test_windows_of_a_large_scene_begin_in_the_blocks_of_all_passes(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = plan(scene, card, tmp_path / "a.tif")
    large = replace(job, target=replace(job.target, width=10980, height=10980))
    blocks = scene_blocks(10980, 10980)
    windows = band_shift_pass._windows(large, 2, 5490, 5490, 2)
    assert len(windows) > len(blocks) == 13
    for block, window in zip(blocks, windows):
        around = window.pad(MARGIN).refine(2)
        assert around.intersect(block) == around
    rest = windows[13:]
    assert all(window.intersect(other).is_empty for window in rest for other in windows if other != window)


def test_readers_close_their_files_at_the_end(scene: Scene) -> None:
    band = scene.band("B03")
    with SceneReaders() as readers:
        reader = readers.of(band)
        reader.read(band, Window(0, 0, 8, 8))
        assert reader._datasets
    assert not reader._datasets


def test_a_reader_moves_pixels_and_their_mask(displaced: Scene, card: Card, tmp_path: Path) -> None:
    job = plan(displaced, card, tmp_path / "a.tif")
    step = replace(job.steps[0], shifts=(Shift(0, "b10", 1.0, -0.5),))
    band = displaced.band("B03")
    readers = SceneReaders()
    assert type(readers.of(displaced.band("B05"), move_of(step, displaced.band("B05")))) is BandReader
    reader = readers.of(band, move_of(step, band))
    fine = reader.read(band, Window(20, 20, 200, 160))
    pixels = native(band)
    margin = 20
    window = pixels[20 - margin : 220 + margin, 20 - margin : 180 + margin]
    expected = moved(np.where(window == 0, 0, window).astype(np.float32), 1.0, -0.5, margin)
    valid = moved_mask((window != 0) & (window != 65535), 1.0, -0.5, margin)
    assert np.array_equal(np.isfinite(fine), valid)
    assert np.array_equal(fine[valid], expected[valid])
    edge = reader.read(band, Window(0, 0, 8, 8))
    assert np.isnan(edge[0]).all()


def test_an_invalid_guide_is_filled_before_it_is_moved() -> None:
    pixels = np.full((60, 60), 1000, np.uint16)
    mask = np.ones((60, 60), bool)
    pixels[30, 30], mask[30, 30] = 0, False
    window = BandWindow(Window(-10, -10, 60, 60), pixels, mask, 4).filled()
    made = window.crop_moved(Window(5, 5, 30, 30), 0.5, -0.25)
    assert made.shape == (30, 30)
    assert made == pytest.approx(1000)


def test_a_whole_move_crops_another_place() -> None:
    pixels = np.arange(3600, dtype=np.uint16).reshape(60, 60)
    window = BandWindow(Window(-10, -10, 60, 60), pixels, None, 4)
    made = window.crop_moved(Window(5, 6, 7, 8), 2.0, -3.0)
    assert made.dtype == np.uint16
    assert np.array_equal(made, pixels[13:20, 19:27])
    assert np.array_equal(window.crop_moved(Window(5, 6, 7, 8), 0.0, 0.0), window.crop(Window(5, 6, 7, 8)))


def test_a_move_is_read_around_a_tile(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = plan(scene, card, tmp_path / "a.tif")
    moves = (Shift(0, "b10", -1.0, 2.0),)
    whole = replace(job, steps=(replace(job.steps[0], shifts=moves),))
    part = replace(job, steps=(replace(job.steps[0], shifts=(replace(moves[0], cols=2.5),)),))
    assert whole.reach("B02") == job.reach("B02") + 2
    assert part.reach("B02") == job.reach("B02") + 8
    assert whole.reach("B05") == part.reach("B05") == job.reach("B05")
    assert job.steps[0].shift("b10") == (0.0, 0.0)
    assert whole.steps[0].shift("b10") == (-1.0, 2.0) and whole.steps[0].shift("b10", 1) == (0.0, 0.0)


def test_every_date_has_its_own_move(scene: Scene, card: Card, tmp_path: Path) -> None:
    tensor = replace(card.inputs[0], dates=2)
    moves = (Shift(1, "b10", -2.0, 3.0),)
    job = plan(scene, card, tmp_path / "a.tif")
    step = replace(job.steps[0], card=replace(card, inputs=(tensor, card.inputs[1])), shifts=moves)
    job = replace(job, scenes=(scene, scene), steps=(step,), files=())
    tile = tile_rows(job.window, 60)[1][1]
    with BandReader() as reader:
        filled = tuple({name: band.filled() for name, band in d.items()} for d in read_tile(job, tile, reader).dates)
    older, latest = tensor_of(job, step, tensor, tile, filled)[0].reshape(2, 4, -1, 60 + 2 * step.halo_of(tensor))
    assert np.array_equal(older[:, :-2, 3:], latest[:, 2:, :-3])
    assert not np.array_equal(older, latest)


def test_clouds_and_empty_scenes_correct_nothing(displaced: Scene, card: Card, tmp_path: Path) -> None:
    white = with_bands(displaced, tmp_path / "white", lambda pixels: np.where(pixels == 0, 0, pixels // 8 + 6000))
    empty = with_bands(displaced, tmp_path / "empty", np.zeros_like)
    for number, scene in enumerate((white, empty)):
        log: list[str] = []
        job = with_shifts(plan(scene, card, tmp_path / f"{number}.tif"), lambda: None, log.append)
        assert job.steps[0].shifts == () and shift_warnings(job) == ()
        assert log == [
            "Whether the 10 m bands and the 20 m bands are registered cannot be told: too little clear detail. "
            "They are used as they are."
        ]


def test_bands_that_lie_off_here_and_there_are_warned_of(scene: Scene, card: Card, tmp_path: Path) -> None:
    def torn(pixels: np.ndarray) -> np.ndarray:
        return np.where(np.arange(len(pixels))[:, None] < 200, np.roll(pixels, 2, 0), np.roll(pixels, -2, 1))

    job = with_shifts(plan(with_bands(scene, tmp_path / "torn", torn), card, tmp_path / "a.tif"), lambda: None, len)
    assert job.steps[0].shift("b10") == (0.0, 0.0)
    (warning,) = shift_warnings(job)
    assert warning.startswith("Whether the 10 m bands and the 20 m bands are registered cannot be told: the median of")


def test_cancelling_and_damage_are_passed_on(displaced: Scene, card: Card, tmp_path: Path) -> None:
    def stop() -> None:
        raise CancelledError("stop")

    job = plan(displaced, card, tmp_path / "a.tif")
    with pytest.raises(CancelledError):
        with_shifts(job, stop, lambda text: None)
    path = Path(displaced.band("B04").path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    try:
        with pytest.raises(ProductError, match="B04"):
            with_shifts(job, lambda: None, lambda text: None)
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize(
    "rows,cols,text",
    [
        (1.0, 0.0, "lie 1.00 px above the 20 m bands"),
        (-0.25, 0.0, "lie 0.25 px below the 20 m bands"),
        (0.0, 2.0, "lie 2.00 px left of the 20 m bands"),
        (0.5, -1.0, "lie 0.50 px above and 1.00 px right of the 20 m bands"),
    ],
)
def test_sentences_name_the_side_where_the_guides_lie(rows: float, cols: float, text: str) -> None:
    sentence, serious = describe(ShiftEstimate(rows, cols, 1.0, True, True, 5, 6, (), 2), 10, 20)
    assert text in sentence and "5 of 6 windows agree" in sentence
    assert serious
