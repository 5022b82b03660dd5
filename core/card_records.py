# SPDX-License-Identifier: GPL-2.0-or-later
"""The declaration of a model as frozen records.

QGIS makes these classes when it starts, and a dataclass takes several times as long to make as a named tuple. So the
parts are named tuples, but for those that a run changes by ``replace``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

# The task that a card declares.
HARMONIZATION = "harmonization"


@dataclass(frozen=True)
class CardInput:
    """One input tensor: bands of one GSD on their native grid, (batch, dates x bands, rows, columns), float32.

    Attributes:
        name: tensor name in the graph.
        bands: band names in channel order.
        gsd: ground sampling distance in metres.
        dates: number of acquisitions stacked on the channel axis, oldest first.
    """

    name: str
    bands: tuple[str, ...]
    gsd: float
    dates: int = 1


class CardOutput(NamedTuple):
    """One output tensor on the output grid, (batch, bands, rows, columns), in network range.

    Attributes:
        name: tensor name in the graph.
        bands: band names in channel order.
        role: ``value``; ``spread``, the model's own estimate of its absolute error; or ``lower`` / ``upper`` /
            ``variance`` of an interval.
    """

    name: str
    bands: tuple[str, ...]
    role: str = "value"


class ScenePass(NamedTuple):
    """A pass over the whole scene before the tiles, whose small result every tile receives as an input tensor.

    Attributes:
        kind: ``detail_regression``: how the details of each target band follow those of the guide bands.
        input: tensor name in the graph; shape (targets, guides + 1), the last column being the intercept.
        guides: names of the guide bands in column order.
        targets: names of the target bands in row order.
        default: coefficients in network range that the estimate is drawn to where the scene has few valid pixels.
    """

    kind: str
    input: str
    guides: tuple[str, ...]
    targets: tuple[str, ...]
    default: tuple[tuple[float, ...], ...]


class CardInterval(NamedTuple):
    """How far from its value a model's truth lies: value -/+ factor x (spread + floor).

    Attributes:
        coverage: share of pixels whose truth lies inside, by calibration on places that training never saw.
        source: ``spread``: the spread is the output of that role; ``ensemble``: it is the standard deviation over the
            model's results on the eight flips and turns of its inputs.
        factors: (band, factor) for every target band.
        floor: added to every spread, in network range.
        uncalibrated: bands that no calibration place has, whose factor is but a cautious guess from the others.
        scene_ratio: factor / the same of the places one scale down: what a scene's own factor, which is found there,
            is multiplied by.
    """

    coverage: float
    source: str
    factors: tuple[tuple[str, float], ...]
    floor: float = 0.0
    uncalibrated: tuple[str, ...] = ()
    scene_ratio: float = 1.0

    def factor(self, band: str) -> float:
        """Return the factor of a target band."""
        return dict(self.factors)[band]


class CardBlend(NamedTuple):
    """How a network with ``tiling: blended`` is run: on overlapping blocks, in pixels of the coarsest input.

    Attributes:
        block: side of a block.
        overlap: pixels that neighbouring blocks share; at most half a block.
        multiple: sides of what the network is given are multiples of it; the block itself for a network of one size.
    """

    block: int
    overlap: int
    multiple: int = 1


@dataclass(frozen=True)
class Card:
    """The declaration of a model.

    Attributes:
        id: file name without suffix.
        name: for people.
        path: the ONNX file.
        sensor: id of the sensor file, or ``any``.
        levels: processing levels the model was trained for; empty means any.
        gsd: ground sampling distance of the outputs in metres.
        scale_factor: GSD of the coarsest input divided by that of the outputs.
        value_scale: network value = reflectance x value_scale + value_offset.
        value_offset: see ``value_scale``.
        value_clip: smallest and largest network value that an input may have, or None for any.
        experimental: sentence why the model's results are to be used with care; empty for a model that is not
            experimental.
        inputs: input tensors, finest first.
        outputs: output tensors.
        scene_pass: what is computed once per scene, or None.
        tiling: ``exact`` (halo from the graph) or ``blended`` (global operations or an unbounded receptive field).
        blend: sides of blocks and overlaps where it is blended, or None to have them chosen by the graph.
        licence: SPDX identifier of the weights' licence.
        summary: one sentence for people.
        interval: how its interval is made, or None where it was not calibrated.
        document: the whole card as read, for display.
    """

    id: str
    name: str
    path: Path
    sensor: str
    levels: tuple[str, ...]
    gsd: float
    scale_factor: int
    value_scale: float
    value_offset: float
    inputs: tuple[CardInput, ...]
    outputs: tuple[CardOutput, ...]
    scene_pass: ScenePass | None
    tiling: str
    licence: str
    summary: str = ""
    interval: CardInterval | None = None
    value_clip: tuple[float, float] | None = None
    experimental: str = ""
    blend: CardBlend | None = None
    document: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def target_bands(self) -> tuple[str, ...]:
        """Bands of the ``value`` outputs, in order."""
        return tuple(band for output in self.outputs if output.role == "value" for band in output.bands)

    @property
    def input_bands(self) -> tuple[str, ...]:
        """Bands of all inputs, in order."""
        return tuple(band for tensor in self.inputs for band in tensor.bands)

    @property
    def harmonizes(self) -> bool:
        """Whether it turns one sensor into another, which takes a run of its own kind."""
        return self.document.get("task") == HARMONIZATION

    @property
    def cubic_parameter(self) -> float:
        """Parameter a of the cubic convolution that brings its inputs onto one grid (Keys: -0.5)."""
        return float(self.document.get("cubic_parameter", -0.5))

    @property
    def pan_without_sun(self) -> bool:
        """Whether it takes Level-1 reflectance that is not divided by the sine of the sun's elevation."""
        return bool(self.document.get("pan_without_sun", False))

    @property
    def passes(self) -> int:
        """How often an ensemble runs it: more than once where it draws at random (Monte Carlo dropout)."""
        return int(self.document.get("stochastic", {}).get("passes", 1))

    @property
    def coarsest_gsd(self) -> float:
        """GSD of the coarsest input in metres."""
        return max(tensor.gsd for tensor in self.inputs)
