# SPDX-License-Identifier: GPL-2.0-or-later
"""Products as training places: what is read of them, with their own clouds, and how large ones are cut."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")

from satsharp.core.errors import GridError, ProductError  # noqa: E402
from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools import product_places  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.dataset import Place, load_places  # noqa: E402
from satsharp.export_tools.degradation import wald_pair  # noqa: E402
from satsharp.export_tools.product_blocks import open_product  # noqa: E402
from satsharp.export_tools.product_places import product_path  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402
from satsharp.export_tools.simulation.eos.containers import Holder, Layer, write_hdf4  # noqa: E402
from satsharp.export_tools.simulation.eos.options import EosOptions  # noqa: E402
from satsharp.export_tools.simulation.eos.struct import grid_text  # noqa: E402
from satsharp.export_tools.simulation.eos.tiles import simulate_tiles, tile_grid  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).parents[3] / "shared" / "data"))
MOMOTOMBO = DATA / "l8/xlandsat/LC08_L1TP_017051_20151205_20200908_02_T1"
PATCH = DATA / "s2/bigearthnet_patches/S2A_MSIL2A_20170613T101031_87_48"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An L2A product of 480 x 480 pixels at 10 m with clouds, a corner without data and saturated glints."""
    return simulate_product(tmp_path_factory.mktemp("l2a"), SimulationOptions(size=480, saturated=True)).safe


def load(config: Config, product: Path | str, **more: object) -> list[Place]:
    made = {"id": "mine", "place": "here", "split": "train", "product": str(product), **more}
    return load_places(config, "train", Path("/nowhere"), [made])


def band(product: Path, name: str) -> np.ndarray:
    return np.asarray(gdal.Open(str(next(product.rglob(f"*_{name}*.jp2")))).ReadAsArray())


