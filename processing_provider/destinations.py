# SPDX-License-Identifier: GPL-2.0-or-later
"""Output destinations: where several files are written, what QGIS loads is the VRT that joins them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProperty,
)

TIFF_SUFFIXES = (".tif", ".tiff")
VRT_SUFFIX = ".vrt"


def given_path(given: Any, context: QgsProcessingContext) -> str:
    """Return the path in the value of a parameter for a destination, which the toolbox wraps; empty for none."""
    if isinstance(given, QgsProcessingOutputLayerDefinition):
        return _text(given.sink, context)
    if isinstance(given, QgsProperty):
        return _text(given, context)
    return given if isinstance(given, str) else ""


def as_vrt(given: Any, context: QgsProcessingContext) -> Any:
    """Return a destination of the same kind whose file is a VRT.

    Args:
        given: value of a parameter for a raster destination: a path, a temporary output or a layer definition.
        context: for expressions.
    """
    if isinstance(given, QgsProcessingOutputLayerDefinition):
        changed = QgsProcessingOutputLayerDefinition(given)
        changed.sink = QgsProperty.fromValue(_vrt_path(_text(given.sink, context)))
        return changed
    if isinstance(given, QgsProperty):
        return _vrt_path(_text(given, context))
    return _vrt_path(given) if isinstance(given, str) else given


def _text(value: QgsProperty, context: QgsProcessingContext) -> str:
    text, _ = value.valueAsString(context.expressionContext(), "")
    return str(text)


def _vrt_path(path: str) -> str:
    if path == QgsProcessing.TEMPORARY_OUTPUT:
        return str(QgsProcessingUtils.generateTempFilename(f"OUTPUT{VRT_SUFFIX}"))
    return str(Path(path).with_suffix(VRT_SUFFIX)) if Path(path).suffix.lower() in TIFF_SUFFIXES else path
