# SPDX-License-Identifier: GPL-2.0-or-later
"""The U-Nets of Deep-Harmonization as networks of the kit: sizes, ranges, and what ONNX Runtime makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytest.importorskip("osgeo")

from satsharp.export_tools.converters.harmonizing_unet import HarmonizingUNet, UNetShape  # noqa: E402
from satsharp.export_tools.networks import build, count_parameters  # noqa: E402
from satsharp.export_tools.networks.harmonizing import RandomDropout, with_dropout  # noqa: E402
from satsharp.export_tools.onnx_writer import write_onnx  # noqa: E402
from satsharp.export_tools.parity import differences  # noqa: E402

TINY = {"kind": "s2l8h", "depth": 3, "width": 4}
KINDS: list[dict[str, Any]] = [
    {"upsampler": "upsample"},
    {"upsampler": "shuffle", "channel_attention": True},
    {"upsampler": "upconv", "attention": "standard"},
    {"upsampler": "upsample", "attention": "modified", "gaussian": True},
    {"upsampler": "shuffle", "depth": 4, "width": 2, "pan": 0},
]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


def test_published_size_is_the_default() -> None:
    assert count_parameters(build({"kind": "s2l8h"})) == 28_945_432
    assert count_parameters(build(TINY)) == 7_168


@pytest.mark.parametrize("gaussian", [False, True])
def test_reflectance_enters_and_leaves_the_published_layers_whatever_the_range(gaussian: bool) -> None:
    network = build({**TINY, "gaussian": gaussian}).eval()
    plain = HarmonizingUNet(UNetShape(7, 6, 3, 4, "upsample", variance=gaussian)).eval()
    plain.load_state_dict(network.state_dict())
    ms, pan = torch.rand(2, 6, 16, 12), torch.rand(2, 1, 16, 12)
    with torch.no_grad():
        ours, theirs = network(5 * pan, 5 * ms, torch.zeros(2, 6, 8)), plain(ms, pan)
    if gaussian:
        ours, spread = ours
        theirs, variance = theirs
        assert torch.allclose(spread / 5, variance.clamp(min=1e-6).sqrt(), atol=1e-7)
    assert torch.allclose(ours, 5 * theirs, atol=1e-6)
    assert float(theirs.std()) > 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(str(value) for value in kind.values()))
def test_onnx_runtime_computes_what_torch_computes_at_sizes_that_do_not_halve(
    kind: dict[str, Any], tmp_path: Path
) -> None:
    network, path = build({**TINY, **kind}).eval(), tmp_path / "network.onnx"
    names = ("ms",) if kind.get("pan") == 0 else ("pan", "ms")
    outputs = write_onnx(network, names, path)
    assert outputs == (("harmonized", "spread") if kind.get("gaussian") else ("harmonized",))
    found = differences(network, path)
    step = 2 ** (int(kind.get("depth", 3)) - 1)
    assert sum((step + entry.rows) % step > 0 and (step + entry.columns) % step > 0 for entry in found) >= 1
    assert max(entry.relative for entry in found) < 1e-5


@pytest.mark.parametrize(("name", "known"), [("upsampler", "shuffle"), ("attention", "modified")])
def test_an_unknown_part_is_named(name: str, known: str) -> None:
    with pytest.raises(ValueError, match=f"no {name} 'other'.*{known}"):
        build({**TINY, name: "other"})


def test_heads_of_the_gaussian_model_start_where_gradients_pass() -> None:
    network = build({**TINY, "gaussian": True})
    value, spread = network(torch.rand(1, 1, 16, 16), torch.rand(1, 6, 16, 16))
    (value + spread).sum().backward()
    for name in ("final_mean", "final_variance"):
        assert float(network.get_submodule(name).bias.grad.abs().min()) > 0
    assert 0.1 < float(spread.detach().mean()) < 0.2  # 0.03 of reflectance


def test_dropout_keeps_the_mean_and_drops_as_many_as_it_says() -> None:
    ones = RandomDropout(0.1)(torch.ones(400, 400))
    assert float((ones == 0).float().mean()) == pytest.approx(0.1, abs=0.005)
    assert float(ones.mean()) == pytest.approx(1, abs=0.005)


def test_dropout_stands_at_the_end_of_every_block_and_renames_no_weight() -> None:
    network = build({**TINY, "channel_attention": True})
    names = list(network.state_dict())
    with_dropout(network)
    assert list(network.state_dict()) == names
    blocks = [module for module in network.modules() if type(module).__name__ == "Block"]
    assert len(blocks) == 5
    assert {type(block.block[-1]).__name__ for block in blocks} == {"RandomDropout"}
