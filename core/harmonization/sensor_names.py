# SPDX-License-Identifier: GPL-2.0-or-later
"""Sensors that the tables of harmonization may name; apart from what reads the tables, as QGIS asks when it starts."""

from __future__ import annotations

SENSORS = ("landsat8", "landsat9", "sentinel2a", "sentinel2b", "sentinel2c")
