# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in a model folder: cards, the files that they name, and ``SHA256SUMS``; list and remove models."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .cards import DIGEST_FILE, Card, load_card, load_cards, read_digests
from .errors import CardError, ModelError, SatSharpError
from .model_candidate import check_id, is_plain_weights
from .onnx_graph import read_graph

_STAGE = ".install-"
_STALE_SECONDS = 24 * 3600
_DIGEST_LINE = re.compile(r"[0-9a-f]{64} [ *]\S")


@dataclass(frozen=True)
class Installed:
    """A model in a folder.

    Attributes:
        card: its card.
        size: bytes of the ONNX file and its weights.
        digest: SHA-256 of the ONNX file as listed; empty where it is not listed.
    """

    card: Card
    size: int
    digest: str


def list_models(*folders: Path) -> tuple[tuple[Installed, ...], tuple[str, ...]]:
    """Return the models of some folders, and a sentence for each card that had to be skipped."""
    cards, problems = load_cards(*folders)
    return tuple(describe_model(card) for card in cards), problems


def remove_model(identifier: str, folder: Path) -> tuple[str, ...]:
    """Remove a model and the files that no other model of the folder uses.

    Args:
        identifier: id of the model; a card that is not valid can be removed, too, and leaves its other files.
        folder: model folder.

    Returns:
        Names of the removed files.

    Raises:
        CardError: there is no such model.
        ModelError: a file cannot be deleted.
    """
    check_id(identifier)
    path = folder / f"{identifier}.json"
    if not path.is_file():
        names = ", ".join(entry.stem for entry in sorted(folder.glob("*.json"))) or "none"
        raise CardError(f"{folder} has no model {identifier}. Installed there: {names}.")
    files = files_of(path)
    try:
        path.unlink()
        return (path.name, *drop_unused(files, folder))
    except OSError as error:
        raise ModelError(
            f"{error.filename or path} cannot be deleted: {error.strerror or error}. "
            "Close what uses it and delete it by hand."
        ) from error


def files_of(path: Path) -> tuple[str, ...]:
    """Return the files that a card of the folder names, by way of its network; none of a card that is not valid."""
    try:
        card = load_card(path)
    except CardError:
        return ()
    try:
        weights = read_graph(card.path).external_data
    except SatSharpError:
        weights = ()
    return (card.path.name, *(name for name in weights if is_plain_weights(name)))


@contextmanager
def stage_beside(folder: Path) -> Iterator[Path]:
    """Give a temporary folder inside the model folder, so on the same disk; what a killed run left a day ago goes.

    Raises:
        OSError: the model folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f"{_STAGE}*"):
        if time.time() - leftover.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_STAGE) as name:
        yield Path(name)


def drop_unused(files: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """Delete files that no card of a folder uses, and their digests; return what was deleted.

    Raises:
        OSError: a file is in use or the folder is read-only.
    """
    used = {name for path in folder.glob("*.json") for name in files_of(path)}
    unused = [name for name in files if name not in used]
    if not unused:
        return ()
    digests = read_digests(folder / DIGEST_FILE)
    for name in unused:
        (folder / name).unlink(missing_ok=True)
        digests.pop(name, None)
    write_digests(folder, digests)
    return tuple(unused)


def write_digests(folder: Path, digests: dict[str, str]) -> None:
    """Replace the list of digests at once; lines that are no digests, such as comments, stay.

    Raises:
        OSError: the folder cannot be written.
    """
    path = folder / DIGEST_FILE
    old = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    comments = [line for line in old if not _DIGEST_LINE.match(line)]
    lines = [*comments, *(f"{digest}  {name}" for name, digest in sorted(digests.items()))]
    with tempfile.TemporaryDirectory(dir=folder, prefix=_STAGE) as scratch:
        made = Path(scratch) / DIGEST_FILE
        made.write_bytes("".join(f"{line}\n" for line in lines).encode())
        os.replace(made, path)


def describe_model(card: Card) -> Installed:
    """Return what is known about an installed model."""
    folder = card.path.parent
    files = [folder / name for name in files_of(folder / f"{card.id}.json")]
    digest = read_digests(folder / DIGEST_FILE).get(card.path.name, "")
    return Installed(card, sum(file.stat().st_size for file in files if file.is_file()), digest)
