# SPDX-License-Identifier: GPL-2.0-or-later
"""The digest of a model with weights in files of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("osgeo.gdal")

from satsharp.core.card_digests import verify_model  # noqa: E402
from satsharp.core.cards import file_digest, load_card, verify_digest  # noqa: E402
from satsharp.core.errors import CardError  # noqa: E402
from satsharp.tests.unit import blend_factory as factory  # noqa: E402


@pytest.fixture
def outside(tmp_path: Path):
    """A model whose weights lie in ``weights/w.bin``, and are listed."""
    path = factory.write_network(tmp_path, "net", "wide")
    model = onnx.load(str(path.with_suffix(".onnx")))
    (tmp_path / "weights").mkdir()
    onnx.save(
        model, str(path.with_suffix(".onnx")), save_as_external_data=True, location="weights/w.bin", size_threshold=0
    )
    files = [path.with_suffix(".onnx"), tmp_path / "weights" / "w.bin"]
    names = ["net.onnx", "weights/w.bin"]
    sums = "".join(f"{file_digest(file)}  {name}\n" for file, name in zip(files, names))
    (tmp_path / "SHA256SUMS").write_text(sums)
    return load_card(path)


def test_a_model_in_one_file_has_the_digest_of_that_file(tmp_path):
    card = load_card(factory.write_network(tmp_path, "net"))
    assert verify_model(card) == verify_digest(card) == file_digest(card.path)


def test_weights_outside_count(outside):
    first = verify_model(outside)
    assert len(first) == 64 and first != file_digest(outside.path)
    weights = outside.path.parent / "weights" / "w.bin"
    values = np.frombuffer(weights.read_bytes(), np.float32) + 1
    weights.write_bytes(values.tobytes())
    with pytest.raises(CardError, match=r"w\.bin is damaged or was changed"):
        verify_model(outside)
    sums = outside.path.parent / "SHA256SUMS"
    lines = sums.read_text().splitlines()
    sums.write_text(f"{lines[0]}\n{file_digest(weights)}  weights/w.bin\n")
    assert verify_model(outside) != first


def test_weights_that_are_not_listed_or_missing_are_refused(outside):
    sums = outside.path.parent / "SHA256SUMS"
    text = sums.read_text()
    sums.write_text(text.splitlines()[0] + "\n")
    with pytest.raises(CardError, match=r"weights/w\.bin is not listed in .*SHA256SUMS"):
        verify_model(outside)
    sums.write_text(text)
    (outside.path.parent / "weights" / "w.bin").unlink()
    with pytest.raises(CardError, match="holds a part of the model, is missing"):
        verify_model(outside)
