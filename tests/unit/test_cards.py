# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from satsharp.core.cards import (
    MODEL_FOLDER,
    file_digest,
    load_card,
    load_cards,
    read_digests,
    verify_digest,
)
from satsharp.core.errors import CardError

CARD = {
    "id": "s2-20m",
    "name": "Sentinel-2, 20 m to 10 m",
    "file": "s2-20m.onnx",
    "sensor": "sentinel2",
    "levels": ["L1C", "L2A"],
    "gsd": 10,
    "scale_factor": 2,
    "value_range": {"scale": 5, "offset": 0.5},
    "inputs": [
        {"name": "b10", "bands": ["B02", "B03"], "gsd": 10},
        {"name": "b20", "bands": ["B05"], "gsd": 20, "dates": 3},
    ],
    "outputs": [
        {"name": "sharpened", "bands": ["B05"]},
        {"name": "low", "bands": ["B05"], "role": "lower"},
    ],
    "scene_pass": {
        "kind": "detail_regression",
        "input": "regression",
        "guides": ["B02", "B03"],
        "targets": ["B05"],
        "default": [[0.25, 0.5, 0.3, 0.9]],
    },
    "tiling": "exact",
    "licence": "CC-BY-4.0",
    "summary": "A test.",
}


def changed(**fields: object) -> dict:
    """The card with some fields replaced, by path with ``__`` between keys; None removes."""
    document = copy.deepcopy(CARD)
    for path, value in fields.items():
        *parents, last = [int(key) if key.isdigit() else key for key in path.split("__")]
        place = document
        for key in parents:
            place = place[key]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return document


def save(folder: Path, document: object = CARD, name: str = "s2-20m", onnx: bytes = b"onnx") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(onnx)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(onnx).hexdigest()}  {name}.onnx\n")
    (folder / f"{name}.json").write_text(document if isinstance(document, str) else json.dumps(document))
    return folder / f"{name}.json"


def test_experimental_is_a_sentence_or_nothing(tmp_path):
    assert load_card(save(tmp_path)).experimental == ""
    sentence = "Trained on degraded Sentinel-2 only."
    assert load_card(save(tmp_path, changed(experimental=sentence))).experimental == sentence
    with pytest.raises(CardError, match="experimental must be a sentence that says why"):
        load_card(save(tmp_path, changed(experimental=True)))


def test_all_fields_are_read(tmp_path):
    card = load_card(save(tmp_path))
    assert (card.id, card.name, card.sensor, card.levels) == ("s2-20m", CARD["name"], "sentinel2", ("L1C", "L2A"))
    assert card.path == tmp_path / "s2-20m.onnx"
    assert (card.gsd, card.scale_factor, card.value_scale, card.value_offset) == (10.0, 2, 5.0, 0.5)
    assert [(t.name, t.bands, t.gsd, t.dates) for t in card.inputs] == [
        ("b10", ("B02", "B03"), 10.0, 1),
        ("b20", ("B05",), 20.0, 3),
    ]
    assert [(t.name, t.bands, t.role) for t in card.outputs] == [
        ("sharpened", ("B05",), "value"),
        ("low", ("B05",), "lower"),
    ]
    assert card.scene_pass.guides == ("B02", "B03") and card.scene_pass.default == ((0.25, 0.5, 0.3, 0.9),)
    assert (card.tiling, card.licence, card.summary) == ("exact", "CC-BY-4.0", "A test.")
    assert card.target_bands == ("B05",)
    assert card.input_bands == ("B02", "B03", "B05")
    assert card.coarsest_gsd == 20
    assert card.document == CARD


def test_optional_fields_have_defaults(tmp_path):
    card = load_card(save(tmp_path, changed(levels=None, scene_pass=None, summary=None)))
    assert (card.levels, card.scene_pass, card.summary) == ((), None, "")


