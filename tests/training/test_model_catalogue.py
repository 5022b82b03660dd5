# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalogue of published models names converters that exist."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from satsharp.core.model_catalogue import bundled_catalogue
from satsharp.export_tools.converters import converters


def test_converters_of_the_bundled_catalogue_exist() -> None:
    assert {entry.converter for entry in bundled_catalogue()[0]} <= set(converters())
