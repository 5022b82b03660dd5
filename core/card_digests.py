# SPDX-License-Identifier: GPL-2.0-or-later
"""The digest of a whole model: its ONNX file, and the weights that it keeps in files of their own."""

from __future__ import annotations

import hashlib

from .cards import Card, verified, verify_digest
from .onnx_graph import read_graph


def verify_model(card: Card) -> str:
    """Compare ONNX file and external weights with ``SHA256SUMS`` beside them.

    Returns:
        The digest of the ONNX file; of one with weights in files of their own a digest of all digests, so that a run
        with other weights is another run.

    Raises:
        CardError: a file is missing or not listed, or its digest differs.
        ModelError: the ONNX file cannot be read.
    """
    digest = verify_digest(card)
    weights = sorted(read_graph(card.path).external_data)
    if not weights:
        return digest
    together = [digest, *(verified(card.path.parent / name, name) for name in weights)]
    return hashlib.sha256(" ".join(together).encode("ascii")).hexdigest()
