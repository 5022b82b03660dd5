# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of blocks that several tiles blend: each is computed once, and kept while there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

Outputs = dict[str, npt.NDArray[np.float32]]

STORE_MEGABYTES = 192


class BlockStore:
    """Keeps the results that were used last; safe for several threads. What it forgets is merely computed again."""

    def __init__(self, megabytes: float = STORE_MEGABYTES) -> None:
        """Start empty, with room for so much."""
        self._room = int(megabytes * 1e6)
        self._found: OrderedDict[Hashable, Future[Outputs]] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Outputs]) -> Outputs:
        """Return what was computed for a key, by whichever thread asked first; raises what ``compute`` raises."""
        with self._lock:
            future = self._found.get(key)
            is_ours = future is None
            if future is None:
                future = self._found[key] = Future()
            self._found.move_to_end(key)
        if is_ours:
            self._fill(key, future, compute)
        return future.result()

    def _fill(self, key: Hashable, future: Future[Outputs], compute: Callable[[], Outputs]) -> None:
        try:
            outputs = compute()
        except BaseException as error:
            with self._lock:
                self._found.pop(key, None)
            future.set_exception(error)
            raise
        future.set_result(outputs)
        with self._lock:
            self._sizes[key] = sum(values.nbytes for values in outputs.values())
            for old in [name for name in self._found if name in self._sizes]:
                if sum(self._sizes.values()) <= self._room:
                    break
                del self._found[old], self._sizes[old]
