# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bands the networks of DSen2, up42 and satsr take, in their channel order, and in which range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .framework import Options

Group = tuple[str, float, tuple[str, ...]]

B10: Group = ("b10", 10, ("B04", "B03", "B02", "B08"))
B20: Group = ("b20", 20, ("B05", "B06", "B07", "B8A", "B11", "B12"))
B60: Group = ("b60", 60, ("B01", "B09"))
B15: Group = ("b15", 15, ("B8",))
B30: Group = ("b30", 30, ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B9", "B10", "B11"))
B375: Group = ("b375", 375, ("I1", "I2", "I3"))
B750: Group = ("b750", 750, ("M1", "M2", "M3", "M4", "M5", "M7", "M8", "M10", "M11"))
B250: Group = ("b250", 250, ("250_B1", "250_B2"))
B500: Group = ("b500", 500, tuple(f"500_B{number}" for number in range(1, 8)))
B1000: Group = ("b1000", 1000, (*(f"1000_B{number}" for number in range(1, 17)), "1000_B26", "1000_B3PR"))


@dataclass(frozen=True)
class Setup:
    """One published arrangement of band groups.

    Attributes:
        key: short name, part of the card's id.
        sensor: id of the sensor file.
        title: for people.
        groups: (tensor, GSD in metres, bands) of each input, finest first, the target bands last.
        reflectance: (slope, intercept) of reflectance = digital number x slope + intercept.
        limits: (min_val, max_val) of satsr's normalisation of digital numbers.
    """

    key: str
    sensor: str
    title: str
    groups: tuple[Group, ...]
    reflectance: tuple[float, float]
    limits: tuple[float, float]

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of the inputs."""
        return tuple(len(bands) for _, _, bands in self.groups)

    @property
    def factors(self) -> tuple[int, ...]:
        """Pixels of the finest grid along one pixel of each input."""
        return tuple(round(gsd / self.groups[0][1]) for _, gsd, _ in self.groups)

    @property
    def target(self) -> Group:
        """The last group."""
        return self.groups[-1]

    def satsr_range(self) -> dict[str, Any]:
        """Return ``value_range`` of satsr: network value = (digital number - min) / (max - min)."""
        low, high = self.limits
        slope, intercept = self.reflectance
        span = high - low
        return {
            "scale": 1 / (slope * span),
            "offset": (-intercept / slope - low) / span,
            "digital_number": {"scale": 1 / span, "offset": -low / span},
        }


SENTINEL = ((1e-4, 0.0), (1.0, 65536.0))
MODERATE = ((1e-4, 0.0), (-100.0, 16000.0))
SETUPS = (
    Setup("s2-20m", "sentinel2", "Sentinel-2 20 m bands to 10 m", (B10, B20), *SENTINEL),
    Setup("s2-60m", "sentinel2", "Sentinel-2 60 m bands to 10 m", (B10, B20, B60), *SENTINEL),
    # Reflectance of Collection 1 and 2 Level-1 without the sun's elevation: 2e-5 x digital number - 0.1.
    Setup("l8-30m", "landsat", "Landsat 8 30 m bands to 15 m", (B15, B30), (2e-5, -0.1), (1.0, 65536.0)),
    Setup("viirs-750m", "viirs", "VIIRS 750 m bands to 375 m", (B375, B750), *MODERATE),
    Setup("modis-500m", "modis", "MODIS 500 m bands to 250 m", (B250, B500), *MODERATE),
    Setup("modis-1000m", "modis", "MODIS 1000 m bands to 250 m", (B250, B500, B1000), *MODERATE),
)

# Count of values -> published network: 9 E F + F + 2 d (9 F^2 + F) + 9 F L + L for E entering, L leaving channels.
PUBLISHED = {
    1_789_574: "DSen2 Sentinel-2 20 m",
    1_787_266: "DSen2 Sentinel-2 60 m",
    37_802_246: "VDSen2 Sentinel-2 20 m",
    37_797_634: "VDSen2 Sentinel-2 60 m",
    1_795_338: "satsr Landsat 8 30 m",
    1_795_337: "satsr VIIRS 750 m",
    1_789_575: "satsr MODIS 500 m",
    1_822_994: "satsr MODIS 1000 m",
    126_214: "up42 AESR Sentinel-2 20 m",
    120_962: "up42 AESR Sentinel-2 60 m",
}


def setup_of(channels: tuple[int, ...], leaving: int) -> Setup | None:
    """Return the arrangement with these input channels and target bands, or None.

    Args:
        channels: of every input; one number where they are stacked already (files of weights only).
        leaving: channels of the output.
    """
    for setup in SETUPS:
        if leaving == len(setup.target[2]) and channels in (setup.channels, (sum(setup.channels),)):
            return setup
    return None


def card_of(setup: Setup, family: str, key: str, value_range: dict[str, Any], options: Options) -> dict[str, Any]:
    """Return the card of a network on this arrangement; ``options.plain`` declares every input on the finest grid."""
    finest, coarsest = setup.groups[0][1], setup.target[1]
    levels = [level for level in options.setting("levels").split(",") if level]
    targets = list(setup.target[2])
    return {
        "id": f"{key}-{setup.key}",
        "name": f"{family}: {setup.title}",
        "summary": f"{family}, converted: sharpens {', '.join(targets)} to {finest:g} m.",
        "sensor": options.setting("sensor", setup.sensor),
        "levels": levels,
        "gsd": finest,
        "scale_factor": 1 if options.plain else round(coarsest / finest),
        "value_range": value_range,
        "inputs": [
            {"name": name, "bands": list(bands), "gsd": finest if options.plain else gsd}
            for name, gsd, bands in setup.groups
        ],
        "outputs": [{"name": "sharpened", "bands": targets, "role": "value"}],
        "licence": "GPL-3.0-only",
    }
