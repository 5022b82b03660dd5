# SPDX-License-Identifier: GPL-2.0-or-later
"""What is offered for which input, and how its model is described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from satsharp.core.cards import MODEL_FOLDER, load_card, load_cards
from satsharp.core.errors import ProductError
from satsharp.core.sensors import load_sensors
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat
from satsharp.ui.inputs import recognise
from satsharp.ui.inputs_sources import Given, given_path, whole_product
from satsharp.ui.panel_card import CardWords, held_out_ratio, invents_detail
from satsharp.ui.panel_offers import Offer, Offers

SENSORS = load_sensors()[0]
CARDS = load_cards(MODEL_FOLDER)[0]


def offered(path, cards=CARDS):
    [item] = recognise(given_path(str(path)), SENSORS, lambda: False)
    return Offers(lambda _: True, cards, SENSORS).for_input(item)


@pytest.fixture(scope="module")
def landsat(tmp_path_factory) -> Path:
    return simulate_landsat(tmp_path_factory.mktemp("landsat"), LandsatOptions(size=300, level="L1TP")).folder


def test_landsat_is_sharpened_or_harmonized(landsat):
    sharpen, harmonize, pansharpen = offered(landsat)
    assert (sharpen.algorithm, sharpen.title) == ("satsharp:superresolve_landsat", "Sharpen all bands to 15 m")
    assert [card.id for card in sharpen.cards] == ["landsat-30m"]
    assert harmonize.algorithm == "satsharp:harmonize_landsat" and harmonize.extras == ("REFERENCE",)
    assert all(card.harmonizes for card in harmonize.cards) and harmonize.speed_keys == ("landsat-10m",)
    assert pansharpen.parameters == {"METHOD": "pansharpen"} and pansharpen.cards == ()
    assert pansharpen.extras == ("REFERENCE",) and pansharpen.speed_keys == ("pansharpen",)


def test_algorithms_that_are_not_registered_are_not_offered(product):
    [item] = recognise(given_path(str(product.safe)), SENSORS, lambda: False)
    assert Offers(lambda _: False, CARDS, SENSORS).for_input(item) == ()


def test_without_a_model_for_a_group_the_others_are_offered(product):
    cards = tuple(card for card in CARDS if card.id != "s2-60m")
    offer, *others = offered(product.safe, cards=cards)
    assert offer.parameters == {"MODEL": "auto", "BANDS": ["20 m"]} and offer.title == "Sharpen all bands to 10 m"
    assert [(one.title, one.parameters["MODEL"]) for one in others] == [
        (f"Sentinel-2 20 m bands to 10 m, {size}", f"s2-20m-{size}") for size in ("large", "tiny")
    ]
    assert offered(product.safe, cards=()) == ()


def test_folder_of_several_products_gives_several_inputs(product, tmp_path):
    for number in (1, 2):
        (tmp_path / f"S2A_MSIL2A_2023061{number}T105621_N0509_R094_T31UFS_20230615T145621.SAFE").symlink_to(
            product.safe
        )
    found = recognise(given_path(str(tmp_path)), SENSORS, lambda: False)
    assert len(found) == 2 and {item.sensor.id for item in found} == {"sentinel2"}


def test_foreign_product_is_named(tmp_path):
    (tmp_path / "S1A_IW_GRDH_1SDV_20200101.SAFE").mkdir()
    with pytest.raises(ProductError, match="Sentinel-1"):
        recognise(given_path(str(tmp_path / "S1A_IW_GRDH_1SDV_20200101.SAFE")), SENSORS, lambda: False)


def test_parts_stand_for_the_product(product, landsat):
    safe, band = str(product.safe), str(next(product.safe.rglob("*_B04_10m.jp2")))
    for part in (band, f"SENTINEL2_L2A:{safe}/MTD_MSIL2A.xml:10m:EPSG_32631", f"/vsizip/{product.zip}/a/b.jp2"):
        assert whole_product(part) == (str(product.zip) if "vsizip" in part else safe)
    [first, *_] = sorted(landsat.glob("*_B1.TIF"))
    assert whole_product(str(first)) == str(landsat)
    assert whole_product("/data/photo.tif") == "/data/photo.tif"


def test_layer_from_a_server_is_not_opened():
    [item] = recognise(Given("", "WMS", "layer_1"), SENSORS, lambda: False)
    [offer] = Offers(lambda _: True, CARDS, SENSORS).for_input(item)
    assert item.layer == "layer_1" and offer.algorithm == "satsharp:superresolve_raster" and offer.needed == ()


def test_address_without_a_known_name_is_refused():
    with pytest.raises(ProductError, match=r"file\.zip does not tell whose product it is"):
        recognise(given_path("https://example.com/file.zip?sig=1"), SENSORS, lambda: False)


def test_card_is_told_in_plain_words():
    card = next(card for card in CARDS if card.id == "s2-20m")
    figures = json.loads((MODEL_FOLDER / "s2-20m.json").read_text())["figures"]["mean_ratio_to_bicubic"]
    worst = max(entry["network"] for entry in figures.values())
    assert held_out_ratio(card) == worst
    told = dict(CardWords().lines(card, 0.05))
    assert told["From – to"] == "20 m to 10 m (6 bands)" and told["Licence"] == "CC-BY-4.0"
    assert told["Held-out error"].startswith(f"{round(100 * worst)} % of bicubic’s")
    assert told["Speed here"] == "3 million pixels a minute"
    assert dict(CardWords().lines(card, None))["Speed here"] == "not measured yet"


def test_warnings_name_experiments_and_invented_detail(model_folder):
    viirs = next(card for card in CARDS if card.experimental)
    assert CardWords().warning(Offer("a", "b", (viirs,))) == f"Experimental: {viirs.experimental}"
    document = json.loads((model_folder / "test-20m.json").read_text())
    (group,) = [entry for entry in document["inputs"] if entry["gsd"] == 20]
    alone = {**document, "inputs": [group], "id": "alone", "file": "test-20m.onnx"}
    path = model_folder.parent / "alone" / "alone.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(alone))
    (path.parent / "test-20m.onnx").write_bytes((model_folder / "test-20m.onnx").read_bytes())
    card = load_card(path)
    assert invents_detail(card) and not invents_detail(load_card(model_folder / "test-20m.json"))
    assert "makes plausible detail up" in CardWords().warning(Offer("a", "b", (card,)))
