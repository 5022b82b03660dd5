# SPDX-License-Identifier: GPL-2.0-or-later
"""What every conversion goes through: comparison with torch, halo, tiling, card, digests and the command line."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card, read_digests, verify_digest  # noqa: E402
from satsharp.core.errors import CardError  # noqa: E402
from satsharp.export_tools.converters import choose, command, converters  # noqa: E402
from satsharp.export_tools.converters.finishing import export_onnx, finish, spaced_digest  # noqa: E402
from satsharp.export_tools.converters.framework import (  # noqa: E402
    ConversionError,
    Converted,
    Options,
    Recognised,
    check_shapes,
    count_values,
    load_tensors,
    random_examples,
)
from satsharp.export_tools.converters.parity import check_parity, parity, rounding  # noqa: E402
from torch import nn  # noqa: E402

CARD: dict[str, Any] = {
    "id": "toy",
    "name": "Toy",
    "sensor": "any",
    "gsd": 10,
    "scale_factor": 2,
    "value_range": {"scale": 1.0, "offset": 0.0},
    "inputs": [{"name": "image", "bands": ["a", "b", "c"], "gsd": 20}],
    "outputs": [{"name": "sharpened", "bands": ["a", "b", "c"]}],
    "licence": "MIT",
}
EXAMPLES = random_examples([[(1, 3, 8, 8)], [(2, 3, 6, 10)]])


class Enlarge(nn.Module):
    """A convolution and nearest upsampling; optionally the mean of the whole image is subtracted."""

    def __init__(self, mean: bool = False, kernel: int = 5) -> None:
        super().__init__()
        self.mean = mean
        self.layer = nn.Conv2d(3, 3, kernel, padding=kernel // 2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        image = image - image.mean((2, 3), keepdim=True) if self.mean else image
        return nn.functional.interpolate(self.layer(image), scale_factor=2, mode="nearest")


@pytest.fixture()
def source(tmp_path: Path) -> Path:
    """A file to stand for a checkpoint."""
    path = tmp_path / "weights.h5"
    path.write_bytes(b"some weights")
    return path


def made(network: nn.Module, **changes: Any) -> Converted:
    torch.manual_seed(0)
    recognised = Recognised("Toy", {"width": 3}, 228, notes=("A note.",))
    return Converted(network.eval(), EXAMPLES, {**CARD, **changes}, recognised)


def test_card_digest_and_graph_are_written(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "here"
    finished = finish(made(Enlarge()), source, out, Options(origin="a friend"))
    card = load_card(finished.card)
    assert (finished.halo, finished.alignment, finished.tiling, card.tiling) == (2, 1, "exact", "exact")
    assert verify_digest(card) == read_digests(out / "SHA256SUMS")["toy.onnx"]
    model = onnx.load(str(card.path))
    assert (model.opset_import[0].version, model.ir_version) == (17, 8)
    network, origin = card.document["network"], card.document["origin"]
    assert (network["family"], network["width"], network["parameters"], network["halo"]) == ("Toy", 3, 228, 2)
    assert (origin["text"], origin["file"], origin["bytes"]) == ("a friend", "weights.h5", 12)
    digest = "".join(origin["digest"].split()[1:])
    assert f"# {digest}  weights.h5 is the source of toy.onnx" in (out / "SHA256SUMS").read_text("utf-8")
    assert {path.name for path in out.iterdir()} == {"toy.json", "toy.onnx", "SHA256SUMS"}


def test_digests_of_other_models_stay_and_one_is_replaced(source: Path, tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        finish(made(Enlarge()), source, tmp_path, Options(id=name))
    lines = (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines()
    assert sorted(line.split()[-1] for line in lines) == ["one.onnx", "one.onnx", "two.onnx", "two.onnx"]
    for name in ("one", "two"):
        assert (
            verify_digest(load_card(tmp_path / f"{name}.json")) == read_digests(tmp_path / "SHA256SUMS")[f"{name}.onnx"]
        )


def test_no_word_of_a_card_looks_like_a_secret() -> None:
    words = spaced_digest("0123456789abcdef" * 4).split()
    assert (words[0], len(words), "".join(words[1:])) == ("SHA-256", 9, "0123456789abcdef" * 4)
    assert max(len(word) for word in words) == 8


def test_global_operations_are_named_and_blended(source: Path, tmp_path: Path) -> None:
    finished = finish(made(Enlarge(mean=True)), source, tmp_path, Options())
    assert (finished.tiling, load_card(finished.card).tiling) == ("blended", "blended")
    assert [operation.split()[0] for operation in finished.global_operations] == ["ReduceMean"]
    with pytest.raises(ConversionError, match="--tiling exact is impossible.*ReduceMean"):
        finish(made(Enlarge(mean=True)), source, tmp_path, Options(tiling="exact"))
    assert finish(made(Enlarge()), source, tmp_path, Options(tiling="blended")).tiling == "blended"


class Fickle(nn.Module):
    """Says something else once it was traced."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        scale = 1.0 if torch.onnx.is_in_onnx_export() else 1.001
        return nn.functional.interpolate(image * scale, scale_factor=2, mode="nearest")


