# SPDX-License-Identifier: GPL-2.0-or-later
"""Satlas' ESRGAN, SRCNN and HighResNet: checkpoints in the published layout against their description."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError, Options  # noqa: E402
from satsharp.export_tools.converters.fusion_networks import SRCNN, HighResNet  # noqa: E402
from satsharp.export_tools.converters.rrdb_network import RRDBNet  # noqa: E402
from satsharp.export_tools.converters.satlas_card import WHITE_GAIN, WHITE_OFFSET, images_of  # noqa: E402
from satsharp.export_tools.converters.satlas_esrgan import PUBLISHED  # noqa: E402
from satsharp.export_tools.converters.satlas_multidate import CONVERTERS  # noqa: E402

from .torch_layouts import Tape, convert, difference, images, multidate, rrdb, run  # noqa: E402

TOLERANCE = 2e-5


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def save_esrgan(path: Path, tape: Tape) -> Path:
    """As BasicSR does with an averaged network: the last weights differ from the averaged ones."""
    last = OrderedDict((name, values + 0.01) for name, values in tape.state.items())
    torch.save(OrderedDict(params=last, params_ema=OrderedDict(tape.state)), path)
    return path


def save_multidate(path: Path, tape: Tape) -> Path:
    torch.save({"params": OrderedDict(tape.state)}, path)
    return path


@pytest.mark.parametrize(
    ("scale", "dates", "alignment"), [(1, 1, 4), (2, 2, 2), (3, 1, 1), (4, 4, 1), (8, 1, 1), (16, 1, 1)]
)
def test_esrgan_of_every_scale(scale: int, dates: int, alignment: int, tmp_path: Path) -> None:
    tape = Tape(scale)
    rrdb(tape, images(1, 3 * dates, 8, 8), scale, blocks=1)
    finished, recognised = convert(save_esrgan(tmp_path / "net_g.pth", tape), tmp_path, scale=scale)
    image = images(2, 3 * dates, 12, 20)
    assert difference(run(finished, image)[0], rrdb(tape, image, scale, blocks=1)) < TOLERANCE
    assert "params_ema was taken, not params." in recognised.notes[0]
    card = load_card(finished.card)
    assert (card.scale_factor, card.gsd, card.inputs[0].dates) == (scale, 10 / scale, dates)
    assert inspect_network(card).alignment == alignment


def test_blocks_are_sorted_by_number(tmp_path: Path) -> None:
    tape, image = Tape(5), images(1, 3, 9, 13)
    expected = rrdb(tape, image, 4, width=4, blocks=12, growth=2)
    tape.state = {name: tape.state[name] for name in sorted(tape.state)}
    finished, recognised = convert(save_esrgan(tmp_path / "net_g.pth", tape), tmp_path)
    assert recognised.architecture["blocks"] == 12
    assert difference(run(finished, image)[0], expected) < TOLERANCE


def test_large_fields_are_blended(tmp_path: Path) -> None:
    """15 convolutions a block and 4 more: 154 pixels at x4 are more than a tile can bear."""
    tape = Tape(6)
    rrdb(tape, images(1, 3, 8, 8), 4, width=2, blocks=10, growth=1)
    finished, _ = convert(save_esrgan(tmp_path / "net_g.pth", tape), tmp_path)
    assert (finished.halo, finished.tiling, finished.global_operations) == (154, "blended", ())


WRAPPERS: dict[str, Any] = {
    "params": lambda state: {"params": state},
    "state_dict": lambda state: {"epoch": 3, "state_dict": state},
    "flat": lambda state: state,
    "module": lambda state: {"params_ema": {f"module.{name}": values for name, values in state.items()}},
    "some module": lambda state: {
        "params": {(f"module.{name}" if "body" in name else name): values for name, values in state.items()}
    },
    "half": lambda state: {"params": {name: values.half() for name, values in state.items()}},
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_wrappers(wrapper: str, tmp_path: Path) -> None:
    tape, image = Tape(7), images(1, 3, 8, 12)
    rrdb(tape, image, 4, blocks=1)
    if wrapper == "half":
        tape.state = {name: values.half().float() for name, values in tape.state.items()}
    torch.save(WRAPPERS[wrapper](tape.state), tmp_path / "net.pth")
    finished, recognised = convert(tmp_path / "net.pth", tmp_path)
    assert difference(run(finished, image)[0], rrdb(tape, image, 4, blocks=1)) < TOLERANCE
    notes = " ".join(recognised.notes)
    assert ("module." in notes) == ("module" in wrapper) and ("float16" in notes) == (wrapper == "half")


def test_published_sizes_have_their_counts() -> None:
    shapes = {
        **{PUBLISHED_CHANNELS[file]: (64, 23, 32) for file in PUBLISHED_CHANNELS},
        "larger1": (128, 23, 64),
        "larger2": (256, 23, 128),
        "smaller1": (32, 23, 16),
        "smaller2": (32, 10, 16),
        "smaller3": (16, 10, 8),
    }
    counts = []
    with torch.device("meta"):
        for channels, size in shapes.items():
            width, blocks, growth = size
            network = RRDBNet(channels if isinstance(channels, int) else 24, 3, 4, width, blocks, growth)
            counts.append(sum(tensor.numel() for tensor in network.parameters()))
            assert len(network.state_dict()) == 2 * (15 * blocks + 6)
    assert counts == list(PUBLISHED)


PUBLISHED_CHANNELS = {
    "esrgan_1S2": 3,
    "esrgan_2S2": 6,
    "esrgan_4S2": 12,
    "esrgan_8S2": 24,
    "esrgan_16S2": 48,
    "esrgan_10m": 32,
    "esrgan_20m": 72,
    "esrgan_60m": 96,
}


@pytest.mark.parametrize(
    ("channels", "settings", "dates", "bands"),
    [
        (24, {}, 8, "red green blue"),
        (36, {}, 12, "red green blue"),
        (32, {}, 8, "red green blue B08"),
        (72, {}, 8, "red green blue B08 B05 B06 B07 B11 B12"),
        (96, {}, 8, "red green blue B01 B08 B09 B10 B05 B06 B07 B11 B12"),
        (72, {"images": "24"}, 24, "red green blue"),
        (9, {"images": "1"}, 1, "red green blue B08 B05 B06 B07 B11 B12"),
        (10, {"bands": "a,b"}, 5, "a b"),
        (5, {}, 1, "band1 band2 band3 band4 band5"),
    ],
)
def test_channels_are_dates_of_bands(channels: int, settings: dict[str, str], dates: int, bands: str) -> None:
    found = images_of(channels, Options(settings=settings), "Satlas")
    assert (found.dates, " ".join(found.bands)) == (dates, bands)


def test_channels_that_do_not_fit_are_refused() -> None:
    for settings in ({"images": "7"}, {"bands": "a,b", "images": "8"}, {"images": "0", "bands": "a,b,c,d,e"}):
        with pytest.raises(ConversionError, match="24 channels are not"):
            images_of(24, Options(settings=settings), "Satlas")


def test_band_set_card(tmp_path: Path) -> None:
    tape = Tape(8)
    rrdb(tape, images(1, 32, 8, 8), 4, width=4, blocks=1, growth=2)
    finished, _ = convert(save_esrgan(tmp_path / "net_g.pth", tape), tmp_path)
    document = json.loads(finished.card.read_text())
    assert document["inputs"] == [{"name": "images", "bands": ["red", "green", "blue", "B08"], "gsd": 10.0, "dates": 8}]
    numbers = document["value_range"]["digital_number"]
    assert numbers["red"]["scale"] == 1 / 255 and numbers["B08"]["scale"] == 1 / 8160
    assert document["training_grid"]["gsd"] * 32 == pytest.approx(305.748, abs=1e-3)
    assert "oldest first" in document["dates"]["order"]


def test_reflectance_in_and_out(tmp_path: Path) -> None:
    tape = Tape(9)
    rrdb(tape, images(1, 8, 8, 8), 4, blocks=1)
    path = save_esrgan(tmp_path / "net_g.pth", tape)
    finished, _ = convert(path, tmp_path, bands="red,green,blue,B08", range="reflectance")
    scene = images(1, 8, 10, 14) * 0.9
    colours = torch.clamp(scene.reshape(1, 2, 4, 10, 14)[:, :, :3] * WHITE_GAIN + WHITE_OFFSET, 0, 1)
    others = torch.clamp(scene.reshape(1, 2, 4, 10, 14)[:, :, 3:] * (10000 / 8160), 0, 1)
    seen = torch.cat([colours, others], 2).reshape(1, 8, 10, 14)
    expected = (rrdb(tape, seen, 4, blocks=1) - 1 / 255) * (255 * 0.3558 / 254)
    assert difference(run(finished, scene)[0], expected) < TOLERANCE
    card = load_card(finished.card)
    assert card.sensor == "sentinel2" and card.target_bands == ("B04", "B03", "B02")
    with pytest.raises(ConversionError, match="neither 8bit nor reflectance"):
        convert(path, tmp_path, range="dn")


def test_old_weights_saw_planes_instead_of_dates(tmp_path: Path) -> None:
    tape = Tape(21)
    rrdb(tape, images(1, 12, 8, 8), 4, blocks=1)
    path = save_esrgan(tmp_path / "net_g.pth", tape)
    finished, _ = convert(path, tmp_path, layout="planes")
    dates = images(1, 4, 3, 10, 14)
    planes = torch.stack([dates[:, date, colour] for colour in range(3) for date in range(4)], 1)
    assert difference(run(finished, dates.flatten(1, 2))[0], rrdb(tape, planes, 4, blocks=1)) < TOLERANCE
    assert load_card(finished.card).inputs[0].dates == 4 and finished.tiling == "exact"
    with pytest.raises(ConversionError, match="neither dates nor planes"):
        convert(path, tmp_path, layout="x")


def test_scales_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    for scale, wrong, sentence in ((16, 4, "scale 16, not 4"), (4, 8, "not 8"), (4, 5, "not 5"), (4, 2, "no multiple")):
        tape = Tape(10)
        rrdb(tape, images(1, 3, 8, 8), scale, blocks=1)
        path = save_esrgan(tmp_path / "net_g.pth", tape)
        with pytest.raises(ConversionError, match=sentence):
            convert(path, tmp_path, scale=wrong)


DAMAGE: dict[str, Any] = {
    "body.1.rdb2.conv3.weight of shape": lambda state: state.pop("body.1.rdb2.conv3.weight"),
    "body.1.rdb1.conv1.weight of shape": lambda state: [
        state.pop(name) for name in list(state) if name.startswith("body.1.rdb1")
    ],
    "conv_hr.bias has shape": lambda state: state.update({"conv_hr.bias": torch.zeros(5)}),
    "has the tensor extra of shape": lambda state: state.update({"extra": torch.zeros(2)}),
    "conv_first.weight is missing": lambda state: state.pop("conv_first.weight"),
    "conv_last.weight holds NaN": lambda state: state["conv_last.weight"].fill_(float("nan")),
    "body.2.* are missing": lambda state: state.update({"body.999999.rdb1.conv1.weight": torch.zeros(4, 6, 3, 3)}),
    "conv_first.bias has shape": lambda state: state.update(
        {"conv_first.weight": torch.zeros(1, 3, 3, 3).expand(9**9, -1, -1, -1)[:70000]}
    ),
}


@pytest.mark.parametrize("sentence", DAMAGE)
def test_first_differing_tensor_is_named(sentence: str, tmp_path: Path) -> None:
    tape = Tape(11)
    rrdb(tape, images(1, 3, 8, 8), 4)
    DAMAGE[sentence](tape.state)
    torch.save({"params": tape.state}, tmp_path / "net.pth")
    with pytest.raises(ConversionError) as caught:
        convert(tmp_path / "net.pth", tmp_path, "satlas-esrgan")
    assert sentence in str(caught.value)
    assert not list(tmp_path.glob("*.onnx"))


@pytest.mark.parametrize(("dates", "layers", "bands", "kernel"), [(1, 1, 3, 3), (4, 2, 3, 3), (3, 0, 4, 5)])
def test_srcnn(dates: int, layers: int, bands: int, kernel: int, tmp_path: Path) -> None:
    tape, scene = Tape(12), images(2, dates, bands, 11, 14)
    expected = multidate(tape, scene, False, layers=layers, kernel=kernel)
    finished, recognised = convert(save_multidate(tmp_path / "net_g.pth", tape), tmp_path)
    assert recognised.family == "Satlas SRCNN"
    assert (recognised.architecture["dates"], recognised.architecture["layers"]) == (dates, layers)
    assert difference(run(finished, scene.flatten(1, 2))[0], expected) < TOLERANCE
    assert finished.tiling == "exact" and load_card(finished.card).inputs[0].dates == dates


@pytest.mark.parametrize("dates", [1, 2, 3, 5, 8])
def test_highresnet(dates: int, tmp_path: Path) -> None:
    tape, scene = Tape(13), images(1, dates, 3, 10, 13)
    expected = multidate(tape, scene, True, zoom=2)
    for name, values in tape.state.items():
        if name.startswith(("mask_encoder", "doubleconv2d", "residualblocks")):
            values.fill_(float("nan"))  # dead: nothing may read them
    finished, recognised = convert(save_multidate(tmp_path / "net_g.pth", tape), tmp_path)
    assert recognised.family == "Satlas HighResNet" and recognised.architecture["dates"] == dates
    assert difference(run(finished, scene.flatten(1, 2))[0], expected) < TOLERANCE
    assert load_card(finished.card).scale_factor == 2


def test_multidate_published_sizes_have_their_counts(tmp_path: Path) -> None:
    scene = images(1, 8, 3, 4, 4)
    found = []
    for deep, converter in zip((False, True), CONVERTERS):
        tape = Tape(14)
        multidate(tape, scene, deep, hidden=128, zoom=4)
        path = save_multidate(tmp_path / f"{deep}.pth", tape)
        found.append(converter.convert(path, Options()).recognised)
    assert [entry.published for entry in found] == ["srcnn_s2naip.pth", "highresnet_s2naip.pth"]
    with torch.device("meta"):
        networks = (SRCNN(8, 3, 3, 128, 3, 4, 1, 1), HighResNet(8, 3, 3, 128, 3, 4, 1))
    assert [entry.parameters for entry in found] == [sum(p.numel() for p in net.parameters()) for net in networks]
    assert "1,773,816 weights" in " ".join(found[0].notes) and "3,249,019 weights" in " ".join(found[1].notes)


def test_copies_that_differ_are_told(tmp_path: Path) -> None:
    tape, scene = Tape(15), images(1, 4, 3, 8, 8)
    multidate(tape, scene, True)
    tape.state["fusion.fusion.0.fuse.1.bias"] += 1
    _, recognised = convert(save_multidate(tmp_path / "deep.pth", tape), tmp_path)
    assert "copies of the fusion block differ" in " ".join(recognised.notes)
    tape = Tape(16)
    expected = multidate(tape, scene, False)
    tape.state["doubleconv2d.doubleconv2d.0.bias"] += 1
    finished, recognised = convert(save_multidate(tmp_path / "flat.pth", tape), tmp_path)
    assert "differs from its copy" in " ".join(recognised.notes)
    assert difference(run(finished, scene.flatten(1, 2))[0], expected) < TOLERANCE


@pytest.mark.parametrize(
    ("deep", "missing", "sentence"),
    [
        (False, "fusion.0.doubleconv2d.4.bias", "fusion.0.doubleconv2d.4.bias of shape"),
        (False, "sr.upsample.4.weight", "sr.upsample.4.weight is missing"),
        (True, "fusion.fusion.1.fuse.3.weight", "fusion.fuse.3.weight of shape"),
        (True, "encoder.doubleconv2d.6.weight", "encoder.doubleconv2d.6.weight of shape"),
    ],
)
def test_multidate_missing_tensor(deep: bool, missing: str, sentence: str, tmp_path: Path) -> None:
    tape = Tape(17)
    multidate(tape, images(1, 4, 3, 8, 8), deep)
    del tape.state[missing]
    with pytest.raises(ConversionError, match=sentence):
        convert(save_multidate(tmp_path / "net.pth", tape), tmp_path, "highresnet" if deep else "srcnn")


def test_wrong_number_of_levels_is_refused(tmp_path: Path) -> None:
    tape = Tape(18)
    multidate(tape, images(1, 4, 3, 8, 8), True)
    tape.state = {name: values for name, values in tape.state.items() if not name.startswith("fusion.fusion.1")}
    with pytest.raises(ConversionError, match="4 dates need 2 levels"):
        convert(save_multidate(tmp_path / "net.pth", tape), tmp_path)


@pytest.mark.parametrize("name", ["satlas-esrgan", "srcnn", "highresnet", "s2l8h"])
def test_wrong_family_is_refused(name: str, tmp_path: Path) -> None:
    tape = Tape(19)
    if name == "satlas-esrgan":
        multidate(tape, images(1, 2, 3, 8, 8), True)
    elif name == "highresnet":
        multidate(tape, images(1, 2, 3, 8, 8), False)
    else:
        rrdb(tape, images(1, 3, 8, 8), 4)
    with pytest.raises(ConversionError, match=r"missing|levels"):
        convert(save_multidate(tmp_path / "net.pth", tape), tmp_path, name)


def test_unused_resize_of_other_sizes(tmp_path: Path) -> None:
    """The published network resizes to 128 pixels at the end; here the output is zoom times the input at any size."""
    tape = Tape(20)
    multidate(tape, images(1, 2, 3, 8, 8), False, hidden=16, zoom=4)
    finished, recognised = convert(save_multidate(tmp_path / "net.pth", tape), tmp_path)
    assert run(finished, np.zeros((1, 6, 12, 10), np.float32))[0].shape == (1, 3, 48, 40)
    assert "trailing resize" in " ".join(recognised.notes)
