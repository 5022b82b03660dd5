# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are no Keras files, damaged ones, and those that make a careless reader run code or read elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")
pytest.importorskip("torch")

from satsharp.export_tools.converters import choose  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError, Options  # noqa: E402
from satsharp.export_tools.converters.keras_file import read_keras  # noqa: E402

from .keras_tape import Tape, save  # noqa: E402
from .test_convert_keras_generators import edsr, image  # noqa: E402


@pytest.fixture()
def path(tmp_path: Path) -> Path:
    """A small EDSR."""
    tape = Tape()
    edsr(tape, image(3, 3), 3)
    return save(tmp_path / "weights.h5", tape)


def refused(path: Path, reason: str) -> None:
    with pytest.raises(ConversionError, match=reason):
        choose("redes-edsr", path).convert(path, Options())
    with pytest.raises(ConversionError, match="no family|cannot be read|is empty|is no whole PyTorch checkpoint"):
        choose("auto", path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>Not found</html>", "a web page"),
        (b"PK\x03\x04" + bytes(60), "a zip archive"),
        (b"\x80\x02}q\x00.", "a Python pickle"),
        (bytes(100), "binary file of unknown kind"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, content: bytes, reason: str) -> None:
    other = tmp_path / "weights.h5"
    other.write_bytes(content)
    refused(other, reason)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "none.h5", "cannot be read")


def test_truncated_files_are_refused_wherever_they_end(path: Path) -> None:
    whole = path.read_bytes()
    for share in (0.02, 0.3, 0.6, 0.9, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        refused(path, "damaged|truncated")


def test_damaged_bytes_never_raise_anything_else(path: Path) -> None:
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    outcomes = set()
    for _ in range(25):
        damaged = bytearray(whole)
        for place in random.integers(8, len(whole), 40):
            damaged[place] = random.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            outcomes.add(choose("redes-edsr", path).convert(path, Options()).recognised.parameters)
        except ConversionError as error:
            outcomes.add(str(error))
    assert len(outcomes) > 10


def test_hdf5_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "a.h5"
    with h5py.File(other, "w") as file:
        file.create_dataset("data", data=np.zeros(3))
    refused(other, "not one of Keras: it has no layer_names")
    with h5py.File(other, "w") as file:
        file.create_group("layers/conv2d/vars")
    refused(other, "Keras 3 wrote it")


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused_by_name(path: Path, wrong: float) -> None:
    with h5py.File(path, "a") as file:
        file["conv2d_3/conv2d_3/kernel:0"][0, 0, 0, 0] = wrong
    refused(path, "conv2d_3/kernel holds NaN or infinite")


def test_a_missing_dataset_and_a_missing_group_are_named(path: Path) -> None:
    with h5py.File(path, "a") as file:
        del file["conv2d_3/conv2d_3/bias:0"]
    refused(path, "lacks the tensor conv2d_3/bias:0 of the layer conv2d_3")
    with h5py.File(path, "a") as file:
        del file["conv2d_1"]
    refused(path, "lacks the layer conv2d_1")


def test_links_to_other_files_are_not_followed(path: Path, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file.create_dataset("data", data=np.zeros((3, 3, 6, 6), np.float32))
    with h5py.File(path, "a") as file:
        del file["conv2d_3/conv2d_3/kernel:0"]
        file["conv2d_3/conv2d_3"]["kernel:0"] = h5py.ExternalLink("secret.h5", "data")
    refused(path, "is a link, perhaps to another file")


def test_data_outside_the_file_are_not_read(path: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw.bin"
    raw.write_bytes(bytes(4 * 9 * 36))
    with h5py.File(path, "a") as file:
        group = file["conv2d_3/conv2d_3"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", (3, 3, 6, 6), np.float32, external=[(str(raw), 0, 4 * 9 * 36)])
    refused(path, "no plain array of numbers inside the file")


def test_texts_and_bombs_in_place_of_weights_are_refused(path: Path) -> None:
    for values in ({"data": "gASVIAAAAAAAAAA="}, {"shape": (1 << 20, 1 << 14), "dtype": "f4", "chunks": (1 << 10, 1)}):
        with h5py.File(path, "a") as file:
            group = file["conv2d_3/conv2d_3"]
            del group["bias:0"]
            group.create_dataset("bias:0", **values)
        refused(path, "no plain array of numbers inside the file")


def test_a_model_config_that_is_no_model_is_refused(path: Path) -> None:
    for text, reason in (("{", "no JSON"), ("[]", "holds no model"), ('{"config": {}}', "no functional model")):
        with h5py.File(path, "a") as file:
            file.attrs["model_config"] = text
        with pytest.raises(ConversionError, match=reason):
            choose("dsen2", path).convert(path, Options())


def test_slots_of_the_optimizer_and_the_order_of_h5py_do_not_matter(tmp_path: Path) -> None:
    tape = Tape()
    edsr(tape, image(3, 3), 3)
    file = read_keras(save(tmp_path / "a.h5", tape, "{}", "2.15.0", optimizer=True), "test")
    names = [layer.name for layer in file.weighted]
    assert names == [name for name, weights in tape.layers.items() if weights]
    assert names != sorted(names)
    assert (file.count, file.version, file.config) == (
        sum(a.size for w in tape.layers.values() for _, a in w),
        "2.15.0",
        {},
    )
