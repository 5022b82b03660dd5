# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are: the plugin's own data, the user's profile, the documentation and the log."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication

LOG_TAG = "SatSharp"
HOMEPAGE = "https://github.com/satsharp/satsharp"
PLUGIN_FOLDER = Path(__file__).resolve().parent.parent
RESOURCE_FOLDER = PLUGIN_FOLDER / "resources"
ICON = RESOURCE_FOLDER / "icons" / "satsharp.svg"
HELP_FOLDER = RESOURCE_FOLDER / "help"
TRANSLATION_FOLDER = RESOURCE_FOLDER / "i18n"


def profile_folder() -> Path:
    """Return the folder of the QGIS user profile."""
    return Path(QgsApplication.qgisSettingsDirPath())


def default_model_folder() -> Path:
    """Return where models that the user installs are kept unless the options say otherwise."""
    return profile_folder() / "satsharp" / "models"


def default_sensor_folder() -> Path:
    """Return where the user's own sensor files are looked for unless the options say otherwise."""
    return profile_folder() / "satsharp" / "sensors"


def default_cache_folder() -> Path:
    """Return where products fetched from the web are kept unless the options say otherwise."""
    return profile_folder() / "satsharp" / "products"


def download_folder() -> Path:
    """Return where unfinished downloads wait to be gone on with."""
    return profile_folder() / "satsharp" / "downloads"


def findings_folder() -> Path:
    """Return where the panel keeps what its runs have found out about scenes."""
    return profile_folder() / "satsharp" / "findings"
