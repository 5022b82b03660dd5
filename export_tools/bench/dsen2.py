# SPDX-License-Identifier: GPL-2.0-or-later
"""Models of the size of DSen2 with random weights: heavy enough to show whether a run costs more than its inference."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from ..configuration import load_config
from ..export import export_onnx, update_digests
from ..networks.dsen2 import DSen2Upsampling
from ..trained_card import card_of

GROUPS = {"s2-20m": [[4, 1], [6, 2]], "s2-60m": [[4, 1], [6, 2], [2, 6]]}


def write_models(folder: Path) -> None:
    """Write both models with their cards and digests into a folder, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, groups in GROUPS.items():
        card = folder / f"{name}.json"
        if card.is_file():
            continue
        torch.manual_seed(0)
        network = DSen2Upsampling(groups).eval()
        config = load_config(name)
        export_onnx(network, config, folder / f"{name}.onnx")
        document = card_of(config, None, {}, 0)
        document["name"] = f"{document['name']} (size of DSen2, random weights)"
        card.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    update_digests(folder)
