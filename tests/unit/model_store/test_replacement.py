# SPDX-License-Identifier: GPL-2.0-or-later
"""Models are replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from satsharp.core import model_store
from satsharp.core.cards import file_digest, load_card, read_digests, verify_digest
from satsharp.core.errors import CardError, ModelError
from satsharp.core.model_candidate import check_id
from satsharp.core.model_folder import list_models, remove_model
from satsharp.core.model_store import InstallOptions, install_model

from .parts import OPTIONS, content, refused


@pytest.mark.parametrize("name", ["auto", "con", "NUL", "com1.x", "a b", "-a", ".a", "a.", "ä", "x" * 101, ""])
def test_ids_that_are_no_file_names_everywhere(name):
    with pytest.raises(CardError, match="cannot be a file name"):
        check_id(name)


def test_ids_of_bundled_models_are_reserved(make, folder):
    options = InstallOptions(reserved=("Tiny",), overwrite=True)
    refused(make(), folder, "belongs to a bundled model", options)


def test_ids_that_differ_in_capitals_only_are_refused(make, folder):
    install_model(make("Tiny"), folder, OPTIONS)
    refused(make("tiny", place="second"), folder, "differ in capitals only", InstallOptions(overwrite=True))


def test_model_is_replaced_on_request_only(make, folder):
    old = make(seed=1)
    install_model(old, folder, OPTIONS)
    new = make(seed=2, place="new", licence="MIT")
    refused(new, folder, "is installed in .* Set OVERWRITE")
    digest = file_digest(new.with_suffix(".onnx"))
    installed = install_model(new, folder, InstallOptions(overwrite=True))
    assert installed.card.licence == "MIT" and file_digest(installed.card.path) == digest
    assert verify_digest(load_card(folder / "tiny.json")) == digest
    assert sorted(content(folder)) == ["SHA256SUMS", f"tiny-{digest[:12]}.onnx", "tiny.json"]
    assert read_digests(folder / "SHA256SUMS") == {f"tiny-{digest[:12]}.onnx": digest}
    install_model(old, folder, InstallOptions(overwrite=True))
    assert sorted(content(folder)) == ["SHA256SUMS", "tiny.json", "tiny.onnx"]


def test_files_put_there_by_hand_are_taken_over(make, folder):
    make(place="models")
    with pytest.raises(CardError, match="not listed"):
        verify_digest(load_card(folder / "tiny.json"))
    install_model(folder / "tiny.json", folder, InstallOptions(overwrite=True))
    assert verify_digest(load_card(folder / "tiny.json")) == file_digest(folder / "tiny.onnx")


def test_network_of_another_model_is_not_overwritten(make, folder):
    install_model(make("one", seed=1, file="net.onnx"), folder, OPTIONS)
    before = (folder / "net.onnx").read_bytes()
    second = install_model(make("two", seed=2, place="second", file="net.onnx"), folder, OPTIONS)
    assert (folder / "net.onnx").read_bytes() == before
    assert second.card.path.name.startswith("net-") and verify_digest(second.card) == second.digest
    assert second.card.document["file"] == second.card.path.name


def test_names_with_the_digest_may_be_taken_too(make, folder):
    digest = file_digest(make().with_suffix(".onnx"))
    folder.mkdir()
    (folder / "tiny.onnx").write_text("by hand")
    (folder / f"tiny-{digest[:12]}.onnx").write_text("by hand")
    assert install_model(make(), folder, OPTIONS).card.path.name == f"tiny-{digest}.onnx"
    assert (folder / "tiny.onnx").read_text() == "by hand"
    (folder / "tiny.json").unlink()
    (folder / f"tiny-{digest}.onnx").write_text("by hand")
    refused(make(), folder, "already has another file")


def test_weights_of_another_model_are_not_overwritten(make, folder):
    for name, data in (("one", b"\0\0\0\0"), ("two", b"\1\0\0\0")):
        card = make(name, weights="w.bin", place=name)
        (card.parent / "w.bin").write_bytes(data)
    install_model(make.folder / "one", folder, OPTIONS)
    refused(make.folder / "two", folder, "already has another file w.bin")
    (make.folder / "two" / "w.bin").write_bytes(b"\0\0\0\0")
    install_model(make.folder / "two", folder, OPTIONS)
    assert set(remove_model("one", folder)) == {"one.json", "one.onnx"}
    assert set(remove_model("two", folder)) == {"two.json", "two.onnx", "w.bin"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_killed_at_any_step_the_old_or_the_new_state_is_whole(make, folder, overwrite):
    """A child process ends without any clean-up at its n-th rename; there is one for each file, the list, the card."""
    if not hasattr(os, "fork"):
        pytest.skip("this system has no fork")
    old, new = make(seed=1), make(seed=2, place="new", weights="w.bin")
    (new.parent / "w.bin").write_bytes(b"\0\0\0\0")
    digests = {file_digest(old.with_suffix(".onnx")): "old", file_digest(new.with_suffix(".onnx")): "new"}
    states = []
    for step in range(1, 9):
        shutil.rmtree(folder, ignore_errors=True)
        if overwrite:
            install_model(old, folder, OPTIONS)
        killed = _install_in_a_child(new, folder, step)
        models, problems = list_models(folder)
        assert problems == ()
        states.append("".join(digests[verify_digest(model.card)] for model in models))
        if not killed:
            break
        again = install_model(new, folder, InstallOptions(overwrite=True))
        assert digests[verify_digest(again.card)] == "new"
    before = ["old" if overwrite else ""] * 4
    # After the card, the old network goes, and with it a line of the list.
    assert states == [*before, *(["new", "new"] if overwrite else ["new"])]


def _install_in_a_child(source: Path, folder: Path, step: int) -> bool:
    """Install in a child that is killed at a rename; return whether it got that far."""
    child = os.fork()
    if child == 0:
        calls = [0]
        rename = os.replace

        def replace(*arguments):
            calls[0] += 1
            if calls[0] == step:
                os._exit(9)
            rename(*arguments)

        model_store.os.replace = replace
        install_model(source, folder, InstallOptions(overwrite=True))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("step", [1, 2, 3])
def test_failing_disk_leaves_the_old_state(make, folder, monkeypatch, step):
    install_model(make(seed=1), folder, OPTIONS)
    new = make(seed=2, place="new")
    before, rename, calls = content(folder), os.replace, []

    def replace(*arguments):
        calls.append(arguments)
        if len(calls) == step:
            raise OSError(28, "No space left on device")
        rename(*arguments)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(ModelError, match="No space left on device.*nothing was changed"):
        install_model(new, folder, InstallOptions(overwrite=True))
    after = content(folder)
    assert {name: after.pop(name) for name in ("tiny.json", "tiny.onnx")} == {
        name: before[name] for name in ("tiny.json", "tiny.onnx")
    }
    assert list(after) == ["SHA256SUMS"]
    assert verify_digest(load_card(folder / "tiny.json")) == file_digest(folder / "tiny.onnx")


def test_leftovers_of_killed_runs_are_deleted_after_a_day(make, folder):
    for name, age in ((".install-old", 90_000), (".install-new", 60)):
        (folder / name).mkdir(parents=True)
        seen = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (seen, seen))
    install_model(make(), folder, OPTIONS)
    assert [path.name for path in folder.glob(".install-*")] == [".install-new"]
