# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of ``harmonize_landsat`` as values that a worker thread may use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext

from ..core.cards import Card
from ..core.sensors import Sensor
from ..plugin.settings import Settings
from . import harmonize_parameters as own
from . import parameters as keys
from .product_request import OptionReader
from .sources import product_source

if TYPE_CHECKING:
    from ..core.harmonization.landsat_request import HarmonizeRequest
    from ..core.harmonization.landsat_scene import LandsatScene


@dataclass(frozen=True)
class RequestReader:
    """Reads the engine's request from the parameters of an algorithm.

    Attributes:
        algorithm: whose parameters they are.
        landsat: sensor file of Landsat.
    """

    algorithm: QgsProcessingAlgorithm
    landsat: Sensor

    def request(
        self, parameters: dict[str, Any], context: QgsProcessingContext, settings: Settings, card: Card | None
    ) -> HarmonizeRequest:
        """Return the request, whose outputs are not known before the run.

        Args:
            parameters: of the algorithm.
            context: of Processing.
            settings: say what the parameters leave open.
            card: the model, or None for cubic convolution and ensembles.
        """
        from ..core.harmonization.clouds import CloudOptions
        from ..core.harmonization.landsat_request import HarmonizeRequest

        read = self.algorithm
        bandpass = read.parameterAsEnumString(parameters, own.BANDPASS, context)
        zenith = parameters.get(own.SUN_ZENITH)
        tables = (read.parameterAsFile(parameters, key, context) for key in (own.BANDPASS_TABLE, own.BRDF_TABLE))
        bandpass_table, brdf_table = (Path(table) if table else None for table in tables)
        return HarmonizeRequest(
            source=product_source(read, parameters, keys.INPUT, context),
            output="",
            card=card,
            pan=product_source(read, parameters, own.PAN, context),
            reference=product_source(read, parameters, own.REFERENCE, context),
            reference_band=read.parameterAsInt(parameters, own.REFERENCE_BAND, context),
            mgrs_tile=read.parameterAsString(parameters, own.MGRS_TILE, context),
            method=read.parameterAsEnumString(parameters, own.METHOD, context),
            target="" if bandpass == own.NO_BANDPASS else bandpass,
            brdf=read.parameterAsBoolean(parameters, own.BRDF, context),
            sun_zenith=None if zenith in (None, "") else read.parameterAsDouble(parameters, own.SUN_ZENITH, context),
            coregister=read.parameterAsBoolean(parameters, own.COREGISTER, context),
            max_shift=read.parameterAsDouble(parameters, own.MAX_SHIFT, context),
            clouds=CloudOptions(dilation=read.parameterAsDouble(parameters, own.DILATION, context)),
            under_clouds=read.parameterAsEnumString(parameters, own.CLOUDS, context),
            bandpass_table=bandpass_table,
            brdf_table=brdf_table,
            options=OptionReader(read, self.landsat).options(parameters, context, settings),
        )


def figures_of(found: LandsatScene) -> dict[str, float]:
    """Return the outputs that are numbers: by how much the product was moved, and how much of it is clear."""
    moved = found.registration
    return {
        own.EAST: 0.0 if moved is None else moved.east,
        own.NORTH: 0.0 if moved is None else moved.north,
        **({own.VALID_FRACTION: found.cloud_cover.valid_fraction} if found.cloud_cover is not None else {}),
    }
