# SPDX-License-Identifier: GPL-2.0-or-later
"""Intervals: how far a sharpened band may lie from the truth, pixel by pixel, and the digital numbers of its bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .cards import Card
from .radiometry import Image, Radiometry
from .session import Tensor

Outputs = dict[str, Tensor]

TRANSFORMS = 8


def ensemble_spread(
    run: Callable[[Outputs], Outputs], inputs: Outputs, plain: Outputs, names: tuple[str, ...]
) -> Outputs:
    """Return the standard deviation over the eight flips and turns of the inputs, turned back.

    Args:
        run: runs the network.
        inputs: image tensors (1, channels, rows, columns) by name.
        plain: what the network makes of the inputs as they are: the first of the eight.
        names: outputs of interest.

    Returns:
        For each name a tensor of the shape of ``plain``: the root of the mean square distance from the mean of all
        eight.
    """
    total = {name: np.zeros_like(plain[name]) for name in names}
    square = {name: np.zeros_like(plain[name]) for name in names}
    for number in range(1, TRANSFORMS):
        outputs = run({name: transformed(values, number) for name, values in inputs.items()})
        for name in names:
            # Distances from the plain result: sums of squares of the values themselves would cancel.
            distance = restored(outputs[name], number) - plain[name]
            total[name] += distance
            square[name] += distance * distance
    return {
        name: np.sqrt(np.maximum(square[name] / TRANSFORMS - (total[name] / TRANSFORMS) ** 2, 0)).astype(np.float32)
        for name in names
    }


def transformed(values: Tensor, number: int) -> Tensor:
    """Return the last two axes flipped and turned: bit 0 flips columns, bit 1 rows, bit 2 then swaps both."""
    flipped = values[..., :: -1 if number & 2 else 1, :: -1 if number & 1 else 1]
    result: Tensor = np.ascontiguousarray(flipped.swapaxes(-1, -2) if number & 4 else flipped)
    return result


def restored(values: Tensor, number: int) -> Tensor:
    """Undo :func:`transformed`."""
    turned = values.swapaxes(-1, -2) if number & 4 else values
    return turned[..., :: -1 if number & 2 else 1, :: -1 if number & 1 else 1]


def ensemble_name(tensor: str) -> str:
    """Return the name under which the spread of a tensor over the ensemble is kept."""
    return f"spread of {tensor}"


def spread_of(card: Card, tensor: str, band: str, results: Outputs) -> Image:
    """Return a band's spread, (rows, columns).

    Args:
        card: the model.
        tensor: name of the output tensor with the band's values.
        band: its name.
        results: (bands, rows, columns) by tensor name.
    """
    sources = [(output.name, output.bands) for output in card.outputs if output.role == "spread"]
    if card.interval is None or card.interval.source == "ensemble":
        sources = [(ensemble_name(output.name), output.bands) for output in card.outputs if output.name == tensor]
    name, bands = next((name, bands) for name, bands in sources if band in bands)
    plane: Image = results[name][bands.index(band)]
    return plane


def bound_numbers(values: Image, half_width: Image, bound: int, radiometry: Radiometry, dtype: npt.DTypeLike) -> Image:
    """Return the digital numbers of the lower or upper bound, rounded outwards where the file holds whole numbers.

    Args:
        values: final values in network range.
        half_width: distance to the bounds in network range.
        bound: -1 for lower, 1 for upper.
        radiometry: of the band.
        dtype: of the file.
    """
    distance = half_width * np.float32(bound / abs(radiometry.gain))
    return rounded_outwards(radiometry.to_digital_numbers(values) + distance, bound, dtype)


def rounded_outwards(numbers: Image, bound: int, dtype: npt.DTypeLike) -> Image:
    """Return a lower or upper bound rounded away from the value where the file holds whole numbers; values stay."""
    if not bound or np.dtype(dtype).kind == "f":
        return numbers
    return np.floor(numbers) if bound < 0 else np.ceil(numbers)
