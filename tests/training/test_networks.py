# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

from satsharp.export_tools.baselines import band_regression, upsample  # noqa: E402
from satsharp.export_tools.configuration import load_config  # noqa: E402
from satsharp.export_tools.export import PARITY, export_onnx, parity  # noqa: E402
from satsharp.export_tools.networks import build, count_parameters  # noqa: E402
from satsharp.export_tools.networks.dsen2 import DSen2, DSen2Upsampling, vdsen2  # noqa: E402
from satsharp.export_tools.networks.rearrange import BilinearToDepth, depth_to_space, space_to_depth  # noqa: E402


@pytest.mark.parametrize(
    ("entering", "leaving", "parameters"),
    [(10, 6, 1_789_574), (12, 2, 1_787_266), (11, 10, 1_795_338), (12, 9, 1_795_337), (27, 18, 1_822_994)],
)
def test_dsen2_has_the_published_number_of_parameters(entering: int, leaving: int, parameters: int) -> None:
    assert count_parameters(DSen2(entering, leaving)) == parameters


def test_vdsen2_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        assert count_parameters(vdsen2(10, 6)) == 37_802_246


@pytest.mark.parametrize(("name", "multiply_adds"), [("s2-20m", 290e3), ("s2-60m", 900e3)])
def test_bundled_networks_stay_within_their_budget(name: str, multiply_adds: float) -> None:
    network = build(load_config(name).network)
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert 0.25 * multiply_adds < sum(layer.weight.numel() for layer in convolutions) <= multiply_adds
    assert sum(layer.kernel_size[0] // 2 for layer in convolutions) + 1 <= 9


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
def test_untrained_compact_network_is_the_band_regression(name: str) -> None:
    config = load_config(name)
    network = build(config.network).eval()
    rng = np.random.default_rng(0)
    sizes = [12 * config.ratio(group) for group in config.groups]
    inputs = {g.name: rng.uniform(0, 2, (len(g.bands), s, s)).astype(np.float32) for g, s in zip(config.groups, sizes)}
    regression = rng.normal(0, 0.5, (len(config.targets.bands), len(config.guide_bands) + 1)).astype(np.float32)
    tensors = [torch.from_numpy(inputs[group.name])[None] for group in config.groups]
    with torch.no_grad():
        actual = network(*tensors, torch.from_numpy(regression))[0].numpy()
        batched = network(*tensors, torch.from_numpy(regression)[None])[0].numpy()
    expected = band_regression(inputs, regression, config, "bilinear")
    inside = slice(2 * config.scale_factor, -2 * config.scale_factor)
    np.testing.assert_allclose(actual[:, inside, inside], expected[:, inside, inside], atol=1e-5)
    np.testing.assert_allclose(batched, actual, atol=1e-5)


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
