# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the tensors of a PyTorch checkpoint (.pth, .pt, .bin, .safetensors) without running anything from it.

Pickled code is refused: only tensors and plain values are unpickled (``weights_only``). The one object allowed besides
is ``torch.nn.L1Loss``, which the training checkpoints of S2L8H carry and which holds no tensors.
"""

from __future__ import annotations

import pickle  # nosec B403
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from .framework import ConversionError, Shape, check_finite, check_shapes
from .safetensors_file import read_safetensors
from .sources import PICKLE, SAFETENSORS, ZIP, is_kind, require_kind

# BasicSR keeps the averaged network beside the last one, and publishes the output of the averaged one.
WRAPPERS = ("params_ema", "params", "state_dict", "model_state_dict")
PREFIXES = ("module.", "model.", "_orig_mod.")
HARMLESS = (nn.L1Loss,)
KINDS = (ZIP, PICKLE, SAFETENSORS)
DIGITS = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class Checkpoint:
    """The tensors of one network.

    Attributes:
        tensors: name without wrapper and prefix -> float32 values, in the order of the file; empty tensors and
            counters of batches are left out.
        notes: which dictionary was taken, which prefix was removed, and what else the user should know.
    """

    tensors: dict[str, npt.NDArray[np.float32]]
    notes: tuple[str, ...]

    def shape(self, name: str, rank: int, family: str) -> Shape:
        """Return the shape of a tensor that a configuration is read from.

        Raises:
            ConversionError: it is missing, or has another number of dimensions.
        """
        if name not in self.tensors:
            raise ConversionError(f"{family}: the tensor {name} is missing in the file.")
        shape = self.tensors[name].shape
        if len(shape) != rank:
            raise ConversionError(f"{family}: the tensor {name} has shape {shape}, expected {rank} dimensions.")
        return tuple(shape)

    def count(self, prefix: str, family: str) -> int:
        """Return 1 + the largest number that follows a prefix in names.

        Raises:
            ConversionError: there is none, or it is larger than the number of tensors.
        """
        rests = [name[len(prefix) :].split(".")[0] for name in self.tensors if name.startswith(prefix)]
        numbers = [int(rest) for rest in rests if DIGITS.fullmatch(rest)]
        if not numbers:
            raise ConversionError(f"{family}: the tensors {prefix}0.* are missing in the file.")
        if max(numbers) >= len(self.tensors):
            first = next(number for number in range(len(numbers) + 1) if number not in numbers)
            raise ConversionError(f"{family}: the tensors {prefix}{first}.* are missing in the file.")
        return max(numbers) + 1

    def without(self, *patterns: str) -> dict[str, npt.NDArray[np.float32]]:
        """Return the tensors whose names match none of some regular expressions from the start."""
        return {
            name: values
            for name, values in self.tensors.items()
            if not any(re.match(pattern, name) for pattern in patterns)
        }


def read_checkpoint(path: Path, family: str) -> Checkpoint:
    """Read the tensors of a checkpoint and choose the dictionary that inference uses.

    Args:
        path: file.
        family: for messages.

    Raises:
        ConversionError: the file is of another kind, truncated, or holds pickled code or no tensors.
    """
    kind = require_kind(path, family, *KINDS)
    content: object = read_safetensors(path) if kind == SAFETENSORS else _unpickle(path)
    tensors, chosen = _choose(content, path)
    tensors, prefix = _strip(tensors)
    if prefix:
        chosen.append(f"The prefix {prefix} was removed from the names of tensors.")
    return Checkpoint(_values(tensors, chosen, path), tuple(chosen))


def tensor_names(path: Path) -> frozenset[str]:
    """Return the names of a checkpoint's tensors for recognition; empty where it cannot be read."""
    if not is_kind(path, *KINDS):
        return frozenset()
    facts = path.stat()
    return _names(path, facts.st_size, facts.st_mtime_ns)


def refuse_damaged(path: Path) -> None:
    """Say what is wrong with a checkpoint that no family recognised; whole ones pass.

    Raises:
        ConversionError: it holds pickled code, no tensors, or is damaged.
    """
    if is_kind(path, *KINDS):
        read_checkpoint(path, "PyTorch")


@lru_cache(maxsize=4)
def _names(path: Path, _size: int, _changed: int) -> frozenset[str]:
    try:
        return frozenset(read_checkpoint(path, "PyTorch").tensors)
    except ConversionError:
        return frozenset()


