# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulate swaths: MOD09 with its geolocation inside, and VNP09 with VNP03IMG or VNP03MOD beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ....core.products.geolocation import Projection, centre_of, equal_area
from ....core.sensors import Sensor, SensorBand, sensor_by_id
from .containers import NODATA, Holder, Layer, reflectance_attributes, write_hdf4, write_hdf5
from .ground import FINENESS, Floats, Ground, Numbers
from .options import EosOptions, EosProduct
from .orbit import MODIS, VIIRS, Pass
from .struct import Swath, swath_text

_MODIS_NAME, _VIIRS_NAME = "MODIS SWATH TYPE L2", "SurfReflect_VNP"
_SIZES = {250.0: "250m", 500.0: "500m", 1000.0: "1km"}
# (lines of a scan, columns below or columns from) that VIIRS deletes on board, in 375 m pixels.
_DELETED = (((0, 1, 30, 31), 2016, 4384), ((2, 3, 28, 29), 1280, 5120))


def simulate_swath(folder: Path, options: EosOptions) -> EosProduct:
    """Write a swath; returns what was written."""
    modis = options.product == "MOD09"
    scanner = MODIS if modis else VIIRS
    flight = Pass(scanner, options.lon, options.lat, options.heading, options.scans, options.first_col, options.cols)
    sensor = sensor_by_id("modis" if modis else "viirs")
    finest = sensor.gsds[0]
    rows, cols = options.scans * scanner.scan_lines, options.cols
    every = np.meshgrid(np.arange(rows, dtype=float), np.arange(cols, dtype=float), indexing="ij")
    lon, lat = flight.places(every[0], every[1])
    projection = Projection(equal_area(*centre_of(lon, lat)), options.lon)
    x, y = projection(lon, lat)
    ground = Ground.around(sensor, finest / FINENESS, x, y, options.seed)
    looks = {band.name: _look(ground, flight, projection, band.name, band.gsd, sensor) for band in sensor.bands}
    fine = {band.name: _look(ground, flight, projection, band.name, finest, sensor) for band in sensor.bands}
    truth = folder / "truth.npy"
    np.save(truth, np.stack(list(fine.values())))
    write = _write_modis if modis else _write_viirs
    return EosProduct(write(folder, options, looks, flight), truth, tuple(fine))


