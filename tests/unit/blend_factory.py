# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks and scenes for tests of blended tiling and of several dates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from osgeo import gdal, osr
from satsharp.core.cards import file_digest
from satsharp.core.grid import Grid
from satsharp.core.scene import Band, Scene

COLOURS = ("red", "green", "blue")
ORIGIN = (500000.0, 5300000.0)


def write_network(
    folder: Path,
    identifier: str,
    kind: str = "pointwise",
    dates: int = 1,
    scale: int = 2,
    bands: tuple[str, ...] = COLOURS,
    weights: list[float] | None = None,
    **card: Any,
) -> Path:
    """Write ONNX file, card and digest of a small network on 8-bit red, green and blue.

    Args:
        folder: where they go.
        identifier: of the card.
        kind: ``pointwise`` repeats pixels; ``border`` adds 0.1 in the outermost two pixels of what it is given, as zero
            padding would; ``global`` adds a tenth of the mean of what it is given; ``wide`` is the mean of 5 x 5 pixels
            with zeros around.
        dates: mean of so many dates, or their sum by ``weights``.
        scale: of the network.
        bands: of one date.
        weights: of each date.
        card: further entries.

    Returns:
        The card's path.
    """
    count = len(bands)
    mixing = np.zeros((count, count * dates, 1, 1), np.float32)
    for date in range(dates):
        share = 1 / dates if weights is None else weights[date]
        mixing[:, date * count : (date + 1) * count, 0, 0] = share * np.eye(count, dtype=np.float32)
    constants = {
        "mixing": mixing,
        "scales": np.array([1, 1, scale, scale], np.float32),
        "five": np.full((count, 1, 5, 5), 1 / 25, np.float32),
        "ones": np.ones((1, count, 1, 1), np.float32),
        "zero": np.zeros((1,), np.float32),
        "tenth": np.full((1,), 0.1, np.float32),
        "most": np.full((1,), 0.99, np.float32),
    }
    nodes = [helper.make_node("Conv", ["images", "mixing"], ["mixed"], kernel_shape=[1, 1])]
    last = "mixed"
    if kind == "wide":
        nodes.append(helper.make_node("Conv", [last, "five"], ["wide"], pads=[2, 2, 2, 2], group=count))
        last = "wide"
    if kind == "border":
        nodes += [
            helper.make_node("Mul", [last, "zero"], ["nothing"]),
            helper.make_node("Add", ["nothing", "ones"], ["everywhere"]),
            helper.make_node("Conv", ["everywhere", "five"], ["inside"], pads=[2, 2, 2, 2], group=count),
            helper.make_node("Less", ["inside", "most"], ["near"]),
            helper.make_node("Cast", ["near"], ["edge"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["edge", "tenth"], ["bias"]),
            helper.make_node("Add", [last, "bias"], ["biased"]),
        ]
        last = "biased"
    if kind == "global":
        nodes += [
            helper.make_node("GlobalAveragePool", [last], ["mean"]),
            helper.make_node("Mul", ["mean", "tenth"], ["part"]),
            helper.make_node("Add", [last, "part"], ["lifted"]),
        ]
        last = "lifted"
    nodes.append(
        helper.make_node(
            "Resize", [last, "", "scales"], ["sharpened"], mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        )
    )  # fmt: skip
    used = {name for node in nodes for name in node.input}
    initializers = [numpy_helper.from_array(value, name) for name, value in constants.items() if name in used]
    graph = helper.make_graph(
        nodes, identifier, [_plane("images", count * dates)], [_plane("sharpened", count)], initializers
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / f"{identifier}.onnx"
    onnx.save(model, str(path))
    document = {
        "id": identifier,
        "name": "A test",
        "file": path.name,
        "sensor": "any",
        "gsd": 10 / scale,
        "scale_factor": scale,
        "value_range": {"scale": 1.0, "offset": 0.0},
        "inputs": [{"name": "images", "bands": list(bands), "gsd": 10, "dates": dates}],
        "outputs": [{"name": "sharpened", "bands": list(bands)}],
        "tiling": "blended",
        "licence": "CC0-1.0",
        **card,
    }
    (folder / f"{identifier}.json").write_text(json.dumps(document), encoding="utf-8")
    with (folder / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{file_digest(path)}  {path.name}\n")
    return folder / f"{identifier}.json"


def write_picture(path: Path, pixels: np.ndarray, gsd: float = 10.0, origin: tuple[float, float] = ORIGIN) -> Path:
    """Write an 8-bit (or other) GeoTIFF, (bands, rows, columns), red, green and blue first; 0 is nodata."""
    kinds = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "float32": gdal.GDT_Float32}
    count, rows, cols = pixels.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, count, kinds[pixels.dtype.name])
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetGeoTransform((origin[0], gsd, 0, origin[1], 0, -gsd))
    for number, values in enumerate(pixels, 1):
        band = dataset.GetRasterBand(number)
        band.WriteArray(values)
        band.SetNoDataValue(0)
        if count >= 3 and number <= 3:
            band.SetColorInterpretation((gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)[number - 1])
    return path


def picture_scene(path: Path, bands: tuple[str, ...] = COLOURS, scale: float = 1 / 255) -> Scene:
    """Return a raster as a scene of these bands; network range is digital number x scale."""
    dataset = gdal.Open(str(path))
    grid = Grid(dataset.GetProjection(), dataset.GetGeoTransform(), dataset.RasterXSize, dataset.RasterYSize)
    dtype = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    made = tuple(
        Band(name, str(path), number, grid, dtype, 0.0, None, scale, 0.0) for number, name in enumerate(bands, 1)
    )
    return Scene(path.stem, "any", "", str(path), "", made)


def _plane(name: str, channels: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])
