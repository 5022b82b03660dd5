# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of several dates in a row."""
