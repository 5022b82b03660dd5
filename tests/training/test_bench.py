# SPDX-License-Identifier: GPL-2.0-or-later
"""The instrument itself: what it measures is there and positive; how much it is, tests do not say."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

from satsharp.export_tools.bench.command import add_arguments, run  # noqa: E402


def test_stages_and_tilings_of_a_small_product(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    given = ["--size", "240", "--tiling-size", "240", "--repeat", "1", "--parts", "stages", "tilings"]
    assert run(parser.parse_args([*given, "--folder", str(tmp_path)])) == 0
    figures = json.loads((tmp_path / "compact-240.json").read_text(encoding="utf-8"))
    stages = figures["stages"]
    seconds = [stages["decoding"], stages["inference"], stages["encoding"], stages["whole"]["seconds"]]
    assert min(seconds) > 0 and stages["whole"]["seconds"] < 600
    assert "whole run / sum" in capsys.readouterr().out
    pixels = gdal.Open(str(tmp_path / "output-240.tif")).ReadAsArray()
    assert pixels.shape == (12, 240, 240) and np.all(pixels > 0)
    assert not list(tmp_path.glob("encoded-*"))
