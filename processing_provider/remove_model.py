# SPDX-License-Identifier: GPL-2.0-or-later
"""Remove an installed model."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
)

from ..plugin.settings import load_settings, own_model_folder
from .model_algorithm import ModelAlgorithm

MODEL, REMOVED = "MODEL", "REMOVED"


class RemoveModel(ModelAlgorithm):
    """Removes a model from the user's model folder."""

    def __init__(self) -> None:
        """Start without a choice."""
        super().__init__()
        self._model = ""

    def name(self) -> str:
        """Return the id, which never changes."""
        return "remove_model"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Remove model")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("model,onnx,uninstall,delete").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Removes a model that was installed from the folder of your own models.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameter and output."""
        folder = own_model_folder(load_settings())
        models = sorted(path.stem for path in folder.glob("*.json"))
        definition = QgsProcessingParameterEnum(
            MODEL, self.tr("Model to remove"), models, False, None, False, usesStaticStrings=True
        )
        definition.setHelp(
            self.tr("Id of a model in your own model folder: {}. Bundled models cannot be removed.").format(folder)
        )
        self.addParameter(definition)
        self.addOutput(QgsProcessingOutputString(REMOVED, self.tr("Files that were removed")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Say where nothing is installed; else the list of ids would be empty."""
        if not self.parameterDefinition(MODEL).options():
            folder = own_model_folder(load_settings())
            return False, self.tr("No model is installed in {}, so there is none to remove.").format(folder)
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameter into a plain value."""
        self._model = self.parameterAsEnumString(parameters, MODEL, context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Delete the card, then what no other card uses."""
        # Here, because it loads numpy, which must not happen when QGIS starts.
        from ..core.model_folder import remove_model

        removed = ", ".join(remove_model(self._model, self.own_folder()))
        feedback.pushInfo(self.tr("Removed from {}: {}").format(self.own_folder(), removed))
        return {REMOVED: removed}
