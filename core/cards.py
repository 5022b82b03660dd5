# SPDX-License-Identifier: GPL-2.0-or-later
"""Load and validate model cards (``models/*.json``): adding a model is a card and an ONNX file."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from .card_fields import blend_of, clip_of, input_of, interval_of, output_of, scene_pass_of, sentence
from .card_records import Card, CardBlend, CardInput, CardInterval, CardOutput, ScenePass
from .card_titles import MODEL_FOLDER, Found, Stamps, files_of, read_each
from .declarations import FIELD_ERRORS, names, number, read_document, reason, whole
from .errors import CardError

__all__ = [
    "DIGEST_FILE",
    "MODEL_FOLDER",
    "Card",
    "CardBlend",
    "CardInput",
    "CardInterval",
    "CardOutput",
    "ScenePass",
    "file_digest",
    "load_card",
    "load_cards",
    "read_digests",
    "verified",
    "verify_digest",
]

DIGEST_FILE = "SHA256SUMS"
TILINGS = ("exact", "blended")
ROLES = ("value", "spread", "lower", "upper", "variance")


def load_card(path: Path) -> Card:
    """Read and validate one card; the ONNX file lies beside it.

    Raises:
        CardError: the card cannot be read, a field is missing or wrong, or the ONNX file is missing or elsewhere.
    """
    document = read_document(path, "Model card", CardError)
    try:
        card = _card_of(document, path)
    except FIELD_ERRORS as error:
        raise CardError(f"Model card {path} is not valid: {reason(error)}.") from error
    if not card.path.is_file():
        raise CardError(f"Model card {path} names {card.path.name}, which is not beside it. Install the model again.")
    return card


def load_cards(*folders: Path) -> Found[Card]:
    """Read every card of some folders; a later folder cannot replace an id of an earlier one.

    They are read anew only where a folder or a card has changed.

    Returns:
        The cards in order of folder and file name, and one sentence for each file that had to be skipped.
    """
    return _read_cards(*files_of(*folders))


@lru_cache(maxsize=8)
def _read_cards(paths: tuple[Path, ...], stamps: Stamps) -> Found[Card]:
    return read_each(paths, load_card)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def verify_digest(card: Card) -> str:
    """Compare the ONNX file with ``SHA256SUMS`` beside it and return its digest.

    Raises:
        CardError: the file is not listed, or its digest differs.
    """
    return verified(card.path, card.path.name)


def verified(path: Path, name: str) -> str:
    """Compare a file of a model with ``SHA256SUMS``, which lists it by name, and return its digest.

    Raises:
        CardError: the file is missing or not listed, or its digest differs.
    """
    sums = Path(str(path)[: -len(name)]) / DIGEST_FILE
    expected = read_digests(sums).get(name)
    if expected is None:
        raise CardError(f"{name} is not listed in {sums}. Install the model again.")
    if not path.is_file():
        raise CardError(f"{path}, which holds a part of the model, is missing. Install the model again.")
    actual = file_digest(path)
    if actual != expected:
        raise CardError(
            f"{path} is damaged or was changed: its SHA-256 starts with {actual[:12]}, "
            f"{DIGEST_FILE} says {expected[:12]}. Install the model again."
        )
    return actual


def read_digests(path: Path) -> dict[str, str]:
    """Return file name -> digest of ``SHA256SUMS`` (lines of digest, two spaces, file name); none if it is missing."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = (re.fullmatch(r"([0-9a-f]{64}) [ *](\S.*)", line) for line in lines)
    return {match.group(2): match.group(1) for match in found if match}


def _card_of(document: dict[str, Any], path: Path) -> Card:
    file = str(document["file"])
    if Path(file).name != file:
        raise ValueError(f"file {file!r} must be a plain file name beside the card")
    value_range = document["value_range"]
    card = Card(
        id=str(document["id"]),
        name=str(document["name"]),
        path=path.parent / file,
        sensor=str(document["sensor"]),
        levels=names(document, "levels", ()),
        gsd=number(document, "gsd"),
        scale_factor=whole(document, "scale_factor"),
        value_scale=number(value_range, "scale"),
        value_offset=number(value_range, "offset"),
        inputs=tuple(input_of(entry) for entry in document["inputs"]),
        outputs=tuple(output_of(entry) for entry in document["outputs"]),
        scene_pass=scene_pass_of(document.get("scene_pass")),
        tiling=str(document["tiling"]),
        licence=str(document["licence"]),
        summary=str(document.get("summary", "")),
        interval=interval_of(document.get("interval")),
        value_clip=clip_of(value_range.get("clip")),
        experimental=sentence(document.get("experimental", "")),
        blend=blend_of(document.get("blend")),
        document=document,
    )
    for wrong, problem in _problems(card, path):
        if wrong:
            raise ValueError(problem)
    return card


def _problems(card: Card, path: Path) -> list[tuple[bool, str]]:
    tensors = [tensor.name for tensor in card.inputs]
    results = [output.name for output in card.outputs]
    bands = [tensor.bands for tensor in card.inputs] + [output.bands for output in card.outputs]
    spread_bands = {band for output in card.outputs if output.role == "spread" for band in output.bands}
    calibrated = card.interval
    needed: tuple[str, ...] = ()
    if card.scene_pass is not None:
        tensors.append(card.scene_pass.input)
        needed = (*card.scene_pass.guides, *card.scene_pass.targets)
    return [
        (card.id != path.stem, f"id {card.id!r} must equal the file name"),
        (card.tiling not in TILINGS, f"tiling must be one of {', '.join(TILINGS)}"),
        (not card.inputs or not card.target_bands, "it needs at least one input and one output of role value"),
        (card.blend is not None and card.tiling != "blended", "blend is for cards whose tiling is blended"),
        (card.value_scale == 0, "value_range.scale must not be 0"),
        (card.gsd <= 0 or any(tensor.gsd <= 0 for tensor in card.inputs), "every gsd must be positive"),
        (not all(bands), "each input and output needs bands"),
        (card.passes < 1, "stochastic.passes must be a whole number of at least 1"),
        (card.passes > 1 and card.tiling == "exact", "what draws at random is no exact tiling; declare it blended"),
        (any(output.role not in ROLES for output in card.outputs), f"output roles are {', '.join(ROLES)}"),
        (len({*tensors}) + len({*results}) < len(tensors) + len(results), "tensor names must differ"),
        (len({*card.target_bands}) < len(card.target_bands), "a band must be made once only"),
        (not set(needed) <= {*card.input_bands}, "the bands of scene_pass must be among those of the inputs"),
        (
            calibrated is not None and {band for band, _ in calibrated.factors} != {*card.target_bands},
            "interval.factors must name every target band and no other",
        ),
        (
            calibrated is not None and calibrated.source == "spread" and spread_bands != {*card.target_bands},
            "interval.source spread needs an output of role spread with every target band",
        ),
        (
            bool(card.inputs) and abs(card.coarsest_gsd / card.gsd - card.scale_factor) > 1e-6,
            "scale_factor must be coarsest input GSD / gsd",
        ),
    ]
