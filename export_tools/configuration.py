# SPDX-License-Identifier: GPL-2.0-or-later
"""A config: which bands go in and come out, which network, and how it is trained (``configs/*.json``)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFIG_FOLDER = Path(__file__).resolve().parent / "configs"


@dataclass(frozen=True)
class Group:
    """Bands of one GSD (metres) in channel order; ``name`` is the tensor's."""

    name: str
    bands: tuple[str, ...]
    gsd: float


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
            mixed), soft (band name -> largest softness, see ``variation.own_softness``), lattices (group name -> GSD at
            which it is measured / GSD of its grid, for groups that are resampled, see ``lattice``).
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
    return Config(
        id=document["id"],
        scale_factor=int(document["scale_factor"]),
        groups=tuple(Group(g["name"], tuple(g["bands"]), float(g["gsd"])) for g in document["inputs"]),
        network=document["network"],
        training=document["training"],
        document=document,
    )
