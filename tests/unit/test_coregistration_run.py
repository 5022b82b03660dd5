# SPDX-License-Identifier: GPL-2.0-or-later
"""The moved raster: one resampling onto the truth, all bands and what they say kept, nothing left behind."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
pytest.importorskip("onnx")

from satsharp.core.errors import CancelledError, GridError, OutputError, ProductError, RegistrationError  # noqa: E402
from satsharp.core.harmonization.coregistration import RegistrationOptions  # noqa: E402
from satsharp.core.harmonization.coregistration_places import reference_grid  # noqa: E402
from satsharp.core.harmonization.coregistration_run import CoregistrationJob, coregister  # noqa: E402
from satsharp.core.output_lock import reserved  # noqa: E402
from satsharp.core.products.pixel_map import MapTransform  # noqa: E402
from satsharp.core.products.raster_copy import describe_raster  # noqa: E402

from .coregistration_factory import ORIGIN, UTM31, UTM32, Landscape, draw, grid_at, save, wkt  # noqa: E402

SIZE = 320
SHIFT = (23.7, -18.4)


@pytest.fixture(scope="module")
def landscape():
    return Landscape(1)


@pytest.fixture(scope="module")
def reference(landscape, tmp_path_factory):
    grid = grid_at(10, SIZE)
    return save(tmp_path_factory.mktemp("reference") / "reference.tif", draw(landscape, grid), grid)


@pytest.fixture()
def moving(landscape, tmp_path):
    """Two bands that show everything 23.7 m too far east and 18.4 m too far south; a corner is nodata."""
    pixels = np.rint(draw(landscape, grid_at(10, SIZE), *SHIFT))
    pixels = np.stack([pixels, 4000 - pixels]).astype(np.uint16)
    pixels[:, :40, :30] = 0
    names = {"names": ("red", "nir"), "scale": (0.0001, -0.1), "nodata": 0}
    return save(tmp_path / "moving.tif", pixels, grid_at(10, SIZE), **names)


def run(moving, reference, tmp_path, progress=lambda share: None, is_cancelled=lambda: False, log=None, **choices):
    options = RegistrationOptions(local=choices.pop("local", False))
    job = CoregistrationJob(
        describe_raster(moving.path, "moving"), 1, reference, options, tmp_path / "out.tif", **choices
    )
    return coregister(job, progress, is_cancelled, (lambda sentence: None) if log is None else log.append)


def pixels_of(path):
    dataset = gdal.Open(str(path))
    return dataset, dataset.ReadAsArray()


def middle(image, margin=60):
    return image[..., margin:-margin, margin:-margin].astype(np.float64)


@pytest.mark.parametrize(("method", "worst"), [("cubic", 12), ("bilinear", 60), ("nearest", 400)])
def test_moved_raster_shows_the_truth(landscape, reference, moving, tmp_path, method, worst):
    result = run(moving, reference, tmp_path, method=method)
    dataset, found = pixels_of(tmp_path / "out.tif")
    truth = draw(landscape, grid_at(10, SIZE))
    error = np.abs(middle(found[0]) - middle(truth))
    assert np.percentile(error, 95) < worst
    assert np.abs(middle(found[1]) - middle(4000 - truth)).mean() < worst
    assert result.grid == grid_at(10, SIZE) and dataset.GetGeoTransform() == moving.grid.transform
    assert (result.registration.east, result.registration.north) == pytest.approx((-23.7, 18.4), abs=0.2)
    # Without moving it, the error would be many times as large.
    assert np.percentile(np.abs(middle(pixels_of(moving.path)[1][0]) - middle(truth)), 95) > 700


def test_what_the_raster_says_is_kept(reference, moving, tmp_path):
    dataset = gdal.Open(moving.path, gdal.GA_Update)
    dataset.SetMetadataItem("ACQUIRED", "2020-08-02")
    dataset.GetRasterBand(2).SetUnitType("1")
    dataset.GetRasterBand(2).SetMetadataItem("WAVELENGTH", "865")
    dataset.GetRasterBand(1).SetColorInterpretation(gdal.GCI_RedBand)
    dataset.GetRasterBand(2).SetColorInterpretation(gdal.GCI_Undefined)
    dataset = None
    for cog in (False, True):
        run(moving, reference, tmp_path, cog=cog, tags=(("SATSHARP_REFERENCE", "reference"),))
        found = gdal.Open(str(tmp_path / "out.tif"))
        one, two = found.GetRasterBand(1), found.GetRasterBand(2)
        assert (one.GetDescription(), two.GetDescription()) == ("red", "nir")
        assert (one.GetScale(), one.GetOffset(), two.GetNoDataValue(), two.GetUnitType()) == (0.0001, -0.1, 0, "1")
        assert (one.GetColorInterpretation(), two.GetColorInterpretation()) == (gdal.GCI_RedBand, gdal.GCI_Undefined)
        assert two.GetMetadataItem("WAVELENGTH") == "865" and one.DataType == gdal.GDT_UInt16
        assert found.GetMetadataItem("ACQUIRED") == "2020-08-02"
        assert found.GetMetadataItem("SATSHARP_REFERENCE") == "reference"
        assert float(found.GetMetadataItem("SATSHARP_SHIFT_EAST")) == pytest.approx(-23.7, abs=0.2)
        assert found.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == ("COG" if cog else None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moving.tif", "out.tif"]


def test_nodata_moves_along_and_never_mixes(reference, moving, tmp_path):
    run(moving, reference, tmp_path)
    _, found = pixels_of(tmp_path / "out.tif")
    # The corner of 40 rows and 30 columns moves 2 rows up and 2 columns left; nearest pixels decide.
    assert (found[:, :38, :28] == 0).all() and found[:, 42:-5, 30:-5].min() > 900
    # What the moved raster no longer covers: two rows at the bottom and two columns on the right.
    assert (found[:, -2:] == 0).all() and (found[:, :, -2:] == 0).all()
    assert (found[:, 60:-3, 60:-3] > 0).all()


def test_none_keeps_every_pixel_and_moves_the_origin(reference, moving, tmp_path):
    result = run(moving, reference, tmp_path, method="none")
    dataset, found = pixels_of(tmp_path / "out.tif")
    assert (found == pixels_of(moving.path)[1]).all()
    transform = dataset.GetGeoTransform()
    assert transform[0] - ORIGIN[0] == pytest.approx(-23.7, abs=0.2)
    assert transform[3] - ORIGIN[1] == pytest.approx(18.4, abs=0.2)
    assert result.grid.transform == transform


def test_registered_raster_is_left_alone(reference, tmp_path):
    """No shift, no change: cubic convolution at the pixels themselves gives the pixels."""
    run(reference, reference, tmp_path)
    assert (pixels_of(tmp_path / "out.tif")[1] == pixels_of(reference.path)[1]).all()


@pytest.mark.parametrize(("gsd", "wanted"), [(10.0, 10.0), (15.0, 10.0), (30.0, 30.0), (6.0, 5.0), (20.2, 20.0)])
def test_reference_grid_nests_and_covers(gsd, wanted):
    reference = grid_at(10, 500)
    source = grid_at(gsd, 100, origin=(ORIGIN[0] + 333.3, ORIGIN[1] - 217.9))
    found = reference_grid(source, reference)
    assert found.gsd == wanted
    assert (found.transform[0] - ORIGIN[0]) % wanted == (ORIGIN[1] - found.transform[3]) % wanted == 0
    assert found.transform[0] <= source.transform[0] + 0.02 * wanted
    assert found.transform[0] + found.width * wanted >= source.transform[0] + 100 * gsd - 0.02 * wanted
    assert found.width * wanted < 100 * gsd + 2 * wanted


@pytest.mark.parametrize(("gsd", "epsg"), [(15, UTM31), (30, UTM32)])
def test_regridded_onto_the_reference_in_one_resampling(landscape, reference, tmp_path, gsd, epsg):
    corners = np.array([0.0, 3200, 0, 3200]) + ORIGIN[0], np.array([0.0, 0, -3200, -3200]) + ORIGIN[1]
    x, y = MapTransform(wkt(UTM31), wkt(epsg))(*corners)
    origin = float(x.min()) - 97.5, float(y.max()) + 87.5
    grid = grid_at(gsd, int((x.max() - x.min() + 300) / gsd), epsg, origin)
    moving = save(tmp_path / "moving.tif", draw(landscape, grid, *SHIFT), grid, nodata=0)
    result = run(moving, reference, tmp_path, grid="reference")
    dataset, found = pixels_of(tmp_path / "out.tif")
    step = {15: 10, 30: 30}[gsd]
    assert result.grid.crs == reference.grid.crs and result.grid.gsd == step
    assert (result.grid.transform[0] - ORIGIN[0]) % step == (result.grid.transform[3] - ORIGIN[1]) % step == 0
    truth = draw(landscape, result.grid)
    seen = found > 0
    inner = np.zeros_like(seen)
    edge = 300 // step
    inner[edge:-edge, edge:-edge] = True
    assert seen[inner].all() if epsg == UTM31 else seen[inner].mean() > 0.9
    # 30 m pixels of waves of 70 m: cubic convolution loses some contrast, and no place.
    assert np.median(np.abs(found - truth)[inner & seen]) < {15: 10, 30: 60}[gsd]
    assert np.corrcoef(found[inner & seen], truth[inner & seen])[0, 1] > {15: 0.999, 30: 0.98}[gsd]


def test_local_shifts_straighten_a_bend(landscape, tmp_path):
    grid = grid_at(10, 480)
    still = save(tmp_path / "still.tif", draw(landscape, grid), grid)
    x, y = np.meshgrid(10.0 * np.arange(480), 10.0 * np.arange(480))
    bend = 18 * (x / 4800) ** 2, 14 * (y / 4800)
    moving = save(tmp_path / "moving.tif", draw(landscape, grid, *bend), grid, nodata=0)
    sentences: list[str] = []
    result = run(moving, still, tmp_path, local=True, log=sentences)
    assert result.shifts is not None and result.shifts.model in ("affine", "smooth")
    assert any("Local shifts" in sentence for sentence in sentences)
    straight = middle(pixels_of(tmp_path / "out.tif")[1])
    rigid_result = run(replace(moving), still, tmp_path)
    rigid = middle(pixels_of(tmp_path / "out.tif")[1])
    truth = middle(draw(landscape, grid))
    assert np.abs(straight - truth).mean() < 0.35 * np.abs(rigid - truth).mean()
    assert rigid_result.shifts is None


def test_local_without_a_bend_moves_the_raster_as_a_whole(reference, moving, tmp_path):
    sentences: list[str] = []
    assert run(moving, reference, tmp_path, local=True, log=sentences).shifts is None
    assert "moved as a whole" in sentences[-1]
    one = pixels_of(tmp_path / "out.tif")[1]
    run(moving, reference, tmp_path)
    assert (one == pixels_of(tmp_path / "out.tif")[1]).mean() > 0.99


def test_undeclared_nodata_is_made_up_and_told(landscape, reference, tmp_path):
    grid = grid_at(10, SIZE)
    image = draw(landscape, grid, *SHIFT)
    for dtype, wanted in (("uint16", 65535), ("uint8", 255), ("int16", -32768), ("float32", math.nan)):
        pixels = (image / (20 if dtype == "uint8" else 1)).astype(dtype)
        moving = save(tmp_path / "moving.tif", pixels, grid)
        sentences: list[str] = []
        run(moving, reference, tmp_path, log=sentences)
        dataset, found = pixels_of(tmp_path / "out.tif")
        nodata = dataset.GetRasterBand(1).GetNoDataValue()
        assert nodata == wanted or (math.isnan(wanted) and math.isnan(nodata)), dtype
        assert "declares no nodata" in sentences[-1]
        outside = found[:, -2:].astype(float)
        assert np.isnan(outside).all() if dtype == "float32" else (outside == wanted).all()
        assert np.isfinite(found[:-3, :-3]).all() and (found[:-3, :-3] != wanted).all()


def test_classes_are_not_averaged(reference, landscape, tmp_path):
    grid = grid_at(10, SIZE)
    classes = (draw(landscape, grid, *SHIFT) / 400).astype(np.uint8)
    moving = save(tmp_path / "moving.tif", classes, grid)
    dataset = gdal.Open(moving.path, gdal.GA_Update)
    table = gdal.ColorTable()
    table.SetColorEntry(3, (10, 20, 30, 255))
    dataset.GetRasterBand(1).SetColorTable(table)
    dataset = table = None
    with pytest.raises(ProductError, match="colour table"):
        run(moving, reference, tmp_path)
    run(moving, reference, tmp_path, method="nearest")
    found, pixels = pixels_of(tmp_path / "out.tif")
    assert set(np.unique(pixels)) <= {*np.unique(classes), 255}
    assert found.GetRasterBand(1).GetColorTable().GetColorEntry(3) == (10, 20, 30, 255)


def test_refusals_leave_nothing(reference, moving, tmp_path):
    before = sorted(tmp_path.iterdir())
    blank = save(tmp_path / "blank.tif", np.full((SIZE, SIZE), 7.0), grid_at(10, SIZE))
    with pytest.raises(RegistrationError):
        run(blank, reference, tmp_path)
    with pytest.raises(GridError, match="Without resampling"):
        run(moving, reference, tmp_path, method="none", grid="reference")
    with pytest.raises(GridError, match="Without resampling"):
        run(moving, reference, tmp_path, method="none", local=True)
    with pytest.raises(ProductError, match="no band 3"):
        coregister(
            CoregistrationJob(
                describe_raster(moving.path, "moving"), 3, reference, RegistrationOptions(), tmp_path / "out.tif"
            ),
            lambda share: None,
            lambda: False,
            lambda sentence: None,
        )
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "blank.tif"])


def test_cancelling_leaves_nothing(reference, moving, tmp_path):
    shares: list[float] = []
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CancelledError):
        run(moving, reference, tmp_path, shares.append, lambda: bool(shares))
    assert len(shares) == 1 and sorted(tmp_path.iterdir()) == before
    run(moving, reference, tmp_path, shares.append)
    assert shares[-1] == 1.0


def test_output_of_another_run_is_left_alone(reference, moving, tmp_path):
    (tmp_path / "out.tif.partial").write_bytes(b"of the other run")
    with reserved((tmp_path / "out.tif",)), pytest.raises(OutputError, match="is being written by another run"):
        run(moving, reference, tmp_path)
    assert (tmp_path / "out.tif.partial").read_bytes() == b"of the other run"
