# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the MTL file of a Landsat product: as text (ODL), JSON or XML, of Collection 1 or 2."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field

from ..errors import ProductError
from . import files
from .xml_tree import Element, number, parse_xml

# Group name -> key -> value.
Groups = dict[str, dict[str, str]]

_LINE = re.compile(r"^(\w+)\s*=\s*(.*)$")
_AGAIN = "Download the product again."
# Root element -> groups with contents, image attributes, and rescaling of Level-1 and of Level-2.
_LAYOUTS = {
    "LANDSAT_METADATA_FILE": (
        "PRODUCT_CONTENTS",
        "IMAGE_ATTRIBUTES",
        "LEVEL1_RADIOMETRIC_RESCALING",
        "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS",
    ),
    "L1_METADATA_FILE": ("METADATA_FILE_INFO", "PRODUCT_METADATA", "RADIOMETRIC_RESCALING", "RADIOMETRIC_RESCALING"),
}


@dataclass(frozen=True)
class LandsatMetadata:
    """What the MTL file says.

    Attributes:
        path: the MTL file.
        product: product identifier, such as ``LC08_L1TP_017051_20151205_20200908_02_T1``.
        level: such as ``L1TP`` or ``L2SP``.
        collection: ``01`` or ``02``.
        spacecraft: such as ``LANDSAT_8``.
        instrument: such as ``OLI_TIRS``.
        wrs: path and row.
        date: day of acquisition, ISO 8601.
        acquired: time of the scene's centre, ISO 8601.
        sun_elevation: at the scene's centre, in degrees.
        source_product: of Level-2 the Level-1 product that it was made from; empty where it is not said.
        values: all other keys of contents and rescaling, such as ``FILE_NAME_BAND_1``.
    """

    path: str
    product: str
    level: str
    collection: str
    spacecraft: str
    instrument: str
    wrs: tuple[int, int]
    date: str
    acquired: str
    sun_elevation: float
    source_product: str = ""
    values: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_level2(self) -> bool:
        """Whether its values are surface reflectance."""
        return self.level.startswith("L2")

    @property
    def scene(self) -> tuple[str, tuple[int, int], str]:
        """What products of one acquisition have in common: spacecraft, path and row, and date."""
        return self.spacecraft, self.wrs, self.date

    @property
    def satellite(self) -> str:
        """Name for people, such as ``Landsat 8``."""
        return self.spacecraft.replace("_", " ").title()

    def file_name(self, band: str) -> str:
        """Return the file name that the metadata give for a band such as ``B5``; empty where they give none."""
        return self.values.get(f"FILE_NAME_BAND_{band[1:]}", "")

    def reflectance(self, band: str) -> tuple[float, float]:
        """Return (scale, offset) of a band's reflectance: digital number x scale + offset.

        Level-1 is reflectance at the top of the atmosphere; what the file states lacks the sun's elevation, which the
        factors returned here include: (MULT x number + ADD) / sin(elevation) (Landsat 8 Data Users Handbook, 5.2).

        Raises:
            ProductError: the metadata do not state it, or the sun was below the horizon.
        """
        scale, offset = (self._rescaling(f"REFLECTANCE_{term}_BAND_{band[1:]}") for term in ("MULT", "ADD"))
        if scale <= 0:
            raise ProductError(f"{self.path} gives band {band} a scale of {scale:g}, which is not above 0. {_AGAIN}")
        if self.is_level2:
            return scale, offset
        if self.sun_elevation <= 0:
            raise ProductError(
                f"{self.product} was taken at night (sun elevation {self.sun_elevation:.1f} degrees), so it shows no "
                "reflectance. Choose a scene taken by day."
            )
        sine = math.sin(math.radians(self.sun_elevation))
        return scale / sine, offset / sine

    def _rescaling(self, key: str) -> float:
        if key not in self.values:
            raise ProductError(f"{self.path} does not state {key}, so the band's values mean nothing. {_AGAIN}")
        return number(self.values[key], key, self.path)


def read_metadata(path: str) -> LandsatMetadata:
    """Read an MTL file.

    Raises:
        ProductError: it is damaged, truncated, or no MTL file.
    """
    text = files.read_text(path)
    suffix = path.lower().rpartition(".")[2]
    reader = {"json": _groups_of_json, "xml": _groups_of_xml}.get(suffix, _groups_of_text)
    root, groups = reader(text, path)
    if root not in _LAYOUTS:
        known = " or ".join(_LAYOUTS)
        raise ProductError(f"{path} is no Landsat metadata file: it begins with {root!r}, not {known}. {_AGAIN}")
    return _metadata(root, groups, path)


