# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters that several algorithms share, each with its help text; keys and enum values never change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterNumber,
)

from ..core.card_titles import CardTitle
from ..plugin.settings import AUTO, DEVICES, LARGEST_TILE
from .output_parameters import (
    COG,
    DIGITAL_NUMBERS,
    FILE_PER_BAND,
    FORMAT,
    GEOTIFF,
    GROUPING,
    INTERVAL_OUTPUT,
    ONE_FILE,
    OUTPUT,
    REFLECTANCE,
    VALUES,
    OutputParameters,
)

__all__ = [
    "BANDS",
    "COG",
    "CONSISTENCY",
    "COPY_FINE_BANDS",
    "DEVICE",
    "DIGITAL_NUMBERS",
    "EXECUTION_PROVIDER",
    "EXTENT",
    "FILE_PER_BAND",
    "FORMAT",
    "GEOTIFF",
    "GROUPING",
    "GSD",
    "GUARD",
    "GUARDS",
    "INPUT",
    "INTERVAL_OUTPUT",
    "MODEL",
    "MODELS",
    "ONE_FILE",
    "OUTPUT",
    "REFLECTANCE",
    "RESUME",
    "TILE_SIZE",
    "VALUES",
    "Parameters",
    "group_label",
]

INPUT, BANDS, COPY_FINE_BANDS, EXTENT = "INPUT", "BANDS", "COPY_FINE_BANDS", "EXTENT"
MODEL, DEVICE, TILE_SIZE, RESUME = "MODEL", "DEVICE", "TILE_SIZE", "RESUME"
CONSISTENCY, GUARD = "CONSISTENCY", "GUARD"
GSD, EXECUTION_PROVIDER, MODELS = "GSD", "EXECUTION_PROVIDER", "MODELS"

# The values of core.job.Options.guard, which is not imported here: it would load numpy when QGIS starts.
GUARDS = ("fall back", "warn", "off")


def group_label(gsd: float) -> str:
    """Return the enum value of a band group, such as ``20 m`` (never translated)."""
    return f"{gsd:g} m"


class _Choices(QgsProcessingParameterEnum):
    """Several static strings; QGIS 3.22 writes them as '' into its log, its history and copied Python commands."""

    def valueAsPythonString(self, value: Any, context: QgsProcessingContext) -> str:
        """Return the values as a Python list."""
        return repr(value) if isinstance(value, list) else str(super().valueAsPythonString(value, context))


class Parameters(OutputParameters):
    """Builds parameter definitions."""

    def bands(self, gsds: Sequence[float]) -> QgsProcessingParameterEnum:
        """Return BANDS: which groups to sharpen."""
        labels = [group_label(gsd) for gsd in gsds]
        return self._finished(
            _Choices(BANDS, self.tr("Bands to sharpen"), labels, True, labels, False, usesStaticStrings=True),
            self.tr("Groups of bands to sharpen, named by their ground sampling distance in the product."),
        )

    def copy_fine_bands(self) -> QgsProcessingParameterBoolean:
        """Return COPY_FINE_BANDS."""
        return self._finished(
            QgsProcessingParameterBoolean(COPY_FINE_BANDS, self.tr("Also write the bands that are fine already"), True),
            self.tr(
                "Copies the bands of the finest grid unchanged into the output, so that one file holds all bands. "
                "Without it the output has the sharpened bands only."
            ),
        )

    def extent(self) -> QgsProcessingParameterExtent:
        """Return EXTENT."""
        return self._finished(
            QgsProcessingParameterExtent(EXTENT, self.tr("Extent (default: whole product)"), optional=True),
            self.tr(
                "Part of the product to work on, in any coordinate reference system. It is snapped outward to the "
                "coarsest pixels; the result equals that part of a run on the whole product."
            ),
        )

    def model(self, cards: Sequence[tuple[str, str]]) -> QgsProcessingParameterEnum:
        """Return MODEL for (id, name) pairs of the installed models; see ``titles``."""
        listed = "; ".join(f"{identifier}: {name}" for identifier, name in cards) or self.tr("none")
        return self._advanced(
            QgsProcessingParameterEnum(
                MODEL,
                self.tr("Model"),
                [AUTO, *(identifier for identifier, _ in cards)],
                False,
                AUTO,
                False,
                usesStaticStrings=True,
            ),
            self.tr("Neural network to use; auto takes the recommended one for each group of bands.")
            + " "
            + self.tr("Installed: {}.").format(listed),
        )

    def titles(self, cards: Sequence[CardTitle]) -> list[tuple[str, str]]:
        """Return the (id, name) pairs of models; the name of an experimental one says so, and why."""
        experimental = self.tr("{} (experimental: {})")
        return [
            (card.id, experimental.format(card.name, card.experimental.rstrip(".")) if card.experimental else card.name)
            for card in cards
        ]

    def consistency(self) -> QgsProcessingParameterBoolean:
        """Return CONSISTENCY."""
        return self._advanced(
            QgsProcessingParameterBoolean(CONSISTENCY, self.tr("Keep the result consistent with the input"), True),
            self.tr(
                "Corrects each sharpened band so that, degraded by the sensor's point spread to its own grid, it "
                "returns the band of the product to within its noise. Point spread and noise are measured on a few "
                "windows of the scene; the log tells them."
            ),
        )

    def guard(self) -> QgsProcessingParameterEnum:
        """Return GUARD."""
        return self._advanced(
            QgsProcessingParameterEnum(
                GUARD,
                self.tr("Where the network does not help"),
                list(GUARDS),
                False,
                GUARDS[0],
                False,
                usesStaticStrings=True,
            ),
            self.tr(
                "Before the run, network and bicubic interpolation are compared on a few windows of this scene at "
                "reduced scale, where the truth is known. fall back: a band that the network makes clearly worse is "
                "interpolated instead, with a warning. warn: the network is used all the same. off: no comparison."
            ),
        )

    def device(self) -> QgsProcessingParameterEnum:
        """Return DEVICE."""
        return self._advanced(
            QgsProcessingParameterEnum(
                DEVICE, self.tr("Device"), list(DEVICES), False, AUTO, False, usesStaticStrings=True
            ),
            self.tr(
                "Where the network runs. auto takes the device of the SatSharp options or else the fastest one there "
                "is; a device that is chosen here but cannot be used is an error, never a silent fallback."
            ),
        )

    def tile_size(self) -> QgsProcessingParameterNumber:
        """Return TILE_SIZE."""
        return self._advanced(
            QgsProcessingParameterNumber(
                TILE_SIZE,
                self.tr("Tile size (0 = automatic)"),
                QgsProcessingParameterNumber.Type.Integer,
                0,
                False,
                0,
                LARGEST_TILE,
            ),
            self.tr(
                "Side of the tiles in pixels of the output: 0 (automatic) or at least 16. It changes speed and memory, "
                "never the result; choose a smaller one where the device runs out of memory."
            ),
        )

    def resume(self) -> QgsProcessingParameterBoolean:
        """Return RESUME."""
        return self._advanced(
            QgsProcessingParameterBoolean(RESUME, self.tr("Continue an interrupted run"), True),
            self.tr(
                "Where an earlier run with the same input, model and parameters was killed, only what is missing is "
                "computed. Without it every run starts anew."
            ),
        )