def test_card_can_be_pickled_and_hashed(tmp_path):
    card = load_card(save(tmp_path))
    assert pickle.loads(pickle.dumps(card)) == card
    assert hash(card) == hash(dataclasses.replace(card))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"id": "other"}, "id 'other' must equal the file name"),
        ({"id": None}, "'id' is missing"),
        ({"value_range__scale": None}, "'scale' is missing"),
        ({"file": "../s2-20m.onnx"}, "file '../s2-20m.onnx' must be a plain file name"),
        ({"file": "/etc/passwd"}, "file '/etc/passwd' must be a plain file name"),
        ({"tiling": "whole"}, "tiling must be one of exact, blended"),
        ({"inputs": []}, "at least one input and one output of role value"),
        ({"outputs": []}, "at least one input and one output of role value"),
        ({"outputs__0__role": "upper"}, "at least one input and one output of role value"),
        ({"outputs__1__role": "median"}, "output roles are value, spread, lower, upper, variance"),
        ({"value_range__scale": 0}, "value_range.scale must not be 0"),
        ({"value_range__scale": float("nan")}, "scale must be a finite number, not nan"),
        ({"value_range__offset": "0"}, "offset must be a finite number, not '0'"),
        ({"gsd": float("inf")}, "gsd must be a finite number, not inf"),
        ({"gsd": -10}, "every gsd must be positive"),
        ({"inputs__0__gsd": 0}, "every gsd must be positive"),
        ({"scale_factor": 0}, "scale_factor must be a whole number of at least 1, not 0"),
        ({"scale_factor": 2.5}, "scale_factor must be a whole number of at least 1, not 2.5"),
        ({"scale_factor": True}, "scale_factor must be a finite number, not True"),
        ({"scale_factor": float("inf")}, "scale_factor must be a finite number, not inf"),
        ({"scale_factor": 3}, "scale_factor must be coarsest input GSD / gsd"),
        ({"inputs__1__dates": 0}, "dates must be a whole number of at least 1, not 0"),
        ({"inputs__0__bands": []}, "each input and output needs bands"),
        ({"outputs__0__bands": "B05"}, "bands must be a list of names"),
        ({"levels": "L2A"}, "levels must be a list of names"),
        ({"inputs__0__bands": ["B02", 3]}, "bands must be a list of names"),
        ({"inputs__1__name": "b10"}, "tensor names must differ"),
        ({"scene_pass__input": "b10"}, "tensor names must differ"),
        ({"outputs__1__name": "sharpened"}, "tensor names must differ"),
        ({"outputs__0__bands": ["B05", "B05"]}, "a band must be made once only"),
        ({"scene_pass__kind": "magic"}, "scene_pass.kind must be one of detail_regression"),
        ({"scene_pass__guides": ["B02", "B04"]}, "bands of scene_pass must be among those of the inputs"),
        ({"scene_pass__default": [[0.25, 0.5]]}, "scene_pass.default must have 1 rows of 4 numbers"),
        ({"scene_pass__default": []}, "scene_pass.default must have 1 rows of 4 numbers"),
        ({"scene_pass__default": [[0.25, 0.5, None]]}, "scene_pass.default must be a finite number, not None"),
        ({"inputs": 5}, "'int' object is not iterable"),
        ({"inputs__0": ["b10"]}, "list indices"),
        ({"scene_pass": "none"}, "string indices"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_wrong_fields_are_named(tmp_path, fields, sentence):
    with pytest.raises(CardError) as caught:
        load_card(save(tmp_path, changed(**fields)))
    assert str(caught.value).startswith(f"Model card {tmp_path / 's2-20m.json'} is not valid: ")
    assert sentence in str(caught.value) and str(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["", "{", "\xff{}", "[" * 100_000, '{"id": "a",}'], ids=range(5))
def test_file_that_is_no_json(tmp_path, text):
    path = save(tmp_path)
    path.write_text(text, encoding="latin-1")
    with pytest.raises(CardError, match=r"^Model card .*s2-20m.json cannot be read: "):
        load_card(path)


def test_card_that_is_missing_or_no_object(tmp_path):
    with pytest.raises(CardError, match=r"none.json cannot be read: No such file or directory\.$"):
        load_card(tmp_path / "none.json")
    with pytest.raises(CardError, match="must hold one JSON object"):
        load_card(save(tmp_path, "[1]"))


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
anything = plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=3), plain, max_size=2)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(CARD)), anything, st.sampled_from(["", "0", "1"]), st.sampled_from(["name", "bands", "gsd"])
)
def test_whatever_stands_in_a_field_ends_in_a_card_or_a_sentence(tmp_path_factory, field, value, item, key):
    document = copy.deepcopy(CARD)
    if item and isinstance(document[field], list) and isinstance(document[field][-1], dict):
        document[field][int(item)][key] = value
    else:
        document[field] = value
    path = save(tmp_path_factory.getbasetemp() / "any", document)
    try:
        card = load_card(path)
    except CardError as error:
        assert str(path) in str(error)
    else:
        assert card.id == "s2-20m" and card.scale_factor * card.gsd == card.coarsest_gsd


