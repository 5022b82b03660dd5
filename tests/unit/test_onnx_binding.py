# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
gdal = pytest.importorskip("osgeo.gdal")

import satsharp.core.session as module  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, file_digest, load_card  # noqa: E402
from satsharp.core.detail_regression import scene_tensor  # noqa: E402
from satsharp.core.errors import ModelError  # noqa: E402
from satsharp.core.job import Step  # noqa: E402
from satsharp.core.onnx_binding import bound_network  # noqa: E402
from satsharp.core.protobuf import read_fields, written  # noqa: E402
from satsharp.core.session import Binding, Session, Stopper, open_session, release_sessions  # noqa: E402

MODELS = ("s2-20m", "s2-20m-large", "s2-20m-tiny", "s2-60m", "landsat-30m", "modis-1000m")


def rows_of(card):
    default = np.array(card.scene_pass.default, np.float32)
    return scene_tensor(default, card.scale_factor).astype(np.float32)


def images_of(card, side=12):
    rng = np.random.default_rng(5)
    sides = {tensor.name: round(side * card.coarsest_gsd / tensor.gsd) for tensor in card.inputs}
    shapes = {tensor.name: (1, len(tensor.bands), sides[tensor.name], sides[tensor.name]) for tensor in card.inputs}
    return {name: rng.random(shape, np.float32) for name, shape in shapes.items()}


def bound(path, constants, outputs):
    return bound_network(path, file_digest(path), constants, outputs)


@pytest.mark.parametrize("name", MODELS)
def test_a_bound_network_makes_the_same_values(name):
    card = load_card(MODEL_FOLDER / f"{name}.json")
    rows, images, scene = rows_of(card), images_of(card), card.scene_pass.input
    whole = Session(card.path, "cpu", 1)
    assert scene in whole.input_names
    plain = whole.run({**images, scene: rows}, Stopper())
    for outputs in (("sharpened",), ("sharpened", "spread")):
        content = bound(card.path, {scene: rows}, outputs)
        session = Session(card.path, "cpu", 1, content)
        assert scene not in session.input_names
        assert session.output_names == outputs
        made = session.run(images, Stopper())
        for output in outputs:
            # 0.01 digital numbers: products come in another order when they are folded into the weights.
            np.testing.assert_allclose(made[output], plain[output], rtol=0, atol=5e-6)
        # Not constants alone: another scene makes another image.
        other = Session(card.path, "cpu", 1, bound(card.path, {scene: 0.5 * rows}, outputs)).run(images, Stopper())
        assert float(np.abs(other["sharpened"] - made["sharpened"]).max()) > 1e-3


@pytest.mark.parametrize("name", MODELS)
def test_values_do_not_depend_on_whether_bounds_are_made(name):
    card = load_card(MODEL_FOLDER / f"{name}.json")
    rows, images, scene = rows_of(card), images_of(card, 30), card.scene_pass.input
    made = [
        Session(card.path, "cpu", 1, bound(card.path, {scene: rows}, outputs)).run(images, Stopper())
        for outputs in (("sharpened",), ("sharpened", "spread"))
    ]
    np.testing.assert_array_equal(made[0]["sharpened"], made[1]["sharpened"])


@pytest.mark.parametrize(("name", "views"), [("s2-20m-tiny", 1), ("s2-20m", 2)])
def test_what_an_output_alone_needs_goes_with_it(name, views):
    card = load_card(MODEL_FOLDER / f"{name}.json")
    scene = {card.scene_pass.input: rows_of(card)}
    counts = {
        outputs: sum(node.op_type == "Conv" for node in onnx.load_from_string(content).graph.node)
        for outputs in (("sharpened",), ("sharpened", "spread"))
        if (content := bound(card.path, scene, outputs)) is not None
    }
    assert counts[("sharpened", "spread")] - counts[("sharpened",)] == views
    model = onnx.load_from_string(bound(card.path, scene, ("sharpened",)))
    onnx.checker.check_model(model)
    before = onnx.load(str(card.path))
    assert [entry.version for entry in model.opset_import] == [entry.version for entry in before.opset_import]
    assert model.ir_version == before.ir_version


