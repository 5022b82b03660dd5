# SPDX-License-Identifier: GPL-2.0-or-later
"""Intervals: bounds that hold the truth as often as the card says, without touching a digit of the values."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.card_records import Card, CardInterval, CardOutput
from satsharp.core.cards import load_card
from satsharp.core.errors import CancelledError, CardError, OutputError
from satsharp.core.interval import (
    TRANSFORMS,
    bound_numbers,
    ensemble_name,
    ensemble_spread,
    restored,
    spread_of,
    transformed,
)
from satsharp.core.radiometry import Radiometry

# --- arithmetic -------------------------------------------------------------------------------------------------------


def test_eight_transforms_differ_and_are_undone() -> None:
    image = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    made = [transformed(image, number) for number in range(TRANSFORMS)]
    assert len({(values.shape, values.tobytes()) for values in made}) == 8
    assert np.array_equal(made[0], image)
    for number, values in enumerate(made):
        assert values.flags["C_CONTIGUOUS"]
        assert np.array_equal(restored(values, number), image)


def test_grids_of_different_gsd_turn_together() -> None:
    coarse = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    fine = coarse.repeat(2, 2).repeat(2, 3)
    for number in range(TRANSFORMS):
        assert np.array_equal(transformed(fine, number), transformed(coarse, number).repeat(2, 2).repeat(2, 3))


def test_spread_over_the_ensemble_is_the_standard_deviation_of_all_eight() -> None:
    """A network that shifts by a pixel shifts to another side in each transform."""
    image = np.random.default_rng(0).normal(size=(1, 2, 6, 8)).astype(np.float32) + 100

    def shifting(inputs: dict) -> dict:
        return {"out": np.roll(inputs["x"], 1, axis=3), "other": inputs["x"]}

    plain = shifting({"x": image})
    found = ensemble_spread(shifting, {"x": image}, plain, ("out",))
    results = [np.roll(image, shift, axis) for axis in (2, 3) for shift in (-1, 1) for _ in range(2)]
    assert set(found) == {"out"}
    assert np.allclose(found["out"], np.std(results, axis=0), atol=1e-5)
    assert found["out"].min() > 0


def test_a_network_without_preference_has_no_spread() -> None:
    image = np.random.default_rng(0).normal(size=(1, 1, 5, 5)).astype(np.float32)
    found = ensemble_spread(lambda inputs: inputs, {"x": image}, {"x": image}, ("x",))
    assert np.array_equal(found["x"], np.zeros_like(image))


@given(st.floats(-1, 3, width=32), st.floats(0, 2, width=32), st.sampled_from(["uint16", "int16"]))
def test_bounds_are_rounded_outwards(value: float, half_width: float, dtype: str) -> None:
    radiometry = Radiometry.of(1e-4, -0.1, 5.0, 0.0)
    values, widths = np.full((1, 1), value, np.float32), np.full((1, 1), half_width, np.float32)
    exact = (value + 0.5) / 0.0005
    lower, upper = (float(bound_numbers(values, widths, bound, radiometry, dtype)[0, 0]) for bound in (-1, 1))
    assert lower == int(lower) and upper == int(upper)
    # float32 holds a digital number of some thousands to about 0.001.
    assert -0.01 <= exact - half_width / 0.0005 - lower <= 1.01
    assert -0.01 <= upper - exact - half_width / 0.0005 <= 1.01
    assert lower <= np.rint(exact) <= upper


def test_bounds_of_decimal_numbers_are_not_rounded() -> None:
    radiometry = Radiometry.of(1.0, 0.0, 5.0, 0.0)
    values, widths = np.full((1, 1), 1.0, np.float32), np.full((1, 1), 0.25, np.float32)
    made = [float(bound_numbers(values, widths, bound, radiometry, "float32")[0, 0]) for bound in (-1, 1)]
    assert made == pytest.approx([0.15, 0.25])


def test_falling_digital_numbers_do_not_swap_the_bounds() -> None:
    radiometry = Radiometry.of(-1.0, 0.0, 5.0, 0.0)
    values, widths = np.full((1, 1), 1.0, np.float32), np.full((1, 1), 0.25, np.float32)
    lower, upper = (float(bound_numbers(values, widths, bound, radiometry, "float32")[0, 0]) for bound in (-1, 1))
    assert (lower, upper) == pytest.approx((-0.25, -0.15))


def test_the_spread_of_a_band_is_found_by_its_name() -> None:
    outputs = (CardOutput("x", ("B05", "B06")), CardOutput("doubt", ("B06", "B05"), "spread"))
    fields = {name: None for name in Card.__dataclass_fields__ if name not in ("outputs", "interval", "document")}
    results = {"doubt": np.arange(2.0).reshape(2, 1, 1), ensemble_name("x"): np.arange(2.0).reshape(2, 1, 1) + 10}
    for source, expected in (("spread", 1.0), ("ensemble", 10.0)):
        card = Card(outputs=outputs, interval=CardInterval(0.9, source, ()), **fields)
        assert spread_of(card, "x", "B05", results)[0, 0] == expected


# --- in a run ---------------------------------------------------------------------------------------------------------

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.ledger import Ledger  # noqa: E402
from satsharp.core.output_place import partial_paths  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import DIGITAL_NUMBER, TARGETS, write_bicubic  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
AMPLITUDE = 40 * DIGITAL_NUMBER
# Nine tenths of a sine wave's values lie within this part of its amplitude.
NINE_TENTHS = float(np.sin(0.45 * np.pi))


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("product")
    return simulate_product(folder, SimulationOptions(size=360, width=300, seed=9, saturated=True)).safe


@pytest.fixture(scope="module")
def scene(product: Path) -> Scene:
    return open_scene(str(product), sensor_by_id("sentinel2"))


def card_with(folder: Path, source: str, factor: float = 1.0, amplitude: float = AMPLITUDE) -> Card:
    """A network that is off bicubic by a wave of known amplitude and says so."""
    interval = {"coverage": 0.9, "source": source, "factors": dict.fromkeys(TARGETS, factor)}
    spread = amplitude if source == "spread" else None
    return load_card(write_bicubic(folder, "known", dict.fromkeys(TARGETS, amplitude), spread, interval))


def plan(scene: Scene, card: Card, folder: Path, bounds: bool = True, **choices) -> Job:
    choices = {"consistency": False, "guard": "off", "copy_fine_bands": False, **choices}
    path = str(folder / "bounds.tif") if bounds else ""
    return plan_job(scene, (card,), str(folder / "value.tif"), Options(interval_output=path, **choices))


def finished(job: Job) -> list[np.ndarray]:
    run(job, lambda share: None, lambda: False, lambda text: None)
    return [gdal.Open(str(file.path)).ReadAsArray() for file in job.files]


def test_bounds_hold_the_truth_as_often_as_the_card_says(scene: Scene, tmp_path: Path) -> None:
    """The truth is the same network without its wave; its error is the wave, whose size it knows."""
    folders = [tmp_path / name for name in ("right", "wrong")]
    for folder in folders:
        folder.mkdir()
    exact = load_card(write_bicubic(folders[0], "exact"))
    (truth,) = finished(plan(scene, exact, folders[0], bounds=False))
    card = card_with(folders[1], "spread", NINE_TENTHS, 10 * AMPLITUDE)
    value, bounds = finished(plan(scene, card, folders[1]))
    assert bounds.shape == (12, 360, 300)
    for number in range(len(TARGETS)):
        valid = (value[number] > 0) & (value[number] < 65535)
        lower, upper = (bounds[2 * number + side][valid].astype(int) for side in (0, 1))
        inside = (lower <= truth[number][valid]) & (truth[number][valid] <= upper)
        assert 0.89 < inside.mean() < 0.92
        # 395.1 digital numbers to either side, rounded outwards.
        assert set(np.unique(upper - lower)) <= {791, 792}
        assert np.abs(value[number][valid] - lower - 395.5).max() <= 1


def test_bands_are_named_and_masked_as_the_values(scene: Scene, tmp_path: Path) -> None:
    value, bounds = finished(plan(scene, card_with(tmp_path, "spread"), tmp_path))
    dataset = gdal.Open(str(tmp_path / "bounds.tif"))
    names = [dataset.GetRasterBand(number + 1).GetDescription() for number in range(dataset.RasterCount)]
    assert names[:4] == ["B05 lower (90 %)", "B05 upper (90 %)", "B06 lower (90 %)", "B06 upper (90 %)"]
    assert (dataset.GetRasterBand(1).GetNoDataValue(), dataset.GetRasterBand(1).GetOffset()) == (0, -0.1)
    assert dataset.GetMetadataItem("SATSHARP_INTERVAL") == "known: 90 % by spread"
    for number in range(len(TARGETS)):
        for side in (0, 1):
            assert np.array_equal(bounds[2 * number + side] == 0, value[number] == 0)
            assert np.array_equal(bounds[2 * number + side] == 65535, value[number] == 65535)
    assert 0.001 < (value == 0).mean() < 0.5


@pytest.mark.parametrize("source", ["spread", "ensemble"])
def test_values_do_not_depend_on_whether_bounds_are_asked_for(scene: Scene, tmp_path: Path, source: str) -> None:
    card = card_with(tmp_path, source)
    whole = {"consistency": True, "guard": "fall back"}
    (plain,) = finished(plan(scene, card, tmp_path, bounds=False, **whole))
    value, _ = finished(plan(scene, card, tmp_path, **whole))
    assert np.array_equal(value, plain)
    assert [entry.name for entry in tmp_path.glob("*.tif*")].count("bounds.tif") == 1
    assert not list(tmp_path.glob("*.partial*"))


def test_bounds_lie_around_the_final_value(scene: Scene, tmp_path: Path) -> None:
    value, bounds = finished(plan(scene, card_with(tmp_path, "spread"), tmp_path, consistency=True))
    (plain,) = finished(plan(scene, card_with(tmp_path, "spread"), tmp_path, bounds=False))
    valid = (value[0] > 0) & (value[0] < 65535)
    assert (value[0] != plain[0])[valid].mean() > 0.5
    middle = (bounds[0].astype(int) + bounds[1])[valid] / 2
    assert np.abs(middle - value[0][valid]).max() <= 1


def test_bounds_by_ensemble_are_the_standard_deviation_of_eight_runs(scene: Scene, tmp_path: Path) -> None:
    """The wave hangs on the guide's pixels alone, so bicubic and wave turn with the image and nothing is left."""
    value, bounds = finished(plan(scene, card_with(tmp_path, "ensemble"), tmp_path))
    valid = (value[0] > 0) & (value[0] < 65535)
    width = (bounds[1].astype(int) - bounds[0])[valid]
    assert width.max() <= 2


