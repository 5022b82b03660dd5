# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import math
import time
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.degradation import wald_pair  # noqa: E402
from satsharp.export_tools.train import Plan, fit, load_checkpoint, load_trained  # noqa: E402
from satsharp.export_tools.training.best import Best  # noqa: E402
from satsharp.export_tools.training.budget import Budget, Progress, schedule  # noqa: E402
from satsharp.export_tools.training.feed import ChipTensors  # noqa: E402
from satsharp.export_tools.training.loss import loss_of  # noqa: E402
from satsharp.export_tools.training.validation import TILE, Judge  # noqa: E402

from .conftest import make_place  # noqa: E402
from .training_parts import NO_JUDGE, make_training, of_batch, same  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


class ScriptedJudge:
    """Gives the ratios it was told to."""

    def __init__(self, *ratios: float) -> None:
        self.left = list(ratios)
        self.exams = ["made"]

    def ratios(self, network: Any, device: Any) -> list[float]:
        return [self.left.pop(0)]


def test_loss_falls_below_the_band_regression(config: Config) -> None:
    training = make_training(config, [make_place(config, 0), make_place(config, 1, native=False)], seed=3)
    batch = training.sampler.batch(10_000, size=24)
    tensors = [torch.from_numpy(image) for image in (*batch.inputs, batch.regression)]
    check = ChipTensors(tensors, torch.from_numpy(batch.truth), torch.from_numpy(batch.weight))
    with torch.no_grad():
        before = float(loss_of(training.network, check, 2))
    for step in range(320):
        training.step(of_batch(training, step), step / 320)
    with torch.no_grad():
        after = float(loss_of(training.average, check, 2))
    assert after < 0.96 * before


def test_average_follows_its_formula(config: Config) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1)
    expected = 0.0
    with torch.no_grad():
        training.average.tail.weight.zero_()
    for step in range(1, 60):
        training.progress.step = step
        with torch.no_grad():
            training.network.tail.weight.fill_(float(step))
        training._update_average()
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert float(training.average.tail.weight.flatten()[0]) == pytest.approx(expected, rel=1e-5)
    assert 40 < expected < 55


def test_patience_ends_the_run_and_the_best_weights_count(config: Config, tmp_path: Path) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1)
    plan = Plan(tmp_path, Budget(1.0, 40), patience=3)
    fit(training, ScriptedJudge(0.5, 0.4, 0.45, 0.4, 0.41, 0.1), plan)  # type: ignore[arg-type]
    assert training.progress.step == 5
    assert (training.best.step, training.best.score) == (2, 0.4)
    whole = make_training(config, [make_place(config, 0)], seed=1)
    for step in range(2):
        whole.step(of_batch(whole, step), step / 40)
    network, _, state = load_trained(tmp_path)
    assert same(network.state_dict(), whole.average.state_dict())
    assert not same(network.state_dict(), state["average"])


def test_without_patience_the_last_weights_count(config: Config, tmp_path: Path) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1)
    fit(training, ScriptedJudge(0.5, 0.4, 0.6), Plan(tmp_path, Budget(1.0, 3)))  # type: ignore[arg-type]
    network, config_read, state = load_trained(tmp_path)
    assert same(network.state_dict(), training.average.state_dict())
    assert config_read.document == config.document
    assert (state["best"]["step"], state["best"]["score"]) == (2, 0.4)


def test_best_ignores_no_number() -> None:
    best = Best()
    layer = torch.nn.Linear(1, 1)
    best.offer(0.5, 1, layer)
    best.offer(math.nan, 2, layer)
    assert (best.step, best.misses) == (1, 1)
    assert best.is_stale(1)
    assert not best.is_stale(2)
    assert not best.is_stale(0)


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(config: Config, tmp_path: Path) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1)
    plan = Plan(tmp_path, Budget(1.0, 2))
    fit(training, NO_JUDGE, plan)
    with torch.no_grad():
        training.network.tail.weight.fill_(math.nan)
    with pytest.raises(ValueError, match="learning-rate"):
        fit(training, NO_JUDGE, dataclasses.replace(plan, budget=Budget(1.0, 4)))
    kept = load_checkpoint(tmp_path)
    assert kept["progress"]["step"] == 2
    assert bool(torch.isfinite(kept["network"]["tail.weight"]).all())


def test_minutes_bound_the_run_and_time_counts_over_resumed_runs(config: Config, tmp_path: Path) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1)
    training.progress.seconds = 100.0
    began = time.monotonic()
    fit(training, NO_JUDGE, Plan(tmp_path, Budget(101 / 60)))
    assert 101 <= training.progress.seconds < 106
    assert 1 <= time.monotonic() - began < 10
    assert load_checkpoint(tmp_path)["progress"]["step"] == training.progress.step > 0


def test_budget() -> None:
    assert Budget(2.0).share(Progress(5, 30.0)) == 0.25
    assert Budget(2.0, 20).share(Progress(5, 30.0)) == 0.25
    assert Budget(2.0, 20).seconds_left(Progress(5, 30.0)) == pytest.approx(90)
    assert Budget(2.0).seconds_left(Progress(5, 130.0)) == 0


def test_mixed_precision_keeps_weights_and_inputs_in_32_bits(config: Config) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1, precision="bf16")
    seen: dict[str, Any] = {}
    training.network.register_forward_pre_hook(lambda module, inputs: seen.update(inputs=inputs))
    training.network.head.register_forward_hook(lambda module, inputs, output: seen.update(head=output))
    batch = of_batch(training, 0)
    losses = [float(training.step(batch, 0.1)) for _ in range(20)]
    assert seen["head"].dtype == torch.bfloat16
    assert all(torch.equal(given, wanted) for given, wanted in zip(seen["inputs"], batch.inputs))
    assert {parameter.dtype for parameter in training.network.parameters()} == {torch.float32}
    assert losses[-1] < 0.98 * losses[0]


def test_judge_gives_the_rmse_relative_to_bicubic(config: Config) -> None:
    places = [make_place(config, 0), make_place(config, 1, native=False)]
    training = make_training(config, places, seed=1)
    judge = Judge(places, config, training.sampler.default)

    def upsampled(*tensors: Any) -> Any:
        return torch.nn.functional.interpolate(tensors[1], scale_factor=2, mode="nearest"), None

    ratios = judge.ratios(upsampled, torch.device("cpu"))
    pair = wald_pair(places[0], config, "published")
    error = pair.truth - pair.inputs["b20"].repeat(2, 1).repeat(2, 2)
    assert judge.errors(upsampled, torch.device("cpu"))[0] == pytest.approx(2000 * math.sqrt((error**2).mean()), 1e-4)
    assert len(ratios) == 2
    assert max(judge.ratios(training.network.eval(), torch.device("cpu"))) < min(ratios)


def test_judge_takes_a_large_place_in_parts(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    training = make_training(config, [make_place(config, 0)], seed=1)
    torch.nn.init.normal_(training.network.tail.weight, std=0.05)
    judge = Judge([make_place(config, 3)], config, training.sampler.default)
    whole = judge.errors(training.network.eval(), torch.device("cpu"))
    assert TILE > 48
    monkeypatch.setattr("satsharp.export_tools.training.validation.TILE", 20)
    assert judge.errors(training.network, torch.device("cpu")) == pytest.approx(whole, rel=1e-5)


def test_schedule_warms_up_and_ends_low() -> None:
    assert schedule(0.0) == pytest.approx(0.01)
    assert schedule(0.03) == pytest.approx(1.0, abs=0.01)
    assert schedule(0.5) == pytest.approx(0.505)
    assert schedule(1.0) == pytest.approx(0.01)
