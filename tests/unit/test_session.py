# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import importlib
import sys
import threading
import time

import numpy as np
import pytest
from satsharp.core import session as module
from satsharp.core.errors import CancelledError, DependencyError, ModelError, SatSharpError
from satsharp.core.session import (
    OutOfMemoryError,
    Session,
    Stopper,
    available_devices,
    cores,
    open_session,
    providers_for,
    release_sessions,
)

pytest.importorskip("onnxruntime")


@pytest.fixture(autouse=True)
def fresh_cache():
    release_sessions()
    yield
    release_sessions()


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).random((2, 1, 7, 9), np.float32)


class FakeRuntime:
    """Stands in for onnxruntime: offers some providers and runs none."""

    def __init__(self, *offered: str, used: tuple[str, ...] = (), error: Exception | None = None) -> None:
        self.offered, self.used, self.error = list(offered), list(used or offered), error
        self.threads: list[int] = []

    def get_available_providers(self):
        return self.offered

    def SessionOptions(self):
        return FakeOptions()

    def RunOptions(self):
        return FakeOptions()

    def InferenceSession(self, path, sess_options, providers):
        self.asked, self.options = providers, sess_options
        return self

    def get_providers(self):
        return self.used

    def get_outputs(self):
        return []

    def run(self, names, inputs, options):
        raise self.error


class FakeOptions:
    terminate = False

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def add_session_config_entry(self, key, value):
        self.entries[key] = value


def use(monkeypatch: pytest.MonkeyPatch, runtime: FakeRuntime) -> FakeRuntime:
    monkeypatch.setattr(module, "_runtime", lambda: runtime)
    return runtime


def test_identity_gives_back_its_input(onnx_file, image):
    session = Session(onnx_file("identity"), "cpu", 1)
    assert session.provider == "CPUExecutionProvider"
    assert session.output_names == ("y",)
    np.testing.assert_array_equal(session.run({"x": image}, Stopper())["y"], image)


def test_nearest_repeats_pixels(onnx_file, image):
    made = Session(onnx_file("nearest"), "cpu", 1).run({"x": image}, Stopper())["y"]
    np.testing.assert_array_equal(made, image.repeat(2, 2).repeat(2, 3))


def test_mean_of_a_square(onnx_file, image):
    made = Session(onnx_file("mean", radius=2), "cpu", 2).run({"x": image}, Stopper())["y"]
    assert made[1, 0, 3, 4] == pytest.approx(image[1, 0, 1:6, 2:7].mean(), rel=1e-5)


def test_cpu_is_always_there_and_auto_prefers_the_gpu(monkeypatch):
    assert "cpu" in available_devices()
    assert providers_for("cpu") == ["CPUExecutionProvider"]
    names = ("CPUExecutionProvider", "CoreMLExecutionProvider", "AzureExecutionProvider", "CUDAExecutionProvider")
    use(monkeypatch, FakeRuntime(*names))
    assert available_devices() == ("cuda", "coreml", "cpu")
    assert providers_for("auto") == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert providers_for("cuda") == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert providers_for("coreml") == ["CoreMLExecutionProvider", "CPUExecutionProvider"]


@pytest.mark.parametrize("device", ["rocm", "gpu", ""])
def test_unknown_device_is_named_with_what_there_is(monkeypatch, device, onnx_file):
    use(monkeypatch, FakeRuntime("CUDAExecutionProvider", "CPUExecutionProvider"))
    with pytest.raises(ModelError, match=f"has no device '{device}'; it has cuda, cpu. Choose one"):
        providers_for(device)
    with pytest.raises(ModelError, match="^The installed ONNX Runtime has no device"):
        Session(onnx_file("identity"), device, 1)


def test_device_that_onnx_runtime_silently_replaces(monkeypatch, tmp_path):
    offered = ("CUDAExecutionProvider", "CPUExecutionProvider")
    runtime = use(monkeypatch, FakeRuntime(*offered, used=("CPUExecutionProvider",)))
    with pytest.raises(ModelError, match="device cuda cannot be used .*fell back to CPUExecutionProvider"):
        Session(tmp_path / "a.onnx", "cuda", 1)
    assert runtime.asked == list(offered)
    assert Session(tmp_path / "a.onnx", "auto", 1).provider == "CPUExecutionProvider"


def test_options_reach_onnx_runtime(onnx_file, monkeypatch, tmp_path):
    options = Session(onnx_file("identity"), "cpu", 3)._session.get_session_options()
    assert options.intra_op_num_threads == 3
    assert options.inter_op_num_threads == 1
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.parametrize("content", [b"", b"this is no protobuf", None])
def test_damaged_network_is_named(onnx_file, tmp_path, content):
    path = onnx_file("mean", radius=3)
    path.write_bytes(path.read_bytes()[:150] if content is None else content)
    with pytest.raises(ModelError, match=rf"{path.name} cannot be loaded by ONNX Runtime: .*[^.]\.$") as caught:
        Session(path, "cpu", 1)
    assert "\n" not in str(caught.value)


