# SPDX-License-Identifier: GPL-2.0-or-later
"""Join the bands of finished rasters in a VRT beside them, which other programs open like one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from osgeo import gdal

from .errors import OutputError
from .output_place import discard_sidecars
from .raster_state import gdal_messages

# Kinds of node in the nested lists that gdal.SerializeXMLTree writes: [kind, name or text, children...].
_ELEMENT, _TEXT, _ATTRIBUTE = 0, 1, 2

Node = list[Any]


def join_rasters(path: Path, files: tuple[Path, ...]) -> None:
    """Write a VRT of all bands of some rasters on one grid, in order, by atomic rename.

    Names, wavelengths, scale, offset and nodata are those of the rasters; the tags are those of the first. The rasters
    are named relative to the VRT, so that all can be moved together.

    Args:
        path: of the VRT.
        files: finished rasters of the same grid.

    Raises:
        OutputError: a raster cannot be opened, or the VRT cannot be written.
    """
    datasets = [_opened(file) for file in files]
    first = datasets[0]
    tags = {key: value for key, value in first.GetMetadata().items() if key != "AREA_OR_POINT"}
    children = [_element("GeoTransform", ", ".join(f"{number:.16e}" for number in first.GetGeoTransform()))]
    if first.GetProjection():
        # Without the mapping GDAL 3 takes the authority's order of axes, latitude first.
        children.append(_element("SRS", first.GetProjection(), {"dataAxisToSRSAxisMapping": _axes(first)}))
    children.append(_metadata(tags))
    number = 0
    for file, dataset in zip(files, datasets):
        name = Path(os.path.relpath(file, path.parent)).as_posix()
        for index in range(1, dataset.RasterCount + 1):
            number += 1
            children.append(_band(dataset, index, name, number))
    sizes = _sizes(first, "rasterXSize", "rasterYSize")
    _write(path, gdal.SerializeXMLTree(_element("VRTDataset", "", sizes, *children)))


def _band(dataset: Any, index: int, name: str, number: int) -> Node:
    source = dataset.GetRasterBand(index)
    kind = gdal.GetDataTypeName(source.DataType)
    width, height = source.GetBlockSize()
    layout = {"DataType": kind, "BlockXSize": str(width), "BlockYSize": str(height)}
    whole = {"xOff": "0", "yOff": "0", **_sizes(dataset, "xSize", "ySize")}
    declared = (
        ("NoDataValue", source.GetNoDataValue()),
        ("Scale", source.GetScale()),
        ("Offset", source.GetOffset()),
    )
    return _element(
        "VRTRasterBand",
        "",
        {"dataType": kind, "band": str(number)},
        _element("Description", source.GetDescription()),
        _metadata(source.GetMetadata()),
        *(_element(key, repr(float(value))) for key, value in declared if value is not None),
        _element(
            "SimpleSource",
            "",
            {},
            _element("SourceFilename", name, {"relativeToVRT": "1", "shared": "0"}),
            _element("SourceBand", str(index)),
            _element("SourceProperties", "", {**_sizes(dataset, "RasterXSize", "RasterYSize"), **layout}),
            _element("SrcRect", "", whole),
            _element("DstRect", "", whole),
        ),
    )


def _element(name: str, text: str = "", attributes: dict[str, str] | None = None, *children: Node) -> Node:
    given = [[_ATTRIBUTE, key, [_TEXT, value]] for key, value in (attributes or {}).items()]
    return [_ELEMENT, name, *given, *([[_TEXT, text]] if text else []), *children]


def _metadata(items: dict[str, str]) -> Node:
    return _element("Metadata", "", {}, *(_element("MDI", value, {"key": key}) for key, value in items.items()))


def _sizes(dataset: Any, width: str, height: str) -> dict[str, str]:
    return {width: str(dataset.RasterXSize), height: str(dataset.RasterYSize)}


def _axes(dataset: Any) -> str:
    return ",".join(str(axis) for axis in dataset.GetSpatialRef().GetDataAxisToSRSAxisMapping())


def _opened(path: Path) -> Any:
    with gdal_messages() as messages:
        try:
            dataset = gdal.Open(str(path))
        except RuntimeError as error:
            messages.append(str(error))
            dataset = None
    if dataset is None:
        raise OutputError(f"{path} cannot be joined with the others ({'; '.join(messages) or 'no reason given'}).")
    return dataset


def _write(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"{path} cannot be written ({error.strerror}). Choose a folder that you may write."
        ) from error
    discard_sidecars(path)
