# SPDX-License-Identifier: GPL-2.0-or-later
"""The command that judges harmonizing networks on a pair of products, with networks whose inputs lie on one grid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper  # noqa: E402
from satsharp.core.cards import Card, file_digest, load_card  # noqa: E402
from satsharp.core.harmonization.bandpass import adjustments  # noqa: E402
from satsharp.core.harmonization.landsat_request import LANDSAT_BANDS, PAIRS, PANSHARPEN_CARD  # noqa: E402
from satsharp.core.harmonization.tables import load_bandpass  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.harmonization.methods import by_engine  # noqa: E402
from satsharp.export_tools.harmonization.reduced_pair import ReducedPair, reduce_pair  # noqa: E402

from .conftest import texture  # noqa: E402

SIDE = 384
CRS = "EPSG:32632"


def write(path: Path, numbers: np.ndarray, gsd: float, crs: str) -> None:
    """One band with its upper left corner at (500000, 5200020)."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), *numbers.shape[::-1], 1, gdal.GDT_UInt16)
    reference = gdal.osr.SpatialReference()
    reference.SetFromUserInput(crs)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((500000, gsd, 0, 5200020, 0, -gsd))
    dataset.GetRasterBand(1).WriteArray(np.rint(numbers).astype(np.uint16))


def same(folder: Path) -> Path:
    """A network on one grid that returns the multispectral bands as they are."""
    value = helper.make_tensor_value_info
    shapes = [value(name, TensorProto.FLOAT, [1, count, "r", "c"]) for name, count in (("pan", 1), ("ms", 6))]
    nodes = [
        helper.make_node("Mul", ["pan", "none"], ["nothing"]),
        helper.make_node("Add", ["ms", "nothing"], ["harmonized"]),
    ]
    weights = [helper.make_tensor("none", TensorProto.FLOAT, [1], [0.0])]
    graph = helper.make_graph(
        nodes, "same", shapes, [value("harmonized", TensorProto.FLOAT, [1, 6, "r", "c"])], weights
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "same.onnx").write_bytes(model.SerializeToString())
    document = {
        "id": "same",
        "name": "same",
        "file": "same.onnx",
        "sensor": "landsat",
        "task": "harmonization",
        "gsd": 10,
        "scale_factor": 1,
        "value_range": {"scale": 5.0, "offset": 0.0},
        "cubic_parameter": -0.75,
        "inputs": [
            {"name": "pan", "bands": ["B8"], "gsd": 10},
            {"name": "ms", "bands": list(LANDSAT_BANDS), "gsd": 10},
        ],
        "outputs": [{"name": "harmonized", "bands": [band for _, band in PAIRS]}],
        "tiling": "exact",
        "licence": "MIT",
    }
    (folder / "same.json").write_text(json.dumps(document))
    (folder / "SHA256SUMS").write_text(f"{file_digest(folder / 'same.onnx')}  same.onnx\n")
    return folder / "same.json"


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place as Landsat at 30 m and as Sentinel-2 at 60 m sees it."""
    folder = tmp_path_factory.mktemp("products")
    ground = 0.25 * texture(6, SIDE, np.random.default_rng(3)).clip(0.1, None)
    for image, (landsat, sentinel2) in zip(ground, PAIRS):
        write(folder / f"{landsat}.tif", (image + 0.2) / 0.0000275, 30, CRS)
        coarse = image.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3))
        write(folder / f"{sentinel2}.tif", coarse * 10000, 60, CRS)
    write(folder / "SCL.tif", np.full((SIDE // 2, SIDE // 2), 4), 60, CRS)
    same(folder)
    return folder


@pytest.fixture(scope="module")
def pair(products: Path, tmp_path_factory: pytest.TempPathFactory) -> ReducedPair:
    pattern = str(products / "{band}.tif")
    return reduce_pair(pattern, pattern, tmp_path_factory.mktemp("reduced"))


@pytest.fixture(scope="module")
def card(products: Path) -> Card:
    return load_card(products / "same.json")


def test_bands_lie_on_the_grids_of_the_card(pair: ReducedPair, card: Card, tmp_path: Path) -> None:
    own, plain = pair.scene_of(card, tmp_path), pair.scene_of(None, tmp_path)
    assert {round(band.grid.gsd) for band in own.bands} == {60}
    assert [round(plain.band(name).grid.gsd) for name in ("B2", "B7", "B8")] == [180, 180, 60]
    assert {band.steepness for band in own.bands if band.lattice is not None} == {-0.75}
    assert abs(pair.registration.east) + abs(pair.registration.north) < 6


def test_a_network_gets_what_was_interpolated_and_no_line_follows(
    pair: ReducedPair, card: Card, tmp_path: Path
) -> None:
    scene = pair.scene_of(card, tmp_path)
    with BandReader() as reader:
        wanted = np.stack([reader.read(scene.band(name), scene.band(name).grid.window) for name in LANDSAT_BANDS])
    made = by_engine(pair, card, "sentinel2b", tmp_path)
    inner = (slice(None), slice(12, -12), slice(12, -12))
    # Digital numbers are rounded.
    assert np.abs(made - wanted)[inner].max() < 6e-5
    cubic = by_engine(pair, None, "sentinel2b", tmp_path)
    lines = adjustments(load_bandpass(), "landsat8", "sentinel2b", LANDSAT_BANDS)
    ratio = cubic[inner].mean(axis=(1, 2)) / (wanted[inner].mean(axis=(1, 2)))
    expected = [line.slope + line.offset / level for line, level in zip(lines, wanted[inner].mean(axis=(1, 2)))]
    assert ratio == pytest.approx(expected, abs=2e-3)


def test_the_command_prints_every_method(products: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--data", str(products), "--landsat", "{band}.tif", "--sentinel2", "{band}.tif"]
    assert main(["evaluate-harmonization", str(products / "same.json"), *words]) == 0
    said = capsys.readouterr().out
    rows = {line[:28].strip(): float(line[28:36]) for line in said.splitlines()[2:]}
    assert {"same", "cubic", "cubic + bandpass", "GDAL pansharpen + bandpass"} <= rows.keys()
    assert 0 < rows["same"] < 1.1 * rows["cubic"]


def test_several_cards_are_judged_at_once_and_written_into_the_first(
    products: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = products / "same.json"
    words = ["--data", str(products), "--landsat", "{band}.tif", "--sentinel2", "{band}.tif", "--write-card"]
    before = card.read_text("utf-8")
    try:
        assert main(["evaluate-harmonization", str(card), str(PANSHARPEN_CARD), *words]) == 0
        found = json.loads(card.read_text("utf-8"))["harmonization_figures"]
    finally:
        card.write_text(before, "utf-8")
    assert found["command"] == (
        "python -m satsharp.export_tools evaluate-harmonization models/same.json "
        "models/classical/landsat-10m-pansharpen.json --write-card"
    )
    assert list(found["methods"])[:3] == ["same", "landsat-10m-pansharpen", "cubic"]
    assert f"{found['methods']['landsat-10m-pansharpen']['mean_rmse']:.1f}" in capsys.readouterr().out
