# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters and networks for tests of any raster: a network adds its guide to its enlarged input, digit by digit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from osgeo import gdal, osr
from satsharp.core.cards import file_digest

EAST, NORTH = 600000.0, 5700000.0


def write_raster(
    path: Path,
    pixels: Any,
    gsd: float = 30.0,
    origin: tuple[float, float] = (EAST, NORTH),
    names: Sequence[str] = (),
    epsg: int | None = 32631,
    rotation: float = 0.0,
    nodata: float | None = None,
    scale: tuple[float, float] | None = None,
    colours: Sequence[int] = (),
) -> Path:
    """Write a GeoTIFF of (bands, rows, columns) in the type of the array.

    Args:
        path: where.
        pixels: the values.
        gsd: side of a pixel in units of the CRS.
        origin: upper left corner.
        names: band descriptions.
        epsg: code of the CRS, or None for none.
        rotation: the two rotation terms of the geotransform, in units of the CRS.
        nodata: declared nodata value.
        scale: scale and offset of every band.
        colours: colour interpretations of the bands, as GDAL's numbers.
    """
    pixels = np.asarray(pixels)
    kind = {"float32": gdal.GDT_Float32, "uint16": gdal.GDT_UInt16, "uint8": gdal.GDT_Byte, "int16": gdal.GDT_Int16}
    kind["int32"] = gdal.GDT_Int32
    count, rows, cols = pixels.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, count, kind[pixels.dtype.name])
    dataset.SetGeoTransform((origin[0], gsd, rotation, origin[1], rotation, -gsd))
    if epsg is not None:
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(epsg)
        dataset.SetProjection(reference.ExportToWkt())
    for index in range(count):
        band = dataset.GetRasterBand(index + 1)
        band.WriteArray(pixels[index])
        if names:
            band.SetDescription(names[index])
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if scale is not None:
            band.SetScale(scale[0])
            band.SetOffset(scale[1])
        if colours:
            band.SetColorInterpretation(colours[index])
    dataset = None
    return path


def write_adding_model(
    folder: Path,
    identifier: str,
    targets: Sequence[str],
    factor: int,
    guides: Sequence[str] = (),
    gsd: float = 30.0,
    made: Sequence[str] = (),
    sensor: str = "any",
    value_range: dict[str, Any] | None = None,
    refine: int = 1,
) -> Path:
    """Write a network that repeats each target pixel ``factor`` times and adds the sum of the guides.

    Args:
        folder: for ONNX file, card and digest.
        identifier: of the card.
        targets: bands of the coarse input.
        factor: of its enlargement.
        guides: bands of the fine input; none for a network of one input.
        gsd: of the coarse input in metres.
        made: names of the results; the targets' unless given.
        sensor: of the card.
        value_range: of the card; without it network values are reflectances.
        refine: how many times finer than the guides the results are.

    Returns:
        The card's path.
    """
    count = len(targets)
    scales = np.array([1, 1, factor * refine, factor * refine], np.float32)
    nodes = [helper.make_node(
        "Resize", ["coarse", "", "scales"], ["enlarged" if guides else "sharpened"], mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor",
    )]  # fmt: skip
    weights = {"scales": scales}
    inputs = [_plane("coarse", count)]
    groups = [{"name": "coarse", "bands": list(targets), "gsd": gsd}]
    if guides:
        weights["sum"] = np.ones((count, len(guides), 1, 1), np.float32)
        weights["refining"] = np.array([1, 1, refine, refine], np.float32)
        nodes.append(helper.make_node("Conv", ["fine", "sum"], ["guide"]))
        nodes.append(helper.make_node(
            "Resize", ["guide", "", "refining"], ["added"], mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        ))  # fmt: skip
        nodes.append(helper.make_node("Add", ["enlarged", "added"], ["sharpened"]))
        inputs.insert(0, _plane("fine", len(guides)))
        groups.insert(0, {"name": "fine", "bands": list(guides), "gsd": gsd / factor})
    constants = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, identifier, inputs, [_plane("sharpened", count)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / f"{identifier}.onnx"
    onnx.save(model, str(path))
    card = {
        "id": identifier,
        "name": "Adds, for tests",
        "file": path.name,
        "sensor": sensor,
        "gsd": gsd / factor / refine,
        "scale_factor": factor * refine,
        "value_range": value_range or {"scale": 1.0, "offset": 0.0},
        "inputs": groups,
        "outputs": [{"name": "sharpened", "bands": list(made or targets)}],
        "tiling": "exact",
        "licence": "CC0-1.0",
    }
    (folder / f"{identifier}.json").write_text(json.dumps(card), encoding="utf-8")
    with (folder / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{file_digest(path)}  {path.name}\n")
    return folder / f"{identifier}.json"


def read_bands(path: Path) -> dict[str, Any]:
    """Return the bands of a raster by name."""
    dataset = gdal.Open(str(path))
    bands = [dataset.GetRasterBand(index + 1) for index in range(dataset.RasterCount)]
    return {band.GetDescription(): band.ReadAsArray() for band in bands}


def _plane(name: str, channels: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])