def _metadata(root: str, groups: Groups, path: str) -> LandsatMetadata:
    contents, image, rescaling1, rescaling2 = (groups.get(name, {}) for name in _LAYOUTS[root])
    # Collection 1 has the spacecraft beside the file names, and the sun's elevation apart.
    attributes = {**groups.get("IMAGE_ATTRIBUTES", {}), **image}

    def wanted(key: str, *others: str) -> str:
        for name in (key, *others):
            for holder in (contents, attributes):
                if name in holder:
                    return holder[name]
        raise ProductError(f"{path} does not state {key}, so it may be damaged. {_AGAIN}")

    level = wanted("PROCESSING_LEVEL", "DATA_TYPE")
    date, time = wanted("DATE_ACQUIRED"), attributes.get("SCENE_CENTER_TIME", "")
    return LandsatMetadata(
        path=path,
        product=wanted("LANDSAT_PRODUCT_ID", "LANDSAT_SCENE_ID"),
        level=level,
        collection=contents.get("COLLECTION_NUMBER", "").zfill(2),
        spacecraft=wanted("SPACECRAFT_ID"),
        instrument=wanted("SENSOR_ID"),
        wrs=(_whole(wanted("WRS_PATH"), "WRS_PATH", path), _whole(wanted("WRS_ROW"), "WRS_ROW", path)),
        date=date,
        acquired=f"{date}T{time[:8]}Z" if re.match(r"\d\d:\d\d:\d\d", time) else date,
        sun_elevation=number(wanted("SUN_ELEVATION"), "SUN_ELEVATION", path),
        source_product=groups.get("LEVEL1_PROCESSING_RECORD", {}).get("LANDSAT_PRODUCT_ID", ""),
        values={**image, **contents, **(rescaling2 if level.startswith("L2") else rescaling1)},
    )


def _whole(text: str, what: str, path: str) -> int:
    return round(number(text, what, path))


def _groups_of_text(text: str, path: str) -> tuple[str, Groups]:
    """Parse ODL: ``KEY = VALUE`` lines in nested ``GROUP``s, closed by ``END``."""
    groups: Groups = {}
    nesting: list[str] = []
    root, last = "", 0
    for last, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if words == "END" and not nesting:
            return root, groups
        found = _LINE.match(words)
        if found is None and words:
            raise ProductError(
                f"{path} is damaged: line {last} ({words[:60]!r}) is not of the form KEY = VALUE. {_AGAIN}"
            )
        if found is None:
            continue
        key, value = found[1], found[2].strip().strip('"')
        if key == "GROUP":
            root = root or value
            nesting.append(value)
        elif key == "END_GROUP":
            if not nesting or nesting.pop() != value:
                raise ProductError(
                    f"{path} is damaged: line {last} ends the group {value}, which is not open. {_AGAIN}"
                )
        elif nesting:
            groups.setdefault(nesting[-1], {}).setdefault(key, value)
    place = f"in the group {nesting[-1]}" if nesting else "without END"
    raise ProductError(f"{path} is truncated or no Landsat metadata: it ends at line {last} {place}. {_AGAIN}")


def _groups_of_json(text: str, path: str) -> tuple[str, Groups]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProductError(f"{path} is no valid JSON ({error}). It may be truncated. {_AGAIN}") from error
    if not isinstance(document, dict) or not document:
        raise ProductError(f"{path} holds no metadata. {_AGAIN}")
    root, groups = next(iter(document.items()))
    if not isinstance(groups, dict):
        raise ProductError(f"{path} holds no groups of metadata. {_AGAIN}")
    plain = {
        name: {key: str(value) for key, value in group.items()}
        for name, group in groups.items()
        if isinstance(group, dict)
    }
    return root, plain


def _groups_of_xml(text: str, path: str) -> tuple[str, Groups]:
    root = parse_xml(text, path)
    return root.name, {group.name: {entry.name: entry.text for entry in _children(group)} for group in _children(root)}


def _children(element: Element) -> list[Element]:
    # Nodes of kind 0 are elements.
    return [Element(raw) for raw in element.raw[2:] if raw[0] == 0]
