# SPDX-License-Identifier: GPL-2.0-or-later
"""S2L8H's U-Nets: every variant in the published layouts against their description, at odd sizes too."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError  # noqa: E402
from satsharp.export_tools.converters.harmonizing_unet import (  # noqa: E402
    HarmonizingUNet,
    UNetShape,
    attention_kernel,
)
from satsharp.export_tools.converters.s2l8h import PUBLISHED  # noqa: E402

from .torch_layouts import Tape, convert, difference, images, run, unet  # noqa: E402

TOLERANCE = 2e-5


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def inputs(rows: int, cols: int, batch: int = 1) -> list[Any]:
    return [images(batch, 6, rows, cols), images(batch, 1, rows, cols, seed=2)]


def save_bin(path: Path, state: dict[str, Any]) -> Path:
    """As the hub's wrapper class saves it."""
    torch.save({f"model.{name}": values for name, values in state.items()}, path)
    return path


def save_training(path: Path, state: dict[str, Any]) -> Path:
    """As the training loop saves it, with the loss as an object."""
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(2))], 1e-5)
    torch.save(
        {
            "epoch": 3,
            "model_state_dict": state,
            "optimizer_state_dict": optimizer.state_dict(),
            "loss": torch.nn.L1Loss(),
        },
        path,
    )
    return path


def save_safetensors(path: Path, state: dict[str, Any]) -> Path:
    header, body = {}, b""
    for name, values in state.items():
        content = values.numpy().tobytes()
        kind = "I64" if values.dtype == torch.int64 else "F32"
        offsets = [len(body), len(body) + len(content)]
        header[f"model.{name}"] = {"dtype": kind, "shape": list(values.shape), "data_offsets": offsets}
        body += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)
    return path


SAVERS = {".bin": save_bin, ".pth": save_training, ".safetensors": save_safetensors}
CASES = [
    ("upsample", "None", False, False, ".bin"),
    ("shuffle", "None", False, False, ".safetensors"),
    ("upconv", "None", False, False, ".pth"),
    ("upconv", "standard", True, False, ".pth"),
    ("shuffle", "standard", False, False, ".safetensors"),
    ("upsample", "modified", False, False, ".bin"),
    ("upconv", "modified", True, False, ".bin"),
    ("shuffle", "modified", True, True, ".pth"),
    ("upsample", "None", False, True, ".bin"),
    ("upsample", "None", True, False, ".pth"),
]


@pytest.mark.parametrize(("upsampler", "attention", "eca", "gaussian", "suffix"), CASES)
def test_every_variant_at_odd_sizes(
    upsampler: str, attention: str, eca: bool, gaussian: bool, suffix: str, tmp_path: Path
) -> None:
    tape, depth = Tape(1), 4
    settings = {"upsampler": upsampler, "attention": attention, "eca": eca, "gaussian": gaussian, "depth": depth}
    unet(tape, inputs(16, 16), **settings)
    source = SAVERS[suffix](tmp_path / f"model{suffix}", tape.state)
    finished, recognised = convert(source, tmp_path)
    found = recognised.architecture
    assert (found["upsampler"], found["attention"]) == (upsampler, attention)
    assert (found["channel_attention"], found["variance"], found["depth"]) == (eca, gaussian, depth)
    for rows, cols in ((16, 24), (19, 30), (43, 21)):
        scene = inputs(rows, cols, batch=2)
        expected = unet(tape, scene, **settings)
        made = run(finished, *scene)
        assert len(made) == len(expected) == 1 + gaussian
        for ours, theirs in zip(made, expected):
            assert difference(ours, theirs) < TOLERANCE
    assert finished.tiling == ("blended" if eca else "exact")
    assert len(finished.global_operations) == (2 * depth - 1 if eca else 0)
    assert inspect_network(load_card(finished.card)).alignment == 2 ** (depth - 1)


@pytest.mark.parametrize(
    ("depth", "upsampler", "halo"), [(5, "upsample", 112), (5, "shuffle", 144), (6, "shuffle", 288)]
)
def test_depths_of_the_published_networks(depth: int, upsampler: str, halo: int, tmp_path: Path) -> None:
    """The halo is that of the specification's measurements (122, 145 and 289 pixels) less up to one alignment."""
    tape = Tape(2)
    unet(tape, inputs(64, 64), depth=depth, width=2, upsampler=upsampler)
    finished, _ = convert(save_bin(tmp_path / "pytorch_model.bin", tape.state), tmp_path)
    scene = inputs(67, 90)
    expected = unet(tape, scene, depth=depth, width=2, upsampler=upsampler)[0]
    assert difference(run(finished, *scene)[0], expected) < TOLERANCE
    assert (finished.alignment, finished.halo, finished.tiling) == (2 ** (depth - 1), halo, "exact")


def test_published_sizes_have_their_counts() -> None:
    counts, tensors = [], []
    with torch.device("meta"):
        for depth in (5, 6):
            for upsampler in ("upsample", "shuffle"):
                network = HarmonizingUNet(UNetShape(7, 6, depth, 64, upsampler))
                counts.append(sum(tensor.numel() for tensor in network.parameters()))
                tensors.append(len(network.state_dict()))
    assert counts == list(PUBLISHED) and tensors == [64, 76, 78, 93]
    assert sum(counts) == 427_718_257


