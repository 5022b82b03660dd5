# SPDX-License-Identifier: GPL-2.0-or-later
"""Real Landsat samples: crops of Collection 2 Level-1 and Level-2, whose pan lies half a pixel off the 30 m bands."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core.errors import ProductError  # noqa: E402
from satsharp.core.image_shift import shift_image  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.scene import Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SAMPLES = DATA / "l8" / "xlandsat"
LEVEL1 = SAMPLES / "LC08_L1TP_017051_20151205_20200908_02_T1"
LEVEL2 = SAMPLES / "LC08_L2SP_017051_20151205_20200908_02_T1"
SENSOR = sensor_by_id("landsat")

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"needs the samples of {SAMPLES} (set SATSHARP_DATA)")


def reflectance(scene: Scene, name: str) -> np.ndarray:
    """A band on its grid."""
    band = scene.band(name)
    with BandReader() as reader:
        return reader.read(band, band.grid.window) * band.scale + band.offset


def test_level1_sample():
    scene = open_scene(str(LEVEL1), SENSOR)
    assert (scene.level, scene.acquired) == ("L1TP", "2015-12-05T16:06:06Z")
    assert [band.name for band in scene.bands] == ["B2", "B3", "B8", "B4", "B5", "B6", "B7"]
    pan, red = scene.band("B8"), scene.band("B4")
    assert (pan.grid.width, pan.grid.height) == (935, 668)
    assert pan.grid.transform == (543982.5, 15, 0, 1379002.5, 0, -15)
    # The crop's pan begins half a pixel above the bands, and half a pixel right of them.
    assert red.shift == (0.25, -0.25)
    assert red.scale == pytest.approx(2e-5 / np.sin(np.radians(48.24450155)), rel=1e-9)
    assert 0.05 < np.median(reflectance(scene, "B4")) < 0.15
    assert any("lacks B1, B9" in note for note in scene.notes)


def test_level2_sample_takes_the_pan_from_the_level1_beside_it():
    scene = open_scene(str(LEVEL2), SENSOR)
    assert (scene.level, scene.band("B5").scale, scene.band("B5").offset) == ("L2SP", 2.75e-5, -0.2)
    assert scene.band("B5").shift == (0.25, 0.25)
    assert scene.band("B5").grid.scale_factor_to(scene.band("B8").grid) == 2
    assert dict(scene.tags)["level1"] == LEVEL1.name
    pair = open_scene(f"{LEVEL2};{LEVEL1}", SENSOR)
    assert pair.bands == scene.bands
    # Vegetation and clouds of Nicaragua: more infrared than red.
    assert np.median(reflectance(scene, "B5")) > 2 * np.median(reflectance(scene, "B4"))


@pytest.mark.parametrize("folder", [LEVEL1, LEVEL2], ids=["L1TP", "L2SP"])
def test_bands_of_the_sample_lie_on_the_pan(folder):
    """The mean of two pan pixels each way correlates best with the blue band where it is read to.

    Green and red see the clouds of this scene (61 %) up to 0.2 pixels off, since they look at them a moment apart.
    """
    scene = open_scene(str(folder), SENSOR)
    height, width = scene.finest.height // 2, scene.finest.width // 2
    pan = reflectance(scene, "B8")[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean(axis=(1, 3))
    blue = reflectance(scene, "B2")[:height, :width].astype(np.float32)
    # Without the slow changes that clouds and air make.
    inside = (slice(12, -12), slice(12, -12))

    def detail(image: np.ndarray) -> np.ndarray:
        kernel = [np.roll(image, (r, c), (0, 1)) for r in range(-4, 5) for c in range(-4, 5)]
        return (image - np.mean(kernel, axis=0))[inside]

    def correlation(rows: float, cols: float) -> float:
        return float(np.corrcoef(detail(shift_image(blue, rows, cols)).ravel(), detail(pan).ravel())[0, 1])

    for axis in ((1, 0), (0, 1)):
        before, here, after = (correlation(step * axis[0], step * axis[1]) for step in (-0.5, 0.0, 0.5))
        assert here > 0.9
        # In 30 m pixels; read without the move the bands would be 0.25 off.
        top = 0.25 * (before - after) / (before - 2 * here + after)
        assert abs(top) < 0.1, (axis, top)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("L*")) if SAMPLES.is_dir() else ["none"])
def test_every_sample_is_read_or_refused_with_the_remedy(name, tmp_path):
    if name in (LEVEL1.name, LEVEL2.name):
        assert open_scene(str(SAMPLES / name), SENSOR).has(("B8", "B4"))
        return
    wanted = "Download the Level-1 product" if "_L2SP_" in name else "lacks the file of B8"
    with pytest.raises(ProductError, match=wanted):
        open_scene(str(SAMPLES / name), SENSOR)


def test_sample_in_archives(tmp_path):
    expected = open_scene(str(LEVEL1), SENSOR)
    for kind, mode in (("tar", "w"), ("tar.gz", "w:gz")):
        path = tmp_path / f"{LEVEL1.name}.{kind}"
        with tarfile.open(path, mode) as packed:
            for file in sorted(LEVEL1.iterdir()):
                packed.add(file, file.name)
        scene = open_scene(str(path), SENSOR)
        np.testing.assert_array_equal(reflectance(scene, "B4"), reflectance(expected, "B4"))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".gz", ".tar"]


def test_pan_of_another_day_is_refused(tmp_path):
    other = SAMPLES / "LC08_L2SP_218074_20190114_20200829_02_T1"
    copy = shutil.copytree(other, tmp_path / other.name)
    with pytest.raises(ProductError, match="are of different scenes"):
        open_scene(f"{copy};{LEVEL1}", SENSOR)
