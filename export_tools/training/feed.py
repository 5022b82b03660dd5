# SPDX-License-Identifier: GPL-2.0-or-later
"""Chips as tensors, made ahead while the network trains.

A batch depends on the seed and its number alone, so it is the same however many workers there are, and a resumed
training sees the chips that an uninterrupted one sees. In a training on several devices, device r of n takes the
batches r, n + r, 2 n + r, ...
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import torch
from lightning.fabric import Fabric
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..chips import ChipSampler

AHEAD = 3


class ChipTensors(NamedTuple):
    """Tensors of one training step.

    Attributes:
        inputs: arguments of the network: groups finest first (batch, bands, rows, columns), targets last of them, then
            ``regression`` (batch, targets, columns).
        truth: (batch, targets, rows, columns).
        weight: (batch, targets), 0 where a band is left out of the loss.
    """

    inputs: list[Tensor]
    truth: Tensor
    weight: Tensor


class ChipBatches(Dataset[ChipTensors]):
    """The batches of a sampler by their number."""

    def __init__(self, sampler: ChipSampler) -> None:
        """Serve the batches of ``sampler``."""
        self.sampler = sampler

    def __getitem__(self, number: int) -> ChipTensors:
        """Return one batch as tensors that share the arrays' memory."""
        batch = self.sampler.batch(number)
        inputs = [torch.from_numpy(image) for image in (*batch.inputs, batch.regression)]
        return ChipTensors(inputs, torch.from_numpy(batch.truth), torch.from_numpy(batch.weight))


def batches(sampler: ChipSampler, first_step: int, fabric: Fabric, workers: int) -> Generator[ChipTensors, None, None]:
    """Yield the batches from a training step on, without end, on this process's device.

    Args:
        sampler: of chips.
        first_step: number of the first step.
        fabric: knows the device, and which of how many it is.
        workers: processes that make chips; with 0 a thread of this process, which is enough beside a network on CPU.
    """
    numbers = itertools.count(first_step * fabric.world_size + fabric.global_rank, fabric.world_size)
    dataset = ChipBatches(sampler)
    source = _by_processes(dataset, numbers, workers, fabric) if workers else _by_thread(dataset, numbers)
    for batch in source:
        yield fabric.to_device(batch)


def _by_thread(dataset: ChipBatches, numbers: Iterator[int]) -> Iterator[ChipTensors]:
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = deque(pool.submit(dataset.__getitem__, number) for number in itertools.islice(numbers, AHEAD))
        while True:
            batch = waiting.popleft().result()
            waiting.append(pool.submit(dataset.__getitem__, next(numbers)))
            yield batch


def _by_processes(dataset: ChipBatches, numbers: Iterator[int], workers: int, fabric: Fabric) -> Iterator[ChipTensors]:
    loader: DataLoader[Any] = DataLoader(
        dataset,
        batch_size=None,
        sampler=numbers,
        num_workers=workers,
        prefetch_factor=AHEAD,
        pin_memory=fabric.device.type == "cuda",
    )
    yield from loader