def test_missing_network_is_named(tmp_path):
    with pytest.raises(ModelError, match="none.onnx cannot be loaded"):
        Session(tmp_path / "none.onnx", "cpu", 1)


def test_wrong_shape_is_a_sentence(onnx_file):
    with pytest.raises(ModelError, match=r"^The network failed: .*x.*\.$") as caught:
        Session(onnx_file("identity"), "cpu", 1).run({"x": np.zeros((1, 5, 3, 3), np.float32)}, Stopper())
    assert not isinstance(caught.value, OutOfMemoryError)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA failure 2: out of memory ; GPU=0"),
        RuntimeError("Failed to allocate memory for requested buffer of size 72057594037927936"),
        RuntimeError("BFCArena::Extend Available memory of 1024 is smaller than requested bytes of 4096"),
        RuntimeError("CUBLAS_STATUS_ALLOC_FAILED"),
        RuntimeError("8007000E Not enough memory resources are available to complete this operation."),
        RuntimeError("std::bad_alloc"),
        MemoryError(),
    ],
    ids=["cuda", "cpu", "arena", "cublas", "directml", "c++", "python"],
)
def test_too_little_memory_is_recognised(monkeypatch, tmp_path, error):
    use(monkeypatch, FakeRuntime("CPUExecutionProvider", error=error))
    with pytest.raises(OutOfMemoryError, match="CPUExecutionProvider has too little memory .*TILE_SIZE") as caught:
        Session(tmp_path / "a.onnx", "cpu", 1).run({}, Stopper())
    assert caught.value.__cause__ is error


def test_real_allocation_that_cannot_be_met(onnx_file):
    """400 TB are more than a process can address."""
    session = Session(onnx_file("nearest", factor=10_000_000), "cpu", 1)
    with pytest.raises(OutOfMemoryError, match="too little memory"):
        session.run({"x": np.ones((1, 1, 1, 1), np.float32)}, Stopper())


def test_other_failures_are_not_taken_for_lack_of_memory(monkeypatch, tmp_path):
    use(monkeypatch, FakeRuntime("CPUExecutionProvider", error=RuntimeError("bad node\nwith details")))
    with pytest.raises(ModelError, match=r"^The network failed: bad node\.$") as caught:
        Session(tmp_path / "a.onnx", "cpu", 1).run({}, Stopper())
    assert not isinstance(caught.value, OutOfMemoryError)


def test_stop_ends_a_long_inference(onnx_file):
    session, stopper = Session(onnx_file("heavy", channels=64), "cpu", 1), Stopper()
    image = np.zeros((1, 64, 256, 256), np.float32)
    timer = threading.Timer(0.3, stopper.stop)
    timer.start()
    started = time.monotonic()
    with pytest.raises(CancelledError, match="cancelled"):
        session.run({"x": image}, stopper)
    taken = time.monotonic() - started
    timer.join()
    assert 0.25 < taken < 5, "all 200 layers take about a minute"
    assert stopper._running == set()


def test_what_starts_after_stop_fails_at_once(onnx_file, image):
    session, stopper = Session(onnx_file("identity"), "cpu", 1), Stopper()
    stopper.check()
    stopper.stop()
    with pytest.raises(CancelledError):
        session.run({"x": image}, stopper)
    with pytest.raises(CancelledError):
        stopper.check()
    np.testing.assert_array_equal(session.run({"x": image}, Stopper())["y"], image)


def test_sessions_are_shared_until_they_are_released(onnx_file):
    path = onnx_file("identity")
    first = open_session(path, "digest", "cpu", 1)
    assert open_session(path, "digest", "cpu", 1) is first
    assert open_session(path, "other", "cpu", 1) is not first
    release_sessions()
    assert open_session(path, "digest", "cpu", 1) is not first


def test_missing_onnx_runtime_is_an_error_with_a_remedy(monkeypatch):
    assert "cpu" in available_devices()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DependencyError, match=r"ONNX Runtime cannot be imported .* Install it"):
        available_devices()


@pytest.mark.parametrize("error", [ImportError("DLL load failed.\nmore"), ImportError()])
def test_broken_onnx_runtime_is_told_with_the_reason(monkeypatch, error):
    def fail(name):
        raise error

    monkeypatch.setattr(importlib, "import_module", fail)
    detail = "DLL load failed" if error.args else "ImportError"
    with pytest.raises(DependencyError, match=rf"^ONNX Runtime cannot be imported \({detail}\)\. "):
        available_devices()


def test_errors_are_errors_a_user_can_act_on():
    assert issubclass(OutOfMemoryError, ModelError) and issubclass(ModelError, SatSharpError)


def test_cores_are_those_of_this_process():
    assert 1 <= cores() <= 1024
