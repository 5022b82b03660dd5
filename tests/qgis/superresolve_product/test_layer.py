# SPDX-License-Identifier: GPL-2.0-or-later
"""How the loaded layer is styled and described."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from qgis.core import Qgis
from satsharp.processing_provider.styling import LayerStyler, choose_colours

from .parts import SMALL, read, run, run_as_task


def test_colours_follow_the_wavelengths():
    assert choose_colours((492.4, 559.8, 664.6, 832.8)) == (3, 2, 1)
    assert choose_colours((442.7, 492.4, 559.8, 664.6, 704.1)) == (4, 3, 2)
    # Of bands that are as good as each other, the finest: MODIS' band 1 (250 m), not its ocean bands 13, 12 and 10.
    wavelengths, gsds = (469.0, 488.0, 551.0, 555.0, 645.0, 667.0), (500, 1000, 1000, 500, 250, 1000)
    assert choose_colours(wavelengths, gsds) == (5, 4, 1)
    assert choose_colours(wavelengths) == (6, 4, 2)
    # Not Landsat's panchromatic band, though it is the finest and within reach of green.
    assert choose_colours((482.0, 561.4, 589.5, 654.6), (30, 30, 15, 30)) == (4, 2, 1)
    # Without visible bands: long, middle, short.
    assert choose_colours((704.1, 740.5, 782.8, 864.7, 1613.7, 2202.4)) == (6, 3, 1)
    assert choose_colours((442.7, 945.1)) == (1,)


def test_loaded_layer_is_styled_and_described(product, tmp_path, log, plugin):
    values = {"INPUT": str(product.safe), "MODEL": "test-20m", "OUTPUT": str(tmp_path / "out.tif")}
    [(successful, results)], layer, processor = run_as_task(values, log)
    assert successful and results["GSD"] == 10
    assert isinstance(processor, LayerStyler) and processor not in LayerStyler._alive
    renderer = layer.renderer()
    names = [layer.dataProvider().generateBandName(i + 1) for i in range(layer.bandCount())]
    shown = [names[band - 1] for band in (renderer.redBand(), renderer.greenBand(), renderer.blueBand())]
    assert [name.split(": ")[1] for name in shown] == ["B04", "B03", "B02"]
    # The provider applies scale and offset: the stretch is in reflectance, and the nodata corner does not pull it down.
    for band, enhancement in ((4, renderer.redContrastEnhancement()), (2, renderer.blueContrastEnhancement())):
        name = ["B02", "B03", "B04"][band - 2]
        reflectance = (read(tmp_path / "out.tif", [name])[0].astype(float) - 1000) / 10000
        low, high = np.percentile(reflectance[reflectance > -0.1], [2, 98])
        assert enhancement.minimumValue() == pytest.approx(low, abs=0.01)
        assert enhancement.maximumValue() == pytest.approx(high, abs=0.03)
    assert layer.name() == f"{product.safe.stem} 10 m"
    metadata = layer.metadata()
    assert "test-20m" in metadata.history()[0] and metadata.licenses() == ["CC0-1.0"]
    assert product.safe.stem in metadata.abstract()


def test_layer_that_is_not_loaded_is_not_styled(product, tmp_path, log, context):
    before = list(LayerStyler._alive)
    run(product, tmp_path, log, context, **SMALL)
    assert LayerStyler._alive == before


def test_qgis_version_is_one_that_is_declared():
    assert Qgis.QGIS_VERSION_INT >= 32200
