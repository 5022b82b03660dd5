# SPDX-License-Identifier: GPL-2.0-or-later
"""Load and validate model cards (``models/*.json``): adding a model is a card and an ONNX file."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import CardError

MODEL_FOLDER = Path(__file__).resolve().parent.parent / "models"
DIGEST_FILE = "SHA256SUMS"
TILINGS = ("exact", "blended")
ROLES = ("value", "lower", "upper", "variance")
SCENE_PASSES = ("band_regression",)


@dataclass(frozen=True)
class CardInput:
    """One input tensor: bands of one GSD on their native grid, (batch, dates x bands, rows, columns), float32.

    Attributes:
        name: tensor name in the graph.
        bands: band names in channel order.
        gsd: ground sampling distance in metres.
        dates: number of acquisitions stacked on the channel axis, oldest first.
    """

    name: str
    bands: tuple[str, ...]
    gsd: float
    dates: int = 1


@dataclass(frozen=True)
class CardOutput:
    """One output tensor on the output grid, (batch, bands, rows, columns), in network range.

    Attributes:
        name: tensor name in the graph.
        bands: band names in channel order.
        role: ``value``, or ``lower`` / ``upper`` / ``variance`` of an interval.
    """

    name: str
    bands: tuple[str, ...]
    role: str = "value"


@dataclass(frozen=True)
class ScenePass:
    """A pass over the whole scene before the tiles, whose small result every tile receives as an input tensor.

    Attributes:
        kind: ``band_regression``: least squares of each target band on the guide bands.
        input: tensor name in the graph; shape (targets, guides + 1), the last column being the intercept.
        guides: names of the guide bands in column order.
        targets: names of the target bands in row order.
        default: coefficients in network range that the estimate is drawn to where the scene has few valid pixels.
    """

    kind: str
    input: str
    guides: tuple[str, ...]
    targets: tuple[str, ...]
    default: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Card:
    """The declaration of a model.

    Attributes:
        id: file name without suffix.
        name: for people.
        path: the ONNX file.
        sensor: id of the sensor file, or ``any``.
        levels: processing levels the model was trained for; empty means any.
        gsd: ground sampling distance of the outputs in metres.
        scale_factor: GSD of the coarsest input divided by that of the outputs.
        value_scale: network value = reflectance x value_scale + value_offset.
        value_offset: see ``value_scale``.
        inputs: input tensors, finest first.
        outputs: output tensors.
        scene_pass: what is computed once per scene, or None.
        tiling: ``exact`` (halo from the graph) or ``blended`` (global operations or an unbounded receptive field).
        licence: SPDX identifier of the weights' licence.
        summary: one sentence for people.
        document: the whole card as read, for display.
    """

    id: str
    name: str
    path: Path
    sensor: str
    levels: tuple[str, ...]
    gsd: float
    scale_factor: int
    value_scale: float
    value_offset: float
    inputs: tuple[CardInput, ...]
    outputs: tuple[CardOutput, ...]
    scene_pass: ScenePass | None
    tiling: str
    licence: str
    summary: str = ""
    document: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def target_bands(self) -> tuple[str, ...]:
        """Bands of the ``value`` outputs, in order."""
        return tuple(band for output in self.outputs if output.role == "value" for band in output.bands)

    @property
    def input_bands(self) -> tuple[str, ...]:
        """Bands of all inputs, in order."""
        return tuple(band for tensor in self.inputs for band in tensor.bands)

    @property
    def coarsest_gsd(self) -> float:
        """GSD of the coarsest input in metres."""
        return max(tensor.gsd for tensor in self.inputs)


def load_card(path: Path) -> Card:
    """Read and validate one card; the ONNX file lies beside it.

    Raises:
        CardError: the card cannot be read, a field is missing or wrong, or the ONNX file is missing or elsewhere.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        card = _card_of(document, path)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CardError(f"Model card {path} cannot be read: {error}.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CardError(f"Model card {path} is not valid: {type(error).__name__} {error}.") from error
    if not card.path.is_file():
        raise CardError(f"Model card {path} names {card.path.name}, which is not beside it. Install the model again.")
    return card


def load_cards(*folders: Path) -> tuple[tuple[Card, ...], tuple[str, ...]]:
    """Read every card of some folders; a later folder cannot replace an id of an earlier one.

    Returns:
        The cards in order of folder and file name, and one sentence for each file that had to be skipped.
    """
    cards: dict[str, Card] = {}
    problems: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        try:
            card = load_card(path)
        except CardError as error:
            problems.append(str(error))
            continue
        if card.id in cards:
            problems.append(
                f"Model card {path} is skipped: the id {card.id} is already taken by {cards[card.id].path}."
            )
        else:
            cards[card.id] = card
    return tuple(cards.values()), tuple(problems)


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
    expected = read_digests(card.path.parent / DIGEST_FILE).get(card.path.name)
    actual = file_digest(card.path)
    if expected is None:
        raise CardError(f"{card.path.name} is not listed in {card.path.parent / DIGEST_FILE}. Install the model again.")
    if actual != expected:
        raise CardError(
            f"{card.path} is damaged or was changed: its SHA-256 starts with {actual[:12]}, "
            f"{DIGEST_FILE} says {expected[:12]}. Install the model again."
        )
    return actual


def read_digests(path: Path) -> dict[str, str]:
    """Read ``SHA256SUMS`` (lines of digest, two spaces, file name) into file name -> digest; a missing file is empty."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
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
        levels=tuple(document.get("levels", ())),
        gsd=float(document["gsd"]),
        scale_factor=int(document["scale_factor"]),
        value_scale=float(value_range["scale"]),
        value_offset=float(value_range["offset"]),
        inputs=tuple(_input_of(entry) for entry in document["inputs"]),
        outputs=tuple(_output_of(entry) for entry in document["outputs"]),
        scene_pass=_scene_pass_of(document.get("scene_pass")),
        tiling=str(document["tiling"]),
        licence=str(document["licence"]),
        summary=str(document.get("summary", "")),
        document=document,
    )
    _check(card, path)
    return card


def _check(card: Card, path: Path) -> None:
    problems = [
        (card.id != path.stem, f"id {card.id!r} must equal the file name"),
        (card.tiling not in TILINGS, f"tiling must be one of {', '.join(TILINGS)}"),
        (not card.inputs or not card.outputs, "inputs and outputs must not be empty"),
        (card.value_scale == 0, "value_range.scale must not be 0"),
        (card.scale_factor < 1 or card.gsd <= 0, "scale_factor and gsd must be positive"),
        (any(not tensor.bands or tensor.dates < 1 for tensor in card.inputs), "each input needs bands and dates >= 1"),
        (any(output.role not in ROLES for output in card.outputs), f"output roles are {', '.join(ROLES)}"),
        (abs(card.coarsest_gsd / card.gsd - card.scale_factor) > 1e-6, "scale_factor must be coarsest input GSD / gsd"),
    ]
    for wrong, sentence in problems:
        if wrong:
            raise ValueError(sentence)


def _input_of(entry: dict[str, Any]) -> CardInput:
    return CardInput(str(entry["name"]), tuple(entry["bands"]), float(entry["gsd"]), int(entry.get("dates", 1)))


def _output_of(entry: dict[str, Any]) -> CardOutput:
    return CardOutput(str(entry["name"]), tuple(entry["bands"]), str(entry.get("role", "value")))


def _scene_pass_of(entry: dict[str, Any] | None) -> ScenePass | None:
    if entry is None:
        return None
    scene_pass = ScenePass(
        kind=str(entry["kind"]),
        input=str(entry["input"]),
        guides=tuple(entry["guides"]),
        targets=tuple(entry["targets"]),
        default=tuple(tuple(float(value) for value in row) for row in entry["default"]),
    )
    if scene_pass.kind not in SCENE_PASSES:
        raise ValueError(f"scene_pass.kind must be one of {', '.join(SCENE_PASSES)}")
    columns = len(scene_pass.guides) + 1
    if len(scene_pass.default) != len(scene_pass.targets) or any(len(row) != columns for row in scene_pass.default):
        raise ValueError(f"scene_pass.default must have {len(scene_pass.targets)} rows of {columns} numbers")
    return scene_pass
