# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnxruntime")

from satsharp.core import detail_statistics, scene_blocks  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, Card, load_card  # noqa: E402
from satsharp.core.detail_regression import (  # noqa: E402
    REACH,
    detail_planes,
    moments_of_planes,
    solve_details,
    window_moments,
)
from satsharp.core.detail_statistics import (  # noqa: E402
    MOST_WINDOWS,
    SIDE,
    batches_of,
    scene_coefficients,
    windows_of,
)
from satsharp.core.errors import CancelledError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Band, Scene  # noqa: E402
from satsharp.core.scene_blocks import BLOCK  # noqa: E402
from satsharp.core.scene_readers import SceneReaders  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402


@pytest.fixture(scope="module")
def card() -> Card:
    return load_card(MODEL_FOLDER / "s2-20m.json")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    options = SimulationOptions(size=480, clouds=False, nodata_corner=False, noise=False)
    folder = simulate_product(tmp_path_factory.mktemp("product"), options).safe
    return open_scene(str(folder), sensor_by_id("sentinel2"))


def job_of(scene: Scene, card: Card, folder: Path, **options: object) -> Job:
    return plan_job(scene, (card,), str(folder / "out.tif"), Options(gsds=(20.0,), **options))  # type: ignore[arg-type]


def coefficients(job: Job) -> np.ndarray:
    return np.array(scene_coefficients(job, job.steps[0], lambda: None))


def numbers_of(band: Band) -> np.ndarray:
    dataset = gdal.Open(band.path)
    return dataset.GetRasterBand(band.index).ReadAsArray()


def with_numbers(scene: Scene, name: str, pixels: np.ndarray, folder: Path) -> Scene:
    """The scene with other digital numbers in one band."""
    band, path = scene.band(name), str(folder / f"{name}.tif")
    source = gdal.Open(band.path)
    copy = gdal.GetDriverByName("GTiff").CreateCopy(path, source)
    copy.GetRasterBand(1).WriteArray(pixels)
    copy.FlushCache()
    del copy
    return replace(scene, bands=tuple(replace(band, path=path, index=1) if b.name == name else b for b in scene.bands))


def network_values(job: Job, band: Band) -> np.ndarray:
    pixels = numbers_of(band)
    values = np.empty(pixels.shape, np.float32)
    job.steps[0].radiometry(band).to_network(pixels, values)
    return values


