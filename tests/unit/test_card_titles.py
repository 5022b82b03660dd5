# SPDX-License-Identifier: GPL-2.0-or-later
"""Titles of models: those of the bundled cards stand in a file, so that QGIS starts without reading the cards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from satsharp.core import card_titles, cards
from satsharp.core.card_titles import MODEL_FOLDER, TITLE_FILE, CardTitle, load_titles, title_line, title_of
from satsharp.core.cards import load_cards

SMALLEST = "s2-20m-tiny"


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """Names of the cards that are read."""
    names: list[str] = []
    load_card = cards.load_card
    monkeypatch.setattr(cards, "load_card", lambda path: names.append(path.name) or load_card(path))
    return names


@pytest.fixture
def bundled(tmp_path, monkeypatch) -> Path:
    """A folder of bundled models that holds one of them, and its title."""
    folder = tmp_path / "bundled"
    copied(folder)
    (folder / TITLE_FILE).write_text(title_line(title_of(load_cards(folder)[0][0])), encoding="utf-8")
    monkeypatch.setattr(card_titles, "MODEL_FOLDER", folder)
    return folder


def copied(folder: Path, **replaced: str) -> Path:
    """A copy of a bundled model with some words of its card replaced."""
    folder.mkdir()
    shutil.copy(MODEL_FOLDER / f"{SMALLEST}.onnx", folder)
    text = (MODEL_FOLDER / f"{SMALLEST}.json").read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert f'"{old}"' in text
        text = text.replace(f'"{old}"', f'"{new}"')
    (folder / f"{SMALLEST}.json").write_text(text, encoding="utf-8")
    return folder


def test_titles_of_the_bundled_cards_are_what_the_cards_say():
    found = load_cards(MODEL_FOLDER)[0]
    text = (MODEL_FOLDER / TITLE_FILE).read_text(encoding="utf-8")
    again = "Write it anew by export_tools.model_index.write_index(MODEL_FOLDER)."
    assert text == "".join(title_line(title_of(card)) for card in found), again
    assert load_titles(MODEL_FOLDER) == (tuple(title_of(card) for card in found), ())
    assert len(found) >= 9


def test_bundled_cards_are_not_read(read):
    titles, problems = load_titles(MODEL_FOLDER, Path("none"))
    assert (len(titles), problems, read) == (len(load_cards(MODEL_FOLDER)[0]), (), [])


def test_what_a_title_tells(bundled, read):
    [title] = load_titles(bundled)[0]
    assert title == CardTitle(
        SMALLEST, bundled / f"{SMALLEST}.onnx", "Sentinel-2 20 m bands to 10 m, tiny", "sentinel2", False, 1, ""
    )
    assert read == []


def test_card_of_the_user_is_read_once_until_it_changes(bundled, read, tmp_path):
    own = copied(tmp_path / "own")
    path = own / f"{SMALLEST}.json"
    path = path.rename(own / "mine.json")
    path.write_text(path.read_text(encoding="utf-8").replace(f'"id": "{SMALLEST}"', '"id": "mine"'), encoding="utf-8")
    found = [load_titles(bundled, own) for _ in range(3)]
    assert [title.id for title in found[0][0]] == [SMALLEST, "mine"] and found[0] == found[1] == found[2]
    assert read == ["mine.json"]
    path.write_text(path.read_text(encoding="utf-8").replace('"sentinel2"', '"landsat"'), encoding="utf-8")
    assert [title.sensor for title in load_titles(bundled, own)[0]] == ["sentinel2", "landsat"]
    assert read == ["mine.json", "mine.json"]


def test_titles_beside_cards_of_the_user_do_not_count(bundled, read, tmp_path):
    own = copied(tmp_path / "own", sentinel2="landsat")
    shutil.copy(bundled / TITLE_FILE, own)
    assert [title.sensor for title in load_titles(own)[0]] == ["landsat"] and read == [f"{SMALLEST}.json"]


def test_id_that_is_taken_and_card_that_is_wrong_are_told_as_of_cards(bundled, tmp_path):
    own = copied(tmp_path / "own")
    (own / "broken.json").write_text("{")
    titles, problems = load_titles(bundled, own)
    assert len(titles) == 1 and problems == load_cards(bundled, own)[1]
    assert "broken.json cannot be read" in problems[0] and "is already taken" in problems[1]


@pytest.mark.parametrize("text", ["", "{\n", "[]\n", '{"id": "x"}\n', '{"id": 1, "path": 2}\n', "\x00\n"])
def test_titles_that_are_missing_or_damaged_are_made_from_the_cards(bundled, read, text):
    whole = load_titles(bundled)
    (bundled / TITLE_FILE).write_text(text, encoding="utf-8")
    card_titles._read_titles.cache_clear()
    assert load_titles(bundled) == whole and read == [f"{SMALLEST}.json"]


def test_network_that_is_missing_is_told(bundled):
    (bundled / f"{SMALLEST}.onnx").unlink()
    card_titles._read_titles.cache_clear()
    titles, [problem] = load_titles(bundled)
    assert titles == () and f"names {SMALLEST}.onnx, which is not beside it" in problem
