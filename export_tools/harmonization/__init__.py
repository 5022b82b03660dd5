# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge the harmonization of Landsat on real pairs."""
