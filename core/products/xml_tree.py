# SPDX-License-Identifier: GPL-2.0-or-later
"""Read XML metadata with GDAL's parser, which knows no entities and no document types, so none can expand."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from osgeo import gdal

from ..errors import ProductError
from ..raster_state import gdal_messages
from . import files

# Kinds of node in the nested lists of gdal.ParseXMLString: [kind, name or text, children...].
_ELEMENT, _TEXT, _ATTRIBUTE = 0, 1, 2


@dataclass(frozen=True)
class Element:
    """An XML element; names are given without namespace."""

    raw: list[Any]

    @property
    def name(self) -> str:
        """Name without namespace prefix."""
        return str(self.raw[1]).rpartition(":")[2]

    @property
    def text(self) -> str:
        """Text directly inside."""
        return "".join(str(child[1]) for child in self.raw[2:] if child[0] == _TEXT).strip()

    def attribute(self, name: str) -> str:
        """Return an attribute; empty where it is missing."""
        for child in self.raw[2:]:
            if child[0] == _ATTRIBUTE and child[1] == name:
                return str(child[2][1]) if len(child) > 2 else ""
        return ""

    def all(self, *wanted: str) -> Iterator[Element]:
        """Yield every descendant of these names in document order."""
        pending = [self.raw]
        while pending:
            raw = pending.pop()
            element = Element(raw)
            if raw is not self.raw and element.name in wanted:
                yield element
            pending.extend(child for child in reversed(raw[2:]) if child[0] == _ELEMENT)

    def value(self, *wanted: str) -> str:
        """Return the text of the first descendant of these names; empty where there is none."""
        return next((element.text for element in self.all(*wanted)), "")


def read_xml(path: str) -> Element:
    """Read an XML file and return its root element.

    Raises:
        ProductError: it cannot be read, is not well formed, or declares a document type or entities.
    """
    return parse_xml(files.read_text(path), path)


def parse_xml(text: str, path: str) -> Element:
    """Parse XML text; ``path`` names the culprit in messages.

    Raises:
        ProductError: it is not well formed, or declares a document type or entities.
    """
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise ProductError(f"{path} declares a document type or entities, which no product does. Do not use it.")
    with gdal_messages() as messages:
        try:
            tree = gdal.ParseXMLString(text) if "\0" not in text else None
        except RuntimeError as error:
            messages.append(str(error))
            tree = None
    root = _root(tree) if tree is not None and not messages else None
    if root is None:
        # GDAL counts lines from zero.
        messages = [re.sub(r"^Line (\d+)", lambda found: f"Line {int(found[1]) + 1}", text) for text in messages]
        reason = files.reason_of(messages, "no element found")
        lines = text.count("\n") + 1
        raise ProductError(f"{path} is no valid XML ({reason}; it has {lines} lines). Download the product again.")
    return root


def number(text: str, what: str, path: str) -> float:
    """Return a finite number from metadata.

    Raises:
        ProductError: the text is no number.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ProductError(f"{path} gives {text!r} for {what}, which is no number. Download the product again.")
    return value


def _root(tree: list[Any]) -> Element | None:
    # A document with a declaration comes wrapped in an element without name.
    candidates = tree[2:] if tree[0] == _ELEMENT and tree[1] == "" else [tree]
    for raw in candidates:
        if raw[0] == _ELEMENT and not str(raw[1]).startswith("?"):
            return Element(raw)
    return None
