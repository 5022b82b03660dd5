# SPDX-License-Identifier: GPL-2.0-or-later
"""Models are installed from addresses."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("qgis.core")

from qgis.core import (
    QgsProcessingException,
)
from satsharp.core.cards import load_card, verify_digest
from satsharp.plugin import model_sources
from satsharp.plugin.settings import Settings, load_settings, save_settings

from .parts import CONTENT, INSTALL, digest_of, never, run, zipped  # noqa: E402


@pytest.mark.parametrize("name", ["mine.zip", "mine.zip?token=1", "mine.json", "mine.onnx"])
def test_model_comes_from_an_address_with_its_digest(plugin, own, source, server, tmp_path, context, name):
    for file in source.iterdir():
        (server.folder / file.name).write_bytes(file.read_bytes())
    zipped(source, server.folder / "mine.zip")
    expected = digest_of(server.folder / ("mine.zip" if "zip" in name else "mine.onnx"))
    address = f"{server.address}/{name}"
    with pytest.raises(QgsProcessingException, match="is not the expected file"):
        run(INSTALL, context, SOURCE=address, SHA256="0" * 64)
    assert not list(own.glob("*"))
    assert run(INSTALL, context, SOURCE=address, SHA256=expected)["ID"] == "mine"
    assert verify_digest(load_card(own / "mine.json")) == digest_of(source / "mine.onnx")
    assert not list((tmp_path / "downloads").iterdir())


def test_without_a_digest_the_address_needs_a_confirmation(plugin, own, source, server, context):
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    address = f"{server.address}/mine.zip"
    with pytest.raises(QgsProcessingException, match=f"Its SHA-256 is {digest}. Compare it"):
        run(INSTALL, context, SOURCE=address)
    assert not list(own.glob("*"))
    assert run(INSTALL, context, SOURCE=address, CONFIRM=True)["ID"] == "mine"
    assert [path for path, _ in server.asked].count("/mine.zip") == 1


def test_digest_of_the_catalogue_suffices(plugin, own, source, server, context, monkeypatch):
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    entry = {"id": "mine", "name": "Mine", "publisher": "Me", "page": "https://example.org/p", "format": "satsharp"}
    entry.update(address="https://example.org/mine.zip", licence="CC0-1.0", sensor="Sentinel-2", scale_factor=2)
    document = {"schema": 1, "models": [entry, {"id": "bad"}, {**entry, "id": "isr-rdn-large"}]}
    (server.folder / "list.json").write_text(json.dumps(document))
    (server.folder / "SHA256SUMS").write_text(f"{digest}  mine/mine.zip\n")
    save_settings(Settings(model_folder=str(own), catalogue=f"{server.address}/list.json"))
    entries, problems = model_sources.load_catalogue(load_settings().catalogue, never)
    assert [(e.address, e.sha256) for e in entries if e.id == "mine"] == [(entry["address"], digest)]
    assert len(problems) == 2 and "Entry 2" in problems[0] and "isr-rdn-large" in problems[1]
    real = model_sources.fetch_model

    def from_here(address, *arguments):
        return real(f"{server.address}/{address.rsplit('/', 1)[-1]}", *arguments)

    monkeypatch.setattr(model_sources, "fetch_model", from_here)
    assert run(INSTALL, context, SOURCE=entry["address"])["ID"] == "mine"


def test_catalogue_that_is_out_of_reach_is_a_sentence(plugin, own):
    entries, (problem,) = model_sources.load_catalogue("http://127.0.0.1:9/list.json", never)
    assert len(entries) > 20 and "Connection refused" in problem
    _, (problem,) = model_sources.load_catalogue("http://example.org/list.json", never)
    assert "https only" in problem


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://example.org/x.zip", "https only"),
        ("ftp://example.org/x.zip", "https only"),
        ("file:///etc/passwd", "https only"),
        ("{}/weights.h5", "checkpoint.*convert weights.h5"),
        ("{}/none.zip", "[Nn]ot [Ff]ound"),
        ("{}/page.json", "no model card"),
        ("{}/escape.json", "no plain file name"),
        ("{}/page.zip", "no zip archive"),
    ],
)
def test_other_addresses_are_refused(plugin, own, server, context, address, sentence):
    (server.folder / "page.json").write_text("<html>")
    (server.folder / "page.zip").write_text("<html>")
    (server.folder / "escape.json").write_text(json.dumps({"file": "../../evil.onnx"}))
    with pytest.raises(QgsProcessingException, match=sentence):
        run(INSTALL, context, SOURCE=address.format(server.address), CONFIRM=True)
    assert not list(own.glob("*"))


def test_larger_download_than_allowed_is_refused(plugin, own, server, context):
    (server.folder / "large.zip").write_bytes(bytes(1_100_000))
    with pytest.raises(QgsProcessingException, match="more than the expected 1000000 bytes"):
        run(INSTALL, context, SOURCE=f"{server.address}/large.zip", CONFIRM=True, MAX_SIZE=1)
    assert not list(own.glob("*"))


def test_broken_download_of_a_model_goes_on(plugin, own, source, server, context):
    (source / "notes.txt").write_bytes(CONTENT)
    digest = digest_of(zipped(source, server.folder / "mine.zip"))
    server.cut = 500_000
    parameters = {"SOURCE": f"{server.address}/mine.zip", "SHA256": digest}
    with pytest.raises(QgsProcessingException, match="The download from 127.0.0.1 failed"):
        run(INSTALL, context, **parameters)
    assert run(INSTALL, context, **parameters)["ID"] == "mine"
    assert [asked for path, asked in server.asked] == ["", "bytes=500000-"]
