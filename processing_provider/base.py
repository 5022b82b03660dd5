# SPDX-License-Identifier: GPL-2.0-or-later
"""What all algorithms share: the runtime check, the check of enum values, and the one place that translates errors."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtGui import QIcon

from ..core.errors import CancelledError, SatSharpError
from ..plugin.dependencies import find_runtime
from ..plugin.i18n import Translated
from ..plugin.paths import HOMEPAGE, ICON, profile_folder


class SatSharpAlgorithm(Translated, QgsProcessingAlgorithm):
    """Base of the algorithms.

    A subclass overrides ``prepareAlgorithm`` to turn parameters into plain values on the main thread, and ``compute``
    to work on them on a worker thread.
    """

    @abstractmethod
    def compute(self, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Do the work on the values of ``prepareAlgorithm`` and return the outputs.

        Raises:
            SatSharpError: the user sees its sentence.
            CancelledError: the user cancelled and nothing is left behind.
        """

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run ``compute``; the only place where the engine's errors become Processing's."""
        try:
            return self.compute(feedback)
        except CancelledError:
            feedback.pushInfo(self.tr("Cancelled; nothing was written."))
            return {}
        except SatSharpError as error:
            raise QgsProcessingException(str(error)) from error

    def canExecute(self) -> tuple[bool, str]:
        """Return whether ONNX Runtime can be loaded, with a reason and a remedy if not."""
        problem = find_runtime(profile_folder()).problem
        return not problem, problem

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check what is cheap to check; QGIS's own message for a wrong enum value would not name the right ones."""
        for definition in self.parameterDefinitions():
            if isinstance(definition, QgsProcessingParameterEnum) and parameters.get(definition.name()) is not None:
                given = self.parameterAsEnumStrings(parameters, definition.name(), context)
                unknown = [value for value in given if value not in definition.options()]
                if unknown or not given:
                    return False, self._enum_sentence(definition, parameters[definition.name()])
        return super().checkParameterValues(parameters, context)

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:
        """Return the path of the plugin's icon."""
        return str(ICON)

    def helpUrl(self) -> str:
        """Return the address of the documentation."""
        return HOMEPAGE

    def _enum_sentence(self, definition: QgsProcessingParameterEnum, given: Any) -> str:
        return self.tr("{} cannot be {}. Choose one of: {}.").format(
            definition.name(), given, ", ".join(definition.options())
        )
