# SPDX-License-Identifier: GPL-2.0-or-later
"""Models are installed whole or not at all, from files that were checked, and removed without harming others."""

from __future__ import annotations

import json
import os
import shutil
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from satsharp.core import model_archive, model_store
from satsharp.core.cards import file_digest, load_card, load_cards, read_digests, verify_digest
from satsharp.core.errors import CancelledError, CardError, ModelError
from satsharp.core.model_archive import unpack_archive
from satsharp.core.model_candidate import check_id, is_plain_weights
from satsharp.core.model_folder import list_models, remove_model
from satsharp.core.model_store import InstallOptions, install_model, source_digest

OPTIONS = InstallOptions()


@dataclass
class Maker:
    """Writes cards and networks that enlarge one band twice; ``seed`` makes their weights differ."""

    net: Any
    folder: Path

    def __call__(self, name: str = "tiny", seed: int = 0, place: str = "source", **changes: Any) -> Path:
        folder = self.folder / place
        folder.mkdir(exist_ok=True)
        file = changes.get("file", f"{name}.onnx")
        net = self.net(opset=changes.pop("opset", 17), seed=seed)
        operator, domain = changes.pop("operator", ("Relu", ""))
        convolved = net.conv(net.image("x", 1), (1, 1))
        weights = changes.pop("weights", "")
        if weights:
            convolved = net.add("Add", convolved, self._external(net, weights))
        last = net.resize(net.add(operator, convolved, domain=domain), 2)
        (folder / file).write_bytes(net.model(last).SerializeToString())
        document = {
            "id": name,
            "name": "Tiny",
            "file": file,
            "sensor": "sentinel2",
            "gsd": 10,
            "scale_factor": 2,
            "value_range": {"scale": 1.0, "offset": 0.0},
            "inputs": [{"name": "x", "bands": ["B05"], "gsd": 20}],
            "outputs": [{"name": last, "bands": ["B05"]}],
            "tiling": "exact",
            "licence": "CC0-1.0",
            **changes,
        }
        path = folder / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    @staticmethod
    def _external(net: Any, location: str) -> str:
        from onnx import TensorProto

        tensor = TensorProto(name="w", dims=[1, 1, 1, 1], data_type=1, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value=location)
        tensor.external_data.add(key="length", value="4")
        net.constants.append(tensor)
        return "w"


@pytest.fixture
def make(onnx_net, tmp_path) -> Maker:
    return Maker(onnx_net, tmp_path)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "models"


def zipped(path: Path, target: Path, inside: str = "") -> Path:
    """Zip the folder of a card."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.parent.iterdir()):
            archive.write(file, inside + file.name)
    return target


def content(folder: Path) -> dict[str, bytes]:
    files = folder.rglob("*") if folder.is_dir() else ()
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.is_file()}


def refused(source: Path, folder: Path, sentence: str, options: InstallOptions = OPTIONS) -> None:
    """The source is refused with a sentence, and the folder stays as it was."""
    before = content(folder)
    with pytest.raises((ModelError, CardError), match=sentence):
        install_model(source, folder, options)
    assert content(folder) == before


# --- from every kind of source ----------------------------------------------------------------------------------------


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


# --- what is no model -------------------------------------------------------------------------------------------------


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


# --- archives ---------------------------------------------------------------------------------------------------------


def archive_with(target: Path, name: str, mode: int = 0, data: bytes = b"x", flags: int = 0) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, data)
        entry.flag_bits |= flags
    return target


@pytest.mark.parametrize(
    "name",
    ["../evil.onnx", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil", "a:b", "a//b", "./a", "a/\x01", "what?"],
)
def test_zip_slip_is_refused(name, folder, tmp_path):
    refused(archive_with(tmp_path / "a.zip", name), folder, "an unsafe path")
    assert not list(tmp_path.rglob("evil*"))


def test_link_and_device_in_an_archive_are_refused(folder, tmp_path):
    refused(archive_with(tmp_path / "a.zip", "w.bin", stat.S_IFLNK | 0o777, b"/etc/passwd"), folder, "'w.bin', a link")
    refused(archive_with(tmp_path / "b.zip", "w.bin", stat.S_IFCHR | 0o666), folder, "no plain file")


def test_encrypted_archive_is_refused(folder, tmp_path):
    refused(archive_with(tmp_path / "a.zip", "w.bin", flags=1), folder, "encrypted")


def test_two_entries_of_one_name_are_refused(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("tiny.json", "{}")
        archive.writestr("TINY.json", "{}")
    refused(tmp_path / "a.zip", folder, "two entries of one name")


def test_too_many_entries_are_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(model_archive, "MAX_MEMBERS", 3)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}", "")
    refused(tmp_path / "a.zip", folder, "4 entries, more than 3")


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.99])
def test_truncated_archive_is_refused(make, folder, tmp_path, keep):
    path = zipped(make(), tmp_path / "a.zip")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    refused(path, folder, "damaged.*Download it again")


def test_flipped_byte_in_an_archive_is_refused(make, folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("notes.txt", b"A" * 5000)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[2000] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    refused(tmp_path / "a.zip", folder, "damaged")


def test_bomb_is_refused_by_what_it_declares(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.bin", bytes(10_000_000))
    assert (tmp_path / "a.zip").stat().st_size < 20_000
    refused(tmp_path / "a.zip", folder, "more than 1 MB", InstallOptions(maximum_bytes=1_000_000))


def test_bomb_that_lies_about_its_size_unpacks_no_more_than_declared(folder, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.bin", bytes(10_000_000))
    data = path.read_bytes().replace(struct.pack("<I", 10_000_000), struct.pack("<I", 1000))
    path.write_bytes(data)
    refused(path, folder, "damaged", InstallOptions(maximum_bytes=1_000_000))


def test_unpacking_can_be_cancelled(make, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(CancelledError):
        unpack_archive(zipped(make(), tmp_path / "a.zip"), tmp_path / "out", 1 << 20, lambda: True)


# --- the network ------------------------------------------------------------------------------------------------------


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


# --- digests ----------------------------------------------------------------------------------------------------------


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


# --- ids and replacement ----------------------------------------------------------------------------------------------


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


# --- removal and listing ----------------------------------------------------------------------------------------------


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
