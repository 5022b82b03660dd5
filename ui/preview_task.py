# SPDX-License-Identifier: GPL-2.0-or-later
"""The preview's work on another thread: the algorithm itself, and the layers to show its result beside the input."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateTransformContext,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsTask,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import OutputError, SatSharpError
from ..plugin.paths import findings_folder
from ..plugin.remote_files import is_address
from ..plugin.thread_pool import beside_the_pool
from .preview_files import let_go_later
from .preview_window import OUTPUT, Subject

REFLECTANCE = "reflectance"


@dataclass(frozen=True)
class Preview:
    """A preview that was made.

    Attributes:
        result: its layer; in no project.
        measured: the same bands as the product has them, or None.
        names: names of the bands, in order.
        gsd: of the result in metres; 0 where unknown.
        seconds: what it took.
        models: ids of the models that made it.
        exact: whether its digits are those of the full run; those of a first look are only near them.
    """

    result: QgsRasterLayer
    measured: QgsRasterLayer | None
    names: tuple[str, ...]
    gsd: float
    seconds: float
    models: str = ""
    exact: bool = True


def quiet_flags() -> Any:
    """Return the flags of a task that nobody waits for; QGIS before 3.26 knows no silent ones."""
    flags = QgsTask.Flag.CanCancel | QgsTask.Flag.CancelWithoutPrompt
    return flags | QgsTask.Flag.Silent if hasattr(QgsTask.Flag, "Silent") else flags


class PreviewTask(QgsTask):
    """Runs an algorithm on a window; ``preview`` or ``problem`` is what came of it."""

    def __init__(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: dict[str, Any],
        subject: Subject,
        done: Callable[[PreviewTask], object],
        title: str,
        at_first: bool = False,
    ) -> None:
        """Prepare the algorithm, which has to be done on the main thread.

        Args:
            algorithm: what is run.
            parameters: of :func:`ui.preview_window.preview_parameters`.
            subject: what it is a preview of.
            done: called on the main thread when all is over.
            title: of the task, which QGIS shows in its list and, before 3.26, when it is over.
            at_first: be content with a first look where the scene is large and unknown.
        """
        super().__init__(title, quiet_flags())
        self.preview: Preview | None = None
        self.problem = ""
        self.feedback = QgsProcessingFeedback(False)
        self._subject, self._parameters, self._done = subject, parameters, done
        self._at_first = at_first
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())
        self._transforms = QgsProject.instance().transformContext()
        # Both are kept: Python would delete an instance that only C++ knows.
        self._algorithm = algorithm.create()
        self.feedback.progressChanged.connect(self.setProgress)
        self._findings = findings_folder()
        self._close: Callable[[], None] | None = None
        self._prepared = self._prepare()

    def run(self) -> bool:
        """Run the algorithm and open its result; on a worker thread."""
        # Here, because it loads the engine.
        from ..core.findings_cache import keep_findings_in
        from ..core.first_look import FirstLook, first_look_wanted
        from ..core.kept_files import close_kept_files, files_kept_open

        if not self._prepared:
            return False
        self._close = close_kept_files
        keep_findings_in(self._findings)
        started = time.monotonic()
        look = first_look_wanted() if self._at_first else nullcontext(FirstLook())
        try:
            with beside_the_pool(), files_kept_open(), look as taken:
                results = self._algorithm.runPrepared(self._parameters, self._context, self.feedback)
                if self.feedback.isCanceled() or not results.get(OUTPUT):
                    return False
                self.preview = self._opened(results, time.monotonic() - started, not taken.taken)
        except (QgsProcessingException, SatSharpError) as error:
            self.problem = str(error)
        except Exception as error:  # noqa: BLE001 - an exception that leaves a task ends QGIS
            self.problem = f"{type(error).__name__}: {error}"
        return self.preview is not None

    def cancel(self) -> None:
        """Stop the algorithm within a tenth of a second."""
        self.feedback.cancel()
        super().cancel()

    def finished(self, result: bool) -> None:
        """Tell on the main thread that all is over."""
        if self._close is not None:
            let_go_later(self._close)
        self._done(self)

    def _prepare(self) -> bool:
        try:
            possible, self.problem = self._algorithm.checkParameterValues(self._parameters, self._context)
            return possible and bool(self._algorithm.prepare(self._parameters, self._context, self.feedback))
        except QgsProcessingException as error:
            self.problem = str(error)
            return False

    def _opened(self, results: dict[str, Any], seconds: float, exact: bool) -> Preview:
        path = Path(results[OUTPUT])
        result = self._layer(path)
        if not result.isValid():
            raise OutputError(f"{path} cannot be read. Try the preview again.")
        provider = result.dataProvider()
        names = tuple(
            provider.generateBandName(number).split(": ", 1)[-1] for number in range(1, result.bandCount() + 1)
        )
        measured = self._measured(names, path.parent.parent)
        for layer in (result, measured):
            if layer is not None:
                layer.moveToThread(QCoreApplication.instance().thread())
        gsd = float(results.get("GSD") or 0)
        return Preview(result, measured, names, gsd, seconds, str(results.get("MODELS") or ""), exact)

    def _measured(self, names: tuple[str, ...], folder: Path) -> QgsRasterLayer | None:
        """Return the bands of the product as they are; None where the input is no product on a map."""
        from ..core.lineage import digest_of
        from ..core.products import open_scene
        from ..core.products.input_mosaic import write_input_mosaic

        subject = self._subject
        if subject.sensor is None or not subject.source or is_address(subject.source):
            return None
        reflectance = subject.parameters.get("VALUES") == REFLECTANCE
        # It is of the whole product, so the next place finds it here.
        path = folder / f"measured-{digest_of([subject.source, names, reflectance])[:16]}.vrt"
        if not path.exists():
            write_input_mosaic(open_scene(subject.source, subject.sensor), names, path, reflectance)
        return self._layer(path) if path.exists() else None

    def _layer(self, path: Path) -> QgsRasterLayer:
        # Without its default style: QGIS would look for the limits of every band.
        options = QgsRasterLayer.LayerOptions(False, QgsCoordinateTransformContext(self._transforms))
        return QgsRasterLayer(str(path), path.stem, "gdal", options)
