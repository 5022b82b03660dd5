# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in qgis_process: a process of its own, no window, a profile of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from satsharp.plugin.dependencies import runtime_folder

ROOT = Path(__file__).resolve().parent.parent.parent
# Debian's /usr/bin/qgis_process is broken by its own default options; the program itself has this name.
PROGRAM = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
ALGORITHM = "satsharp:superresolve_sentinel2"

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed")


class Qgis:
    """A throw-away QGIS profile with the plugin in it."""

    def __init__(self, folder: Path) -> None:
        self.profile = folder / "profiles" / "default"
        (self.profile / "python" / "plugins").mkdir(parents=True)
        (self.profile / "python" / "plugins" / "satsharp").symlink_to(ROOT)
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
            "QGIS_CUSTOM_CONFIG_PATH": str(folder),
            "QT_QPA_PLATFORM": "offscreen",
        }

    def __call__(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [PROGRAM, *arguments], env=self.environment, capture_output=True, text=True, timeout=240, check=False
        )
        if check and done.returncode != 0:
            pytest.fail(done.stdout + done.stderr)
        return done

    def result(self, *arguments: str) -> dict:
        return json.loads(self("--json", *arguments).stdout)


@pytest.fixture(scope="module")
def qgis(tmp_path_factory) -> Qgis:
    made = Qgis(tmp_path_factory.mktemp("qgis"))
    made("plugins", "enable", "satsharp")
    return made


@pytest.fixture
def installed(qgis) -> Qgis:
    """The same with ONNX Runtime in the profile, where dependencies.py puts it."""
    onnxruntime = pytest.importorskip("onnxruntime")
    folder = runtime_folder(qgis.profile)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "onnxruntime").exists():
        (folder / "onnxruntime").symlink_to(Path(onnxruntime.__file__).parent)
    models = qgis.profile / "satsharp" / "models"
    models.parent.mkdir(exist_ok=True)
    return qgis


def describe(path: Path) -> tuple[int, int, int, float]:
    dataset = gdal.Open(str(path))
    return dataset.RasterXSize, dataset.RasterYSize, dataset.RasterCount, dataset.GetGeoTransform()[0]


def test_provider_is_listed(qgis):
    listed = qgis.result("list")["providers"]["satsharp"]
    assert "superresolve_sentinel2" in " ".join(listed["algorithms"])
    assert ALGORITHM in listed["algorithms"]


def test_help_prints_every_parameter(qgis):
    text = qgis("help", ALGORITHM).stdout
    for words in ("INPUT", "BANDS", "COPY_FINE_BANDS", "EXTENT", "MODEL", "DEVICE", "TILE_SIZE", "RESUME", "FORMAT"):
        assert words in text
    assert "snapped outward to the coarsest pixels" in text
    assert "Traceback" not in text


def test_missing_runtime_prints_reason_and_remedy(qgis, product, tmp_path):
    folder = runtime_folder(qgis.profile)
    shutil.rmtree(folder, ignore_errors=True)
    done = qgis("run", ALGORITHM, "--", f"INPUT={product.safe}", f"OUTPUT={tmp_path / 'out.tif'}", check=False)
    text = done.stdout + done.stderr
    if done.returncode == 0:
        pytest.skip("this system's own Python has ONNX Runtime")
    assert "ONNX Runtime is not installed" in text and ".whl" in text and "Traceback" not in text


def test_whole_product_runs(installed, product, model_folder, tmp_path):
    out = tmp_path / "all_bands_10m.tif"
    _install_models(installed, model_folder)
    result = installed.result(
        "run", ALGORITHM, "--", f"INPUT={product.safe}", f"OUTPUT={out}", "MODEL=test-20m", "BANDS=20 m"
    )["results"]
    assert result["OUTPUT"] == str(out) and result["MODELS"] == "test-20m"
    assert result["EXECUTION_PROVIDER"] == "CPUExecutionProvider" and result["GSD"] == 10
    assert describe(out) == (600, 600, 10, 600000.0)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_extent_relative_path_and_zip_run(installed, product, model_folder, tmp_path, monkeypatch):
    _install_models(installed, model_folder)
    monkeypatch.chdir(product.zip.parent)
    installed(
        "run",
        ALGORITHM,
        "--",
        f"INPUT={product.zip.name}",
        f"OUTPUT={tmp_path / 'out.tif'}",
        "MODEL=test-60m",
        "EXTENT=600600,601200,5698800,5699400 [EPSG:32631]",
    )
    assert describe(tmp_path / "out.tif") == (60, 60, 6, 600600.0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["INPUT=/nowhere/S2A.SAFE"], "/nowhere/S2A.SAFE does not exist. Check the path of the product."),
        (["MODEL=s2-99m"], "MODEL cannot be s2-99m. Choose one of: auto"),
        (["DEVICE=gpu"], "DEVICE cannot be gpu. Choose one of: auto, cpu"),
        (["INPUT={zip}"], "unsafe"),
        (["INPUT={folder}"], "{folder}"),
        (["EXTENT=0,1,0,1 [EPSG:4326]", "MODEL=test-20m"], "outside"),
    ],
    ids=["missing input", "unknown model", "unknown device", "zip with ..", "no product", "extent outside"],
)
def test_bad_input_prints_a_sentence_and_no_traceback(installed, product, model_folder, tmp_path, arguments, sentence):
    _install_models(installed, model_folder)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../../evil.txt", "evil")
    (tmp_path / "empty").mkdir()
    values = {"INPUT": str(product.safe), "OUTPUT": str(tmp_path / "out.tif")}
    values.update(argument.format(zip=bad, folder=tmp_path / "empty").split("=", 1) for argument in arguments)
    done = installed("run", ALGORITHM, "--", *(f"{key}={value}" for key, value in values.items()), check=False)
    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert sentence.format(folder=tmp_path / "empty") in text, text
    assert "Traceback" not in text
    assert not list(tmp_path.glob("out.tif*"))


def _install_models(qgis: Qgis, model_folder: Path) -> None:
    target = qgis.profile / "satsharp" / "models"
    if not target.exists():
        target.symlink_to(model_folder)
