# SPDX-License-Identifier: GPL-2.0-or-later
"""From a trained U-Net to a card that the engine runs, and to one that draws at random."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
ort = pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.core.cards import load_card, verify_digest  # noqa: E402
from satsharp.core.errors import CardError  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.core.plan_blend import blend_of  # noqa: E402
from satsharp.core.session import seed_random  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.converters.harmonizing_unet import HarmonizingUNet, UNetShape  # noqa: E402
from satsharp.export_tools.networks import build  # noqa: E402
from satsharp.export_tools.stochastic import network_of  # noqa: E402
from satsharp.export_tools.training.start import begin_from, module_of, read_start  # noqa: E402

from .unet_parts import unet_config  # noqa: E402

LINES = ("B02", "B03", "B04", "B8A", "B11", "B12")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


def write_run(folder: Path, **network: Any) -> Path:
    """The folder that ``train`` would leave; slopes of PReLU and statistics that differ from their start."""
    config = unet_config(network)
    trained = build(config.network)
    for name, tensor in trained.state_dict().items():
        if tensor.shape == (1,) or "running" in name:
            torch.nn.init.uniform_(tensor, 0.1, 0.5)
    state = {
        "config": json.dumps(config.document),
        "average": trained.state_dict(),
        "default": torch.zeros(6, 3),
        "places": ["made"],
        "progress": {"step": 7, "seconds": 90.0},
        "seed": 3,
        "threads": 1,
    }
    folder.mkdir(parents=True)
    torch.save(state, folder / "checkpoint.pt")
    return folder


def passes(path: Path, inputs: dict[str, np.ndarray], count: int) -> np.ndarray:
    """Results of one session, (count, bands, rows, columns)."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return np.stack([session.run(None, inputs)[0][0] for _ in range(count)])


def images(side: int = 40) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        name: rng.uniform(0, 2, (1, bands, side, side)).astype(np.float32) for name, bands in (("pan", 1), ("ms", 6))
    }


def test_a_trained_unet_becomes_a_card_that_harmonizes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "models"
    assert main(["export", str(write_run(tmp_path / "run")), "--out", str(out)]) == 0
    card = load_card(out / "s2l8h-tiny.json")
    assert len(verify_digest(card)) == 64
    assert card.harmonizes
    assert (card.sensor, card.gsd, card.scale_factor, card.cubic_parameter) == ("landsat", 10, 1, -0.75)
    assert [(tensor.name, tensor.bands, tensor.gsd) for tensor in card.inputs] == [
        ("pan", ("B8",), 10),
        ("ms", ("B2", "B3", "B4", "B5", "B6", "B7"), 10),
    ]
    assert (card.target_bands, card.scene_pass, card.tiling, card.passes) == (LINES, None, "exact", 1)
    network = inspect_network(card)
    assert (network.halo, network.alignment, network.global_operations) == (28, 4, ())
    assert "Turns B2, B3, B4, B5, B6, B7 and B8 on a grid of 10 m into B02" in card.summary
    assert "halo 28 px" in capsys.readouterr().out


def test_the_gaussian_model_has_its_deviation_as_spread(tmp_path: Path) -> None:
    assert main(["export", str(write_run(tmp_path / "run", gaussian=True)), "--out", str(tmp_path)]) == 0
    card = load_card(tmp_path / "s2l8h-tiny.json")
    assert [(output.name, output.role, output.bands) for output in card.outputs] == [
        ("harmonized", "value", LINES),
        ("spread", "spread", LINES),
    ]


def test_passes_with_dropout_differ_and_their_mean_is_the_plain_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", channel_attention=True)
    assert main(["export", str(run), "--out", str(tmp_path), "--variant", "mcdropout"]) == 0
    assert "differ from run to run" in capsys.readouterr().out
    plain, card = (load_card(tmp_path / f"s2l8h-tiny{rest}.json") for rest in ("", "-mcdropout"))
    assert (plain.passes, card.passes) == (1, 20)
    assert card.document["stochastic"]["probability"] == 0.1
    assert card.document["variant_of"] == plain.id
    assert len(verify_digest(card)) == 64
    inputs = images()
    (exact,) = passes(plain.path, inputs, 1)
    drawn = passes(card.path, inputs, 300)
    spread = drawn.std(axis=0)
    assert float(np.abs(drawn[0] - drawn[1]).max()) > 0.01
    assert float(spread.min()) > 0
    # Dropout is unbiased in front of linear layers, and nearly so of PReLU.
    error = np.abs(drawn.mean(axis=0) - exact)
    assert float(error.mean()) < 0.15 * float(spread.mean())
    assert float(error.mean()) < 0.3 * float(np.abs(drawn[:20] - exact).mean())


