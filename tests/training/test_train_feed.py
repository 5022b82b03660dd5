# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import itertools
import types
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.export_tools.chips import ChipSampler  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.training.devices import default_workers, hardware, start_fabric  # noqa: E402
from satsharp.export_tools.training.feed import batches  # noqa: E402

from .conftest import make_place  # noqa: E402


def make_fabric(rank: int = 0, size: int = 1) -> Any:
    return types.SimpleNamespace(
        world_size=size, global_rank=rank, device=torch.device("cpu"), to_device=lambda batch: batch
    )


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_are_those_of_the_sampler_for_any_number_of_workers(config: Config, workers: int) -> None:
    sampler = ChipSampler([make_place(config, 0)], config, seed=1)
    source = batches(sampler, 3, make_fabric(), workers)
    for number, batch in zip(range(3, 10), source):
        expected = sampler.batch(number)
        for actual, wanted in zip(batch.inputs, (*expected.inputs, expected.regression)):
            np.testing.assert_array_equal(actual.numpy(), wanted)
        np.testing.assert_array_equal(batch.truth.numpy(), expected.truth)
        np.testing.assert_array_equal(batch.weight.numpy(), expected.weight)
    source.close()


def test_devices_share_the_batches_without_overlap(config: Config) -> None:
    sampler = ChipSampler([make_place(config, 0)], config, seed=1)
    taken = []
    for rank in range(2):
        source = batches(sampler, 4, make_fabric(rank, 2), 0)
        taken.append([batch.truth.numpy() for batch in itertools.islice(source, 2)])
        source.close()
    for rank, step in itertools.product(range(2), range(2)):
        np.testing.assert_array_equal(taken[rank][step], sampler.batch(8 + 2 * step + rank).truth)


def test_a_failure_while_making_chips_reaches_the_training(config: Config) -> None:
    sampler = ChipSampler([make_place(config, 0)], config, seed=1)
    sampler.batch = lambda number: 1 / 0  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        next(batches(sampler, 0, make_fabric(), 0))


def test_cpu_is_one_process_in_32_bits_with_chips_made_by_a_thread() -> None:
    fabric = start_fabric("cpu")
    assert (fabric.world_size, fabric.device.type, default_workers(fabric)) == (1, "cpu", 0)
    assert fabric.strategy.precision.precision == "32-true"
    assert "CPU thread" in hardware(fabric)
