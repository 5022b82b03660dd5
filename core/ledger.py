# SPDX-License-Identifier: GPL-2.0-or-later
"""The ledger beside an unfinished output: how far it got, and how to bring it back to that point after a kill.

GDAL appends compressed blocks to a GeoTIFF and rewrites only the directory at its head. A ledger therefore holds the
length of the file and its head as they were at the last checkpoint: writing the head back and cutting the file to that
length undoes whatever a killed process was in the middle of.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from .errors import OutputError


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


def directories_inside(head: bytes) -> bool:
    """Return whether all directories of a TIFF or BigTIFF, full raster and overviews, stand in these first bytes."""
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", head, 2)[0] == 43
    word, count, entry = ("Q", "Q", 20) if big else ("I", "H", 12)
    position = 8 if big else 4
    while True:
        if position + struct.calcsize(word) > len(head):
            return False
        offset = struct.unpack_from(order + word, head, position)[0]
        if offset == 0:
            return True
        if offset + struct.calcsize(count) > len(head):
            return False
        entries = struct.unpack_from(order + count, head, offset)[0]
        position = offset + struct.calcsize(count) + entry * entries
