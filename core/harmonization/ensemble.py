# SPDX-License-Identifier: GPL-2.0-or-later
"""Mean and variance over the members of an ensemble, one member in memory at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]


class RunningMoments:
    """Mean and unbiased variance of images that come one by one (Welford, Technometrics 4, 1962, 419-420)."""

    def __init__(self) -> None:
        """Start without a member."""
        self.count = 0
        self._mean: Image | None = None
        self._squares: Image | None = None

    def add(self, member: Image) -> None:
        """Take another member of the same shape; it is not kept."""
        self.count += 1
        if self._mean is None or self._squares is None:
            self._mean = member.astype(np.float32)
            self._squares = np.zeros_like(self._mean)
            return
        difference = member - self._mean
        self._mean += difference / np.float32(self.count)
        self._squares += difference * (member - self._mean)

    @property
    def mean(self) -> Image:
        """The mean of the members so far.

        Raises:
            ValueError: there is none.
        """
        if self._mean is None:
            raise ValueError("an ensemble needs a member")
        return self._mean

    @property
    def variance(self) -> Image:
        """The unbiased variance of the members so far, as ``torch.var_mean``; of one member it is 0.

        Raises:
            ValueError: there is none.
        """
        if self._squares is None:
            raise ValueError("an ensemble needs a member")
        return self._squares / np.float32(max(1, self.count - 1))
