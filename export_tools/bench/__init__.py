# SPDX-License-Identifier: GPL-2.0-or-later
"""Benchmarks of the engine on simulated products: idle time, memory, and whether tiling shows."""