def test_windows_of_a_small_scene_equal_the_scene_at_once(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = job_of(scene, card, tmp_path)
    declared = card.scene_pass
    guides, targets = (
        np.stack([network_values(job, scene.band(name)) for name in names])
        for names in (declared.guides, declared.targets)
    )
    planes = detail_planes(guides, targets, 2)
    at_once = moments_of_planes(planes, np.ones(targets.shape[1:], bool))
    expected = solve_details(at_once, 4, np.array(declared.default))
    found = coefficients(job)
    assert found.shape == (6, 4 + 2 + 10)
    np.testing.assert_allclose(found[:, :6], expected, atol=2e-3)
    np.testing.assert_allclose(found[:, 6:].sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("factor", [2, 6])
def test_moments_of_a_window_equal_those_of_its_planes_to_the_last_bit(factor: int) -> None:
    random = np.random.default_rng(factor)
    guides = random.normal(size=(4, 40 * factor, 44 * factor)).astype(np.float32)
    targets = random.normal(size=(3, 40, 44)).astype(np.float32)
    planes = detail_planes(guides, targets, factor)[:, :, REACH:-REACH, REACH:-REACH]
    everywhere = np.ones(planes.shape[2:], bool)
    for mask in (everywhere, random.random(everywhere.shape) > 0.3, ~everywhere):
        expected, found = moments_of_planes(planes, mask), window_moments(guides, targets, factor, mask)
        assert found.count == expected.count == mask.sum()
        np.testing.assert_array_equal(found.cross, expected.cross)


def test_coefficients_do_not_depend_on_the_number_of_threads_nor_on_shared_readers(
    scene: Scene, card: Card, tmp_path: Path
) -> None:
    job, readers = job_of(scene, card, tmp_path), SceneReaders()
    alone = scene_coefficients(replace(job, workers=1, threads=1), job.steps[0], lambda: None)
    for workers in (2, 7):
        many = replace(job, workers=workers, threads=1)
        assert scene_coefficients(many, job.steps[0], lambda: None, readers) == alone
    band = scene.band("B04")
    assert readers.of(band) is readers.of(band) is not readers.of(band, (0.5, 0.0))


def test_an_extent_has_the_coefficients_of_the_whole_scene(scene: Scene, card: Card, tmp_path: Path) -> None:
    grid = scene.finest
    left, top = grid.locate(0, 0)
    part = job_of(scene, card, tmp_path, extent=(left + 1000, top - 3000, left + 2000, top - 2000))
    assert part.window != job_of(scene, card, tmp_path).window
    np.testing.assert_array_equal(coefficients(part), coefficients(job_of(scene, card, tmp_path)))


def test_invalid_and_glaring_pixels_do_not_count(scene: Scene, card: Card, tmp_path: Path) -> None:
    pixels = numbers_of(scene.band("B8A"))
    pixels[40:80, 30:90], pixels[100:140, 100:200] = 0, 60_000
    holed = with_numbers(scene, "B8A", pixels, tmp_path)
    clean, dirty = coefficients(job_of(scene, card, tmp_path)), coefficients(job_of(holed, card, tmp_path))
    assert np.isfinite(dirty).all()
    np.testing.assert_allclose(dirty[:, 4], clean[:, 4], atol=0.02)
    np.testing.assert_allclose(dirty[:, 5], clean[:, 5], atol=0.03)


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let blocks have 80 px, so that the scene of 480 px is a large one of 6 x 6 of them."""
    for module in (scene_blocks, detail_statistics):
        monkeypatch.setattr(module, "BLOCK", 80)
    monkeypatch.setattr(scene_blocks, "SMALL", 160)
    monkeypatch.setattr(detail_statistics, "BLOCK_SIDE", 60)
    for found in (scene_blocks.scene_blocks, scene_blocks.other_blocks):
        # What was found for other blocks is forgotten, and this again at the end.
        monkeypatch.setattr(detail_statistics, found.__name__, found.__wrapped__)
        monkeypatch.setattr(scene_blocks, found.__name__, found.__wrapped__)


def test_a_large_scene_with_a_sliver_of_valid_pixels_is_searched_for_them(
    scene: Scene, card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = coefficients(job_of(scene, card, tmp_path))
    shrink(monkeypatch)
    measured = numbers_of(scene.band("B8A"))
    pixels = np.zeros_like(measured)
    # 480 px of 10 m are 6 blocks; those of the first pass lie at 0, 1, 2, 4 and 5 of them, on the black squares.
    pixels[120:160, 40:80] = measured[120:160, 40:80]
    sliver = with_numbers(scene, "B8A", pixels, tmp_path)
    job = job_of(sliver, card, tmp_path)
    first, *others = batches_of(job, 2)
    assert len(first) == 13 and [len(batch) for batch in others] == [13, 10]
    corners = {(2 * window.row // 80, 2 * window.col // 80) for batch in (first, *others) for window in batch}
    assert corners == {(row, col) for row in range(6) for col in range(6)}
    assert (3, 1) not in {(2 * window.row // 80, 2 * window.col // 80) for window in first}
    found, default = coefficients(job), np.array(card.scene_pass.default)
    target = card.scene_pass.targets.index("B8A")
    assert np.abs(found[target, :4] - default[target, :4]).max() > 0.02
    assert abs(found[target, 5] - clean[target, 5]) < abs(default[target, 5] - clean[target, 5])


def test_a_cancelled_run_stops_between_windows(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = job_of(scene, card, tmp_path)

    def stop() -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        scene_coefficients(job, job.steps[0], stop)


@pytest.mark.parametrize("unit", [2, 3, 6])
@pytest.mark.parametrize("size", [12, 511, 2400, 5490, 10980])
def test_windows_lie_inside_and_are_bounded_in_number(
    size: int, unit: int, scene: Scene, card: Card, tmp_path: Path
) -> None:
    target = Grid(scene.finest.crs, scene.finest.transform, size, size // 2)
    job = replace(job_of(scene, card, tmp_path), target=target)
    windows = windows_of(job, unit)
    assert 1 <= len(windows) <= MOST_WINDOWS
    seen = np.zeros((size // 2 // unit, size // unit), np.uint8)
    for window in windows:
        assert isinstance(window, Window)
        assert window.row_end <= seen.shape[0] and window.col_end <= seen.shape[1]
        seen[window.slices] += 1
    assert seen.max() == 1
    if size <= 2400:
        assert seen.all()
    else:
        around = [window.pad(REACH).refine(unit) for window in windows]
        assert {window.row // BLOCK == (window.row_end - 1) // BLOCK for window in around} == {True}
        assert {window.col // BLOCK == (window.col_end - 1) // BLOCK for window in around} == {True}
        # All windows together reach every edge.
        every = [window for batch in batches_of(job, unit) for window in batch]
        assert max(window.row_end for window in every) == seen.shape[0]
        assert max(window.col_end for window in every) == seen.shape[1]
        assert min(window.row for window in every) == min(window.col for window in every) == REACH
    assert REACH >= 2


def test_a_long_narrow_scene_is_looked_at_all_along(scene: Scene, card: Card, tmp_path: Path) -> None:
    job = job_of(scene, card, tmp_path)
    long = replace(job, target=Grid(scene.finest.crs, scene.finest.transform, 40_000, 900))
    windows = windows_of(long, 2)
    assert len(windows) == MOST_WINDOWS
    gaps = np.diff(sorted({window.col for window in windows}))
    assert gaps.max() <= 5 * SIDE // 2 and max(window.col_end for window in windows) > 19_000


def test_enough_valid_pixels_are_not_searched_for_further(
    scene: Scene, card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(monkeypatch)
    looked: list[None] = []
    job = job_of(scene, card, tmp_path)
    scene_coefficients(job, job.steps[0], lambda: looked.append(None))
    windows, batches = windows_of(job, 2), list(batches_of(job, 2))
    assert len(windows) == 13 and len(batches) == 3
    every: list[None] = []
    monkeypatch.setattr(detail_statistics, "LEAST_WINDOWS", 1000)
    scene_coefficients(job, job.steps[0], lambda: every.append(None))
    assert 13 <= len(looked) < len(every)