def test_onnx_file_must_lie_beside_the_card(tmp_path):
    path = save(tmp_path)
    (tmp_path / "s2-20m.onnx").unlink()
    with pytest.raises(CardError, match="names s2-20m.onnx, which is not beside it. Install the model again"):
        load_card(path)


def test_bad_and_repeated_cards_are_skipped_with_a_sentence(tmp_path):
    save(tmp_path / "bundled")
    save(tmp_path / "bundled", "{", name="broken")
    save(tmp_path / "own", changed(name="mine"))
    save(tmp_path / "own", changed(id="extra", file="extra.onnx"), name="extra")
    cards, problems = load_cards(tmp_path / "bundled", tmp_path / "own", tmp_path / "none")
    assert [(card.id, card.path.parent.name) for card in cards] == [("s2-20m", "bundled"), ("extra", "own")]
    assert len(problems) == 2
    assert "broken.json cannot be read" in problems[0]
    assert "own/s2-20m.json is skipped: the id s2-20m is already taken by" in problems[1].replace("\\", "/")


def test_digest_of_an_untouched_file(tmp_path):
    card = load_card(save(tmp_path, onnx=b"abc"))
    # FIPS 180-2's example.
    expected = "ba7816bf8f01cfea414140de5dae2223" + "b00361a396177a9cb410ff61f20015ad"
    assert verify_digest(card) == file_digest(card.path) == expected


def test_digest_of_a_changed_file(tmp_path):
    card = load_card(save(tmp_path, onnx=b"abc"))
    card.path.write_bytes(b"abd")
    with pytest.raises(
        CardError, match="s2-20m.onnx is damaged or was changed: .*a52d159f262b, SHA256SUMS says ba7816bf8f01"
    ):
        verify_digest(card)


@pytest.mark.parametrize(
    "listed", ["", "garbage\n", "\xff\n", "0" * 64 + "  other.onnx\n", "0" * 63 + "  s2-20m.onnx\n"]
)
def test_digest_that_is_not_listed(tmp_path, listed):
    card = load_card(save(tmp_path))
    (tmp_path / "SHA256SUMS").write_text(listed, encoding="latin-1")
    with pytest.raises(CardError, match="s2-20m.onnx is not listed in .*SHA256SUMS. Install the model again"):
        verify_digest(card)
    (tmp_path / "SHA256SUMS").unlink()
    with pytest.raises(CardError, match="is not listed"):
        verify_digest(card)


def test_digests_of_text_and_binary_mode(tmp_path):
    (tmp_path / "SHA256SUMS").write_text(f"{'a' * 64}  one.onnx\r\n{'b' * 64} *two three.onnx\n\n# note\n")
    assert read_digests(tmp_path / "SHA256SUMS") == {"one.onnx": "a" * 64, "two three.onnx": "b" * 64}


def test_bundled_cards_are_valid_and_their_files_untouched():
    if not any(MODEL_FOLDER.glob("*.onnx")):
        pytest.skip("no model is bundled yet")
    cards, problems = load_cards(MODEL_FOLDER)
    assert problems == ()
    assert {card.path for card in cards} == set(MODEL_FOLDER.glob("*.onnx")), "every network has its card"
    assert set(read_digests(MODEL_FOLDER / "SHA256SUMS")) == {card.path.name for card in cards}
    for card in cards:
        assert len(verify_digest(card)) == 64
        assert card.licence
