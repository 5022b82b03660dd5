# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a table of places from products: the place of each by its tile, the split by place."""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..core.grid import Grid
from ..core.products.alignment import same_crs
from ..core.scene import Scene
from .configuration import Config
from .dataset import Entry, Table
from .product_blocks import open_product
from .product_places import product_path

# From this many places on, one is held out to choose the weights by and one to measure on.
ENOUGH_PLACES = 5
SWATHS = "swaths"
_NOTES = (
    "Made by --scenes; edit at will. place: scenes of one place have to stay in one split (train, validation, test). "
    "weight: how often chips are drawn from it. blocks: of a large scene, how many are read. stand_in: a missing band "
    "is a weighted sum of others there, and left out of loss and figures."
)
# Of Sentinel-2 the tile, of Landsat path and row, of MODIS and VIIRS the tile of the sinusoidal grid.
_NAMED = (
    re.compile(r"(?<![A-Za-z0-9])(T\d{2}[C-HJ-NP-X][A-HJ-NP-Z]{2})(?![A-Za-z0-9])"),
    re.compile(r"^L[COTEM]\d{2}_L\d[A-Z]{2}_(\d{6})_"),
    re.compile(r"(?<![A-Za-z0-9])(h\d{2}v\d{2})(?![A-Za-z0-9])"),
)


def add_table_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what says where the places are: a table's file, or products."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--places", type=Path, default=None, help="table of places (default: the config's)")
    where.add_argument("--scenes", nargs="+", action="extend", metavar="PRODUCT", help="products instead of a table")
    parser.add_argument(
        "--write-places", type=Path, metavar="TABLE.json", help="store the table that --scenes makes, to be edited"
    )


def table_of(arguments: argparse.Namespace, config: Config) -> Table | None:
    """Return the table that the command line asks for; None for the config's. One of products is printed in words.

    Raises:
        SatSharpError: a product cannot be opened or does not fit the config.
        ValueError: a product is given twice, or there is nothing to write.
    """
    if not arguments.scenes:
        if arguments.write_places:
            raise ValueError("--write-places stores the table that --scenes makes. Pass --scenes with your products.")
        places: Path | None = arguments.places
        return places
    entries = entries_of(arguments.scenes, config)
    print(sentence_of(entries))
    if arguments.write_places:
        write_table(entries, arguments.write_places)
        print(f"{arguments.write_places}: {len(entries)} scene(s). Edit it and pass it with --places.")
    return entries


def entries_of(products: Sequence[str], config: Config) -> list[Entry]:
    """Return the entries of a table for products.

    Raises:
        SatSharpError: a product cannot be opened or does not fit the config.
        ValueError: a product is given twice.
    """
    paths = [product_path(product, (Path.cwd(),)) for product in products]
    twice = [path for path in paths if paths.count(path) > 1]
    if twice:
        raise ValueError(f"{twice[0]} is given twice. Name each product once.")
    opened = [open_product(path, config, complete=True) for path in paths]
    places = places_of([product.scene for product in opened])
    splits = split_places(places)
    entries: list[Entry] = []
    for path, product, place in zip(paths, opened, places):
        name = _id(product.scene, place, {entry["id"] for entry in entries})
        entry = {"id": name, "place": place, "split": splits[place], "product": path}
        entries.append({**entry, "stand_in": dict(product.stand_in)} if product.stand_in else entry)
    return entries


def split_places(places: Iterable[str]) -> dict[str, str]:
    """Return the split of each place: by a stable hash one for the test and one for validation, where there are enough.

    All scenes of a place are in one split, and a place's rank depends on its name alone.
    """
    ranked = sorted(set(places), key=lambda name: (zlib.crc32(name.encode()), name))
    splits = dict.fromkeys(ranked, "train")
    if len(ranked) >= ENOUGH_PLACES:
        splits.update({ranked[0]: "test", ranked[1]: "validation"})
    return splits


def places_of(scenes: Sequence[Scene]) -> list[str]:
    """Return the place of each scene: its tile or path and row; of others the first that covers some of its ground.

    Swaths may overlap anywhere, so all of them are one place.
    """
    named = [_named_place(scene) for scene in scenes]
    groups: list[list[int]] = []
    for index, scene in enumerate(scenes):
        if not named[index]:
            near = [group for group in groups if any(_overlap(scene, scenes[other]) for other in group)]
            groups = [group for group in groups if group not in near]
            groups.append(sorted(sum(near, [index])))
    first = {index: scenes[group[0]].name for group in groups for index in group}
    return [place or first[index] for index, place in enumerate(named)]


def sentence_of(entries: Sequence[Entry]) -> str:
    """Return in words which places are held out, or why none is."""
    by_split: dict[str, list[str]] = {}
    for entry in entries:
        by_split.setdefault(entry["split"], []).append(entry["place"])
    names = list(dict.fromkeys(entry["place"] for entry in entries))
    count = f"{len(entries)} scene(s) of {len(names)} place(s)"
    if "test" in by_split:
        return (
            f"{count}. Training sees neither {by_split['validation'][0]} (validation, to choose the weights by with "
            f"--patience) nor {by_split['test'][0]} (test, to measure the model on)."
        )
    shown = ", ".join(names[:ENOUGH_PLACES])
    return (
        f"{count} ({shown}). With fewer than {ENOUGH_PLACES} places all are learnt from: the last weights of the "
        "training count, and there is no place of yours to measure or calibrate on. Add products of other places, or "
        "set the splits yourself in the table (--write-places)."
    )


def write_table(entries: Sequence[Entry], path: Path) -> None:
    """Write a table with one entry a line, products by absolute paths."""
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{\n  "notes": {json.dumps(_NOTES)},\n  "places": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def _named_place(scene: Scene) -> str:
    texts = (scene.name, *(value for _, value in scene.tags), Path(scene.source.rstrip("/")).name)
    for pattern in _NAMED:
        for text in texts:
            found = pattern.search(text)
            if found is not None:
                return found[1]
    return SWATHS if scene.geolocation is not None else ""


def _id(scene: Scene, place: str, taken: set[str]) -> str:
    """Return place and date, with the level where another scene has them already, and a number where that has, too."""
    wanted = f"{place}_{scene.acquired[:10].replace('-', '')}" if scene.acquired and place != scene.name else scene.name
    names = [wanted, f"{wanted}_{scene.level}", *(f"{wanted}_{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _overlap(first: Scene, second: Scene) -> bool:
    """Return whether two scenes share ground; without a CRS nothing is known of where they are."""
    one, other = first.finest, second.finest
    if not one.crs or not same_crs(one.crs, other.crs):
        return False
    return all(low < high for low, high in zip(*_common(_box(one), _box(other))))


def _common(
    first: tuple[tuple[float, float], ...], second: tuple[tuple[float, float], ...]
) -> tuple[list[float], list[float]]:
    lows = [max(one[0], other[0]) for one, other in zip(first, second)]
    return lows, [min(one[1], other[1]) for one, other in zip(first, second)]


def _box(grid: Grid) -> tuple[tuple[float, float], ...]:
    corners = (grid.locate(0, 0), grid.locate(grid.height, grid.width))
    return tuple((min(values), max(values)) for values in zip(*corners))
