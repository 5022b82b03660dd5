# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a trained network as ONNX with its card and digest, compare torch with ONNX Runtime, and make variants.

``export runs/20m`` writes the float32 file of a run; ``--variant fp16`` and ``--variant int8`` smaller ones beside it,
``--variant mcdropout`` one of a U-Net that draws at random.
Variants can also be made of a card: ``export models/s2-20m.json --variant int8 --out /tmp/models``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.cards import DIGEST_FILE, MODEL_FOLDER, file_digest, load_card, read_digests
from ..core.errors import SatSharpError
from ..core.network import inspect_network
from ..core.onnx_graph import read_graph
from ..core.receptive_field import analyze
from .configuration import Config
from .dataset import load_places
from .evaluation.sharpeners import config_of_card, default_of
from .networks import count_parameters
from .onnx_writer import OUTPUT, REGRESSION, SPREAD, export_onnx, input_names, output_names
from .parity import PARITY, differences, parity, parity_table
from .stochastic import MCDROPOUT, stochastic_variant
from .training.checkpoint import load_trained
from .training.history import training_of
from .variant_card import variant_card, write_card
from .variants import VARIANTS, Judge, Reference, make_variant

__all__ = [
    "PARITY",
    "SPREAD",
    "add_arguments",
    "card_of",
    "export_onnx",
    "parity",
    "run",
    "update_digests",
]

ATTRIBUTION = "Trained by SatSharp; training data contains modified Copernicus Sentinel data."
REFLECTANCE = 10000.0
# What a card takes over from the config where that has it.
OPTIONAL = ("task", "experimental", "resampling", "cubic_parameter", "pan_without_sun")


def card_of(
    config: Config,
    default: npt.NDArray[np.float32] | None,
    training: dict[str, Any],
    parameters: int,
    outputs: tuple[str, ...] = (OUTPUT,),
) -> dict[str, Any]:
    """Return the card as a document.

    Args:
        config: what was trained.
        default: regression (targets, columns) of scenes with few pixels; None for a network without that input.
        training: what the card tells about the training.
        parameters: their number.
        outputs: names of the output tensors; ``spread`` is the estimate of the absolute error.
    """
    document, bands = config.document, list(config.made)
    card = {
        "id": config.id,
        "name": document["name"],
        "summary": _summary(config),
        "file": f"{config.id}.onnx",
        "sensor": document["sensor"],
        "levels": document["levels"],
        "gsd": document["gsd"],
        "scale_factor": config.scale_factor,
        "value_range": document["value_range"],
        "inputs": document["inputs"],
        "outputs": [{"name": n, "bands": bands, "role": "spread" if n == SPREAD else "value"} for n in outputs],
        "tiling": "exact",
        "licence": "CC-BY-4.0",
        "attribution": document.get("attribution", ATTRIBUTION),
        "network": {**config.network, "parameters": parameters},
        "training": training,
    }
    card.update({key: document[key] for key in OPTIONAL if document.get(key)})
    if default is not None:
        card["summary"] = f"{str(card['summary'])[:-1]}; adapts to each scene."
        card["scene_pass"] = {
            "kind": "detail_regression",
            "input": REGRESSION,
            "guides": list(config.guide_bands),
            "targets": bands,
            "default": [[round(float(value), 6) for value in row] for row in default],
        }
    return card


def _summary(config: Config) -> str:
    """Return one sentence for people."""
    gsd, bands = f"{config.document['gsd']:g} m", ", ".join(config.targets.bands)
    if not config.has_details:
        guides = f" and {', '.join(config.guide_bands)}" if config.guides else ""
        return f"Turns {bands}{guides} on a grid of {gsd} into {', '.join(config.made)}."
    return f"Sharpens {bands} from {config.targets.gsd:g} m to {gsd}."


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
        card = export_run(card, out)
        if card is None:
            return 1
    elif not arguments.variant:
        raise ValueError(f"{card} is a card already. Pass --variant, or the folder of a training.")
    if MCDROPOUT in arguments.variant:
        print(stochastic_variant(card, out, trained))
    measured = [kind for kind in dict.fromkeys(arguments.variant) if kind != MCDROPOUT]
    shipped = not measured or _export_variants(card, measured, arguments)
    update_digests(out)
    print(f"{out}: {len(read_digests(out / DIGEST_FILE))} model(s) listed in {DIGEST_FILE}")
    return 0 if shipped else 1


def export_run(folder: Path, out: Path) -> Path | None:
    """Write ONNX file and card of a run and return the card's path; None where torch and ONNX Runtime disagree."""
    network, config, state = load_trained(folder)
    path, card_path = out / f"{config.id}.onnx", out / f"{config.id}.json"
    export_onnx(network, config, path)
    found = differences(network, path)
    print(parity_table(found, REFLECTANCE / config.document["value_range"]["scale"]))
    if max(entry.relative for entry in found) > PARITY:
        path.unlink()
        print(f"This is more than {PARITY:.0e}: the export is not to be trusted and was removed.")
        return None
    default = np.asarray(state["default"], np.float32) if REGRESSION in input_names(network, config) else None
    training = training_of(config.document, state)
    write_card(card_of(config, default, training, count_parameters(network), output_names(network)), card_path)
    print(field_table(card_path))
    return card_path


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
