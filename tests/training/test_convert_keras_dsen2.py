# SPDX-License-Identifier: GPL-2.0-or-later
"""DSen2, VDSen2, satsr and up42: files in their layouts against the published description in numpy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")
pytest.importorskip("torch")
onnxruntime = pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools.baselines import upsample  # noqa: E402
from satsharp.export_tools.converters import choose  # noqa: E402
from satsharp.export_tools.converters.finishing import Finished, finish  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError, Options  # noqa: E402
from satsharp.export_tools.converters.multisensor import PUBLISHED, SETUPS, Setup, setup_of  # noqa: E402

from .keras_tape import Tape, relu, save  # noqa: E402

S2_20M = SETUPS[0]
# Keras 2.2.4 writes a Lambda's function as a list, tf.keras as nested tuples.
CODE = "4wEAAAAAAAAAAQ==\n"


def dsen2(tape: Tape, groups: list[np.ndarray], width: int, blocks: int, scale: float) -> np.ndarray:
    """DSen2 on (batch, rows, columns, channels) groups of one grid."""
    tape.restart()
    for number, _ in enumerate(groups):
        tape.passive("input", f"input_{number + 1}")
    hidden = relu(tape.conv(np.concatenate(groups, axis=3), width, 3))
    for _ in range(blocks):
        inner = relu(tape.conv(hidden, width, 3))
        tape.passive("activation")
        inner = tape.conv(inner, width, 3)
        tape.passive("lambda")
        hidden = hidden + scale * inner
    return tape.conv(hidden, groups[-1].shape[3], 3) + groups[-1]


def aesr(tape: Tape, groups: list[np.ndarray], width: int) -> np.ndarray:
    """up42's small autoencoder with two additive skips."""
    tape.restart()
    first = relu(tape.conv(np.concatenate(groups, axis=3), width, 3))
    second = relu(tape.conv(first, width, 3))
    inner = second + relu(tape.transposed(second, width, 3))
    return tape.conv(first + relu(tape.transposed(inner, width, 3)), groups[-1].shape[3], 5)


def reference_layer(kind: str, name: str, sources: list[str], **settings: object) -> dict[str, object]:
    nodes = [[[source, 0, 0, {}] for source in sources]] if sources else []
    return {"class_name": kind, "name": name, "config": {"name": name, **settings}, "inbound_nodes": nodes}


def conv_layer(tape: Tape, name: str, source: str, activation: str = "linear") -> dict[str, object]:
    rows, cols, _, filters = tape.layers[name][0][1].shape
    kind = "Conv2D"
    if "transpose" in name:
        kind, filters = "Conv2DTranspose", tape.layers[name][0][1].shape[2]
    settings = {"filters": filters, "kernel_size": [rows, cols], "strides": [1, 1], "padding": "same"}
    return reference_layer(kind, name, [source], **settings, activation=activation, use_bias=True)


