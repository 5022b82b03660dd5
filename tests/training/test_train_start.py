# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("onnx")
pytest.importorskip("osgeo")

from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.export import export_onnx  # noqa: E402
from satsharp.export_tools.networks import build  # noqa: E402
from satsharp.export_tools.train import Plan, load_checkpoint, store  # noqa: E402
from satsharp.export_tools.training.budget import Budget  # noqa: E402
from satsharp.export_tools.training.devices import start_fabric  # noqa: E402
from satsharp.export_tools.training.history import trainings_behind  # noqa: E402
from satsharp.export_tools.training.start import Start, begin_from, read_start  # noqa: E402
from satsharp.export_tools.training.state import Training  # noqa: E402

from .conftest import make_place  # noqa: E402

NETWORKS = {
    "compact": {"kind": "compact", "guides": [[4, 2]], "targets": 6, "width": 8, "depth": 2},
    "interval": {"kind": "compact", "guides": [[4, 2]], "targets": 6, "width": 8, "depth": 1, "interval": True},
    "dsen2": {"kind": "dsen2", "groups": [[4, 1], [6, 2]], "width": 8, "depth": 2},
    "vdsen2": {"kind": "vdsen2", "groups": [[4, 1], [6, 2]], "width": 8, "depth": 3},
    "srcnn": {"kind": "srcnn", "groups": [[4, 1], [6, 2]], "widths": [8, 4]},
}


def made_network(settings: dict[str, Any], seed: int = 0) -> Any:
    """A network that has been somewhere: no two of its tensors are alike, as after a training."""
    torch.manual_seed(seed)
    network = build(settings)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    return network.eval()


def write_card(network: Any, config: Config, folder: Path) -> Path:
    export_onnx(network, config, folder / "tiny.onnx")
    default = np.arange(30.0).reshape(6, 5).tolist()
    document = {"id": "tiny", "file": "tiny.onnx", "inputs": config.document["inputs"]}
    card = folder / "tiny.json"
    card.write_text(json.dumps({**document, "scene_pass": {"default": default}}), encoding="utf-8")
    return card


@pytest.mark.parametrize("kind", NETWORKS)
def test_weights_of_a_card_are_those_of_its_network(kind: str, config: Config, tmp_path: Path) -> None:
    network = made_network(NETWORKS[kind])
    start = read_start(write_card(network, config, tmp_path), config)
    fresh = build(NETWORKS[kind]).eval()
    assert begin_from(start, fresh) == []
    assert all(torch.equal(tensor, fresh.state_dict()[name]) for name, tensor in network.state_dict().items())
    inputs = [torch.rand(1, 4, 24, 24), torch.rand(1, 6, 12, 12), torch.rand(6, 16)]
    with torch.no_grad():
        torch.testing.assert_close(network(*inputs), fresh(*inputs), rtol=0, atol=0)
    assert start.label == "card tiny"
    assert start.default is not None
    assert start.default[5, 4] == 29


@pytest.mark.parametrize("name", ["s2-20m", "s2-60m"])
def test_bundled_cards_can_be_trained_further(name: str) -> None:
    document = json.loads(Path(__file__).parents[2].joinpath("models", f"{name}.json").read_text(encoding="utf-8"))
    settings = {key: value for key, value in document["network"].items() if key != "parameters"}
    default = document["scene_pass"]["default"]
    if len(default[0]) == len(document["scene_pass"]["guides"]) + 1:
        pytest.skip("the bundled model is of before 0.2, when networks had other layers")
    start = read_start(Path(__file__).parents[2] / "models" / f"{name}.json", load_config(name))
    assert begin_from(start, build(settings)) == []
    # A mean over views goes on as one view, which is what its config trains.
    assert begin_from(start, build(load_config(name).network)) == []


