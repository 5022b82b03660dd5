# SPDX-License-Identifier: GPL-2.0-or-later
"""What the layers of a super-resolved product are called, show and say about themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.sensors import Sensor
from ..plugin.i18n import Translated
from .parameters import group_label
from .styling import LayerDescription, choose_colours

if TYPE_CHECKING:
    from ..core.job import Job, Result


class ProductLayers(Translated):
    """Describes the outputs of a run."""

    def __init__(self, sensor: Sensor, job: Job, result: Result) -> None:
        """Take what was run and what came of it."""
        self._sensor, self._job, self._result = sensor, job, result
        self._product, self._grid = _without_suffix(job.scene.name), _rounded(job.target.gsd)

    @property
    def product(self) -> str:
        """The name of the product without a suffix."""
        return self._product

    def values(self) -> LayerDescription:
        """Return the description of the main output, in natural colours where it has them."""
        bands = [self._sensor.band(name) for name in self._result.band_names]
        colours = choose_colours(tuple(band.wavelength_nm for band in bands), tuple(band.gsd for band in bands))
        abstract = self.tr("All bands of {} on the {} grid, in the digital numbers of the input.")
        if self._job.files[0].reflectance:
            abstract = self.tr("All bands of {} on the {} grid, as reflectance.")
        return self._description(f"{self._product} {self._grid}", colours, abstract)

    def harmonized(self) -> LayerDescription:
        """Return the description of a product that was harmonized to this sensor."""
        bands = [self._sensor.band(name) for name in self._result.band_names]
        colours = choose_colours(tuple(band.wavelength_nm for band in bands))
        abstract = self.tr("{}, harmonized to Sentinel-2 on the {} grid: reflectance x 10000.")
        if self._job.files[0].reflectance:
            abstract = self.tr("{}, harmonized to Sentinel-2 on the {} grid: reflectance.")
        return self._description(self.tr("{} as {}").format(self._product, self._sensor.name), colours, abstract)

    def bounds(self) -> LayerDescription:
        """Return the description of the bounds: the first band's upper bound in red, its lower in green and blue.

        All are stretched alike, so the layer is the redder the less is known.
        """
        name = self.tr("{} {} bounds").format(self._product, self._grid)
        abstract = self.tr("Lower and upper bounds of the sharpened bands of {} on the {} grid.")
        return replace(self._description(name, (2, 1, 1), abstract), one_stretch=True, beneath=True)

    def _description(self, name: str, colours: tuple[int, ...], abstract: str) -> LayerDescription:
        job, models = self._job, ", ".join(step.card.id for step in self._job.steps)
        return LayerDescription(
            name=name,
            colours=colours,
            abstract=" ".join(
                (
                    abstract.format(self._product, self._grid),
                    *(
                        self.tr("Experimental ({}): {}").format(step.card.id, step.card.experimental)
                        for step in job.steps
                        if step.card.experimental
                    ),
                )
            ),
            history=(
                self.tr("Super-resolved by SatSharp with {} from {} ({}).").format(
                    models, job.scene.source, self._result.execution_provider
                ),
            ),
            licences=tuple(sorted({step.card.licence for step in job.steps})),
        )


def _without_suffix(name: str) -> str:
    """Return a product's name without .SAFE, .tif and the like; a collection such as .061 belongs to the name."""
    path = Path(name)
    return name if path.suffix[1:].isdigit() else path.stem


def _rounded(gsd: float) -> str:
    """Return a GSD for people: the 231.656 m of MODIS' grid are 232 m."""
    return group_label(round(gsd) if gsd >= 100 else gsd)