def blocks(mask: np.ndarray, factor: int) -> np.ndarray:
    return mask.reshape(mask.shape[0] // factor, factor, -1, factor).all(axis=(1, 3))


def test_a_product_is_read_with_its_own_offset_and_what_is_rejected_is_counted(config: Config, product: Path) -> None:
    (place,) = load(config, product, weight=3)
    names = {"b10": ("B02", "B03", "B04", "B08"), "b20": ("B05", "B06", "B07", "B8A", "B11", "B12")}
    pixels = {group: np.stack([band(product, name) for name in bands]) for group, bands in names.items()}
    measured = blocks((pixels["b10"] != 0).all(axis=0), 2) & (pixels["b20"] != 0).all(axis=0)
    bright = ~blocks((pixels["b10"] != 65535).all(axis=0), 2) | (pixels["b20"] == 65535).any(axis=0)
    unclear = np.isin(band(product, "SCL"), (0, 1, 3, 8, 9, 10))
    np.testing.assert_array_equal(place.mask, measured & ~bright & ~unclear)
    counts = [int(mask.sum()) for mask in (~measured, bright & measured, unclear & measured & ~bright)]
    assert place.rejected == dict(zip(("nodata", "saturated", "cloud"), counts))
    assert min(counts) > 0
    values = (pixels["b20"].astype(np.float64) - 1000) / 10000 * 5
    np.testing.assert_allclose(place.images["b20"][:, place.mask], values[:, place.mask], atol=1e-6)
    assert place.images["b10"].shape == (4, 480, 480)
    assert (place.id, place.place, place.scene, place.weight, place.native) == ("mine", "here", "mine", 3.0, True)


def test_a_product_is_degraded_like_any_native_place_in_both_ways(config: Config, product: Path) -> None:
    (place,) = load(config, product)
    pairs = [wald_pair(place, config, kind) for kind in ("published", "mtf")]
    assert [pair.inputs["b10"].shape for pair in pairs] == [(4, 240, 240)] * 2
    assert [pair.inputs["b20"].shape for pair in pairs] == [(6, 120, 120)] * 2
    assert np.abs(pairs[0].inputs["b20"] - pairs[1].inputs["b20"]).max() > 0.001


def test_archives_are_read_and_tables_name_products_from_their_own_folder(config: Config, tmp_path: Path) -> None:
    made = simulate_product(tmp_path / "scenes", SimulationOptions(size=120, nodata_corner=False, zip=True))
    table = tmp_path / "mine.json"
    entry = '{"id": "a", "place": "a", "split": "test", "product": "scenes/%s"}'
    assert made.zip is not None
    table.write_text(f'{{"places": [{entry % made.zip.name}]}}', encoding="utf-8")
    (place,) = load_places(config, "test", Path("/nowhere"), table)
    assert place.mask.shape == (60, 60)
    # Only with the scene classification, here in the archive, are clouds counted at all.
    unclear = np.isin(band(made.safe, "SCL"), (0, 1, 3, 8, 9, 10))
    np.testing.assert_array_equal(place.causes["cloud"], unclear)
    assert load_places(config, "train", Path("/nowhere"), table) == []


def test_the_classification_mask_of_an_l1c_product_hides_opaque_clouds_and_cirrus(
    config: Config, tmp_path: Path
) -> None:
    options = SimulationOptions(size=240, level="L1C", clouds=False, nodata_corner=False)
    safe = simulate_product(tmp_path, options).safe
    (before,) = load(config, safe)
    assert before.mask.all()
    assert "cloud" not in before.rejected
    folder = next(safe.glob("GRANULE/*")) / "QI_DATA"
    folder.mkdir(exist_ok=True)
    planes = np.zeros((3, 40, 40), np.uint8)
    planes[0, 3, 5] = planes[1, 10, 10] = planes[2, 20, 20] = 1
    memory = gdal.GetDriverByName("MEM").Create("", 40, 40, 3, gdal.GDT_Byte)
    for number, plane in enumerate(planes, 1):
        memory.GetRasterBand(number).WriteArray(plane)
    memory.SetProjection(gdal.Open(str(next(safe.rglob("*_B01.jp2")))).GetProjection())
    memory.SetGeoTransform((600000, 60, 0, 5700000, 0, -60))
    written = gdal.GetDriverByName("JP2OpenJPEG").CreateCopy(
        str(folder / "MSK_CLASSI_B00.jp2"), memory, options=["REVERSIBLE=YES", "QUALITY=100"]
    )
    del written
    (after,) = load(config, safe)
    hidden = np.zeros((120, 120), bool)
    hidden[9:12, 15:18] = hidden[30:33, 30:33] = True
    np.testing.assert_array_equal(after.mask, ~hidden)
    assert after.rejected == {"nodata": 0, "saturated": 0, "cloud": 18}


@pytest.fixture(scope="module")
def landsat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Level-1 product whose QA_PIXEL has a dilated cloud, a cirrus, a shadow and snow of 8 x 8 pixels each."""
    folder = simulate_landsat(tmp_path_factory.mktemp("landsat"), LandsatOptions(size=120)).folder
    quality = gdal.Open(str(next(folder.glob("*_QA_PIXEL.TIF"))), gdal.GA_Update)
    pixels = quality.ReadAsArray()
    for number, bit in enumerate((1, 2, 4, 5)):
        pixels[50:58, 20 + 16 * number : 28 + 16 * number] = 1 << bit
    quality.GetRasterBand(1).WriteArray(pixels)
    return folder


def test_landsat_bands_are_moved_onto_the_pan_grid_and_qa_pixel_hides_clouds(landsat: Path) -> None:
    config = load_config("landsat-30m")
    (place,) = load(config, landsat)
    scene = open_scene(str(landsat), sensor_by_id("landsat"))
    target = scene.band("B5")
    assert target.shift != (0.0, 0.0)
    rows, columns = (size // 2 * 2 for size in place.mask.shape)
    window = target.grid.window
    with BandReader() as reader:
        pixels = reader.read(target, window)[:rows, :columns]
    values = (pixels * target.scale + target.offset) * 5
    index = config.targets.bands.index("B5")
    np.testing.assert_allclose(place.images["b30"][index][place.mask], values[place.mask], atol=1e-5)
    quality = gdal.Open(str(next(landsat.glob("*_QA_PIXEL.TIF"))))
    left, gsd, _, top, *_ = quality.GetGeoTransform()
    # The nearest pixel of the file's own grid, which lies a part of a pixel off the band's.
    x, y = target.grid.locate(0.5, 0.5)
    first_row, first_column = int((top - y) / gsd), int((x - left) / gsd)
    bits = quality.ReadAsArray()[first_row : first_row + rows, first_column : first_column + columns]
    hidden = (bits & 0b11111) != 0
    assert (hidden & (bits != 1)).sum() > 3 * 64
    np.testing.assert_array_equal(place.causes["cloud"] | place.causes["nodata"], hidden | place.causes["nodata"])
    assert place.mask[bits == 1 << 5].all()
    assert (bits == 1 << 5).sum() == 64


def test_missing_targets_need_a_stand_in_and_are_left_out_of_loss_and_figures(landsat: Path, tmp_path: Path) -> None:
    config = load_config("landsat-30m")
    for path in landsat.glob("*"):
        if not path.name.endswith(("_B1.TIF", "_B9.TIF")):
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(ProductError, match="no band B1, which the config needs.*stand_in"):
        load(config, tmp_path)
    found = open_product(str(tmp_path), config, complete=True).stand_in
    assert found == {"B1": {"B2": 1.0}, "B9": {"B6": 1.0}}
    (place,) = load(config, tmp_path, stand_in={"B1": {"B2": 0.75, "B3": 0.25}, "B9": {"B6": 1.0}})
    assert place.without_loss == place.absent == ("B1", "B9")
    bands = dict(zip(config.targets.bands, place.images["b30"]))
    expected = 0.75 * bands["B2"] + 0.25 * bands["B3"]
    np.testing.assert_allclose(bands["B1"][place.mask], expected[place.mask], rtol=1e-6)


def modis_tile(folder: Path, state: np.ndarray) -> Path:
    """Write MOD09GA and GQ whose state layer, on the grid of 1 km, is as given."""
    pytest.importorskip("pyhdf")
    options = EosOptions(product="MOD09GA", size=2 * len(state))
    coarse = simulate_tiles(folder, options).files[0]
    grid = tile_grid(options, 2400)
    old = gdal.Open(str(coarse))
    layers = []
    for name, _ in old.GetSubDatasets():
        raster = gdal.Open(name)
        kept = ("valid_range", "_FillValue", "scale_factor", "add_offset")
        attributes = {key: value for key, value in raster.GetMetadata().items() if key in kept}
        numbers: dict[str, Any] = {
            "scale_factor": np.float64(attributes["scale_factor"]),
            "add_offset": np.float64(0),
            "_FillValue": np.int16(-28672),
            "valid_range": np.array((-100, 16000), np.int16),
        }
        layers.append(Layer(name.rsplit(":", 1)[1], raster.ReadAsArray(), ("YDim", "XDim"), numbers))
    del old
    coarser = dataclasses.replace(grid, width=len(state), height=len(state))
    coarser = dataclasses.replace(
        coarser, transform=tuple(2 * n if i in (1, 5) else n for i, n in enumerate(grid.transform))
    )
    flags = Layer("state_1km_1", state.astype(np.int16), ("YDim", "XDim"))
    names = {"MODIS_Grid_1km_2D": (flags,), "MODIS_Grid_500m_2D": tuple(layers)}
    fields = {name: tuple(layer.name for layer in several) for name, several in names.items()}
    struct = grid_text({"MODIS_Grid_1km_2D": coarser, "MODIS_Grid_500m_2D": grid}, fields, eos5=False)
    holders = tuple(Holder("GRID", name, {"Data Fields": several}) for name, several in names.items())
    coarse.unlink()
    write_hdf4(coarse, struct, holders, {})
    return coarse


def test_state_of_a_modis_tile_lies_over_the_500_m_grid(tmp_path: Path) -> None:
    state = np.full((30, 30), 0b1000, np.uint16)
    state[4, 7], state[20, 3], state[25, 25] = 0b1001, 0b1100, 0b0001000000001000
    (place,) = load(load_config("modis-500m"), modis_tile(tmp_path, state))
    # MODIS' cells of 463 m count as the 500 m of the config.
    assert place.mask.shape == (60, 60)
    hidden = np.zeros((60, 60), bool)
    hidden[8:10, 14:16] = hidden[40:42, 6:8] = True
    np.testing.assert_array_equal(place.causes["cloud"], hidden)
    assert place.images["b250"].shape == (2, 120, 120)


def test_both_quality_bytes_of_a_viirs_tile_hide_clouds(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    config = load_config("viirs-750m")
    (path,) = simulate_tiles(tmp_path, EosOptions(product="VNP09GA", size=50, version="002")).files
    (before,) = load(config, path)
    first, second = np.full((50, 50), 3, np.uint8), np.ones((50, 50), np.uint8)
    first[10, 11] |= 0b1100
    first[12, 13] |= 0b0100
    second[30, 31] |= 0b1000
    with h5py.File(path, "a") as file:
        for name, pixels in (("SurfReflect_QF1_1", first), ("SurfReflect_QF2_1", second)):
            file.create_dataset(f"HDFEOS/GRIDS/VIIRS_Grid_1km_2D/Data Fields/{name}", data=pixels)
    (after,) = load(config, path)
    assert "cloud" not in before.rejected
    assert np.argwhere(after.causes["cloud"]).tolist() == [[10, 11], [30, 31]]
    np.testing.assert_array_equal(after.images["b750"], before.images["b750"])


def write_stack(folder: Path, prefix: str, scl: str, gsd: int) -> None:
    rng = np.random.default_rng(3)
    for number, name in enumerate(("B02", "B03", "B04", "B08", "B05", "B06", "B07", "B8A", "B11", "B12", scl)):
        step = 10 if number < 4 else gsd if name == scl else 20
        size = 1200 // step
        raster = gdal.GetDriverByName("GTiff").Create(
            str(folder / f"{prefix}{name}.tif"), size, size, 1, gdal.GDT_UInt16
        )
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(32631)
        raster.SetProjection(reference.ExportToWkt())
        raster.SetGeoTransform((600000, step, 0, 5700000, 0, -step))
        pixels = rng.integers(500, 3000, (size, size)) if name != scl else np.full((size, size), 4)
        if name == scl:
            pixels[2, 3] = 9
        raster.GetRasterBand(1).WriteArray(pixels.astype(np.uint16))


def test_a_stack_is_masked_by_the_classification_of_its_own_date_only(config: Config, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    write_stack(one, "S2A_MSIL2A_20200101_", "SCL", 20)
    (place,) = load(config, one)
    assert np.argwhere(~place.mask).tolist() == [[2, 3]]
    write_stack(two, "S2A_MSIL2A_20200101_", "SCL", 10)
    (finer,) = load(config, two)
    assert np.argwhere(~finer.mask).tolist() == [[1, 1]]
    (two / "S2A_MSIL2A_20200101_SCL.tif").rename(two / "S2A_MSIL2A_20200202_SCL.tif")
    bands = ";".join(str(path) for path in sorted(two.glob("*_B*.tif")))
    (bare,) = load(config, bands)
    assert bare.mask.all()


def test_a_band_of_the_stack_itself_may_be_the_classification(config: Config, tmp_path: Path) -> None:
    write_stack(tmp_path, "", "SCL", 20)
    for file, names in (("fine", ("B02", "B03", "B04", "B08")), ("rest", (*config.targets.bands, "SCL"))):
        parts = [gdal.Open(str(tmp_path / f"{name}.tif")) for name in names]
        first = parts[0]
        driver = gdal.GetDriverByName("GTiff")
        whole = driver.Create(
            str(tmp_path / f"{file}.tif"), first.RasterXSize, first.RasterYSize, len(names), gdal.GDT_UInt16
        )
        whole.SetProjection(first.GetProjection())
        whole.SetGeoTransform(first.GetGeoTransform())
        for number, (name, part) in enumerate(zip(names, parts), 1):
            whole.GetRasterBand(number).SetDescription(name)
            whole.GetRasterBand(number).WriteArray(part.ReadAsArray())
        del whole
    (place,) = load(config, f"{tmp_path}/fine.tif;{tmp_path}/rest.tif")
    assert np.argwhere(place.causes["cloud"]).tolist() == [[2, 3]]


def test_large_scenes_are_cut_into_blocks_by_a_stable_hash(
    config: Config, product: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_places, "WHOLE", 200)
    monkeypatch.setattr(product_places, "SIDE", 60)
    places = load(config, product, weight=3, blocks=5)
    assert len(places) == 5
    assert {place.mask.shape for place in places} == {(30, 30)}
    assert sum(place.weight for place in places) == pytest.approx(3.0)
    assert {(place.place, place.scene) for place in places} == {("here", "mine")}
    assert all(place.mask.mean() > 0.5 for place in places)
    ids = [place.id for place in places]
    assert ids == [place.id for place in load(config, product, blocks=5)]
    assert ids[:3] == [place.id for place in load(config, product, blocks=3)]
    assert len(set(ids)) == 5
    row, column = (int(part) for part in ids[0].split()[1].split("-"))
    window = np.s_[row : row + 30, column : column + 30]
    values = (band(product, "B11")[window].astype(float) - 1000) / 10000 * 5
    np.testing.assert_allclose(places[0].images["b20"][4][places[0].mask], values[places[0].mask], atol=1e-6)


def test_a_scene_that_clouds_cover_is_left_out_and_said_so(
    config: Config, product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(product_places, "WHOLE", 200)
    monkeypatch.setattr(product_places, "SIDE", 60)
    monkeypatch.setattr(product_places, "LEAST_VALID", 1.0)
    assert load(config, product) == []
    assert "mine is left out: of the blocks tried" in capsys.readouterr().err


def test_what_cannot_be_a_place_is_refused_in_a_sentence(config: Config, product: Path, tmp_path: Path) -> None:
    with pytest.raises(ProductError, match="none.SAFE does not exist"):
        load(config, tmp_path / "none.SAFE")
    groups = (config.groups[0], dataclasses.replace(config.groups[1], bands=("B01",)))
    with pytest.raises(GridError, match="60 m, and the config expects 20 m"):
        load(dataclasses.replace(config, groups=groups), product)
    with pytest.raises(ProductError, match="not of Landsat"):
        load(load_config("landsat-30m"), product)
    with pytest.raises(ValueError, match="s2l8h-tiny learns from bands that are simulated"):
        load(load_config("s2l8h-tiny"), product)


def test_paths_of_products_are_found_part_by_part(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("one.hdf", "b/two.hdf"):
        (tmp_path / name).write_bytes(b"")
    folders = (tmp_path / "b", tmp_path)
    assert product_path("one.hdf; two.hdf", folders) == f"{tmp_path}/one.hdf;{tmp_path}/b/two.hdf"
    assert product_path("/vsizip/x.zip", folders) == "/vsizip/x.zip"
    assert product_path("three.hdf", folders) == "three.hdf"


@pytest.mark.skipif(not MOMOTOMBO.is_dir(), reason="needs the Landsat scene of SATSHARP_DATA")
def test_a_real_landsat_product_with_its_pan_is_a_place() -> None:
    config = load_config("landsat-30m")
    (place,) = load(config, MOMOTOMBO, stand_in={"B1": {"B2": 1.0}, "B9": {"B6": 1.0}})
    assert place.mask.shape == (334, 466)
    assert place.images["b15"].shape == (1, 668, 932)
    assert place.without_loss == ("B1", "B9")
    # Top of the atmosphere over land and lake: between dark water and bright clouds.
    red = place.images["b30"][config.targets.bands.index("B4")][place.mask] / 5
    assert 0.02 < np.percentile(red, 1) < 0.06 < np.median(red) < 0.15


@pytest.mark.skipif(not PATCH.is_dir(), reason="needs the patches of SATSHARP_DATA")
def test_a_real_patch_gives_what_the_table_of_files_gives() -> None:
    config = load_config("s2-20m")
    (place,) = load(config, PATCH)
    (known,) = (one for one in load_places(config, "validation", DATA) if one.id == "austria_87_48")
    np.testing.assert_allclose(place.images["b20"], known.images["b20"], atol=1e-6)
    np.testing.assert_array_equal(place.mask, known.mask)
