# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a tiled GeoTIFF window by window: unfinished under another name, resumable, finished by atomic rename."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .blocks import BlockAssembler
from .errors import OutputError
from .grid import Window
from .ledger import Ledger, is_intact, is_settled
from .output_place import check_place, check_space, discard_partial, discard_sidecars, free_space, partial_paths
from .pyramid import Pyramid, overview_levels
from .raster_cog import make_cog
from .raster_partial import add_empty_overviews, create_raster, reopen, stored_strips, unfinished_run
from .raster_profile import BLOCK, RasterProfile, describe
from .raster_state import gdal_messages

CHECKPOINT_SECONDS = 10.0
OVERVIEW_PIXELS = 256


class RasterWriter:
    """Receives windows in any order that completes rows from top to bottom."""

    def __init__(self, path: Path, profile: RasterProfile, identity: tuple[tuple[str, str], ...], resume: bool) -> None:
        """Create the partial file beside ``path``, or take up the one a killed run has left.

        Raises:
            OutputError: the place cannot be written, is too small, or holds an unfinished run of another kind.
        """
        self.path, self._profile, self._identity = path, profile, tuple(sorted(identity))
        self._dataset: Any = None
        self._partial, self._ledger = partial_paths(path)
        self._finished, self._whole, self._checked = self._partial, 0, time.monotonic()
        check_place(path)
        shape = (len(profile.bands), profile.grid.height, profile.grid.width)
        self._levels = overview_levels(*shape[1:], OVERVIEW_PIXELS)
        self._pyramid = Pyramid(shape, BLOCK, len(self._levels), profile.nodata, self._write_overview)
        ledger = unfinished_run(path, self._identity, resume)
        self.rows_done = 0 if ledger is None else ledger.rows_done
        self._assembler = BlockAssembler(*shape, BLOCK, self.rows_done)
        if ledger is None:
            self._create_or_clean_up()
        else:
            self._continue_or_close(ledger)

    def write(self, window: Window, pixels: npt.NDArray[np.generic]) -> None:
        """Write pixels of shape (bands, rows, columns); pixels above ``rows_done`` are there already and are ignored.

        Raises:
            OutputError: the disk is full or failing.
        """
        for place, block in self._assembler.add(window, pixels):
            for number, values in enumerate(block, start=1):
                self._write_band(self._dataset.GetRasterBand(number), values, place)
            self._pyramid.feed(place, block)

    def rows_written(self, rows: int) -> None:
        """Note that all rows above ``rows`` have been given; now and then this makes a checkpoint."""
        self._whole = rows if rows >= self._profile.grid.height else rows // BLOCK * BLOCK
        if time.monotonic() - self._checked >= CHECKPOINT_SECONDS:
            self.checkpoint(self._whole)

    def checkpoint(self, rows: int) -> None:
        """Flush, and record that the first ``rows`` rows (a multiple of the block height) are in the file.

        Raises:
            OutputError: the disk is full or failing.
        """
        self._guarded(self._flush)
        with self._partial.open("rb") as stream:
            head = stream.read(self._head_size)
        length = self._partial.stat().st_size
        if is_settled(head, length):
            self._save(Ledger(self._identity, rows, length, head))
        self._checked = time.monotonic()

    def finish(self, check: Callable[[], None]) -> None:
        """Complete the file and give it its name; see :meth:`complete`."""
        self.complete(check)
        self.publish()

    def complete(self, check: Callable[[], None]) -> None:
        """Add statistics and close the file.

        Args:
            check: called now and then; may raise to stop.

        Raises:
            OutputError: the disk is full or failing.
        """
        check()
        self.checkpoint(self._profile.grid.height)
        self._guarded(self._add_statistics)
        self._guarded(self._close)
        if self._profile.cog:
            self._finished = make_cog(self._partial, self._profile, self._guarded, check)
        if not is_intact(self._finished):
            raise OutputError(f"{self.path} cannot be written (its end is missing). {free_space(self.path.parent)}")

    def publish(self) -> None:
        """Give the complete file its name.

        Raises:
            OutputError: it cannot replace a file of that name.
        """
        self._rename(self._finished)
        discard_partial(self.path)
        discard_sidecars(self.path)

    def suspend(self) -> None:
        """Close the unfinished file so that a later run goes on with it; raises as :meth:`checkpoint`."""
        try:
            if self._dataset is not None and self._whole:
                self.checkpoint(self._whole)
        finally:
            self._release()
            if not self._ledger.exists():
                discard_partial(self.path)

    def abandon(self) -> None:
        """Remove everything that is unfinished."""
        self._release()
        discard_partial(self.path)

    def _create_or_clean_up(self) -> None:
        try:
            self._create()
        except BaseException:
            self.abandon()
            raise

    def _create(self) -> None:
        check_space(self.path.parent, self._profile.nbytes * (2 if self._profile.cog else 1))
        self._dataset = self._guarded(partial(create_raster, self._partial, self._profile))
        self._guarded(partial(describe, self._dataset, self._profile))
        self._guarded(self._flush)
        self._guarded(self._prepare_overviews)
        self._head_size = self._partial.stat().st_size

    def _prepare_overviews(self) -> None:
        """Make room for the overviews in the head of the file."""
        add_empty_overviews(self._dataset, self._levels)
        self._flush()

    def _continue_or_close(self, ledger: Ledger) -> None:
        """Take the file up; what keeps this run from that need not keep a later one, so the file stays."""
        try:
            self._continue(ledger)
        except BaseException:
            self._release()
            raise

    def _continue(self, ledger: Ledger) -> None:
        ledger.restore(self._partial)
        self._head_size = len(ledger.head)
        with gdal_messages():
            try:
                self._dataset = reopen(self._partial)
                intact = self._dataset is not None and self._refeed_overviews()
            except RuntimeError:
                intact = False
        if not intact:
            raise OutputError(f"The unfinished {self._partial} is damaged. Switch RESUME off to start anew.")

    def _refeed_overviews(self) -> bool:
        """Make the overviews of the rows that a killed run has written."""
        for window, pixels in stored_strips(self._partial, self.rows_done, self._profile.grid.width):
            if pixels is None:
                return False
            self._pyramid.feed(window, pixels)
        return True

    def _write_overview(self, level: int, window: Window, pixels: npt.NDArray[np.generic]) -> None:
        for number, values in enumerate(pixels, start=1):
            self._write_band(self._dataset.GetRasterBand(number).GetOverview(level), values, window)

    def _write_band(self, band: Any, values: npt.NDArray[np.generic], window: Window) -> None:
        """Write and flush: a block left dirty in GDAL's cache would be written by whatever thread needs its room."""
        self._guarded(partial(band.WriteArray, values, window.col, window.row))
        self._guarded(band.FlushCache)

    def _add_statistics(self) -> None:
        for number in range(1, len(self._profile.bands) + 1):
            # An all-nodata band has no statistics; GDAL calls that an error.
            with gdal_messages():
                self._statistics(number)

    def _statistics(self, number: int) -> None:
        try:
            self._dataset.GetRasterBand(number).ComputeStatistics(True)
        except RuntimeError:
            return

    def _flush(self) -> None:
        # One flush leaves the end of the block tables in the C library's buffer; the second one seeks, which writes it.
        self._dataset.FlushCache()
        self._dataset.FlushCache()

    def _release(self) -> None:
        """Close the file, whatever GDAL says of it."""
        with gdal_messages():
            self._dataset = None

    def _close(self) -> None:
        self._dataset.FlushCache()
        self._dataset = None

    def _rename(self, finished: Path) -> None:
        try:
            os.replace(finished, self.path)
        except OSError as error:
            raise OutputError(
                f"The finished output cannot replace {self.path} ({error.strerror}). Close it in other programs."
            ) from error

    def _save(self, ledger: Ledger) -> None:
        try:
            ledger.save(self._ledger)
        except OSError as error:
            raise OutputError(f"{self._ledger} cannot be written: {error.strerror}.") from error

    def _guarded(self, action: Callable[[], Any]) -> Any:
        with gdal_messages() as messages:
            try:
                result = action()
            except (RuntimeError, OSError) as error:
                messages.append(str(error))
        if messages:
            raise OutputError(
                f"{self.path} cannot be written ({'; '.join(dict.fromkeys(messages))}). {free_space(self.path.parent)}"
            )
        return result
