# SPDX-License-Identifier: GPL-2.0-or-later
"""A run killed by SIGKILL goes on where it stopped, and ends with the digits of an uninterrupted one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.cards import MODEL_FOLDER, load_card  # noqa: E402
from satsharp.core.errors import OutputError  # noqa: E402
from satsharp.core.job import Options  # noqa: E402
from satsharp.core.ledger import Ledger  # noqa: E402
from satsharp.core.output_lock import lock_path, reserved  # noqa: E402
from satsharp.core.output_place import partial_paths  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SENSOR = sensor_by_id("sentinel2")
SCRIPT = """
import runpy, sys
runpy.run_path(sys.argv[3])
from satsharp.core import raster_writer
from satsharp.core.cards import MODEL_FOLDER, load_card
from satsharp.core.job import Options
from satsharp.core.planning import plan_job
from satsharp.core.products import open_scene
from satsharp.core.sensors import sensor_by_id
from satsharp.core.super_resolution import run
raster_writer.CHECKPOINT_SECONDS = 0.0
scene = open_scene(sys.argv[1], sensor_by_id("sentinel2"))
card = load_card(MODEL_FOLDER / "s2-20m.json")
job = plan_job(scene, (card,), sys.argv[2], Options(tile_size=132))
run(job, lambda share: None, lambda: False, lambda text: None)
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("product")
    return simulate_product(folder, SimulationOptions(size=1026, width=264, seed=3)).safe


def plan(product: Path, output: Path, **choices):
    """Plan the run that SCRIPT makes."""
    scene = open_scene(str(product), SENSOR)
    return plan_job(scene, (load_card(MODEL_FOLDER / "s2-20m.json"),), str(output), Options(tile_size=132, **choices))


def finish(job) -> list[str]:
    """Run a job to its end and return its log."""
    log: list[str] = []
    run(job, lambda share: None, lambda: False, log.append)
    return log


def pixels_of(path: Path) -> np.ndarray:
    """Read all bands."""
    return gdal.Open(str(path)).ReadAsArray()


@pytest.fixture(scope="module")
def expected(product: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    path = tmp_path_factory.mktemp("expected") / "all.tif"
    finish(plan(product, path))
    return pixels_of(path)


def kill_after_rows(product: Path, output: Path, rows: int, delay: float) -> int:
    """Start SCRIPT, kill it ``delay`` seconds after its ledger counts ``rows`` rows; return the rows then counted."""
    ledger = partial_paths(output)[1]
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(product), str(output), str(ROOT / "conftest.py")])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if ledger.exists() and Ledger.load(ledger).rows_done >= rows:
            break
        time.sleep(0.002)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    return Ledger.load(ledger).rows_done


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
@pytest.mark.parametrize("rows,delay", [(256, 0.0), (256, 0.05), (512, 0.01), (768, 0.02)])
def test_killed_run_resumes_with_the_same_digits(product, expected, tmp_path: Path, rows: int, delay: float) -> None:
    output = tmp_path / "all.tif"
    done = kill_after_rows(product, output, rows, delay + random.uniform(0, 0.02))
    assert not output.exists()
    log = finish(plan(product, output))
    assert f"Resuming: {done} of 1026 rows are done." in log
    assert np.array_equal(pixels_of(output), expected)
    assert [entry.name for entry in tmp_path.iterdir()] == ["all.tif"]
    dataset = gdal.Open(str(output))
    overview = dataset.GetRasterBand(5).GetOverview(0).ReadAsArray()
    valid = (expected[4][:1026, :264].reshape(513, 2, 132, 2) > 0).all(axis=(1, 3))
    means = expected[4].reshape(513, 2, 132, 2).mean(axis=(1, 3))
    assert np.abs(overview - means)[valid].max() <= 0.5


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
def test_resume_is_refused_when_the_run_differs(product: Path, expected: np.ndarray, tmp_path: Path) -> None:
    output = tmp_path / "all.tif"
    kill_after_rows(product, output, 256, 0.0)
    # A killed run leaves its lock, too; whoever writes next removes it.
    lock_path(output).unlink()
    before = sorted(entry.name for entry in tmp_path.iterdir())
    with pytest.raises(OutputError, match="differs in its parameters"):
        finish(plan(product, output, copy_fine_bands=False))
    other = plan(product, output)
    renamed = replace(
        other, identity=tuple((name, "0" if name == "model" else value) for name, value in other.identity)
    )
    with pytest.raises(OutputError, match="differs in its model, so it cannot be resumed"):
        finish(renamed)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    log = finish(plan(product, output, resume=False))
    assert not any("Resuming" in line for line in log)
    assert np.array_equal(pixels_of(output), expected)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
def test_a_second_run_loses_nothing_of_the_first(product: Path, expected: np.ndarray, tmp_path: Path) -> None:
    output = tmp_path / "all.tif"
    done = kill_after_rows(product, output, 256, 0.0)
    with reserved((output,)):
        with pytest.raises(OutputError, match=r"all\.tif is being written by another run \(process \d+ on "):
            finish(plan(product, output, resume=False))
        assert Ledger.load(partial_paths(output)[1]).rows_done == done
    assert f"Resuming: {done} of 1026 rows are done." in finish(plan(product, output))
    assert np.array_equal(pixels_of(output), expected)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
def test_second_output_that_cannot_be_opened_leaves_the_first_unfinished_one(product: Path, tmp_path: Path) -> None:
    output = tmp_path / "all.tif"
    done = kill_after_rows(product, output, 256, 0.0)
    job = plan(product, output)
    elsewhere = replace(job.files[0], path=tmp_path / "missing" / "bounds.tif")
    with pytest.raises(OutputError, match="missing does not exist"):
        finish(replace(job, files=(*job.files, elsewhere)))
    assert Ledger.load(partial_paths(output)[1]).rows_done == done
    with pytest.raises(OutputError, match="missing does not exist"):
        finish(replace(job, files=(replace(job.files[0], path=tmp_path / "new.tif"), elsewhere)))
    assert not list(tmp_path.glob("new*"))
