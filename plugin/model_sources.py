# SPDX-License-Identifier: GPL-2.0-or-later
"""Fetch models and catalogues over the network; what has arrived of a model is kept until it is installed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from ..core.cards import DIGEST_FILE, read_digests
from ..core.errors import CardError, ModelError
from ..core.model_candidate import ARCHIVE_SUFFIX, CHECKPOINTS, CONVERT, MAX_CARD_BYTES
from ..core.model_catalogue import Published, bundled_catalogue, read_catalogue
from .downloads import DownloadError, download, read_text
from .resumable import resume_download

_STALE_SECONDS = 7 * 24 * 3600
_LOCAL = ("127.0.0.1", "::1", "localhost")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,150}")


def check_address(address: str) -> None:
    """Check that an address is one of https; plain http is for a server on this machine.

    Raises:
        ModelError: it is not.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise ModelError(f"{address} is not fetched: models come by https only. Use an address with https://.")


def fetch_model(
    address: str,
    folder: Path,
    maximum_bytes: int,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> Path:
    """Fetch a zip archive, or a card and its ONNX file, and return what to install.

    Args:
        address: of a .zip, .json or .onnx file; of the last two the other one must lie beside it.
        folder: where downloads wait; what has waited for a week is deleted.
        maximum_bytes: a longer file is refused.
        progress: told the part (0 to 1) that is done.
        is_cancelled: asked all the while.

    Raises:
        ModelError: the address is not secure, or is that of something else.
        DownloadError: the server cannot be reached or refuses, or a file is too long.
        CancelledError: the user cancelled; what has arrived is kept.
    """
    check_address(address)
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    suffix = Path(name).suffix.lower()
    if suffix in CHECKPOINTS:
        raise ModelError(
            f"{name} is a checkpoint of a training framework, which is not run. Download it and convert it: "
            f"{CONVERT} {name} --as auto."
        )
    place = waiting_place(address, folder)
    place.mkdir(parents=True, exist_ok=True)
    if suffix not in (".json", ".onnx"):
        path = place / f"model{ARCHIVE_SUFFIX}"
        _fetch_large(address, path, maximum_bytes, progress, is_cancelled)
        return path
    card_address = address if suffix == ".json" else _sibling(address, f"{Path(name).stem}.json")
    card = place / _plain(Path(urlsplit(card_address).path).name)
    download(card_address, card, MAX_CARD_BYTES, lambda _: None, is_cancelled)
    onnx = _plain(_file_of(card))
    _fetch_large(_sibling(address, onnx), place / onnx, maximum_bytes, progress, is_cancelled)
    return card


def waiting_place(address: str, folder: Path) -> Path:
    """Return the folder in which the download of an address waits; those that are a week old are deleted."""
    for old in folder.glob("*/"):
        if time.time() - old.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    return folder / hashlib.sha256(address.encode()).hexdigest()[:16]


def load_catalogue(address: str, is_cancelled: Callable[[], bool]) -> tuple[tuple[Published, ...], tuple[str, ...]]:
    """Return the entries of the bundled catalogue and of the one at an address, and what had to be skipped.

    A catalogue that cannot be reached or read is such a sentence, too. An entry of the address cannot replace a bundled
    one.

    Args:
        address: of the JSON file, with ``SHA256SUMS`` beside it if there are digests; empty for none.
        is_cancelled: asked all the while.

    Raises:
        CancelledError: the user cancelled.
    """
    entries, problems = bundled_catalogue()
    if not address:
        return entries, problems
    try:
        check_address(address)
        text = read_text(address, "application/json", is_cancelled)
        more, skipped = read_catalogue(text, _digests_beside(address, is_cancelled), address)
    except (CardError, ModelError, DownloadError) as error:
        return entries, (*problems, str(error))
    taken = {entry.id for entry in entries}
    twice = [f"{entry.id} of the catalogue {address} is skipped: it is taken." for entry in more if entry.id in taken]
    return (*entries, *(entry for entry in more if entry.id not in taken)), (*problems, *skipped, *twice)


def _fetch_large(
    address: str,
    path: Path,
    maximum_bytes: int,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> None:
    """Fetch a file, unless it waits there, whole, for its digest to be confirmed."""
    if not path.is_file():
        resume_download(address, path, maximum_bytes, progress, is_cancelled)


def _file_of(card: Path) -> str:
    """Return the file that a card names; the card itself is checked when it is installed."""
    try:
        document = json.loads(card.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{card.name} at that address is no model card: {error}. Check the address.") from error
    return str(document.get("file", "")) if isinstance(document, dict) else ""


def _plain(name: str) -> str:
    if not _PLAIN.fullmatch(name):
        raise ModelError(f"{name!r} is no plain file name. Download the model by hand and install the file.")
    return name


def _sibling(address: str, name: str) -> str:
    """Return the address of a file beside another; a query, such as a token, is kept."""
    query = urlsplit(address).query
    return urljoin(address, name) + (f"?{query}" if query else "")


def _digests_beside(address: str, is_cancelled: Callable[[], bool]) -> dict[str, str]:
    try:
        text = read_text(_sibling(address, DIGEST_FILE), "text/plain", is_cancelled)
    except DownloadError:
        return {}
    with tempfile.TemporaryDirectory(prefix="satsharp-") as folder:
        path = Path(folder) / DIGEST_FILE
        path.write_text(text, encoding="utf-8")
        return read_digests(path)
