# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated MODIS and VIIRS products: sinusoidal tiles and swaths as HDF-EOS files, with truth.

What real files have besides is left out: quality, angles and state layers, ECS metadata, internal tiles and chunks,
relief in the geolocation, the growth of the point spread away from nadir, noise.
"""

from __future__ import annotations

from .command import add_arguments, run, simulate_eos
from .options import EosOptions, EosProduct

__all__ = ["EosOptions", "EosProduct", "add_arguments", "run", "simulate_eos"]
