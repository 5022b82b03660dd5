# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated Sentinel-2 products: a procedural landscape, the sensor's point spread, and a valid .SAFE folder."""

from __future__ import annotations

from .command import add_arguments, run
from .options import SimulatedProduct, SimulationOptions
from .product import simulate_product

__all__ = ["SimulatedProduct", "SimulationOptions", "add_arguments", "run", "simulate_product"]
