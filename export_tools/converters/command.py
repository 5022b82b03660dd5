# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line of ``convert``: published weights -> ONNX file, card and digest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...core.errors import SatSharpError
from . import choose, converters
from .finishing import Finished, finish
from .framework import ConversionError, Converted, Options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``convert``."""
    known = dict.fromkeys(converters().values())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "families:\n" + "\n".join(f"  {', '.join(c.names)}: {c.summary}" for c in known)
    parser.add_argument("source", type=Path, help="checkpoint: a file, or a folder where the family has several files")
    parser.add_argument("--as", dest="family", default="auto", help="family, see below; auto tries to recognise it")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder for card, ONNX file and SHA256SUMS")
    parser.add_argument("--id", default="", help="id of the new card")
    parser.add_argument("--plain", action="store_true", help="inputs and outputs exactly as the published network's")
    parser.add_argument("--licence", default="", help="SPDX identifier, where the published one is known better")
    parser.add_argument("--origin", default="", help="where the file came from")
    parser.add_argument(
        "--tiling", default="", choices=("", "exact", "blended"), help="default: by the receptive field"
    )
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="NAME=VALUE", help="of a family")


def options_of(arguments: argparse.Namespace) -> Options:
    """Return the options of a parsed command line.

    Raises:
        ConversionError: a ``--set`` has no ``=``.
    """
    pairs = [text.partition("=") for text in arguments.settings]
    wrong = next((name for name, sign, _ in pairs if not sign), None)
    if wrong is not None:
        raise ConversionError(f"--set {wrong} has no value; write --set {wrong}=VALUE.")
    return Options(
        id=arguments.id,
        plain=arguments.plain,
        licence=arguments.licence,
        origin=arguments.origin,
        tiling=arguments.tiling,
        settings={name: value for name, _, value in pairs},
    )


def report(converted: Converted, finished: Finished) -> list[str]:
    """Return what was recognised and written, as lines."""
    recognised = converted.recognised
    parts = ", ".join(f"{name} {value}" for name, value in recognised.architecture.items())
    size = f"the count of {recognised.published}" if recognised.published else "not the count of a published model"
    lines = [
        f"Recognised {recognised.family}: {parts}",
        f"Parameters: {recognised.parameters:,}, {size}",
        *recognised.notes,
    ]
    if converted.network is not None:
        lines.append(f"torch against ONNX Runtime: max abs difference / max abs value = {finished.difference:.1e}")
    lines.append(f"Halo {finished.halo} px, alignment {finished.alignment} px of the coarsest input; {finished.tiling}")
    if finished.blend is not None:
        sides = f"blocks of {finished.blend.block} px that overlap by {finished.blend.overlap} px"
        lines.append(f"Blended: it runs on {sides}; say otherwise in the card's field blend")
    if finished.global_operations:
        lines.append(f"Global operations: {', '.join(finished.global_operations)}")
    return [*lines, f"Written: {finished.card}"]


def run(arguments: argparse.Namespace) -> int:
    """Convert one checkpoint; errors are one sentence."""
    try:
        options = options_of(arguments)
        converted = choose(arguments.family, arguments.source).convert(arguments.source, options)
        finished = finish(converted, arguments.source, arguments.out, options)
    except SatSharpError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(report(converted, finished)))
    return 0
