# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing provider ``satsharp``: one algorithm a sensor file, and those for models."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qgis.core import Qgis, QgsMessageLog, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..core.card_titles import load_titles
from ..core.sensors import SENSOR_FOLDER, load_sensors
from ..plugin.paths import ICON, LOG_TAG
from ..plugin.settings import load_settings, model_folders, sensor_folders
from .adjust_bandpass import AdjustBandpass
from .assess_quality import AssessQuality
from .coregister import Coregister
from .harmonize_landsat import HarmonizeLandsat
from .index_profile import IndexProfile
from .install_model import InstallModel
from .list_models import ListModels
from .normalize_brdf import NormalizeBrdf
from .remove_model import RemoveModel
from .stack_timeseries import StackTimeseries
from .superresolve_product import SuperResolveProduct
from .superresolve_raster import SuperResolveRaster
from .superresolve_timeseries import SuperResolveTimeseries


class SatSharpProvider(QgsProcessingProvider):
    """Offers the algorithms; a sensor file or model card that is not valid is logged and left out."""

    def __init__(self, sensor_folder: Path = SENSOR_FOLDER) -> None:
        """Remember where the bundled sensor files are."""
        super().__init__()
        self._sensor_folder = sensor_folder

    def id(self) -> str:
        """Return the id, which users' models and scripts depend on."""
        return "satsharp"

    def name(self) -> str:
        """Return the name."""
        return "SatSharp"

    def longName(self) -> str:
        """Return the name with what it does."""
        return self.tr("SatSharp (super-resolution and harmonization of satellite images)")

    def icon(self) -> QIcon:
        """Return the icon."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:
        """Return the path of the icon."""
        return str(ICON)

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        """Return what can be written."""
        return ["tif", "vrt"]

    def loadAlgorithms(self) -> None:
        """Add one algorithm for each sensor file, bundled or the user's own, and those that manage models."""
        settings = load_settings()
        others = [
            algorithm()
            for algorithm in (
                SuperResolveRaster,
                SuperResolveTimeseries,
                HarmonizeLandsat,
                AdjustBandpass,
                NormalizeBrdf,
                Coregister,
                AssessQuality,
                StackTimeseries,
                IndexProfile,
                InstallModel,
                RemoveModel,
                ListModels,
            )
        ]
        _, own_sensors = sensor_folders(settings)
        names = [algorithm.name() for algorithm in others]
        sensors, sensor_problems = load_sensors(self._sensor_folder, own_sensors, reserved=names)
        titles, card_problems = load_titles(*model_folders(settings))
        _log((*sensor_problems, *card_problems))
        for algorithm in (*(SuperResolveProduct(sensor) for sensor in sensors), *others):
            algorithm.titles = titles
            self.addAlgorithm(algorithm)


def _log(problems: Iterable[str]) -> None:
    for problem in problems:
        QgsMessageLog.logMessage(problem, LOG_TAG, Qgis.MessageLevel.Warning)
