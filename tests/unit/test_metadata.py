# SPDX-License-Identifier: GPL-2.0-or-later
"""metadata.txt obeys the rules of the QGIS plugin repository."""

from __future__ import annotations

import configparser
import re
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIRED = (
    "name",
    "description",
    "version",
    "qgisMinimumVersion",
    "qgisMaximumVersion",
    "author",
    "email",
    "about",
    "tracker",
    "repository",
    "homepage",
    "category",
    "icon",
    "tags",
    "changelog",
)


@pytest.fixture(scope="module")
def metadata() -> configparser.SectionProxy:
    """The section [general], read as QGIS reads it: with interpolation, so that a stray % is an error."""
    parser = configparser.ConfigParser()
    parser.optionxform = str
    with (ROOT / "metadata.txt").open(encoding="utf-8") as stream:
        parser.read_file(stream)
    return parser["general"]


@pytest.mark.parametrize("key", REQUIRED)
def test_required_keys_have_values(metadata, key):
    assert metadata[key].strip()


def test_name_is_allowed(metadata):
    assert metadata["name"] == "SatSharp"
    assert "plugin" not in metadata["name"].lower()
    assert "satsharp".isidentifier()


def test_versions(metadata):
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])
    assert (metadata["qgisMinimumVersion"], metadata["qgisMaximumVersion"]) == ("3.22", "4.99")
    assert "supportsQt6" not in metadata  # deprecated: the maximum version alone says it
    assert metadata["changelog"].startswith(metadata["version"])


def test_provider_is_announced(metadata):
    assert metadata["hasProcessingProvider"] == "yes"
    assert metadata["category"] == "Raster"
    assert metadata["server"] == "False"


@pytest.mark.parametrize("key", ["homepage", "tracker", "repository"])
def test_addresses_are_https(metadata, key):
    address = urlsplit(metadata[key])
    assert address.scheme == "https" and "." in address.netloc


def test_person_fields(metadata):
    assert "/" not in metadata["author"]
    assert re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", metadata["email"])


def test_texts_are_plain_and_state_the_dependency(metadata):
    for key in ("about", "description", "description[fr]", "description[es]"):
        assert not re.search(r"<[^>]+>|&\w+;", metadata[key])
    assert len(metadata["description"]) < 150 and "\n" not in metadata["description"]
    for words in ("onnxruntime", "ONNX Runtime", "wheel", "digest", "numpy", "Different from Deepness"):
        assert words in metadata["about"]


def test_icon_is_a_small_square_png(metadata):
    content = (ROOT / metadata["icon"]).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) < 50_000
    width, height = struct.unpack(">II", content[16:24])
    assert width == height >= 64


def test_homepage_is_the_one_that_the_plugin_opens(metadata):
    paths = (ROOT / "plugin" / "paths.py").read_text(encoding="utf-8")
    assert f'HOMEPAGE = "{metadata["homepage"]}"' in paths


def test_version_is_read_from_here(metadata):
    from satsharp.core.version import version

    assert version() == metadata["version"]