@pytest.mark.parametrize("source", ["spread", "ensemble"])
def test_tiles_never_show_in_the_bounds(scene: Scene, tmp_path: Path, source: str) -> None:
    card = card_with(tmp_path, source)
    _, expected = finished(plan(scene, card, tmp_path, consistency=True))
    _, made = finished(plan(scene, card, tmp_path, consistency=True, tile_size=132))
    assert np.array_equal(made, expected)


def test_a_floor_is_added_to_every_spread(scene: Scene, tmp_path: Path) -> None:
    interval = {"coverage": 0.9, "source": "spread", "factors": dict.fromkeys(TARGETS, 2.0), "floor": 0.005}
    card = load_card(write_bicubic(tmp_path, "known", None, 0.01, interval))
    value, bounds = finished(plan(scene, card, tmp_path))
    # 2 x (20 + 10) digital numbers to either side, rounded outwards.
    assert set(np.unique((bounds[1].astype(int) - bounds[0])[value[0] > 0])) <= {120, 121, 122}


def test_cancelling_removes_both_files(scene: Scene, tmp_path: Path) -> None:
    card = card_with(tmp_path, "spread")
    before = sorted(entry.name for entry in tmp_path.iterdir())
    done: list[float] = []
    with pytest.raises(CancelledError):
        run(plan(scene, card, tmp_path, tile_size=120), done.append, lambda: len(done) >= 2, lambda text: None)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before


