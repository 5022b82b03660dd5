# SPDX-License-Identifier: GPL-2.0-or-later
"""Write HDF-EOS2 (HDF4, by pyhdf) and HDF-EOS5 (HDF5, by h5py) files that GDAL's drivers read like real ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

NODATA, VALID_RANGE = -28672, (-100, 16000)


@dataclass(frozen=True, eq=False)
class Layer:
    """One raster of a file.

    Attributes:
        name: of the data set.
        pixels: (rows, columns), int16 or float32.
        dims: names of its dimensions.
        attributes: name -> number, list of numbers or text.
    """

    name: str
    pixels: npt.NDArray[np.generic]
    dims: tuple[str, str]
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Holder:
    """A grid or swath that holds layers in groups such as ``Data Fields``."""

    kind: str
    name: str
    groups: dict[str, tuple[Layer, ...]]


def reflectance_attributes(scale: float) -> dict[str, Any]:
    """Return the attributes of surface reflectance; MOD09 and MOD09GA have a scale of 10000, the others of 0.0001."""
    return {
        "units": "reflectance",
        "valid_range": np.array(VALID_RANGE, np.int16),
        "_FillValue": np.int16(NODATA),
        # VIIRS' single precision makes 9.9999997e-05 of 0.0001.
        "scale_factor": np.float64(np.float32(scale)),
        "add_offset": np.float64(0.0),
    }


def write_hdf4(path: Path, struct: str, holders: tuple[Holder, ...], attributes: dict[str, str]) -> None:
    """Write an HDF-EOS2 file: data sets, the Vgroups that hold them, and StructMetadata.0."""
    from pyhdf.SD import SD, SDC

    file = SD(str(path), SDC.WRITE | SDC.CREATE | SDC.TRUNC)
    for name, text in {"HDFEOSVersion": "HDFEOS_V2.19", "StructMetadata.0": struct, **attributes}.items():
        file.attr(name).set(SDC.CHAR8, text)
    references: dict[int, int] = {}
    for holder in holders:
        for layers in holder.groups.values():
            for layer in layers:
                references[id(layer)] = _write_data_set(file, layer, holder.name)
    file.end()
    _write_groups(path, holders, references)


def _write_data_set(file: Any, layer: Layer, holder: str) -> int:
    from pyhdf.SD import SDC

    kinds = {"int16": SDC.INT16, "float32": SDC.FLOAT32, "float64": SDC.FLOAT64}
    data = file.create(layer.name, kinds[layer.pixels.dtype.name], layer.pixels.shape)
    for axis, name in enumerate(layer.dims):
        data.dim(axis).setname(f"{name}:{holder}")
    for name, value in layer.attributes.items():
        kind = SDC.CHAR8 if isinstance(value, str) else kinds[np.asarray(value).dtype.name]
        plain = value if isinstance(value, str) else np.asarray(value).tolist()
        data.attr(name).set(kind, plain)
    data.setcompress(SDC.COMP_DEFLATE, 4)
    data[:] = layer.pixels
    reference = int(data.ref())
    data.endaccess()
    return reference


def _write_groups(path: Path, holders: tuple[Holder, ...], references: dict[int, int]) -> None:
    import pyhdf.V
    import pyhdf.VS  # noqa: F401  (pyhdf.HDF finds the interfaces by their modules)
    from pyhdf.HDF import HC, HDF

    file = HDF(str(path), HC.WRITE)
    groups = pyhdf.V.V(file)
    for holder in holders:
        top = groups.create(holder.name)
        top._class = holder.kind
        # The HDF-EOS library makes the empty one too; GDAL 3.6 reads uninitialised memory where it is missing.
        for name, layers in {**holder.groups, f"{holder.kind.title()} Attributes": ()}.items():
            inner = groups.create(name)
            inner._class = f"{holder.kind} Vgroup"
            for layer in layers:
                inner.add(HC.DFTAG_NDG, references[id(layer)])
            top.insert(inner)
            inner.detach()
        top.detach()
    groups.end()
    file.close()


def write_hdf5(path: Path, struct: str, groups: dict[str, tuple[Layer, ...]], attributes: dict[str, str]) -> None:
    """Write an HDF5 file: layers by group, and StructMetadata.0 where the text is not empty."""
    import h5py

    with h5py.File(path, "w") as file:
        for name, text in attributes.items():
            file.attrs[name] = np.bytes_(text)
        if struct:
            information = file.create_group("HDFEOS INFORMATION")
            information.attrs["HDFEOSVersion"] = np.bytes_("HDFEOS_5.1.15")
            information.create_dataset("StructMetadata.0", data=np.bytes_(struct), dtype="S32000")
        for group, layers in groups.items():
            for layer in layers:
                chunks = (min(100, layer.pixels.shape[0]), layer.pixels.shape[1])
                data = file.create_dataset(
                    f"{group}/{layer.name}", data=layer.pixels, chunks=chunks, compression="gzip"
                )
                for name, value in layer.attributes.items():
                    data.attrs[name] = np.bytes_(value) if isinstance(value, str) else np.atleast_1d(value)
