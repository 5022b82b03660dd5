# SPDX-License-Identifier: GPL-2.0-or-later
"""Monte Carlo dropout: a file of a U-Net that drops values at random in each pass, so that passes tell its doubt.

The mean of many passes is close to what the network returns without dropout, and their variance is the part of its
uncertainty that more training places would reduce. ONNX Runtime seeds such a graph from its process, unless
``onnxruntime.set_seed`` was called before the session was opened.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..core.cards import load_card
from ..core.network import Network, inspect_network
from .networks.harmonizing import DROPOUT, S2L8H, with_dropout
from .onnx_writer import write_onnx
from .parity import PARITY, differences
from .training.start import read_onnx
from .variant_card import OWN, write_card

MCDROPOUT = "mcdropout"
PASSES = 20
# Blocks share at most so many pixels, and are so many times as large: what a block sees beyond is little.
LARGEST_OVERLAP = 64
BLOCK_TIMES = 4
# Settings of the network that its card has, in a run's words or in the converter's.
SETTINGS = ("depth", "width", "upsampler", "attention", "channel_attention")
NO_UNET = "is no U-Net of Deep-Harmonization, so it has no place for dropout. Use --variant mcdropout for such cards."
NOTE = (
    "Every pass drops other values: results differ from run to run, and a pass is not the same however it is tiled. "
    "Blocks are drawn apart, so where two of them overlap the variance over passes is smaller, down to a half."
)


def stochastic_variant(
    card: Path, out: Path, trained: nn.Module | None = None, passes: int = PASSES, probability: float = DROPOUT
) -> str:
    """Write ``<id>-mcdropout.onnx`` and its card beside it.

    Args:
        card: of a U-Net of Deep-Harmonization in float32, trained here or converted.
        out: folder.
        trained: the network of the card; None to read it back from the card's file.
        passes: that the engine makes of it by default.
        probability: of a value to be dropped.

    Returns:
        A sentence.

    Raises:
        ValueError: the card is of another network.
        SatSharpError: card or file are damaged.
    """
    document = json.loads(card.read_text(encoding="utf-8"))
    path = card.parent / document["file"]
    network = network_of(document, path) if trained is None else trained
    if not isinstance(network, S2L8H):
        raise ValueError(f"{document['id']} {NO_UNET}")
    plain = inspect_network(load_card(card))
    name = f"{document['id']}-{MCDROPOUT}"
    with_dropout(network, probability)
    write_onnx(network, tuple(str(entry["name"]) for entry in document["inputs"]), out / f"{name}.onnx")
    write_card(stochastic_card(document, name, plain, passes, probability), out / f"{name}.json")
    inspect_network(load_card(out / f"{name}.json"))
    return f"{name}: dropout of {probability:g} behind every block; {passes} passes. {NOTE}"


def network_of(document: dict[str, Any], path: Path) -> S2L8H:
    """Build the network of a card and read its weights back from the ONNX file.

    Args:
        document: content of the card.
        path: of the file.

    Raises:
        ValueError: it is no such U-Net, or it computes something else than the file.
    """
    settings = document.get("network", {})
    if not {"depth", "width", "upsampler"} <= settings.keys():
        raise ValueError(f"{document['id']} {NO_UNET}")
    widths = {str(entry["name"]): len(entry["bands"]) for entry in document["inputs"]}
    network = S2L8H(
        bands=max(widths.values()),
        pan=min(widths.values()) if len(widths) > 1 else 0,
        leaving=len(document["outputs"][0]["bands"]),
        gaussian=bool(settings.get("gaussian", settings.get("variance", False))),
        scale=float(document["value_range"]["scale"]),
        pan_first=len(widths) < 2 or list(widths.values())[0] < list(widths.values())[-1],
        **{key: settings[key] for key in SETTINGS if key in settings},
    )
    _fill(network, read_onnx(path), document["id"])
    worst = max(entry.relative for entry in differences(network.eval(), path))
    if worst > PARITY:
        raise ValueError(f"The weights of {document['id']} could not be read back: results differ by {worst:.1e}.")
    return network


def _fill(network: nn.Module, weights: dict[str, torch.Tensor], name: str) -> None:
    own = network.state_dict()
    missing = [key for key in own if key not in weights and not key.endswith("num_batches_tracked")]
    if missing:
        raise ValueError(f"{name} has no weights called {missing[0]}: it is not the float32 file of such a U-Net.")
    network.load_state_dict({key: weights[key].reshape(own[key].shape) for key in own if key in weights}, strict=False)


def stochastic_card(
    document: dict[str, Any], name: str, plain: Network, passes: int, probability: float
) -> dict[str, Any]:
    """Return the card of the variant.

    Args:
        document: card of the float32 model.
        name: id of the variant.
        plain: what the engine knows of the network without dropout.
        passes: that the engine makes of it by default.
        probability: of a value to be dropped.
    """
    step = plain.alignment
    overlap = -(-min(max(plain.halo, step), LARGEST_OVERLAP) // step) * step
    kept = {key: value for key, value in document.items() if key not in (*OWN, "harmonization_figures", "blend")}
    return {
        **kept,
        "id": name,
        "name": f"{document['name']} (Monte Carlo dropout)",
        "summary": f"{document.get('summary', '')} Drops values at random; the mean of {passes} passes counts.".strip(),
        "file": f"{name}.onnx",
        "variant_of": document["id"],
        "tiling": "blended",
        "blend": {"block": BLOCK_TIMES * overlap, "overlap": overlap, "multiple": step},
        "stochastic": {"passes": passes, "probability": probability, "note": NOTE},
    }
