# SPDX-License-Identifier: GPL-2.0-or-later
"""A panel for a test, with an empty project."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.core")


@pytest.fixture
def panel(plugin, qgis_iface, qgis_new_project):
    from satsharp.ui.panel import SatSharpPanel

    made = SatSharpPanel(qgis_iface, qgis_iface.mainWindow())
    yield made
    made.close_all()
    made.deleteLater()
