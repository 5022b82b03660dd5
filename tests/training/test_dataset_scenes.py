# SPDX-License-Identifier: GPL-2.0-or-later
"""``--scenes``: the table that it makes, its splits by place, and what ``dataset`` and ``train`` do with it."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")

from satsharp.core.grid import Grid  # noqa: E402
from satsharp.core.scene import Band, Geolocation, Scene  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.chip_counts import ChipCounts, count_chips  # noqa: E402
from satsharp.export_tools.chips import MARGIN, MIRRORED  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.dataset import read_table  # noqa: E402
from satsharp.export_tools.listing import aligned, row_of  # noqa: E402
from satsharp.export_tools.scene_table import entries_of, places_of, sentence_of, split_places, write_table  # noqa: E402
from satsharp.export_tools.simulation import SimulationOptions, simulate_product  # noqa: E402

from .conftest import make_place  # noqa: E402

DATA = Path(os.environ.get("SATSHARP_DATA", Path(__file__).parents[3] / "shared" / "data"))
PATCHES = DATA / "s2/bigearthnet_patches"


def utm(zone: int = 31) -> str:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32600 + zone)
    return str(reference.ExportToWkt())


def scene(name: str, x: float = 0, zone: int = 31, size: int = 100, **more: object) -> Scene:
    grid = Grid(utm(zone) if zone else "", (x, 10.0, 0.0, 0.0, 0.0, -10.0), size, size)
    band = Band("B02", "x", 1, grid, "UInt16", 0, None, 1e-4, 0.0)
    return Scene(
        **{"name": name, "sensor": "x", "level": "", "source": "/data/x", "acquired": "", "bands": (band,), **more}
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("S2A_MSIL2A_20230615T105621_N0509_R094_T31UFS_20230615T145621", "T31UFS"),
        ("S2B_OPER_MSI_L1C_TL_EPAE_20180617T013729_A006677_T55JGF_N02.06", "T55JGF"),
        ("HLS.S30.T17SLU.2020209T155956.v2.0", "T17SLU"),
        ("LC08_L1TP_195025_20230615_20230627_02_T1", "195025"),
        ("LC09_L2SP_231062_20230723_20230802_02_T1", "231062"),
        ("MOD09GA.A2019021.h18v04.061", "h18v04"),
        ("my_own_mosaic", "my_own_mosaic"),
    ],
)
def test_the_place_of_a_product_is_its_tile(name: str, place: str) -> None:
    assert places_of([scene(name)]) == [place]


def test_tags_and_the_given_path_tell_the_tile_too() -> None:
    assert places_of([scene("x", tags=(("granule", "L1C_T32TQM_A041678_20230615T105621"),))]) == ["T32TQM"]
    assert places_of([scene("x", source="/data/LC08_T31UFS_crop.tif")]) == ["T31UFS"]


def test_swaths_are_one_place_since_they_may_overlap_anywhere() -> None:
    where = Geolocation("lat", "lon", 0, 1, 0, 1, 40)
    swaths = [scene(f"MOD09.A2019021.{time}.061", geolocation=where) for time in ("1710", "1715")]
    assert places_of(swaths) == ["swaths", "swaths"]


def test_scenes_without_a_tile_are_one_place_where_their_grounds_touch() -> None:
    # b lies across a and c, which do not touch each other; d is the same ground in another zone's coordinates.
    scenes = [
        scene("a", 0),
        scene("c", 1500),
        scene("b", 800),
        scene("d", 0, zone=32),
        scene("e", 3000),
        scene("f", 4000),
    ]
    assert places_of(scenes) == ["a", "a", "a", "d", "e", "f"]
    assert places_of([scene("one", zone=0), scene("two", zone=0)]) == ["one", "two"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([f"T{n:02d}ABC" for n in range(1, 30)]), min_size=1, max_size=40))
def test_splits_are_by_place_and_do_not_depend_on_the_order(places: list[str]) -> None:
    splits = split_places(places)
    assert splits == split_places(reversed(places))
    assert set(splits) == set(places)
    counts = [list(splits.values()).count(name) for name in ("train", "validation", "test")]
    enough = len(set(places)) >= 5
    assert counts == [len(set(places)) - 2 * enough, int(enough), int(enough)]
    if enough:
        # What is held out has the smallest hashes, so taking places of the training away changes nothing.
        held = [place for place in splits if splits[place] != "train"]
        fewer = [place for place in splits if splits[place] == "train"][:3]
        assert {place: split_places(held + fewer)[place] for place in held} == {place: splits[place] for place in held}


def test_the_chosen_places_are_those_of_the_hash() -> None:
    splits = split_places(["T31UFS", "T32TQM", "T33UUB", "T29UNU", "T11UPT"])
    assert [name for name, split in splits.items() if split == "test"] == ["T33UUB"]
    assert [name for name, split in splits.items() if split == "validation"] == ["T11UPT"]


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two dates of one tile, L1C and L2A of one of them."""
    folder = tmp_path_factory.mktemp("products")
    plain = SimulationOptions(size=120, clouds=False, nodata_corner=False, tile="31UFS")
    other = dataclasses.replace(plain, acquired="2024-06-15T10:56:21", seed=2)
    made = [plain, other, dataclasses.replace(plain, level="L1C")]
    return [simulate_product(folder, options).safe for options in made]


