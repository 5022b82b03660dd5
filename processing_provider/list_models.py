# SPDX-License-Identifier: GPL-2.0-or-later
"""List the installed models, and those that others published."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFileDestination,
)

from ..core.errors import OutputError
from ..plugin.settings import model_folders
from .model_algorithm import ModelAlgorithm

if TYPE_CHECKING:
    from ..core.model_catalogue import Published

CATALOGUE, OUTPUT, COUNT, MODELS = "CATALOGUE", "OUTPUT", "COUNT", "MODELS"


class ListModels(ModelAlgorithm):
    """Writes a list of models as HTML or JSON."""

    def __init__(self) -> None:
        """Start without a choice."""
        super().__init__()
        self._with_catalogue = True

    def name(self) -> str:
        """Return the id, which never changes."""
        return "list_models"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("List models")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("model,onnx,catalogue,licence,report").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Lists the installed models with licence and figures, and models that others published.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        for definition, text in (
            (
                QgsProcessingParameterBoolean(CATALOGUE, self.tr("Also list models that others published"), True),
                self.tr(
                    "Adds the catalogue: addresses, licences and digests of models of other projects, which you can "
                    "fetch and convert. With an address of a further catalogue in the settings, that is fetched, too."
                ),
            ),
            (
                QgsProcessingParameterFileDestination(
                    OUTPUT, self.tr("List of models"), "HTML (*.html);;JSON (*.json)", None, True
                ),
                self.tr("A page to read (.html), or the same for programs (.json), by the suffix of the name."),
            ),
        ):
            definition.setHelp(text)
            self.addParameter(definition)
        self.addOutput(QgsProcessingOutputNumber(COUNT, self.tr("Number of installed models")))
        self.addOutput(QgsProcessingOutputString(MODELS, self.tr("Ids of the installed models")))

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values."""
        self._with_catalogue = self.parameterAsBoolean(parameters, CATALOGUE, context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Leave the lists of models as they are."""
        return {}

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read the cards and the catalogue, and write the list."""
        # Here, because it loads numpy, which must not happen when QGIS starts.
        from ..core.model_folder import list_models
        from .model_report import installed_row, published_row

        folders = model_folders(self.settings)
        models, problems = list_models(*folders)
        installed = [installed_row(model, folders[0]) for model in models]
        published: tuple[Published, ...] = ()
        if self._with_catalogue:
            published, skipped = self._catalogue(feedback)
            problems = (*problems, *skipped)
        for problem in problems:
            feedback.pushWarning(problem)
        for row in installed:
            feedback.pushInfo(f"{row['id']}: {row['name']} ({row['licence']})")
            if row["experimental"]:
                feedback.pushInfo(self.tr("{} is experimental: {}").format(row["id"], row["experimental"]))
        results = {COUNT: len(installed), MODELS: ", ".join(row["id"] for row in installed)}
        output = self.parameterAsFileOutput(parameters, OUTPUT, context)
        if not output:
            return results
        self._write(Path(output), installed, [published_row(entry) for entry in published], list(problems))
        return {**results, OUTPUT: output}

    def _catalogue(self, feedback: QgsProcessingFeedback) -> tuple[tuple[Published, ...], tuple[str, ...]]:
        from ..plugin.model_sources import load_catalogue

        return load_catalogue(self.settings.catalogue, feedback.isCanceled)

    def _write(
        self, path: Path, installed: list[dict[str, Any]], published: list[dict[str, Any]], problems: list[str]
    ) -> None:
        if path.suffix.lower() == ".json":
            document = {"installed": installed, "published_by_others": published, "problems": problems}
            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        else:
            text = self._page(installed, published, problems)
        partial = path.with_name(f"{path.name}.partial")
        try:
            partial.write_text(text, encoding="utf-8")
            os.replace(partial, path)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}. Choose another folder.") from error

    def _page(self, installed: list[dict[str, Any]], published: list[dict[str, Any]], problems: list[str]) -> str:
        from .model_report import as_html

        sections = [
            (
                self.tr("Installed"),
                (
                    self.tr("Id"),
                    self.tr("Name"),
                    self.tr("Sensor"),
                    self.tr("Bands"),
                    self.tr("GSD"),
                    self.tr("Size"),
                    self.tr("Licence"),
                    self.tr("Origin"),
                    self.tr("RMSE / bicubic"),
                    self.tr("Experimental"),
                    self.tr("Folder"),
                ),
                [_installed_cells(row) for row in installed],
            )
        ]
        if published:
            sections.append(
                (
                    self.tr("Published by others, not by SatSharp"),
                    (
                        self.tr("Id"),
                        self.tr("Name"),
                        self.tr("Publisher"),
                        self.tr("Sensor"),
                        self.tr("Scale factor"),
                        self.tr("Licence"),
                        self.tr("Page"),
                        self.tr("Address"),
                        self.tr("How to get it"),
                        self.tr("Note"),
                        "SHA-256",
                    ),
                    [_published_cells(row) for row in published],
                )
            )
        return as_html(self.tr("Models"), sections, problems)


def _installed_cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["id"],
        row["name"],
        " ".join((row["sensor"], *row["levels"])),
        ", ".join(row["bands"]),
        f"{row['gsd'] * row['scale_factor']:g} m → {row['gsd']:g} m",
        f"{row['bytes'] / 1e6:.1f} MB",
        row["licence"],
        row["origin"],
        ", ".join(f"{kind} {value:.2f}" for kind, value in row["figures"].items()),
        row["experimental"],
        row["folder"],
    )


def _published_cells(row: dict[str, Any]) -> tuple[str, ...]:
    keys = ("id", "name", "publisher", "sensor", "scale_factor", "licence", "page", "address", "how", "note", "sha256")
    return tuple(str(row.get(key, "")) for key in keys)
