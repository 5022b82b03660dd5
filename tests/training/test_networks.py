# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

from satsharp.core.detail_regression import bilinear, scene_tensor  # noqa: E402
from satsharp.core.point_spread import degrade  # noqa: E402
from satsharp.export_tools.baselines import upsample  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.export import PARITY, export_onnx, parity  # noqa: E402
from satsharp.export_tools.networks import build, count_parameters  # noqa: E402
from satsharp.export_tools.networks.compact import LEAST_SPREAD  # noqa: E402
from satsharp.export_tools.networks.dsen2 import DSen2, DSen2Upsampling, vdsen2  # noqa: E402
from satsharp.export_tools.networks.rearrange import BilinearToDepth, depth_to_space, space_to_depth  # noqa: E402
from satsharp.export_tools.networks.srcnn import Srcnn  # noqa: E402

from .conftest import make_place  # noqa: E402


@pytest.mark.parametrize(
    ("entering", "leaving", "parameters"),
    [
        (10, 6, 1_789_574),
        (12, 2, 1_787_266),
        (11, 10, 1_795_338),
        (12, 9, 1_795_337),
        (9, 7, 1_789_575),
        (27, 18, 1_822_994),
    ],
)
def test_dsen2_has_the_published_number_of_parameters(entering: int, leaving: int, parameters: int) -> None:
    assert count_parameters(DSen2(entering, leaving)) == parameters


@pytest.mark.parametrize(("entering", "leaving", "parameters"), [(10, 6, 37_802_246), (12, 2, 37_797_634)])
def test_vdsen2_has_the_published_number_of_parameters(entering: int, leaving: int, parameters: int) -> None:
    with torch.device("meta"):
        assert count_parameters(vdsen2(entering, leaving)) == parameters


