# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge a model: at reduced scale on held-out places, at full scale on simulated products, and by its sharpness.

The network of a card, of a run folder of ``train``, or none (the id of a config) is compared with classical methods;
text, CSV, JSON and a picture come out, and the card's figures are written from them. Reading order in ``evaluation``:
``methods``, ``figures``, ``reduced_scale``, ``full_scale``, ``resolution``, ``report``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .configuration import CONFIG_FOLDER, Config, load_config
from .dataset import Place, load_places
from .degradation import KINDS
from .evaluation.aesr import aesr, fits, load_weights
from .evaluation.card_figures import write_card
from .evaluation.full_scale import SENSOR, evaluate_landscapes
from .evaluation.methods import CLASSICAL, CONSISTENT, NETWORK, REFERENCE, Method, classical_methods
from .evaluation.plot import plot
from .evaluation.record import Evaluation, write_json
from .evaluation.reduced_scale import Row, evaluate_places, reduced_scale_row
from .evaluation.report import text_report, write_csv
from .evaluation.resolution import evaluate_resolution
from .evaluation.sharpeners import Model, as_method, load_model, onnx_sharpener, torch_sharpener
from .faint import faint_places

__all__ = ["add_arguments", "evaluate", "onnx_sharpener", "reduced_scale_row", "run", "torch_sharpener"]

SPLITS = ("train", "validation", "test")
REFERENCES = ("aesr",)
# Of the variants that tell little: weights count in nothing here, and training uses other seeds.
EVEN, SEED = 0.5, 90000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``evaluate``."""
    parser.add_argument(
        "model", type=Path, help="card (.json, its .onnx beside it), run folder of train, or the id of a config"
    )
    parser.add_argument("--config", default=None, help="config (default: the one named like the card)")
    parser.add_argument("--data", type=Path, default=None, help="folder of scenes (default: SATSHARP_DATA)")
    parser.add_argument("--places", type=Path, default=None, help="table of places (default: the config's)")
    parser.add_argument("--only", nargs="*", default=None, metavar="PLACE", help="ids of the places to take")
    parser.add_argument("--split", default="test", choices=SPLITS)
    parser.add_argument("--degradation", nargs="*", default=list(KINDS), choices=KINDS, help="point spreads")
    parser.add_argument("--methods", nargs="*", default=list(CLASSICAL), choices=list(CLASSICAL), help="classical ones")
    parser.add_argument("--reference", nargs="*", default=[], choices=REFERENCES, help="published networks at hand")
    parser.add_argument(
        "--variant", nargs="*", default=[], metavar="NAME=FILE", help="further .onnx of the same network (fp16, int8)"
    )
    parser.add_argument("--landscapes", type=int, default=2, help="simulated products for full scale, 0 for none")
    parser.add_argument("--landscape-size", type=int, default=600, help="their size in pixels of 10 m, multiple of 6")
    parser.add_argument("--no-resolution", action="store_true", help="leave out edges and bars")
    parser.add_argument("--cpsnr", type=int, default=0, metavar="PIXELS", help="also cPSNR with shifts up to so many")
    parser.add_argument("--threads", type=int, default=2, help="of ONNX Runtime")
    parser.add_argument("--csv", type=Path, default=None)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--plot", type=Path, default=None, help="picture (.png)")
    parser.add_argument("--write-card", action="store_true", help="put the figures into the card")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate a model and print, store or record the figures."""
    try:
        evaluation = evaluate(arguments)
        print(text_report(evaluation))
        if arguments.csv:
            write_csv(evaluation, arguments.csv)
        if arguments.json:
            write_json(evaluation, arguments.json)
        if arguments.plot:
            plot(evaluation, arguments.plot)
        if arguments.write_card:
            write_card(evaluation, arguments.model)
    except ValueError as error:
        print(error)
        return 1
    return 0


def evaluate(arguments: argparse.Namespace) -> Evaluation:
    """Do everything that the arguments of the command line ask for.

    Raises:
        ValueError: there is no such model, place, method or variant, or no place is at hand.
    """
    model, config = _model(arguments)
    methods = _methods(arguments, model, config)
    places = _places(arguments, config)
    networks = {NETWORK: model.method} if model else {}
    corrected = {CONSISTENT: model.consistent} if model and config.scale_factor > 1 else {}
    judged = {**methods, **networks, **corrected}
    rows = evaluate_places(config, judged, places, tuple(arguments.degradation), arguments.cpsnr)
    simulated = config.document["sensor"] == SENSOR
    faint = _faint_rows(arguments, config, model, places) if model and config.has_details else []
    landscapes = []
    if model and simulated and arguments.landscapes:
        size = arguments.landscape_size
        landscapes = evaluate_landscapes(model, methods, arguments.landscapes, size, arguments.cpsnr)
    resolution: dict[str, Any] = {}
    if simulated and not arguments.no_resolution:
        resolution = evaluate_resolution(config, {**methods, **networks})
    gsds = (config.targets.gsd, config.groups[0].gsd)
    name = model.source.stem if model else config.id
    return Evaluation(name, config.targets.bands, gsds, _command(arguments, name), rows, landscapes, resolution, faint)


def _faint_rows(arguments: argparse.Namespace, config: Config, model: Model, places: list[Place]) -> list[Row]:
    """Judge the network on variants of the places that tell little."""
    methods = {**classical_methods((REFERENCE,)), NETWORK: model.method}
    return evaluate_places(config, methods, faint_places(places, config, EVEN, SEED), tuple(arguments.degradation))


def _model(arguments: argparse.Namespace) -> tuple[Model | None, Config]:
    source = arguments.model
    if source.is_dir() or source.is_file():
        model = load_model(source, arguments.config, arguments.threads)
        return model, model.config
    if not (CONFIG_FOLDER / f"{source.name}.json").is_file():
        raise ValueError(f"{source} is no card, no run folder and no config. Check the path.")
    return None, load_config(str(source))


def _methods(arguments: argparse.Namespace, model: Model | None, config: Config) -> dict[str, Method]:
    """Return the classical methods, references and variants."""
    methods = classical_methods(tuple(arguments.methods))
    if "aesr" in arguments.reference:
        if not fits(config):
            raise ValueError(f"AESR sharpens the 20 m bands of Sentinel-2, not those of {config.id}.")
        weights = load_weights()
        methods["aesr"] = lambda pair, config: aesr(pair, config, weights)
    for entry in arguments.variant:
        name, _, file = entry.partition("=")
        if model is None or not Path(file).is_file():
            raise ValueError(f"{entry!r} is no variant of a network. Write NAME=FILE with the .onnx file.")
        sharpen = onnx_sharpener(Path(file), config, arguments.threads, model.document)
        methods[f"{NETWORK}_{name}"] = as_method(sharpen, model.default)
    return methods


def _places(arguments: argparse.Namespace, config: Config) -> list[Place]:
    places = load_places(config, arguments.split, arguments.data, arguments.places)
    if arguments.only is not None:
        places = [place for place in places if place.id in arguments.only or place.place in arguments.only]
    if not places:
        raise ValueError(
            f"No place of the split {arguments.split} is at hand. Check SATSHARP_DATA, --places and --only."
        )
    return places


def _command(arguments: argparse.Namespace, name: str) -> str:
    """Return the command that gives these figures again, from the repository's root."""
    words = [f"python -m satsharp.export_tools evaluate models/{name}.json --split {arguments.split}"]
    if tuple(arguments.degradation) != KINDS:
        words.append(f"--degradation {' '.join(arguments.degradation)}")
    if arguments.only is not None:
        words.append(f"--only {' '.join(arguments.only)}")
    return " ".join(words)
