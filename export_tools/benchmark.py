# SPDX-License-Identifier: GPL-2.0-or-later
"""Cost against accuracy: multiply-accumulates, parameters and seconds a megapixel, beside RMSE ratios.

Each entry is a card, a run folder of ``train``, or a config (built with random weights: its cost does not depend on
them). RMSE ratios to bicubic come from the cards, or from files that ``evaluate --json`` wrote. DSen2 and VDSen2 are
shown as published.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from .configuration import CONFIG_FOLDER, Config, load_config
from .evaluation.complexity import TIMING_SIDE, macs_per_pixel, onnx_parameters, seconds_per_megapixel
from .evaluation.cost_plot import plot_costs
from .evaluation.costs import Cost, published_networks, text_table, with_ratios, write_csv
from .evaluation.full_scale import export_run
from .evaluation.methods import NETWORK
from .evaluation.sharpeners import config_of_card, load_model

# Output pixels along a side of the image that the published ones are timed on; they are slow.
PUBLISHED_SIDE = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``benchmark``."""
    parser.add_argument("entries", nargs="+", type=Path, help="cards, run folders, or configs (id or path)")
    parser.add_argument("--evaluated", nargs="*", type=Path, default=[], help="files of evaluate --json, for ratios")
    parser.add_argument("--threads", type=int, default=0, help="of ONNX Runtime, 0 = its default")
    parser.add_argument("--side", type=int, default=TIMING_SIDE, help="output pixels along a side of the timed image")
    parser.add_argument("--no-timing", action="store_true", help="count only")
    parser.add_argument("--time-published", action="store_true", help="also time DSen2 and VDSen2 with random weights")
    parser.add_argument("--csv", type=Path, default=None)
    parser.add_argument("--plot", type=Path, default=None, help="picture (.png)")


def run(arguments: argparse.Namespace) -> int:
    """Measure every entry and print, store or draw the table."""
    side = 0 if arguments.no_timing else arguments.side
    try:
        costs = [cost_of(entry, arguments.threads, side) for entry in arguments.entries]
        costs += _published(arguments, {cost.scale_factor for cost in costs})
        costs = with_ratios(costs, [json.loads(path.read_text(encoding="utf-8")) for path in arguments.evaluated])
    except ValueError as error:
        print(error)
        return 1
    print(text_table(costs))
    if arguments.csv:
        write_csv(costs, arguments.csv)
    if arguments.plot:
        plot_costs(costs, arguments.plot)
    return 0


def cost_of(entry: Path, threads: int = 0, side: int = TIMING_SIDE) -> Cost:
    """Measure a card, a run folder or a config; ``side`` 0 leaves out the timing.

    Raises:
        ValueError: there is no such thing.
    """
    with tempfile.TemporaryDirectory(prefix="satsharp-") as scratch:
        if entry.is_dir():
            model = load_model(entry)
            return replace(cost_of(export_run(model, Path(scratch)), threads, side), name=entry.name)
        if not entry.is_file():
            if not (CONFIG_FOLDER / f"{entry.name}.json").is_file():
                raise ValueError(f"{entry} is no card, no run folder and no config. Check the path.")
            entry = CONFIG_FOLDER / f"{entry.name}.json"
        document = json.loads(entry.read_text(encoding="utf-8"))
        if "file" in document:
            return _cost_of_card(entry, document, threads, side)
        config = load_config(str(entry))
        # Not the name of a trained network: it has no ratios.
        return _cost_of_network(config.network, config, f"{entry.stem} (config)", threads, side, Path(scratch))


def _cost_of_card(card: Path, document: dict[str, Any], threads: int, side: int) -> Cost:
    config, path = config_of_card(card, document), card.parent / document["file"]
    parameters = document.get("network", {}).get("parameters") or onnx_parameters(path)
    ratios = {
        kind: values[NETWORK]
        for kind, values in document.get("figures", {}).get("mean_ratio_to_bicubic", {}).items()
        if kind in ("published", "mtf") and NETWORK in values
    }
    return _measured(Cost(document["id"], config.scale_factor, parameters, 0.0, **ratios), path, config, threads, side)


def _cost_of_network(
    settings: dict[str, Any], config: Config, name: str, threads: int, side: int, folder: Path
) -> Cost:
    # Imported here: counting and timing cards needs no torch.
    from .export import export_onnx
    from .networks import build, count_parameters

    network, path = build(settings).eval(), folder / f"{config.id}.onnx"
    export_onnx(network, config, path)
    cost = Cost(name, config.scale_factor, count_parameters(network), 0.0, note="random weights")
    return _measured(cost, path, config, threads, side)


def _measured(cost: Cost, path: Path, config: Config, threads: int, side: int) -> Cost:
    seconds = seconds_per_megapixel(path, config, threads, side) if side else None
    return replace(cost, macs_per_pixel=macs_per_pixel(path, config), seconds_per_megapixel=seconds)


def _published(arguments: argparse.Namespace, scale_factors: set[int]) -> list[Cost]:
    result = []
    for scale_factor in sorted(scale_factors & {2, 6}):
        config = load_config({2: "s2-20m", 6: "s2-60m"}[scale_factor])
        for cost in published_networks(scale_factor):
            seconds = None
            if arguments.time_published:
                groups = [[len(group.bands), config.factor(group)] for group in config.groups]
                settings = {"kind": cost.name.lower(), "groups": groups}
                with tempfile.TemporaryDirectory(prefix="satsharp-") as scratch:
                    timed = _cost_of_network(
                        settings, config, cost.name, arguments.threads, PUBLISHED_SIDE, Path(scratch)
                    )
                seconds = timed.seconds_per_megapixel
            result.append(replace(cost, seconds_per_megapixel=seconds))
    return result
