# SPDX-License-Identifier: GPL-2.0-or-later
"""An ensemble over a simulated product: mean and unbiased variance of its members, and nothing left behind."""

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
from satsharp.core.errors import CancelledError, OutputError  # noqa: E402
from satsharp.core.harmonization import ensemble_run  # noqa: E402
from satsharp.core.harmonization.ensemble_run import run_ensemble  # noqa: E402
from satsharp.core.harmonization.landsat_request import ENSEMBLE, LANDSAT_BANDS, PAIRS, HarmonizeRequest  # noqa: E402
from satsharp.core.job import Result  # noqa: E402
from satsharp.core.options import Options  # noqa: E402
from satsharp.core.sensors import load_sensors  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

GAINS = (1.0, 1.1, 1.3)
SENSORS = {sensor.id: sensor for sensor in load_sensors()[0]}


def member(folder: Path, gain: float) -> Card:
    """A network that multiplies its six bands and ignores the pan."""
    name = f"member-{round(10 * gain)}"
    shape = [1, None, "rows", "cols"]
    ms, pan, out = (
        helper.make_tensor_value_info(tensor, TensorProto.FLOAT, [1, bands, *shape[2:]])
        for tensor, bands in (("ms", 6), ("pan", 1), ("harmonized", 6))
    )
    weights = [
        helper.make_tensor("gain", TensorProto.FLOAT, [1], [gain]),
        helper.make_tensor("none", TensorProto.FLOAT, [1], [0.0]),
    ]
    nodes = [
        helper.make_node("Mul", ["ms", "gain"], ["scaled"]),
        helper.make_node("Mul", ["pan", "none"], ["nothing"]),
        helper.make_node("Add", ["scaled", "nothing"], ["harmonized"]),
    ]
    graph = helper.make_graph(nodes, name, [ms, pan], [out], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    document = {
        "id": name,
        "name": name,
        "file": f"{name}.onnx",
        "sensor": "landsat",
        "task": "harmonization",
        "levels": ["L2SP"],
        "gsd": 10,
        "scale_factor": 1,
        "value_range": {"scale": 1.0, "offset": 0.0},
        "cubic_parameter": -0.75,
        "inputs": [
            {"name": "ms", "bands": list(LANDSAT_BANDS), "gsd": 10},
            {"name": "pan", "bands": ["B8"], "gsd": 10},
        ],
        "outputs": [{"name": "harmonized", "bands": [band for _, band in PAIRS]}],
        "tiling": "exact",
        "licence": "MIT",
    }
    (folder / f"{name}.json").write_text(json.dumps(document))
    return load_card(folder / f"{name}.json")


@pytest.fixture(scope="module")
def members(tmp_path_factory) -> tuple[Card, ...]:
    folder = tmp_path_factory.mktemp("members")
    cards = tuple(member(folder, gain) for gain in GAINS)
    lines = [f"{hashlib.sha256(card.path.read_bytes()).hexdigest()}  {card.path.name}\n" for card in cards]
    (folder / "SHA256SUMS").write_text("".join(lines))
    return cards


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("product")
    options = LandsatOptions(size=90, seed=2, level="L1TP")
    simulate_landsat(folder, options)
    return str(simulate_landsat(folder, replace(options, level="L2SP")).folder)


def request(source: str, output: Path, **options) -> HarmonizeRequest:
    return HarmonizeRequest(
        source=source,
        output=str(output),
        method=ENSEMBLE,
        brdf=False,
        under_clouds="harmonized",
        options=Options(guard="off", consistency=False, **options),
    )


def run(wanted, members, folder, cancel_at=2.0):
    shares = []
    folder.mkdir()
    result = run_ensemble(
        wanted, members, SENSORS, folder, shares.append, lambda: bool(shares) and shares[-1] >= cancel_at, print
    )
    assert shares == sorted(shares) and shares[-1] == 1
    return result


def read(path) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray()


def test_mean_and_variance_are_those_of_the_members(members, source, tmp_path):
    wanted = request(source, tmp_path / "mean.tif", reflectance=True, interval_output=str(tmp_path / "variance.tif"))
    _, job, result = run(wanted, members, tmp_path / "work")
    (tmp_path / "one").mkdir()
    single = request(source, tmp_path / "one" / "mean.tif", reflectance=True)
    run(single, members[:1], tmp_path / "one" / "work")
    plain = read(tmp_path / "one" / "mean.tif").astype(np.float64)
    valid = np.isfinite(plain)
    assert 0.7 < valid.mean() < 1
    gains = np.array(GAINS)
    mean, variance = read(result.output), read(tmp_path / "variance.tif")
    assert (np.isfinite(mean) == valid).all()
    assert np.abs(mean - plain * gains.mean())[valid].max() < 1e-6
    assert np.abs(variance - plain**2 * gains.var(ddof=1))[valid].max() < 1e-6
    dataset = gdal.Open(str(tmp_path / "variance.tif"))
    assert dataset.GetRasterBand(4).GetDescription() == "B8A variance"
    assert dataset.GetMetadataItem("SATSHARP_MODELS") == "member-10, member-11, member-13"
    # Networks that return Sentinel-2's bands are followed by no line between bandpasses.
    assert dataset.GetMetadataItem("SATSHARP_BANDPASS") is None
    assert job.target.gsd == 10


def test_digital_numbers_are_rounded_means(members, source, tmp_path):
    _, _, result = run(request(source, tmp_path / "mean.tif"), members[:2], tmp_path / "work")
    (tmp_path / "float").mkdir()
    floats = request(source, tmp_path / "float" / "mean.tif", reflectance=True)
    run(floats, members[:2], tmp_path / "float" / "work")
    numbers, values = read(result.output), read(tmp_path / "float" / "mean.tif")
    valid = np.isfinite(values)
    assert numbers.dtype == np.int16
    assert (numbers[~valid] == -9999).all()
    assert np.abs(numbers[valid] - values[valid] * 10000).max() <= 0.502


@pytest.mark.parametrize("share", [0.05, 0.6])
def test_cancelling_leaves_nothing(members, source, tmp_path, share):
    with pytest.raises(CancelledError):
        run(request(source, tmp_path / "mean.tif"), members, tmp_path / "work", share)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_classes_appear_with_the_mean_or_not_at_all(members, source, tmp_path, share):
    wanted = replace(
        request(source, tmp_path / "mean.tif", interval_output=str(tmp_path / "variance.tif")),
        quality_output=str(tmp_path / "classes.tif"),
    )
    with pytest.raises(CancelledError):
        run(wanted, members, tmp_path / "cancelled", share)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
    run(wanted, members[:2], tmp_path / "work")
    names = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert names == ["classes.tif", "mean.tif", "variance.tif"]
    classes, mean = read(tmp_path / "classes.tif"), read(tmp_path / "mean.tif")
    assert classes.shape == mean.shape[1:]
    # Classes lie on the 30 m grid, so they end up to half a pixel of 30 m elsewhere.
    assert (classes[mean[0] != -9999] == 255).mean() < 0.03


def test_seconds_add_up_and_every_warning_is_given_once(tmp_path):
    first, last = (
        Result(tmp_path / f"{name}.tif", "CPUExecutionProvider", 4, seconds, ("B02",), warnings)
        for name, seconds, warnings in (("a", 2.0, ("no QA", "slow")), ("b", 3.5, ("slow", "late")))
    )
    found = ensemble_run._all_in_all([(("no pan", "no QA"), first), (("no pan",), last)], tmp_path / "mean.tif")
    expected = ("no pan", "no QA", "slow", "late")
    assert found == Result(tmp_path / "mean.tif", "CPUExecutionProvider", 4, 5.5, ("B02",), expected)


def test_an_ensemble_replaces_no_band_of_the_product(members, source, tmp_path):
    band = next(Path(source).glob("*_SR_B4.TIF"))
    before = band.read_bytes()
    with pytest.raises(OutputError, match="is a band of the input"):
        run(request(source, band), members[:2], tmp_path / "work")
    assert band.read_bytes() == before