def centres(flight: Pass, factor: int, coincide: bool) -> tuple[Floats, Floats]:
    """Return rows and columns, in finest pixels, of the centres of pixels that are ``factor`` times as large.

    Along the track pixels nest. Along the scan they nest, too, or the first centres of all sizes coincide (MODIS).
    """
    rows = np.arange(flight.scans * flight.scanner.scan_lines // factor) * factor + (factor - 1) / 2
    cols = np.arange(flight.cols // factor) * factor + (0.0 if coincide else (factor - 1) / 2)
    return rows[:, None], cols[None, :]


def _look(ground: Ground, flight: Pass, projection: Projection, name: str, gsd: float, sensor: Sensor) -> Numbers:
    factor = round(gsd / sensor.gsds[0])
    places = flight.places(*centres(flight, factor, sensor.id == "modis"))
    x, y = projection(*places)
    return ground.look(name, gsd, x, y)


def _write_modis(folder: Path, options: EosOptions, looks: dict[str, Numbers], flight: Pass) -> tuple[Path, ...]:
    attributes = reflectance_attributes(1e4)
    titles = {f"{_SIZES[band.gsd]} Surface Reflectance Band {band.name[1:]}": band.name for band in _modis_bands()}
    # Real files have bands 1 to 7 at the coarser GSDs, too, and the cirrus band.
    titles["500m Surface Reflectance Band 1"] = "B3"
    titles["1km Surface Reflectance Band 26"] = "B16"
    data = []
    for title, name in titles.items():
        size = title.split(" ")[0]
        data.append(Layer(title, looks[name], (f"{size} Data Lines", f"{size} Data Samples"), attributes))
    lon, lat = flight.places(*centres(flight, 4, True))
    dims = ("1km Data Lines", "1km Data Samples")
    geolocation = tuple(
        Layer(name, values.astype(np.float32), dims, {"_FillValue": np.float32(0)})
        for name, values in (("Latitude", lat), ("Longitude", lon))
    )
    sizes = {name: size for layer in data for name, size in zip(layer.dims, layer.pixels.shape)}
    maps = tuple(
        (dims[axis], f"{size} Data {word}", offset, factor)
        for size, factor in (("250m", 4), ("500m", 2))
        for axis, (word, offset) in enumerate((("Lines", 1 if factor == 4 else 0), ("Samples", 0)))
    )
    swath = Swath(
        _MODIS_NAME,
        sizes,
        maps,
        {layer.name: layer.dims for layer in geolocation},
        {layer.name: layer.dims for layer in data},
    )
    path = folder / options.file_name("09", "hdf")
    holder = Holder("SWATH", _MODIS_NAME, {"Geolocation Fields": geolocation, "Data Fields": tuple(data)})
    write_hdf4(path, swath_text(swath), (holder,), {})
    return (path,)


def _write_viirs(folder: Path, options: EosOptions, looks: dict[str, Numbers], flight: Pass) -> tuple[Path, ...]:
    data = []
    attributes = reflectance_attributes(1e-4)
    for name, pixels in looks.items():
        size = "375m" if name.startswith("I") else "750m"
        kept = np.where(deleted(pixels.shape, 1 if size == "375m" else 2, options.first_col), np.int16(NODATA), pixels)
        dims = (f"along_track_{size}", f"along_scan_{size}")
        data.append(Layer(f"{size} Surface Reflectance Band {name}", kept, dims, attributes))
    sizes = {name: size for layer in data for name, size in zip(layer.dims, layer.pixels.shape)}
    swath = Swath(_VIIRS_NAME, sizes, (), {}, _dims(data))
    path = folder / options.file_name("09", "hdf")
    names = {kind: options.file_name(f"03{kind}", "nc") for kind in ("IMG", "MOD")}
    pointer = {"InputPointer": f"VNP35_L2.A{options.day}.hdf,{names['IMG']},{names['MOD']}"}
    write_hdf4(path, swath_text(swath), (Holder("SWATH", _VIIRS_NAME, {"Data Fields": tuple(data)}),), pointer)
    if not options.geolocation:
        return (path,)
    lon, lat = flight.places(*centres(flight, 1 if options.geolocation == "IMG" else 2, False))
    layers = tuple(
        Layer(name, values.astype(np.float32), ("lines", "pixels"), {"_FillValue": np.float32(-999.9)})
        for name, values in (("latitude", lat), ("longitude", lon))
    )
    partner = folder / names[options.geolocation]
    write_hdf5(partner, "", {"geolocation_data": layers}, {"ShortName": f"VNP03{options.geolocation}"})
    return path, partner


def _modis_bands() -> tuple[SensorBand, ...]:
    bands: tuple[SensorBand, ...] = sensor_by_id("modis").bands
    return bands


def _dims(layers: Iterable[Layer]) -> dict[str, tuple[str, str]]:
    return {layer.name: layer.dims for layer in layers}


def deleted(shape: tuple[int, ...], factor: int, first_col: int) -> npt.NDArray[np.bool_]:
    """Return which pixels VIIRS deletes on board because the neighbouring scan has them, too.

    Args:
        shape: rows and columns.
        factor: 1 for the 375 m pixels, 2 for those of 750 m.
        first_col: first 375 m column that is there.
    """
    line = np.arange(shape[0])[:, None] % (32 // factor) * factor
    col = np.arange(shape[1])[None, :] * factor + first_col
    result = np.zeros(shape, np.bool_)
    for lines, below, above in _DELETED:
        result |= np.isin(line, lines) & ((col < below) | (col >= above))
    return np.asarray(result)
