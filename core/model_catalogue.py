# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogue: models that others published, with their addresses and licences, for the user to fetch and convert.

Digests stand in a list of their own beside it (``SHA256SUMS``, lines of digest, two spaces, ``<id>/<file>``): in a JSON
file the plugin site's scanner takes them for secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .cards import MODEL_FOLDER, read_digests
from .declarations import FIELD_ERRORS, reason, whole
from .errors import CardError

CATALOGUE = MODEL_FOLDER / "catalogue" / "catalogue.json"
SCHEMA = 1
MAX_ENTRIES = 1000
# What is published: a card with its ONNX file (installable), or what a converter of export_tools reads.
FORMATS = ("satsharp", "onnx", "keras", "pytorch", "safetensors")
_TEXTS = ("id", "name", "publisher", "page", "format", "licence", "sensor")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Published:
    """A model that somebody else published.

    Attributes:
        id: of the entry.
        name: for people.
        publisher: whose model it is.
        page: address of the project.
        address: address of the file; empty where only the page tells.
        format: one of ``FORMATS``.
        converter: name for ``export_tools convert --as``; empty for the format ``satsharp``.
        licence: of the weights as published, as an SPDX identifier; ``NOASSERTION`` where none is stated.
        sensor: what the model was made for, in words.
        scale_factor: input GSD / output GSD.
        size: bytes of the file; 0 where unknown.
        sha256: of the file; empty where unknown.
        note: what a user must know.
    """

    id: str
    name: str
    publisher: str
    page: str
    address: str
    format: str
    converter: str
    licence: str
    sensor: str
    scale_factor: int
    size: int = 0
    sha256: str = ""
    note: str = ""

    @property
    def file(self) -> str:
        """Name of the file at the address; empty where there is no address."""
        return urlsplit(self.address).path.rsplit("/", 1)[-1]

    @property
    def is_installable(self) -> bool:
        """Whether the file can be installed as it is."""
        return self.format == "satsharp" and bool(self.address)


def bundled_catalogue() -> tuple[tuple[Published, ...], tuple[str, ...]]:
    """Return the entries of the catalogue that comes with SatSharp, and a sentence for each that was skipped.

    Raises:
        CardError: the file is missing or holds no catalogue.
    """
    try:
        text = CATALOGUE.read_text(encoding="utf-8")
    except OSError as error:
        raise CardError(
            f"The catalogue {CATALOGUE} cannot be read: {error.strerror}. Install SatSharp again."
        ) from error
    return read_catalogue(text, read_digests(CATALOGUE.parent / "SHA256SUMS"), str(CATALOGUE))


def read_catalogue(text: str, digests: dict[str, str], where: str) -> tuple[tuple[Published, ...], tuple[str, ...]]:
    """Read and validate a catalogue.

    Args:
        text: the JSON document.
        digests: ``<id>/<file>`` -> SHA-256.
        where: file or address, for messages.

    Returns:
        The valid entries in order, and one sentence for each that had to be skipped.

    Raises:
        CardError: it is no JSON document, or of another schema.
    """
    entries: dict[str, Published] = {}
    problems: list[str] = []
    for number, document in enumerate(_entries_of(text, where), start=1):
        try:
            entry = _entry_of(document, digests)
            if entry.id in entries:
                raise ValueError(f"the id {entry.id} is taken by an entry above")
        except FIELD_ERRORS as error:
            problems.append(f"Entry {number} of the catalogue {where} is skipped: {reason(error)}.")
            continue
        entries[entry.id] = entry
    return tuple(entries.values()), tuple(problems)


def known_digest(entries: Iterable[Published], address: str) -> str:
    """Return the SHA-256 that a catalogue gives for an address; empty where there is none."""
    return next((entry.sha256 for entry in entries if entry.address == address), "")


def _entries_of(text: str, where: str) -> list[Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CardError(f"The catalogue {where} cannot be read: {error}. Check its address.") from error
    entries = document.get("models") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        raise CardError(f"{where} is no catalogue: it must be an object with a list 'models' of at most {MAX_ENTRIES}.")
    if document.get("schema") != SCHEMA:
        raise CardError(
            f"The catalogue {where} has the schema {document.get('schema')!r}, this SatSharp reads {SCHEMA}. "
            "Update SatSharp."
        )
    return entries


def _entry_of(document: dict[str, Any], digests: dict[str, str]) -> Published:
    texts = {key: _text(document, key) for key in _TEXTS}
    address, converter = _text(document, "address", ""), _text(document, "converter", "")
    entry = Published(
        **texts,
        address=address,
        converter=converter,
        scale_factor=whole(document, "scale_factor"),
        size=whole(document, "bytes") if "bytes" in document else 0,
        note=_text(document, "note", ""),
    )
    for wrong, sentence in (
        (not _ID.fullmatch(entry.id), f"id {entry.id!r} must be small letters, digits, '-', '_' and '.'"),
        (not _is_secure(entry.page), "page must be an address that starts with https://"),
        (bool(address) and not _is_secure(address), "address must start with https://"),
        (bool(address) and not entry.file, "address must end in a file name"),
        (entry.format not in FORMATS, f"format must be one of {', '.join(FORMATS)}"),
        (entry.format != "satsharp" and not converter, "converter is missing"),
    ):
        if wrong:
            raise ValueError(sentence)
    digest = digests.get(f"{entry.id}/{entry.file}", "") if address else ""
    return Published(**{**vars(entry), "sha256": digest})


def _text(document: dict[str, Any], key: str, default: str | None = None) -> str:
    value = document[key] if default is None else document.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()) or len(value) > 1000:
        raise ValueError(f"{key} must be a text of at most 1000 characters")
    return value


def _is_secure(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s<>\"']", address)
