# SPDX-License-Identifier: GPL-2.0-or-later
"""What every converter shares: its records, its error, and the comparison of tensors with what a network expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ...core.errors import SatSharpError

Shape = tuple[int, ...]
Array = npt.NDArray[Any]


class ConversionError(SatSharpError):
    """A checkpoint is damaged, of another family, or does not fit the published network."""


@dataclass(frozen=True)
class Options:
    """What the user may choose; everything has a default that follows the publication.

    Attributes:
        id: of the new card and file name of the ONNX model; empty takes the family's.
        plain: inputs and outputs exactly as the published network has them (its own grid and range), for comparisons.
        licence: SPDX identifier where the user knows better than the family's default.
        origin: where the file came from, e.g. its address; stands in the card.
        tiling: ``exact`` or ``blended``; empty decides by the receptive field.
        settings: further ``name=value`` pairs, which each family reads by name (``Options.setting``).
        asked: names that were read so far.
    """

    id: str = ""
    plain: bool = False
    licence: str = ""
    origin: str = ""
    tiling: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set, compare=False)

    def check_all_asked(self, family: str) -> None:
        """Refuse settings that a family did not read: they would have no effect.

        Raises:
            ConversionError: naming the first of them, and what the family reads.
        """
        unknown = next((name for name in self.settings if name not in self.asked), None)
        if unknown is not None:
            known = ", ".join(sorted(self.asked)) or "none"
            raise ConversionError(f"--set {unknown}=... means nothing to {family}; its settings are: {known}.")

    def setting(self, name: str, default: str = "") -> str:
        """Return one further setting as text."""
        self.asked.add(name)
        return self.settings.get(name, default)

    def number(self, name: str, default: float) -> float:
        """Return one further setting as a number.

        Raises:
            ConversionError: it is no number.
        """
        self.asked.add(name)
        text = self.settings.get(name)
        if text is None:
            return default
        try:
            return float(text)
        except ValueError as error:
            raise ConversionError(f"--set {name}={text} is no number.") from error


@dataclass(frozen=True)
class Recognised:
    """What a checkpoint turned out to be.

    Attributes:
        family: e.g. ``DSen2``.
        architecture: what was read from names and shapes, e.g. ``{"depth": 6, "width": 128}``; JSON values only.
        parameters: numbers read from the file that the network uses.
        published: name of the published model whose count of parameters this is; empty for another size.
        notes: sentences that the user should read.
    """

    family: str
    architecture: Mapping[str, Any]
    parameters: int
    published: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Converted:
    """A checkpoint as a torch network, with the card that describes it.

    Attributes:
        network: in evaluation mode; its forward takes the card's inputs in order. None where ``model`` is given.
        examples: inputs of two sizes at least, the second for a comparison at another size than the exported one.
        card: document in the schema of core/cards.py; ``finish`` adds ``file``, ``tiling``, ``network`` and ``origin``.
        recognised: what it is.
        model: an ONNX file to take as it is, or the bytes of a rewritten one, instead of ``network``.
        file: the file with the weights, where the source only describes it (yaml, STAC item).
    """

    network: nn.Module | None
    examples: tuple[tuple[Tensor, ...], ...]
    card: dict[str, Any]
    recognised: Recognised
    model: Path | bytes | None = None
    file: Path | None = None


class Converter(Protocol):
    """One family of checkpoints."""

    @property
    def names(self) -> tuple[str, ...]:
        """What ``--as`` accepts, the first being the usual one."""
        ...

    @property
    def summary(self) -> str:
        """One line for ``--help``."""
        ...

    def recognises(self, source: Path) -> bool:
        """Return whether a file or folder is of this family; never raises."""
        ...

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint.

        Raises:
            ConversionError: the file is damaged, of another family, or a tensor differs from what is expected.
        """
        ...


def check_shapes(expected: Mapping[str, Shape], found: Mapping[str, Shape], family: str) -> None:
    """Compare tensors by name, in the order of the network.

    Raises:
        ConversionError: naming the first tensor that is missing, of another shape, or unknown to the network.
    """
    for name, shape in expected.items():
        if name not in found:
            raise ConversionError(f"{family}: the tensor {name} of shape {shape} is missing in the file.")
        if tuple(found[name]) != tuple(shape):
            raise ConversionError(f"{family}: the tensor {name} has shape {tuple(found[name])}, expected {shape}.")
    surplus = next((name for name in found if name not in expected), None)
    if surplus is not None:
        raise ConversionError(
            f"{family}: the file has the tensor {surplus} of shape {tuple(found[surplus])}, which this network lacks. "
            "Choose another family with --as."
        )


def check_finite(tensors: Iterable[tuple[str, Array]], family: str) -> None:
    """Refuse weights that are no numbers.

    Raises:
        ConversionError: naming the first such tensor.
    """
    for name, values in tensors:
        if not np.isfinite(values).all():
            raise ConversionError(f"{family}: the tensor {name} holds NaN or infinite values: the file is damaged.")


def load_tensors(network: nn.Module, tensors: Mapping[str, Array], family: str) -> nn.Module:
    """Fill a network with tensors under its own names and put it into evaluation mode.

    Args:
        network: every parameter and persistent buffer of it must be given (``num_batches_tracked`` excepted).
        tensors: name -> values in torch's layout, float.
        family: for messages.

    Raises:
        ConversionError: the first tensor that is missing, of another shape, surplus, or not finite.
    """
    state = {name: tensor for name, tensor in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    check_shapes(
        {name: tuple(tensor.shape) for name, tensor in state.items()},
        {name: tuple(values.shape) for name, values in tensors.items()},
        family,
    )
    check_finite(tensors.items(), family)
    filled = {name: torch.from_numpy(np.array(values, np.float32)) for name, values in tensors.items()}
    network.load_state_dict(filled, strict=False)
    return network.eval()


def count_values(network: nn.Module) -> int:
    """Return the number of values in parameters and persistent floating-point buffers, as Keras counts them."""
    return sum(tensor.numel() for tensor in network.state_dict().values() if tensor.is_floating_point())


def random_examples(sizes: Sequence[Sequence[Shape]], seed: int = 0) -> tuple[tuple[Tensor, ...], ...]:
    """Return fixed inputs in 0..1: one tuple of tensors for each list of shapes."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(tuple(torch.rand(tuple(shape), generator=generator) for shape in shapes) for shapes in sizes)
