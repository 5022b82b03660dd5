# SPDX-License-Identifier: GPL-2.0-or-later
"""ISR's RDN and RRDN: files in their layout against the published description in numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("h5py")
torch = pytest.importorskip("torch")
onnxruntime = pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.export_tools.converters import choose  # noqa: E402
from satsharp.export_tools.converters.finishing import Finished, finish  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError, Options, count_values  # noqa: E402
from satsharp.export_tools.converters.keras_isr import PUBLISHED, letters  # noqa: E402
from satsharp.export_tools.networks.isr import RDN, RRDN, IsrSize  # noqa: E402

from .keras_tape import Tape, nearest, relu, save, shuffle  # noqa: E402


def dense(tape: Tape, image: np.ndarray, names: list[str], growth: int, kernel: int = 3) -> np.ndarray:
    for name in names:
        image = np.concatenate([image, relu(tape.conv(image, growth, kernel, name))], axis=3)
        tape.passive("", f"{name}_Relu")
    return image


def rdn(tape: Tape, image: np.ndarray, size: IsrSize) -> np.ndarray:
    """RDN on (batch, rows, columns, 3)."""
    tape.passive("", "LR")
    shallow = tape.conv(image, size.width, size.kernel, "F_m1")
    hidden = tape.conv(shallow, size.width, size.kernel, "F_0")
    outputs = []
    for d in range(1, size.blocks + 1):
        names = [f"F_{d}_{c}" for c in range(1, size.convolutions + 1)]
        inner = dense(tape, hidden, names, size.growth, size.kernel)
        hidden = tape.conv(inner, size.width, 1, f"LFF_{d}") + hidden
        outputs.append(hidden)
    fused = tape.conv(np.concatenate(outputs, axis=3), size.width, 1, "GFF_1")
    hidden = tape.conv(fused, size.width, size.kernel, "GFF_2") + shallow
    hidden = relu(tape.conv(hidden, 64, 5, "UPN1"))
    hidden = relu(tape.conv(hidden, 32, 3, "UPN2"))
    hidden = tape.conv(hidden, 3 * size.scale**2, 3, "UPN3")
    raised = shuffle(hidden, size.scale) if size.shuffle else nearest(hidden, size.scale)
    return tape.conv(raised, 3, size.kernel, "SR")


def rrdn(tape: Tape, image: np.ndarray, size: IsrSize, beta: float = 0.2) -> np.ndarray:
    """RRDN on (batch, rows, columns, 3)."""
    shallow = hidden = tape.conv(image, size.width, 3, "Pre_blocks_conv")
    for t in range(1, size.groups + 1):
        inner = hidden
        for d in range(1, size.blocks + 1):
            names = [f"F_{t}_{d}_{c}" for c in range(1, size.convolutions + 1)]
            inner = inner + beta * tape.conv(dense(tape, inner, names, size.growth), size.width, 3, f"LFF_{t}_{d}")
        hidden = hidden + beta * inner
    hidden = tape.conv(hidden, size.width, 3, "post_blocks_conv") + shallow
    return tape.conv(shuffle(tape.conv(hidden, 3 * size.scale**2, 3, "PreShuffle"), size.scale), 3, 3, "SR")


def image(rows: int, cols: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1, (2, rows, cols, 3)).astype(np.float32)


def converted(path: Path, name: str, options: Options | None = None) -> Finished:
    options = options or Options()
    return finish(choose(name, path).convert(path, options), path, path.parent, options)


def predict(finished: Finished, values: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(finished.card.with_suffix(".onnx")), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": values.transpose(0, 3, 1, 2)})[0].transpose(0, 2, 3, 1)


RDN_SIZES = [
    IsrSize(2, 3, 5, 8, 2),
    IsrSize(3, 2, 4, 4, 3, shuffle=True),
    IsrSize(1, 11, 2, 3, 3),
    IsrSize(2, 2, 4, 6, 4, kernel=5),
]


@pytest.mark.parametrize("size", RDN_SIZES, ids=str)
def test_rdn_of_any_size_equals_the_description(size: IsrSize, tmp_path: Path) -> None:
    tape = Tape(seed=5)
    rdn(tape, image(4, 4), size)
    path = save(tmp_path / "rdn.hdf5", tape, version="2.4.0")
    converter = choose("auto", path)
    assert converter.names[0] == "rdn"
    assert dict(converter.convert(path, Options()).recognised.architecture) == letters(size)
    finished = converted(path, "auto")
    for values in (image(7, 9, 1), image(12, 5, 2)):
        expected = rdn(tape, values, size)
        assert expected.shape[1:3] == (size.scale * values.shape[1], size.scale * values.shape[2])
        np.testing.assert_allclose(predict(finished, values), expected, atol=2e-5)


@pytest.mark.parametrize(
    "size", [IsrSize(2, 3, 4, 6, 4, 2, shuffle=True), IsrSize(1, 1, 5, 4, 3, 11, shuffle=True)], ids=str
)
def test_rrdn_of_any_size_equals_the_description(size: IsrSize, tmp_path: Path) -> None:
    tape = Tape(seed=6)
    rrdn(tape, image(4, 4), size)
    path = save(tmp_path / "rrdn.hdf5", tape)
    converter = choose("auto", path)
    assert dict(converter.convert(path, Options()).recognised.architecture) == letters(size)
    finished = converted(path, "auto")
    for values in (image(7, 9, 1), image(12, 5, 2)):
        np.testing.assert_allclose(predict(finished, values), rrdn(tape, values, size), atol=2e-5)
    # Another residual factor is another network.
    assert np.abs(rrdn(tape, values, size, 0.4) - rrdn(tape, values, size)).max() > 1e-3


def test_rrdn_with_many_blocks_is_blended(tmp_path: Path) -> None:
    tape = Tape()
    size = IsrSize(4, 3, 2, 2, 4, 9, shuffle=True)
    rrdn(tape, image(3, 3), size)
    finished = converted(save(tmp_path / "rrdn.hdf5", tape), "rrdn")
    # 1 + 9 x 3 x 5 + 2 convolutions and one more on the output grid: 556 output pixels of halo.
    assert (finished.halo, finished.tiling) == (139, "blended")
    assert load_card(finished.card).tiling == "blended"


def test_names_with_suffixes_of_a_second_graph_are_followed(tmp_path: Path) -> None:
    tape, size = Tape(seed=1), IsrSize(2, 2, 3, 4, 2)
    values = image(6, 5)
    expected = rdn(tape, values, size)
    for name, weights in tape.layers.items():
        tape.layers[name] = [(leaf.replace(name, f"{name}_1", 1), array) for leaf, array in weights]
    finished = converted(save(tmp_path / "a.hdf5", tape), "auto")
    np.testing.assert_allclose(predict(finished, values), expected, atol=2e-5)


def test_counts_of_the_table_follow_from_the_architecture() -> None:
    with torch.device("meta"):
        sizes = [
            IsrSize(6, 20, 64, 64, 2),
            IsrSize(3, 10, 64, 64, 2),
            IsrSize(6, 20, 64, 64, 3),
            IsrSize(3, 10, 64, 64, 3),
        ]
        found = {count_values(RDN(size)) for size in sizes}
        found |= {count_values(RRDN(IsrSize(4, 3, 32, 32, 4, 10))), count_values(RRDN(IsrSize(4, 3, 64, 64, 3, 10)))}
        found |= {count_values(RRDN(IsrSize(4, 3, 64, 64, 2, 10)))}
    assert found == {*PUBLISHED}


def small(tmp_path: Path, name: str = "rdn-x3.hdf5") -> tuple[Path, Tape]:
    tape = Tape()
    rdn(tape, image(3, 3), IsrSize(2, 2, 3, 4, 2))
    return save(tmp_path / name, tape), tape


def test_a_name_of_another_scale_is_noticed(tmp_path: Path) -> None:
    path, _ = small(tmp_path)
    notes = choose("rdn", path).convert(path, Options()).recognised.notes
    assert "The file is called x3, but its network is x2." in notes


@pytest.mark.parametrize("layer", ["F_m1", "LFF_2", "F_1_2", "UPN3", "SR"])
def test_a_missing_layer_is_named(tmp_path: Path, layer: str) -> None:
    _, tape = small(tmp_path)
    tape.layers.pop(layer)
    path = save(tmp_path / "b.hdf5", tape)
    with pytest.raises(ConversionError, match=f"{layer}/kernel .*missing"):
        choose("rdn", path).convert(path, Options())


def test_a_surplus_layer_is_named(tmp_path: Path) -> None:
    _, tape = small(tmp_path)
    tape.conv(image(3, 3), 4, 3, "Extra")
    path = save(tmp_path / "b.hdf5", tape)
    with pytest.raises(ConversionError, match="has the layer Extra"):
        choose("rdn", path).convert(path, Options())


def test_another_family_is_refused(tmp_path: Path) -> None:
    path, _ = small(tmp_path)
    with pytest.raises(ConversionError, match="no layers called F_1_1_1"):
        choose("rrdn", path).convert(path, Options())


def test_card_of_x3_is_for_landsat_and_settings_change_it(tmp_path: Path) -> None:
    tape = Tape()
    rdn(tape, image(3, 3), IsrSize(1, 1, 2, 2, 3))
    path = save(tmp_path / "r.hdf5", tape)
    card = load_card(converted(path, "rdn").card)
    assert (card.sensor, card.inputs[0].bands, card.gsd, card.value_scale) == ("landsat", ("B4", "B3", "B2"), 10, 4)
    settings = {"stretch": "0.1,0.6", "bands": "r,g,b", "gsd": "3", "sensor": "any"}
    card = load_card(converted(path, "rdn", Options(settings=settings)).card)
    assert (card.sensor, card.inputs[0].bands, card.gsd) == ("any", ("r", "g", "b"), 1)
    # Reflectance 0.1 is 0 and 0.6 is 1.
    assert (0.1 * card.value_scale + card.value_offset, 0.6 * card.value_scale + card.value_offset) == (
        pytest.approx(0),
        pytest.approx(1),
    )


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"stretch": "1"}, "two reflectances"), ({"stretch": "1,1"}, "different"), ({"bands": "a,b"}, "three bands")],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, settings: dict[str, str], reason: str) -> None:
    path, _ = small(tmp_path)
    with pytest.raises(ConversionError, match=reason):
        choose("rdn", path).convert(path, Options(settings=settings))
