# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks, weights and digests are checked before anything is installed."""

from __future__ import annotations

import pytest
from satsharp.core.cards import file_digest
from satsharp.core.errors import CancelledError, ModelError
from satsharp.core.model_store import InstallOptions, install_model, source_digest

from .parts import OPTIONS, content, refused, zipped


@pytest.mark.parametrize("location", ["../evil.bin", "/etc/passwd", "C:\\evil", "a/../../evil"])
def test_weights_outside_of_the_folder_are_refused(make, folder, tmp_path, location):
    (tmp_path / "evil.bin").write_bytes(b"\0\0\0\0")
    refused(make(weights=location), folder, "outside its own folder")


def test_weights_by_a_link_out_of_the_folder_are_refused(make, folder, tmp_path):
    (tmp_path / "secret").write_bytes(b"\0\0\0\0")
    card = make(weights="w.bin")
    (card.parent / "w.bin").symlink_to(tmp_path / "secret")
    refused(card, folder, "outside its own folder")


@pytest.mark.parametrize(
    "location", ["other.json", "other.onnx", "SHA256SUMS", "sha256sums", ".hidden", "a/.b/w", "w."]
)
def test_weights_cannot_pass_for_something_else(make, folder, location):
    card = make(weights=location)
    (card.parent / location).parent.mkdir(parents=True, exist_ok=True)
    (card.parent / location).write_bytes(b"\0\0\0\0")
    refused(card, folder, "no acceptable name")


def test_missing_weights_are_named(make, folder):
    refused(make(weights="w.bin"), folder, "'w.bin', which is missing")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"operator": ("Evil", "custom.ops")}, "custom.ops.Evil"),
        ({"operator": ("Gelu", "com.microsoft")}, "com.microsoft.Gelu"),
        ({"opset": 25}, "opset 25.*at most 24"),
        ({"id": "other"}, "must equal the file name"),
        ({"gsd": 5}, "scale_factor must be"),
        ({"inputs": [{"name": "y", "bands": ["B05"], "gsd": 20}]}, "declares the inputs y, but tiny.onnx has x"),
        ({"outputs": [{"name": "y", "bands": ["B05"]}]}, "no output y"),
        ({"inputs": [{"name": "x", "bands": ["B05", "B06"], "gsd": 20}]}, "2 bands for x, but tiny.onnx has 1"),
        ({"gsd": 20, "scale_factor": 1}, "makes 2 pixels"),
        ({"operator": ("GlobalAveragePool", "")}, "declares tiling exact.*GlobalAveragePool"),
    ],
)
def test_wrong_networks_and_cards_are_refused(make, folder, changes, sentence):
    refused(make(**changes), folder, sentence)


def test_global_operations_are_fine_in_a_blended_model(make, folder):
    card = make(operator=("GlobalAveragePool", ""), tiling="blended")
    assert install_model(card, folder, OPTIONS).card.tiling == "blended"


def test_damaged_network_is_refused(make, folder):
    onnx = make().with_suffix(".onnx")
    onnx.write_bytes(onnx.read_bytes()[:-20])
    refused(onnx, folder, "damaged or truncated")
    onnx.write_text("version https://git-lfs.github.com/spec/v1\n")
    refused(onnx, folder, "Git LFS pointer")


def test_too_large_model_is_refused(make, folder):
    refused(make(), folder, "more than 0.0 MB", InstallOptions(maximum_bytes=100))


def test_trial_stops_the_installation(make, folder):
    tried = []

    def trial(path):
        tried.append(path.name)
        raise ModelError("ONNX Runtime is too old.")

    with pytest.raises(ModelError, match="too old"):
        install_model(make(), folder, OPTIONS, trial=trial)
    assert tried == ["tiny.onnx"] and content(folder) == {}


def test_installation_can_be_cancelled(make, folder):
    with pytest.raises(CancelledError):
        install_model(make(), folder, OPTIONS, is_cancelled=lambda: True)
    assert list(folder.iterdir()) == []


def test_digest_is_that_of_the_archive_or_of_the_network(make, folder, tmp_path):
    card = make()
    archive = zipped(card, tmp_path / "a.zip")
    assert source_digest(archive) == file_digest(archive)
    digest = file_digest(card.with_suffix(".onnx"))
    assert {source_digest(path) for path in (card, card.parent, card.with_suffix(".onnx"))} == {digest}
    for source in (archive, card, card.parent):
        refused(source, folder, "not the expected file.*expected was ffffffffffff", InstallOptions(sha256="f" * 64))
        given = source_digest(source).upper()
        assert install_model(source, folder, InstallOptions(sha256=given, overwrite=True)).digest == digest


def test_network_that_differs_from_the_list_beside_it_is_refused(make, folder):
    card = make()
    (card.parent / "SHA256SUMS").write_text(f"{'0' * 64}  tiny.onnx\n")
    refused(card, folder, "tiny.onnx is damaged or was changed.*says 000000000000")


def test_huge_list_of_digests_is_not_read(make, folder):
    card = make()
    (card.parent / "SHA256SUMS").write_bytes(bytes(5_000_000))
    refused(card, folder, "no list of digests: it has 5.0 MB")