def test_training_begins_with_the_weights_of_a_run(config: Config, tmp_path: Path) -> None:
    places = [make_place(config, 0)]
    fabric = start_fabric("cpu")
    first = Training(fabric, config, places, seed=1)
    with torch.no_grad():
        first.average.tail.weight.fill_(0.25)
    store(first, Plan(tmp_path, Budget(1.0)))
    start = read_start(tmp_path, config)
    second = Training(fabric, config, places, 2, start)
    for network in (second.network, second.average):
        assert all(torch.equal(tensor, network.state_dict()[name]) for name, tensor in start.weights.items())
    assert float(second.network.tail.weight.detach().flatten()[0]) == 0.25
    assert start.label == f"run {config.id}"
    np.testing.assert_array_equal(start.default, first.sampler.default)


def test_a_run_is_not_resumed_with_another_start(config: Config, tmp_path: Path) -> None:
    places, fabric = [make_place(config, 0)], start_fabric("cpu")
    start = Start("card tiny", made_network(config.network).state_dict(), None)
    store(Training(fabric, config, places, 1, start), Plan(tmp_path, Budget(1.0)))
    with pytest.raises(ValueError, match="start"):
        Training(fabric, config, places, 1).restore(load_checkpoint(tmp_path))


def test_a_new_part_of_the_network_keeps_its_own_weights(config: Config) -> None:
    class WithHead(torch.nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            for name, child in inner.named_children():
                setattr(self, name, child)
            self.spread = torch.nn.Conv2d(2, 2, 1)

    trained = made_network(config.network)
    grown = WithHead(build(config.network))
    before = grown.spread.weight.detach().clone()
    assert begin_from(Start("x", trained.state_dict(), None), grown) == ["spread.weight", "spread.bias"]
    assert torch.equal(grown.spread.weight, before)
    assert torch.equal(grown.head.weight, trained.head.weight)


@pytest.mark.parametrize("larger", [{"width": 13}, {"depth": 4}, {"width": 11, "depth": 3, "interval": True}])
def test_a_larger_network_starts_as_the_smaller_one(larger: dict[str, Any]) -> None:
    settings = {**NETWORKS["compact"], **({"interval": True} if "interval" in larger else {})}
    small, large = made_network(settings), build({**settings, **larger}).eval()
    begin_from(Start("run small", small.state_dict(), None), large)
    inputs = [torch.rand(1, 4, 24, 24), torch.rand(1, 6, 12, 12), torch.rand(6, 16)]
    before, after = small(*inputs), large(*inputs)
    torch.testing.assert_close(after, before, rtol=0, atol=1e-5)
    value = after[0] if isinstance(after, tuple) else after
    value.square().sum().backward()
    # What is new learns from the first step on.
    assert float(large.tail.weight.grad[:, 8:].abs().sum()) > 0 or large.tail.weight.shape[1] == 8
    assert float(large.blocks[-1].second.weight.grad.abs().sum()) > 0


def turned(image: torch.Tensor, turn: int, mirrored: bool) -> torch.Tensor:
    image = torch.rot90(image, turn, (-2, -1))
    return image.flip(-1) if mirrored else image


EVERY = [(turn, mirrored) for mirrored in (False, True) for turn in range(4)]


@pytest.mark.parametrize("views", [EVERY, [(0, False), (2, False)]])
@pytest.mark.parametrize("guides", [[[4, 2]], [[4, 6], [6, 3]]])
def test_several_views_are_the_mean_of_turned_images(guides: list[list[int]], views: list[tuple[int, bool]]) -> None:
    settings = {**NETWORKS["interval"], "guides": guides, "depth": 2}
    small, large = made_network(settings), build({**settings, "kind": "views", "views": len(views)}).eval()
    assert begin_from(Start("run small", small.state_dict(), None), large) == []
    factor, columns = guides[0][1], sum(channels for channels, _ in guides) + 2
    taps = torch.rand(6, 5 * factor)
    scene = torch.cat([torch.rand(6, columns), (taps + taps.flip(1)) / taps.shape[1]], 1)
    images = [torch.rand(1, channels, 7 * each, 8 * each) for channels, each in guides] + [torch.rand(1, 6, 7, 8)]
    with torch.no_grad():
        found = large(*images, scene)
        for number, whole in enumerate(found):
            made = []
            for turn, mirrored in views:
                seen = small(*(turned(image, turn, mirrored) for image in images), scene)[number]
                made.append(torch.rot90(seen.flip(-1) if mirrored else seen, -turn, (-2, -1)))
            torch.testing.assert_close(whole, torch.stack(made).mean(0), rtol=1e-5, atol=1e-4)
            assert float((whole - made[0]).abs().max()) > 1e-3
    # A mean over views goes on as such, with all that its views have learnt.
    large.views[1].tail.weight.data *= 1.5
    same = build({**settings, "kind": "views", "views": len(views)})
    assert begin_from(Start("card large", large.state_dict(), None), same) == []
    assert all(torch.equal(tensor, same.state_dict()[name]) for name, tensor in large.state_dict().items())
    # Another number of views begins with the first of them.
    other = build({**settings, "kind": "views", "views": 10 - len(views)}).eval()
    again = build({**settings, "kind": "views", "views": 10 - len(views)}).eval()
    assert begin_from(Start("card large", large.state_dict(), None), other) == []
    begin_from(Start("run small", small.state_dict(), None), again)
    assert all(torch.equal(tensor, again.state_dict()[name]) for name, tensor in other.state_dict().items())
    # Back again: training goes on with one view.
    fresh = build(settings)
    assert begin_from(Start("card large", large.state_dict(), None), fresh) == []
    for name, weights in small.state_dict().items():
        torch.testing.assert_close(fresh.state_dict()[name], weights, rtol=1e-6, atol=0)


@pytest.mark.parametrize("views", [0, 1, 3, 4])
def test_other_numbers_of_views_are_refused(views: int) -> None:
    with pytest.raises(ValueError, match=f"2 or 8 views, not {views}"):
        build({**NETWORKS["interval"], "kind": "views", "views": views})


def test_weights_of_another_network_are_refused(config: Config) -> None:
    wider = made_network({**config.network, "width": 24})
    with pytest.raises(ValueError, match="head.weight"):
        begin_from(Start("run wide", wider.state_dict(), None), build(config.network))
    # A larger network must have the same kernels and bands.
    small = made_network(NETWORKS["compact"]).state_dict()
    for other in ({"head_kernel": 1}, {"targets": 7}, {"guides": [[5, 2]]}):
        with pytest.raises(ValueError, match="do not fit"):
            begin_from(Start("run other", small, None), build({**NETWORKS["compact"], "width": 12, **other}))
    with pytest.raises(ValueError, match="do not fit"):
        begin_from(Start("run empty", {}, None), build(config.network))


def test_weights_for_other_bands_are_refused(config: Config, tmp_path: Path) -> None:
    card = write_card(made_network(config.network), config, tmp_path)
    document = json.loads(card.read_text(encoding="utf-8"))
    document["inputs"][0]["bands"][0] = "B01"
    card.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ValueError, match="bands"):
        read_start(card, config)
    with pytest.raises(ValueError, match="neither"):
        read_start(tmp_path / "tiny.onnx", config)
    with pytest.raises(ValueError, match="holds no checkpoint"):
        read_start(tmp_path, dataclasses.replace(config))


def test_a_card_tells_of_the_trainings_before_it() -> None:
    first = {"steps": 5, "chips": 50, "places": ["x"], "command": "train a"}
    (own,) = trainings_behind("a", first)
    assert own == {"model": "a", "steps": 5, "chips": 50, "command": "train a"}
    second = {"steps": 2, "start": "card a", "earlier": [own]}
    assert trainings_behind("b", second) == (own, {"model": "b", "steps": 2, "start": "card a"})


def test_a_run_that_goes_on_from_a_run_remembers_it(config: Config, tmp_path: Path) -> None:
    first = Training(start_fabric("cpu", 1, "32"), config, [make_place(config, 0)], seed=3)
    first.progress.step, first.progress.seconds = 7, 90.0
    store(first, Plan(tmp_path, Budget(0, 7), about={"command": "train it"}))
    (own,) = read_start(tmp_path, config).earlier
    assert (own["model"], own["steps"], own["chips"], own["minutes"]) == ("s2-20m", 7, 28, 1.5)
    assert (own["seed"], own["command"]) == (3, "train it") and "places" not in own
