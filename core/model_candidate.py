# SPDX-License-Identifier: GPL-2.0-or-later
"""A model that is offered for installation: find its card, copy its files, and check the copy defensively."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .cards import DIGEST_FILE, Card, file_digest, load_card, read_digests
from .errors import CancelledError, CardError, ModelError
from .network import inspect_network
from .onnx_graph import MAX_NODES, check_safety, read_graph
from .onnx_records import walk

MAX_CARD_BYTES = 4 << 20
ARCHIVE_SUFFIX = ".zip"
CHECKPOINTS = (".h5", ".hdf5", ".keras", ".pth", ".pt", ".ckpt", ".bin", ".safetensors", ".tflite", ".pb")
CONVERT = "python -m satsharp.export_tools convert"
# Names that Windows keeps for devices, whatever their suffix; and "auto", which is a choice of MODEL.
_TAKEN = frozenset(("auto", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))))
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?")
_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._ -]*[A-Za-z0-9_-])?")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Candidate:
    """A model whose files lie in a folder of their own and are checked.

    Attributes:
        card: the card in that folder.
        weights: files of external data, relative to the folder.
        digests: file name -> SHA-256 of the ONNX file and the weights.
        global_operations: operations that see the whole image.
    """

    card: Card
    weights: tuple[str, ...]
    digests: dict[str, str]
    global_operations: tuple[str, ...]


def check_id(identifier: str) -> None:
    """Check that an id can be a file name on every system.

    Raises:
        CardError: it cannot.
    """
    if not _ID.fullmatch(identifier) or identifier.split(".")[0].lower() in _TAKEN:
        raise CardError(
            f"The id {identifier!r} cannot be a file name. Use at most 100 letters, digits, '-', '_' and '.'."
        )


def find_card(source: Path) -> Path:
    """Return the card that a card, an ONNX file or a folder means.

    Raises:
        CardError: there is none, or there are several.
        ModelError: the source is something else.
    """
    if source.is_dir():
        return _only_card(source)
    suffix = source.suffix.lower()
    if not source.is_file():
        raise ModelError(f"{source} does not exist. Check the path.")
    if suffix == ".json":
        return source
    if suffix == ".onnx":
        return _card_beside(source)
    if suffix in CHECKPOINTS:
        raise ModelError(
            f"{source.name} is a checkpoint of a training framework, which is not run. Convert it first: "
            f"{CONVERT} {source.name} --as auto."
        )
    raise ModelError(f"{source.name} is no model. Choose a card (.json), an ONNX file, a folder or a .zip archive.")


def copy_model(path: Path, folder: Path, maximum_bytes: int, is_cancelled: Callable[[], bool]) -> Candidate:
    """Copy a card with its ONNX file and weights into an empty folder, and check the copy.

    Args:
        path: the card.
        folder: empty; what is checked there is what gets installed.
        maximum_bytes: a larger model is refused.
        is_cancelled: asked between blocks.

    Raises:
        CardError: the card is not valid, or disagrees with the network.
        ModelError: a file is damaged, unsafe, too new, too large, or not the one that its ``SHA256SUMS`` lists.
        CancelledError: the user cancelled.
    """
    card = read_card(path)
    graph = read_graph(card.path)
    check_safety(graph, card.path)
    weights = tuple(graph.external_data)
    _check_weights(weights, card)
    sources = {card.path.name: card.path, **{name: path.parent / name for name in weights}}
    size = sum(file.stat().st_size for file in sources.values())
    if size > maximum_bytes:
        raise ModelError(
            f"{card.path.name} has {size / 1e6:.1f} MB, more than {maximum_bytes / 1e6:.1f} MB. "
            "Raise the largest size if you trust its publisher."
        )
    if shutil.disk_usage(folder).free < size:
        raise ModelError(
            f"{folder.parent} has less than the {size / 1e6:.0f} MB that {card.id} needs. Free some space."
        )
    shutil.copyfile(path, folder / path.name)
    for name, file in sources.items():
        _copy(file, folder / name, is_cancelled)
    digests = {name: file_digest(folder / name) for name in sources}
    _check_listed(digests, path.parent)
    return _checked(folder / path.name, weights, digests)


def read_card(path: Path) -> Card:
    """Read a card of moderate size whose id can be a file name.

    Raises:
        CardError: the card is too large or not valid.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise CardError(f"Model card {path} cannot be read: {error.strerror}.") from error
    if size > MAX_CARD_BYTES:
        raise CardError(f"{path} is no model card: it has {size / 1e6:.1f} MB.")
    card = load_card(path)
    check_id(card.id)
    return card


