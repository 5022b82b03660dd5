# SPDX-License-Identifier: GPL-2.0-or-later
"""Models come from cards, networks, folders and archives; what is no model is refused with a sentence."""

from __future__ import annotations

import pytest
from satsharp.core.cards import file_digest, load_cards, read_digests, verify_digest
from satsharp.core.model_folder import list_models, remove_model
from satsharp.core.model_store import install_model

from .parts import OPTIONS, content, refused, zipped


@pytest.mark.parametrize("kind", ["card", "onnx", "folder", "parent", "zip", "zip with a folder", "ZIP"])
def test_each_kind_of_source_is_installed(make, folder, tmp_path, kind):
    card = make()
    sources = {
        "card": lambda: card,
        "onnx": lambda: card.with_suffix(".onnx"),
        "folder": lambda: card.parent,
        "parent": lambda: tmp_path,
        "zip": lambda: zipped(card, tmp_path / "a.zip"),
        "zip with a folder": lambda: zipped(card, tmp_path / "a.zip", "model-1.0/"),
        "ZIP": lambda: zipped(card, tmp_path / "A.ZIP"),
    }
    installed = install_model(sources[kind](), folder, OPTIONS)
    digest = file_digest(card.with_suffix(".onnx"))
    assert installed.card.path == folder / "tiny.onnx" and installed.digest == digest
    assert installed.size == (folder / "tiny.onnx").stat().st_size
    assert sorted(content(folder)) == ["SHA256SUMS", "tiny.json", "tiny.onnx"]
    assert read_digests(folder / "SHA256SUMS") == {"tiny.onnx": digest}
    cards, problems = load_cards(folder)
    assert [entry.id for entry in cards] == ["tiny"] and problems == ()
    assert verify_digest(cards[0]) == digest


def test_card_of_another_file_name_is_found_by_its_network(make, folder):
    card = make(file="net.onnx")
    assert install_model(card.parent / "net.onnx", folder, OPTIONS).card.id == "tiny"
    assert sorted(content(folder)) == ["SHA256SUMS", "net.onnx", "tiny.json"]


def test_weights_beside_the_network_are_installed_and_listed(make, folder):
    card = make(weights="data/w.bin")
    (card.parent / "data").mkdir()
    (card.parent / "data" / "w.bin").write_bytes(b"\0\0\0\0")
    installed = install_model(card, folder, OPTIONS)
    assert (folder / "data" / "w.bin").read_bytes() == b"\0\0\0\0"
    assert set(read_digests(folder / "SHA256SUMS")) == {"tiny.onnx", "data/w.bin"}
    assert installed.size == (folder / "tiny.onnx").stat().st_size + 4
    assert set(remove_model("tiny", folder)) == {"tiny.json", "tiny.onnx", "data/w.bin"}
    assert content(folder) == {"SHA256SUMS": b""}


def test_neighbours_and_comments_stay(make, folder):
    install_model(make("one"), folder, OPTIONS)
    with (folder / "SHA256SUMS").open("a") as sums:
        sums.write(f"# {'a' * 64}  weights.h5 is the source of one.onnx\n")
    install_model(make("two", place="second"), folder, OPTIONS)
    assert set(read_digests(folder / "SHA256SUMS")) == {"one.onnx", "two.onnx"}
    assert f"# {'a' * 64}  weights.h5 is the source of one.onnx" in (folder / "SHA256SUMS").read_text()
    assert [model.card.id for model in list_models(folder)[0]] == ["one", "two"]


def test_other_json_files_are_no_cards(make, folder):
    card = make()
    (card.parent / "config.json").write_text("{}")
    assert install_model(card.parent, folder, OPTIONS).card.id == "tiny"


def test_several_models_are_named(make, folder):
    make("one")
    refused(make("two").parent, folder, r"source holds several models: one.json, two.json. Choose")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("weights.h5", r"checkpoint.*convert weights.h5 --as auto"),
        ("net.pth", r"checkpoint.*convert net.pth"),
        ("picture.tif", "no model. Choose a card"),
        ("lonely.onnx", r"lonely.onnx has no card beside it.*--as onnx"),
        ("model.zip", "no zip archive, or it is damaged"),
        ("broken.json", "cannot be read"),
    ],
)
def test_other_files_are_explained(folder, tmp_path, name, sentence):
    (tmp_path / name).write_bytes(b"something")
    refused(tmp_path / name, folder, sentence)


def test_missing_source_and_empty_folder(folder, tmp_path):
    refused(tmp_path / "none.onnx", folder, "does not exist")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", folder, "empty holds no model card.*no .json file")


def test_huge_card_is_not_read(make, folder):
    card = make()
    card.write_text(card.read_text() + " " * (5 << 20))
    refused(card, folder, "no model card: it has 5.2 MB")
