# SPDX-License-Identifier: GPL-2.0-or-later
"""Install a model from a file, a folder, a zip archive or an address."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
)

from ..core.card_titles import MODEL_FOLDER
from ..core.errors import CancelledError, ModelError
from ..plugin.paths import download_folder, profile_folder
from ..plugin.settings import sensor_folders
from .install_parameters import CONFIRM, MAX_SIZE, MEGABYTE, OVERWRITE, SHA256, SOURCE, InstallParameters
from .model_algorithm import ModelAlgorithm

if TYPE_CHECKING:
    from ..core.model_folder import Installed

ID, CARD, LICENCE = "ID", "CARD", "LICENCE"
_DIGEST = r"[0-9a-fA-F]{64}"


class Request(NamedTuple):
    """The parameters as plain values.

    Attributes:
        source: path or address.
        sha256: digest that the user gives, in small letters; empty for none.
        confirm: install from an address without a digest.
        overwrite: replace a model of the same id.
        maximum_bytes: size limit.
    """

    source: str
    sha256: str
    confirm: bool
    overwrite: bool
    maximum_bytes: int


class InstallModel(ModelAlgorithm):
    """Checks a model and puts it into the user's model folder."""

    def __init__(self) -> None:
        """Start without a request."""
        super().__init__()
        self._request: Request | None = None

    def name(self) -> str:
        """Return the id, which never changes."""
        return "install_model"

    def displayName(self) -> str:
        """Return the name."""
        return self.tr("Install model")

    def tags(self) -> list[str]:
        """Return words to search for."""
        return self.tr("model,onnx,card,network,weights,download,add,zip,url").split(",")

    def shortDescription(self) -> str:
        """Return one sentence."""
        return self.tr("Checks a model from a file, a folder, a zip archive or an address and installs it.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        """Declare parameters and outputs."""
        for definition in InstallParameters().all():
            self.addParameter(definition)
        for key, text in (
            (ID, self.tr("Id of the model, for MODEL")),
            (CARD, self.tr("Path of the installed card")),
            (SHA256, self.tr("SHA-256 of the installed ONNX file")),
            (LICENCE, self.tr("Licence of the model")),
        ):
            self.addOutput(QgsProcessingOutputString(key, text))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        """Check that the source is there and that the digest is one."""
        source = self._source(parameters, context)
        if source and not _is_address(source) and not Path(source).exists():
            return False, self.tr("{} does not exist. Check the path of the model.").format(source)
        digest = self.parameterAsString(parameters, SHA256, context).strip()
        if digest and not re.fullmatch(_DIGEST, digest):
            return False, self.tr("SHA256 must be 64 hexadecimal digits, not {}.").format(digest)
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Turn the parameters into plain values."""
        self._request = Request(
            source=self._source(parameters, context),
            sha256=self.parameterAsString(parameters, SHA256, context).strip().lower(),
            confirm=self.parameterAsBoolean(parameters, CONFIRM, context),
            overwrite=self.parameterAsBoolean(parameters, OVERWRITE, context),
            maximum_bytes=self.parameterAsInt(parameters, MAX_SIZE, context) * MEGABYTE,
        )
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Fetch where needed, check, install."""
        request = self._request
        if _is_address(request.source):
            installed = self._install_from_web(request, feedback)
        else:
            installed = self._install(Path(request.source), request, request.sha256, feedback)
        card = installed.card
        self._report(installed, feedback)
        return {
            ID: card.id,
            CARD: str(card.path.parent / f"{card.id}.json"),
            SHA256: installed.digest,
            LICENCE: card.licence,
        }

    def _install_from_web(self, request: Request, feedback: QgsProcessingFeedback) -> Installed:
        from ..plugin.downloads import DownloadError
        from ..plugin.model_sources import fetch_model, waiting_place

        expected = request.sha256 or self._catalogue_digest(request.source, feedback)
        place = waiting_place(request.source, download_folder())
        keep = False
        try:
            source = fetch_model(
                request.source,
                download_folder(),
                request.maximum_bytes,
                lambda share: feedback.setProgress(90 * share),
                feedback.isCanceled,
            )
            if not expected and not request.confirm:
                keep = True
                raise self._unconfirmed(source)
            return self._install(source, request, expected, feedback)
        except (CancelledError, DownloadError):
            keep = True  # the next run goes on from there
            raise
        finally:
            if not keep:
                shutil.rmtree(place, ignore_errors=True)

    def _unconfirmed(self, source: Path) -> ModelError:
        from ..core.model_store import source_digest

        return ModelError(
            self.tr(
                "The file was downloaded, but not installed: nobody vouches for it. Its SHA-256 is {}. Compare it with "
                "the one that its publisher gives, then run again with SHA256 set to it, or with CONFIRM. "
                "It is not downloaded again."
            ).format(source_digest(source))
        )

    def _install(self, source: Path, request: Request, expected: str, feedback: QgsProcessingFeedback) -> Installed:
        # Here, because these modules load numpy, which must not happen when QGIS starts.
        from ..core.model_store import InstallOptions, install_model, source_digest

        feedback.pushInfo(self.tr("SHA-256 of the file: {}").format(source_digest(source)))
        options = InstallOptions(
            sha256=expected,
            overwrite=request.overwrite,
            maximum_bytes=request.maximum_bytes,
            reserved=tuple(path.stem for path in MODEL_FOLDER.glob("*.json")),
        )
        return install_model(source, self.own_folder(), options, feedback.isCanceled, self._trial(feedback))

    def _trial(self, feedback: QgsProcessingFeedback) -> Callable[[Path], object]:
        """Return what loads a checked network once, where ONNX Runtime is there: it may be older than the model."""
        from ..plugin.dependencies import find_runtime

        if find_runtime(profile_folder()).problem:
            feedback.pushInfo(self.tr("ONNX Runtime is not installed, so whether it can load the model is not tried."))
            return lambda path: None
        from ..core.session import Session

        return lambda path: Session(path, "cpu", 1)

    def _catalogue_digest(self, address: str, feedback: QgsProcessingFeedback) -> str:
        from ..core.model_catalogue import known_digest
        from ..plugin.model_sources import load_catalogue

        entries, problems = load_catalogue(self.settings.catalogue, feedback.isCanceled)
        for problem in problems:
            feedback.pushWarning(problem)
        return known_digest(entries, address)

    def _report(self, installed: Installed, feedback: QgsProcessingFeedback) -> None:
        card = installed.card
        folders = sensor_folders(self.settings)
        sensors = {path.stem for folder in folders for path in folder.glob("*.json")} | {"any"}
        feedback.pushInfo(
            self.tr("Installed {} ({}) in {}: {} MB, licence {}, sensor {}, scale factor {}.").format(
                card.id,
                card.name,
                card.path.parent,
                f"{installed.size / MEGABYTE:.1f}",
                card.licence,
                card.sensor,
                card.scale_factor,
            )
        )
        if card.sensor not in sensors:
            feedback.pushWarning(
                self.tr("No algorithm reads products of the sensor {}, so no list offers this model.").format(
                    card.sensor
                )
            )

    def _source(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        return str(self.parameterAsFile(parameters, SOURCE, context)).strip().strip('"')


def _is_address(source: str) -> bool:
    r"""Whether a source is an address of the web rather than a path; ``C:\models`` is a path."""
    return "://" in source