def is_plain_weights(location: str) -> bool:
    """True for external data whose name can neither hide nor pass for a card, a network or the list of digests."""
    parts = location.split("/")
    name = parts[-1].lower()
    return (
        all(_PART.fullmatch(part) for part in parts)
        and not name.endswith((".json", ".onnx"))
        and name != DIGEST_FILE.lower()
    )


def _only_card(folder: Path) -> Path:
    """Look in a folder, then one level below: archives often hold a single folder."""
    problems: list[str] = []
    for pattern in ("*.json", "*/*.json"):
        cards = []
        for path in sorted(folder.glob(pattern)):
            try:
                read_card(path)
                cards.append(path)
            except CardError as error:
                problems.append(str(error))
        if len(cards) > 1:
            names = ", ".join(path.name for path in cards)
            raise CardError(f"{folder.name} holds several models: {names}. Choose the card of one of them.")
        if cards:
            return cards[0]
    why = problems[0] if problems else "It has no .json file."
    raise CardError(f"{folder.name} holds no model card with its ONNX file. {why}")


def _card_beside(onnx: Path) -> Path:
    twin = onnx.with_suffix(".json")
    if twin.is_file():
        return twin
    for path in sorted(onnx.parent.glob("*.json")):
        try:
            if read_card(path).path.name == onnx.name:
                return path
        except CardError:
            continue
    raise CardError(
        f"{onnx.name} has no card beside it. Put {twin.name} there, or make one: {CONVERT} {onnx.name} --as onnx."
    )


def _check_weights(weights: tuple[str, ...], card: Card) -> None:
    for location in weights:
        if not is_plain_weights(location):
            raise ModelError(
                f"{card.path.name} keeps weights in {location!r}, which is no acceptable name for them. "
                "Export the model with plain names, such as weights.bin."
            )


def _copy(source: Path, target: Path, is_cancelled: Callable[[], bool]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as stream, target.open("xb") as sink:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            if is_cancelled():
                raise CancelledError("The installation was cancelled; nothing was changed.")
            sink.write(block)


def _check_listed(digests: dict[str, str], folder: Path) -> None:
    sums = folder / DIGEST_FILE
    if sums.is_file() and sums.stat().st_size > MAX_CARD_BYTES:
        raise ModelError(f"{sums} is no list of digests: it has {sums.stat().st_size / 1e6:.1f} MB. Remove it.")
    listed = read_digests(sums)
    for name, digest in digests.items():
        if listed.get(name, digest) != digest:
            raise ModelError(
                f"{name} is damaged or was changed: its SHA-256 starts with {digest[:12]}, the {DIGEST_FILE} beside it "
                f"says {listed[name][:12]}. Get the model again."
            )


def _checked(path: Path, weights: tuple[str, ...], digests: dict[str, str]) -> Candidate:
    card = load_card(path)
    count = sum(1 for _ in walk(read_graph(card.path)))
    if count > MAX_NODES:
        raise ModelError(f"{card.path.name} has {count} nodes, more than {MAX_NODES}. Simplify and export it again.")
    network = inspect_network(card)
    if card.tiling == "exact" and network.global_operations:
        raise CardError(
            f"{card.id} declares tiling exact, but {card.path.name} has operations that see the whole image: "
            f"{', '.join(network.global_operations[:5])}. Declare tiling blended."
        )
    return Candidate(card, weights, digests, network.global_operations)
