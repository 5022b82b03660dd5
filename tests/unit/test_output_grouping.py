# SPDX-License-Identifier: GPL-2.0-or-later
"""One file or one file a band, a VRT that joins them, and reflectance instead of digital numbers."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.core import raster_writer, writers  # noqa: E402
from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.errors import CancelledError, OutputError, StoppedError  # noqa: E402
from satsharp.core.job import Job, Options  # noqa: E402
from satsharp.core.output_files import joined_path, output_files  # noqa: E402
from satsharp.core.output_place import partial_paths  # noqa: E402
from satsharp.core.planning import plan_job  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster_behind import files_behind  # noqa: E402
from satsharp.core.raster_join import join_rasters  # noqa: E402
from satsharp.core.scene import Band, Scene  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.core.super_resolution import run  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.tests.unit.model_factory import TARGETS, write_bicubic  # noqa: E402

SENSOR = sensor_by_id("sentinel2")
NAMES = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
QUICK = {"guard": "off", "consistency": False}
INTERVAL = {"coverage": 0.9, "source": "spread", "factors": dict.fromkeys(TARGETS, 2.0)}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A product with saturated pixels, an empty corner and an offset of -1000."""
    folder = tmp_path_factory.mktemp("product")
    found = open_scene(str(simulate_product(folder, SimulationOptions(size=300, width=240, seed=5)).safe), SENSOR)
    return replace(found, bands=tuple(saturated(folder, band) for band in found.bands))


def saturated(folder: Path, band: Band) -> Band:
    """Return B02 and B05 with a few saturated pixels, the others as they are."""
    if band.name not in ("B02", "B05"):
        return band
    path = folder / f"{band.name}.tif"
    gdal.Translate(str(path), band.path)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.GetRasterBand(1).WriteArray(np.full((3, 2), 65535, np.uint16), 40, 30)
    dataset.FlushCache()
    return replace(band, path=str(path), index=1)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> object:
    return load_card(write_bicubic(tmp_path_factory.mktemp("model"), "bicubic", spread=0.01, interval=INTERVAL))


