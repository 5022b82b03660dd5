# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line for developers: simulate products, build data sets, train, evaluate, convert and export networks."""
