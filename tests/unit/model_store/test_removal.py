# SPDX-License-Identifier: GPL-2.0-or-later
"""Models are removed without harming others; bad cards are reported."""

from __future__ import annotations

import pytest
from satsharp.core.cards import read_digests
from satsharp.core.errors import CardError
from satsharp.core.model_candidate import is_plain_weights
from satsharp.core.model_folder import list_models, remove_model
from satsharp.core.model_store import install_model

from .parts import OPTIONS, content


def test_only_the_named_model_is_removed(make, folder):
    install_model(make("one"), folder, OPTIONS)
    install_model(make("two", place="second"), folder, OPTIONS)
    assert remove_model("one", folder) == ("one.json", "one.onnx")
    assert sorted(content(folder)) == ["SHA256SUMS", "two.json", "two.onnx"]
    assert set(read_digests(folder / "SHA256SUMS")) == {"two.onnx"}


@pytest.mark.parametrize("name", ["../source/tiny", "..", "a/b", "none"])
def test_nothing_else_is_removed(make, folder, name):
    card = make()
    install_model(make("other", place="second"), folder, OPTIONS)
    with pytest.raises(CardError, match=r"cannot be a file name|has no model none. Installed there: other\."):
        remove_model(name, folder)
    assert card.is_file() and (folder / "other.json").is_file()


def test_card_that_is_not_valid_can_be_removed(folder):
    folder.mkdir()
    (folder / "bad.json").write_text("{")
    assert remove_model("bad", folder) == ("bad.json",)


def test_bad_cards_are_reported_and_skipped(make, folder):
    install_model(make(), folder, OPTIONS)
    (folder / "bad.json").write_text("{")
    models, (problem,) = list_models(folder, folder / "none")
    assert [model.card.id for model in models] == ["tiny"] and "bad.json" in problem


def test_plain_names_of_weights():
    assert [name for name in ("w.bin", "data/w_0.bin", "a b.bin") if not is_plain_weights(name)] == []
    assert [name for name in ("", "a//b", "a/", " a", "a\\b", "x.ONNX") if is_plain_weights(name)] == []