def test_random_numbers_can_be_seeded(tmp_path: Path) -> None:
    main(["export", str(write_run(tmp_path / "run")), "--out", str(tmp_path), "--variant", "mcdropout"])
    path, inputs = tmp_path / "s2l8h-tiny-mcdropout.onnx", images()
    results = []
    for seed in (0, 0, 1):
        seed_random(seed)
        results.append(passes(path, inputs, 2))
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])
    assert not np.array_equal(results[0][0], results[0][1])


def test_what_draws_at_random_is_blended_on_blocks_that_halve_as_the_network_does(tmp_path: Path) -> None:
    main(["export", str(write_run(tmp_path / "run", depth=4)), "--out", str(tmp_path), "--variant", "mcdropout"])
    path = tmp_path / "s2l8h-tiny-mcdropout.json"
    card = load_card(path)
    network = inspect_network(card)
    assert any("RandomUniformLike" in operation for operation in network.global_operations)
    blend = blend_of(card, network)
    assert blend is not None
    assert (blend.block % 8, blend.overlap % 8, blend.multiple, blend.overlap) == (0, 0, 8, 56)
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "tiling": "exact", "blend": None}))
    with pytest.raises(CardError, match="no exact tiling"):
        load_card(path)
    path.write_text(json.dumps({**document, "stochastic": {"passes": 0}}))
    with pytest.raises(CardError, match="passes"):
        load_card(path)


@pytest.mark.parametrize("upsampler", ["upsample", "shuffle"])
def test_a_converted_checkpoint_gives_its_weights_back(upsampler: str, tmp_path: Path) -> None:
    network = HarmonizingUNet(UNetShape(7, 6, 3, 4, upsampler)).eval()
    for name, tensor in network.state_dict().items():
        # Two equal slopes are stored once.
        torch.nn.init.constant_(tensor, 0.1 if "encoding" in name else 0.3) if tensor.shape == (1,) else None
    torch.save({f"model.{name}": tensor for name, tensor in network.state_dict().items()}, tmp_path / "x.bin")
    words = ["convert", str(tmp_path / "x.bin"), "--out", str(tmp_path / "models"), "--id", "own"]
    assert main(words) == 0
    card = tmp_path / "models" / "own.json"
    start = read_start(card, unet_config())
    fresh = build({**unet_config().network, "upsampler": upsampler})
    assert begin_from(start, fresh) == []
    for name, tensor in network.state_dict().items():
        assert torch.equal(fresh.state_dict()[name], tensor)
    assert main(["export", str(card), "--out", str(tmp_path / "models"), "--variant", "mcdropout"]) == 0
    variant = load_card(tmp_path / "models" / "own-mcdropout.json")
    assert (variant.passes, variant.value_scale) == (20, 1.0)
    names = [tensor.name for tensor in variant.inputs]
    assert names == ["ms", "pan"]


def test_another_network_has_no_place_for_dropout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = {"id": "x", "file": "x.onnx", "network": {"kind": "compact", "width": 4, "depth": 1}}
    (tmp_path / "x.json").write_text(json.dumps(document))
    assert main(["export", str(tmp_path / "x.json"), "--out", str(tmp_path), "--variant", "mcdropout"]) == 1
    assert "no U-Net of Deep-Harmonization" in capsys.readouterr().err


def test_weights_of_another_file_are_refused(tmp_path: Path) -> None:
    main(["export", str(write_run(tmp_path / "run")), "--out", str(tmp_path)])
    document = json.loads((tmp_path / "s2l8h-tiny.json").read_text())
    document["network"]["depth"] = 4
    with pytest.raises(ValueError, match=r"no weights called encoding_module\.3"):
        network_of(document, tmp_path / "s2l8h-tiny.onnx")


@pytest.mark.parametrize(
    ("node", "module"),
    [
        ("/encoding_module.0/block/block.1/PRelu", "encoding_module.0.block.1"),
        ("/decoding_module.1/Upsize/Upsize.1/PRelu", "decoding_module.1.Upsize.1"),
        ("/decoding_module.1/attention_gate/relu/PRelu", "decoding_module.1.attention_gate.relu"),
        ("/PRelu", ""),
    ],
)
def test_a_node_tells_its_module(node: str, module: str) -> None:
    assert module_of(node) == module
