# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a trained network as ONNX with its card and digest, compare torch with ONNX Runtime, and make variants.

``export runs/20m`` writes the float32 file of a run; ``--variant fp16`` and ``--variant int8`` smaller ones beside it,
``--variant mcdropout`` one of a U-Net that draws at random.
Variants can also be made of a card: ``export models/s2-20m.json --variant int8 --out /tmp/models``.
``--views 2`` writes the mean over two flips and turns of a compact network, of a run or of a card.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from torch import nn

from ..core.cards import DIGEST_FILE, MODEL_FOLDER, file_digest, load_card, read_digests
from ..core.errors import SatSharpError
from ..core.network import inspect_network
from ..core.onnx_graph import read_graph
from ..core.receptive_field import analyze
from .configuration import Config
from .dataset import load_places
from .evaluation.sharpeners import config_of_card, default_of
from .networks import count_parameters
from .networks.views import VIEWS
from .onnx_writer import REGRESSION, SPREAD, export_onnx, input_names, output_names
from .parity import PARITY, differences, parity, parity_table
from .stochastic import MCDROPOUT, stochastic_variant
from .trained_card import card_of
from .training.card_network import network_of_card
from .training.checkpoint import load_trained
from .training.history import training_of
from .training.mean_of_views import mean_of_views, views_note
from .variant_card import variant_card, write_card
from .variants import VARIANTS, Judge, Reference, make_variant

__all__ = [
    "PARITY",
    "SPREAD",
    "add_arguments",
    "export_onnx",
    "parity",
    "run",
    "update_digests",
]

REFLECTANCE = 10000.0


