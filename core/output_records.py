# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run writes: files, and where the pixels of their bands come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .adjustment import Adjustment
from .scene import Band


@dataclass(frozen=True)
class OutputBand:
    """Where the pixels of one output band come from.

    Attributes:
        band: the band of the scene whose name, digital numbers and mask it takes.
        step: index of the step that makes it; -1 copies the band as it is.
        tensor: name of the step's output tensor.
        channel: channel of that tensor.
        bound: -1 and 1 for the lower and the upper bound of the interval around it, 0 for the value.
        title: what the band is called in the file; empty for the name of ``band``.
        masks: where the scene has no band of this name: the bands that must all be valid; ``band`` is made up then.
        enlarged: with step -1, the band of the scene that is enlarged by cubic convolution instead of copied.
        adjustment: what is done to the reflectance at last.
        cover: band of the scene that is 0 where the ground is seen; empty where nothing is to be hidden.
        under: band of the scene that is enlarged where the ground is not seen; empty for nodata there.
    """

    band: Band
    step: int = -1
    tensor: str = ""
    channel: int = 0
    bound: int = 0
    title: str = ""
    masks: tuple[str, ...] = ()
    enlarged: str = ""
    adjustment: Adjustment | None = None
    cover: str = ""
    under: str = ""

    @property
    def copied(self) -> bool:
        """Whether its pixels are those of the scene's band."""
        return self.step < 0 and not self.enlarged

    @property
    def sources(self) -> tuple[str, ...]:
        """Bands of the scene that it needs besides those of its step."""
        wanted = (*(self.masks or (self.band.name,)), self.enlarged, self.cover, self.under)
        return tuple(name for name in wanted if name)

    @property
    def name(self) -> str:
        """What the band is called in the file."""
        return self.title or self.band.name


@dataclass(frozen=True)
class OutputFile:
    """One output raster.

    Attributes:
        path: of the file.
        bands: what it holds.
        dtype: numpy's name.
        nodata: digital number that means no measurement, or None.
        reflectance: whether it holds reflectance instead of digital numbers.
        beside: whether it is no part of the main output, as a raster of classes is.
    """

    path: Path
    bands: tuple[OutputBand, ...]
    dtype: str
    nodata: float | None
    reflectance: bool = False
    beside: bool = False
