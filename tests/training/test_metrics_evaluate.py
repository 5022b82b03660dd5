# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``evaluate`` from files to table, CSV, JSON, picture and card; the network is nearest upsampling."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.cards import DIGEST_FILE, file_digest, load_card  # noqa: E402
from satsharp.export_tools import evaluate  # noqa: E402
from satsharp.export_tools.baselines import upsample  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.degradation import wald_pair  # noqa: E402
from satsharp.export_tools.evaluation.sharpeners import load_model  # noqa: E402

from .conftest import make_place  # noqa: E402

BANDS = ("B05", "B06", "B07", "B8A", "B11", "B12")


def write_network(path: Path, half: bool = False) -> None:
    """Write nearest upsampling of ``b20``; ``b10`` goes through a 1 x 1 convolution of zeros."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    kind, dtype = (TensorProto.FLOAT16, np.float16) if half else (TensorProto.FLOAT, np.float32)
    weights = {"ones": np.ones((6, 1, 2, 2), dtype), "zeros": np.zeros((6, 4, 1, 1), dtype)}
    nodes = [
        helper.make_node("ConvTranspose", ["b20", "ones"], ["up"], strides=[2, 2], group=6),
        helper.make_node("Conv", ["b10", "zeros"], ["nothing"]),
        helper.make_node("Add", ["up", "nothing"], ["sharpened"]),
    ]
    shapes = {"b10": ["n", 4, "h2", "w2"], "b20": ["n", 6, "h", "w"], "sharpened": ["n", 6, "h2", "w2"]}
    infos = {name: helper.make_tensor_value_info(name, kind, shape) for name, shape in shapes.items()}
    graph = helper.make_graph(
        nodes,
        "nearest",
        [infos["b10"], infos["b20"]],
        [infos["sharpened"]],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))


@pytest.fixture()
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    write_network(folder / "s2-20m.onnx")
    document = {**load_config("s2-20m").document, "file": "s2-20m.onnx", "tiling": "exact", "licence": "CC0-1.0"}
    document["outputs"] = [{"name": "sharpened", "bands": list(BANDS), "role": "value"}]
    document["training"] = {}
    path = folder / "s2-20m.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    (folder / DIGEST_FILE).write_text(f"{file_digest(folder / 's2-20m.onnx')}  s2-20m.onnx\n", encoding="utf-8")
    return path


@pytest.fixture()
def table(tmp_path: Path, config: Config) -> Path:
    """Two places of the split test, as files."""
    entries = []
    for seed, name in ((1, "here"), (2, "there")):
        place = make_place(config, seed, targets_size=64)
        files = {}
        for group in config.groups:
            image = place.images[group.name]
            raster = gdal.GetDriverByName("GTiff").Create(
                str(tmp_path / f"{name}_{group.name}.tif"), *image.shape[:0:-1], len(image), gdal.GDT_Int16
            )
            for number, (band, pixels) in enumerate(zip(group.bands, image), 1):
                raster.GetRasterBand(number).SetDescription(band)
                raster.GetRasterBand(number).WriteArray(np.rint(pixels * 2000).astype(np.int16))
            files[group.name] = f"{name}_{group.name}.tif"
            raster = None
        entries.append({"id": name, "place": name, "split": "test", "kind": "native", "nodata": -1, "files": files})
    path = tmp_path / "places.json"
    path.write_text(json.dumps({"places": entries}), encoding="utf-8")
    return path


def arguments(*words: Any) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def test_everything_comes_out_of_one_run(card: Path, table: Path, tmp_path: Path, capsys: Any) -> None:
    out = {kind: tmp_path / f"out.{kind}" for kind in ("csv", "json", "png")}
    files = ["--csv", out["csv"], "--json", out["json"], "--plot", out["png"]]
    small = ["--landscapes", 1, "--landscape-size", 180, "--data", tmp_path, "--places", table]
    assert evaluate.run(arguments(card, *small, *files, "--write-card", "--cpsnr", 2)) == 0
    text = capsys.readouterr().out
    assert "here" in text and "there" in text and "Effective GSD" in text

    document = json.loads(out["json"].read_text("utf-8"))
    assert [(row["place"], row["degradation"]) for row in document["rows"]] == [
        ("here", "published"),
        ("there", "published"),
        ("here", "mtf"),
        ("there", "mtf"),
    ]
    for row in document["rows"]:
        network, nearest = row["methods"]["network"], row["methods"]["nearest"]
        for name in ("rmse", "sam", "uiq", "ergas", "psnr", "ssim", "cpsnr"):
            assert network[name] == pytest.approx(nearest[name], rel=1e-5), name
        # Places that are too small to tell their point spread: nothing is corrected.
        assert row["methods"]["consistent"] == network
    # The engine rounds to digital numbers; by default it falls back to bicubic where the network is worse.
    (simulated,) = document["landscapes"]
    errors = {name: figures["rmse"] for name, figures in simulated["methods"].items()}
    assert errors["network"] == pytest.approx(errors["nearest"], rel=2e-3)
    assert errors["network"] > 1.05 * errors["bicubic"]
    assert errors["engine"] < 1.001 * errors["bicubic"]
    sharp, dull = (document["resolution"][name]["B05"] for name in ("network", "nearest"))
    assert sharp["effective_gsd_m"] == pytest.approx(dull["effective_gsd_m"], rel=1e-3)
    assert sharp["bars"] == pytest.approx(dull["bars"], abs=1e-3)

    with out["csv"].open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    chosen = {"place": "here", "degradation": "mtf", "method": "bicubic", "band": "B11", "figure": "rmse"}
    (line,) = (line for line in lines if chosen.items() <= line.items())
    bicubic = document["rows"][2]["methods"]["bicubic"]
    assert float(line["value"]) == pytest.approx(bicubic["rmse_per_band"][4], rel=1e-5)
    assert {line["band"] for line in lines} == {*BANDS, "all"}
    assert out["png"].read_bytes().startswith(b"\x89PNG") and out["png"].stat().st_size > 20_000

    figures = load_card(card).document["figures"]
    ratios = [row["methods"]["network"]["rmse"] / row["methods"]["bicubic"]["rmse"] for row in document["rows"][:2]]
    assert figures["mean_ratio_to_bicubic"]["published"]["network"] == pytest.approx(np.mean(ratios), abs=5e-4)
    assert figures["effective_gsd"]["grid"] == 10
    assert figures["full_scale"]["places"][0]["place"].endswith("L2A")
    assert set(figures["places"][0]["network"]) == {"sre", "sam", "uiq", "ergas", "psnr", "ssim", "grid"}
    assert figures["consistency"]["published"]["network"]["reflectance"] > 0
    names = [row["place"] for row in document["faint"]]
    assert names[:4] == ["here, foreign guides 1", "there, faint 1", "here, faint 2", "there, faint 2"]
    assert names[4:] == names[:4] and {row["degradation"] for row in document["faint"][4:]} == {"mtf"}
    worst = [row["methods"]["network"]["rmse"] / row["methods"]["bicubic"]["rmse"] for row in document["faint"][4:]]
    assert figures["faint"]["mtf"]["worst"] == pytest.approx(max(worst), abs=5e-4)
    assert figures["faint"]["mtf"]["mean"] == pytest.approx(np.mean(worst), abs=5e-4)
    faint = [row for row in document["faint"] if "foreign" not in row["place"]]
    grids = [row["methods"]["network"]["grid"] for row in faint if row["degradation"] == "mtf"]
    assert figures["faint"]["mtf"]["worst_grid"] == pytest.approx(max(grids), abs=0.05) and max(grids) > 0.1
    seen = [np.mean([row["methods"][name]["grid"] for row in document["rows"]]) for name in ("network", "bicubic")]
    worst = max(row["methods"]["network"]["grid"] for row in faint)
    assert f"| {seen[0]:.1f}, {seen[1]:.1f}, {worst:.1f} |" in (card.parent / "README.md").read_text("utf-8")
    assert "Scenes that tell little, mtf" in text and "here, foreign guides 1" in text
    assert "`s2-20m`" in (card.parent / "README.md").read_text("utf-8")


def quick(*words: Any) -> argparse.Namespace:
    return arguments(*words, "--landscapes", 0, "--no-resolution", "--methods", "nearest", "--degradation", "published")


def test_variants_stand_beside_the_network(card: Path, table: Path, tmp_path: Path) -> None:
    write_network(tmp_path / "half.onnx", half=True)
    words = ["--data", tmp_path, "--places", table, "--variant", f"fp16={tmp_path / 'half.onnx'}"]
    found = evaluate.evaluate(quick(card, *words))
    assert found.methods == ("nearest", "bicubic", "network_fp16", "network", "consistent")
    full, half = (found.rows[0]["methods"][name]["rmse"] for name in ("network", "network_fp16"))
    assert half == pytest.approx(full, rel=0.01) and half != full


def test_a_config_alone_gives_the_classical_methods(table: Path, tmp_path: Path) -> None:
    found = evaluate.evaluate(quick("s2-20m", "--data", tmp_path, "--places", table, "--only", "there"))
    assert found.methods == ("nearest", "bicubic")
    assert [row["place"] for row in found.rows] == ["there"]
    assert found.command.endswith("--degradation published --only there")


def test_a_run_folder_stands_for_its_network(config: Config, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from satsharp.export_tools.networks import build
    from satsharp.export_tools.training.checkpoint import save_checkpoint

    # SRCNN with a skip connection starts at bilinear upsampling.
    settings = {"kind": "srcnn", "groups": [[4, 1], [6, 2]], "widths": [4, 4]}
    state = {
        "config": json.dumps({**config.document, "network": settings}),
        "average": build(settings).state_dict(),
        "default": torch.zeros(6, 6),
    }
    save_checkpoint(state, tmp_path)
    model = load_model(tmp_path)
    pair = wald_pair(make_place(config, 3, targets_size=48), config, "published")
    bilinear = upsample(pair.inputs["b20"], 2, "bilinear")
    np.testing.assert_allclose(model.method(pair, model.config), bilinear, atol=1e-5)


def test_wrong_arguments_are_told_in_a_sentence(card: Path, table: Path, tmp_path: Path, capsys: Any) -> None:
    data = ["--data", tmp_path, "--places", table]
    for words, sentence in (
        ([tmp_path / "nothing.json", *data], "is no card, no run folder and no config"),
        ([card, *data, "--only", "nowhere"], "No place of the split test"),
        ([card, *data, "--variant", "fp16"], "is no variant"),
        (["s2-60m", *data, "--reference", "aesr"], "AESR sharpens the 20 m bands"),
        ([card, *data, "--write-card"], "Leave out --methods"),
    ):
        assert evaluate.run(quick(*words)) == 1
        assert sentence in capsys.readouterr().out
