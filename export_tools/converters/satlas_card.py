# SPDX-License-Identifier: GPL-2.0-or-later
"""What the channels of Satlas' networks are, which no file says: dates, bands and their range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .framework import ConversionError, Options, random_examples
from .satlas_grids import NOTE, NativeDates, groups_of

COLOURS = ("red", "green", "blue")
# Bands of one date in the order of Satlas' configs; the true-colour image always comes first.
BAND_SETS = {
    32: (8, (*COLOURS, "B08"), "10 m"),
    72: (8, (*COLOURS, "B08", "B05", "B06", "B07", "B11", "B12"), "20 m"),
    96: (8, (*COLOURS, "B01", "B08", "B09", "B10", "B05", "B06", "B07", "B11", "B12"), "60 m"),
}
GSD = 10.0
# Pixels of the training images: zoom 17 of the Web-Mercator grid, 32 pixels a tile.
TRAINING_GSD = 9.554628535647032
# True colour is 8 bit; of other bands the digital numbers of Level-1C were divided by 32 and kept as 8 bit.
TRUE_COLOUR_DIVISOR, BAND_DIVISOR, QUANTIFICATION = 255, 8160, 10000
# ESA's true colour as users report it: 1 to 255 for reflectances of 0 to 0.3558.
WHITE = 0.3558
WHITE_GAIN, WHITE_OFFSET = 254 / (255 * WHITE), 1 / 255
NAMES = {"red": "B04", "green": "B03", "blue": "B02"}


@dataclass(frozen=True)
class Images:
    """The channels of a network: dates, each with the same bands.

    Attributes:
        dates: number of images.
        bands: names, in the order of channels of one date.
        notes: what was guessed.
    """

    dates: int
    bands: tuple[str, ...]
    notes: tuple[str, ...] = ()


class ByPlanes(nn.Module):
    """A network trained on all reds by date, then all greens, then all blues, given date by date.

    Satlas' data set had this order by mistake until 2024-04-29; weights of before never saw another.
    """

    order: Tensor

    def __init__(self, network: nn.Module, images: Images) -> None:
        """Keep the network and, for each of its channels, the place of that plane date by date."""
        super().__init__()
        self.network = network
        count = len(images.bands)
        places = [date * count + band for band in range(count) for date in range(images.dates)]
        self.register_buffer("order", torch.tensor(places))

    def forward(self, images: Tensor) -> Tensor:
        """Put the planes in order and run the network."""
        result: Tensor = self.network(images[:, self.order])
        return result


class FromReflectance(nn.Module):
    """A network of 8-bit images behind the step from reflectance: true colour as ESA makes it, other bands / 8160.

    Args:
        network: takes (batch, dates x bands, rows, columns) in 0..1.
        images: the channels.
    """

    gains: Tensor
    offsets: Tensor

    def __init__(self, network: nn.Module, images: Images) -> None:
        """Keep the network and one gain and offset for each channel."""
        super().__init__()
        self.network = network
        gains = [WHITE_GAIN if name in COLOURS else QUANTIFICATION / BAND_DIVISOR for name in images.bands]
        offsets = [WHITE_OFFSET if name in COLOURS else 0.0 for name in images.bands]
        self.register_buffer("gains", torch.tensor(gains * images.dates).reshape(1, -1, 1, 1))
        self.register_buffer("offsets", torch.tensor(offsets * images.dates).reshape(1, -1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Return the true colours as reflectance."""
        made = self.network(torch.clamp(images * self.gains + self.offsets, 0, 1))
        return (made - WHITE_OFFSET) / WHITE_GAIN  # type: ignore[no-any-return]


def images_of(channels: int, options: Options, family: str, dates: int = 0) -> Images:
    """Return dates and bands: as given by ``images=`` and ``bands=``, or as in Satlas' configurations.

    Args:
        channels: all channels of the input.
        options: may hold the settings ``images`` and ``bands``.
        family: for messages.
        dates: number of dates where the file tells it, else 0.

    Raises:
        ConversionError: what was given does not fit the number of channels.
    """
    named = tuple(name.strip() for name in options.setting("bands").split(",") if name.strip())
    given = int(options.number("images", dates))
    if dates and given != dates:
        raise ConversionError(f"{family}: the file is of {dates} images, not {given}.")
    if not given and named:
        given = channels // len(named)
    if not given and not named and channels in BAND_SETS:
        count, bands, label = BAND_SETS[channels]
        return Images(count, bands, (f"{channels} channels: the {label} band set of {count} dates is assumed.",))
    if not given:
        given = channels // 3 if channels % 3 == 0 else 1
    if given < 1 or channels % given or (named and len(named) * given != channels):
        raise ConversionError(
            f"{family}: {channels} channels are not {given} images of {len(named) or 'equally many'} bands. "
            "Give --set images=N and --set bands=A,B,... as the network was trained."
        )
    if named:
        return Images(given, named)
    each = channels // given
    known = next((bands for _, bands, _ in BAND_SETS.values() if len(bands) == each), None)
    bands = COLOURS if each == 3 else known or tuple(f"band{number + 1}" for number in range(each))
    return Images(given, bands, (f"{channels} channels: {given} date(s) of {', '.join(bands)} are assumed.",))


