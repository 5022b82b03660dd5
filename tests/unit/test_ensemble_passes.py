# SPDX-License-Identifier: GPL-2.0-or-later
"""A member that draws at random is run as often as its card says, and every pass draws other numbers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper  # noqa: E402
from satsharp.core.cards import Card, load_card  # noqa: E402
from satsharp.core.errors import CardError  # noqa: E402
from satsharp.core.harmonization.ensemble_run import run_ensemble, with_passes  # noqa: E402
from satsharp.core.harmonization.landsat_plan import plan_harmonization  # noqa: E402
from satsharp.core.harmonization.landsat_request import ENSEMBLE, LANDSAT_BANDS, PAIRS, HarmonizeRequest  # noqa: E402
from satsharp.core.harmonization.landsat_scene import open_landsat  # noqa: E402
from satsharp.core.options import Options  # noqa: E402
from satsharp.core.sensors import load_sensors  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

PASSES = 6
SENSORS = {sensor.id: sensor for sensor in load_sensors()[0]}


def noisy_member(folder: Path, **changes: object) -> Path:
    """A network that multiplies its six bands by random numbers between 0.9 and 1.1, pixel by pixel."""
    ms, out = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 6, "rows", "cols"]) for name in ("ms", "harmonized")
    )
    nodes = [
        helper.make_node("RandomUniformLike", ["ms"], ["gain"], low=0.9, high=1.1),
        helper.make_node("Mul", ["ms", "gain"], ["harmonized"]),
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "noisy", [ms], [out]), opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    (folder / "noisy.onnx").write_bytes(model.SerializeToString())
    document = {
        "id": "noisy",
        "name": "noisy",
        "file": "noisy.onnx",
        "sensor": "landsat",
        "task": "harmonization",
        "levels": ["L2SP"],
        "gsd": 10,
        "scale_factor": 1,
        "value_range": {"scale": 1.0, "offset": 0.0},
        "inputs": [{"name": "ms", "bands": list(LANDSAT_BANDS), "gsd": 10}],
        "outputs": [{"name": "harmonized", "bands": [band for _, band in PAIRS]}],
        "tiling": "blended",
        "blend": {"block": 512, "overlap": 32},
        "licence": "MIT",
        "stochastic": {"passes": PASSES},
        **changes,
    }
    (folder / "noisy.json").write_text(json.dumps(document))
    digest = hashlib.sha256((folder / "noisy.onnx").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  noisy.onnx\n")
    return folder / "noisy.json"


@pytest.fixture()
def card(tmp_path: Path) -> Card:
    return load_card(noisy_member(tmp_path))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("product")
    options = LandsatOptions(size=90, seed=2, level="L1TP")
    simulate_landsat(folder, options)
    return str(simulate_landsat(folder, replace(options, level="L2SP")).folder)


def test_passes_are_members_and_the_log_says_so(card: Card) -> None:
    said: list[str] = []
    plain = replace(card, id="plain", document={})
    assert [member.id for member in with_passes((plain, card), said.append)] == ["plain"] + ["noisy"] * PASSES
    (sentence,) = said
    assert f"noisy draws at random: {PASSES} passes" in sentence
    assert "depends on how it is tiled" in sentence


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"tiling": "exact", "blend": None}, "no exact tiling"), ({"stochastic": {"passes": 0}}, "at least 1")],
)
def test_cards_that_cannot_be(changes: dict[str, object], reason: str, tmp_path: Path) -> None:
    path = noisy_member(tmp_path, **changes)
    with pytest.raises(CardError, match=reason):
        load_card(path)


def test_every_pass_draws_other_numbers(card: Card, source: str, tmp_path: Path) -> None:
    means = []
    for number in range(2):
        work = tmp_path / f"work{number}"
        work.mkdir()
        options = Options(guard="off", consistency=False, reflectance=True, interval_output=str(work / "variance.tif"))
        wanted = HarmonizeRequest(
            source=source,
            output=str(work / "mean.tif"),
            method=ENSEMBLE,
            brdf=False,
            under_clouds="harmonized",
            options=options,
        )
        shares: list[float] = []
        _, _, result = run_ensemble(wanted, (card,), SENSORS, work, shares.append, lambda: False, lambda text: None)
        assert shares == sorted(shares)
        means.append(gdal.Open(str(result.output)).ReadAsArray())
    dataset = gdal.Open(str(work / "variance.tif"))
    variance, mean = dataset.ReadAsArray(), means[0]
    valid = np.isfinite(mean)
    assert valid.mean() > 0.7
    relative = float(np.sqrt(np.median((variance / mean**2)[valid])))
    # A uniform number of width 0.2 deviates by 0.2 / sqrt(12) = 0.0577; the median over six of them lies lower.
    assert 0.048 < relative < 0.058
    assert dataset.GetMetadataItem("SATSHARP_MODELS") == f"noisy x {PASSES}"
    # The scene is one block, so workers do not compete for numbers: they are those of the seeds.
    assert np.array_equal(means[0], means[1], equal_nan=True)


def test_one_pass_says_that_it_is_one_and_repeats(tmp_path: Path) -> None:
    # The scene is one block here, too.
    card = load_card(noisy_member(tmp_path, blend={"block": 128, "overlap": 32}))
    options = LandsatOptions(size=30, seed=2, level="L1TP", nodata_corner=False)
    simulate_landsat(tmp_path, options)
    source = str(simulate_landsat(tmp_path, replace(options, level="L2SP")).folder)
    results, said = [], []
    for number in range(2):
        work = tmp_path / f"work{number}"
        work.mkdir()
        wanted = HarmonizeRequest(
            source=source,
            output=str(work / "one.tif"),
            card=card,
            brdf=False,
            under_clouds="harmonized",
            options=Options(guard="off", consistency=False),
        )
        found = open_landsat(wanted, SENSORS, work, lambda: False, lambda sentence: None)
        job = plan_harmonization(wanted, found, SENSORS["sentinel2"])
        run(job, lambda share: None, lambda: False, said.append)
        results.append(gdal.Open(str(work / "one.tif")).ReadAsArray())
    assert np.array_equal(*results)
    assert (results[0] != -9999).mean() > 0.7
    sentence = f"noisy draws at random, and this is one pass of the {PASSES} that its card asks for"
    assert sum(text.startswith(sentence) for text in said) == 2
