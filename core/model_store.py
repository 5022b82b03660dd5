# SPDX-License-Identifier: GPL-2.0-or-later
"""Install models into the user's model folder.

A model exists as soon as its card does, and a card names its files. So no file of an installed model is ever changed
in place: new files arrive under names that are free, ``SHA256SUMS`` lists old and new ones, and then one rename
switches the card. Whoever is killed before that leaves the old state, and after it the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from .cards import DIGEST_FILE, Card, file_digest, load_card, read_digests
from .errors import CardError, ModelError
from .model_archive import MAXIMUM_BYTES, unpack_archive
from .model_candidate import ARCHIVE_SUFFIX, Candidate, copy_model, find_card
from .model_folder import Installed, describe_model, drop_unused, files_of, stage_beside, write_digests


@dataclass(frozen=True)
class InstallOptions:
    """How to install.

    Attributes:
        sha256: digest that the archive, else the ONNX file must have; empty where none is known.
        overwrite: replace a model of the same id.
        maximum_bytes: a larger model is refused.
        reserved: ids that are taken elsewhere, such as those of the bundled models.
    """

    sha256: str = ""
    overwrite: bool = False
    maximum_bytes: int = MAXIMUM_BYTES
    reserved: Collection[str] = ()


def source_digest(source: Path) -> str:
    """Return the SHA-256 by which a source is recognised: that of the archive, else of the ONNX file.

    Raises:
        CardError: there is no card, or it is not valid.
        ModelError: the source is no model.
    """
    try:
        return file_digest(source if _is_archive(source) else load_card(find_card(source)).path)
    except OSError as error:
        raise ModelError(f"{source} cannot be read: {error.strerror or error}. Check the path.") from error


def install_model(
    source: Path,
    folder: Path,
    options: InstallOptions,
    is_cancelled: Callable[[], bool] = lambda: False,
    trial: Callable[[Path], object] | None = None,
) -> Installed:
    """Check a model and put it into a folder, whole or not at all.

    Args:
        source: a card, an ONNX file with its card beside it, a folder that holds one model, or a zip archive of one.
        folder: model folder; made if missing.
        options: what is allowed and expected.
        is_cancelled: asked all the while.
        trial: called with the checked ONNX file before anything is changed; what it raises stops the installation.

    Raises:
        CardError: the card is not valid, disagrees with the network, or its id is taken.
        ModelError: a file is damaged, unsafe, too new, too large or not the expected one; or the folder is read-only.
        CancelledError: the user cancelled; nothing was changed.
    """
    try:
        with stage_beside(folder) as stage:
            candidate = _take_in(source, stage, options, is_cancelled)
            _check_free(candidate.card.id, folder, options)
            if trial is not None:
                trial(candidate.card.path)
            return _commit(candidate, folder)
    except OSError as error:
        raise ModelError(
            f"{error.filename or folder} cannot be read or written: {error.strerror or error}. "
            "Check permissions and free space; nothing was changed."
        ) from error


def _take_in(source: Path, stage: Path, options: InstallOptions, is_cancelled: Callable[[], bool]) -> Candidate:
    model = stage / "model"
    model.mkdir()
    if not _is_archive(source):
        card = find_card(source)
        _check_digest(load_card(card).path, options.sha256)
    else:
        _check_digest(source, options.sha256)
        archive = stage / "archive" / source.stem
        archive.mkdir(parents=True)
        unpack_archive(source, archive, options.maximum_bytes, is_cancelled)
        card = find_card(archive)
    return copy_model(card, model, options.maximum_bytes, is_cancelled)


def _check_digest(path: Path, expected: str) -> None:
    actual = file_digest(path) if expected else ""
    if actual != expected.lower():
        raise ModelError(
            f"{path.name} is not the expected file: its SHA-256 starts with {actual[:12]}, expected was "
            f"{expected[:12]}. Download it again, or ask its publisher."
        )


def _check_free(identifier: str, folder: Path, options: InstallOptions) -> None:
    if identifier.casefold() in {name.casefold() for name in options.reserved}:
        raise CardError(f"The id {identifier} belongs to a bundled model. Give the card and its file another name.")
    same = [path.stem for path in folder.glob("*.json") if path.stem.casefold() == identifier.casefold()]
    if [name for name in same if name != identifier]:
        raise CardError(f"The ids {identifier} and {same[0]} differ in capitals only. Remove {same[0]} first.")
    if same and not options.overwrite:
        raise CardError(f"A model {identifier} is installed in {folder}. Set OVERWRITE to replace it.")


def _commit(candidate: Candidate, folder: Path) -> Installed:
    """Put the checked files in their places; see the module's text for the order."""
    card, stage = candidate.card, candidate.card.path.parent
    for name in candidate.weights:
        target = folder / name
        if target.exists() and file_digest(target) != candidate.digests[name]:
            raise CardError(
                f"{folder} already has another file {name}, in which {card.id} keeps weights. "
                "Remove the model that uses it first."
            )
    onnx = _free_name(card, candidate.digests[card.path.name], folder)
    names = {onnx: card.path.name, **{name: name for name in candidate.weights}}
    path = folder / f"{card.id}.json"
    replaced = files_of(path) if path.exists() else ()
    placed: list[Path] = []
    try:
        for name, staged in names.items():
            _place(stage / staged, folder / name, placed)
        digests = {name: candidate.digests[staged] for name, staged in names.items()}
        write_digests(folder, {**read_digests(folder / DIGEST_FILE), **digests})
        _switch(stage / path.name, path, onnx)
    except BaseException:
        for file in placed:
            file.unlink(missing_ok=True)
        raise
    _drop_replaced([name for name in replaced if name not in names], folder)
    return describe_model(load_card(path))


def _free_name(card: Card, digest: str, folder: Path) -> str:
    """Return the ONNX file's own name, or one with its digest where another file has that name.

    Raises:
        CardError: other files have these names, too.
    """
    own = card.path
    for name in (own.name, f"{own.stem}-{digest[:12]}.onnx", f"{own.stem}-{digest}.onnx"):
        if not (folder / name).exists() or file_digest(folder / name) == digest:
            return name
    raise CardError(f"{folder} already has another file {name}. Remove it first.")


def _place(source: Path, target: Path, placed: list[Path]) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
    placed.append(target)


def _switch(source: Path, path: Path, onnx: str) -> None:
    """Rename the card to its place; from here on the model is the new one."""
    document = json.loads(source.read_text(encoding="utf-8"))
    if document["file"] != onnx:
        text = json.dumps({**document, "file": onnx}, indent=2, ensure_ascii=False)
        source.write_text(f"{text}\n", encoding="utf-8")
    os.replace(source, path)


def _drop_replaced(files: list[str], folder: Path) -> None:
    try:
        drop_unused(tuple(files), folder)
    except OSError:
        # Windows refuses while a session has the old network open; it is nobody's file any more and harmless.
        return


def _is_archive(source: Path) -> bool:
    return source.suffix.lower() == ARCHIVE_SUFFIX and source.is_file()
