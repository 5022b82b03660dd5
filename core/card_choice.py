# SPDX-License-Identifier: GPL-2.0-or-later
"""Which models sharpen the wanted band groups of a scene."""

from __future__ import annotations

from .cards import Card
from .errors import CardError
from .scene import Scene

GSD_TOLERANCE = 0.02


def choose_cards(
    scene: Scene, cards: tuple[Card, ...], preferred: tuple[str, ...], model: str, gsds: tuple[float, ...]
) -> tuple[Card, ...]:
    """Pick the cards that sharpen the wanted band groups of a scene.

    Args:
        scene: the scene.
        cards: installed cards for its sensor.
        preferred: card ids in order of preference for ``auto``.
        model: ``auto`` or one card id.
        gsds: GSDs in metres of the wanted groups; empty means every coarser group.

    Returns:
        Cards whose target bands do not overlap, coarser groups last.

    Raises:
        CardError: the model is unknown or not of a wanted group, or no card serves one.
    """
    known = {card.id: card for card in cards}
    if model != "auto":
        if model not in known:
            raise CardError(f"There is no model {model!r} for this sensor; installed are {', '.join(known) or 'none'}.")
        return (_checked(known[model], scene, gsds),)
    order = [known[name] for name in preferred if name in known] + [c for c in cards if c.id not in preferred]
    chosen = []
    for gsd in gsds or _coarser_gsds(scene):
        serving = [card for card in order if _serves(card, scene, gsd)]
        if not serving:
            raise CardError(_nothing_serves(order, scene, gsd))
        if serving[0] not in chosen:
            chosen.append(serving[0])
    return tuple(chosen)


def _checked(card: Card, scene: Scene, gsds: tuple[float, ...]) -> Card:
    """Return the card that was asked for, unless it sharpens nothing of a group that was asked for as well."""
    made = {round(scene.nominal_gsd(name), 6) for name in card.target_bands if scene.has((name,))}
    left = [gsd for gsd in gsds if not any(abs(own / gsd - 1) < GSD_TOLERANCE for own in made)]
    if left:
        groups = " and ".join(f"{gsd:g} m" for gsd in left)
        raise CardError(
            f"{card.id} does not sharpen the {groups} bands of {scene.name}. Choose other BANDS, or the MODEL auto."
        )
    return card


def _coarser_gsds(scene: Scene) -> tuple[float, ...]:
    finest = scene.finest.gsd * (1 + GSD_TOLERANCE)
    return tuple(sorted({round(scene.nominal_gsd(band.name), 6) for band in scene.bands if band.gsd > finest}))


def _nothing_serves(cards: list[Card], scene: Scene, gsd: float) -> str:
    """Return why no card sharpens a group of a scene."""
    groups = _coarser_gsds(scene)
    if not any(abs(group / gsd - 1) < GSD_TOLERANCE for group in groups):
        found = ", ".join(f"{group:g} m" for group in groups) or "none"
        return f"{scene.name} has no bands of {gsd:g} m to sharpen (it has {found}). Choose other BANDS."
    present = {band.name for band in scene.bands}
    for card in cards:
        if any(name in present and _is_at(scene, name, gsd) for name in card.target_bands):
            missing = ", ".join(name for name in card.input_bands if name not in present)
            return (
                f"{card.id} sharpens the {gsd:g} m bands, but needs {missing}, which {scene.name} lacks. "
                "Use the complete product, or install a model of the bands that there are."
            )
    return f"No installed model sharpens the {gsd:g} m bands of {scene.name}. Choose other BANDS, or install one."


def _serves(card: Card, scene: Scene, gsd: float) -> bool:
    if not scene.has(card.input_bands):
        return False
    return any(_is_at(scene, name, gsd) for name in card.target_bands)


def _is_at(scene: Scene, name: str, gsd: float) -> bool:
    return abs(scene.nominal_gsd(name) / gsd - 1) < GSD_TOLERANCE
