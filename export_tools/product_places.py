# SPDX-License-Identifier: GPL-2.0-or-later
"""Products as places of a table: a small scene as a whole, of a large one some blocks, chosen by a stable hash."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.grid import Window
from ..core.raster import BandReader
from .configuration import Config
from .product_blocks import Block, Product, open_product, read_block

# A scene of at most so many pixels of the finest grid each way is one block; of larger ones blocks have this side.
WHOLE = 3072
SIDE = 1536
# Blocks of a large scene, unless its entry says how many: 6 of Sentinel-2 hold 0.3 GB, and once more while training.
BLOCKS = 6
# Part of a block that has to be valid, and the blocks that are tried until enough are.
LEAST_VALID = 0.5
TRIES = 4
_SEPARATOR = re.compile(r"[;|]")


def product_path(product: str, folders: tuple[Path, ...]) -> str:
    """Return where a product lies: as an absolute path, or in the first of the folders that has it.

    Several files that belong together are separated by ``;`` or ``|`` as in the engine. What is nowhere stays as it is,
    so that opening it says so.
    """
    return ";".join(_located(part.strip(), folders) for part in _SEPARATOR.split(product) if part.strip())


def read_blocks(entry: dict[str, Any], config: Config, folders: tuple[Path, ...]) -> Iterator[Block]:
    """Read what a table's entry names of a product.

    Args:
        entry: ``product``, and optionally ``stand_in`` and ``blocks``.
        config: which bands are wanted.
        folders: where relative paths are looked for.

    Raises:
        ProductError: the product cannot be opened or lacks a band.
        GridError: its grids do not fit the config.
        ValueError: the config cannot learn from products.
    """
    product = open_product(product_path(entry["product"], folders), config, entry.get("stand_in"))
    windows = windows_of(product, entry["id"])
    wanted, least = int(entry.get("blocks", BLOCKS)), LEAST_VALID if len(windows) > 1 else 0.0
    with BandReader() as reader:
        for window in windows[: wanted * TRIES]:
            block = read_block(product, window, reader)
            if block.mask.mean() > least:
                yield block
                wanted -= 1
            if not wanted:
                return


def windows_of(product: Product, name: str) -> list[Window]:
    """Return the blocks of a scene in pixels of the targets' grid, in an order that depends on the name alone."""
    (rows, columns), scale = product.extent, product.config.scale_factor
    ratio = product.config.ratio(product.config.groups[0])
    if max(rows, columns) * ratio <= WHOLE:
        return [Window(0, 0, rows // scale * scale, columns // scale * scale)]
    side = min(SIDE // ratio, rows, columns) // scale * scale
    windows = [
        Window(row * side, column * side, side, side)
        for row in range(rows // side)
        for column in range(columns // side)
    ]
    return sorted(windows, key=lambda window: (zlib.crc32(f"{name} {window.row} {window.col}".encode()), window.row))


def _located(part: str, folders: tuple[Path, ...]) -> str:
    if part.startswith("/vsi"):
        return part
    return next((str(folder / part) for folder in folders if (folder / part).exists()), part)
