# SPDX-License-Identifier: GPL-2.0-or-later
"""Find, list and open files through GDAL, so that a folder and a zip or tar archive read alike."""

from __future__ import annotations

import os
import posixpath

from osgeo import gdal

from ..errors import ProductError
from ..grid import Grid
from ..raster_digest import opened_file
from ..raster_state import gdal_messages, without_properties
from .archive import check_archive
from .tar_archive import SUFFIX as TAR_SUFFIX
from .tar_archive import check_tar

# Characters of what GDAL says that are told at most.
_LONGEST_REASON = 200

# The largest tile metadata of ESA are below 2 MB; what is larger is no metadata file.
LARGEST_TEXT = 32 << 20


def locate(source: str) -> str:
    """Return the path that GDAL reads for what the user gave; an archive becomes its /vsizip or /vsitar folder.

    Raises:
        ProductError: nothing is there, it may not be read, or it is a damaged or unsafe archive.
    """
    given = source.strip().strip('"')
    if not given:
        raise ProductError("No input is given. Choose a product folder, its metadata file, an archive or a raster.")
    if "://" in given and not given.startswith("/vsi"):
        raise ProductError(f"{given} is an address, not a file. Download the product, then pass its folder or .zip.")
    path = _checked(given if given.startswith("/vsi") else _local(given))
    if not exists(path):
        raise ProductError(f"{given} does not exist. Check the path.")
    return path.rstrip("/")


def exists(path: str) -> bool:
    """Return whether a file or folder is there."""
    with gdal_messages(), without_properties():
        return gdal.VSIStatL(path) is not None


def is_folder(path: str) -> bool:
    """Return whether the path is a folder, or an archive seen as one."""
    with gdal_messages(), without_properties():
        status = gdal.VSIStatL(path)
    return status is not None and bool(status.IsDirectory())


def names(folder: str) -> tuple[str, ...]:
    """Return the sorted names of files and folders in a folder, without hidden ones."""
    with gdal_messages(), without_properties():
        found = gdal.ReadDir(folder) or []
    visible = (name.rstrip("/") for name in found)
    return tuple(sorted(name for name in visible if name and not name.startswith((".", "__MACOSX"))))


def names_below(folder: str) -> tuple[str, ...]:
    """Return the sorted relative paths of all files below a folder."""
    with gdal_messages(), without_properties():
        found = gdal.ReadDirRecursive(folder) or []
    return tuple(sorted(name for name in found if not name.endswith("/")))


def join(folder: str, *parts: str) -> str:
    """Join path parts with the slash that GDAL takes on every platform."""
    return posixpath.join(folder, *parts)


def read_text(path: str) -> str:
    """Read a text file.

    Raises:
        ProductError: it cannot be read, is far too large for metadata, or is no UTF-8 text.
    """
    with gdal_messages() as messages, without_properties():
        status = gdal.VSIStatL(path)
        if status is None or status.size > LARGEST_TEXT:
            raise ProductError(f"{path} is missing or too large for a metadata file. Download the product again.")
        handle = opened_file(path)
        data = gdal.VSIFReadL(1, status.size, handle) if handle is not None else None
        if handle is not None:
            gdal.VSIFCloseL(handle)
    if data is None:
        reason = reason_of(messages, "it is empty, or without permission")
        raise ProductError(f"{path} cannot be read ({reason}). Download the product again.")
    try:
        return bytes(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProductError(f"{path} is no text ({error}). Download the product again.") from error


def open_raster(path: str, drivers: tuple[str, ...] = ()) -> gdal.Dataset:
    """Open a raster for reading.

    Args:
        path: file.
        drivers: GDAL's short names of the drivers that may open it; empty for all.

    Raises:
        ProductError: GDAL cannot open it.
    """
    options = {"allowed_drivers": list(drivers)} if drivers else {}
    with gdal_messages() as messages, without_properties():
        try:
            dataset = gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_READONLY, **options)
        except RuntimeError as error:
            messages.append(str(error))
            dataset = None
    if dataset is None:
        reason = reason_of(messages, "no driver knows it")
        raise ProductError(
            f"{path} cannot be opened as a raster ({reason}). It may be truncated, damaged or without permission."
        )
    return dataset


def probe_last_block(dataset: gdal.Dataset, index: int, path: str) -> None:
    """Read the last block of a band, so that a truncated file shows itself before inference.

    Raises:
        ProductError: the block cannot be read.
    """
    band = dataset.GetRasterBand(index)
    width, height = band.GetBlockSize()
    col, row = (band.XSize - 1) // width * width, (band.YSize - 1) // height * height
    with gdal_messages() as messages, without_properties():
        try:
            data = band.ReadRaster(col, row, band.XSize - col, band.YSize - row)
        except RuntimeError as error:
            messages.append(str(error))
            data = None
    if data is None or messages:
        reason = reason_of(messages, "no reason given")
        raise ProductError(f"{path} is truncated or damaged ({reason}). Download the product again.")


def grid_of(dataset: gdal.Dataset) -> Grid | None:
    """Return the grid of a raster, or None where it has no georeference."""
    transform = dataset.GetGeoTransform(can_return_null=True)
    if transform is None:
        return None
    return Grid(dataset.GetProjection(), tuple(transform), dataset.RasterXSize, dataset.RasterYSize)


def reason_of(messages: list[str], otherwise: str) -> str:
    """Return GDAL's messages as one short phrase; the last says most, and the causes that newer GDAL adds repeat it."""
    lines = [" ".join(message.split("; May be caused by:")[0].split()).rstrip(".") for message in messages]
    return _shortened(lines[-1]) if lines and lines[-1] else otherwise


def _shortened(text: str) -> str:
    """Return a text, if it is long cut between two words; one word that long, such as a path, is cut itself."""
    if len(text) <= _LONGEST_REASON:
        return text
    kept = text[: _LONGEST_REASON - len(" ...")]
    return f"{kept.rpartition(' ')[0].rstrip(' ,;:') or kept} ..."


def _checked(path: str) -> str:
    """Return an archive as the folder that GDAL sees in it, once it is found safe; other paths as they are."""
    if not os.path.isdir(path):
        if path.lower().endswith(".zip") and not path.startswith("/vsizip/"):
            path = "/vsizip/" + path
        elif TAR_SUFFIX.search(path) and not path.startswith("/vsitar/"):
            path = "/vsitar/" + path
    if path.startswith("/vsizip/"):
        check_archive(path)
    if path.startswith("/vsitar/"):
        check_tar(path)
    return path


def _local(given: str) -> str:
    try:
        path = os.path.abspath(os.path.expanduser(given))
        if os.path.isdir(path):
            os.listdir(path)
        else:
            with open(path, "rb"):
                pass
    except PermissionError as error:
        raise ProductError(f"{given} may not be read: permission denied. Ask its owner, or copy it.") from error
    except FileNotFoundError as error:
        raise ProductError(f"{given} does not exist. Check the path.") from error
    except (OSError, ValueError) as error:
        raise ProductError(f"{given} cannot be read ({error}). Check the path.") from error
    return path
