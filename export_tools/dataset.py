# SPDX-License-Identifier: GPL-2.0-or-later
"""Places: real scenes read into memory in network range, split by place, invalid pixels masked.

A *native* place has each band group on its own grid. A *one_grid* place has all bands at one GSD: the finest group is
used as it is and the coarser ones are degraded to their place in the ladder, so the same relation is learnt at a
coarser scale.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.point_spread import valid_blocks
from .configuration import Config, Group, load_config
from .place_bands import cut_to_origin, open_raster, read_group

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

PLACES_FILE = Path(__file__).resolve().parent / "places.json"
NETWORK_SCALE = 5.0
SATURATED = 65535
# Scene classification values of Sen2Cor that are no clear ground: none, saturated, shadow, clouds, cirrus.
UNCLEAR_CLASSES = (0, 1, 3, 8, 9, 10)


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


def read_table(path: Path = PLACES_FILE) -> list[dict[str, Any]]:
    """Read the places table.

    Raises:
        ValueError: a location is in two splits.
    """
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["places"]
    splits: dict[str, str] = {}
    for entry in entries:
        if splits.setdefault(entry["place"], entry["split"]) != entry["split"]:
            raise ValueError(f"place {entry['place']} is in two splits; keep all its scenes in one")
    return entries


def load_places(config: Config, split: str, root: Path | None = None, table: Path | None = None) -> list[Place]:
    """Read every place of a split that has all the groups of ``config``; missing files are left out.

    Args:
        config: which bands are wanted.
        split: train, validation or test.
        root: folder of scenes; by default ``data_folder``.
        table: of places; by default the config's.
    """
    names = {group.table_name for group in config.groups}
    known = read_table(table or config.places)
    entries = [entry for entry in known if entry["split"] == split and names <= set(entry["files"])]
    places = [load_place(entry, config, root or data_folder()) for entry in entries]
    return [place for place in places if place is not None]


def load_place(entry: dict[str, Any], config: Config, root: Path) -> Place | None:
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
    mask, rejected = _mask(entry, numbers, ratios, root)
    gain = np.float32(NETWORK_SCALE / entry.get("quantification", 10000))
    offset = np.float32(entry.get("offset", 0))
    images = {
        name: np.where(image == entry["nodata"], 0, (image + offset) * gain).astype(np.float32)
        for name, image in numbers.items()
    }
    made = entry.get("stand_in", {})
    trivial = {band for pair in made.items() for band in _names(pair)} - set(entry.get("learn", ()))
    targets = config.targets.bands
    return Place(
        id=entry["id"],
        place=entry["place"],
        split=entry["split"],
        weight=float(entry.get("weight", 1)),
        native=native,
        images=images,
        mask=mask,
        without_loss=tuple(band for band in targets if band in trivial),
        rejected=rejected,
        absent=_absent(targets, {*made, *entry.get("unjudged", ())}),
    )


def _absent(targets: tuple[str, ...], without: set[str]) -> tuple[str, ...]:
    found = tuple(band for band in targets if band in without)
    return found if len(found) < len(targets) else ()


def _names(stand_in: tuple[str, Any]) -> set[str]:
    """Return the bands that a stand-in makes trivial to predict: the missing one, or the one that is copied."""
    band, source = stand_in
    return {source} if isinstance(source, str) else {band}


def _mask(
    entry: dict[str, Any], numbers: dict[str, npt.NDArray[Any]], ratios: dict[str, int], root: Path
) -> tuple[Mask, dict[str, int]]:
    """Return which target pixels are valid in every band, and how many were rejected for which reason."""
    special = {"nodata": entry["nodata"], "saturated": SATURATED}
    good = {
        reason: np.logical_and.reduce(
            [valid_blocks((image != value).all(axis=0), ratios[name]) for name, image in numbers.items()]
        )
        for reason, value in special.items()
    }
    good["unclear"] = _clear(entry, root, *good["nodata"].shape)
    mask = np.ones(good["nodata"].shape, bool)
    rejected = {}
    for reason, valid in good.items():
        rejected[reason] = int((mask & ~valid).sum())
        mask &= valid
    return mask, rejected


def _clear(entry: dict[str, Any], root: Path, rows: int, columns: int) -> Mask:
    if "classes" not in entry:
        return np.ones((rows, columns), bool)
    classes = open_raster(str(root / entry["classes"])).ReadAsArray()[:rows, :columns]
    return ~np.isin(classes, UNCLEAR_CLASSES)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``dataset``."""
    parser.add_argument("config", help="bundled config or a path")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--places", type=Path, default=None, help="table of places (default: the config's)")


def run(arguments: argparse.Namespace) -> int:
    """Print every place with its size, split and what was rejected."""
    config = load_config(arguments.config)
    print(f"{'scene':22s}{'split':12s}{'kind':10s}{'target px':>12s}{'valid':>8s}  rejected")
    for split in ("train", "validation", "test"):
        for place in load_places(config, split, arguments.data, arguments.places):
            kind = "native" if place.native else "one_grid"
            size = "x".join(str(length) for length in place.mask.shape)
            reasons = ", ".join(f"{reason} {count}" for reason, count in place.rejected.items() if count) or "none"
            print(f"{place.id:22s}{split:12s}{kind:10s}{size:>12s}{place.mask.mean():8.1%}  {reasons}")
    return 0
