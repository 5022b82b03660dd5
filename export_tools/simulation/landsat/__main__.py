# SPDX-License-Identifier: GPL-2.0-or-later
"""``python -m satsharp.export_tools.simulation.landsat OUTPUT_FOLDER``."""

from __future__ import annotations

import sys

from .command import main

sys.exit(main())
