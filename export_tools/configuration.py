# SPDX-License-Identifier: GPL-2.0-or-later
"""A config: which bands go in and come out, which network, and how it is trained (``configs/*.json``)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.enlargement import KEYS

CONFIG_FOLDER = Path(__file__).resolve().parent / "configs"


@dataclass(frozen=True)
class Group:
    """Bands of one GSD (metres) in channel order.

    Attributes:
        name: of the tensor.
        bands: names in channel order.
        gsd: in metres.
        source: name of the group in the table of places; empty where it is the tensor's.
    """

    name: str
    bands: tuple[str, ...]
    gsd: float
    source: str = ""

    @property
    def table_name(self) -> str:
        """Name of the group in the table of places."""
        return self.source or self.name


@dataclass(frozen=True)
class Config:
    """One model to be.

    Attributes:
        id: of the model.
        scale_factor: GSD of the targets / finest GSD.
        groups: input groups, finest first; the last one holds the targets.
        network: keyword arguments of the network and its ``kind``.
        training: chip (coarse px), border (coarse px left out of the loss), batch, learning_rate, weight_decay, ema;
            how chips vary: published (part of the chips degraded as in the DSen2 paper, the others by each band's MTF),
            spreads (range of the factor on each degradation's spread), varied (part of the chips whose radiometry is
            varied strongly), haze and target_gain (see ``variation``), mixed (part of the chips whose targets are
            mixed), faint (part of the chips from scenes that tell little, see ``faint``), soft (band name -> largest
            softness, see ``variation.own_softness``), lattices (group name -> GSD at which it is measured / GSD of its
            grid, for groups that are resampled, see ``lattice``), sources (group name -> its name in the table of
            places), loss (see ``training.loss``).
        document: the whole file.
    """

    id: str
    scale_factor: int
    groups: tuple[Group, ...]
    network: dict[str, Any]
    training: dict[str, Any]
    document: dict[str, Any] = field(repr=False)

    @property
    def targets(self) -> Group:
        """The group to be sharpened."""
        return self.groups[-1]

    @property
    def guides(self) -> tuple[Group, ...]:
        """The finer groups."""
        return self.groups[:-1]

    @property
    def guide_bands(self) -> tuple[str, ...]:
        """Names of all guide bands in the order of the regression's columns."""
        return tuple(band for group in self.guides for band in group.bands)

    @property
    def places(self) -> Path:
        """The table of places that the model learns from and is judged on."""
        return Path(__file__).resolve().parent / str(self.document.get("places", "places.json"))

    @property
    def has_details(self) -> bool:
        """Whether targets are coarser than the result, so that a scene tells how details follow those of the guides.

        Without that nothing is sharpened by a scale factor: all inputs were interpolated onto the grid of the result.
        """
        return self.scale_factor > 1

    @property
    def made(self) -> tuple[str, ...]:
        """Names of the bands that come out: those of another sensor where the config ``makes`` them."""
        return tuple(self.document.get("makes", {}).get("bands", self.targets.bands))

    @property
    def steepness(self) -> float:
        """Parameter a of the cubic convolution by which bands measured off their grid are brought to it."""
        return float(self.document.get("cubic_parameter", KEYS))

    @property
    def reach(self) -> int:
        """Coarse pixels along the coarsest measured pixel: 1, more where groups are interpolated onto finer grids."""
        measured = [self.lattice(group) * self.factor(group) for group in self.groups]
        return max(1, math.ceil(max(measured) / self.scale_factor))

    def lattice(self, group: Group) -> float:
        """Return GSD at which the group is measured / GSD of its grid; 0 where it is measured on that very grid."""
        return float(self.training.get("lattices", {}).get(group.name, 0))

    def ratio(self, group: Group) -> int:
        """Return how many pixels of ``group`` lie along one pixel of the targets."""
        return round(self.targets.gsd / group.gsd)

    def factor(self, group: Group) -> int:
        """Return GSD of ``group`` / finest GSD."""
        return round(group.gsd / self.groups[0].gsd)


def load_config(name: str) -> Config:
    """Read a config by the name of a bundled one or by path."""
    path = Path(name) if name.endswith(".json") else CONFIG_FOLDER / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    sources = document["training"].get("sources", {})
    return Config(
        id=document["id"],
        scale_factor=int(document["scale_factor"]),
        groups=tuple(
            Group(g["name"], tuple(g["bands"]), float(g["gsd"]), sources.get(g["name"], "")) for g in document["inputs"]
        ),
        network=document["network"],
        training=document["training"],
        document=document,
    )
