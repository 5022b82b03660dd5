# SPDX-License-Identifier: GPL-2.0-or-later
"""Co-registration of real images: known shifts to a tenth of a pixel of 10 m, pairs of dates and sensors, refusals."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core.errors import RegistrationError  # noqa: E402
from satsharp.core.grid import Grid, Window  # noqa: E402
from satsharp.core.image_shift import shift_image  # noqa: E402
from satsharp.core.scene import Band  # noqa: E402

from .coregistration_factory import find, grid_at, save  # noqa: E402

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
GERS = DATA / "s2" / "cnes_rastertools_T30TYP" / "S2B_20181023_L2A_FRE"
ALBERTA = DATA / "pairs_l8_s2" / "RSToolbox_Alberta"
LANDSAT = ALBERTA / "l8_20200802_L2SP_30m" / "LC08_L2SP_043024_20200802_20200914_02_T1_SR_{}.tif"
SENTINEL = ALBERTA / "s2_T11UPT_20200804_60m" / "T11UPT_20200804T183919_{}_60m.jp2"
CLOUDS = DATA / "s2" / "fulltile60m_T29UNU"
XLANDSAT = DATA / "l8" / "xlandsat"
DATES = {
    "Corumba": ("LC08_L1TP_227074_20190809_20200827_02_T1", "LC08_L1TP_227074_20190825_20200826_02_T1", "{}"),
    "Maui": ("LC09_L1TP_063046_20230714_20230714_02_T1", "LC09_L1TP_063046_20230831_20230901_02_T1", "{}"),
    "Brumadinho": ("LC08_L2SP_218074_20190114_20200829_02_T1", "LC08_L2SP_218074_20190130_20200829_02_T1", "SR_{}"),
}
TOWN = "LC08_L1TP_017051_20151205_20200908_02_T1"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the samples of {DATA} (set SATSHARP_DATA)")


def band(path: Path, nodata: float = 0.0) -> Band:
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    dataset = gdal.Open(str(path))
    grid = Grid(dataset.GetProjection(), dataset.GetGeoTransform(), dataset.RasterXSize, dataset.RasterYSize)
    kind = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    return Band(path.stem, str(path), 1, grid, kind, nodata, None, 1.0, 0.0)


def image(path: Path) -> np.ndarray:
    return gdal.Open(band(path).path).ReadAsArray().astype(np.float32)


def landsat(folder: str, name: str) -> Band:
    return band(XLANDSAT / folder / f"{folder}_{name}.tif")


def test_known_shifts_of_a_real_band_at_10_m(tmp_path):
    """Median error far below 0.1 px of 10 m over 8 shifts, and never another lock."""
    red = image(GERS / "B4.tif")[200:840, 300:940]
    grid = grid_at(10, 640)
    still = save(tmp_path / "still.tif", red, grid)
    random = np.random.default_rng(0)
    errors = []
    for row, col in random.uniform(-6, 6, (8, 2)):
        moved = save(tmp_path / "moved.tif", shift_image(red, row, col).astype(np.float32), grid)
        found = find(still, moved, windows=16)
        errors.append(np.hypot(found.east + 10 * col, found.north - 10 * row))
    assert np.median(errors) < 0.1 and max(errors) < 0.3


@pytest.mark.parametrize("name", ["B4", "B3"])
def test_known_shifts_of_landsat_like_pixels_against_10_m(tmp_path, name):
    """30 m pixels averaged from another place of a 10 m band lie a known number of 10 m pixels off."""
    fine = image(GERS / "B4.tif")[:1170, :1170]
    other = image(GERS / f"{name}.tif")[:1170, :1170]
    still = save(tmp_path / "still.tif", fine, grid_at(10, 1170))
    errors, base = [], None
    for rows, cols in ((0, 0), (1, 2), (2, 1), (4, 5), (7, 3), (8, 8)):
        part = other[rows : rows + 1140, cols : cols + 1140].reshape(380, 3, 380, 3).mean((1, 3))
        coarse = save(tmp_path / "coarse.tif", part, grid_at(30, 380))
        found = find(still, coarse, windows=16)
        shift = np.array([found.east - 10 * cols, found.north + 10 * rows])
        # Two bands of one image lie up to 0.3 px apart (Sentinel-2's requirement): that is no error of ours.
        base = shift if base is None else base
        errors.append(np.hypot(*(shift - (base if name != "B4" else 0))))
    assert np.median(errors) < 0.2 and max(errors) < 0.4
    assert np.abs(base).max() < (0.5 if name == "B4" else 3.0)


def test_landsat_against_sentinel2_agrees_over_bands():
    """What 30 m Landsat lies off 60 m Sentinel-2, from five pairs of bands: the same to a tenth of their pixels."""
    pairs = (("B02", "B2"), ("B03", "B3"), ("B04", "B4"), ("B8A", "B5"), ("B11", "B6"), ("B12", "B7"))
    shifts = []
    for reference, moving in pairs:
        found = find(band(Path(str(SENTINEL).format(reference))), band(Path(str(LANDSAT).format(moving))), windows=25)
        assert found.quality == 1.0 and found.windows == found.offered == 25
        shifts.append((found.east, found.north))
    spread = np.ptp(shifts, axis=0)
    assert (spread < 6).all()
    # Both are specified to lie within 12 m of the truth.
    assert np.hypot(*np.median(shifts, axis=0)) < 15


@pytest.mark.parametrize("place", DATES)
@pytest.mark.parametrize("name", ["B4", "B5", "B7"])
def test_two_dates_of_landsat_lie_within_their_specification(place, name):
    """No wrong lock on cloud-free pairs: Collection 2 dates lie within a fraction of a pixel of each other."""
    first, second, pattern = DATES[place]
    found = find(landsat(first, pattern.format(name)), landsat(second, pattern.format(name)))
    assert found.length < 6 and found.quality > 0.85 and found.error < 2


@pytest.mark.parametrize("name", ["B3", "B4", "B6"])
def test_pan_lies_on_the_bands(name):
    found = find(landsat(TOWN, "B8"), landsat(TOWN, name))
    assert found.length < 2 and found.quality > 0.85


def test_known_shift_between_two_dates(tmp_path):
    """The second date moved by known parts of a 30 m pixel: the difference of the shifts is known exactly."""
    first, second, _ = DATES["Corumba"]
    still, later = landsat(first, "B4"), image(XLANDSAT / second / f"{second}_B4.tif")
    base = find(still, landsat(second, "B4"), windows=36)
    grid, errors = landsat(second, "B4").grid, []
    for row, col in ((0.4, -0.3), (1.3, 2.6), (-3.45, 0.8), (2.2, -4.7)):
        moved = save(tmp_path / "moved.tif", shift_image(later, row, col).astype(np.float32), grid, nodata=0)
        found = find(still, moved, windows=36)
        errors.append(np.hypot(found.east - base.east + 30 * col, found.north - base.north - 30 * row))
    assert np.median(errors) < 1.0 and max(errors) < 2.0


def test_other_places_are_refused(tmp_path):
    """Real scenes of different places, put on top of each other, are never taken for one."""
    scenes = [image(GERS / "B4.tif")[:640, :640], image(Path(str(LANDSAT).format("B4")))[:640, :640]]
    scenes += [image(Path(str(SENTINEL).format("B04")))[600:1240, 600:1240], image(Path(landsat(TOWN, "B8").path))]
    grid = grid_at(10, 640)
    made = [save(tmp_path / f"{i}.tif", scene[:640, :640], grid, nodata=0) for i, scene in enumerate(scenes)]
    refused = 0
    for one in range(len(made)):
        for two in range(one):
            with pytest.raises(RegistrationError):
                find(made[one], made[two], windows=16)
            refused += 1
    assert refused == 6


@pytest.mark.parametrize(("cover", "told"), [(0.3, True), (0.6, None), (0.8, None), (1.0, False)])
def test_clouds_are_refused_or_the_rest_is_right(tmp_path, cover, told):
    """Real clouds over both dates, at different places: never a wrong lock, and nothing at all under a closed cover."""
    path = next(CLOUDS.rglob("*_B02_60m.jp2"), CLOUDS / "B02")
    cloud = image(path)[900:1540, :640]
    first, second, _ = DATES["Corumba"]
    base = find(landsat(first, "B4"), landsat(second, "B4"), windows=36)
    made = []
    for folder, sky in ((first, cloud), (second, cloud[::-1, ::-1])):
        ground, thick = image(Path(landsat(folder, "B4").path))[100:740, :640], np.quantile(sky, 1 - cover)
        grid = landsat(folder, "B4").grid.crop(Window(100, 0, 640, 640))
        made.append(save(tmp_path / f"{folder}.tif", np.where(sky >= thick, 8000 + sky, ground), grid, nodata=0))
    try:
        found = find(*made, windows=36)
    except RegistrationError:
        assert told is not True
        return
    assert told is not False
    assert np.hypot(found.east - base.east, found.north - base.north) < 3
