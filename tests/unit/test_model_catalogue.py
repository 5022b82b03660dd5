# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogue of published models: valid entries load, bad ones are reported and skipped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from satsharp.core.cards import load_cards
from satsharp.core.errors import CardError
from satsharp.core.model_catalogue import CATALOGUE, bundled_catalogue, known_digest, read_catalogue

ENTRY = {
    "id": "a-model",
    "name": "A model",
    "publisher": "Somebody",
    "page": "https://example.org/project",
    "address": "https://example.org/files/a-model.zip?download=1",
    "format": "satsharp",
    "licence": "MIT",
    "sensor": "Sentinel-2",
    "scale_factor": 2,
    "bytes": 1000,
}


def read(*entries: Any, digests: dict[str, str] | None = None, **changes: Any) -> Any:
    return read_catalogue(json.dumps({"schema": 1, "models": list(entries), **changes}), digests or {}, "list.json")


def test_entry_has_its_digest_from_the_list():
    entries, problems = read(ENTRY, digests={"a-model/a-model.zip": "f" * 64, "other/a-model.zip": "0" * 64})
    assert problems == () and entries[0].file == "a-model.zip" and entries[0].is_installable
    assert (entries[0].sha256, entries[0].size, entries[0].scale_factor) == ("f" * 64, 1000, 2)
    assert known_digest(entries, ENTRY["address"]) == "f" * 64
    assert known_digest(entries, "https://example.org/files/b.zip") == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": "A b"}, "small letters"),
        ({"id": None}, "id must be a text"),
        ({"name": ""}, "name must be a text"),
        ({"name": "x" * 1001}, "at most 1000 characters"),
        ({"page": "http://example.org"}, "page must be an address that starts with https"),
        ({"address": "ftp://example.org/a.zip"}, "address must start with https"),
        ({"address": 'https://example.org/"><script>'}, "address must start with https"),
        ({"address": "https://example.org/"}, "address must end in a file name"),
        ({"format": "exe"}, "format must be one of satsharp, onnx"),
        ({"format": "keras"}, "converter is missing"),
        ({"scale_factor": 0}, "scale_factor must be a whole number"),
        ({"bytes": "many"}, "bytes must be a finite number"),
    ],
)
def test_bad_entry_is_reported_and_skipped(changes, sentence):
    entries, (problem,) = read({**ENTRY, **changes}, {**ENTRY, "id": "good"})
    assert [entry.id for entry in entries] == ["good"]
    assert problem.startswith("Entry 1 of the catalogue list.json is skipped") and sentence in problem


def test_entries_that_are_no_objects_or_lack_a_field_or_repeat_an_id():
    lacking = {key: value for key, value in ENTRY.items() if key != "licence"}
    entries, problems = read(7, lacking, ENTRY, ENTRY)
    assert len(entries) == 1 and len(problems) == 3
    assert "'licence' is missing" in problems[1] and "taken by an entry above" in problems[2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<html>", "cannot be read"),
        ("[]", "is no catalogue"),
        ('{"schema": 1, "models": {}}', "is no catalogue"),
        ('{"schema": 2, "models": []}', "schema 2, this SatSharp reads 1"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_other_documents_are_refused(text, sentence):
    with pytest.raises(CardError, match=sentence):
        read_catalogue(text, {}, "list.json")


def test_bundled_catalogue_is_valid_and_names_licence_publisher_and_converter():
    entries, problems = bundled_catalogue()
    assert problems == () and len(entries) >= 30
    assert {entry.format for entry in entries} == {"keras", "pytorch", "safetensors", "onnx"}
    assert [entry.id for entry in entries if "satsharp" in entry.publisher.lower() or not entry.converter] == []
    listed = (CATALOGUE.parent / "SHA256SUMS").read_text().splitlines()
    assert len([entry for entry in entries if entry.sha256]) == len(listed) >= 4


def test_catalogue_is_not_taken_for_a_card():
    assert [problem for problem in load_cards(CATALOGUE.parent.parent)[1] if "catalogue" in problem] == []
