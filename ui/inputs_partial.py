# SPDX-License-Identifier: GPL-2.0-or-later
"""Landsat products without their panchromatic band: not to be sharpened, but good for what needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.errors import SatSharpError
from ..core.scene import Scene
from ..core.sensors import Sensor
from ..plugin.i18n import Translated

if TYPE_CHECKING:
    from ..core.products.landsat_native import LandsatBands

LANDSAT = "landsat"


class PartialProducts(Translated):
    """Opens them."""

    def open(self, source: str, sensors: tuple[Sensor, ...]) -> tuple[Scene, Sensor] | None:
        """Return a scene of the 30 m bands of a product that lacks nothing but the panchromatic band; else None.

        Args:
            source: product folder, metadata file or archive.
            sensors: the known sensors.
        """
        sensor = next((sensor for sensor in sensors if sensor.id == LANDSAT), None)
        if sensor is None:
            return None
        # On demand: they load GDAL and numpy.
        from ..core.harmonization.landsat_request import LANDSAT_BANDS
        from ..core.products import files
        from ..core.products.landsat_native import open_native

        try:
            found = open_native((files.locate(source),), sensor, source, LANDSAT_BANDS)
        except SatSharpError:
            return None
        if found.pan is not None or not found.product.metadata.is_level2:
            return None
        metadata = found.product.metadata
        scene = Scene(
            name=metadata.product,
            sensor=sensor.id,
            level=metadata.level,
            source=source,
            acquired=metadata.acquired,
            bands=found.bands,
            notes=(self._note(found),),
        )
        return scene, sensor

    def _note(self, found: LandsatBands) -> str:
        """Return what is missing, and what it takes to have the rest."""
        origin = found.product.metadata.source_product
        which = origin or self.tr("of the same path, row and day")
        return self.tr(
            "The panchromatic band is missing, as in every Level-2 product: it can be harmonized by interpolation, but "
            "not sharpened. For that, put the Level-1 product {} beside this one, then add it again."
        ).format(which)
