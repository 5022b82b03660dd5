# SPDX-License-Identifier: GPL-2.0-or-later
"""Redes' and krasserm's generators (SouthPole's EDSR among them): files in their layout against numpy."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("h5py")
torch = pytest.importorskip("torch")
onnxruntime = pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.export_tools.converters import choose  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError, Options, count_values  # noqa: E402
from satsharp.export_tools.converters.keras_generators import PUBLISHED  # noqa: E402
from satsharp.export_tools.networks.residual import EDSR, SrResNet  # noqa: E402

from .keras_tape import Tape, nearest, relu, save, shuffle  # noqa: E402
from .test_convert_keras_isr import converted, predict  # noqa: E402

MEAN = 255 * np.array([0.4488, 0.4371, 0.4040])
Network = Callable[[Tape, np.ndarray], np.ndarray]


def res_net_body(tape: Tape, image: np.ndarray, width: int, blocks: int) -> np.ndarray:
    shallow = hidden = tape.prelu(tape.conv(image, width, 9))
    for _ in range(blocks):
        inner = tape.prelu(tape.batch_norm(tape.conv(hidden, width, 3)))
        hidden = hidden + tape.batch_norm(tape.conv(inner, width, 3))
        tape.passive("add")
    return tape.batch_norm(tape.conv(hidden, width, 3)) + shallow


def redes_srgan(tape: Tape, image: np.ndarray, scale: int, width: int = 6, blocks: int = 3) -> np.ndarray:
    """Redes' SRGAN generator, 0..1 -> -1..1."""
    tape.restart()
    hidden = res_net_body(tape, image, width, blocks)
    for factor in (2, 2) if scale == 4 else (scale,):
        hidden = nearest(tape.conv(hidden, 4 * width, 3), factor)
        hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
        tape.passive("leaky_re_lu")
    return np.tanh(tape.conv(hidden, 3, 9))


