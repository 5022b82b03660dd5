# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an INPUT lies, and what can be told of it before it is opened."""

from __future__ import annotations

import os
import re
from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingUtils


def missing_part(source: str) -> str:
    """Return the path of a source, or of a list of them, that is not there; empty where all are or cannot be told."""
    if "://" in source or source.startswith("/vsi") or os.path.exists(source):
        return ""
    parts = [part.strip() for part in re.split("[;|]", source)]
    return next((part for part in parts if part and not part.startswith("/vsi") and not os.path.exists(part)), "")


def product_source(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], key: str, context: QgsProcessingContext
) -> str:
    """Return a product's path; the id or name of a loaded raster layer becomes that layer's source."""
    given = algorithm.parameterAsFile(parameters, key, context).strip().strip('"')
    layer = QgsProcessingUtils.mapLayerFromString(given, context, False) if given else None
    return layer.source() if layer is not None else given
