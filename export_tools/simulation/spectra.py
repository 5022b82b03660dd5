# SPDX-License-Identifier: GPL-2.0-or-later
"""Spectra of the landscape's materials at the twelve bands, read from ``materials.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from .lattice import FloatArray

MATERIALS = Path(__file__).resolve().parent / "materials.json"


@dataclass(frozen=True, eq=False)
class Spectra:
    """Tables of reflectance (dimensionless), one row a material, one column a band.

    Attributes:
        vegetation: closed canopies (materials, 12).
        soil: dry bare soils (materials, 12).
        built: roofs, roads and sand (materials, 12).
        water: clear and turbid water (2, 12).
        cloud: thick cloud (12,).
        sensitivity: name of a state -> relative change of reflectance for one unit of it (12,).
        path_radiance: what the air adds at the top of the atmosphere (12,).
        transmission: what the air lets through, both ways (12,).
        haze: what one unit of haze adds (12,).
        names: group -> names of its rows.
    """

    vegetation: FloatArray
    soil: FloatArray
    built: FloatArray
    water: FloatArray
    cloud: FloatArray
    sensitivity: dict[str, FloatArray]
    path_radiance: FloatArray
    transmission: FloatArray
    haze: FloatArray
    names: dict[str, tuple[str, ...]]

    def index(self, group: str, name: str) -> int:
        """Return the row of a material in its group's table."""
        return self.names[group].index(name)


@lru_cache(maxsize=1)
def spectra() -> Spectra:
    """Read the tables; they are read once."""
    document = json.loads(MATERIALS.read_text(encoding="utf-8"))
    groups = ("vegetation", "soil", "built", "water")
    tables = {group: np.array(list(document[group].values()), np.float32) for group in groups}
    lines = {key: np.array(document[key], np.float32) for key in ("cloud", "path_radiance", "transmission", "haze")}
    return Spectra(
        **tables,
        **lines,
        sensitivity={name: np.array(values, np.float32) for name, values in document["sensitivity"].items()},
        names={group: tuple(document[group]) for group in groups},
    )
