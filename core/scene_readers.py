# SPDX-License-Identifier: GPL-2.0-or-later
"""Readers of a scene's bands, kept for all passes before the tiles."""

from __future__ import annotations

from types import TracebackType

from .moved_reader import MovedReader
from .raster import BandReader
from .scene import Band

Move = tuple[float, float]


class SceneReaders:
    """One reader a band: GDAL keeps the blocks that it has decoded with an open file, for the next pass to find."""

    def __init__(self) -> None:
        """Start with no file open."""
        self._kept: dict[tuple[str, int, Move], BandReader] = {}

    def __enter__(self) -> SceneReaders:
        """Return the readers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all files."""
        for reader in self._kept.values():
            reader.close()
        self._kept.clear()

    def of(self, band: Band, move: Move = (0.0, 0.0)) -> BandReader:
        """Return the reader of a band; to be used by one thread at a time, since GDAL's datasets are.

        Args:
            band: the band.
            move: how far down and right its pixels are moved, in its pixels.
        """
        key = (band.path, band.index, move)
        if key not in self._kept:
            self._kept[key] = MovedReader(*move) if any(move) else BandReader()
        return self._kept[key]
