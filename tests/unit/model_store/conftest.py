# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures: a maker of models, and a folder to install them into."""

from __future__ import annotations

from pathlib import Path

import pytest

from .parts import Maker


@pytest.fixture
def make(onnx_net, tmp_path) -> Maker:
    return Maker(onnx_net, tmp_path)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "models"
