# SPDX-License-Identifier: GPL-2.0-or-later
"""Results lie above their bounds and above the rasters that nobody styles, where QGIS can be told so."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core")

from qgis.core import QgsProcessingContext, QgsProject  # noqa: E402
from satsharp.processing_provider.styling import LayerDescription, LayerStyler, Styler  # noqa: E402


@pytest.mark.parametrize(("beneath", "key"), [(False, 1), (True, 0)])
def test_results_lie_above_their_bounds(beneath, key):
    styler = LayerStyler(LayerDescription("x", (1,), "", (), (), beneath=beneath))
    given = []
    styler.hand_over(SimpleNamespace(layerSortKey=None, setPostProcessor=given.append))
    details = SimpleNamespace(layerSortKey=None, setPostProcessor=given.append)
    styler.hand_over(details)
    assert details.layerSortKey == key and given == [styler, styler]
    Styler._alive[:] = [one for one in Styler._alive if one is not styler]


def test_every_qgis_takes_it():
    styler = LayerStyler(LayerDescription("x", (1,), "", (), ()))
    details = QgsProcessingContext.LayerDetails("x", QgsProject.instance(), "OUTPUT")
    styler.hand_over(details)
    assert getattr(details, "layerSortKey", 1) == 1 and details.postProcessor() is styler
    Styler._alive.remove(styler)
