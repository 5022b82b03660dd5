# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from osgeo import gdal, gdal_array  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.configuration import Config  # noqa: E402
from satsharp.export_tools.train import Plan, fit, load_checkpoint, store  # noqa: E402
from satsharp.export_tools.training.budget import Budget  # noqa: E402
from satsharp.export_tools.training.checkpoint import CHECKPOINT, save_checkpoint  # noqa: E402

from .conftest import make_place  # noqa: E402
from .training_parts import NO_JUDGE, make_training, of_batch, same  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_resume_gives_the_same_weights_as_an_uninterrupted_run(config: Config, tmp_path: Path) -> None:
    places = [make_place(config, 0)]
    plan = Plan(tmp_path, Budget(1.0, 8))
    whole = make_training(config, places, seed=5)
    fit(whole, NO_JUDGE, plan)
    first = make_training(config, places, seed=5)
    for step in range(4):
        first.step(of_batch(first, step), step / 8)
    killed = dataclasses.replace(plan, out=tmp_path / "killed")
    killed.out.mkdir()
    store(first, killed)
    second = make_training(config, places, seed=5)
    second.restore(load_checkpoint(killed.out))
    fit(second, NO_JUDGE, killed)
    assert second.progress.step == whole.progress.step == 8
    assert same(whole.average.state_dict(), second.average.state_dict())
    assert same(whole.network.state_dict(), load_checkpoint(killed.out)["network"])
    assert not same(whole.network.state_dict(), first.network.state_dict())


def test_another_config_or_seed_is_not_resumed(config: Config, tmp_path: Path) -> None:
    places = [make_place(config, 0)]
    store(make_training(config, places, seed=5), Plan(tmp_path, Budget(1.0)))
    with pytest.raises(ValueError, match="another config"):
        make_training(config, places, seed=6).restore(load_checkpoint(tmp_path))


def test_a_write_that_dies_leaves_the_checkpoint_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_checkpoint({"step": 1}, tmp_path)

    def die(state: Any, stream: Any) -> None:
        stream.write(b"half of a checkpoint")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(torch, "save", die)
        save_checkpoint({"step": 2}, tmp_path)
    assert load_checkpoint(tmp_path) == {"step": 1}
    save_checkpoint({"step": 3}, tmp_path)
    assert load_checkpoint(tmp_path) == {"step": 3}
    assert os.listdir(tmp_path) == [CHECKPOINT]


def test_checkpoint_runs_no_code(tmp_path: Path) -> None:
    torch.save({"evil": Path}, tmp_path / CHECKPOINT)
    with pytest.raises(Exception, match="[Ww]eights"):
        load_checkpoint(tmp_path)


def write_places(folder: Path, config: Config) -> tuple[Path, Path]:
    """Two places as files with their table, and the config."""
    entries = []
    for number, split in enumerate(("train", "validation")):
        place = make_place(config, number, targets_size=48)
        files = {}
        for group in config.groups:
            pixels = np.rint(place.images[group.name] * 2000).astype(np.int16)
            files[group.name] = f"{split}_{group.name}.tif"
            raster = gdal_array.OpenArray(pixels)
            for index, band in enumerate(group.bands, 1):
                raster.GetRasterBand(index).SetDescription(band)
            gdal.GetDriverByName("GTiff").CreateCopy(str(folder / files[group.name]), raster)
        base = {"id": split, "place": split, "split": split, "kind": "native", "nodata": -9999, "gsd": 10}
        entries.append({**base, "files": files})
    table, settings = folder / "places.json", folder / "tiny.json"
    table.write_text(json.dumps({"places": entries}), encoding="utf-8")
    settings.write_text(json.dumps(config.document), encoding="utf-8")
    return table, settings


def test_killed_run_resumes_to_the_same_weights(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, settings = write_places(tmp_path, config)
    words = ["train", str(settings), "--data", str(tmp_path), "--places", str(table), "--threads", "1"]
    words += ["--accelerator", "cpu", "--steps", "60", "--patience", "100", "--out"]
    command = [sys.executable, "-m", "satsharp.export_tools", *words, str(tmp_path / "killed")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("step 14"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    killed = load_checkpoint(tmp_path / "killed")
    assert 14 <= killed["progress"]["step"] < 60
    assert main([*words, str(tmp_path / "killed")]) == 0
    assert main([*words, str(tmp_path / "whole")]) == 0
    resumed, whole = (load_checkpoint(tmp_path / name) for name in ("killed", "whole"))
    assert same(resumed["average"], whole["average"])
    assert same(resumed["best"]["weights"], whole["best"]["weights"])
    assert resumed["best"]["step"] == whole["best"]["step"] > 0
    steps = [line.split(",")[0] for line in (tmp_path / "killed" / "log.csv").read_text("utf-8").splitlines()[1:]]
    assert steps == [str(2 * number) for number in range(1, 31)]
    said = capsys.readouterr().out
    assert "step 60  loss" in said
    assert "RMSE / bicubic" in said
    assert " left" in said
