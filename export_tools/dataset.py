# SPDX-License-Identifier: GPL-2.0-or-later
"""Places: real scenes read into memory in network range, split by place, invalid pixels masked.

A *native* place has each band group on its own grid. A *one_grid* place has all bands at one GSD: the finest group is
used as it is and the coarser ones are degraded to their place in the ladder, so the same relation is learnt at a
coarser scale. A product (.SAFE, archive, MTL, HDF, stack) is opened as the engine opens it and is always native.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ..core.point_spread import valid_blocks
from .configuration import Config, Group
from .place_bands import cut_to_origin, left_out, read_clear, read_group
from .product_blocks import CLOUD, NODATA, SATURATED, split_causes
from .product_places import read_blocks

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Entry = dict[str, Any]
# A table's file, or its entries.
Table = Union[Path, Sequence[Entry]]

PLACES_FILE = Path(__file__).resolve().parent / "places.json"
NETWORK_SCALE = 5.0
SATURATED_NUMBER = 65535
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Place:
    """One scene of one place.

    Attributes:
        id: of the scene.
        place: of the location; splits are made by it.
        split: train, validation or test.
        weight: how often chips are drawn from it.
        native: True where every group is on its own grid.
        images: group name -> (bands, rows, columns), network range, invalid pixels 0.
        mask: (rows, columns) on the targets' grid, True where every band of every group is valid.
        without_loss: target bands that stand in for a missing guide band, so that they would be learnt trivially, or
            that others stand in for.
        absent: target bands that the place does not have, or that one of its guides stands for as well; their figures
            would mean nothing. Empty where it has none at all, or nothing could be said.
        rejected: reason -> number of target pixels left out.
        causes: reason -> those pixels, (rows, columns).
        scene: id of the table's entry, of which a large product makes several places.
    """

    id: str
    place: str
    split: str
    weight: float
    native: bool
    images: dict[str, Image]
    mask: Mask
    without_loss: tuple[str, ...]
    rejected: dict[str, int]
    absent: tuple[str, ...] = ()
    causes: dict[str, Mask] = field(default_factory=dict)
    scene: str = ""

    def ratio(self, config: Config, group: Group) -> int:
        """Return pixels of the group's image along one pixel of the target image."""
        return config.ratio(group) if self.native else 1

    def degradation(self, config: Config, group: Group) -> int:
        """Return by how much the group's image is degraded in the Wald protocol."""
        return config.scale_factor if self.native else config.factor(group)


def data_folder() -> Path:
    """Return the folder of real scenes: ``SATSHARP_DATA``, by default ``../shared/data``."""
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return Path(os.environ.get("SATSHARP_DATA", default))


def read_table(path: Path = PLACES_FILE) -> list[Entry]:
    """Read the places table.

    Raises:
        ValueError: a location is in two splits, or a split is unknown.
    """
    entries: list[Entry] = json.loads(path.read_text(encoding="utf-8"))["places"]
    check_splits(entries)
    return entries


def check_splits(entries: Sequence[Entry]) -> None:
    """Check that no location is in two splits.

    Raises:
        ValueError: one is, or a split is unknown.
    """
    splits: dict[str, str] = {}
    for entry in entries:
        if entry["split"] not in SPLITS:
            raise ValueError(f"place {entry['place']}: there is no split {entry['split']}; use {', '.join(SPLITS)}")
        if splits.setdefault(entry["place"], entry["split"]) != entry["split"]:
            raise ValueError(f"place {entry['place']} is in two splits; keep all its scenes in one")


def load_places(config: Config, split: str, root: Path | None = None, table: Table | None = None) -> list[Place]:
    """Read every place of a split that has all the groups of ``config``; missing files are left out.

    Args:
        config: which bands are wanted.
        split: train, validation or test.
        root: folder of scenes; by default ``data_folder``.
        table: of places, a file or entries; by default the config's.

    Raises:
        SatSharpError: a product cannot be opened or does not fit the config.
        ValueError: the table is wrong, or a raster cannot be read.
    """
    names = {group.table_name for group in config.groups}
    table = config.places if table is None else table
    folders = (root or data_folder(), *((table.resolve().parent,) if isinstance(table, Path) else ()))
    places: list[Place] = []
    for entry in read_table(table) if isinstance(table, Path) else table:
        if entry["split"] == split and "product" in entry:
            places += load_product(entry, config, folders)
        elif entry["split"] == split and names <= set(entry["files"]):
            place = load_place(entry, config, folders[0])
            places += [] if place is None else [place]
    return places


