# SPDX-License-Identifier: GPL-2.0-or-later
"""Calibrate a model's interval: how many spreads on either side of the value hold 90 % of the truth.

Factors are found on validation places and tried on test places, at reduced scale where the truth is known, and both
degradations count: the published one and each band's own transfer function. Intervals are judged as users get them:
around values made consistent with the input, and by factors adapted to the scene as the engine does. Bands that a place
does not have count in nothing. The spread is the network's second output where it has one, else the standard deviation
over the eight flips and turns of the input.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ..core.cards import load_card
from ..core.errors import SatSharpError
from .configuration import Config
from .conformal import Errors, factors_of
from .dataset import NETWORK_SCALE, load_places
from .degradation import KINDS
from .evaluation.sharpeners import config_of_card
from .interval_report import Calibration, interval_block, rows_of, text_table
from .spreads import SOURCES, Estimator, errors_on

COVERAGE = 0.9
REFLECTANCE = 10000.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``calibrate``."""
    parser.add_argument("card", type=Path, help="card (.json) whose .onnx lies beside it; its interval is written")
    parser.add_argument("--split", nargs="+", default=["validation"], choices=["train", "validation"])
    parser.add_argument("--test", default="test", choices=["validation", "test"], help="split to try the factors on")
    parser.add_argument(
        "--source", default=None, choices=SOURCES, help="default: spread where the card has that output"
    )
    parser.add_argument("--coverage", type=float, default=COVERAGE, help="share of pixels to hold the truth, 0 to 1")
    parser.add_argument("--floor", type=float, default=0.0, help="digital numbers (x 10000) to add to every spread")
    parser.add_argument("--degradation", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument(
        "--no-consistency", action="store_true", help="judge the network's own values, not the engine's"
    )
    parser.add_argument(
        "--no-adaptation", action="store_true", help="judge the card's factors, not those adapted to each scene"
    )
    parser.add_argument("--config", default=None, help="config (default: the one named like the card, or the card)")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--places", type=Path, default=None, help="table of places (default: the config's)")
    parser.add_argument("--threads", type=int, default=2, help="of ONNX Runtime")
    parser.add_argument("--json", type=Path, default=None, help="write all figures to this file")
    parser.add_argument("--dry-run", action="store_true", help="leave the card as it is")


def run(arguments: argparse.Namespace) -> int:
    """Calibrate a card; 0, or 1 with the reason on the error stream."""
    try:
        _run(arguments)
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    document = json.loads(arguments.card.read_text(encoding="utf-8"))
    calibration = calibrate(arguments, document)
    rows = rows_of(calibration)
    print(text_table(calibration, rows))
    block = interval_block(calibration, rows)
    block["consistency"] = not arguments.no_consistency
    block["adaptation"] = not arguments.no_adaptation
    if arguments.floor:
        block["floor"] = arguments.floor / REFLECTANCE * document["value_range"]["scale"]
    if arguments.json:
        arguments.json.write_text(json.dumps(block, indent=1) + "\n", encoding="utf-8")
    if not arguments.dry_run:
        write_interval(arguments.card, document, block)
        print(f"{arguments.card}: interval written")


def calibrate(arguments: argparse.Namespace, document: dict[str, Any]) -> Calibration:
    """Find the factors of a card and run the model on the places that they are tried on.

    Raises:
        ValueError: a split is calibrated and tested on, or has no place; or the card has no spread.
    """
    if arguments.test in arguments.split:
        raise ValueError(f"The split {arguments.test} cannot be calibrated and tested on. Pass another --split.")
    if not 0 < arguments.coverage < 1:
        raise ValueError(f"A coverage of {arguments.coverage:g} cannot be had. Pass a share between 0 and 1.")
    config = config_of_card(arguments.card, document, arguments.config)
    source = arguments.source or source_of(document)
    floor = arguments.floor / REFLECTANCE * NETWORK_SCALE
    path = arguments.card.parent / document["file"]
    estimate = Estimator(document, path, config, source, arguments.threads, floor)
    seen = tuple(entry for split in arguments.split for entry in _errors(arguments, config, estimate, split))
    factors = factors_of(seen, config.targets.bands, arguments.coverage)
    tested = _errors(arguments, config, estimate, arguments.test)
    command = command_of(arguments, document["id"], source)
    adaptation = not arguments.no_adaptation
    return Calibration(document["id"], source, arguments.coverage, factors, command, seen, tested, adaptation)


def source_of(document: dict[str, Any]) -> str:
    """Return where a card's spread comes from by default."""
    has_spread = any(output.get("role") == "spread" for output in document["outputs"])
    return "spread" if has_spread else "ensemble"


def write_interval(card: Path, document: dict[str, Any], block: dict[str, Any]) -> None:
    """Put the interval into a card, if the engine accepts it; otherwise the card stays as it was.

    Raises:
        CardError: the engine refuses the card.
        ValueError: the engine does not add a floor to spreads.
    """
    before = card.read_text(encoding="utf-8")
    card.write_text(json.dumps({**document, "interval": block}, indent=2) + "\n", encoding="utf-8")
    try:
        if getattr(load_card(card).interval, "floor", 0.0) != block.get("floor", 0.0):
            raise ValueError("The engine adds no floor to spreads yet. Calibrate without --floor.")
    except (SatSharpError, ValueError):
        card.write_text(before, encoding="utf-8")
        raise


def command_of(arguments: argparse.Namespace, name: str, source: str) -> str:
    """Return the command that gives these figures again, from the repository's root."""
    words = ["python -m satsharp.export_tools calibrate", f"models/{name}.json", f"--split {' '.join(arguments.split)}"]
    words += [f"--test {arguments.test}", f"--source {source}"]
    if arguments.coverage != COVERAGE:
        words.append(f"--coverage {arguments.coverage:g}")
    if arguments.floor:
        words.append(f"--floor {arguments.floor:g}")
    if arguments.no_consistency:
        words.append("--no-consistency")
    if arguments.no_adaptation:
        words.append("--no-adaptation")
    if tuple(arguments.degradation) != KINDS:
        words.append(f"--degradation {' '.join(arguments.degradation)}")
    return " ".join(words)


def _errors(arguments: argparse.Namespace, config: Config, estimate: Estimator, split: str) -> tuple[Errors, ...]:
    places = load_places(config, split, arguments.data, arguments.places)
    if not places:
        raise ValueError(f"No place of the split {split} is at hand. Check SATSHARP_DATA and --places.")
    found = errors_on(
        estimate, places, arguments.degradation, not arguments.no_consistency, not arguments.no_adaptation
    )
    if not found:
        raise ValueError(f"The places of the split {split} have none of the model's bands. Add others to the table.")
    return found