def dsen2_config(tape: Tape, names: list[str], channels: tuple[int, ...], scale: object, tuples: bool = False) -> str:
    """The ``model_config`` of DSen2 for the layers of a tape."""
    convs = [name for name, weights in tape.layers.items() if weights]
    layers = [
        reference_layer("InputLayer", name, [], batch_input_shape=[None, count, None, None])
        for name, count in zip(names, channels)
    ]
    layers.append(reference_layer("Concatenate", "concatenate_1", names, axis=1))
    layers.append(conv_layer(tape, convs[0], "concatenate_1", "relu"))
    hidden = convs[0]
    for number in range((len(convs) - 2) // 2):
        first, second = convs[1 + 2 * number], convs[2 + 2 * number]
        layers.append(conv_layer(tape, first, hidden))
        layers.append(reference_layer("Activation", f"a{number}", [first], activation="relu"))
        layers.append(conv_layer(tape, second, f"a{number}"))
        closure: object = {"class_name": "__tuple__", "items": [scale]} if tuples else [scale]
        function: object = [CODE, None, closure]
        if tuples:
            function = {"class_name": "__tuple__", "items": function}
        layers.append(reference_layer("Lambda", f"l{number}", [second], function=function, function_type="lambda"))
        layers.append(reference_layer("Add", f"s{number}", [hidden, f"l{number}"]))
        hidden = f"s{number}"
    layers += [conv_layer(tape, convs[-1], hidden), reference_layer("Add", "out", [convs[-1], names[-1]])]
    return model_config(layers, names, "out")


def model_config(layers: list[dict[str, object]], names: list[str], output: str) -> str:
    config = {"layers": layers, "input_layers": [[name, 0, 0] for name in names], "output_layers": [[output, 0, 0]]}
    return json.dumps({"class_name": "Model", "config": config})


def images(setup: Setup, rows: int, cols: int, native: bool, seed: int = 0) -> list[np.ndarray]:
    """Random groups (batch, channels, rows, columns); sizes are in pixels of the coarsest group where native."""
    random = np.random.default_rng(seed)
    coarsest = setup.target[1]
    steps = [round(coarsest / gsd) if native else 1 for _, gsd, _ in setup.groups]
    return [
        random.uniform(0.1, 1.5, (2, count, rows * step, cols * step)).astype(np.float32)
        for count, step in zip(setup.channels, steps)
    ]


def last(images: list[np.ndarray]) -> list[np.ndarray]:
    """Channels last."""
    return [image.transpose(0, 2, 3, 1).astype(np.float64) for image in images]


def raised(groups: list[np.ndarray]) -> list[np.ndarray]:
    """All groups on the finest grid, bilinear."""
    factors = [groups[0].shape[2] // group.shape[2] for group in groups]
    return [
        np.stack([upsample(image, factor, "bilinear") if factor > 1 else image for image in group])
        for group, factor in zip(groups, factors)
    ]


def converted(path: Path, name: str, folder: Path, options: Options | None = None) -> Finished:
    options = options or Options()
    return finish(choose(name, path).convert(path, options), path, folder, options)


PLAIN = Options(plain=True)


def predict(finished: Finished, groups: list[np.ndarray]) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(finished.card.with_suffix(".onnx")), providers=["CPUExecutionProvider"])
    names = [tensor["name"] for tensor in json.loads(finished.card.read_text("utf-8"))["inputs"]]
    return session.run(None, dict(zip(names, groups)))[0].transpose(0, 2, 3, 1)


def make(tape: Tape, setup: Setup, scale: float = 0.1) -> list[np.ndarray]:
    """Run the description once, so that the tape holds the layers."""
    groups = images(setup, 3, 4, native=False)
    dsen2(tape, last(groups), 8, 3, scale)
    return groups


@pytest.mark.parametrize("setup", SETUPS, ids=[setup.key for setup in SETUPS])
def test_all_six_sensors_equal_the_description_on_native_and_finest_grids(setup: Setup, tmp_path: Path) -> None:
    # satsr names its inputs by GSD; sorted by h5py, "1000" would come before "250".
    names = [f"{gsd:g}" for _, gsd, _ in setup.groups]
    tape = Tape(seed=3, first=9)
    make(tape, setup)
    path = save(tmp_path / "final_model.h5", tape, dsen2_config(tape, names, setup.channels, 0.1), optimizer=True)
    for plain in (False, True):
        finished = converted(path, "auto", tmp_path / "out", Options(plain=plain))
        assert (finished.card.stem, finished.tiling) == (f"satsr-{setup.key}", "exact")
        for rows, cols in ((3, 5), (11, 7)):
            groups = images(setup, rows, cols, native=not plain)
            expected = dsen2(tape, last(raised(groups)), 8, 3, 0.1)
            np.testing.assert_allclose(predict(finished, groups), expected, atol=2e-5 * np.abs(expected).max())


def test_card_fits_the_engine_and_states_range_order_and_origin(tmp_path: Path) -> None:
    tape = Tape()
    make(tape, S2_20M)
    config = dsen2_config(tape, ["input_1", "input_2"], (4, 6), 0.1)
    path = save(tmp_path / "s2_032_lr_1e-04.hdf5", tape, config)
    finished = converted(path, "auto", tmp_path, Options(id="mine", origin="a friend"))
    card = load_card(finished.card)
    # 8 convolutions see 8 px of 10 m; bilinear upsampling adds one pixel of 20 m.
    assert inspect_network(card).halo == finished.halo == 5
    assert [tensor.bands for tensor in card.inputs] == [group[2] for group in S2_20M.groups]
    assert (card.id, card.value_scale, card.value_offset, card.scale_factor) == ("mine", 5.0, 0.0, 2)
    assert (card.licence, card.levels, card.document["origin"]["text"]) == ("GPL-3.0-only", ("L1C",), "a friend")
    assert card.document["network"]["residual_scale"] == 0.1


def test_satsr_range_is_that_of_its_normalisation_of_digital_numbers() -> None:
    ranges = {setup.key: setup.satsr_range() for setup in SETUPS}
    # Sentinel-2: (1234 - 1) / 65535 from reflectance 0.1234; Landsat: reflectance 2e-5 x 10000 - 0.1 = 0.1.
    for key, reflectance, expected in (
        ("s2-60m", 0.1234, 1233 / 65535),
        ("l8-30m", 0.1, 9999 / 65535),
        ("modis-500m", -0.01, 0.0),
        ("viirs-750m", 1.6, 1.0),
    ):
        assert reflectance * ranges[key]["scale"] + ranges[key]["offset"] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("tuples", [False, True])
def test_residual_factor_is_read_from_the_closure(tmp_path: Path, tuples: bool) -> None:
    tape = Tape(seed=1)
    groups = make(tape, S2_20M, 0.3)
    config = dsen2_config(tape, ["input_1", "input_2"], (4, 6), 0.3, tuples)
    finished = converted(save(tmp_path / "a.h5", tape, config, "2.15.0"), "dsen2", tmp_path, PLAIN)
    expected = dsen2(tape, last(groups), 8, 3, 0.3)
    np.testing.assert_allclose(predict(finished, groups), expected, atol=2e-5 * np.abs(expected).max())
    wrong = dsen2(tape, last(groups), 8, 3, 0.1)
    assert np.abs(wrong - expected).max() > 1e-3 * np.abs(expected).max()


@pytest.mark.parametrize("pieces", [1, 3])
def test_weights_only_files_are_read_by_order(tmp_path: Path, pieces: int) -> None:
    tape = Tape(seed=2, first=15)
    groups = make(tape, S2_20M)
    path = save(tmp_path / "weights.h5", tape, pieces=pieces)
    finished = converted(path, "dsen2", tmp_path, PLAIN)
    expected = dsen2(tape, last(groups), 8, 3, 0.1)
    np.testing.assert_allclose(predict(finished, groups), expected, atol=2e-5 * np.abs(expected).max())


def test_theano_kernels_are_flipped(tmp_path: Path) -> None:
    tape = Tape(seed=2)
    groups = make(tape, S2_20M)
    expected = dsen2(tape, last(groups), 8, 3, 0.1)
    for name, weights in tape.layers.items():
        tape.layers[name] = [(leaf, values[::-1, ::-1] if values.ndim == 4 else values) for leaf, values in weights]
    finished = converted(save(tmp_path / "weights.h5", tape, backend="theano"), "dsen2", tmp_path, PLAIN)
    np.testing.assert_allclose(predict(finished, groups), expected, atol=2e-5 * np.abs(expected).max())


def test_aesr_equals_the_description(tmp_path: Path) -> None:
    tape = Tape(seed=4)
    groups = images(S2_20M, 9, 6, native=False)
    expected = aesr(tape, last(groups), 12)
    names = ["input_1", "input_2"]
    layers = [
        reference_layer("InputLayer", name, [], batch_input_shape=[None, count, None, None])
        for name, count in zip(names, (4, 6))
    ]
    layers += [
        reference_layer("Concatenate", "concatenate", names, axis=1),
        conv_layer(tape, "conv2d", "concatenate", "relu"),
        conv_layer(tape, "conv2d_1", "conv2d", "relu"),
        conv_layer(tape, "conv2d_transpose", "conv2d_1", "relu"),
        reference_layer("Add", "add", ["conv2d_1", "conv2d_transpose"]),
        conv_layer(tape, "conv2d_transpose_1", "add", "relu"),
        reference_layer("Add", "add_1", ["conv2d", "conv2d_transpose_1"]),
        conv_layer(tape, "conv2d_2", "add_1"),
    ]
    config = model_config(layers, names, "conv2d_2")
    finished = converted(save(tmp_path / "l2a_aesr.hdf5", tape, config, "2.4.0"), "auto", tmp_path, PLAIN)
    assert finished.card.stem == "up42-aesr-s2-20m"
    assert load_card(finished.card).levels == ("L2A",)
    np.testing.assert_allclose(predict(finished, groups), expected, atol=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize("first_axis", [False, True])
def test_other_graphs_of_up42_follow_their_config(tmp_path: Path, first_axis: bool) -> None:
    """An SRResNet: batch normalisation, PReLU (slopes (1, 1, C) or (C, 1, 1)), a sum, tanh."""
    tape = Tape(seed=4)
    groups = images(S2_20M, 9, 6, native=False)
    stacked = np.concatenate(last(groups), axis=3)
    head = tape.prelu(tape.conv(stacked, 8, 9))
    inner = tape.batch_norm(tape.conv(head, 8, 3))
    expected = np.tanh(tape.conv(head + inner, 6, 9))
    if first_axis:
        ((name, alpha),) = tape.layers["p_re_lu"]
        tape.layers["p_re_lu"] = [(name, alpha.reshape(8, 1, 1))]
    names = ["input_1", "input_2"]
    layers = [
        reference_layer("InputLayer", name, [], batch_input_shape=[None, count, 32, 32])
        for name, count in zip(names, (4, 6))
    ]
    layers += [
        reference_layer("Add", "add", ["p_re_lu", "batch_normalization"]),
        reference_layer("Concatenate", "concatenate", names, axis=1),
        conv_layer(tape, "conv2d", "concatenate"),
        reference_layer("PReLU", "p_re_lu", ["conv2d"], shared_axes=[2, 3] if first_axis else [1, 2]),
        conv_layer(tape, "conv2d_1", "p_re_lu"),
        reference_layer("Dropout", "dropout", ["conv2d_1"], rate=0.5),
        reference_layer("BatchNormalization", "batch_normalization", ["dropout"], axis=1, epsilon=0.001),
        conv_layer(tape, "conv2d_2", "add", "tanh"),
    ]
    config = model_config(layers, names, "conv2d_2")
    finished = converted(save(tmp_path / "a.hdf5", tape, config, "2.4.0"), "auto", tmp_path, PLAIN)
    assert finished.card.stem == "up42-another-s2-20m"
    np.testing.assert_allclose(predict(finished, groups), expected, atol=2e-5)


def test_counts_of_the_table_follow_the_closed_form() -> None:
    for (width, blocks), title in (((128, 6), "(DSen2|satsr)"), ((256, 32), "VDSen2")):
        for setup in SETUPS:
            entering, leaving = sum(setup.channels), setup.channels[-1]
            inner = 2 * blocks * (9 * width**2 + width)
            count = 9 * entering * width + width + inner + 9 * width * leaving + leaving
            if setup.sensor == "sentinel2" or width == 128:
                assert re.match(title, PUBLISHED[count])


def test_published_size_is_recognised_by_its_count(tmp_path: Path) -> None:
    tape = Tape()
    tiny = [np.zeros((1, 1, 1, count)) for count in (4, 6, 2)]
    dsen2(tape, tiny, 128, 6, 0.1)
    path = save(tmp_path / "s2_030_lr_1e-05.hdf5", tape)
    recognised = choose("auto", path).convert(path, Options()).recognised
    assert (recognised.parameters, recognised.published) == (1_787_266, "DSen2 Sentinel-2 60 m")


def test_plain_cards_have_every_band_on_the_finest_grid(tmp_path: Path) -> None:
    tape = Tape()
    make(tape, S2_20M)
    finished = converted(save(tmp_path / "w.h5", tape), "dsen2", tmp_path, PLAIN)
    card = load_card(finished.card)
    assert ([tensor.gsd for tensor in card.inputs], card.scale_factor, finished.halo) == ([10, 10], 1, 8)


def test_arrangements_are_told_apart_by_their_channels() -> None:
    assert [setup_of(setup.channels, setup.channels[-1]) for setup in SETUPS] == list(SETUPS)
    assert [setup_of((sum(setup.channels),), setup.channels[-1]) for setup in SETUPS] == list(SETUPS)
    assert setup_of((3,), 3) is None


def full_file(tmp_path: Path, scale: object = 0.1, change=lambda config: config) -> tuple[Path, Tape]:  # type: ignore[no-untyped-def]
    tape = Tape()
    make(tape, S2_20M)
    config = change(dsen2_config(tape, ["input_1", "input_2"], (4, 6), scale))
    return save(tmp_path / "a.hdf5", tape, config), tape


def test_first_missing_tensor_is_named(tmp_path: Path) -> None:
    path, _ = full_file(tmp_path)
    with h5py.File(path, "a") as file:
        file["model_weights/conv2d_3"].attrs["weight_names"] = [b"conv2d_3/kernel:0"]
    with pytest.raises(ConversionError, match=r"conv2d_3/bias of shape \(8,\) is missing"):
        choose("dsen2", path).convert(path, Options())


def test_first_tensor_of_another_shape_is_named(tmp_path: Path) -> None:
    path, _ = full_file(tmp_path)
    with h5py.File(path, "a") as file:
        for name in ("conv2d_2", "conv2d_5"):
            group = file[f"model_weights/{name}/{name}"]
            del group["kernel:0"]
            group.create_dataset("kernel:0", data=np.zeros((3, 3, 8, 7), np.float32))
    with pytest.raises(ConversionError, match=r"conv2d_2/kernel has shape \(3, 3, 8, 7\), expected \(3, 3, 8, 8\)"):
        choose("dsen2", path).convert(path, Options())


@pytest.mark.parametrize("scale", [None, "0.1", True, float("nan")])
def test_a_closure_without_a_number_is_refused(tmp_path: Path, scale: object) -> None:
    path, _ = full_file(tmp_path, scale)
    with pytest.raises(ConversionError, match="never run here"):
        choose("dsen2", path).convert(path, Options())
    stated = Options(settings={"residual": "0.1"})
    assert choose("dsen2", path).convert(path, stated).recognised.architecture["residual_scale"] == 0.1


def test_a_lambda_elsewhere_is_refused(tmp_path: Path) -> None:
    def change(config: str) -> str:
        document = json.loads(config)
        layers = document["config"]["layers"]
        function = next(layer["config"]["function"] for layer in layers if layer["class_name"] == "Lambda")
        layers.append(reference_layer("Lambda", "evil", ["out"], function=function, function_type="lambda"))
        document["config"]["output_layers"] = [["evil", 0, 0]]
        return json.dumps(document)

    path, _ = full_file(tmp_path, change=change)
    with pytest.raises(ConversionError, match="evil is a Lambda, whose Python code is never run"):
        choose("dsen2", path).convert(path, Options())


def test_unknown_layers_are_refused_by_name(tmp_path: Path) -> None:
    path, _ = full_file(tmp_path, change=lambda config: config.replace('"Activation"', '"MyOwnLayer"', 1))
    with pytest.raises(ConversionError, match="a0 is a MyOwnLayer"):
        choose("dsen2", path).convert(path, Options())


def test_an_odd_count_of_convolutions_is_refused(tmp_path: Path) -> None:
    tape = Tape()
    make(tape, S2_20M)
    tape.layers.pop("conv2d_7")
    path = save(tmp_path / "w.h5", tape)
    with pytest.raises(ConversionError, match="7 convolutions and no model_config; DSen2 has an even count"):
        choose("dsen2", path).convert(path, Options())


def test_other_band_counts_are_refused(tmp_path: Path) -> None:
    tape = Tape()
    dsen2(tape, [np.zeros((1, 2, 2, 5)), np.zeros((1, 2, 2, 6))], 8, 1, 0.1)
    path = save(tmp_path / "w.h5", tape)
    with pytest.raises(ConversionError, match="none of the published networks"):
        choose("dsen2", path).convert(path, Options())