def test_a_network_that_needs_no_change_is_used_as_it_is(onnx_file):
    path = onnx_file("identity")
    assert bound(path, {}, ("y",)) is None
    assert bound(path, {"unknown": np.zeros((2, 2), np.float32)}, ("y", "z")) is None


def test_networks_with_weights_elsewhere_are_used_as_they_are(tmp_path):
    card = load_card(MODEL_FOLDER / "s2-20m-tiny.json")
    path = tmp_path / "apart.onnx"
    onnx.save(onnx.load(str(card.path)), str(path), save_as_external_data=True, location="apart.bin", size_threshold=64)
    assert bound(path, {card.scene_pass.input: rows_of(card)}, ("sharpened",)) is None


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "damaged.onnx"
    path.write_bytes((MODEL_FOLDER / "s2-20m-tiny.onnx").read_bytes()[:-1000])
    with pytest.raises(ModelError, match="damaged"):
        bound(path, {}, ("sharpened",))


def test_a_file_that_was_replaced_since_the_plan_is_refused(tmp_path):
    card = load_card(MODEL_FOLDER / "s2-20m-tiny.json")
    path = tmp_path / "model.onnx"
    path.write_bytes(card.path.read_bytes())
    digest, rows = file_digest(path), {card.scene_pass.input: rows_of(card)}
    assert bound_network(path, digest, rows, ("sharpened",)) is not None
    path.write_bytes((MODEL_FOLDER / "s2-20m.onnx").read_bytes())
    with pytest.raises(ModelError, match=r"model\.onnx was replaced after the run had begun"):
        bound_network(path, digest, rows, ("sharpened",))


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_written_as_they_were_read(name):
    content = (MODEL_FOLDER / f"{name}.onnx").read_bytes()
    assert b"".join(written(content, field) for field in read_fields(content, 0, len(content))) == content


def test_a_session_is_shared_by_those_who_bind_it_alike():
    card = load_card(MODEL_FOLDER / "s2-20m-tiny.json")
    rows = tuple(tuple(float(value) for value in row) for row in rows_of(card))
    one, same = (Binding(((card.scene_pass.input, rows),), ("sharpened",)) for _ in range(2))
    other = dataclasses.replace(one, outputs=("sharpened", "spread"))
    digest = file_digest(card.path)
    first = open_session(card.path, digest, "cpu", 1, one)
    assert open_session(card.path, digest, "cpu", 1, same) is first
    assert open_session(card.path, digest, "cpu", 1, other) is not first
    assert open_session(card.path, digest, "cpu", 1) is not first
    release_sessions()


def test_threads_that_ask_at_once_load_a_network_once(monkeypatch, onnx_file):
    path, loaded, together = onnx_file("identity"), [], threading.Barrier(4)

    class Counted(Session):
        def __init__(self, *arguments):
            loaded.append(arguments)
            super().__init__(*arguments)

    def ask(_):
        together.wait()
        return open_session(path, "asked at once", "cpu", 1)

    monkeypatch.setattr(module, "Session", Counted)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))
    assert len(loaded) == 1
    assert all(session is found[0] for session in found)
    release_sessions()


def test_a_step_wants_the_spread_where_it_makes_bounds():
    card = load_card(MODEL_FOLDER / "s2-20m.json")
    step = Step(card, "digest", 2, 16, 1)
    assert step.outputs == ("sharpened",)
    assert dataclasses.replace(step, interval=card.interval).outputs == ("sharpened", "spread")
    ensemble = card.interval._replace(source="ensemble")
    assert dataclasses.replace(step, interval=ensemble).outputs == ("sharpened",)
    # What a model calls its bounds is an output like its values.
    named = (*card.outputs, card.outputs[0]._replace(name="low", role="lower"))
    assert dataclasses.replace(step, card=dataclasses.replace(card, outputs=named)).outputs == ("sharpened", "low")
