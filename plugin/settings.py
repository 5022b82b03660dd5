# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's settings: one frozen record, kept by QGIS under ``plugins/satsharp/``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from qgis.core import QgsSettings

from ..core.card_titles import MODEL_FOLDER
from ..core.sensors import SENSOR_FOLDER
from .paths import default_cache_folder, default_model_folder, default_sensor_folder

GROUP = "plugins/satsharp"
AUTO = "auto"
# The names in core.session.PROVIDERS, which is not imported here: it would load numpy when QGIS starts.
DEVICES = (AUTO, "cpu", "cuda", "rocm", "directml", "coreml")
LARGEST_TILE = 8192
# In smaller tiles a whole product would take days.
LEAST_TILE = 16
# Values of the parameter FORMAT.
OUTPUT_FORMATS = ("GeoTIFF", "COG")
# Room for some ten Sentinel-2 or Landsat products as they are delivered.
DEFAULT_CACHE_GB = 20


class Settings(NamedTuple):
    """What the options page shows; the defaults suit a machine that nobody has configured.

    Attributes:
        device: device for ``DEVICE=auto``: ``auto`` (the best one there is), ``cpu``, ``cuda``, ...
        memory_mb: memory that a run may use in MB; 0 = automatic.
        tile_size: tile size in output pixels for ``TILE_SIZE=0``; 0 = automatic, and so is what is smaller
            than ``LEAST_TILE``.
        model_folder: folder of the user's own models; empty = in the profile.
        package_index: address of the package index that ONNX Runtime comes from; empty = the one that pip would use.
        catalogue: address of a further catalogue of published models; empty = the one that comes with SatSharp only.
        sensor_folder: folder of the user's own sensor files; empty = in the profile.
        cache_folder: folder of products fetched from the web; empty = in the profile.
        cache_gb: size in GB up to which they are kept; 0 = automatic.
        output_folder: folder in which the panel saves results that nobody named; empty = temporary files.
        output_format: format where FORMAT is not given: one of ``OUTPUT_FORMATS``.
        precision: which variant of a model ``MODEL=auto`` takes where several are installed: one of those in
            core.variant_choice.
    """

    device: str = AUTO
    memory_mb: int = 0
    tile_size: int = 0
    model_folder: str = ""
    package_index: str = ""
    catalogue: str = ""
    sensor_folder: str = ""
    cache_folder: str = ""
    cache_gb: int = 0
    output_folder: str = ""
    output_format: str = OUTPUT_FORMATS[0]
    precision: str = "float32"


def load_settings() -> Settings:
    """Read the settings; a value that is missing or of the wrong kind is the default."""
    stored, defaults = QgsSettings(), Settings()
    stored.beginGroup(GROUP)
    values: dict[str, object] = {}
    # Algorithms ask often, and most users have set nothing.
    for name in {*Settings._fields} & {*stored.childKeys()}:
        default = getattr(defaults, name)
        text = str(stored.value(name, default))
        values[name] = text if isinstance(default, str) else _whole_number(text, default)
    settings = Settings(**values)  # type: ignore[arg-type]
    return settings if settings.tile_size >= LEAST_TILE else settings._replace(tile_size=defaults.tile_size)


def output_format(settings: Settings) -> str:
    """Return the format of results where none is given; nonsense in the settings is the default."""
    return settings.output_format if settings.output_format in OUTPUT_FORMATS else OUTPUT_FORMATS[0]


def save_settings(settings: Settings) -> None:
    """Store the settings; values that equal the default are removed, so that a better default reaches the user."""
    stored, defaults = QgsSettings(), Settings()
    for name, value in settings._asdict().items():
        if value == getattr(defaults, name):
            stored.remove(f"{GROUP}/{name}")
        else:
            stored.setValue(f"{GROUP}/{name}", value)


def model_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders of the bundled models and of the user's own, in order of precedence."""
    return MODEL_FOLDER, own_model_folder(settings)


def own_model_folder(settings: Settings) -> Path:
    """Return the folder of the user's own models."""
    return Path(settings.model_folder) if settings.model_folder else default_model_folder()


def sensor_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders of the bundled sensor files and of the user's own, in order of precedence."""
    return SENSOR_FOLDER, Path(settings.sensor_folder) if settings.sensor_folder else default_sensor_folder()


def cache_folder(settings: Settings) -> Path:
    """Return the folder of products fetched from the web."""
    return Path(settings.cache_folder) if settings.cache_folder else default_cache_folder()


def cache_bytes(settings: Settings) -> int:
    """Return the size up to which products fetched from the web are kept."""
    return (settings.cache_gb or DEFAULT_CACHE_GB) * 10**9


def _whole_number(text: str, default: int) -> int:
    try:
        return max(0, int(text))
    except ValueError:
        return default
