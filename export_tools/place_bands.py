# SPDX-License-Identifier: GPL-2.0-or-later
"""Read what a table's entry says of a place: bands by other names, stand-ins, means of blocks, moved grids, clouds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..core.harmonization.clouds import BINARY, SCL
from ..core.image_shift import shift_image
from ..core.point_spread import valid_blocks
from .configuration import Config, Group
from .quality_masks import MSK_CLASSI, clear

Numbers = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]


def read_group(entry: dict[str, Any], group: Group, gsd: float, root: Path) -> Numbers | None:
    """Read the bands of a group.

    Args:
        entry: of the table.
        group: which bands.
        gsd: of the group's grid at this place in metres; with ``aggregate`` finer rasters are averaged to it.
        root: folder of scenes.

    Returns:
        Digital numbers (bands, rows, columns); None where a file is missing.
    """
    images = [_read_band(entry, group, band, gsd, root) for band in group.bands]
    found = [image for image in images if image is not None]
    if len(found) < len(images):
        return None
    rows, columns = (min(image.shape[axis] for image in found) for axis in (0, 1))
    return np.stack([image[:rows, :columns] for image in found])


def read_clear(entry: dict[str, Any], config: Config, root: Path, shape: tuple[int, ...]) -> Mask:
    """Read where the quality raster of a place (``classes``, of ``classes_kind``) sees the ground.

    A raster of another GSD is brought to the targets' grid; what is finer has to be clear all over a pixel.

    Args:
        entry: of the table.
        config: whose targets they are.
        root: folder of scenes.
        shape: rows and columns of the place in target pixels.

    Raises:
        ValueError: the raster cannot be opened, or is smaller than the place.
        ProductError: its kind is unknown.
    """
    group, kind = config.targets, entry.get("classes_kind", SCL)
    raster = open_raster(_full_path(entry["classes"].format(root=root), root))
    several = kind == MSK_CLASSI and raster.RasterCount > 1
    indices = (1, 2) if several else (_index(raster, (kind, kind.upper()), entry),)
    found = [clear(raster.GetRasterBand(i).ReadAsArray(), BINARY if several else kind) for i in indices]
    native = entry["kind"] == "native"
    gsd = entry.get("gsd", config.groups[0].gsd) * (config.factor(group) if native else 1)
    mask = _on_grid(np.logical_and.reduce(found), raster, gsd)
    row, column = entry.get("cut", {}).get(group.table_name, (0, 0))
    mask = cut_to_origin(mask[None, row:, column:], 1, (0, 0), entry.get("guide_shift", (0, 0)))[0]
    if mask.shape[0] < shape[0] or mask.shape[1] < shape[1]:
        raise ValueError(f"{entry['id']}: {entry['classes']} is smaller than the place, so its clouds are unknown.")
    return mask[: shape[0], : shape[1]]


def _on_grid(mask: Mask, raster: gdal.Dataset, gsd: float) -> Mask:
    transform = raster.GetGeoTransform(can_return_null=True)
    ratio = gsd / transform[1] if transform else 1.0
    if ratio >= 1:
        factor = round(ratio)
        rows, columns = (size // factor * factor for size in mask.shape)
        return valid_blocks(mask[:rows, :columns], factor)
    return mask.repeat(round(1 / ratio), 0).repeat(round(1 / ratio), 1)


def left_out(entry: dict[str, Any], targets: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return ``without_loss`` and ``absent`` of a place, see ``dataset.Place``."""
    made = entry.get("stand_in", {})
    trivial = {band for pair in made.items() for band in _names(pair)} - set(entry.get("learn", ()))
    without = {*made, *entry.get("unjudged", ())}
    absent = tuple(band for band in targets if band in without)
    return tuple(band for band in targets if band in trivial), absent if len(absent) < len(targets) else ()


def _names(stand_in: tuple[str, Any]) -> set[str]:
    """Return the bands that a stand-in makes trivial to predict: the missing one, or the one that is copied."""
    band, source = stand_in
    return {source} if isinstance(source, str) else {band}