def test_a_graph_that_disagrees_with_torch_is_refused_and_leaves_nothing(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ConversionError, match=r"differ by 1.0e-03 of the largest value, more than 2e-05"):
        finish(made(Fickle()), source, out, Options())
    assert list(out.iterdir()) == []


def test_a_card_that_contradicts_its_graph_is_refused_and_leaves_nothing(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(CardError, match="declares 3"):
        finish(made(Enlarge(), gsd=20 / 3, scale_factor=3), source, out, Options())
    assert list(out.iterdir()) == []


class Chaotic(nn.Module):
    """Multiplies the rounding of its input by thousands, and (wrong) what ONNX Runtime computes by 1.002."""

    def __init__(self, wrong: float = 0.0) -> None:
        super().__init__()
        self.wrong = wrong

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        scale = 1 + self.wrong if torch.onnx.is_in_onnx_export() else 1
        return torch.sin(image * 4000) * scale


def test_rounding_of_float32_is_allowed_for_but_not_more(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    assert 2e-5 < rounding(Chaotic(), EXAMPLES) < 1e-3
    assert rounding(Enlarge(), EXAMPLES) < 2e-6
    export_onnx(Chaotic(), EXAMPLES[0], ["image"], ["sharpened"], path)
    assert check_parity(Chaotic(), path, EXAMPLES) < 5e-4
    export_onnx(Chaotic(0.002), EXAMPLES[0], ["image"], ["sharpened"], path)
    with pytest.raises(ConversionError, match="differ by 2.0e-03"):
        check_parity(Chaotic(), path, EXAMPLES)


def test_parity_is_the_largest_relative_difference(tmp_path: Path) -> None:
    network = Enlarge().eval()
    path = tmp_path / "a.onnx"
    export_onnx(network, EXAMPLES[0], ["image"], ["sharpened"], path)
    assert check_parity(network, path, EXAMPLES) == parity(network, path, EXAMPLES) < 2e-6
    with torch.no_grad():
        network.layer.bias += 0.01
        largest = max(float(network(*tensors).abs().max()) for tensors in EXAMPLES)
    assert parity(network, path, EXAMPLES) >= 0.0099 / largest


@pytest.mark.parametrize("name", ["../toy", "a b", ".toy", "toy/toy"])
def test_ids_that_are_no_file_names_are_refused(name: str, source: Path, tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="cannot be a file name"):
        finish(made(Enlarge()), source, tmp_path, Options(id=name))


def test_the_first_differing_tensor_is_named() -> None:
    expected = {"a": (1, 2), "b": (3,), "c": (4,)}
    check_shapes(expected, dict(reversed(expected.items())), "Toy")
    for found, reason in (
        ({"a": (1, 2), "c": (4,)}, r"tensor b of shape \(3,\) is missing"),
        ({"a": (2, 1), "b": (4,), "c": (4,)}, r"tensor a has shape \(2, 1\), expected \(1, 2\)"),
        ({**expected, "d": (5,)}, r"has the tensor d of shape \(5,\), which this network lacks"),
    ):
        with pytest.raises(ConversionError, match=reason):
            check_shapes(expected, found, "Toy")


def test_tensors_are_loaded_by_name() -> None:
    network = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3))
    state = {
        name: np.random.default_rng(0).uniform(0.5, 1, tuple(tensor.shape)).astype(np.float32)
        for name, tensor in network.state_dict().items()
        if not name.endswith("tracked")
    }
    assert count_values(load_tensors(network, state, "Toy")) == 6 + 3 + 4 * 3
    assert not network.training
    for name, values in state.items():
        np.testing.assert_array_equal(network.state_dict()[name].numpy(), values)
    state["1.running_var"] = np.array([1, np.nan, 1], np.float32)
    with pytest.raises(ConversionError, match="1.running_var holds NaN"):
        load_tensors(network, state, "Toy")


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