def wants_reflectance(options: Options, family: str) -> bool:
    """Return whether the inputs shall be reflectances (``--set range=reflectance``) instead of 8-bit images.

    Raises:
        ConversionError: the setting is neither ``8bit`` nor ``reflectance``.
    """
    wanted = options.setting("range", "8bit")
    if wanted not in ("8bit", "reflectance"):
        raise ConversionError(f"{family}: --set range={wanted} is neither 8bit nor reflectance.")
    return wanted == "reflectance"


def adapted(network: nn.Module, images: Images, options: Options, family: str) -> nn.Module:
    """Return the network behind the steps that ``--set layout=planes`` and ``--set range=reflectance`` ask for.

    Bands of coarser GSD become inputs on their native grids, unless the network shall be taken as it is (``--plain``).

    Raises:
        ConversionError: the layout is neither ``dates`` nor ``planes``, or the range is unknown.
    """
    layout = options.setting("layout", "dates")
    if layout not in ("dates", "planes"):
        raise ConversionError(f"{family}: --set layout={layout} is neither dates nor planes.")
    if layout == "planes":
        network = ByPlanes(network, images)
    if wants_reflectance(options, family):
        network = FromReflectance(network, images)
    return network if options.plain or len(groups_of(images.bands)) == 1 else NativeDates(network, *_order(images))


def _order(images: Images) -> tuple[tuple[str, ...], int]:
    return images.bands, images.dates


def examples_of(images: Images, plain: bool) -> tuple[tuple[Tensor, ...], ...]:
    """Return inputs of two sizes for the comparison with the exported network."""
    groups = {GSD: images.bands} if plain else groups_of(images.bands)
    sides = ((16, 24), (20, 12)) if len(groups) == 1 else ((12, 24), (18, 12))
    return random_examples(
        [
            [
                (1, images.dates * len(bands), *(side * round(GSD) // round(gsd) for side in size))
                for gsd, bands in groups.items()
            ]
            for size in sides
        ]
    )


def grid_notes(images: Images, plain: bool) -> tuple[str, ...]:
    """Return what to say of the grids of a band set."""
    return () if plain or len(groups_of(images.bands)) == 1 else (NOTE,)


def satlas_card(
    tag: str, title: str, images: Images, leaving: int, scale: int, reflectance: bool = False, plain: bool = False
) -> dict[str, Any]:
    """Return the card of one of Satlas' networks.

    Args:
        tag: part of the id.
        title: part of the name.
        images: channels of the input.
        leaving: bands of the result.
        scale: of the network.
        reflectance: the graph starts with the step from reflectance, see ``FromReflectance``.
        plain: all bands are on the finest grid.
    """
    groups = {GSD: images.bands} if plain else groups_of(images.bands)
    made = COLOURS if leaving == 3 else tuple(f"band{number + 1}" for number in range(leaving))
    dates = "1 date" if images.dates == 1 else f"{images.dates} dates"

    def named(bands: tuple[str, ...]) -> list[str]:
        return [NAMES.get(name, name) if reflectance else name for name in bands]

    return {
        "id": f"satlas-{tag}-{images.dates}x{len(images.bands)}-x{scale}",
        "name": f"Satlas {title}, {dates}",
        "summary": f"Makes a {scale} times finer true-colour image from {dates} of {', '.join(named(images.bands))}.",
        "sensor": "sentinel2" if reflectance else "any",
        "levels": ["L1C"],
        "gsd": GSD / scale,
        "scale_factor": scale * round(max(groups) / GSD),
        "value_range": {"scale": 1.0, "offset": 0.0, **({} if reflectance else _ranges(images.bands))},
        "inputs": [
            {"name": _tensor_of(gsd), "bands": named(bands), "gsd": gsd, "dates": images.dates}
            for gsd, bands in groups.items()
        ],
        "outputs": [{"name": "sharpened", "bands": named(made), "role": "value"}],
        "dates": {
            "order": "oldest first",
            "layout": "date by date on the channel axis",
            "choice": "the least cloudy; repeat a good date rather than give a black one",
            "training": "in random order, 2019 and 2020",
        },
        "training_grid": {"crs": "EPSG:3857", "gsd": TRAINING_GSD},
        "licence": "NOASSERTION",
        "attribution": "Satlas (Allen Institute for AI): code under Apache-2.0, no licence stated for the weights.",
    }


def _tensor_of(gsd: float) -> str:
    return "images" if gsd == GSD else f"images_{gsd:g}m"


def _ranges(bands: tuple[str, ...]) -> dict[str, Any]:
    """Return how each band's digital numbers become the network's 0..1."""
    divisors = {name: TRUE_COLOUR_DIVISOR if name in COLOURS else BAND_DIVISOR for name in bands}
    return {
        "text": "8-bit true colour / 255; other bands as Level-1C digital numbers (reflectance x 10000) / 8160",
        "clip": [0.0, 1.0],
        "digital_number": {name: {"scale": 1 / divisor, "offset": 0.0} for name, divisor in divisors.items()},
    }
