# SPDX-License-Identifier: GPL-2.0-or-later
"""What kind of file a checkpoint is, by its first bytes; nothing is unpickled or run."""

from __future__ import annotations

import re
from pathlib import Path

from .framework import ConversionError

HDF5 = "an HDF5 file"
ZIP = "a zip archive (a PyTorch checkpoint, or a packed folder)"
PICKLE = "a Python pickle (an old PyTorch checkpoint)"
SAFETENSORS = "a safetensors file"
TEXT = "a text file"
UNKNOWN = "a binary file of unknown kind"
FOLDER = "a folder"

_SIGNATURES = (
    (rb"\x89HDF\r\n\x1a\n", HDF5),
    (rb"PK\x03\x04", ZIP),
    (rb"\x80[\x02-\x05]", PICKLE),
    (rb".{8}\{\s*\"", SAFETENSORS),
    (rb"version https://git-lfs", "a Git LFS pointer: fetch the real file with 'git lfs pull'"),
    (rb"(\xef\xbb\xbf)?\s*<(!|html|head|body|\?xml|Error)", "a web page: download the file again"),
    (rb"\x1f\x8b", "a gzip file: unpack it first"),
)


def kind_of(source: Path) -> str:
    """Return what a file is: one of the constants of this module, or the end of a sentence.

    Raises:
        ConversionError: it does not exist, is empty, or cannot be read.
    """
    if source.is_dir():
        return FOLDER
    try:
        with source.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise ConversionError(f"{source} cannot be read: {error.strerror or error}.") from error
    if not head:
        raise ConversionError(f"{source} is empty. Download it again.")
    found = next((kind for pattern, kind in _SIGNATURES if re.match(pattern, head, re.DOTALL)), "")
    if found:
        return found
    return TEXT if head.isascii() and b"\0" not in head else UNKNOWN


def is_kind(source: Path, *kinds: str) -> bool:
    """Return whether a file is of one of some kinds; False where it cannot be read."""
    try:
        return kind_of(source) in kinds
    except ConversionError:
        return False


def require_kind(source: Path, family: str, *kinds: str) -> str:
    """Return the kind of a file.

    Raises:
        ConversionError: it is of none of the kinds that the family is published in.
    """
    kind = kind_of(source)
    if kind not in kinds:
        raise ConversionError(f"{family} is published as {' or '.join(kinds)}, but {source.name} is {kind}.")
    return kind