SCRIPT = """
import runpy, sys
runpy.run_path(sys.argv[1])
from pathlib import Path
from satsharp.core import raster_writer
from satsharp.core.cards import load_card
from satsharp.core.products import open_scene
from satsharp.core.sensors import sensor_by_id
from satsharp.tests.unit.test_interval import finished, plan
raster_writer.CHECKPOINT_SECONDS = 0.0
scene = open_scene(sys.argv[2], sensor_by_id("sentinel2"))
finished(plan(scene, load_card(Path(sys.argv[4])), Path(sys.argv[3]), tile_size=60))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")
def test_a_killed_run_resumes_both_files(product: Path, scene: Scene, tmp_path: Path) -> None:
    card = card_with(tmp_path, "spread")
    (tmp_path / "killed").mkdir()
    ledgers = [partial_paths(tmp_path / "killed" / name)[1] for name in ("value.tif", "bounds.tif")]
    arguments = [str(ROOT / "conftest.py"), str(product), str(tmp_path / "killed"), str(tmp_path / "known.json")]
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if all(ledger.exists() and Ledger.load(ledger).rows_done >= 256 for ledger in ledgers):
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    log: list[str] = []
    job = plan(scene, card, tmp_path / "killed", tile_size=60)
    run(job, lambda share: None, lambda: False, log.append)
    assert "Resuming: 256 of 360 rows are done." in log
    for made, expected in zip((file.path for file in job.files), finished(plan(scene, card, tmp_path))):
        assert np.array_equal(gdal.Open(str(made)).ReadAsArray(), expected)
    assert sorted(entry.name for entry in (tmp_path / "killed").iterdir()) == ["bounds.tif", "value.tif"]


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_model_without_calibration_is_named_with_the_remedy(scene: Scene, tmp_path: Path) -> None:
    card = load_card(write_bicubic(tmp_path, "plain"))
    with pytest.raises(CardError, match="plain has no calibrated interval .*Calibrate the model with export_tools"):
        plan(scene, card, tmp_path)
    assert plan(scene, card, tmp_path, bounds=False).files[0].path.name == "value.tif"


def test_both_outputs_cannot_be_one_file(scene: Scene, tmp_path: Path) -> None:
    card = card_with(tmp_path, "spread")
    same = Options(interval_output=str(tmp_path / "sub" / ".." / "value.tif"))
    (tmp_path / "sub").mkdir()
    with pytest.raises(OutputError, match="is both OUTPUT and INTERVAL_OUTPUT"):
        plan_job(scene, (card,), str(tmp_path / "value.tif"), same)
    with pytest.raises(OutputError, match="missing does not exist"):
        plan_job(scene, (card,), str(tmp_path / "v.tif"), Options(interval_output=str(tmp_path / "missing" / "b.tif")))


FACTORS = dict.fromkeys(TARGETS, 1.5)


@pytest.mark.parametrize(
    ("interval", "sentence"),
    [
        ({"coverage": 0.9, "source": "spread"}, "'factors' is missing"),
        ({"coverage": 1.0, "source": "spread", "factors": FACTORS}, "interval.coverage must lie between 0 and 1"),
        ({"coverage": 0.9, "source": "magic", "factors": FACTORS}, "interval.source must be one of spread, ensemble"),
        (
            {"coverage": 0.9, "source": "ensemble", "factors": {"B05": 1}},
            "interval.factors must name every target band",
        ),
        ({"coverage": 0.9, "source": "ensemble", "factors": {**FACTORS, "B02": 1}}, "and no other"),
        ({"coverage": 0.9, "source": "ensemble", "factors": {**FACTORS, "B05": 0}}, "must be positive"),
        ({"coverage": 0.9, "source": "ensemble", "factors": {**FACTORS, "B05": "1"}}, "interval.factors.B05"),
        ({"coverage": 0.9, "source": "spread", "factors": FACTORS}, "needs an output of role spread"),
        ({"coverage": 0.9, "source": "ensemble", "factors": FACTORS, "floor": -1}, "interval.floor must not be neg"),
        ("ninety", "string indices"),
    ],
)
def test_wrong_intervals_are_named(tmp_path: Path, interval: object, sentence: str) -> None:
    path = write_bicubic(tmp_path, "wrong")
    document = {**json.loads(path.read_text()), "interval": interval}
    path.write_text(json.dumps(document))
    with pytest.raises(CardError) as caught:
        load_card(path)
    assert sentence in str(caught.value)


def test_a_right_interval_is_read(tmp_path: Path) -> None:
    interval = {"coverage": 0.9, "source": "spread", "factors": FACTORS, "pixels": 1000}
    found = load_card(write_bicubic(tmp_path, "right", None, 0.1, interval)).interval
    assert found is not None
    assert (found.coverage, found.source, found.factor("B11")) == (0.9, "spread", 1.5)
