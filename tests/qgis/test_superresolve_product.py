# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm from end to end on a simulated product."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal

ALGORITHM = "satsharp:superresolve_sentinel2"


def run(product, tmp_path, log, context, **parameters):
    import processing

    values = {"INPUT": str(product.safe), "OUTPUT": str(tmp_path / "out.tif"), **parameters}
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def test_quick(product, tmp_path, log, context, plugin):
    try:
        print(run(product, tmp_path, log, context, MODEL="test-20m"))
    finally:
        print(log.infos, log.errors)
    ds = gdal.Open(str(tmp_path / "out.tif"))
    print(gdal.Info(ds))
    assert 0