@pytest.fixture(scope="module")
def single(scene: Scene, card: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All bands in one file, in digital numbers."""
    return finished(scene, card, tmp_path_factory.mktemp("single") / "all.tif").output


def finished(scene: Scene, card: object, path: Path, **choices: object) -> Job:
    job = plan_job(scene, (card,), str(path), Options(**{**QUICK, **choices}))
    result = run(job, lambda _: None, lambda: False, lambda _: None)
    assert result.output == job.output and result.band_names == NAMES
    return job


def read(path: Path) -> np.ndarray:
    return gdal.Open(str(path)).ReadAsArray().reshape(-1, 300, 240)


def about(path: Path) -> list[tuple]:
    """Return what each band says of itself."""
    dataset = gdal.Open(str(path))
    bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
    keys = ("WAVELENGTH", "FWHM", "WAVELENGTH_UNITS")
    return [
        (band.GetDescription(), repr(band.GetNoDataValue()), band.GetScale(), band.GetOffset(), band.DataType)
        + tuple(band.GetMetadataItem(key) for key in keys)
        for band in bands
    ]


def listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_one_file_a_band_has_the_digits_and_names_of_the_one_file(scene, card, single, tmp_path):
    job = finished(scene, card, tmp_path / "out.tif", file_per_band=True)
    assert listed(tmp_path) == {"out.vrt", *(f"out_{name}.tif" for name in NAMES)}
    assert job.output == tmp_path / "out.vrt" and len(job.value_files) == 10
    expected, whole = read(single), about(single)
    assert expected.shape == (10, 300, 240) and expected.std() > 100
    assert np.array_equal(read(tmp_path / "out.vrt"), expected)
    assert about(tmp_path / "out.vrt") == whole and whole[3][0] == "B05" and whole[3][5] == "704.1"
    for number, name in enumerate(NAMES):
        assert np.array_equal(read(tmp_path / f"out_{name}.tif")[0], expected[number])
        assert about(tmp_path / f"out_{name}.tif") == [whole[number]]


def test_joined_files_can_be_moved_together_and_keep_place_and_tags(scene, card, single, tmp_path):
    finished(scene, card, tmp_path / "out.vrt", file_per_band=True)
    moved = tmp_path.with_name("moved") / "deep"
    moved.parent.mkdir()
    tmp_path.rename(moved)
    one, other = gdal.Open(str(single)), gdal.Open(str(moved / "out.vrt"))
    assert other.ReadAsArray(100, 100, 5, 5).tolist() == one.ReadAsArray(100, 100, 5, 5).tolist()
    assert other.GetGeoTransform() == one.GetGeoTransform()
    assert other.GetSpatialRef().IsSame(one.GetSpatialRef()) and other.GetSpatialRef().GetAuthorityCode(None) == "32631"
    tags, expected = other.GetMetadata(), one.GetMetadata()
    assert tags["SATSHARP_MODELS"] == expected["SATSHARP_MODELS"] and tags["SATSHARP_PRODUCT"] == scene.name


def test_vrt_of_one_file(scene, card, single, tmp_path):
    job = finished(scene, card, tmp_path / "out.vrt")
    assert listed(tmp_path) == {"out.vrt", "out.tif"} and job.output == tmp_path / "out.vrt"
    assert np.array_equal(read(tmp_path / "out.vrt"), read(single)) and about(tmp_path / "out.vrt") == about(single)
    assert 'relativeToVRT="1"' in (tmp_path / "out.vrt").read_text() and str(tmp_path) not in (
        tmp_path / "out.vrt"
    ).read_text().replace(scene.source, "")


@pytest.mark.parametrize("grouped", [False, True])
def test_reflectance_is_that_of_the_digital_numbers_with_the_same_mask(scene, card, single, tmp_path, grouped):
    job = finished(scene, card, tmp_path / "out.tif", reflectance=True, file_per_band=grouped)
    numbers, reflectance = read(single).astype(np.float64), read(job.output)
    measured = (numbers != 0) & (numbers != 65535)
    assert reflectance.dtype == np.float32 and np.array_equal(np.isfinite(reflectance), measured)
    assert 0.8 < measured.mean() < 1 and (numbers == 65535).any() and (numbers == 0).any()
    expected = (numbers - 1000) / 10000
    off = np.abs(reflectance - expected)[measured]
    # Digital numbers are rounded, reflectance is not.
    assert off.max() <= 0.5e-4 + 1e-6
    copied = [NAMES.index(name) for name in ("B02", "B03", "B04", "B08")]
    assert np.abs(reflectance - expected)[copied][measured[copied]].max() < 1e-6
    about_b05 = ("B05", "nan", None, None, gdal.GDT_Float32, "704.1", "15", "nanometers")
    assert about(job.value_files[3 if grouped else 0].path)[0 if grouped else 3] == about_b05
    # GDAL says 1 and 0 for any VRT that declares none.
    assert "<Scale>" not in (job.output.read_text() if grouped else "")
    tags = gdal.Open(str(job.output)).GetMetadata()
    assert tags["SATSHARP_VALUES"] == "reflectance" and "SATSHARP_DIGITAL_NUMBERS" not in tags


def test_bounds_stay_one_file_in_the_same_unit(scene, card, tmp_path):
    bounds = tmp_path / "bounds.tif"
    job = finished(scene, card, tmp_path / "out.tif", file_per_band=True, reflectance=True, interval_output=str(bounds))
    assert len(job.files) == 11 and job.files[-1].path == bounds and len(job.value_files) == 10
    lower, upper = read(bounds)[:2]
    value = read(tmp_path / "out_B05.tif")[0]
    valid = np.isfinite(value)
    # Network range is reflectance x 5: twice a spread of 0.01 to either side is 0.008 of reflectance.
    assert np.abs(upper - lower - 0.008)[valid].max() < 1e-5 and (lower[valid] < value[valid]).all()


def test_cog_a_band(scene, card, single, tmp_path):
    finished(scene, card, tmp_path / "out.vrt", file_per_band=True, cog=True)
    assert np.array_equal(read(tmp_path / "out.vrt"), read(single))
    assert gdal.Open(str(tmp_path / "out_B11.tif")).GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == "COG"


@pytest.mark.parametrize("writes", [4, 15])
def test_killed_run_of_many_files_resumes(scene, card, single, tmp_path, monkeypatch, writes):
    """What an end of the process leaves is taken up; here writing stops and nothing is cleaned up."""

    class Killed(BaseException):
        pass

    monkeypatch.setattr(raster_writer, "CHECKPOINT_SECONDS", 0.0)
    job = plan_job(scene, (card,), str(tmp_path / "out.tif"), Options(tile_size=60, file_per_band=True, **QUICK))
    calls = []

    def die(share: float) -> None:
        calls.append(share)
        if len(calls) == writes:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(raster_writer.RasterWriter, "abandon", lambda self: setattr(self, "_dataset", None))
        with pytest.raises(Killed):
            run(job, die, lambda: False, lambda _: None)
    assert "out_B12.tif.partial" in listed(tmp_path) and "out.vrt" not in listed(tmp_path)
    other = replace(job, identity=plan_job(scene, (card,), str(tmp_path / "o.tif"), Options(**QUICK)).identity)
    with pytest.raises(OutputError, match="differs in its"):
        run(other, lambda _: None, lambda: False, lambda _: None)
    finished(scene, card, tmp_path / "out.tif", file_per_band=True, tile_size=60)
    assert np.array_equal(read(tmp_path / "out.vrt"), read(single))
    assert listed(tmp_path) == {"out.vrt", *(f"out_{name}.tif" for name in NAMES)}


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, CancelledError, OutputError])
def test_what_goes_wrong_while_files_are_opened_leaves_only_what_can_be_resumed(
    scene, card, tmp_path, monkeypatch, error
):
    class Refusing(raster_writer.RasterWriter):
        def __init__(self, path, *given):
            if path.name == "out_B05.tif":
                assert {"out_B02.tif.partial", "out_B03.tif.partial"} <= listed(tmp_path)
                raise error("the fourth file")
            super().__init__(path, *given)

    job = plan_job(scene, (card,), str(tmp_path / "out.tif"), Options(file_per_band=True, **QUICK))

    def refused() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(writers, "RasterWriter", Refusing)
            with pytest.raises(error, match="the fourth file"), writers.open_writers(job, "none"):
                pytest.fail("opened")

    refused()
    assert listed(tmp_path) == set()
    with pytest.raises(StoppedError), writers.open_writers(job, "none") as opened:
        for writer in opened._writers[:2]:
            writer.checkpoint(256)
        raise StoppedError("stop")
    resumable = {path.name for file in job.files[:2] for path in partial_paths(file.path)}
    assert listed(tmp_path) == resumable and len(resumable) == 4
    refused()
    assert listed(tmp_path) == resumable
    assert (
        raster_writer.RasterWriter(
            job.files[1].path, writers.profile_of(job, job.files[1], "none"), job.identity, True
        ).rows_done
        == 256
    )


def test_cancelling_while_finishing_leaves_none_of_the_files(scene, card, tmp_path, monkeypatch):
    made = []
    complete = raster_writer.RasterWriter.complete

    def counted(self, check):
        made.append(self.path)
        if len(made) == 7:
            raise CancelledError("stop")
        complete(self, check)

    monkeypatch.setattr(raster_writer.RasterWriter, "complete", counted)
    job = plan_job(scene, (card,), str(tmp_path / "out.tif"), Options(file_per_band=True, **QUICK))
    with pytest.raises(CancelledError):
        run(job, lambda _: None, lambda: False, lambda _: None)
    assert len(made) == 7 and listed(tmp_path) == set()


def test_file_that_cannot_be_replaced_takes_the_others_back(scene, card, tmp_path, monkeypatch):
    rename = raster_writer.RasterWriter._rename

    def refuse(self, finished_path):
        if self.path.name == "out_B07.tif":
            raise OutputError("in use")
        rename(self, finished_path)

    monkeypatch.setattr(raster_writer.RasterWriter, "_rename", refuse)
    job = plan_job(scene, (card,), str(tmp_path / "out.tif"), Options(file_per_band=True, **QUICK))
    with pytest.raises(OutputError, match="in use"):
        run(job, lambda _: None, lambda: False, lambda _: None)
    assert listed(tmp_path) == set()
    # What was there before, of an earlier run, stays.
    for name in ("out_B02.tif", "out_B07.tif"):
        (tmp_path / name).write_bytes(b"earlier")
    with pytest.raises(OutputError, match="in use"):
        run(job, lambda _: None, lambda: False, lambda _: None)
    assert listed(tmp_path) == {"out_B02.tif", "out_B07.tif"}
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"earlier"}


def test_band_file_of_the_input_is_not_overwritten(scene, card, tmp_path):
    band = scene.band("B05")
    own = tmp_path / "x_B05.tif"
    gdal.Translate(str(own), band.path)
    bands = tuple(replace(other, path=str(own), index=1) if other.name == "B05" else other for other in scene.bands)
    with pytest.raises(OutputError, match=r"x_B05\.tif is a band of the input"):
        plan_job(replace(scene, bands=bands), (card,), str(tmp_path / "x.tif"), Options(file_per_band=True, **QUICK))


def test_files_that_a_vrt_of_the_input_joins_are_not_overwritten(scene, card, tmp_path):
    """Nobody has typed their names."""
    own, inner, outer = (tmp_path / name for name in ("x_B05.tif", "inner.vrt", "outer.vrt"))
    gdal.Translate(str(own), scene.band("B05").path)
    for source, made in ((own, inner), (inner, outer)):
        gdal.BuildVRT(str(made), [str(source)])
    bands = tuple(replace(other, path=str(outer), index=1) if other.name == "B05" else other for other in scene.bands)
    several = Options(file_per_band=True, **QUICK)
    with pytest.raises(OutputError, match=r"x_B05\.tif is a band of the input"):
        plan_job(replace(scene, bands=bands), (card,), str(tmp_path / "x.tif"), several)
    for name in ("inner.vrt", "outer.vrt"):
        with pytest.raises(OutputError, match=rf"{name} is a band of the input"):
            plan_job(replace(scene, bands=bands), (card,), str(tmp_path / name), several)


def test_a_vrt_that_cannot_be_opened_names_no_files(tmp_path):
    broken = tmp_path / "broken.vrt"
    broken.write_text("<VRTDataset")
    assert files_behind([str(broken), str(tmp_path / "gone.tif"), "/vsicurl/https://example.org/x.vrt"]) == (broken,)


def test_names_that_are_no_file_names(scene, card, tmp_path):
    renamed = tuple(replace(band, name={"B02": "a/b", "B03": "a b"}.get(band.name, band.name)) for band in scene.bands)
    job = plan_job(scene, (card,), str(tmp_path / "x.tif"), Options(**QUICK))
    files = output_files(
        replace(scene, bands=renamed), job.target, job.steps, tmp_path / "x.vrt", Options(file_per_band=True)
    )
    assert [file.path.name for file in files[:3]] == ["x_a_b.tif", "x_a_b_1.tif", "x_B04.tif"]


def test_where_the_vrt_goes():
    assert joined_path(Path("/a/b.tif"), Options()) is None
    assert joined_path(Path("/a/b.VRT"), Options()) == Path("/a/b.VRT")
    assert joined_path(Path("/a/b.c.tif"), Options(file_per_band=True)) == Path("/a/b.c.vrt")


def test_job_with_groups_is_picklable(scene, card, tmp_path):
    job = plan_job(scene, (card,), str(tmp_path / "x.tif"), Options(file_per_band=True, reflectance=True))
    assert repr(pickle.loads(pickle.dumps(job))) == repr(job)


def test_overviews_of_the_files_serve_the_vrt(tmp_path):
    files = (tmp_path / "a.tif", tmp_path / "b.tif")
    for number, file in enumerate(files):
        made = gdal.GetDriverByName("GTiff").Create(str(file), 512, 512, 1, gdal.GDT_Byte)
        made.GetRasterBand(1).Fill(number + 3)
        made.BuildOverviews("AVERAGE", [2])
        del made
    join_rasters(tmp_path / "x.vrt", files)
    joined = gdal.Open(str(tmp_path / "x.vrt"))
    band = joined.GetRasterBand(2)
    assert band.GetOverviewCount() == 1 and band.GetOverview(0).ReadAsArray().tolist() == [[4] * 256] * 256
    assert band.GetNoDataValue() is None and joined.GetProjection() == ""


def test_vrt_that_cannot_be_made_is_a_sentence(single, tmp_path):
    with pytest.raises(OutputError, match=r"none\.tif cannot be joined with the others"):
        join_rasters(tmp_path / "x.vrt", (tmp_path / "none.tif",))
    with pytest.raises(OutputError, match=r"x\.vrt cannot be written \(No such file"):
        join_rasters(tmp_path / "no" / "x.vrt", (single,))
