# SPDX-License-Identifier: GPL-2.0-or-later
"""The maps of a pair report, made smaller while strips come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .density import Thumbnail
from .indices import colours_of, normalised_difference
from .pair_plan import PairJob

Planes = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

LARGEST_PICTURE = 420


@dataclass(frozen=True)
class Picture:
    """A small image: (rows, columns) of one quantity, or (3, rows, columns) of red, green and blue; NaN = no data.

    ``kind`` is ``colours``, ``error`` (0 is best) or ``difference`` (0 is best, both signs).
    """

    title: str
    kind: str
    values: npt.NDArray[np.float64]


class Album:
    """The pictures of a report, made smaller while strips come in."""

    def __init__(self, job: PairJob) -> None:
        """Start without a strip."""
        self._job = job
        colours = colours_of({band.name: band.wavelength_nm or 0.0 for band in job.reference_bands})
        natural = [job.names.index(colours[name]) for name in ("red", "green", "blue") if name in colours]
        self._channels = natural if len(natural) == 3 else [0]
        self._files = (job.reference, *(stage.raster for stage in job.stages))
        self._colours = [[self._thumbnail() for _ in self._channels] for _ in self._files]
        self._errors = [self._thumbnail() for _ in job.stages]
        self._index = next((entry for entry in job.indices if entry[0].name == "NDVI"), None)
        self._differences = [self._thumbnail() for _ in job.stages] if self._index else []
        self.factor = self._errors[0].factor

    def _thumbnail(self) -> Thumbnail:
        return Thumbnail(self._job.target.height, self._job.target.width, LARGEST_PICTURE)

    def add(self, row: int, images: list[Planes], mask: Mask) -> None:
        """Take a strip."""
        for thumbnails, image in zip(self._colours, images):
            for thumbnail, channel in zip(thumbnails, self._channels):
                thumbnail.add(row, image[channel], mask)
        for thumbnail, image in zip(self._errors, images[1:]):
            thumbnail.add(row, ((image - images[0]) ** 2).mean(axis=0), mask)
        if self._index is not None:
            _, first, second = self._index
            truth, defined = normalised_difference(images[0][first], images[0][second])
            for thumbnail, image in zip(self._differences, images[1:]):
                found, also = normalised_difference(image[first], image[second])
                thumbnail.add(row, found - truth, mask & defined & also)

    def pictures(self) -> tuple[Picture, ...]:
        """Return the pictures."""
        titles = [file.source.title for file in self._files]
        shown = [
            Picture(title, "colours", np.stack([thumbnail.image() for thumbnail in thumbnails]))
            for title, thumbnails in zip(titles, self._colours)
        ]
        shown += [
            Picture(title, "error", np.sqrt(thumbnail.image())) for title, thumbnail in zip(titles[1:], self._errors)
        ]
        shown += [
            Picture(title, "difference", thumbnail.image()) for title, thumbnail in zip(titles[1:], self._differences)
        ]
        return tuple(shown)
