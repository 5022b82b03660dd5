# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of blocks that several tiles blend: each is computed once, kept for as many uses, while there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

Outputs = dict[str, npt.NDArray[np.float32]]

STORE_MEGABYTES = 256


class BlockStore:
    """Keeps results; safe for several threads. What it forgets for want of room is merely computed again."""

    def __init__(self, megabytes: float = STORE_MEGABYTES) -> None:
        """Start empty, with room for so much."""
        self._room = int(megabytes * 1e6)
        self._found: OrderedDict[Hashable, Future[Outputs]] = OrderedDict()
        # Bytes of what is complete, and how often each result will be asked for again.
        self._sizes: dict[Hashable, int] = {}
        self._left: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return the number of results that are kept or under way."""
        return len(self._found)

    def get(self, key: Hashable, uses: int, compute: Callable[[], Outputs]) -> Outputs:
        """Return what was computed for a key, by whichever thread asked first; raises what ``compute`` raises.

        Args:
            key: of the block.
            uses: how often it is asked for altogether; then it is forgotten.
            compute: makes the result.
        """
        if uses < 2:
            return compute()
        with self._lock:
            future = self._found.get(key)
            is_ours = future is None
            if future is None:
                future = self._found[key] = Future()
                self._left[key] = uses
            self._found.move_to_end(key)
            self._left[key] -= 1
        if is_ours:
            self._fill(key, future, compute)
        outputs = future.result()
        with self._lock:
            if self._found.get(key) is future and self._left[key] <= 0:
                self._forget(key)
        return outputs

    def _fill(self, key: Hashable, future: Future[Outputs], compute: Callable[[], Outputs]) -> None:
        try:
            outputs = compute()
        except BaseException as error:
            with self._lock:
                self._forget(key)
            future.set_exception(error)
            raise
        future.set_result(outputs)
        with self._lock:
            self._sizes[key] = sum(values.nbytes for values in outputs.values())
            for old in [name for name in self._found if name in self._sizes]:
                if sum(self._sizes.values()) <= self._room:
                    break
                self._forget(old)

    def _forget(self, key: Hashable) -> None:
        for table in (self._found, self._sizes, self._left):
            table.pop(key, None)
