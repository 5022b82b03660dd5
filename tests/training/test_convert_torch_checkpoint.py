# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading PyTorch checkpoints: pickled code never runs, and damaged or other files are refused with a sentence."""

from __future__ import annotations

import json
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.converters.framework import ConversionError  # noqa: E402
from satsharp.export_tools.converters.safetensors_file import read_safetensors  # noqa: E402
from satsharp.export_tools.converters.torch_checkpoint import fit, read_checkpoint, tensor_names  # noqa: E402


class Bomb:
    """Unpickling it would make a folder."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.target),)


def save_zip(content: Any, path: Path) -> None:
    torch.save(content, path)


def save_old(content: Any, path: Path) -> None:
    torch.save(content, path, _use_new_zipfile_serialization=False)


def save_pickle(content: Any, path: Path) -> None:
    path.write_bytes(pickle.dumps({"loss": content["loss"]}, protocol=2))


@pytest.mark.parametrize("save", [save_zip, save_old, save_pickle])
def test_a_pickle_bomb_does_not_go_off(save: Any, tmp_path: Path) -> None:
    target, path = tmp_path / "made", tmp_path / "net.pth"
    save({"params": {"a": torch.zeros(2)}, "loss": Bomb(target)}, path)
    with pytest.raises(ConversionError, match=r"pickled code \(\w+\.mkdir\).*nothing of it was run"):
        read_checkpoint(path, "Test")
    assert tensor_names(path) == frozenset()
    assert not target.exists()
    with path.open("rb") as stream:  # it would have
        if save is save_pickle:
            pickle.load(stream)
            assert target.is_dir()


def test_the_command_line_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"params": {"a": torch.zeros(2)}, "loss": Bomb(tmp_path / "made")}, tmp_path / "net.pth")
    assert main(["convert", str(tmp_path / "net.pth"), "--out", str(tmp_path / "out")]) == 1
    assert "holds pickled code" in capsys.readouterr().err
    assert not (tmp_path / "made").exists() and not (tmp_path / "out").exists()


def test_other_objects_than_the_one_known_are_refused(tmp_path: Path) -> None:
    tensors = {"a": torch.ones(3)}
    torch.save({"model_state_dict": tensors, "loss": torch.nn.L1Loss()}, tmp_path / "good.pth")
    assert read_checkpoint(tmp_path / "good.pth", "Test").tensors["a"].tolist() == [1, 1, 1]
    torch.save({"model_state_dict": tensors, "loss": torch.nn.MSELoss()}, tmp_path / "other.pth")
    with pytest.raises(ConversionError, match=r"pickled code \(torch\.nn\.modules\.loss\.MSELoss\)"):
        read_checkpoint(tmp_path / "other.pth", "Test")
    with pytest.raises(pickle.UnpicklingError):
        torch.load(tmp_path / "good.pth", weights_only=True)  # the permission does not outlive the reading


def test_whole_modules_are_refused(tmp_path: Path) -> None:
    torch.save(torch.nn.Conv2d(1, 1, 1), tmp_path / "module.pth")
    with pytest.raises(ConversionError, match="pickled code .*Conv2d"):
        read_checkpoint(tmp_path / "module.pth", "Test")


@pytest.mark.parametrize("part", [0.02, 0.4, 0.9])
def test_truncated_files_are_refused(part: float, tmp_path: Path) -> None:
    torch.save({"params": {"a": torch.zeros(4000)}}, tmp_path / "net.pth")
    content = (tmp_path / "net.pth").read_bytes()
    (tmp_path / "net.pth").write_bytes(content[: int(part * len(content))])
    with pytest.raises(ConversionError, match="no whole PyTorch checkpoint"):
        read_checkpoint(tmp_path / "net.pth", "Test")


CONTENTS = {
    "git lfs pull": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "a web page": b"<!DOCTYPE html><html>Not found</html>",
    "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(64),
    "is empty": b"",
    "a binary file of unknown kind": b"\x08\x08\x12\x07pytorch\xff\x00" + bytes(64),
    "a text file": b"cposix\nsystem\n(S'true'\ntR.",
    "no whole PyTorch checkpoint": pickle.dumps({"a": 1}, protocol=2)[:-1],
    "no named tensors, only epoch": pickle.dumps({"epoch": 1}, protocol=2),
}


@pytest.mark.parametrize("sentence", CONTENTS)
def test_other_files_are_refused(sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    if sentence.startswith("no named"):
        torch.save({"epoch": 1}, path)
    else:
        path.write_bytes(CONTENTS[sentence])
    with pytest.raises(ConversionError, match=sentence):
        read_checkpoint(path, "Test")
    assert tensor_names(path) == frozenset()


def test_archives_that_are_no_checkpoints_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "net.pth", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ConversionError, match="no whole PyTorch checkpoint"):
        read_checkpoint(tmp_path / "net.pth", "Test")
    torch.save([torch.zeros(2)], tmp_path / "list.pth")
    with pytest.raises(ConversionError, match="holds list instead of named tensors"):
        read_checkpoint(tmp_path / "list.pth", "Test")
    with pytest.raises(ConversionError, match="cannot be read"):
        read_checkpoint(tmp_path / "absent.pth", "Test")


@pytest.mark.parametrize(
    ("content", "chosen", "value"),
    [
        ({"params": 1.0, "params_ema": 2.0, "state_dict": 3.0}, "params_ema was taken, not params, state_dict", 2.0),
        ({"params": 1.0, "state_dict": 3.0}, "params was taken, not state_dict", 1.0),
        ({"state_dict": 3.0, "epoch": 4}, "state_dict was taken", 3.0),
        ({"model_state_dict": 5.0, "optimizer_state_dict": {}}, "model_state_dict was taken", 5.0),
        (6.0, "one dictionary of tensors", 6.0),
    ],
)
def test_the_dictionary_is_chosen_and_told(content: Any, chosen: str, value: float, tmp_path: Path) -> None:
    def tensors(number: float) -> dict[str, Any]:
        return {"a.weight": torch.full((2,), number), "a.num_batches_tracked": torch.tensor(3), "b": torch.zeros(1, 0)}

    packed = (
        {key: tensors(item) if isinstance(item, float) else item for key, item in content.items()}
        if isinstance(content, dict)
        else tensors(content)
    )
    torch.save(packed, tmp_path / "net.pth")
    found = read_checkpoint(tmp_path / "net.pth", "Test")
    assert chosen in found.notes[0]
    assert {name: values.tolist() for name, values in found.tensors.items()} == {"a.weight": [value, value]}


def test_prefixes_are_removed_where_all_have_them(tmp_path: Path) -> None:
    torch.save({"module.model.a": torch.ones(1), "module.model.b": torch.ones(1)}, tmp_path / "both.pth")
    found = read_checkpoint(tmp_path / "both.pth", "Test")
    assert list(found.tensors) == ["a", "b"] and "module.model." in found.notes[1]
    torch.save({"model.a": torch.ones(1), "head.b": torch.ones(1)}, tmp_path / "one.pth")
    assert list(read_checkpoint(tmp_path / "one.pth", "Test").tensors) == ["model.a", "head.b"]


def write_safetensors(path: Path, tensors: dict[str, np.ndarray], kinds: dict[str, str]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, values in tensors.items():
        content = values.tobytes()
        header[name] = {
            "dtype": kinds.get(name, "F32"),
            "shape": list(values.shape),
            "data_offsets": [len(body), len(body) + len(content)],
        }
        body += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def test_safetensors(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tensors = {
        "model.a": rng.normal(size=(2, 3)).astype(np.float32),
        "model.b": rng.normal(size=5).astype(np.float16),
        "model.c": np.zeros((1, 0), np.float32),
        "model.d": np.array(4.5, np.float32),
    }
    path = tmp_path / "model.safetensors"
    write_safetensors(path, tensors, {"model.b": "F16"})
    found = read_checkpoint(path, "Test")
    assert list(found.tensors) == ["a", "b", "d"]
    for name, values in found.tensors.items():
        np.testing.assert_array_equal(values, tensors[f"model.{name}"].astype(np.float32))
    assert any("float16 were converted" in note for note in found.notes)


def test_safetensors_as_its_own_package_writes_them(tmp_path: Path) -> None:
    package = pytest.importorskip("safetensors.torch")
    tensors = {"z": torch.randn(3, 2), "a": torch.randn(4).to(torch.bfloat16), "i": torch.tensor([1, 2])}
    package.save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    found = read_safetensors(tmp_path / "model.safetensors")
    assert set(found) == set(tensors)
    assert all(torch.equal(found[name], values) for name, values in tensors.items())


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-1],
        lambda content: content[:20],
        lambda content: struct.pack("<Q", 1 << 60) + content[8:],
        lambda content: content.replace(b'"shape": [2, 3]', b'"shape": [2, 4]'),
        lambda content: content.replace(b'"shape": [2, 3]', b'"shape": [-2,3]'),
        lambda content: content.replace(b'"F32"', b'"F99"'),
        lambda content: content.replace(b"[0, 24]", b"[0,-24]"),
    ],
)
def test_damaged_safetensors_are_refused(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_safetensors(path, {"a": np.zeros((2, 3), np.float32)}, {})
    changed = change(path.read_bytes())
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    with pytest.raises(ConversionError, match="no whole safetensors file"):
        read_checkpoint(path, "Test")


def test_absurd_sizes_reserve_nothing() -> None:
    with pytest.raises(ConversionError, match=r"weight has shape \(1, 1\), expected \(1000000, 1000000\)"):
        fit(lambda: torch.nn.Linear(10**6, 10**6), {"weight": np.zeros((1, 1), np.float32)}, "Test")
