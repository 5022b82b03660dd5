# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of ``train``, and what it means: config, weights to start with, places to learn from."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..configuration import Config, load_config
from ..dataset import SPLITS, load_places
from ..scene_table import add_table_arguments, table_of
from .adaptation import bundled_card, settings_of
from .devices import PRECISIONS
from .scene_places import Splits, split_scenes
from .start import Start, read_start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``train``."""
    parser.add_argument("config", help="bundled config (s2-20m, s2-60m) or a path")
    parser.add_argument("--out", type=Path, required=True, help="run folder: checkpoint, logs; resumed where it exists")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    add_table_arguments(parser)
    parser.add_argument("--minutes", type=float, default=30.0, help="budget of wall time")
    parser.add_argument("--steps", type=int, default=0, help="optimiser steps instead of minutes; repeatable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=float, default=60.0, help="seconds between checkpoints and reports")
    parser.add_argument("--patience", type=int, default=None, help="stop after so many reports without improvement")
    fine = parser.add_argument_group("fine-tuning")
    fine.add_argument("--from", dest="start", type=Path, metavar="RUN|CARD.json", help="weights to start with")
    fine.add_argument(
        "--teacher",
        type=Path,
        action="append",
        metavar="RUN|CARD.json",
        help="learn its results instead of the truth; may be repeated for the mean of several",
    )
    fine.add_argument("--adapt", action="append", metavar="PRODUCT", help="learn from this product; may be repeated")
    fine.add_argument("--id", help="of the model that comes out; needed to export it beside the one it came from")
    fine.add_argument("--learning-rate", type=float, help="instead of the config's")
    where = parser.add_argument_group("machine")
    where.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    where.add_argument("--devices", type=int, default=0, help="0 = all GPUs, or one process on CPU")
    where.add_argument("--precision", default="auto", choices=PRECISIONS)
    where.add_argument("--threads", type=int, default=0, help="CPU threads, 0 = all")
    where.add_argument("--workers", type=int, default=None, help="processes that make chips; the result is the same")


def what_to_train(arguments: argparse.Namespace) -> tuple[Config, Start | None]:
    """Return the config with what the command line changes in it, and the weights to start with.

    Raises:
        ValueError: the weights cannot be had, or are of other bands.
    """
    config = load_config(arguments.config)
    source = arguments.start or (bundled_card(config) if arguments.adapt else None)
    start = read_start(source, config) if source else None
    settings = {} if start is None else settings_of(config, bool(arguments.adapt))
    if arguments.learning_rate is not None:
        settings["learning_rate"] = arguments.learning_rate
    changes: dict[str, Any] = {"training": {**config.training, **settings}}
    if arguments.id:
        changes.update(id=arguments.id, name=f"{config.document['name']} ({arguments.id})")
    document = {**config.document, **changes}
    return replace(config, id=document["id"], training=document["training"], document=document), start


def where_to_learn(arguments: argparse.Namespace, config: Config) -> Splits:
    """Return the blocks of the user's products, or the places of a table, whose test places are for ``evaluate``.

    Raises:
        SatSharpError: a product cannot be opened or does not fit the config.
        ValueError: arguments contradict each other, or a table is wrong.
    """
    if arguments.adapt and arguments.scenes:
        raise ValueError("--adapt learns from one scene for that scene, --scenes for others. Pass one of them.")
    if arguments.adapt:
        return split_scenes(arguments.adapt, config, arguments.seed)
    table = table_of(arguments, config)
    train, chosen_by = (load_places(config, name, arguments.data, table) for name in SPLITS[:2])
    return Splits(train, chosen_by, [])


def command_of(arguments: argparse.Namespace) -> str:
    """Return the command line of this run for the card; of products only the names."""
    words = ["python -m satsharp.export_tools train", arguments.config, f"--out runs/{arguments.out.name}"]
    words.append(f"--seed {arguments.seed}")
    words.append(f"--steps {arguments.steps}" if arguments.steps else f"--minutes {arguments.minutes:g}")
    if arguments.start:
        words.append(f"--from {'runs' if arguments.start.is_dir() else 'models'}/{arguments.start.name}")
    for teacher in arguments.teacher or []:
        words.append(f"--teacher {'runs' if teacher.is_dir() else 'models'}/{teacher.name}")
    words += [f"--adapt {Path(source).name}" for source in arguments.adapt or []]
    if arguments.scenes:
        words.append(f"--scenes {' '.join(Path(source).name for source in arguments.scenes)}")
    if arguments.id:
        words.append(f"--id {arguments.id}")
    return " ".join(words)