def test_dates_and_levels_of_a_tile_are_scenes_of_one_place(config: Config, products: list[Path]) -> None:
    entries = entries_of([str(path) for path in products], config)
    assert [entry["id"] for entry in entries] == ["T31UFS_20230615", "T31UFS_20240615", "T31UFS_20230615_L1C"]
    assert {(entry["place"], entry["split"]) for entry in entries} == {("T31UFS", "train")}
    assert [entry["product"] for entry in entries] == [str(path) for path in products]
    assert "3 scene(s) of 1 place(s) (T31UFS). With fewer than 5 places all are learnt from" in sentence_of(entries)
    with pytest.raises(ValueError, match="is given twice"):
        entries_of([str(products[0])] * 2, config)


def test_the_sentence_names_what_is_held_out() -> None:
    splits = split_places(["T31UFS", "T32TQM", "T33UUB", "T29UNU", "T11UPT"])
    entries = [{"id": place, "place": place, "split": split} for place, split in splits.items()]
    said = sentence_of([*entries, {**entries[2], "id": "again"}])
    assert said.startswith("6 scene(s) of 5 place(s). Training sees neither T11UPT (validation, ")
    assert said.endswith("nor T33UUB (test, to measure the model on).")


def test_dataset_writes_a_table_that_can_be_edited_and_read_again(
    config: Config, products: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_file, table = tmp_path / "config.json", tmp_path / "mine" / "mine.json"
    settings_file.write_text(json.dumps(config.document), encoding="utf-8")
    words = ["dataset", str(settings_file), "--scenes", *map(str, products[:2]), "--write-places", str(table)]
    assert main(words) == 0
    first = capsys.readouterr().out
    assert f"{table}: 2 scene(s). Edit it" in first
    entries = read_table(table)
    assert [entry["id"] for entry in entries] == ["T31UFS_20230615", "T31UFS_20240615"]
    write_table([{**entries[0], "place": "other", "split": "test"}, entries[1]], table)
    assert main(["dataset", str(settings_file), "--places", str(table)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["T31UFS_20240615", "T31UFS", "train", "native", "60x60", "100.0%", "4", "none"]
    assert lines[2].split()[:3] == ["T31UFS_20230615", "other", "test"]
    assert lines[3] == "train: 1 scene(s) of 1 place(s), 4 of 4 chips kept; rejected: none"


def test_train_learns_from_products_and_the_card_has_their_names_only(
    config: Config, products: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lightning")
    from satsharp.export_tools.train import load_checkpoint

    settings_file = tmp_path / "config.json"
    settings_file.write_text(json.dumps(config.document), encoding="utf-8")
    words = ["train", str(settings_file), "--scenes", str(products[0]), "--scenes", str(products[1]), "--steps", "2"]
    words += ["--accelerator", "cpu", "--threads", "1", "--workers", "0", "--out", str(tmp_path / "run")]
    assert main(words) == 0
    assert "nothing" not in capsys.readouterr().err
    state = load_checkpoint(tmp_path / "run")
    assert state["places"] == ["T31UFS_20230615", "T31UFS_20240615"]
    assert f"--scenes {products[0].name} {products[1].name}" in state["command"]
    assert str(products[0].parent) not in state["command"]


def test_contradictions_are_told_in_a_sentence(
    products: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dataset", "s2-20m", "--write-places", str(tmp_path / "x.json")]) == 1
    assert "Pass --scenes with your products" in capsys.readouterr().err
    assert main(["dataset", "s2-20m", "--scenes", str(tmp_path / "none.SAFE")]) == 1
    assert "none.SAFE does not exist" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["dataset", "s2-20m", "--scenes", str(products[0]), "--places", "places.json"])
    both = ["--adapt", str(products[0]), "--scenes", str(products[1])]
    if pytest.importorskip("lightning"):
        assert main(["train", "s2-20m", "--out", str(tmp_path / "run"), "--accelerator", "cpu", *both]) == 1
        assert "Pass one of them" in capsys.readouterr().err
    table = tmp_path / "bad.json"
    table.write_text('{"places": [{"id": "a", "place": "a", "split": "learn", "product": "x"}]}', encoding="utf-8")
    assert main(["dataset", "s2-20m", "--places", str(table)]) == 1
    assert "there is no split learn; use train, validation, test" in capsys.readouterr().err


def test_chips_are_counted_by_the_first_reason_that_rejects_them(config: Config) -> None:
    # Chips of 12 coarse pixels with 2 around each, on 48 coarse pixels mirrored by 4: 4 x 4 of them side by side.
    assert (MARGIN, MIRRORED, config.training["chip"]) == (2, 4, 12)
    causes = {name: np.zeros((96, 96), bool) for name in ("nodata", "saturated", "cloud")}
    # The first coarse pixel is mirrored into the first chip only; coarse pixel 20 lies in chips 1 and, as its
    # surroundings, in no other along rows, since chip 1 reaches from 8 to 23 and chip 2 from 20 to 35.
    causes["nodata"][0, 0] = True
    causes["saturated"][0, 1] = True
    causes["cloud"][40, 0] = True
    place = make_place(config, 0, mask=~np.logical_or.reduce(list(causes.values())), causes=causes)
    counts = count_chips(place, config)
    assert (counts.all, counts.rejected) == (16, {"nodata": 1, "saturated": 0, "cloud": 2})
    assert counts.kept == 13
    assert counts + ChipCounts(2, {"other": 1}) == ChipCounts(18, {"nodata": 1, "saturated": 0, "cloud": 2, "other": 1})
    small = make_place(config, 0, targets_size=12)
    assert count_chips(small, config) == ChipCounts(0, {})


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_counts_agree_with_looking_at_every_chip(seed: int) -> None:
    rng = np.random.default_rng(seed)
    config = _tiny()
    mask = rng.uniform(size=(40, 40)) > 0.01
    counts = count_chips(make_place(config, 0, targets_size=40, mask=mask, causes={"cloud": ~mask}), config)
    coarse = np.pad(mask.reshape(20, 2, 20, 2).all(axis=(1, 3)), 4, "symmetric")
    starts = range(0, 28 - 10 + 1, 6)
    free = sum(bool(coarse[row : row + 10, col : col + 10].all()) for row in starts for col in starts)
    assert (counts.all, counts.kept) == (len(starts) ** 2, free)


def _tiny() -> Config:
    from satsharp.export_tools.configuration import load_config

    full = load_config("s2-20m")
    return dataclasses.replace(full, training={**full.training, "chip": 6})


def test_the_row_of_a_scene_sums_its_blocks(config: Config) -> None:
    mask = np.ones((96, 96), bool)
    mask[:48] = False
    blocks = [make_place(config, 0), make_place(config, 1, mask=mask)]
    row = row_of("mine", blocks, ChipCounts(32, {"nodata": 0, "cloud": 10}))
    assert row == ("mine", "made", "train", "native", "2 of 96x96", "75.0%", "32", "cloud 10")
    assert row_of("mine", blocks[:1], ChipCounts(0, {}))[4:] == ("96x96", "100.0%", "too small", "none")
    assert aligned([("scene", "chips"), ("a", "7")]) == ["scene  chips", "a          7"]


@pytest.mark.skipif(not PATCHES.is_dir(), reason="needs the patches of SATSHARP_DATA")
def test_six_real_patches_are_six_places_with_one_held_out_for_each_purpose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.json"
    patches = sorted(str(path) for path in PATCHES.iterdir())
    assert main(["dataset", "s2-20m", "--scenes", *patches, "--write-places", str(table)]) == 0
    said = capsys.readouterr().out
    assert "train: 4 scene(s) of 4 place(s), 4 of 4 chips kept; rejected: none" in said
    splits = {entry["id"]: entry["split"] for entry in read_table(table)}
    assert len(splits) == 6
    assert splits["S2A_MSIL2A_20171221T112501_56_35"] == "validation"
    assert splits["S2A_MSIL2A_20170617T113321_36_85"] == "test"
