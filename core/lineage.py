# SPDX-License-Identifier: GPL-2.0-or-later
"""Lineage: what an output depends on, as digests that a resumed run must share and as tags in the file."""

from __future__ import annotations

import hashlib
import json

from .credentials import without_credentials
from .grid import Window
from .job import Options, Step
from .output_records import OutputFile
from .raster import RESULT_TAG, file_stamp
from .scene import Scene
from .version import version

Pairs = tuple[tuple[str, str], ...]


def identity_of(
    scenes: tuple[Scene, ...], steps: tuple[Step, ...], files: tuple[OutputFile, ...], window: Window, options: Options
) -> Pairs:
    """Return what the pixels depend on, as (name, digest) pairs."""
    stamps = [[band.path, band.index, file_stamp(band.path)] for scene in scenes for band in scene.bands]
    choices = [options.device, options.cog, options.consistency, options.guard]
    parts = {
        "input": [[scene.source for scene in scenes], stamps],
        "model": [[step.card.id, step.digest] for step in steps],
        "parameters": [
            [[[output.name for output in file.bands], file.reflectance] for file in files],
            repr(window),
            *choices,
            version(),
        ],
    }
    return tuple((name, digest_of(part)) for name, part in parts.items())


def digest_of(part: object) -> str:
    """Return the SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(part).encode()).hexdigest()


def tags_of(scene: Scene, steps: tuple[Step, ...], options: Options) -> Pairs:
    """Return what is known before the run for the tags of its outputs."""
    experiments = [f"{step.card.id}: {step.card.experimental}" for step in steps if step.card.experimental]
    models = ", ".join(f"{step.card.id} (sha256 {step.digest})" for step in steps)
    extent = "whole scene" if options.extent is None else f"{options.extent} {options.extent_crs}".strip()
    return (
        ("TIFFTAG_SOFTWARE", f"SatSharp {version()}"),
        ("TIFFTAG_DATETIME", scene.acquired[:19].replace("-", ":").replace("T", " ")),
        ("SATSHARP_INPUT", without_credentials(scene.source)),
        (RESULT_TAG, scene.name),
        ("SATSHARP_SENSOR", scene.sensor),
        ("SATSHARP_LEVEL", scene.level),
        ("SATSHARP_ACQUIRED", scene.acquired),
        ("SATSHARP_MODELS", models),
        ("SATSHARP_EXTENT", extent),
        ("SATSHARP_DEVICE", options.device),
        *(("SATSHARP_INTERVAL", _interval_of(step)) for step in steps if step.interval is not None),
        ("SATSHARP_VALUES", "reflectance")
        if options.reflectance
        else (
            "SATSHARP_DIGITAL_NUMBERS",
            "as in the input; reflectance = digital number x scale + offset of the band",
        ),
        *((("SATSHARP_EXPERIMENTAL", " ".join(experiments)),) if experiments else ()),
        *((f"SATSHARP_INPUT_{key.upper()}", value) for key, value in scene.tags),
    )


def _interval_of(step: Step) -> str:
    interval = step.card.interval
    if interval is None:
        return ""
    return f"{step.card.id}: {100 * interval.coverage:g} % by {interval.source}"
