# SPDX-License-Identifier: GPL-2.0-or-later
"""Satlas' SRCNN and HighResNet checkpoints: dead and duplicate tensors are ignored, the rest is read from shapes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from .framework import ConversionError, Converted, Options, Recognised
from .fusion_networks import SRCNN, HighResNet
from .satlas_card import adapted, examples_of, grid_notes, images_of, satlas_card, wants_reflectance
from .torch_checkpoint import Checkpoint, fit, parameters_of, read_checkpoint, tensor_names

Tensors = dict[str, npt.NDArray[np.float32]]

# In the file, never used without masks of clouds.
MASKS = r"mask_encoder\."
# SRCNN holds its fusion twice; HighResNet keeps these from SRCNN without using them.
PARENT = r"(doubleconv2d|residualblocks)\."
LEVEL = re.compile(r"fusion\.fusion\.(\d+)\.")
# Weights in the file, each counted once -> file.
PUBLISHED = {1_773_816: "srcnn_s2naip.pth", 3_249_019: "highresnet_s2naip.pth"}


class SatlasMultidate:
    """Converter of one of both networks."""

    def __init__(self, title: str, family: str, mark: str) -> None:
        """Prepare a converter.

        Args:
            title: of the network.
            family: for messages.
            mark: a tensor that only this network has.
        """
        self.title = title
        self.family = family
        self.mark = mark
        self.names = (f"satlas-{title.lower()}", title.lower())
        self.summary = f"Satlas {title} of several dates, .pth; settings images, bands, range"

    def recognises(self, source: Path) -> bool:
        """Return whether the file has the names of this network."""
        return {"encoder.doubleconv2d.0.weight", self.mark} <= tensor_names(source)

    def convert(self, source: Path, options: Options) -> Converted:
        """Read a checkpoint.

        Raises:
            ConversionError: the file is damaged, of another family, or a tensor differs.
        """
        checkpoint = read_checkpoint(source, self.family)
        deep = self.title == "HighResNet"
        shape, notes = _shape_of(checkpoint, self.family), list(checkpoint.notes)
        tensors = checkpoint.without(MASKS, PARENT)
        build: type[nn.Module] = SRCNN
        if deep:
            build, tensors = HighResNet, _one_level(tensors, shape["dates"], self.family, notes)
        else:
            shape["layers"] = _layers(checkpoint, self.family)
            _compare_twins(checkpoint, notes)
        images = images_of(shape["dates"] * shape["bands"], options, self.family, shape["dates"])
        network = fit(lambda: build(**shape), tensors, self.family)
        stored = _stored(checkpoint, deep)
        notes.append(f"The file has {stored:,} weights; those of masks and of layers without use were left out.")
        if shape["zoom"] == 4:
            notes.append("The trailing resize to 128 pixels, an identity for inputs of 32, was dropped.")
        recognised = Recognised(
            family=self.family,
            architecture=shape,
            parameters=parameters_of(network),
            published=PUBLISHED.get(stored, ""),
            notes=(*notes, *images.notes, *grid_notes(images, options.plain)),
        )
        reflectance = wants_reflectance(options, self.family)
        title = self.title
        return Converted(
            network=adapted(network, images, options, self.family).eval(),
            examples=examples_of(images, options.plain),
            card=satlas_card(title.lower(), title, images, shape["leaving"], shape["zoom"], reflectance, options.plain),
            recognised=recognised,
        )


def _shape_of(checkpoint: Checkpoint, family: str) -> dict[str, int]:
    hidden, bands, kernel = checkpoint.shape("encoder.doubleconv2d.0.weight", 4, family)[:3]
    # SRCNN's own fusion; HighResNet keeps the same tensor, dead, which tells the number of dates.
    stacked = next(
        (
            name
            for name in ("fusion.0.doubleconv2d.0.weight", "doubleconv2d.doubleconv2d.0.weight")
            if name in checkpoint.tensors
        ),
        "doubleconv2d.doubleconv2d.0.weight",
    )
    together = checkpoint.shape(stacked, 4, family)[1]
    shuffled = checkpoint.shape("sr.upsample.1.weight", 4, family)[1]
    leaving, _, render_kernel = checkpoint.shape("sr.upsample.4.weight", 4, family)[:3]
    zoom = math.isqrt(hidden // shuffled)
    if together % hidden or hidden != shuffled * zoom**2 or not zoom:
        raise ConversionError(
            f"{family}: {stacked} reads {together} and sr.upsample.1.weight {shuffled} channels, which do not fit "
            f"{hidden} features. Choose another family with --as."
        )
    if kernel % 2 == 0 or render_kernel % 2 == 0:
        raise ConversionError(f"{family}: the tensor encoder.doubleconv2d.0.weight has an even kernel of {kernel}.")
    return {
        "dates": together // hidden,
        "bands": bands,
        "leaving": leaving,
        "hidden": hidden,
        "kernel": kernel,
        "zoom": zoom,
        "render_kernel": render_kernel,
    }


def _layers(checkpoint: Checkpoint, family: str) -> int:
    """Return the number of residual blocks; a network without any has neither of both copies."""
    present = any(name.startswith(("fusion.1.", "residualblocks.")) for name in checkpoint.tensors)
    return checkpoint.count("fusion.1.", family) if present else 0


def _one_level(tensors: Tensors, dates: int, family: str, notes: list[str]) -> Tensors:
    """Keep one of the copies of the fusion block: the last, which loading into the shared block would leave."""
    levels = (dates - 1).bit_length()
    found = sorted({int(match.group(1)) for name in tensors if (match := LEVEL.match(name))})
    if found != list(range(levels)):
        raise ConversionError(
            f"{family}: {dates} dates need {levels} levels of fusion, but the tensors fusion.fusion.*.* are those of "
            f"{len(found)}."
        )
    kept = {LEVEL.sub("fusion.", name): values for name, values in tensors.items() if _level(name) in (-1, levels - 1)}
    if any(_differs(values, kept.get(LEVEL.sub("fusion.", name))) for name, values in tensors.items()):
        notes.append("The copies of the fusion block differ, though they should be one; the last was taken.")
    return kept


def _level(name: str) -> int:
    match = LEVEL.match(name)
    return int(match.group(1)) if match else -1


def _compare_twins(checkpoint: Checkpoint, notes: list[str]) -> None:
    twins = {"fusion.0.": "doubleconv2d.", "fusion.1.": "residualblocks."}
    for ours, theirs in twins.items():
        for name, values in checkpoint.tensors.items():
            if name.startswith(ours) and _differs(values, checkpoint.tensors.get(theirs + name[len(ours) :])):
                notes.append(f"{name} differs from its copy {theirs}*; fusion.* was taken, as the network does.")
                return


def _differs(values: npt.NDArray[np.float32], other: npt.NDArray[np.float32] | None) -> bool:
    return other is not None and not np.array_equal(values, other)


def _stored(checkpoint: Checkpoint, deep: bool) -> int:
    """Return the number of weights as torch counts those of the published module: shared ones once."""
    copies = (r"fusion\.fusion\.[1-9]",) if deep else (PARENT,)
    once: Mapping[str, Any] = checkpoint.without(*copies)
    return sum(values.size for values in once.values())


CONVERTERS = (
    SatlasMultidate("SRCNN", "Satlas SRCNN", "fusion.0.doubleconv2d.0.weight"),
    SatlasMultidate("HighResNet", "Satlas HighResNet", "doubleconv2d.doubleconv2d.0.weight"),
)
