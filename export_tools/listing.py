# SPDX-License-Identifier: GPL-2.0-or-later
"""The command ``dataset``: what there is to learn from, and how many chips are rejected for what."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..core.errors import SatSharpError
from .chip_counts import ChipCounts, count_chips
from .configuration import Config, load_config
from .dataset import SPLITS, Place, Table, load_places
from .scene_table import add_table_arguments, table_of

HEADER = ("scene", "place", "split", "kind", "target px", "valid", "chips", "rejected")
FIGURES = ("target px", "valid", "chips")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``dataset``."""
    parser.add_argument("config", help="bundled config or a path")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    add_table_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print every scene with its place, split, size, and its chips; 0, or 1 with the reason on the error stream."""
    try:
        config = load_config(arguments.config)
        list_scenes(config, table_of(arguments, config), arguments.data)
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def list_scenes(config: Config, table: Table | None, root: Path | None) -> None:
    """Print the scenes of a table, with the sums of each split."""
    rows, totals = [HEADER], []
    for split in SPLITS:
        scenes: dict[str, list[Place]] = {}
        for place in load_places(config, split, root, table):
            scenes.setdefault(place.scene, []).append(place)
        total = ChipCounts(0, {})
        for scene, blocks in scenes.items():
            chips = sum((count_chips(block, config) for block in blocks), ChipCounts(0, {}))
            rows.append(row_of(scene, blocks, chips))
            total += chips
        places = len({block.place for blocks in scenes.values() for block in blocks})
        totals.append(
            f"{split}: {len(scenes)} scene(s) of {places} place(s), {total.kept} of {total.all} chips kept; "
            f"rejected: {_reasons(total.rejected)}"
        )
    print("\n".join([*aligned(rows), *totals]))


def row_of(scene: str, blocks: list[Place], chips: ChipCounts) -> tuple[str, ...]:
    """Return the cells of a scene: chips lie side by side, and each is rejected for the first reason that it has."""
    first = blocks[0]
    size = "x".join(str(length) for length in first.mask.shape)
    valid = sum(int(block.mask.sum()) for block in blocks) / sum(block.mask.size for block in blocks)
    return (
        scene,
        first.place,
        first.split,
        "native" if first.native else "one_grid",
        size if len(blocks) == 1 else f"{len(blocks)} of {size}",
        f"{valid:.1%}",
        str(chips.all) if chips.all else "too small",
        _reasons(chips.rejected),
    )


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Return lines in which columns stand below each other; figures are right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if title in FIGURES else cell.ljust(width)
            for cell, width, title in zip(row, widths, rows[0])
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _reasons(rejected: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in rejected.items() if count) or "none"
