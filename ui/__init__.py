# SPDX-License-Identifier: GPL-2.0-or-later
"""Widgets: they show and collect values and compute nothing."""