def test_command_line_becomes_options() -> None:
    words = ("a.h5", "--as", "rdn", "--id", "mine", "--plain", "--set", "stretch=0,0.3", "--set", "gsd=3")
    options = command.options_of(parsed(*words))
    assert (options.id, options.plain, options.number("gsd", 1), options.setting("stretch")) == (
        "mine",
        True,
        3,
        "0,0.3",
    )
    assert (options.number("beta", 0.2), options.setting("bands", "x")) == (0.2, "x")
    with pytest.raises(ConversionError, match="stretch=0,0.3 is no number"):
        options.number("stretch", 0)
    with pytest.raises(ConversionError, match="--set gsd has no value"):
        command.options_of(parsed("a.h5", "--set", "gsd"))


def test_errors_are_one_sentence_and_a_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(parsed(str(tmp_path / "none.h5"), "--out", str(tmp_path))) == 1
    assert "none.h5 cannot be read: No such file or directory." in capsys.readouterr().err
    assert command.run(parsed(str(tmp_path), "--as", "nothing", "--out", str(tmp_path))) == 1
    assert "There is no converter 'nothing'" in capsys.readouterr().err


def test_report_says_what_was_recognised(source: Path, tmp_path: Path) -> None:
    converted = made(Enlarge())
    finished = finish(converted, source, tmp_path, Options())
    lines = command.report(converted, finished)
    assert lines[0] == "Recognised Toy: width 3"
    assert lines[1] == "Parameters: 228, not the count of a published model"
    assert "A note." in lines and lines[-1] == f"Written: {finished.card}"
    published = dataclasses.replace(converted.recognised, published="Toy 3")
    lines = command.report(dataclasses.replace(converted, recognised=published), finished)
    assert lines[1] == "Parameters: 228, the count of Toy 3"


def test_every_name_belongs_to_one_family() -> None:
    known = converters()
    assert {"dsen2", "vdsen2", "satsr", "up42", "rdn", "rrdn", "redes-srgan", "redes-edsr", "redes-wdsr"} <= {*known}
    assert all(name in converter.names and converter.summary for name, converter in known.items())
    with pytest.raises(ConversionError, match="auto"):
        choose("no-such", Path("a"))


def test_convert_is_a_command_of_export_tools() -> None:
    from satsharp.export_tools.__main__ import COMMANDS

    assert COMMANDS["convert"][0] == "converters.command"


def test_card_is_json_that_people_can_read(source: Path, tmp_path: Path) -> None:
    finished = finish(made(Enlarge()), source, tmp_path, Options(licence="CC-BY-4.0"))
    document = json.loads(finished.card.read_text("utf-8"))
    assert (document["licence"], document["notes"], document["file"]) == ("CC-BY-4.0", ["A note."], "toy.onnx")
