# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of models, and the address of the catalogue."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("qgis.core")

from satsharp.core.cards import MODEL_FOLDER, load_cards
from satsharp.plugin.settings import Settings, load_settings, save_settings
from satsharp.ui.options_page import SatSharpOptionsPage

from .parts import INSTALL, LIST, Warnings, digest_of, run  # noqa: E402


def test_list_as_json_and_html(plugin, own, source, tmp_path, context):
    document = json.loads((source / "mine.json").read_text())
    figures = {"mean_ratio_to_bicubic": {"mtf": {"network": 0.4}}}
    document.update(name="<script>alert(1)</script>", origin={"text": "A & B"}, figures=figures)
    (source / "mine.json").write_text(json.dumps(document))
    run(INSTALL, context, SOURCE=str(source))
    (own / "bad.json").write_text("{")
    log = Warnings()
    result = run(LIST, context, log, OUTPUT=str(tmp_path / "list.json"))
    listed = json.loads((tmp_path / "list.json").read_text())
    rows = {row["id"]: row for row in listed["installed"]}
    bundled = {card.id for card in load_cards(MODEL_FOLDER)[0]}
    assert result["COUNT"] == len(rows) and set(rows) == {*bundled, "mine"} == set(result["MODELS"].split(", "))
    mine = rows["mine"]
    assert (mine["place"], mine["origin"], mine["figures"]) == ("own", "A & B", {"mtf": 0.4})
    assert (mine["licence"], mine["sensor"], mine["scale_factor"]) == ("CC0-1.0", "sentinel2", 2)
    assert mine["bytes"] == (own / "mine.onnx").stat().st_size and mine["sha256"] == digest_of(own / "mine.onnx")
    assert {row["id"] for row in rows.values() if row["place"] == "bundled"} == bundled
    assert [text for text in log.warnings if "bad.json" in text] and log.warnings == listed["problems"]
    theirs = {row["id"]: row for row in listed["published_by_others"]}
    assert theirs["isr-rdn-large"]["sha256"].startswith("1816f1d3") and theirs["isr-rdn-large"]["how"].endswith("rdn")
    run(LIST, context, OUTPUT=str(tmp_path / "list.html"))
    page = (tmp_path / "list.html").read_text()
    assert "&lt;script&gt;alert(1)" in page and "<script>" not in page and "A &amp; B" in page
    assert "Published by others, not by SatSharp" in page and "20 m → 10 m" in page
    run(LIST, context, OUTPUT=str(tmp_path / "short.json"), CATALOGUE=False)
    assert json.loads((tmp_path / "short.json").read_text())["published_by_others"] == []


def test_list_needs_no_file(plugin, own, context):
    result = run(LIST, context, CATALOGUE=False)
    assert result["COUNT"] == len(load_cards(MODEL_FOLDER)[0]) and not result.get("OUTPUT")


def test_options_page_keeps_the_address_of_the_catalogue(plugin):
    save_settings(Settings(catalogue="https://example.org/list.json"))
    page = SatSharpOptionsPage()
    page.tile_size.setValue(512)
    page.apply()
    assert load_settings() == Settings(tile_size=512, catalogue="https://example.org/list.json")