def update_digests(folder: Path) -> None:
    """Write ``SHA256SUMS`` for every ONNX file of a folder."""
    digests = {path.name: file_digest(path) for path in sorted(folder.glob("*.onnx"))}
    lines = [f"{digest}  {name}\n" for name, digest in digests.items()]
    (folder / DIGEST_FILE).write_text("".join(lines), encoding="utf-8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``export``."""
    parser.add_argument(
        "source", type=Path, metavar="RUN|CARD.json", help="run folder of train, or a card for variants"
    )
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="folder of cards and ONNX files")
    parser.add_argument("--variant", action="append", choices=(*VARIANTS, MCDROPOUT), default=[], help="repeatable")
    parser.add_argument(
        "--views",
        type=int,
        default=1,
        choices=(1, *sorted(VIEWS)),
        help="write the mean over so many flips and turns of a compact network, at as many times the cost",
    )
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--places", type=Path, default=None, help="table of places (default: the config's)")
    parser.add_argument("--seed", type=int, default=1, help="of the chips that give INT8 its ranges")


def run(arguments: argparse.Namespace) -> int:
    """Export a run, or variants of a card; 0, or 1 where anything is not to be trusted."""
    try:
        return _run(arguments)
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(arguments: argparse.Namespace) -> int:
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    card = arguments.source
    trained = None
    if card.is_dir():
        trained = load_trained(card)[0]
        card = export_run(card, out, arguments.views)
        if card is None:
            return 1
    elif arguments.views > 1:
        card = export_views(card, out, arguments.views)
        if card is None:
            return 1
    elif not arguments.variant:
        raise ValueError(f"{card} is a card already. Pass --variant or --views, or the folder of a training.")
    if MCDROPOUT in arguments.variant:
        print(stochastic_variant(card, out, trained))
    measured = [kind for kind in dict.fromkeys(arguments.variant) if kind != MCDROPOUT]
    shipped = not measured or _export_variants(card, measured, arguments)
    update_digests(out)
    print(f"{out}: {len(read_digests(out / DIGEST_FILE))} model(s) listed in {DIGEST_FILE}")
    return 0 if shipped else 1


def export_run(folder: Path, out: Path, views: int = 1) -> Path | None:
    """Write ONNX file and card of a run and return the card's path; None where torch and ONNX Runtime disagree.

    Args:
        folder: of the run.
        out: where they go.
        views: flips and turns whose mean is written.

    Raises:
        ValueError: the folder holds no run, or the network has no views.
    """
    network, config, state = load_trained(folder)
    if views > 1:
        network, config = mean_of_views(network, config, views)
    if not _written(network, config, out):
        return None
    default = np.asarray(state["default"], np.float32) if REGRESSION in input_names(network, config) else None
    training = training_of(config.document, state)
    if views > 1:
        training["note"] = f"{training['note']} {views_note(views)}".strip()
    card = out / f"{config.id}.json"
    write_card(card_of(config, default, training, count_parameters(network), output_names(network)), card)
    print(field_table(card))
    return card


def export_views(card: Path, out: Path, views: int) -> Path | None:
    """Write the mean over flips and turns of a card's network, and its card without figures and interval.

    Args:
        card: of a compact network of one group.
        out: where they go; may be where the card lies.
        views: flips and turns whose mean is written.

    Returns:
        The new card's path; None where torch and ONNX Runtime disagree.

    Raises:
        ValueError: the network has no views.
    """
    document = json.loads(card.read_text(encoding="utf-8"))
    network, config = mean_of_views(*network_of_card(card)[:2], views)
    if not _written(network, config, out):
        return None
    training = document["training"]
    training["note"] = f"{training.get('note', '')} {views_note(views)}".strip()
    document["network"] = {**config.network, "parameters": count_parameters(network)}
    document["file"] = f"{config.id}.onnx"
    for stale in ("figures", "interval"):
        document.pop(stale, None)
    made = out / f"{config.id}.json"
    write_card(document, made)
    print(field_table(made))
    return made


def _written(network: nn.Module, config: Config, out: Path) -> bool:
    """Write the ONNX file and compare; return whether it is to be trusted, or was removed."""
    path = out / f"{config.id}.onnx"
    export_onnx(network, config, path)
    found = differences(network, path)
    print(parity_table(found, REFLECTANCE / config.document["value_range"]["scale"]))
    if max(entry.relative for entry in found) > PARITY:
        path.unlink()
        print(f"This is more than {PARITY:.0e}: the export is not to be trusted and was removed.")
        return False
    return True


def field_table(card_path: Path) -> str:
    """Return halo, alignment and receptive field of a card's network as text.

    Raises:
        SatSharpError: the engine would refuse card or file.
    """
    card = load_card(card_path)
    network = inspect_network(card)
    ratios = {tensor.name: round(card.coarsest_gsd / tensor.gsd) for tensor in card.inputs}
    field = analyze(read_graph(card.path), ratios)
    # A pixel needs itself and this many on either side; of the finer inputs all that lie under a coarse one count.
    reach = ", ".join(f"{tensor.name} {field.halo_of(tensor.name)} px of {tensor.gsd:g} m" for tensor in card.inputs)
    seen = ", ".join(network.global_operations) or "none"
    return (
        f"receptive field around an aligned window: {reach}\n"
        f"halo {network.halo} px and alignment {network.alignment} px of {card.coarsest_gsd:g} m; "
        f"global operations: {seen}"
    )


def _export_variants(card: Path, kinds: list[str], arguments: argparse.Namespace) -> bool:
    """Make the variants of a card; False where one of them was refused."""
    document = json.loads(card.read_text(encoding="utf-8"))
    config = config_of_card(card, document)
    reference = Reference(document, card.parent / document["file"], config, default_of(document, config))
    held_out = [p for split in ("validation", "test") for p in load_places(config, split, *_data(arguments))]
    judge = Judge(reference, held_out)
    train = load_places(config, "train", *_data(arguments)) if "int8" in kinds else []
    shipped = True
    for kind in kinds:
        trials = []
        for trial in make_variant(kind, judge, train, arguments.seed, arguments.out):
            print(trial.sentence())
            trials.append(trial)
        if trials[-1].accepted:
            command = f"python -m satsharp.export_tools export models/{document['id']}.json --variant {kind}"
            path = arguments.out / f"{document['id']}-{kind}.json"
            write_card(variant_card(document, trials[-1], command), path)
            print(f"{path}\n{field_table(path)}")
        shipped = shipped and trials[-1].accepted
    return shipped


def _data(arguments: argparse.Namespace) -> tuple[Path | None, Path | None]:
    return arguments.data, arguments.places
