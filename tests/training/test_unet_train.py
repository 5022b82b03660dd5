# SPDX-License-Identifier: GPL-2.0-or-later
"""Training the U-Nets: chips on one grid, truth of the other sensor, losses, averages, resuming."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.core.harmonization.bandpass import adjustments  # noqa: E402
from satsharp.core.harmonization.tables import load_bandpass  # noqa: E402
from satsharp.export_tools.chips import ChipSampler  # noqa: E402
from satsharp.export_tools.configuration import load_config  # noqa: E402
from satsharp.export_tools.dataset import load_places  # noqa: E402
from satsharp.export_tools.degradation import sigmas, wald_pair  # noqa: E402
from satsharp.export_tools.lattice import Lattice, resampled_whole  # noqa: E402
from satsharp.export_tools.train import Plan, fit, load_checkpoint, store  # noqa: E402
from satsharp.export_tools.training.budget import Budget  # noqa: E402
from satsharp.export_tools.training.feed import ChipTensors  # noqa: E402
from satsharp.export_tools.training.loss import gaussian, loss_of  # noqa: E402
from satsharp.export_tools.training.validation import Judge  # noqa: E402

from .conftest import texture  # noqa: E402
from .training_parts import NO_JUDGE, make_training, of_batch, same  # noqa: E402
from .unet_parts import unet_config, unet_place  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize(("name", "width", "depth"), [("s2l8h-tiny", 4, 3), ("s2l8h-5depth-upsample", 64, 5)])
def test_bundled_configs_read_their_bands_from_the_groups_of_the_table(
    name: str, width: int, depth: int, tmp_path: Path
) -> None:
    config = load_config(name)
    assert (config.network["width"], config.network["depth"]) == (width, depth)
    assert [(group.name, group.table_name) for group in config.groups] == [("pan", "b10"), ("ms", "b30")]
    assert config.made == ("B02", "B03", "B04", "B8A", "B11", "B12")
    assert (config.has_details, config.reach, config.steepness) == (False, 3, -0.75)
    assert any({"b10", "b30"} <= set(entry["files"]) for entry in json.loads(config.places.read_text())["places"])
    assert load_places(config, "train", tmp_path) == []


def test_bands_are_interpolated_from_their_lattice_as_torch_does_it() -> None:
    image = texture(2, 60, np.random.default_rng(0)).astype(np.float32)
    ours = resampled_whole(image, Lattice(3.0, 1, (0.0, 0.0), -0.75), [0.0, 0.0])
    coarse = torch.from_numpy(image.reshape(2, 20, 3, 20, 3).mean(axis=(2, 4)))[None]
    # torch's bicubic has a = -0.75.
    theirs = torch.nn.functional.interpolate(coarse, scale_factor=3, mode="bicubic", align_corners=False)[0].numpy()
    assert np.abs(ours - theirs)[:, 9:-9, 9:-9].max() < 1e-5
    assert np.abs(resampled_whole(image, Lattice(3.0, 1, (0.0, 0.0)), [0.0, 0.0]) - theirs).max() > 1e-3


def test_every_degradation_has_the_bands_own_transfer_where_nothing_has_a_scale_factor() -> None:
    config = unet_config()
    published, own = (sigmas(config, ("B2", "B8"), 3.0, kind) for kind in ("published", "mtf"))
    assert published == own
    assert min(own) > 0.5


def test_truth_is_what_the_other_sensor_measures() -> None:
    config = unet_config(varied=0.0, target_gain=0.0, haze=0.0)
    place = unet_place(0)
    flat = {name: np.full_like(image, 1.0) for name, image in place.images.items()}
    lines = adjustments(load_bandpass(), "landsat8", "sentinel2a", config.targets.bands)
    pair = wald_pair(unet_place(0, images=flat), config, "mtf")
    assert pair.inputs["ms"].std() < 1e-5
    expected = [line.slope + 5 * line.offset for line in lines]
    assert pair.truth.mean(axis=(1, 2)) == pytest.approx(expected, abs=1e-5)
    assert np.ptp(expected) > 0.01
    batch = ChipSampler([unet_place(0, images=flat)], config, 1).batch(0)
    assert [image.shape for image in batch.inputs] == [(4, 1, 24, 24), (4, 6, 24, 24)]
    assert batch.truth.shape == (4, 6, 24, 24)
    level = batch.inputs[1].mean(axis=(2, 3))
    made = level * [line.slope for line in lines] + [5 * line.offset for line in lines]
    assert np.abs(batch.truth.mean(axis=(2, 3)) - made).max() < 2e-3  # noise of the input


def test_chips_need_no_regression_of_a_scene() -> None:
    sampler = ChipSampler([unet_place(0)], unet_config(), 1)
    assert sampler.default.shape == (6, 3)
    assert not sampler.default.any()
    assert sampler.batch(0).regression.shape[:2] == (4, 6)
    # Point spread and interpolation reach beyond a chip; what is cut lies inside the mirrored place.
    assert (sampler.margin, sampler.mirrored) == (6, 12)


def test_loss_falls_and_the_network_beats_its_start() -> None:
    config = unet_config(learning_rate=0.01)
    training = make_training(config, [unet_place(0)], seed=1)
    judge = Judge([unet_place(7)], config, training.sampler.default)
    losses = [float(training.step(of_batch(training, step), step / 60)) for step in range(60)]
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])
    (after,) = judge.ratios(training.average.eval(), torch.device("cpu"))
    (before,) = judge.ratios(make_training(config, [unet_place(0)], seed=1).average.eval(), torch.device("cpu"))
    assert after < 0.7 * before


def test_resume_is_the_same_to_the_last_bit_with_statistics_and_variance(tmp_path: Path) -> None:
    config = unet_config({"attention": "standard", "gaussian": True}, loss="gaussian")
    places = [unet_place(0)]
    whole = make_training(config, places, seed=5)
    (tmp_path / "whole").mkdir()
    fit(whole, NO_JUDGE, Plan(tmp_path / "whole", Budget(1.0, 6)))
    first = make_training(config, places, seed=5)
    for step in range(3):
        first.step(of_batch(first, step), step / 6)
    killed = Plan(tmp_path, Budget(1.0, 6))
    store(first, killed)
    second = make_training(config, places, seed=5)
    second.restore(load_checkpoint(tmp_path))
    fit(second, NO_JUDGE, killed)
    assert second.progress.step == whole.progress.step == 6
    assert same(whole.average.state_dict(), second.average.state_dict())
    assert same(whole.network.state_dict(), second.network.state_dict())
    assert not same(whole.network.state_dict(), first.network.state_dict())


def test_the_average_has_the_statistics_of_its_batch_normalisation() -> None:
    training = make_training(unet_config({"attention": "modified"}), [unet_place(0)], seed=5)
    training.step(of_batch(training, 0), 0.1)
    means = {name: tensor for name, tensor in training.average.state_dict().items() if name.endswith("running_mean")}
    assert len(means) == 6
    for name, tensor in means.items():
        assert torch.equal(tensor, training.network.state_dict()[name])
    assert sum(float(tensor.abs().sum()) for tensor in means.values()) > 0


def test_gaussian_loss_is_that_of_torch_in_reflectance() -> None:
    torch.manual_seed(0)
    value, truth = torch.rand(3, 6, 8, 8), torch.rand(3, 6, 8, 8)
    spread = 0.3 * torch.rand(3, 6, 8, 8)
    spread[0] = 1e-4  # below the least variance
    theirs = torch.nn.GaussianNLLLoss(eps=1e-6, reduction="none")(value / 5, truth / 5, (spread / 5) ** 2)
    assert torch.equal(gaussian(value, spread, truth), theirs)
    one = gaussian(torch.tensor([1.0]), torch.tensor([0.1]), torch.tensor([1.2]))
    # v = 0.02^2, d = 0.04: 0.5 x (log 0.0004 + 4)
    assert float(one) == pytest.approx(0.5 * (np.log(0.0004) + 4), abs=1e-5)
    batch = ChipTensors([torch.zeros(3, 6, 8, 8), torch.zeros(3, 6, 1)], truth, torch.ones(3, 6))
    found = loss_of(lambda *tensors: (value, spread), batch, 1, kind="gaussian")
    assert float(found) == pytest.approx(float(theirs[..., 1:-1, 1:-1].mean()), rel=1e-5)


def test_gaussian_training_learns_how_large_the_error_is() -> None:
    config = unet_config({"gaussian": True}, loss="gaussian", varied=0.0, target_gain=0.0, haze=0.0, batch=3)
    training = make_training(config, [unet_place(0)], seed=2)
    losses = [float(training.step(of_batch(training, step), step / 60)) for step in range(60)]
    # A standard deviation of 0.05 in reflectance: log 0.05 + 0.5 = -2.5.
    assert np.mean(losses[-10:]) < -1.8 < np.mean(losses[:5])
    chips = of_batch(training, 100)
    with torch.no_grad():
        value, spread = training.network(*chips.inputs)
    squares = ((value - chips.truth) ** 2).mean()
    assert 0.3 < float((spread**2).mean() / squares) < 3


def test_a_variance_below_the_least_still_learns() -> None:
    training = make_training(unet_config({"gaussian": True}, loss="gaussian"), [unet_place(0)], seed=2)
    head = training.network.get_submodule("final_variance")
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.constant_(head.bias, -1.0)
    chips = of_batch(training, 0)
    value, spread = training.network(*chips.inputs)
    assert float(spread.detach().max()) == pytest.approx(5 * 1e-3)
    loss_of(training.network, chips, 3, kind="gaussian").backward()
    assert float(head.bias.grad.max()) < 0  # a step makes the variance larger


@pytest.mark.parametrize("kind", ["gaussian", "other"])
def test_a_loss_that_does_not_fit_the_network_is_named(kind: str) -> None:
    training = make_training(unet_config(loss=kind), [unet_place(0)], seed=2)
    with pytest.raises(ValueError, match=f"loss '{kind}' does not go with this network"):
        training.step(of_batch(training, 0), 0.0)
