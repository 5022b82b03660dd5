# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of ``install_model``, each with its help text; keys never change."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..plugin.i18n import Translated

SOURCE, SHA256, CONFIRM, OVERWRITE, MAX_SIZE = "SOURCE", "SHA256", "CONFIRM", "OVERWRITE", "MAX_SIZE"
MEGABYTE = 1_000_000
# As core.model_archive.MAXIMUM_BYTES, which is not imported here: it would load zipfile when QGIS starts.
USUAL_MEGABYTES = (2 << 30) // MEGABYTE
_LARGEST_MEGABYTES = 100_000


class InstallParameters(Translated):
    """Builds the parameter definitions."""

    def all(self) -> tuple[QgsProcessingParameterDefinition, ...]:
        """Return the definitions in order."""
        described = (
            (
                # The filter ends in (*), so that any text passes: QGIS has no parameter for "file, folder or address".
                QgsProcessingParameterFile(
                    SOURCE,
                    self.tr("Model: file, folder, zip archive or address"),
                    QgsProcessingParameterFile.Behavior.File,
                    fileFilter=self.tr("Models") + " (*.json *.onnx *.zip);;" + self.tr("All files") + " (*)",
                ),
                self.tr(
                    "A card (.json) with its ONNX file beside it, an ONNX file with its card beside it, a folder or a "
                    ".zip archive that holds one model, or the https address of such a file, typed or pasted."
                ),
            ),
            (
                QgsProcessingParameterString(SHA256, self.tr("SHA-256 of the file"), None, False, True),
                self.tr(
                    "Digest of the archive, else of the ONNX file, as its publisher gives it: 64 hexadecimal digits. "
                    "Another file is refused. It may be left out for files that are on this computer."
                ),
            ),
            (
                QgsProcessingParameterBoolean(CONFIRM, self.tr("Install from an address without a digest"), False),
                self.tr(
                    "Without it and without a digest, a model from an address is only downloaded, and the "
                    "log shows its digest for you to compare. Run again with this set if you trust the publisher."
                ),
            ),
            (
                QgsProcessingParameterBoolean(OVERWRITE, self.tr("Replace an installed model of the same id"), False),
                self.tr("Without it, a model whose id is taken is refused. Bundled models are never replaced."),
            ),
            (
                QgsProcessingParameterNumber(
                    MAX_SIZE,
                    self.tr("Largest size in megabytes"),
                    QgsProcessingParameterNumber.Type.Integer,
                    USUAL_MEGABYTES,
                    False,
                    1,
                    _LARGEST_MEGABYTES,
                ),
                self.tr("Downloads, archives and models that are larger, packed or unpacked, are refused."),
            ),
        )
        for definition, text in described:
            definition.setHelp(text)
        size = described[-1][0]
        size.setFlags(size.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        return tuple(definition for definition, _ in described)
