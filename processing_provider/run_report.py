# SPDX-License-Identifier: GPL-2.0-or-later
"""What algorithms tell the user of a product, its models and the plan before they run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingFeedback

from ..core.cards import Card
from ..plugin.i18n import Translated

if TYPE_CHECKING:
    from ..core.job import Job, Options
    from ..core.scene import Scene


class RunReport(Translated):
    """Says it to a feedback."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        """Take whom to tell."""
        self._feedback = feedback

    def scene(self, scene: Scene, options: Options) -> None:
        """Tell what is special about a product that was opened, and what cannot be done with it."""
        for note in scene.notes:
            self._feedback.pushInfo(note)
        if options.target_crs and scene.geolocation is None:
            sentence = self.tr("TARGET_CRS is for swaths only: {} lies on a grid of its own, which is kept.")
            self._feedback.pushWarning(sentence.format(scene.name))

    def plan(self, job: Job) -> None:
        """Tell what will be done, and warn of experimental models."""
        scene = job.scene
        offsets = sorted({round(band.offset / band.scale) for band in scene.bands})
        for sentence in (
            self.tr("Product: {}, level {}").format(scene.name, scene.level or self.tr("unknown")),
            self.tr("Offset of the digital numbers: {}").format(", ".join(map(str, offsets))),
            self.tr("Models: {}").format(", ".join(f"{step.card.id} ({step.card.name})" for step in job.steps) or "–"),
            self.tr("Output: {} bands, {} x {} pixels of {} m").format(
                len(job.output_bands), job.window.width, job.window.height, f"{job.target.gsd:g}"
            ),
            *self._map(job),
            self.tr("Tiles of {} pixels, device {}").format(job.tile, job.device),
        ):
            self._feedback.pushInfo(sentence)
        for sentence in self.experiments(tuple(step.card for step in job.steps)):
            self._feedback.pushWarning(sentence)

    def _map(self, job: Job) -> tuple[str, ...]:
        """Return a sentence about the map of a swath; its lines make another number of pixels there."""
        grid = job.map_grid
        if grid is None:
            return ()
        crs = QgsCoordinateReferenceSystem.fromWkt(grid.crs)
        name = ", ".join(part for part in (crs.authid(), crs.description()) if part)
        return (self.tr("On the map: {} x {} pixels, {}").format(grid.width, grid.height, name),)

    def experiments(self, cards: Sequence[Card]) -> tuple[str, ...]:
        """Return a warning for each experimental model."""
        return tuple(
            self.tr("The model {} is experimental: {}").format(card.id, card.experimental)
            for card in cards
            if card.experimental
        )
