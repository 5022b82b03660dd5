# SPDX-License-Identifier: GPL-2.0-or-later
"""Judging a model: methods to compare with, figures, and how they are shown. ``evaluate`` is the command."""
