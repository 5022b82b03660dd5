# SPDX-License-Identifier: GPL-2.0-or-later
"""Write ONNX file and card of a method without weights: its config is enough, since nothing is trained."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..core.cards import MODEL_FOLDER
from ..core.errors import SatSharpError
from ..core.point_spread import sigma_of_mtf
from ..core.sensors import sensor_by_id
from .configuration import Config, load_config
from .export import export_onnx, field_table, update_digests
from .networks import build, count_parameters
from .parity import PARITY, parity
from .trained_card import card_of
from .variant_card import write_card

# Not beside the networks: what is classical is a METHOD of an algorithm, not a model to choose.
CLASSICAL_FOLDER = MODEL_FOLDER / "classical"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line of ``export-classical``."""
    parser.add_argument("config", help="bundled config, or path of one, whose network has no weights")
    parser.add_argument("--out", type=Path, default=CLASSICAL_FOLDER, help="folder of cards and ONNX files")


def run(arguments: argparse.Namespace) -> int:
    """Write both files; 0, or 1 where that cannot be."""
    try:
        path = export_classical(load_config(arguments.config), arguments.out)
        print(f"{path}\n{field_table(path)}")
    except (SatSharpError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def export_classical(config: Config, out: Path) -> Path:
    """Write ONNX file, card and digest of a config, and return the card's path.

    Args:
        config: of a network without weights.
        out: folder, which is made.

    Raises:
        ValueError: the network has weights, or ONNX Runtime does not compute what torch does.
        SensorError: the sensor file lacks a band.
        SatSharpError: the engine would refuse the result.
    """
    network = build(config.network).eval()
    if count_parameters(network):
        raise ValueError(f"{config.id} has {count_parameters(network):,} weights: train it, then export its run.")
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{config.id}.onnx"
    outputs = export_onnx(network, config, path)
    difference = parity(network, path)
    if difference > PARITY:
        path.unlink()
        raise ValueError(f"ONNX Runtime is {difference:.1e} off torch, more than {PARITY:.0e}: nothing was exported.")
    card = card_of(config, nothing_known(config), {}, 0, outputs)
    del card["training"]
    card.update({key: config.document[key] for key in ("summary", "paper")})
    write_card({key: value for key, value in card.items() if value != ""}, path.with_suffix(".json"))
    update_digests(out)
    return path.with_suffix(".json")


def nothing_known(config: Config) -> npt.NDArray[np.float32]:
    """Return what is assumed of a scene too small to tell: no detail follows, and the sensor's stated point spread.

    Returns:
        (targets, guides + 2): slopes, spread in target pixels, explained share.
    """
    sensor = sensor_by_id(config.document["sensor"])
    spreads = [sigma_of_mtf(sensor.band(name).mtf_nyquist, 1.0) for name in config.targets.bands]
    rows = [[*[0.0] * len(config.guide_bands), spread, 0.0] for spread in spreads]
    return np.array(rows, np.float32)
