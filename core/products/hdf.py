# SPDX-License-Identifier: GPL-2.0-or-later
"""Open the rasters inside HDF4 and HDF5 files through GDAL, with fill, valid range and scale as each of them says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from osgeo import gdal

from ..errors import ProductError
from ..raster_state import gdal_messages
from ..sensors import Sensor
from . import files

# The first bytes of HDF4 and HDF5 files, and the GDAL driver for them.
_SIGNATURES = ((b"\x0e\x03\x13\x01", "HDF4"), (b"\x89HDF\r\n\x1a\n", "HDF5"))
_SUFFIX = re.compile(r"\.(hdf|h5|he5|nc)$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Field:
    """A raster inside a file.

    Attributes:
        name: such as ``sur_refl_b01``; in HDF5 with underscores for spaces.
        group: grid, swath or path of groups that holds it; may be empty.
        path: what GDAL opens.
        file: the file.
    """

    name: str
    group: str
    path: str
    file: str


@dataclass(frozen=True)
class Meaning:
    """What stored numbers mean: reflectance = digital number x scale + offset, within a valid range, but for nodata."""

    scale: float
    offset: float
    nodata: float | None
    valid_range: tuple[float, float] | None


def is_hdf(name: str) -> bool:
    """Return whether a file name has a suffix of HDF files."""
    return _SUFFIX.search(name) is not None


def driver_of(path: str) -> str:
    """Return the GDAL driver that reads a file.

    Raises:
        ProductError: it is no HDF file, lies in an archive, or this GDAL has no driver for it.
    """
    if path.startswith("/vsi") and not path.startswith("/vsimem/"):
        raise ProductError(
            f"{path} lies in an archive or on a server, where HDF files cannot be read. Unpack it first."
        )
    head = _head(path)
    driver = next((driver for signature, driver in _SIGNATURES if head.startswith(signature)), None)
    if driver is None:
        raise ProductError(f"{path} is no HDF file: its first bytes are others. Download the product again.")
    if gdal.GetDriverByName(driver) is None:
        raise ProductError(
            f"{path} is an {driver} file, and this QGIS comes with a GDAL without {driver}. Install a QGIS or GDAL "
            f"that has it: QGIS for Windows and Debian do, conda has the package libgdal-{driver.lower()}."
        )
    return driver


def fields_of(path: str) -> tuple[Field, ...]:
    """Return the rasters inside a file.

    Raises:
        ProductError: the file is damaged or cannot be opened.
    """
    container = _container(path)
    listed = container.GetMetadata("SUBDATASETS")
    found = []
    number = 1
    while f"SUBDATASET_{number}_NAME" in listed:
        name, text = listed[f"SUBDATASET_{number}_NAME"], listed.get(f"SUBDATASET_{number}_DESC", "")
        found.append(_field(name, text, path))
        number += 1
    if not found:
        raise ProductError(f"{path} holds no rasters, or fewer than two. It may be truncated: download it again.")
    return tuple(found)


def global_attributes(path: str) -> dict[str, str]:
    """Return the attributes of a file as GDAL names them.

    Raises:
        ProductError: the file cannot be opened.
    """
    return dict(_container(path).GetMetadata())


def open_field(field: Field) -> gdal.Dataset:
    """Open a raster inside a file and read its last block, so that a truncated file shows itself.

    Raises:
        ProductError: it cannot be read.
    """
    dataset = files.open_raster(field.path)
    files.probe_last_block(dataset, 1, f"{field.file} ({field.name})")
    return dataset


def meaning_of(dataset: gdal.Dataset, field: Field, sensor: Sensor) -> Meaning:
    """Return what the numbers of a raster mean, as its attributes say; the sensor file fills what they leave open.

    MOD09GA and MOD09 write 10000 for the scale, by which numbers are to be divided; MOD09A1 writes 0.0001, by which
    they are to be multiplied. HDF4 subtracts its offset before it scales; HDF5 (CF) adds it after.

    Raises:
        ProductError: the scale is not positive.
    """
    attributes = {**dataset.GetMetadata(), **dataset.GetRasterBand(1).GetMetadata()}
    scale = _numbers(attributes, ("scale_factor", "scale"))[:1] or [1.0 / sensor.quantification]
    offset = _numbers(attributes, ("add_offset", "offset"))[:1] or [0.0]
    valid = _numbers(attributes, ("valid_range",))
    if scale[0] <= 0:
        raise ProductError(f"{field.file} declares a scale of {scale[0]:g} for {field.name}. Download it again.")
    factor = 1.0 / scale[0] if scale[0] > 1 else scale[0]
    # Single precision makes 9.9999997e-05 of 0.0001.
    factor = float(f"{factor:.6g}")
    nodata = _numbers(attributes, ("_fillvalue", "fill_values"))[:1] or [dataset.GetRasterBand(1).GetNoDataValue()]
    return Meaning(
        factor,
        0.0 - factor * offset[0] if field.path.startswith("HDF4") else offset[0],
        sensor.nodata if nodata[0] is None else float(nodata[0]),
        (valid[0], valid[1]) if len(valid) == 2 and valid[0] < valid[1] else sensor.valid_range,
    )


def data_type(dataset: gdal.Dataset) -> str:
    """Return GDAL's name of the data type."""
    return str(gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType))


def _container(path: str) -> gdal.Dataset:
    """Open a file as a whole; GDAL's HDF5 driver leaves names in .nc to the netCDF driver where there is one."""
    driver = driver_of(path)
    return files.open_raster(path, (driver, "netCDF") if driver == "HDF5" else (driver,))


def _head(path: str) -> bytes:
    with gdal_messages():
        try:
            handle = gdal.VSIFOpenL(path, "rb")
        except RuntimeError:
            handle = None
        data = gdal.VSIFReadL(1, 8, handle) if handle is not None else None
        if handle is not None:
            gdal.VSIFCloseL(handle)
    return bytes(data or b"")


def _field(name: str, text: str, path: str) -> Field:
    """Take a subdataset's name apart.

    HDF4-EOS: ``HDF4_EOS:EOS_GRID:"file":grid:field``, quoted where there are spaces; plain HDF4:
    ``HDF4_SDS:kind:"file":number`` with the field in the description; HDF5: ``HDF5:"file"://group/field``.
    """
    rest = name.partition(f'"{path}":')[2] or name.rpartition(":")[2]
    if name.startswith(("HDF5", "NETCDF")):
        # The netCDF driver may turn rows around, so it lists only.
        group, _, field = rest.strip('"/').rpartition("/")
        return Field(field, group, name if name.startswith("HDF5") else f'HDF5:"{path}"://{group}/{field}', path)
    if name.startswith("HDF4_EOS"):
        group, _, field = rest.rpartition(":")
        return Field(field.strip('"'), group.strip('"'), name, path)
    described = re.match(r"\[[^\]]*\]\s+(.*?)\s*\([^()]*\)$", text)
    return Field(described[1] if described else rest, "", name, path)


def _numbers(attributes: dict[str, str], names: tuple[str, ...]) -> list[float]:
    """Return the numbers of the first attribute of these names; GDAL puts the path before names of HDF5 attributes."""
    for name in names:
        for key, text in attributes.items():
            if key.lower() == name or key.lower().endswith("_" + name):
                found = [float(number) for number in _NUMBER.findall(text)]
                if found:
                    return found
    return []
