# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS life cycle: start, settings, dependencies, downloads and paths."""