@pytest.mark.parametrize(("channels", "kernel"), [(8, 3), (16, 3), (64, 5), (128, 5), (256, 5), (1024, 7), (2048, 7)])
def test_kernel_of_channel_attention(channels: int, kernel: int) -> None:
    assert attention_kernel(channels) == kernel


def test_card_of_the_gaussian_model(tmp_path: Path) -> None:
    tape = Tape(3)
    unet(tape, inputs(16, 16), gaussian=True)
    finished, _ = convert(save_bin(tmp_path / "m.bin", tape.state), tmp_path)
    card = load_card(finished.card)
    assert [(output.name, output.role) for output in card.outputs] == [
        ("harmonized", "value"),
        ("variance", "variance"),
    ]
    assert card.target_bands == ("B02", "B03", "B04", "B8A", "B11", "B12")
    assert [(entry.name, entry.bands, entry.gsd) for entry in card.inputs] == [
        ("ms", ("B2", "B3", "B4", "B5", "B6", "B7"), 10.0),
        ("pan", ("B8",), 10.0),
    ]
    assert (card.scale_factor, card.value_scale, card.value_offset, card.licence) == (1, 1.0, 0.0, "MIT")
    made = run(finished, *inputs(20, 20))
    assert all(values.min() >= 0 for values in made)


def test_without_pan(tmp_path: Path) -> None:
    tape, scene = Tape(4), images(1, 6, 21, 18)
    expected = unet(tape, [scene])[0]
    finished, recognised = convert(save_bin(tmp_path / "m.bin", tape.state), tmp_path)
    assert recognised.architecture["entering"] == 6
    assert difference(run(finished, scene)[0], expected) < TOLERANCE
    assert [entry.name for entry in load_card(finished.card).inputs] == ["ms"]


def test_other_numbers_of_bands(tmp_path: Path) -> None:
    tape = Tape(5)
    unet(tape, [images(1, 4, 16, 16), images(1, 1, 16, 16)], leaving=3)
    path = save_bin(tmp_path / "m.bin", tape.state)
    finished, _ = convert(path, tmp_path, bands="B2,B3,B4,B5,B8")
    card = load_card(finished.card)
    assert [entry.bands for entry in card.inputs] == [("B2", "B3", "B4", "B5"), ("B8",)]
    assert card.target_bands == ("band1", "band2", "band3")
    with pytest.raises(ConversionError, match="reads 5 bands, --set bands= names 2"):
        convert(path, tmp_path, bands="a,b")


DAMAGE = {
    "encoding_module.1.block.2.bias of shape (8,) is missing": "encoding_module.1.block.2.bias",
    "decoding_module.0.Upsize.0.weight of shape (32, 16, 3, 3) is missing": "decoding_module.0.Upsize.0.weight",
    "decoding_module.1.attention_gate.psi.1.running_var of shape (1,) is missing": (
        "decoding_module.1.attention_gate.psi.1.running_var"
    ),
    "final.weight is missing": "final.weight",
    "encoding_module.2.block.4.conv.weight of shape (1, 1, 3) is missing": "encoding_module.2.block.4.conv.weight",
    "encoding_module.0.block.0.weight is missing": "encoding_module.0.block.0.weight",
}


@pytest.mark.parametrize("sentence", DAMAGE)
def test_first_missing_tensor_is_named(sentence: str, tmp_path: Path) -> None:
    tape = Tape(6)
    unet(tape, inputs(16, 16), upsampler="shuffle", attention="standard", eca=True)
    del tape.state[DAMAGE[sentence]]
    with pytest.raises(ConversionError) as caught:
        convert(save_bin(tmp_path / "m.bin", tape.state), tmp_path, "s2l8h")
    assert sentence in str(caught.value)


def test_the_variant_that_enlarges_itself_is_refused(tmp_path: Path) -> None:
    tape = Tape(7)
    unet(tape, inputs(16, 16), upsampler="upconv")
    tape.state["final.1.weight"] = tape.state.pop("final.weight")
    with pytest.raises(ConversionError, match="UNet-Pan variant that enlarges three times itself"):
        convert(save_bin(tmp_path / "m.bin", tape.state), tmp_path, "s2l8h")


def test_wrong_family_and_unknown_file(tmp_path: Path) -> None:
    torch.save({"fc.weight": torch.zeros(3, 3)}, tmp_path / "other.pth")
    with pytest.raises(ConversionError, match="of no family that is known here"):
        convert(tmp_path / "other.pth", tmp_path)
    with pytest.raises(ConversionError, match="encoding_module.0.block.0.weight is missing"):
        convert(tmp_path / "other.pth", tmp_path, "s2l8h")


def test_sizes_below_the_depth_still_compare(tmp_path: Path) -> None:
    """One pixel at the deepest level is the least; that is 2^(depth - 1) pixels of the image."""
    tape = Tape(8)
    unet(tape, inputs(16, 16), depth=5, width=2)
    finished, _ = convert(save_bin(tmp_path / "m.bin", tape.state), tmp_path)
    scene = inputs(16, 31)
    assert difference(run(finished, *scene)[0], unet(tape, scene, depth=5, width=2)[0]) < TOLERANCE
