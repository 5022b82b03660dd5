# SPDX-License-Identifier: GPL-2.0-or-later
"""How well two rasters of one place agree, and how good a result is."""
