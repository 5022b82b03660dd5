# SPDX-License-Identifier: GPL-2.0-or-later
"""Plan networks that run on overlapping blocks: their sides, and what the user reads of it."""

from __future__ import annotations

from .blend import default_blend
from .cards import Card, CardBlend
from .errors import CardError, ModelError
from .job import Step
from .lineage import digest_of
from .network import Network


def blend_of(card: Card, network: Network) -> CardBlend | None:
    """Return the blocks on which a network is run; None where tiles with its halo are exact.

    Raises:
        ModelError: the card says that tiles are exact, and the network sees the whole image.
        CardError: the card's blocks do not fit the network's alignment.
    """
    if card.tiling == "exact":
        if network.global_operations:
            raise ModelError(
                f"{card.id} looks at the whole image at once (global operations: "
                f"{', '.join(network.global_operations)}), so exact tiles are impossible. Declare tiling blended in "
                "its card."
            )
        return None
    if card.blend is None:
        return default_blend(network.alignment, network.values_per_pixel)
    for name, side in (("block", card.blend.block), ("overlap", card.blend.overlap)):
        if side % network.alignment:
            raise CardError(
                f"blend.{name} of {card.id} is {side}, no multiple of the {network.alignment} pixels at which its "
                "network's grids begin. Correct the card."
            )
    return card.blend


def blend_notes(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return one sentence for each model that is blended: what that means."""
    return tuple(
        f"{step.card.id} sees farther than a tile can reach, so it runs on overlapping blocks of {step.blend.block} x "
        f"{step.blend.block} px of its coarsest input, anchored at the scene's corner, whose results are blended "
        f"smoothly over {step.blend.overlap} px: no seams show, but where two blocks meet a pixel is a mean of two "
        "results, and one block over the whole scene would give slightly other values."
        for step in steps
        if step.blend is not None
    )


def blend_identity(steps: tuple[Step, ...]) -> tuple[tuple[str, str], ...]:
    """Return what a resumed run must share: the blocks."""
    blocks = [repr(step.blend) for step in steps]
    return (("blocks", digest_of(blocks)),) if any(step.blend for step in steps) else ()


def blend_tags(steps: tuple[Step, ...]) -> tuple[tuple[str, str], ...]:
    """Return provenance for the outputs."""
    told = [
        f"{step.card.id}: blocks of {step.blend.block} px, blended over {step.blend.overlap} px"
        for step in steps
        if step.blend is not None
    ]
    return (("SATSHARP_BLENDED", "; ".join(told)),) if told else ()
