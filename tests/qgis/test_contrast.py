# SPDX-License-Identifier: GPL-2.0-or-later
"""Between which values layers are shown: quantiles of what is measured, with scale and offset, and no later guess."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal, gdal_array  # noqa: E402
from qgis.core import (  # noqa: E402
    QgsMultiBandColorRenderer,
    QgsRasterLayer,
    QgsRasterMinMaxOrigin,
    QgsSingleBandGrayRenderer,
)
from satsharp.plugin.contrast import limits_of, stretch  # noqa: E402

pytestmark = pytest.mark.usefixtures("plugin")


@pytest.fixture
def provider_of(tmp_path: Path):
    """Return a function that writes pixels of shape (bands, rows, columns) and returns their data provider."""
    layers = []

    def make(pixels: np.ndarray, nodata: float | None = None, relation: tuple[float, float] | None = None):
        path = str(tmp_path / f"{len(list(tmp_path.iterdir()))}.tif")
        kind = gdal_array.NumericTypeCodeToGDALTypeCode(pixels.dtype.type)
        dataset = gdal.GetDriverByName("GTiff").Create(path, pixels.shape[2], pixels.shape[1], len(pixels), kind)
        dataset.SetGeoTransform((0, 10, 0, 0, 0, -10))
        for number, band in enumerate(pixels, start=1):
            written = dataset.GetRasterBand(number)
            if nodata is not None:
                written.SetNoDataValue(nodata)
            if relation is not None:
                written.SetScale(relation[0])
                written.SetOffset(relation[1])
            written.WriteArray(band)
        del written, dataset
        layers.append(QgsRasterLayer(path, "x", "gdal"))
        return layers[-1].dataProvider()

    yield make
    # Layers must not outlive QGIS.
    layers.clear()


def ramp(dtype: type = np.uint16) -> np.ndarray:
    """Return 1 to 6400, in no order."""
    return np.random.default_rng(0).permutation(np.arange(1, 6401)).reshape(1, 80, 80).astype(dtype)


def test_quantiles_of_what_is_measured(provider_of):
    assert limits_of(provider_of(ramp()), 1) == pytest.approx((128, 6272), abs=60)
    pixels = ramp()
    pixels[:, :, ::2] = 0
    assert limits_of(provider_of(pixels, nodata=0), 1) == pytest.approx((128, 6272), abs=80)
    assert limits_of(provider_of(pixels, relation=(1e-3, -1.0)), 1)[0] == -1.0
    scaled = provider_of(ramp(), relation=(1e-3, -1.0))
    assert limits_of(scaled, 1) == pytest.approx((-0.872, 5.272), abs=0.06)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("nodata", [None, float("nan")])
def test_what_is_no_number_changes_nothing(provider_of, odd, nodata):
    pixels = ramp(np.float32)
    pixels[:, ::2] = odd
    assert limits_of(provider_of(pixels, nodata), 1) == pytest.approx((128, 6272), abs=80)


def test_few_valid_pixels_are_looked_at_closely(provider_of):
    pixels = np.zeros((1, 2000, 2000), np.uint16)
    pixels[:, 1000:1080, 300:380] = ramp()
    # Of 64 x 64 pixels spread over the raster, 9 at most are valid.
    assert limits_of(provider_of(pixels, nodata=0), 1) == pytest.approx((128, 6272), abs=150)


def test_limits_where_there_is_next_to_nothing(provider_of):
    assert limits_of(provider_of(np.zeros((1, 9, 9), np.uint8), nodata=0), 1) == (0.0, 1.0)
    assert limits_of(provider_of(np.full((1, 9, 9), 7, np.uint8)), 1) == (6.0, 8.0)


@pytest.mark.parametrize(
    ("dtype", "value", "tone"),
    [
        (np.uint8, 255, 255),
        (np.uint8, 100, 127),
        (np.uint16, 65535, 255),
        (np.int16, -9999, 127),
        (np.float32, 0.25, 127),
        (np.float32, 3e38, 127),
    ],
)
def test_a_constant_band_is_not_black(provider_of, dtype, value, tone):
    """Before, its value was the lower limit, and 255 of a byte the upper one as well."""
    provider = provider_of(np.full((1, 80, 80), value, dtype))
    renderer = QgsSingleBandGrayRenderer(provider, 1)
    stretch(renderer, provider, [limits_of(provider, 1)])
    assert renderer.contrastEnhancement().enhanceContrast(float(dtype(value))) == tone


def test_each_colour_has_the_limits_of_its_place(provider_of):
    provider = provider_of(np.concatenate([ramp()] * 3), relation=(1e-3, -1.0))
    renderer = QgsMultiBandColorRenderer(provider, 3, 1, 2)
    renderer.setMinMaxOrigin(_cut())
    stretch(renderer, provider, [(0.0, 1.0), (0.25, 1.25), (0.5, 2.5)])
    made = (renderer.redContrastEnhancement(), renderer.greenContrastEnhancement(), renderer.blueContrastEnhancement())
    assert [(one.minimumValue(), one.maximumValue()) for one in made] == [(0.0, 1.0), (0.25, 1.25), (0.5, 2.5)]
    assert [one.enhanceContrast(0.5) for one in made] == [127, 63, 0]
    assert renderer.minMaxOrigin().limits() == QgsRasterMinMaxOrigin.Limits.None_


def test_grey(provider_of):
    provider = provider_of(np.concatenate([ramp(np.int16)] * 2))
    renderer = QgsSingleBandGrayRenderer(provider, 2)
    renderer.setMinMaxOrigin(_cut())
    stretch(renderer, provider, [(-300.0, -50.0)])
    made = renderer.contrastEnhancement()
    assert [made.enhanceContrast(value) for value in (-300, -175, -50)] == [0, 127, 255]
    assert renderer.minMaxOrigin().limits() == QgsRasterMinMaxOrigin.Limits.None_


def _cut() -> QgsRasterMinMaxOrigin:
    origin = QgsRasterMinMaxOrigin()
    origin.setLimits(QgsRasterMinMaxOrigin.Limits.CumulativeCut)
    return origin
