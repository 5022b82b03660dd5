# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors and cancelling: a sentence, and no file."""

from __future__ import annotations

import shutil

import pytest

pytest.importorskip("qgis.core")

from qgis.core import (
    QgsProcessingException,
)

from ..conftest import Log
from .parts import run


def test_damaged_product_ends_in_a_sentence_without_a_traceback(product, tmp_path, log, context):
    copy = tmp_path / product.safe.name
    shutil.copytree(product.safe, copy)
    next(copy.rglob("*_B05_20m.jp2")).unlink()
    with pytest.raises(QgsProcessingException) as caught:
        run(product, tmp_path, log, context, INPUT=str(copy))
    assert "B05" in str(caught.value) and "Traceback" not in str(caught.value)
    assert not list(tmp_path.glob("out.tif*"))


def test_folder_without_a_product_ends_in_a_sentence(product, tmp_path, log, context):
    (tmp_path / "empty").mkdir()
    with pytest.raises(QgsProcessingException) as caught:
        run(product, tmp_path, log, context, INPUT=str(tmp_path / "empty"))
    assert str(tmp_path / "empty") in str(caught.value) and "Traceback" not in str(caught.value)


def test_extent_outside_ends_in_a_sentence(product, tmp_path, log, context):
    with pytest.raises(QgsProcessingException, match="outside"):
        run(product, tmp_path, log, context, EXTENT="0,1,0,1 [EPSG:4326]")


def test_output_that_is_a_folder_ends_in_a_sentence(product, tmp_path, log, context):
    (tmp_path / "out.tif").mkdir()
    with pytest.raises(QgsProcessingException, match="is a folder. Give the output a file name"):
        run(product, tmp_path, log, context)


def test_cancelling_leaves_no_file(product, tmp_path, context):
    log = Log(cancel_at=20.0)
    run(product, tmp_path, log, context, TILE_SIZE=120)
    assert log.isCanceled() and log.progress() < 100
    assert list(tmp_path.iterdir()) == []
    assert "Cancelled; nothing was written." in log.infos
