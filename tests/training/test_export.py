# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
ort = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")
pytest.importorskip("osgeo")

from satsharp.core.cards import load_card, verify_digest  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools import export  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.networks import KINDS, build  # noqa: E402
from satsharp.export_tools.onnx_writer import export_onnx  # noqa: E402
from satsharp.export_tools.parity import PARITY, SIZES, differences, parity, parity_table  # noqa: E402
from satsharp.export_tools.trained_card import card_of  # noqa: E402

GROUPS = [[4, 1], [6, 2]]
SETTINGS: dict[str, dict[str, Any]] = {
    "compact": {"kind": "compact", "guides": [[4, 2]], "targets": 6, "width": 16, "depth": 1},
    "views": {"kind": "views", "views": 2, "guides": [[4, 2]], "targets": 6, "width": 8, "depth": 1},
    "dsen2": {"kind": "dsen2", "groups": GROUPS, "width": 8, "depth": 2},
    "vdsen2": {"kind": "vdsen2", "groups": GROUPS},
    "srcnn": {"kind": "srcnn", "groups": GROUPS, "widths": [8, 8], "kernels": [5, 1, 3]},
}


class WithSpread(torch.nn.Module):
    """A network and an estimate of its error: a tenth of the distance between result and mean coarse pixel."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        value = self.network(*tensors)
        return value, 0.1 * value.abs() + 0.01

    def example(self, rows: int = 8, batch: int = 1) -> Any:
        return self.network.example(rows, batch)


def trained(config: Config, settings: dict[str, Any]) -> torch.nn.Module:
    """A network of random weights none of which is zero."""
    torch.manual_seed(0)
    network = build(settings).eval()
    for name, weights in network.named_parameters():
        if float(weights.detach().abs().max()) == 0:
            torch.nn.init.normal_(weights, std=0.02 if name.endswith("weight") else 0.001)
    return network


def write_run(folder: Path, config: Config, settings: dict[str, Any]) -> Path:
    """The folder that ``train`` would leave."""
    document = {**config.document, "network": settings}
    state = {
        "config": json.dumps(document),
        "average": trained(config, settings).state_dict(),
        "default": torch.full((6, 6), 0.1),
        "places": ["made"],
        "progress": {"step": 7, "seconds": 90.0},
        "seed": 3,
        "threads": 1,
    }
    folder.mkdir(parents=True)
    torch.save(state, folder / "checkpoint.pt")
    return folder


def test_every_kind_of_network_is_covered() -> None:
    # The U-Nets have inputs of their own: test_unet_export.py. Injection has no weights: test_classical.py.
    assert {*SETTINGS, "s2l8h", "injection"} == set(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in SETTINGS if kind != "vdsen2"])
def test_a_run_becomes_a_model_that_the_engine_accepts(
    kind: str, config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = write_run(tmp_path / "run", config, SETTINGS[kind]), tmp_path / "models"
    assert main(["export", str(folder), "--out", str(out)]) == 0
    card = load_card(out / "s2-20m.json")
    assert len(verify_digest(card)) == 64
    network = inspect_network(card)
    printed = capsys.readouterr().out
    assert f"halo {network.halo} px" in printed
    assert "max abs difference" in printed
    model = onnx.load(str(card.path))
    assert (model.ir_version, model.opset_import[0].version) == (8, 17)
    assert (card.scene_pass is not None) == (kind in ("compact", "views"))
    assert card.document["training"]["chips"] == 7 * int(config.training["batch"])
    assert card.document["training"]["minutes"] == 1.5


def test_halo_of_srcnn_is_the_radius_of_its_convolutions(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "run", config, SETTINGS["srcnn"])
    main(["export", str(folder), "--out", str(tmp_path)])
    # 5 x 5 and 3 x 3 at 10 m see 3 px; at 20 m these and the bilinear interpolation lie on 2 px and one more.
    assert inspect_network(load_card(tmp_path / "s2-20m.json")).halo == 3
    assert "b10 3 px of 10 m, b20 3 px of 20 m" in capsys.readouterr().out


def test_a_run_with_a_spread_says_so_on_its_card(config: Config, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", config, {**SETTINGS["compact"], "interval": True})
    assert main(["export", str(folder), "--out", str(tmp_path)]) == 0
    card = load_card(tmp_path / "s2-20m.json")
    assert [(output.role, output.bands) for output in card.outputs] == [
        ("value", config.targets.bands),
        ("spread", config.targets.bands),
    ]
    assert inspect_network(card).global_operations == ()


@pytest.mark.parametrize("kind", [kind for kind in SETTINGS if kind != "vdsen2"])
def test_onnx_runtime_computes_what_torch_computes_on_odd_and_oblong_images(
    kind: str, config: Config, tmp_path: Path
) -> None:
    network, path = trained(config, SETTINGS[kind]), tmp_path / "network.onnx"
    assert export_onnx(network, config, path) == ("sharpened",)
    found = differences(network, path)
    assert [(entry.batch, entry.rows, entry.columns) for entry in found] == list(SIZES)
    assert any(entry.rows % 2 and entry.columns % 2 and entry.rows != entry.columns for entry in found)
    assert max(entry.relative for entry in found) == parity(network, path) < PARITY


def test_parity_tells_how_far_another_network_is_off(config: Config, tmp_path: Path) -> None:
    network, path = trained(config, SETTINGS["compact"]), tmp_path / "network.onnx"
    export_onnx(network, config, path)
    network.register_forward_hook(lambda module, tensors, output: output + 0.5)
    found = differences(network, path)
    assert [entry.absolute for entry in found] == pytest.approx([0.5] * len(SIZES), abs=1e-4)
    assert "1000.0" in parity_table(found, 2000.0)


def test_a_wrong_export_is_removed(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "run", config, SETTINGS["compact"])
    real = export.differences

    def off(*arguments: Any) -> Any:
        return [dataclasses.replace(entry, relative=1e-3) for entry in real(*arguments)]

    monkeypatch.setattr(export, "differences", off)
    assert main(["export", str(folder), "--out", str(tmp_path / "models")]) == 1
    assert "not to be trusted" in capsys.readouterr().out
    assert list((tmp_path / "models").iterdir()) == []


def test_a_network_with_a_spread_gets_a_second_output(config: Config, tmp_path: Path) -> None:
    network, path = WithSpread(trained(config, SETTINGS["compact"])), tmp_path / "s2-20m.onnx"
    outputs = export_onnx(network, config, path)
    assert outputs == ("sharpened", "spread")
    found = differences(network, path)
    assert {entry.output for entry in found} == {"sharpened", "spread"}
    assert max(entry.relative for entry in found) < PARITY
    document = card_of(config, np.zeros((6, 6), np.float32), {}, 0, outputs)
    (tmp_path / "s2-20m.json").write_text(json.dumps(document), "utf-8")
    card = load_card(tmp_path / "s2-20m.json")
    assert [(output.name, output.role) for output in card.outputs] == [("sharpened", "value"), ("spread", "spread")]
    assert card.target_bands == config.targets.bands
    assert inspect_network(card).global_operations == ()


def test_a_card_alone_has_nothing_to_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}", "utf-8")
    assert main(["export", str(tmp_path / "x.json"), "--out", str(tmp_path / "models")]) == 1
    assert "Pass --variant" in capsys.readouterr().err


def test_a_folder_without_a_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path), "--out", str(tmp_path / "models")]) == 1
    assert "checkpoint.pt" in capsys.readouterr().err


def test_views_of_a_run_and_of_its_card_are_the_same_model(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "run", config, {**SETTINGS["compact"], "interval": True})
    assert main(["export", str(folder), "--views", "2", "--out", str(tmp_path / "two")]) == 0
    assert main(["export", str(folder), "--out", str(tmp_path / "one")]) == 0
    path = tmp_path / "one" / "s2-20m.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "figures": {"old": 1}, "interval": {"old": 1}}), encoding="utf-8")
    assert main(["export", str(path), "--views", "2", "--out", str(tmp_path / "again")]) == 0
    made = load_card(tmp_path / "two" / "s2-20m.json")
    again = load_card(tmp_path / "again" / "s2-20m.json")
    assert len(verify_digest(again)) == 64
    assert made.document == again.document
    assert (made.document["network"]["kind"], made.document["network"]["views"]) == ("views", 2)
    assert made.document["network"]["parameters"] == 2 * document["network"]["parameters"]
    assert made.document["training"]["note"].endswith("mean over 2 flips and turns of the image (export --views 2).")
    assert not {"figures", "interval"} & set(again.document)
    rng = np.random.default_rng(1)
    images = {"b10": rng.random((1, 4, 20, 28), np.float32), "b20": rng.random((1, 6, 10, 14), np.float32)}
    # Point spreads are symmetric, or the regression itself would depend on how the image is turned.
    taps = rng.random((6, 10), np.float32)
    scene = {"regression": np.concatenate([rng.random((6, 6), np.float32), (taps + taps[:, ::-1]) / 10], axis=1)}
    turned = {name: np.ascontiguousarray(image[:, :, ::-1, ::-1]) for name, image in images.items()}
    one, two, other = (ort.InferenceSession(str(tmp_path / name / "s2-20m.onnx")) for name in ("one", "two", "again"))
    mean = (one.run(None, {**images, **scene})[0] + one.run(None, {**turned, **scene})[0][:, :, ::-1, ::-1]) / 2
    np.testing.assert_allclose(two.run(None, {**images, **scene})[0], mean, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(*(each.run(None, {**images, **scene})[0] for each in (two, other)))
    capsys.readouterr()
    assert main(["export", str(tmp_path / "two" / "s2-20m.json"), "--views", "2", "--out", str(tmp_path)]) == 1
    assert "no compact network of one view" in capsys.readouterr().err


def test_views_of_another_network_are_refused(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "run", config, SETTINGS["srcnn"])
    assert main(["export", str(folder), "--views", "8", "--out", str(tmp_path / "out")]) == 1
    assert "Leave --views out" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*.onnx"))