def krasserm_srgan(tape: Tape, image: np.ndarray, scale: int = 4, width: int = 5, blocks: int = 2) -> np.ndarray:
    """krasserm's SRGAN generator, 0..255 -> 0..255."""
    tape.restart()
    hidden = res_net_body(tape, image / 255, width, blocks)
    for factor in (2,) * (scale // 2):
        hidden = tape.prelu(shuffle(tape.conv(hidden, width * factor**2, 3), factor))
    return (np.tanh(tape.conv(hidden, 3, 9)) + 1) * 127.5


def edsr(
    tape: Tape, image: np.ndarray, scale: int, width: int = 6, blocks: int = 4, named: bool = False, residual: float = 1
) -> np.ndarray:
    """EDSR as Redes has it, 0..1."""
    tape.restart()
    shallow = hidden = tape.conv(image, width, 3)
    for _ in range(blocks):
        hidden = hidden + residual * tape.conv(relu(tape.conv(hidden, width, 3)), width, 3)
    hidden = tape.conv(hidden, width, 3) + shallow
    for number, factor in enumerate((2, 2) if scale == 4 else (scale,)):
        name = f"conv2d_{number + 1}_scale_{factor}" if named else ""
        hidden = shuffle(tape.conv(hidden, width * factor**2, 3, name), factor)
        tape.passive("lambda")
    return tape.conv(hidden, 3, 3)


def southpole_edsr(tape: Tape, image: np.ndarray, scale: int = 3) -> np.ndarray:
    """krasserm's EDSR, 0..255."""
    return edsr(tape, (image - MEAN) / 127.5, scale, named=True) * 127.5 + MEAN


def wdsr(
    tape: Tape,
    image: np.ndarray,
    scale: int = 3,
    wide: bool = False,
    clones: bool = True,
    lambdas: int = 2,
    trained: bool = True,
) -> np.ndarray:
    """WDSR-B, or (wide) WDSR-A, 0..1."""
    tape.restart()
    conv = partial(tape.weight_norm, clones=clones, trained=trained)
    hidden = conv(image, 5, 3)
    for _ in range(3):
        narrow = conv(relu(conv(hidden, 20, 3)), 5, 3) if wide else conv(conv(relu(conv(hidden, 30, 1)), 4, 1), 5, 3)
        hidden = hidden + narrow
    main = shuffle(conv(hidden, 3 * scale**2, 3), scale)
    skip = shuffle(conv(image, 3 * scale**2, 5), scale)
    for _ in range(lambdas):
        tape.passive("lambda")
    return main + skip


def krasserm_wdsr(tape: Tape, image: np.ndarray) -> np.ndarray:
    return wdsr(tape, (image - MEAN) / 127.5, clones=False, lambdas=4) * 127.5 + MEAN


CASES: dict[str, tuple[str, Network, float]] = {
    "redes srgan x3": ("redes-srgan", partial(redes_srgan, scale=3), 1),
    "redes srgan x4": ("redes-srgan", partial(redes_srgan, scale=4), 1),
    "redes edsr x2": ("redes-edsr", partial(edsr, scale=2), 1),
    "redes edsr x3": ("redes-edsr", partial(edsr, scale=3), 1),
    "redes edsr x4": ("redes-edsr", partial(edsr, scale=4), 1),
    "redes wdsr-b x3": ("redes-wdsr", wdsr, 1),
    "redes wdsr-a x2": ("redes-wdsr", partial(wdsr, scale=2, wide=True), 1),
    "southpole edsr x3": ("southpole-edsr", southpole_edsr, 255),
    "krasserm edsr x4": ("southpole-edsr", partial(southpole_edsr, scale=4), 255),
    "krasserm wdsr x3": ("krasserm-wdsr", krasserm_wdsr, 255),
    "krasserm srgan x4": ("krasserm-srgan", krasserm_srgan, 255),
    "krasserm srgan x2": ("krasserm-srgan", partial(krasserm_srgan, scale=2), 255),
}


def image(rows: int, cols: int, top: float = 1, seed: int = 0) -> np.ndarray:
    return (top * np.random.default_rng(seed).uniform(0, 1, (2, rows, cols, 3))).astype(np.float32)


def saved(
    tmp_path: Path, network: Network, top: float = 1, first: int = 0, version: str = "2.4.0"
) -> tuple[Path, Tape]:
    tape = Tape(seed=8, first=first)
    network(tape, image(4, 5, top))
    return save(tmp_path / "model_weights.h5", tape, version=version), tape


@pytest.mark.parametrize("case", CASES)
def test_generators_equal_their_descriptions(case: str, tmp_path: Path) -> None:
    name, network, top = CASES[case]
    # Counters of the layers start anywhere, and Keras 2.15 writes str where older ones write bytes.
    later = list(CASES).index(case) % 2
    path, tape = saved(tmp_path, network, top, 36 * later, ("2.2.4", "2.15.0")[later])
    assert choose("auto", path).names[0] == name
    finished = converted(path, "auto", Options(plain=True))
    for values in (image(7, 9, top, 1), image(12, 5, top, 2)):
        expected = network(tape, values)
        scale = int(case[-1])
        assert expected.shape[1:3] == (values.shape[1] * scale, values.shape[2] * scale)
        np.testing.assert_allclose(predict(finished, values), expected, atol=2e-5 * top)
    assert load_card(finished.card).scale_factor == scale


def test_redes_rendering_is_part_of_the_graph(tmp_path: Path) -> None:
    path, tape = saved(tmp_path, partial(redes_srgan, scale=3))
    finished = converted(path, "redes-srgan")
    values = image(6, 7, 1.5) - np.float32(0.2)
    expected = (redes_srgan(tape, np.clip(values, 0, 1) ** (1 / 1.4), 3) + 1) / 2
    np.testing.assert_allclose(predict(finished, values), expected, atol=2e-5)
    assert load_card(finished.card).value_scale == pytest.approx(1 / 0.3)


def test_scale_of_nearest_upsampling_comes_from_name_or_setting(tmp_path: Path) -> None:
    _, tape = saved(tmp_path, partial(redes_srgan, scale=3))
    path = save(tmp_path / "srgan_generator_L8_to_S2_x2_test.h5", tape)
    converter = choose("redes-srgan", path)
    assert converter.convert(path, Options()).card["scale_factor"] == 2
    assert converter.convert(path, Options(settings={"scale": "3"})).card["scale_factor"] == 3


def test_residual_factor_is_a_setting(tmp_path: Path) -> None:
    path, tape = saved(tmp_path, partial(edsr, scale=3))
    finished = converted(path, "redes-edsr", Options(settings={"residual": "0.1"}))
    values = image(5, 6)
    np.testing.assert_allclose(predict(finished, values), edsr(tape, values, 3, residual=0.1), atol=2e-5)


def test_southpole_card_takes_reflectance_of_a_quarter_as_255(tmp_path: Path) -> None:
    _, tape = saved(tmp_path, southpole_edsr, 255)
    path = save(tmp_path / "weights-edsr-16-x4.h5", tape)
    finished = converted(path, "auto")
    card = load_card(finished.card)
    assert (card.value_scale * 0.25, card.scale_factor, card.licence) == (255, 3, "NOASSERTION")
    document = json.loads(finished.card.read_text("utf-8"))
    assert "The file is called x4, but its network is x3." in document["notes"]


def test_counts_of_the_table_follow_from_the_architecture() -> None:
    with torch.device("meta"):
        southpole = count_values(EDSR(64, 16, (3,)))
        redes = count_values(SrResNet(64, 16, (3,), (256,), shuffle=False))
    assert {southpole, redes} == {*PUBLISHED}


def test_weight_normalisation_that_was_never_initialised_is_refused(tmp_path: Path) -> None:
    path, _ = saved(tmp_path, partial(wdsr, trained=False))
    with pytest.raises(ConversionError, match=r"weight_normalization was never initialised"):
        choose("redes-wdsr", path).convert(path, Options())


def test_skip_before_main_is_told_by_its_shape(tmp_path: Path) -> None:
    path, tape = saved(tmp_path, wdsr)
    names = [name for name, weights in tape.layers.items() if weights]
    values = image(6, 5)
    expected = wdsr(tape, values)
    tape.layers[names[-2]] = tape.layers.pop(names[-2])
    finished = converted(save(path, tape), "redes-wdsr")
    np.testing.assert_allclose(predict(finished, values), expected, atol=2e-5)


@pytest.mark.parametrize(
    ("case", "gone", "reason"),
    [
        ("redes edsr x3", "conv2d_11", "5 convolutions|makes 54 channels"),
        ("redes edsr x3", "conv2d_3", "has 8 convolutions of 6 channels"),
        ("redes srgan x3", "batch_normalization_2", "layer 9 .*: p_re_lu_2 is a PReLU, where a batch norm"),
        ("redes srgan x3", "conv2d_8", "no further layer, where a convolution"),
        ("redes wdsr-b x3", "weight_normalization_4", "8 convolutions in its blocks, no multiple of 3"),
        ("krasserm srgan x4", "p_re_lu_4", "where a PReLU is expected"),
    ],
)
def test_a_missing_layer_is_refused(case: str, gone: str, reason: str, tmp_path: Path) -> None:
    name, network, top = CASES[case]
    _, tape = saved(tmp_path, network, top)
    tape.layers.pop(gone)
    path = save(tmp_path / "b.h5", tape)
    with pytest.raises(ConversionError, match=reason):
        choose(name, path).convert(path, Options())


def test_a_tensor_of_another_shape_is_named(tmp_path: Path) -> None:
    _, tape = saved(tmp_path, partial(edsr, scale=3))
    tape.layers["conv2d_4"][1] = (tape.layers["conv2d_4"][1][0], np.zeros(7, np.float32))
    path = save(tmp_path / "b.h5", tape)
    with pytest.raises(ConversionError, match=r"conv2d_4/bias has shape \(7,\), expected \(6,\)"):
        choose("redes-edsr", path).convert(path, Options())


@pytest.mark.parametrize("name", ["redes-srgan", "redes-wdsr", "krasserm-srgan", "rdn", "dsen2"])
def test_another_family_is_refused(name: str, tmp_path: Path) -> None:
    path, _ = saved(tmp_path, partial(edsr, scale=3))
    with pytest.raises(ConversionError):
        choose(name, path).convert(path, Options())
