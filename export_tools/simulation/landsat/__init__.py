# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated Landsat 8/9 products: the landscape of the Sentinel-2 ones, seen by OLI, on the grids of real products."""

from __future__ import annotations

from .command import add_arguments, run
from .options import LandsatOptions, SimulatedLandsat
from .product import simulate_landsat

__all__ = ["LandsatOptions", "SimulatedLandsat", "add_arguments", "run", "simulate_landsat"]
