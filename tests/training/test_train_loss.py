# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.export_tools.training.feed import ChipTensors  # noqa: E402
from satsharp.export_tools.training.loss import loss_of, phase_error, pinball, value_of  # noqa: E402


class WithSpread(torch.nn.Module):
    """A value and a spread for each of two bands, twice as fine as the input."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = torch.nn.Parameter(torch.ones(1))
        self.spread = torch.nn.Parameter(torch.full((1, 2, 1, 1), 0.05))

    def forward(self, coarse: torch.Tensor, regression: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        fine = torch.nn.functional.interpolate(coarse * self.gain, scale_factor=2.0)
        return fine, self.spread.expand_as(fine)


def made_batch(seed: int = 0, size: int = 8) -> ChipTensors:
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(3, 2, size, size, generator=generator)
    noise = torch.randn(3, 2, 2 * size, 2 * size, generator=generator) * torch.tensor([0.1, 0.4])[:, None, None]
    truth = torch.nn.functional.interpolate(coarse, scale_factor=2.0) + noise
    return ChipTensors([coarse, torch.zeros(3, 2, 5)], truth, torch.ones(3, 2))


def test_loss_is_the_mean_absolute_error_inside_the_border_over_weighted_bands() -> None:
    batch = made_batch()
    weight = torch.tensor([[1.0, 0.0], [1.0, 2.0], [0.0, 0.0]])
    error = (batch.truth - torch.nn.functional.interpolate(batch.inputs[0], scale_factor=2.0)).abs().numpy()
    inner = error[:, :, 4:-4, 4:-4].mean(axis=(2, 3))
    expected = (inner * weight.numpy()).sum() / 4
    network = WithSpread()
    assert loss_of(network, batch._replace(weight=weight), 2).item() == pytest.approx(expected, rel=1e-6)
    without = lambda *tensors: network(*tensors)[0]  # noqa: E731
    assert loss_of(without, batch._replace(weight=weight), 2, 0.7).item() == pytest.approx(expected, rel=1e-6)


def test_root_mean_square_error_counts_each_band_of_each_chip_alike() -> None:
    batch, network = made_batch(), WithSpread()
    weight = torch.tensor([[1.0, 0.0], [1.0, 2.0], [0.0, 0.0]])
    error = (batch.truth - torch.nn.functional.interpolate(batch.inputs[0], scale_factor=2.0)).numpy()
    roots = np.sqrt((error[:, :, 4:-4, 4:-4] ** 2).mean(axis=(2, 3)))
    expected = (roots * weight.numpy()).sum() / 4
    assert loss_of(network, batch._replace(weight=weight), 2, 0, "rmse").item() == pytest.approx(expected, rel=1e-6)
    perfect = batch._replace(truth=torch.nn.functional.interpolate(batch.inputs[0], scale_factor=2.0))
    loss = loss_of(network, perfect, 2, 0, "rmse")
    loss.backward()
    assert loss.item() == pytest.approx(1e-4) and float(network.gain.grad) == 0


def test_phase_error_sees_a_grid_and_hardly_any_noise() -> None:
    batch = made_batch(size=16)
    noise = torch.randn(batch.truth.shape, generator=torch.Generator().manual_seed(5))
    grid = torch.zeros_like(noise)
    grid[..., ::2, :] = 0.3
    grid[..., 1::2, :] = -0.3
    assert phase_error(grid, batch, 2).item() == pytest.approx(0.3, rel=1e-6)
    # The mean of 36 pixels: 0.8 / 6, 0.8 being the mean magnitude of a normal variable.
    assert phase_error(noise, batch, 2).item() == pytest.approx(0.8 / 6, rel=0.25)
    only_first = batch._replace(weight=torch.tensor([[1.0, 0.0]] * 3))
    grid[:, 0] = 0
    assert phase_error(grid, only_first, 2).item() == 0


def test_phase_error_of_a_chip_that_is_smaller_than_an_area() -> None:
    batch = made_batch(size=6)
    error = torch.ones_like(batch.truth)
    assert phase_error(error, batch, 1).item() == pytest.approx(1.0)


def test_a_target_takes_the_place_of_the_truth_but_for_the_spread() -> None:
    batch, network = made_batch(), WithSpread()
    target = batch.truth + 0.25
    value = torch.nn.functional.interpolate(batch.inputs[0], scale_factor=2.0)
    inner = (slice(None), slice(None), slice(4, -4), slice(4, -4))
    learnt = (value - target)[inner].abs().mean().item()
    told = loss_of(network, batch, 2, target=target).item()
    assert told == pytest.approx(learnt, rel=1e-6)
    alone = loss_of(network, batch, 2, 0.5).item() - loss_of(network, batch, 2).item()
    assert loss_of(network, batch, 2, 0.5, target=target).item() - told == pytest.approx(alone, rel=1e-5)
    phases = phase_error(value - target, batch, 2).item()
    assert loss_of(network, batch, 2, phase_weight=3.0, target=target).item() == pytest.approx(learnt + 3 * phases)


def test_pinball_equals_hand_computed_values() -> None:
    spread, error = torch.tensor([1.0, 1.0, 1.0]), torch.tensor([3.0, 1.0, 0.0])
    assert pinball(spread, error).tolist() == pytest.approx([0.9 * 2, 0, 0.1 * 1])


def test_interval_loss_is_added_and_does_not_move_the_value() -> None:
    batch, network = made_batch(), WithSpread()
    plain = loss_of(network, batch, 1)
    plain.backward()
    gradient = network.gain.grad.clone()
    assert float(network.spread.grad.abs().max()) == 0
    network.zero_grad()
    total = loss_of(network, batch, 1, 0.5)
    total.backward()
    value, spread = network(*batch.inputs)
    charged = pinball(spread, (value - batch.truth).abs())[..., 2:-2, 2:-2].mean()
    assert (total - plain).item() == pytest.approx(0.5 * charged.item(), rel=1e-4)
    assert torch.equal(network.gain.grad, gradient)
    assert float(network.spread.grad.abs().min()) > 0


def test_trained_spread_covers_nine_in_ten_errors() -> None:
    network = WithSpread()
    optimiser = torch.optim.Adam([network.spread], lr=0.02)
    for step in range(300):
        optimiser.zero_grad()
        loss_of(network, made_batch(step), 1, 1.0).backward()
        optimiser.step()
    check = made_batch(10_000, size=32)
    value, spread = network(*check.inputs)
    covered = ((value - check.truth).abs() <= spread).float().mean((0, 2, 3)).detach().numpy()
    np.testing.assert_allclose(covered, 0.9, atol=0.03)
    # The 0.9 quantile of the absolute value of a normal variable is 1.645 standard deviations.
    np.testing.assert_allclose(network.spread.detach().numpy().ravel(), [0.1645, 0.658], rtol=0.1)


def test_value_of_an_output() -> None:
    first, second = torch.ones(1), torch.zeros(1)
    assert value_of(first) is first
    assert value_of((first, second)) is first
