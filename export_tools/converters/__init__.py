# SPDX-License-Identifier: GPL-2.0-or-later
"""Converters of published weights: each module of ``MODULES`` declares its ``CONVERTERS``; see framework.py."""

from __future__ import annotations

import importlib
from pathlib import Path

from .framework import ConversionError, Converter
from .sources import kind_of
from .torch_checkpoint import refuse_damaged

# One line for each module that has a ``CONVERTERS`` tuple; the order is that of recognition by ``--as auto``.
MODULES: tuple[str, ...] = (
    "keras_dsen2",
    "keras_isr",
    "keras_generators",
    "satlas_esrgan",
    "satlas_multidate",
    "s2l8h",
    "onnx_evoland",
    "onnx_deepness",
    "onnx_mlm",
    "onnx_bare",
)


def converters() -> dict[str, Converter]:
    """Return name -> converter of every family, aliases included, in order of recognition.

    Raises:
        ConversionError: two families claim one name.
    """
    found: dict[str, Converter] = {}
    for module in MODULES:
        for converter in importlib.import_module(f".{module}", __package__).CONVERTERS:
            for name in converter.names:
                if name in found:
                    raise ConversionError(f"Two converters are called {name}.")
                found[name] = converter
    return found


def choose(name: str, source: Path) -> Converter:
    """Return the converter of a name, or for ``auto`` the first that recognises the file.

    Raises:
        ConversionError: the name is unknown, or no family recognises the file.
    """
    known = converters()
    if name != "auto":
        if name not in known:
            raise ConversionError(f"There is no converter {name!r}; there are {', '.join(known)} and auto.")
        return known[name]
    for converter in dict.fromkeys(known.values()):
        if converter.recognises(source):
            return converter
    refuse_damaged(source)
    raise ConversionError(
        f"{source} is {kind_of(source)}, but of no family that is known here, or damaged. To see what differs, name "
        f"one with --as: {', '.join(known)}."
    )