def _unpickle(path: Path) -> object:
    try:
        with torch.serialization.safe_globals([*HARMLESS]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        code = re.search(r"GLOBAL `?([\w.]+)", str(error))
        if code is None:
            raise ConversionError(f"{path} is no whole PyTorch checkpoint ({_first(error)}).") from error
        raise ConversionError(
            f"{path} holds pickled code ({code.group(1)}), which could do anything when it is loaded; nothing of it "
            "was run. Ask for a file with tensors only, such as safetensors."
        ) from error
    except (RuntimeError, ValueError, EOFError, OSError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ConversionError(
            f"{path} is no whole PyTorch checkpoint ({_first(error)}). Download it again, or export the state_dict."
        ) from error


def _first(error: Exception) -> str:
    text = str(error).strip().splitlines() or [type(error).__name__]
    return text[0].split(" (function")[0][:160].rstrip(". ")


def _choose(content: object, path: Path) -> tuple[dict[str, Tensor], list[str]]:
    if not isinstance(content, Mapping):
        raise ConversionError(f"{path} holds {type(content).__name__} instead of named tensors.")
    found = {name: tensors for name in WRAPPERS if (tensors := _tensors_in(content.get(name)))}
    if not found:
        flat = _tensors_in(content)
        if not flat:
            raise ConversionError(
                f"{path} holds no named tensors, only {', '.join(map(str, list(content)[:5])) or 'nothing'}."
            )
        return flat, ["Weights: the file is one dictionary of tensors."]
    name = next(iter(found))
    others = [other for other in found if other != name]
    note = f"Weights: the dictionary {name} was taken"
    return found[name], [f"{note}, not {', '.join(others)}." if others else f"{note}."]


def _tensors_in(content: Any) -> dict[str, Tensor]:
    if not isinstance(content, Mapping):
        return {}
    return {str(name): value for name, value in content.items() if isinstance(value, Tensor)}


def _strip(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """Remove prefixes that every name has; ``module.`` also where only some have it, as BasicSR does."""
    removed = ""
    while True:
        common = next((prefix for prefix in PREFIXES if all(name.startswith(prefix) for name in tensors)), "")
        if not common:
            break
        tensors = {name[len(common) :]: value for name, value in tensors.items()}
        removed += common
    if any(name.startswith("module.") for name in tensors):
        return {name.removeprefix("module."): value for name, value in tensors.items()}, removed + "module."
    return tensors, removed


def _values(tensors: dict[str, Tensor], notes: list[str], path: Path) -> dict[str, npt.NDArray[np.float32]]:
    kept = {name: value for name, value in tensors.items() if _counts(name, value)}
    rounded = sorted({str(value.dtype).removeprefix("torch.") for value in kept.values()} - {"float32"})
    if any(value.is_complex() or value.is_sparse or value.is_quantized for value in kept.values()):
        raise ConversionError(f"{path} holds complex, sparse or quantized tensors, which no known family has.")
    if rounded:
        notes.append(f"Weights of type {', '.join(rounded)} were converted to float32.")
    return {name: value.detach().to(torch.float32).contiguous().numpy() for name, value in kept.items()}


def _counts(name: str, value: Tensor) -> bool:
    """Return whether a tensor has any influence on inference."""
    return value.numel() > 0 and not _is_counter(name)


def _is_counter(name: str) -> bool:
    return name.endswith("num_batches_tracked")


def fit(build: Callable[[], nn.Module], tensors: Mapping[str, npt.NDArray[np.float32]], family: str) -> nn.Module:
    """Build a network, compare it with tensors, and fill it with them without a copy.

    It is built without memory first: a file that claims absurd sizes is refused before anything is reserved.

    Args:
        build: makes the network.
        tensors: name -> values for every parameter and buffer.
        family: for messages.

    Raises:
        ConversionError: the first tensor that is missing, of another shape, surplus, or not finite.
    """
    with torch.device("meta"):
        network = build()
    expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items() if not _is_counter(name)}
    check_shapes(expected, {name: values.shape for name, values in tensors.items()}, family)
    check_finite(tensors.items(), family)
    filled = {name: torch.from_numpy(values) for name, values in tensors.items()}
    network.load_state_dict(filled, strict=False, assign=True)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked = None
    return network.eval().requires_grad_(False)


def parameters_of(network: nn.Module) -> int:
    """Return the number of weights, without running statistics."""
    return sum(tensor.numel() for tensor in network.parameters())
