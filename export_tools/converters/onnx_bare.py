# SPDX-License-Identifier: GPL-2.0-or-later
"""An ONNX file without a description: a few questions, each with a guess from the graph (``core.onnx_guess``)."""

from __future__ import annotations

from pathlib import Path

from ...core.onnx_graph import read_graph
from ...core.onnx_guess import Guess, bands_made, guess
from ...core.onnx_range import RANGES, Range, named_range
from ...core.sensors import SENSOR_FOLDER, load_sensor
from .framework import ConversionError, Converted, Options
from .onnx_contract import Contract, convert_contract
from .onnx_rewrite import Affine
from .onnx_trial import Group

FAMILY = "ONNX"


class BareOnnx:
    """Converter of any ONNX file with one image input and one image output."""

    names = ("onnx",)
    summary = (
        "any .onnx; settings bands, output_bands, gsd, factor, range=reflectance|dn|8bit|signed|SCALE,OFFSET, sensor"
    )

    def recognises(self, source: Path) -> bool:
        """Return whether the file is called an ONNX file, damaged or not."""
        return source.suffix.lower() == ".onnx" and source.is_file()

    def convert(self, source: Path, options: Options) -> Converted:
        """Guess what the user did not say, and take the file over.

        Raises:
            ConversionError: the answers do not fit the network.
            ModelError: the file is damaged, unsafe or too new, or has several inputs.
        """
        found = guess(read_graph(source))
        bands = names_of(options, "bands") or found.bands
        made = names_of(options, "output_bands") or bands_made(bands, len(found.output_bands))
        gsd = options.number("gsd", found.gsd)
        chosen = range_from(options, found.range)
        scale = int(options.number("factor", found.scale_factor))
        if gsd <= 0 or scale < 0:
            raise ConversionError(f"{FAMILY}: gsd={gsd:g} and factor={scale} must be positive.")
        contract = Contract(
            family=FAMILY,
            key=key_of(source),
            name=source.stem,
            sensor=options.setting("sensor", sensor_of(bands)),
            levels=names_of(options, "levels"),
            groups=(
                Group(found.input, bands, (gsd,) * len(bands), Affine.of(len(bands), chosen.scale, chosen.offset)),
            ),
            output=found.output,
            output_bands=made,
            result=Affine.of(len(made), 1 / chosen.scale, -chosen.offset / chosen.scale),
            scale=scale,
            # As core.onnx_guess has it: of 8-bit images the unit is value / 255.
            picture_white=1.0 if sensor_of(bands) == "any" else 0.0,
            notes=answers(found, options, bands, gsd, chosen),
        )
        return convert_contract(contract, source, options)


def answers(found: Guess, options: Options, bands: tuple[str, ...], gsd: float, chosen: Range) -> tuple[str, ...]:
    """Return each answer with its reason, and how to say otherwise."""
    values = {
        "bands": ", ".join(bands),
        "gsd": f"{gsd:g} m",
        "factor": str(found.scale_factor or options.setting("factor")),
        "range": f"{chosen.name} (network value = reflectance x {chosen.scale:g} + {chosen.offset:g})",
    }
    reasons = {**found.reasons, "factor": found.reasons["scale_factor"]}
    return tuple(
        f"{question}: {value} - as given."
        if question in options.settings
        else f"{question}: {value} - a guess: {reasons[question]}; --set {question}=... says otherwise."
        for question, value in values.items()
    )


def range_from(options: Options, guessed: Range) -> Range:
    """Return the range that was given by name or as ``SCALE[,OFFSET]``, or the guessed one.

    Raises:
        ConversionError: it is neither.
    """
    text = options.setting("range")
    if not text:
        return guessed
    if text in RANGES:
        return named_range(text, "as given")
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or not numbers[0]:
        raise ConversionError(f"{FAMILY}: range={text} is none of {', '.join(RANGES)}, nor SCALE or SCALE,OFFSET.")
    return Range(numbers[0], numbers[1] if len(numbers) == 2 else 0.0, text, "as given")


def names_of(options: Options, key: str) -> tuple[str, ...]:
    """Return a setting that is a list of names."""
    return tuple(word.strip() for word in options.setting(key).split(",") if word.strip())


def key_of(source: Path) -> str:
    """Return a file's name as the id of a card."""
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in source.stem
    )
    return kept.lstrip("._-") or "model"


def sensor_of(bands: tuple[str, ...]) -> str:
    """Return ``sentinel2`` where all bands carry its names, else ``any``."""
    known = {band.name for band in load_sensor(SENSOR_FOLDER / "sentinel2.json").bands}
    return "sentinel2" if set(bands) <= known | {"B10"} else "any"


CONVERTERS = (BareOnnx(),)
