# SPDX-License-Identifier: GPL-2.0-or-later
"""ONNX Runtime: which devices there are, one cached session a model and device, stop and out-of-memory signals."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import CancelledError, DependencyError, ModelError
from .onnx_binding import bound_network

Tensor = npt.NDArray[np.float32]

# Device name -> execution provider, in the order that "auto" prefers. CoreML computes in half precision, so it is
# used on demand only.
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
AUTOMATIC = ("cuda", "rocm", "directml", "cpu")
# Between the seeds of two passes of a network that draws at random.
SEED_STEP = 1_000_003
MEMORY_SIGNS = (
    "failed to allocate",
    "out of memory",
    "bad_alloc",
    "bad allocation",
    "alloc_failed",
    "outofmemory",
    "not enough memory",
    "available memory of",
)


_loading = threading.Lock()


@dataclass(frozen=True)
class Binding:
    """What a run makes of a network's file, see :mod:`core.onnx_binding`.

    Attributes:
        constants: inputs that stay the same for the whole run, and their rows.
        outputs: those that are wanted.
    """

    constants: tuple[tuple[str, tuple[tuple[float, ...], ...]], ...] = ()
    outputs: tuple[str, ...] = ()


NOT_BOUND = Binding()


class OutOfMemoryError(ModelError):
    """The device has too little memory for a tile."""


def available_devices() -> tuple[str, ...]:
    """Return the names of the devices that the installed ONNX Runtime was built for, preferred first.

    Raises:
        DependencyError: ONNX Runtime cannot be imported.
    """
    offered = set(_runtime().get_available_providers())
    return tuple(device for device, provider in PROVIDERS.items() if provider in offered)


def runtime_version() -> str:
    """Return the version of ONNX Runtime.

    Raises:
        DependencyError: it cannot be imported.
    """
    return str(_runtime().__version__)


def cores() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Session:
    """A loaded network; ``run`` may be called from several threads."""

    def __init__(self, path: Path, device: str, threads: int, content: bytes | None = None) -> None:
        """Load a network.

        Args:
            path: its file.
            device: a name of ``PROVIDERS``, or auto.
            threads: processors that one inference may use.
            content: what to load instead of the file's content.

        Raises:
            ModelError: the network cannot be loaded, or the device was asked for by name and cannot be used.
            DependencyError: ONNX Runtime cannot be imported.
        """
        runtime = _runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # A memory pattern reserves a fourth more than tiles of one shape use, and is no faster (measured).
        options.enable_mem_pattern = False
        options.log_severity_level = 4
        # Spinning threads would take the processors from reading and writing.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = providers_for(device)
        try:
            self._session: Any = runtime.InferenceSession(
                str(path) if content is None else content, sess_options=options, providers=providers
            )
        except Exception as error:  # noqa: BLE001 - ONNX Runtime's exceptions share no base class
            raise ModelError(f"{path} cannot be loaded by ONNX Runtime: {_first_line(error)}.") from error
        if device not in ("auto", "cpu") and PROVIDERS[device] != self.provider:
            raise ModelError(
                f"The device {device} cannot be used (ONNX Runtime fell back to {self.provider}): its driver or "
                "libraries are missing. Choose the device cpu or auto, or install them."
            )

    @property
    def provider(self) -> str:
        """The execution provider that is really in use."""
        return str(self._session.get_providers()[0])

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""
        return tuple(tensor.name for tensor in self._session.get_inputs())

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs, in order."""
        return tuple(output.name for output in self._session.get_outputs())

    def run(self, inputs: dict[str, Tensor], stopper: Stopper) -> dict[str, Tensor]:
        """Run the network once.

        Args:
            inputs: tensors by input name.
            stopper: ends the inference when the run is cancelled.

        Returns:
            Tensors by output name.

        Raises:
            OutOfMemoryError: the device has too little memory for these shapes.
            CancelledError: the stopper was used.
            ModelError: the network failed.
        """
        with stopper.running(_runtime().RunOptions()) as options:
            try:
                return dict(zip(self.output_names, self._session.run(None, inputs, options)))
            except Exception as error:  # noqa: BLE001 - ONNX Runtime's exceptions share no base class
                stopper.check()
                raise self._explained(error) from error

    def _explained(self, error: Exception) -> ModelError:
        if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in MEMORY_SIGNS):
            return OutOfMemoryError(
                f"{self.provider} has too little memory for a tile. Choose a smaller TILE_SIZE, or the device cpu."
            )
        return ModelError(f"The network failed: {_first_line(error)}.")


class Stopper:
    """Ends the inferences of one run, from any thread."""

    def __init__(self) -> None:
        """Start with nothing running."""
        self._running: set[Any] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def stop(self) -> None:
        """End what is running; what starts later fails at once."""
        with self._lock:
            self._stopped = True
            for options in self._running:
                options.terminate = True

    def check(self) -> None:
        """Raise CancelledError after :meth:`stop`."""
        if self._stopped:
            raise CancelledError("The run was cancelled.")

    @contextmanager
    def running(self, options: Any) -> Iterator[Any]:
        """Register the options of one inference while it runs."""
        with self._lock:
            self.check()
            self._running.add(options)
        try:
            yield options
        finally:
            with self._lock:
                self._running.discard(options)


def open_session(path: Path, digest: str, device: str, threads: int, binding: Binding = NOT_BOUND) -> Session:
    """Return the session of a network file with this digest, loaded once in a process and binding.

    Raises:
        ModelError: the network cannot be loaded, or the device was asked for by name and cannot be used.
        DependencyError: ONNX Runtime cannot be imported.
    """
    # Of two threads that ask for it at once one loads it.
    with _loading:
        return _opened(path, digest, device, threads, binding)


@lru_cache(maxsize=8)
def _opened(path: Path, digest: str, device: str, threads: int, binding: Binding) -> Session:
    constants = {name: np.array(rows, np.float32) for name, rows in binding.constants}
    content = bound_network(path, digest, constants, binding.outputs) if binding != NOT_BOUND else None
    return Session(path, device, threads, content)


def seed_random(number: int) -> None:
    """Seed the random operators of sessions that are opened from now on; those of one process start alike otherwise.

    Results are repeatable with one worker only: several take their random numbers as they come.
    """
    # Operators add their place in the graph, so neighbouring seeds would share numbers.
    _runtime().set_seed(SEED_STEP * (number + 1))


def release_sessions() -> None:
    """Forget all cached sessions, which gives their memory back once nobody uses them."""
    _opened.cache_clear()


def providers_for(device: str) -> list[str]:
    """Return the execution providers to ask for.

    Raises:
        ModelError: there is no such device in the installed ONNX Runtime.
    """
    devices = available_devices()
    if device == "auto":
        return [PROVIDERS[name] for name in AUTOMATIC if name in devices]
    if device not in devices:
        raise ModelError(
            f"The installed ONNX Runtime has no device {device!r}; it has {', '.join(devices)}. Choose one of these, "
            "or auto."
        )
    return list(dict.fromkeys((PROVIDERS[device], PROVIDERS["cpu"])))


def _runtime() -> Any:
    try:
        return importlib.import_module("onnxruntime")
    except ImportError as error:
        raise DependencyError(
            f"ONNX Runtime cannot be imported ({_first_line(error)}). Install it as the SatSharp help describes."
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
