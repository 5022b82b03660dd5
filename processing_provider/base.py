# SPDX-License-Identifier: GPL-2.0-or-later
"""What all algorithms share: the runtime check, the check of enum values, and the one place that translates errors."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtGui import QIcon

from ..core.card_titles import CardTitle, load_titles
from ..core.errors import CancelledError, DependencyError, SatSharpError, StoppedError
from ..plugin.i18n import Translated
from ..plugin.paths import HELP_FOLDER, HOMEPAGE, ICON, profile_folder
from ..plugin.settings import LEAST_TILE, load_settings, model_folders
from .destinations import TIFF_SUFFIXES, VRT_SUFFIX, given_path
from .parameters import TILE_SIZE


class SatSharpAlgorithm(Translated, QgsProcessingAlgorithm):
    """Base of the algorithms.

    A subclass overrides ``prepareAlgorithm`` to turn parameters into plain values on the main thread, and ``compute``
    to work on them on a worker thread, where no layer, project or widget may be touched.

    Attributes:
        titles: those of the installed models where the provider has just found them for all algorithms, else None.
    """

    titles: tuple[CardTitle, ...] | None = None

    @abstractmethod
    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Do the work on the values of ``prepareAlgorithm`` and return the outputs.

        Parameters and context are for output destinations only, which have to be resolved on this thread.

        Raises:
            SatSharpError: the user sees its sentence.
            CancelledError: the user cancelled and nothing is left behind.
        """

    def createInstance(self) -> SatSharpAlgorithm:
        """Return a new instance."""
        return type(self)()

    def shortHelpString(self) -> str:
        """Return the help text ``resources/help/<algorithm id>.md`` as HTML."""
        text = (HELP_FOLDER / f"{self.name()}.md").read_text(encoding="utf-8")
        paragraphs = text.split("\n\n", 1)[1].strip().split("\n\n")
        return "\n".join(f"<p>{' '.join(paragraph.split())}</p>" for paragraph in paragraphs)

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run ``compute``; the only place where the engine's errors become Processing's."""
        from ..core.credentials import without_credentials
        from ..plugin.thread_pool import beside_the_pool

        try:
            self._require_runtime()
            with beside_the_pool():
                return self.compute(parameters, context, feedback)
        except StoppedError:
            feedback.pushInfo(self.tr("Stopped; the same run goes on from what is finished."))
            return {}
        except CancelledError:
            feedback.pushInfo(self.tr("Cancelled; nothing was written."))
            return {}
        except SatSharpError as error:
            raise QgsProcessingException(without_credentials(str(error))) from error

    def canExecute(self) -> tuple[bool, str]:
        """Return whether ONNX Runtime can be loaded, with a reason and a remedy if not."""
        from ..plugin.dependencies import find_runtime

        problem = find_runtime(profile_folder()).problem
        return not problem, problem

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check what is cheap to check; QGIS's own message for a wrong enum value would not name the right ones."""
        for definition in self.parameterDefinitions():
            given = parameters.get(definition.name())
            if isinstance(definition, QgsProcessingParameterEnum) and _unknown_choices(definition, given):
                return False, self._enum_sentence(definition, given)
        if 0 < self._tile_size(parameters, context) < LEAST_TILE:
            sentence = self.tr("{} cannot be {}; choose 0 (automatic) or at least {}.")
            return False, sentence.format(TILE_SIZE, parameters[TILE_SIZE], LEAST_TILE)
        return super().checkParameterValues(parameters, context)

    def installed_titles(self) -> tuple[CardTitle, ...]:
        """Return the titles of the installed models, for a list of them."""
        if self.titles is not None:
            return self.titles
        found, _ = load_titles(*model_folders(load_settings()))
        return found

    def wrong_suffix(
        self, parameters: dict[str, Any], context: QgsProcessingContext, *places: str, joined: str = ""
    ) -> str:
        """Return what is wrong with the names of outputs, which must be a GeoTIFF's, for ``joined`` or a VRT's."""
        for key in places:
            suffix = Path(given_path(parameters.get(key), context)).suffix.lower()
            if suffix and suffix not in TIFF_SUFFIXES and (key, suffix) != (joined, VRT_SUFFIX):
                return self.tr("{} is a GeoTIFF: its name must end in .tif, not in {}.").format(key, suffix)
        return ""

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:
        """Return the path of the plugin's icon."""
        return str(ICON)

    def helpUrl(self) -> str:
        """Return the address of the documentation."""
        return HOMEPAGE

    def _require_runtime(self) -> None:
        """Load ONNX Runtime: neither qgis_process nor processing.run asks ``canExecute`` first."""
        possible, reason = self.canExecute()
        if not possible:
            raise DependencyError(reason)

    def _tile_size(self, parameters: dict[str, Any], context: QgsProcessingContext) -> int:
        known = self.parameterDefinition(TILE_SIZE) is not None and parameters.get(TILE_SIZE) is not None
        return int(self.parameterAsInt(parameters, TILE_SIZE, context)) if known else 0

    def _enum_sentence(self, definition: QgsProcessingParameterEnum, given: Any) -> str:
        return self.tr("{} cannot be {}. Choose one of: {}.").format(
            definition.name(), given, ", ".join(definition.options())
        )


def _unknown_choices(definition: QgsProcessingParameterEnum, given: Any) -> list[str]:
    """Return the values that are no options; qgis_process joins several by commas, expressions are not looked into."""
    if isinstance(given, str):
        values = given.split(",") if definition.allowMultiple() else [given]
    else:
        values = list(given) if isinstance(given, (list, tuple)) else []
    return [str(value) for value in values if str(value) not in definition.options()]
