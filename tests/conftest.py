# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures for all tests: rasters of every kind that matters and tiny networks, manufactured on the spot."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from satsharp.core.findings_cache import forget_findings
from satsharp.core.grid import Grid
from satsharp.core.scene import Band

# Timings on a busy machine say nothing about the code.
settings.register_profile("satsharp", deadline=None)
settings.load_profile("satsharp")

GEOTRANSFORM = (399960.0, 10.0, 0.0, 6000000.0, 0.0, -10.0)
ROTATED = (500000.0, 8.0, 6.0, 4100000.0, 6.0, -8.0)
SINUSOIDAL = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"


@dataclass(frozen=True)
class RasterCase:
    """A data type with its nodata, CRS (whatever GDAL understands; empty for none), size and geotransform."""

    dtype: str
    nodata: float | None
    crs: str
    rows: int
    cols: int
    transform: tuple[float, ...] = GEOTRANSFORM

    def __str__(self) -> str:
        return f"{self.dtype}-{self.nodata}-{self.crs.split(' ')[0] or 'none'}-{self.rows}x{self.cols}"

    @property
    def wkt(self) -> str:
        """WKT of the CRS."""
        from osgeo import osr

        if not self.crs:
            return ""
        reference = osr.SpatialReference()
        reference.SetFromUserInput(self.crs)
        return str(reference.ExportToWkt())

    def pixels(self, bands: int, seed: int = 0) -> np.ndarray:
        """Random numbers over the whole range of the type, an eighth of them nodata, shape (bands, rows, cols)."""
        random = np.random.default_rng(seed)
        shape = (bands, self.rows, self.cols)
        kind = np.dtype(self.dtype)
        if kind.kind == "f":
            values = random.normal(0, 1000, shape).astype(kind)
        else:
            values = random.integers(np.iinfo(kind).min, np.iinfo(kind).max, shape, kind, endpoint=True)
        if self.nodata is not None:
            values[random.random(shape) < 0.125] = self.nodata
        return values


RASTER_CASES = (
    RasterCase("uint8", 255, "EPSG:32631", 1, 1),
    RasterCase("uint16", 0, "EPSG:32631", 255, 257),
    RasterCase("uint16", None, "", 513, 512),
    RasterCase("int16", -9999, "EPSG:32719", 300, 1),
    RasterCase("uint32", 0, "EPSG:3413", 17, 33),
    RasterCase("int32", -2147483648, "EPSG:3857", 256, 256),
    RasterCase("float32", float("nan"), SINUSOIDAL, 257, 255),
    RasterCase("float32", -9999, "EPSG:32631", 40, 31, ROTATED),
    RasterCase("float64", -1e30, "EPSG:4326", 3, 700, (5.0, 1e-4, 0.0, 45.0, 0.0, -1e-4)),
)


@pytest.fixture(autouse=True)
def no_findings() -> None:
    """Let each test find out by itself what there is to know of a scene."""
    forget_findings()


@pytest.fixture(params=RASTER_CASES, ids=str)
def raster_case(request: pytest.FixtureRequest) -> RasterCase:
    """Every kind of raster that matters, one after the other."""
    return request.param


@pytest.fixture
def raster_band(tmp_path: Path) -> Callable[..., Band]:
    """Return a function that writes pixels of shape (rows, cols) and returns them as a band record."""

    def write(
        pixels: np.ndarray, nodata: float | None = None, driver: str = "GTiff", options: tuple[str, ...] = ()
    ) -> Band:
        from osgeo import gdal, gdal_array

        kind = gdal_array.NumericTypeCodeToGDALTypeCode(pixels.dtype.type)
        rows, cols = pixels.shape
        memory = gdal.GetDriverByName("MEM").Create("", cols, rows, 1, kind)
        memory.SetGeoTransform(GEOTRANSFORM)
        memory.WriteArray(pixels)
        if nodata is not None:
            memory.GetRasterBand(1).SetNoDataValue(nodata)
        path = tmp_path / f"band{len(list(tmp_path.iterdir()))}.{'jp2' if 'JP2' in driver else 'tif'}"
        gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=list(options))
        grid = Grid("", GEOTRANSFORM, cols, rows)
        return Band("B02", str(path), 1, grid, gdal.GetDataTypeName(kind), nodata, None, 1e-4, 0.0)

    return write


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB; needs the right to mount."""
    yield from _mounted(tmp_path / "small", "size=2m")


@pytest.fixture
def readonly_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that nobody may write, not even root; needs the right to mount."""
    yield from _mounted(tmp_path / "readonly", "ro,size=1m")


def _mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a tmpfs needs root and the capability to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def onnx_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a network (opset 17, IR 8) of one input ``x`` [N,C,H,W] and one output ``y``.

    Kinds: ``identity``; ``nearest`` (every pixel ``factor`` times each way); ``mean`` (of the square of the given
    radius, zeros outside); ``heavy`` (a chain of wide convolutions that takes long).
    """

    def write(kind: str, channels: int = 1, radius: int = 1, factor: int = 2) -> Path:
        onnx = pytest.importorskip("onnx")
        from onnx import TensorProto, helper

        tables: dict[str, np.ndarray] = {}
        if kind == "identity":
            nodes = [helper.make_node("Identity", ["x"], ["y"])]
        elif kind == "nearest":
            tables["scales"] = np.array([1, 1, factor, factor], np.float32)
            attributes = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
            nodes = [helper.make_node("Resize", ["x", "", "scales"], ["y"], mode="nearest", **attributes)]
        elif kind == "mean":
            side = 2 * radius + 1
            tables["w"] = np.full((channels, 1, side, side), 1 / side**2, np.float32)
            nodes = [helper.make_node("Conv", ["x", "w"], ["y"], group=channels, pads=[radius] * 4)]
        else:
            tables["w"] = np.full((channels, channels, 3, 3), 1 / channels / 9, np.float32)
            names = ["x", *(f"t{number}" for number in range(199)), "y"]
            nodes = [helper.make_node("Conv", [a, "w"], [b], pads=[1] * 4) for a, b in zip(names, names[1:])]
        image = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, f"h_{name}", f"w_{name}"])
            for name in "xy"
        ]
        constants = [onnx.numpy_helper.from_array(values, name) for name, values in tables.items()]
        graph = helper.make_graph(nodes, kind, image[:1], image[1:], constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path = tmp_path / f"{kind}_{channels}_{radius}_{factor}.onnx"
        onnx.save(model, str(path))
        return path

    return write
