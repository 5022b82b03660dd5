# SPDX-License-Identifier: GPL-2.0-or-later
"""The card of a network that was trained here."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .configuration import Config
from .onnx_writer import OUTPUT, REGRESSION, SPREAD

ATTRIBUTION = "Trained by SatSharp; training data contains modified Copernicus Sentinel data."
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
