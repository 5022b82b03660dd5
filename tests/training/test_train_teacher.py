# SPDX-License-Identifier: GPL-2.0-or-later
"""A network learns what another one makes of the chips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("lightning")
pytest.importorskip("osgeo")

from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.train import Plan, load_checkpoint, store  # noqa: E402
from satsharp.export_tools.training.budget import Budget  # noqa: E402
from satsharp.export_tools.training.devices import start_fabric  # noqa: E402
from satsharp.export_tools.training.history import training_of  # noqa: E402
from satsharp.export_tools.training.loss import value_of  # noqa: E402
from satsharp.export_tools.training.start import read_onnx, read_start  # noqa: E402
from satsharp.export_tools.training.state import Training  # noqa: E402
from satsharp.export_tools.training.teacher import load_teacher  # noqa: E402

from .conftest import make_place  # noqa: E402
from .training_parts import of_batch  # noqa: E402

MODELS = Path(__file__).parents[2] / "models"


def test_a_pupil_comes_near_its_teacher_and_not_the_truth(config: Config, tmp_path: Path) -> None:
    places, fabric = [make_place(config, 0)], start_fabric("cpu", 1, "32")
    master = Training(fabric, config, places, seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        # Far from anything that the truth would teach.
        master.average.tail.weight.add_(0.05 * torch.randn(master.average.tail.weight.shape, generator=generator))
    store(master, Plan(tmp_path, Budget(1.0)))
    teacher = load_teacher([tmp_path], config)
    pupil = Training(fabric, config, places, 3, None, teacher)
    batch = of_batch(pupil, 999)

    def distance() -> float:
        return float((value_of(pupil.network(*batch.inputs)) - teacher.of(batch)).detach().abs().mean())

    before = distance()
    for number in range(60):
        pupil.step(of_batch(pupil, number), number / 60)
    assert distance() < 0.6 * before
    assert all(not weight.requires_grad and weight.grad is None for weight in teacher.network.parameters())


def test_a_card_can_teach(config: Config) -> None:
    teacher = load_teacher([MODELS / "s2-20m-tiny.json"], load_config("s2-20m"))
    weights = read_onnx(MODELS / "s2-20m-tiny.onnx")
    assert teacher.label == "card s2-20m-tiny"
    assert torch.equal(teacher.network.state_dict()["tail.weight"], weights["tail.weight"])


def test_a_mean_over_views_teaches_with_all_of_them() -> None:
    # The config of that name is one view.
    config = load_config("s2-20m")
    teacher = load_teacher([MODELS / "s2-20m.json"], config)
    rng = np.random.default_rng(0)
    inputs = {"b10": (1, 4, 32, 24), "b20": (1, 6, 16, 12), "regression": (6, 16)}
    tensors = {name: rng.random(shape, np.float32) for name, shape in inputs.items()}
    taught = teacher.network(*(torch.from_numpy(tensor) for tensor in tensors.values()))[0].numpy()
    session = onnxruntime.InferenceSession(str(MODELS / "s2-20m.onnx"), providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(taught, session.run(None, tensors)[0], rtol=0, atol=1e-4)


def test_several_teachers_teach_their_mean(config: Config, tmp_path: Path) -> None:
    places, fabric = [make_place(config, 0)], start_fabric("cpu", 1, "32")
    folders = [tmp_path / name for name in ("first", "second")]
    for seed, folder in enumerate(folders):
        folder.mkdir()
        master = Training(fabric, config, places, seed)
        with torch.no_grad():
            master.average.tail.weight.add_(0.05 * (1 + seed))
        store(master, Plan(folder, Budget(1.0)))
    batch = of_batch(master, 999)
    alone = [load_teacher([folder], config).of(batch) for folder in folders]
    together = load_teacher(folders, config)
    assert float((alone[0] - alone[1]).abs().mean()) > 0.001
    torch.testing.assert_close(together.of(batch), (alone[0] + alone[1]) / 2)
    assert together.label == f"run {config.id}, run {config.id}"
    assert all(not weight.requires_grad for weight in together.network.parameters())


def test_teachers_of_other_bands_are_refused(config: Config) -> None:
    with pytest.raises(ValueError, match="other input bands"):
        load_teacher([MODELS / "landsat-30m.json"], load_config("s2-20m"))


def test_a_run_is_resumed_with_its_teacher_only_and_the_card_names_it(config: Config, tmp_path: Path) -> None:
    places, fabric = [make_place(config, 0)], start_fabric("cpu", 1, "32")
    for name in ("master", "taught"):
        (tmp_path / name).mkdir()
    store(Training(fabric, config, places, 1), Plan(tmp_path / "master", Budget(1.0)))
    teacher = load_teacher([tmp_path / "master"], config)
    taught = Training(fabric, config, places, 1, None, teacher)
    store(taught, Plan(tmp_path / "taught", Budget(1.0)))
    state = load_checkpoint(tmp_path / "taught")
    taught.restore(state)
    with pytest.raises(ValueError, match="teacher"):
        Training(fabric, config, places, 1).restore(state)
    assert training_of(config.document, state)["teacher"] == f"run {config.id}"
    assert "teacher" not in training_of(config.document, load_checkpoint(tmp_path / "master"))
    start = read_start(tmp_path / "taught", config)
    assert start.earlier[-1]["teacher"] == f"run {config.id}"
