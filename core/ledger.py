# SPDX-License-Identifier: GPL-2.0-or-later
"""The ledger beside an unfinished output: how far it got, and how to bring it back to that point after a kill.

GDAL appends compressed blocks to a GeoTIFF and rewrites only the directories and block tables at its head. A ledger
therefore holds the length of the file and its head as they were at the last checkpoint: writing the head back and
cutting the file to that length undoes whatever a killed process was in the middle of. Blocks below ``rows_done`` may be
written again in place, which does no harm: a resumed run writes them once more. (Safe against the end of the process at
any instant, not against the loss of power.)
"""

from __future__ import annotations

import base64
import binascii
import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Union

import numpy as np
import numpy.typing as npt

from .errors import OutputError

TILE_OFFSETS, TILE_BYTE_COUNTS = 324, 325
# TIFF's field types of block tables: SHORT, LONG, LONG8.
FIELD_TYPES = {3: "u2", 4: "u4", 16: "u8"}
# Bytes of all of TIFF's field types.
FIELD_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

Head = Union[bytes, mmap.mmap]


@dataclass(frozen=True)
class Ledger:
    """A checkpoint of a partial file.

    Attributes:
        identity: what the run depends on, as (name, digest) pairs such as input, models, parameters.
        rows_done: rows of the output that are complete in the file.
        length: bytes of the file at the checkpoint.
        head: its first bytes (header and directory) at the checkpoint.
    """

    identity: tuple[tuple[str, str], ...]
    rows_done: int
    length: int
    head: bytes

    def save(self, path: Path) -> None:
        """Write the ledger by atomic rename."""
        document = {
            "identity": dict(self.identity),
            "rows_done": self.rows_done,
            "length": self.length,
            "head": base64.b64encode(zlib.compress(self.head, 1)).decode("ascii"),
        }
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(document), encoding="ascii")
        os.replace(fresh, path)

    @classmethod
    def load(cls, path: Path) -> Ledger:
        """Read a ledger.

        Raises:
            OutputError: it cannot be read.
        """
        try:
            document = json.loads(path.read_text(encoding="ascii"))
            head = zlib.decompress(base64.b64decode(document["head"]))
            identity = tuple(sorted(document["identity"].items()))
            return cls(identity, int(document["rows_done"]), int(document["length"]), head)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error, binascii.Error) as error:
            raise OutputError(f"The ledger {path} of an unfinished run is damaged. Delete it and run again.") from error

    def restore(self, partial: Path) -> None:
        """Bring the partial file back to the state of the checkpoint.

        Raises:
            OutputError: the file is shorter than the checkpoint, or cannot be written.
        """
        try:
            if partial.stat().st_size < self.length:
                raise OutputError(f"{partial} is shorter than its ledger says. Delete both and run again.")
            with partial.open("r+b") as stream:
                stream.write(self.head)
                stream.truncate(self.length)
        except OSError as error:
            raise OutputError(f"The unfinished output {partial} cannot be restored: {error.strerror}.") from error


def is_settled(head: Head, length: int) -> bool:
    """Return whether a TIFF can be brought back from these first bytes of it and its length.

    That is so when all directories (full raster and overviews) and their block tables stand in the head and every block
    that they name is in the file. GDAL hands the tables to the C library, which may still hold back a part of them.
    """
    try:
        return all(_blocks_present(head, offset, length) for offset in _directories(head))
    except (struct.error, ValueError, KeyError):
        return False


def is_intact(path: Path) -> bool:
    """Return whether all of a finished TIFF is there: GDAL tells nobody what fails when it closes a copied file."""
    try:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            return is_settled(whole, len(whole)) and all(_fields_present(whole, place) for place in _directories(whole))
    except (OSError, ValueError, KeyError, struct.error):
        return False


def _fields_present(whole: Head, directory: int) -> bool:
    """Return whether what the entries of a directory say elsewhere is in the file."""
    order, word, _, size = _layout(whole)
    for entry in _entries(whole, directory):
        nbytes = FIELD_SIZES[struct.unpack_from(order + "H", whole, entry + 2)[0]] * _word(whole, entry + 4)
        if nbytes > word and _word(whole, entry + size - word) + nbytes > len(whole):
            return False
    return True


def _layout(head: Head) -> tuple[str, int, str, int]:
    """Return byte order, bytes of a word, struct's letter of the entry count, and bytes of an entry."""
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", head, 2)[0] == 43
    return (order, 8, "Q", 20) if big else (order, 4, "H", 12)


def _word(head: Head, position: int) -> int:
    order, word, _, _ = _layout(head)
    value: int = struct.unpack_from(order + ("Q" if word == 8 else "I"), head, position)[0]
    return value


def _entries(head: Head, offset: int) -> range:
    """Return the positions of the entries of the directory at this offset; the range's stop is the link to the next."""
    order, _, count, size = _layout(head)
    first = offset + struct.calcsize(order + count)
    return range(first, first + size * struct.unpack_from(order + count, head, offset)[0], size)


def _directories(head: Head) -> Iterator[int]:
    offset = _word(head, 8 if _layout(head)[1] == 8 else 4)
    seen: set[int] = set()
    while offset:
        if offset in seen:
            raise ValueError("The directories of the TIFF form a ring.")
        seen.add(offset)
        yield offset
        offset = _word(head, _entries(head, offset).stop)


def _blocks_present(head: Head, directory: int, length: int) -> bool:
    order = _layout(head)[0]
    tags = {struct.unpack_from(order + "H", head, entry)[0]: entry for entry in _entries(head, directory)}
    offsets, counts = _table(head, tags[TILE_OFFSETS]), _table(head, tags[TILE_BYTE_COUNTS])
    return bool(((offsets > 0) == (counts > 0)).all() and (offsets + counts <= length).all())


def _table(head: Head, entry: int) -> npt.NDArray[np.uint64]:
    order, word, _, size = _layout(head)
    kind = np.dtype(order + FIELD_TYPES[struct.unpack_from(order + "H", head, entry + 2)[0]])
    count, place = _word(head, entry + 4), entry + size - word
    if count * kind.itemsize > word:
        place = _word(head, place)
    return np.frombuffer(head, kind, count, place).astype(np.uint64)