def cut_to_origin(image: Numbers, ratio: int, own_shift: Any, shift: Any) -> Numbers:
    """Cut a group to the common origin; the finest one starts ``shift`` of its pixels below and right of the others."""
    cuts = []
    for pixels, own in zip(shift, own_shift):
        first = max(0, pixels)  # target pixels: enough for any shift of less than one
        cuts.append(slice(first * ratio - own, None))
    return image[(slice(None), *cuts)]


def open_raster(path: str) -> gdal.Dataset:
    """Open a raster without changing GDAL's error handling for the whole process.

    Raises:
        ValueError: GDAL cannot open it.
    """
    raster = gdal.Open(path)
    if raster is None:
        raise ValueError(f"{path} cannot be opened as a raster. Check SATSHARP_DATA.")
    return raster


def _read_band(entry: dict[str, Any], group: Group, band: str, gsd: float, root: Path) -> Numbers | None:
    """Read a band, or what stands in for it: another band, or a weighted sum of others."""
    source = entry.get("stand_in", {}).get(band, band)
    if isinstance(source, dict):
        parts = [(weight, _read_one(entry, group, name, gsd, root)) for name, weight in source.items()]
        kept = [weight * part.astype(np.float32) for weight, part in parts if part is not None]
        return np.asarray(np.sum(kept, axis=0)) if len(kept) == len(parts) else None
    return _read_one(entry, group, source, gsd, root)


def _read_one(entry: dict[str, Any], group: Group, band: str, gsd: float, root: Path) -> Numbers | None:
    short = entry.get("names", {}).get(band, band)
    template = entry.get("band_files", {}).get(band, entry["files"][group.table_name])
    path = _full_path(template.format(band=short, short=short.replace("B0", "B"), root=root), root)
    if not Path(path.split('"')[1] if '"' in path else path).is_file():
        return None
    raster = open_raster(path)
    pixels = raster.GetRasterBand(_index(raster, (short, band), entry)).ReadAsArray()
    if "replicated" in entry:
        row, column = entry["replicated"]
        step = round(group.gsd / entry["gsd"])
        return np.asarray(pixels[row::step, column::step])
    row, column = entry.get("cut", {}).get(group.table_name, (0, 0))
    pixels = pixels[row:, column:]
    if group.table_name in entry.get("move", {}):
        pixels = _moved(pixels, entry["nodata"], *entry["move"][group.table_name])
    factor = round(gsd / raster.GetGeoTransform()[1]) if entry.get("aggregate") else 1
    return pixels if factor == 1 else _block_means(pixels, factor, entry["nodata"])


def _full_path(path: str, root: Path) -> str:
    return path if path.startswith(("NETCDF:", "HDF4_EOS:", "HDF5:")) else str(root / path)


def _index(raster: gdal.Dataset, names: tuple[str, ...], entry: dict[str, Any]) -> int:
    """Return the number of the band with one of these names; else that of the date, in a file of one band a date."""
    described = {raster.GetRasterBand(i).GetDescription(): i for i in range(1, raster.RasterCount + 1)}
    for name in names:
        if name in described:
            return int(described[name])
    if raster.RasterCount > 1 and "date" not in entry:
        wanted, known = " or ".join(dict.fromkeys(names)), ", ".join(described)
        raise ValueError(f"{entry['id']}: no band is called {wanted}; there are {known}.")
    return 1 + int(entry.get("date", 0))


def _moved(pixels: Numbers, nodata: float, rows: float, columns: float) -> Numbers:
    """Move a band by a part of a pixel, as the engine does when it reads such a band."""
    mask = pixels != nodata
    level = pixels[mask].mean() if mask.any() else 0
    values = shift_image(np.where(mask, pixels, level).astype(np.float32), rows, columns)
    return np.where(mask, values, np.float32(nodata))


def _block_means(pixels: Numbers, factor: int, nodata: float) -> Numbers:
    """Average whole blocks; a block with a pixel without measurement has none."""
    rows, columns = (size // factor for size in pixels.shape)
    blocks = pixels[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    valid = (blocks != nodata).all(axis=(1, 3))
    return np.where(valid, blocks.mean(axis=(1, 3), dtype=np.float64), nodata).astype(np.float32)
