# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of StructMetadata.0, by which HDF-EOS tells what its rasters are."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.grid import Grid


@dataclass(frozen=True)
class Swath:
    """Structure of a swath.

    Attributes:
        name: of the swath.
        sizes: dimension name -> size.
        maps: (geolocation dimension, data dimension, offset, increment) of coarser geolocation.
        geolocation: names of geolocation fields with their two dimensions.
        data: names of data fields with their two dimensions.
    """

    name: str
    sizes: dict[str, int]
    maps: tuple[tuple[str, str, int, int], ...]
    geolocation: dict[str, tuple[str, str]]
    data: dict[str, tuple[str, str]]


def swath_text(swath: Swath) -> str:
    """Return the StructMetadata.0 of an HDF-EOS2 file with one swath."""
    dimensions = [f'\t\t\t\tDimensionName="{name}"\n\t\t\t\tSize={size}\n' for name, size in swath.sizes.items()]
    maps = [
        f'\t\t\t\tGeoDimension="{geo}"\n\t\t\t\tDataDimension="{data}"\n\t\t\t\tOffset={offset}\n'
        f"\t\t\t\tIncrement={increment}\n"
        for geo, data, offset, increment in swath.maps
    ]
    body = (
        _group("Dimension", dimensions)
        + _group("DimensionMap", maps)
        + _group("IndexDimensionMap", [])
        + _group("GeoField", _fields("GeoField", "DFNT_FLOAT32", swath.geolocation))
        + _group("DataField", _fields("DataField", "DFNT_INT16", swath.data))
        + _group("MergedFields", [])
    )
    return (
        f'GROUP=SwathStructure\n\tGROUP=SWATH_1\n\t\tSwathName="{swath.name}"\n{body}\tEND_GROUP=SWATH_1\n'
        "END_GROUP=SwathStructure\nGROUP=GridStructure\nEND_GROUP=GridStructure\n"
        "GROUP=PointStructure\nEND_GROUP=PointStructure\nEND\n"
    )


def grid_text(grids: dict[str, Grid], fields: dict[str, tuple[str, ...]], eos5: bool) -> str:
    """Return the StructMetadata.0 of sinusoidal grids; ``eos5`` for HDF5, else for HDF4."""
    blocks = []
    for number, (name, grid) in enumerate(grids.items(), start=1):
        right, bottom = grid.locate(grid.height, grid.width)
        left, top = grid.locate(0, 0)
        data = dict.fromkeys(fields[name], ("YDim", "XDim"))
        blocks.append(
            f'\tGROUP=GRID_{number}\n\t\tGridName="{name}"\n\t\tXDim={grid.width}\n\t\tYDim={grid.height}\n'
            f"\t\tUpperLeftPointMtrs=({left:.6f},{top:.6f})\n\t\tLowerRightMtrs=({right:.6f},{bottom:.6f})\n"
            f"\t\tProjection={'HE5_' if eos5 else ''}GCTP_SNSOID\n"
            "\t\tProjParams=(6371007.181000,0,0,0,0,0,0,0,0,0,0,0,0)\n\t\tSphereCode=-1\n"
            f"\t\tGridOrigin={'HE5_' if eos5 else ''}HDFE_GD_UL\n"
            + _group("Dimension", [])
            + _group("DataField", _fields("DataField", "H5T_NATIVE_SHORT" if eos5 else "DFNT_INT16", data))
            + _group("MergedFields", [])
            + f"\tEND_GROUP=GRID_{number}\n"
        )
    return (
        f"GROUP=SwathStructure\nEND_GROUP=SwathStructure\nGROUP=GridStructure\n{''.join(blocks)}"
        "END_GROUP=GridStructure\nGROUP=PointStructure\nEND_GROUP=PointStructure\nEND\n"
    )


def _fields(kind: str, data_type: str, fields: dict[str, tuple[str, str]]) -> list[str]:
    return [
        f'\t\t\t\t{kind}Name="{name}"\n\t\t\t\tDataType={data_type}\n\t\t\t\tDimList=("{rows}","{cols}")\n'
        for name, (rows, cols) in fields.items()
    ]


def _group(name: str, entries: list[str]) -> str:
    objects = "".join(
        f"\t\t\tOBJECT={name}_{number}\n{entry}\t\t\tEND_OBJECT={name}_{number}\n"
        for number, entry in enumerate(entries, start=1)
    )
    return f"\t\tGROUP={name}\n{objects}\t\tEND_GROUP={name}\n"
