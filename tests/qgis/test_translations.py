# SPDX-License-Identifier: GPL-2.0-or-later
"""The translations are complete, in the right contexts, and used."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from qgis.PyQt.QtCore import QCoreApplication  # noqa: E402
from qgis.PyQt.QtWidgets import QLabel  # noqa: E402
from satsharp.plugin import i18n  # noqa: E402
from satsharp.ui.models_view import ModelsView  # noqa: E402
from satsharp.ui.options_page import SatSharpOptionsPage  # noqa: E402
from satsharp.ui.preview_controls import PreviewControls  # noqa: E402
from satsharp.ui.setup_view import SetupView  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("es", "fr")


def messages(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield (class, English text, translation); the latter empty where it is unfinished."""
    for context in ElementTree.parse(ROOT / f"resources/i18n/satsharp_{language}.ts").iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            done = translation.get("type") is None
            yield context.findtext("name"), message.findtext("source"), (translation.text or "") if done else ""


def texts_of_the_sources() -> set[tuple[str, str]]:
    """Return (class, text) of all texts in calls of ``tr``, which must be literal: pylupdate reads no others."""
    used = set()
    for folder in ("plugin", "processing_provider", "ui"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "i18n.py":
                continue
            for cls in ast.parse(path.read_text(encoding="utf-8")).body:
                for node in ast.walk(cls):
                    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "tr":
                        assert isinstance(node.args[0], ast.Constant), path
                        used.add((cls.name, node.args[0].value))
    return used


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_sources_is_translated_and_no_other(language):
    """A text that was added or changed without its translation would silently stay English."""
    listed = {(context, source) for context, source, translation in messages(language) if translation}
    used = texts_of_the_sources()
    assert len(used) > 300
    assert (sorted(used - listed), sorted(listed - used)) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_places_tags_and_parameter_names(language):
    """What ``format`` fills in, what is bold, and what users type must be the same in all languages."""
    kept = re.compile(r"\{\}|</?\w+>|\*\.\w+|\b[A-Z]{2,}_[A-Z_]+\b|https?://")
    wrong = [
        (source, translation)
        for _, source, translation in messages(language)
        if sorted(kept.findall(source)) != sorted(kept.findall(translation))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "regional", "label"),
    [("fr", "fr_CA", "Mémoire pour un traitement"), ("es", "es_MX", "Memoria para un proceso")],
)
def test_translation_is_built_and_loads(language, regional, label, tmp_path, monkeypatch, plugin):
    lrelease = shutil.which("lrelease")
    if lrelease is None:
        pytest.skip("lrelease (qttools5-dev-tools) is not installed")
    source = ROOT / f"resources/i18n/satsharp_{language}.ts"
    subprocess.run([lrelease, "-silent", source, "-qm", tmp_path / f"satsharp_{language}.qm"], check=True)
    monkeypatch.setattr(i18n, "TRANSLATION_FOLDER", tmp_path)
    assert i18n.install_translator("de") is None
    translator = i18n.install_translator(regional)
    page = SatSharpOptionsPage()
    labels = {widget.text() for widget in page.findChildren(QLabel)}
    widths = [view.minimumSizeHint().width() for view in (PreviewControls(), SetupView(), ModelsView())]
    i18n.remove_translator(translator)
    assert label in labels
    # A dock of 320 pixels has some 300 for what is in it.
    assert max(widths) <= 300, widths
    assert QCoreApplication.translate("SatSharpOptionsPage", "Memory for a run") == "Memory for a run"