@pytest.mark.parametrize(
    ("kind", "groups", "parameters", "radius"),
    [
        ("dsen2", [[4, 1], [6, 2]], 1_789_574, 14),
        ("dsen2", [[4, 1], [6, 2], [2, 6]], 1_787_266, 14),
        ("vdsen2", [[4, 1], [6, 2]], 37_802_246, 66),
        ("vdsen2", [[4, 1], [6, 2], [2, 6]], 37_797_634, 66),
    ],
)
def test_configs_give_the_published_networks(kind: str, groups: list[list[int]], parameters: int, radius: int) -> None:
    with torch.device("meta"):
        network = build({"kind": kind, "groups": groups})
    assert count_parameters(network) == parameters
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert sum(layer.kernel_size[0] // 2 for layer in convolutions) == radius


@pytest.mark.parametrize(("kernels", "weights"), [((9, 1, 5), 8_032), ((9, 5, 5), 57_184)])
def test_srcnn_has_the_published_number_of_weights(kernels: tuple[int, ...], weights: int) -> None:
    parameters = Srcnn(1, 1, kernels=kernels).parameters()
    assert sum(parameter.numel() for parameter in parameters if parameter.dim() == 4) == weights


def test_untrained_srcnn_is_bilinear_upsampling() -> None:
    network = build({"kind": "srcnn", "groups": [[4, 1], [6, 2]]})
    coarse = torch.rand(1, 6, 10, 10)
    with torch.no_grad():
        result = network(torch.rand(1, 4, 20, 20), coarse)[0].numpy()
    expected = upsample(coarse[0].numpy(), 2, "bilinear")
    np.testing.assert_allclose(result[:, 2:-2, 2:-2], expected[:, 2:-2, 2:-2], atol=1e-6)
    plain = build({"kind": "srcnn", "groups": [[4, 1], [6, 2]], "skip": False, "kernels": [9, 5, 5]})
    assert count_parameters(plain) == 64 * (81 * 10 + 1) + 32 * (25 * 64 + 1) + 6 * (25 * 32 + 1)


SMALL = [
    {"kind": "compact", "guides": [[4, 2]], "targets": 6, "width": 8, "depth": 1, "equivariant": True},
    {"kind": "dsen2", "groups": [[4, 1], [6, 2]], "width": 8, "depth": 1},
    {"kind": "vdsen2", "groups": [[4, 1], [6, 2]], "width": 8, "depth": 2},
    {"kind": "srcnn", "groups": [[4, 1], [6, 2]], "widths": [8, 4]},
]


@pytest.mark.parametrize("settings", SMALL, ids=lambda settings: str(settings["kind"]))
def test_every_kind_is_trained_and_exported_alike(settings: dict[str, Any], config: Config, tmp_path: Path) -> None:
    pytest.importorskip("lightning")
    from satsharp.export_tools.training.devices import start_fabric
    from satsharp.export_tools.training.feed import ChipBatches
    from satsharp.export_tools.training.state import Training

    torch.set_num_threads(1)
    # Kernels of 9 x 9 on bands that are all positive need small steps.
    rate = 3e-4 if settings["kind"] == "srcnn" else 3e-3
    chosen = dataclasses.replace(config, network=settings, training={**config.training, "learning_rate": rate})
    training = Training(start_fabric("cpu"), chosen, [make_place(config, 0)], seed=1)
    batch = ChipBatches(training.sampler)[0]
    losses = [float(training.step(batch, 0.1)) for _ in range(40)]
    assert losses[-1] < 0.97 * losses[0]
    path = tmp_path / "model.onnx"
    export_onnx(training.average.eval(), chosen, path)
    assert parity(training.average, path) < PARITY


@pytest.mark.parametrize("settings", SMALL, ids=lambda settings: str(settings["kind"]))
def test_no_tensor_of_a_network_stays_behind_on_the_cpu(settings: dict[str, Any]) -> None:
    network = build(settings).to("meta")
    result = network(*(tensor.to("meta") for tensor in network.example(rows=6, batch=2)["tensors"]))
    assert result.device.type == "meta"
    assert result.shape == (2, 6, 12, 12)


@pytest.mark.parametrize(("name", "multiply_adds"), [("s2-20m", 300e3), ("s2-60m", 900e3)])
def test_bundled_networks_stay_within_their_budget(name: str, multiply_adds: float) -> None:
    network = build(load_config(name).network)
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert 0.25 * multiply_adds < sum(layer.weight.numel() for layer in convolutions) <= multiply_adds
    assert sum(layer.kernel_size[0] // 2 for layer in convolutions) <= 9


@pytest.mark.parametrize("factor", [2, 3, 6])
def test_space_to_depth_has_onnx_order_and_depth_to_space_undoes_it(factor: int) -> None:
    tensor = torch.arange(2 * 3 * 6 * 12, dtype=torch.float32).reshape(2, 3, 6, 12)
    deep = space_to_depth(tensor, factor)
    row, column, channel = 1, factor - 1, 2
    assert torch.equal(deep[:, (row * factor + column) * 3 + channel], tensor[:, channel, row::factor, column::factor])
    assert torch.equal(depth_to_space(deep, factor), tensor)


@pytest.mark.parametrize("factor", [2, 3, 6])
def test_bilinear_to_depth_equals_torch_interpolation_inside(factor: int) -> None:
    tensor = torch.rand(1, 2, 7, 9)
    expected = torch.nn.functional.interpolate(tensor, scale_factor=factor, mode="bilinear", align_corners=False)
    actual = depth_to_space(BilinearToDepth(2, factor)(tensor), factor)
    inside = slice(factor, -factor)
    torch.testing.assert_close(actual[..., inside, inside], expected[..., inside, inside])


@pytest.mark.parametrize("name", ["s2-20m", "s2-60m"])
def test_untrained_compact_network_is_the_detail_regression(name: str) -> None:
    config = load_config(name)
    network = build(config.network).eval()
    rng = np.random.default_rng(0)
    sizes = [12 * config.ratio(group) for group in config.groups]
    inputs = {g.name: rng.uniform(0, 2, (len(g.bands), s, s)).astype(np.float32) for g, s in zip(config.groups, sizes)}
    targets, guides = len(config.targets.bands), len(config.guide_bands)
    spreads = rng.uniform(0.1, 0.6, targets)
    slopes = rng.normal(0, 0.5, (targets, guides))
    scene = scene_tensor(np.column_stack([slopes, spreads, np.full(targets, 0.9)]), config.scale_factor)
    tensors = [torch.from_numpy(inputs[group.name])[None] for group in config.groups]
    with torch.no_grad():
        actual, doubt = (result[0].numpy() for result in network(*tensors, torch.from_numpy(scene)))
        batched = network(*tensors, torch.from_numpy(scene)[None])[0][0].numpy()
    fine = np.stack([bilinear(band, config.factor(group)) for group in config.guides for band in inputs[group.name]])
    predicted = np.einsum("tg,grc->trc", slopes, fine).astype(np.float32)
    factor = config.scale_factor
    mismatch = inputs[config.targets.name] - degrade(predicted, factor, list(spreads * factor))
    expected = predicted + upsample(mismatch, factor, "bilinear")
    inside = slice(4 * factor, -4 * factor)
    np.testing.assert_allclose(actual[:, inside, inside], expected[:, inside, inside], atol=2e-3)
    np.testing.assert_allclose(batched, actual, atol=1e-5)
    assert doubt.shape == actual.shape
    assert float(doubt.min()) >= LEAST_SPREAD


def test_compact_network_is_homogeneous_so_brightness_is_nothing_to_learn() -> None:
    network = build(load_config("s2-20m").network).eval()
    torch.nn.init.normal_(network.tail.weight, std=0.05)
    *images, scene = (torch.rand_like(tensor) for tensor in network.example(rows=10)["tensors"])
    with torch.no_grad():
        once, thrice = network(*images, scene), network(*(3 * image for image in images), scene)
    for result, larger, constant in zip(once, thrice, (0.0, LEAST_SPREAD)):
        torch.testing.assert_close(larger - constant, 3 * (result - constant), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", ["s2-20m", "s2-60m"])
def test_export_equals_torch_and_has_the_agreed_interface(name: str, tmp_path: Path) -> None:
    config = load_config(name)
    network = build(config.network).eval()
    torch.nn.init.normal_(network.tail.weight, std=0.01)
    path = tmp_path / "model.onnx"
    export_onnx(network, config, path)
    assert parity(network, path) < PARITY
    model = onnx.load(str(path))
    assert model.ir_version == 8
    assert model.opset_import[0].version == 17
    assert [tensor.name for tensor in model.graph.input] == [group.name for group in config.groups] + ["regression"]
    operators = {node.op_type for node in model.graph.node}
    assert {"SpaceToDepth", "DepthToSpace"} <= operators
    assert not {"ReduceMean", "GlobalAveragePool", "Pad", "Resize", "InstanceNormalization"} & operators


def test_dsen2_export_takes_native_grids(tmp_path: Path) -> None:
    network = DSen2Upsampling([[4, 1], [6, 2]], width=8, depth=1).eval()
    path = tmp_path / "dsen2.onnx"
    export_onnx(network, load_config("s2-20m"), path)
    assert parity(network, path) < PARITY
    coarse = torch.rand(1, 6, 10, 10)
    for layer in (network.network.tail.weight, network.network.tail.bias):
        torch.nn.init.zeros_(layer)
    with torch.no_grad():
        result = network(torch.rand(1, 4, 20, 20), coarse)[0].numpy()
    expected = upsample(coarse[0].numpy(), 2, "bilinear")
    np.testing.assert_allclose(result[:, 2:-2, 2:-2], expected[:, 2:-2, 2:-2], atol=1e-6)


def test_unknown_network_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        build({"kind": "transformer"})