def load_product(entry: Entry, config: Config, folders: tuple[Path, ...]) -> list[Place]:
    """Read the blocks of a product; several share its weight.

    Args:
        entry: ``id``, ``place``, ``split`` and ``product``; ``weight``, ``stand_in``, ``learn``, ``unjudged`` and
            ``blocks`` where wanted.
        config: which bands are wanted.
        folders: where relative paths are looked for.

    Raises:
        SatSharpError: the product cannot be opened or does not fit the config.
    """
    blocks = list(read_blocks(entry, config, folders))
    if not blocks:
        sys.stderr.write(f"{entry['id']} is left out: of the blocks tried, none has half its ground valid and clear.\n")
    without_loss, absent = left_out(entry, config.targets.bands)
    weight = float(entry.get("weight", 1))
    return [
        Place(
            id=f"{entry['id']} {block.window.row}-{block.window.col}" if len(blocks) > 1 else entry["id"],
            place=entry["place"],
            split=entry["split"],
            weight=weight / len(blocks),
            native=True,
            images=block.images,
            mask=block.mask,
            without_loss=without_loss,
            rejected=_counts(block.causes),
            absent=absent,
            causes=block.causes,
            scene=entry["id"],
        )
        for block in blocks
    ]


def load_place(entry: Entry, config: Config, root: Path) -> Place | None:
    """Read one entry of the table; None where its files are absent."""
    native = entry["kind"] == "native"
    ratios = {group.name: config.ratio(group) if native else 1 for group in config.groups}
    numbers = {}
    for group in config.groups:
        gsd = entry.get("gsd", config.groups[0].gsd) * (config.factor(group) if native else 1)
        read = read_group(entry, group, gsd, root)
        if read is None:
            return None
        shift = entry.get("guide_shift", (0, 0))
        own_shift = shift if group is config.groups[0] else (0, 0)
        numbers[group.name] = cut_to_origin(read, ratios[group.name], own_shift, shift)
    scale = config.scale_factor
    rows, columns = (
        min(numbers[name].shape[axis] // ratio for name, ratio in ratios.items()) // scale * scale for axis in (1, 2)
    )
    numbers = {name: image[:, : rows * ratios[name], : columns * ratios[name]] for name, image in numbers.items()}
    mask, causes = _mask(entry, config, numbers, root)
    gain = np.float32(NETWORK_SCALE / entry.get("quantification", 10000))
    offset = np.float32(entry.get("offset", 0))
    images = {
        name: np.where(image == entry["nodata"], 0, (image + offset) * gain).astype(np.float32)
        for name, image in numbers.items()
    }
    without_loss, absent = left_out(entry, config.targets.bands)
    return Place(
        id=entry["id"],
        place=entry["place"],
        split=entry["split"],
        weight=float(entry.get("weight", 1)),
        native=native,
        images=images,
        mask=mask,
        without_loss=without_loss,
        rejected=_counts(causes),
        absent=absent,
        causes=causes,
        scene=entry["id"],
    )


def _mask(
    entry: Entry, config: Config, numbers: dict[str, npt.NDArray[Any]], root: Path
) -> tuple[Mask, dict[str, Mask]]:
    """Return which target pixels are valid in every band, and which were rejected for which reason."""
    special = {NODATA: entry["nodata"], SATURATED: SATURATED_NUMBER}
    native = entry["kind"] == "native"
    ratios = {group.name: config.ratio(group) if native else 1 for group in config.groups}
    good = {
        reason: np.logical_and.reduce(
            [valid_blocks((image != value).all(axis=0), ratios[name]) for name, image in numbers.items()]
        )
        for reason, value in special.items()
    }
    if "classes" in entry:
        good[CLOUD] = read_clear(entry, config, root, good[NODATA].shape)
    return split_causes(good)


def _counts(causes: dict[str, Mask]) -> dict[str, int]:
    return {reason: int(pixels.sum()) for reason, pixels in causes.items()}
