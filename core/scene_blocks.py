# SPDX-License-Identifier: GPL-2.0-or-later
"""Which blocks of a large scene every pass before the tiles looks at: a few, spread over all of it, the same for all.

JPEG 2000 files are decoded block by block, so that a second window in a block that was decoded costs nothing.
"""

from __future__ import annotations

from functools import lru_cache

from .grid import Window

# Side of a block of Sentinel-2's 10 m files. A 20 m file's block covers four of them.
BLOCK = 1024
# Blocks along each axis; every other one of them is taken, as on the black squares of a chess board.
ALONG = 5
# Of the others so many along each axis, the last one flush with the scene's edge.
OTHERS_ALONG = 11
# A scene of no more pixels than a square of this side, or narrower than a block, is not large.
SMALL = 2560


@lru_cache(maxsize=8)
def scene_blocks(height: int, width: int) -> tuple[Window, ...]:
    """Return the blocks in output pixels, any first few of them far apart; none where the scene is not large.

    Args:
        height: of the scene in output pixels.
        width: of it.
    """
    if height * width <= SMALL**2 or min(height, width) < BLOCK:
        return ()
    rows, cols = (_spread(list(range(0, length - BLOCK + 1, BLOCK)), ALONG) for length in (height, width))
    chequered = len(rows) == len(cols) == ALONG
    blocks = [
        Window(row, col, BLOCK, BLOCK)
        for down, row in enumerate(rows)
        for across, col in enumerate(cols)
        if not chequered or (down + across) % 2 == 0
    ]
    return _far_apart(blocks)


@lru_cache(maxsize=8)
def other_blocks(height: int, width: int) -> tuple[Window, ...]:
    """Return further blocks of a large scene, up to its edges: for scenes of which hardly a pixel there is valid.

    All of them where there are not too many. Those along the lower and the right edge are flush with it.
    """
    chosen = scene_blocks(height, width)
    if not chosen:
        return ()
    rows, cols = (
        _spread(sorted({*range(0, length - BLOCK + 1, BLOCK), length - BLOCK}), OTHERS_ALONG)
        for length in (height, width)
    )
    every = [Window(row, col, BLOCK, BLOCK) for row in rows for col in cols]
    return _far_apart([block for block in every if block not in chosen], chosen)


def block_around(window: Window, height: int, width: int) -> Window:
    """Return the block of a scene, which is no smaller than one, in which the middle of a window lies.

    Args:
        window: in output pixels.
        height: of the scene in output pixels.
        width: of it.
    """
    row, col = (
        max(0, min(start + size // 2, length - 1) // BLOCK * BLOCK)
        for start, size, length in ((window.row, window.height, height), (window.col, window.width, width))
    )
    return Window(min(row, height - BLOCK), min(col, width - BLOCK), BLOCK, BLOCK)


def square_in(block: Window, side: int, around: int, quantum: int) -> Window:
    """Return a square for which few blocks have to be decoded, its corner on a multiple of a quantum.

    Args:
        block: one of :func:`scene_blocks`.
        side: of the square in output pixels.
        around: pixels that are read around it. With them it lies in the middle of the block; where that is too small,
            they begin at its edge.
        quantum: in output pixels.
    """
    fits = side + 2 * around <= BLOCK
    row, col = (
        (edge + (BLOCK - side) // 2) // quantum * quantum if fits else -(-(edge + around) // quantum) * quantum
        for edge in (block.row, block.col)
    )
    return Window(row, col, side, side)


def _spread(starts: list[int], most: int) -> list[int]:
    """Return at most so many of some places along an axis, the first and the last one among them."""
    last = len(starts) - 1
    return [starts[place] for place in sorted({round(last * number / (most - 1)) for number in range(most)})]


def _far_apart(blocks: list[Window], before: tuple[Window, ...] = ()) -> tuple[Window, ...]:
    """Order blocks: the middle one first, then always the one that is farthest from all that come before it."""

    def distance(block: Window, other: Window) -> int:
        return (block.row - other.row) ** 2 + (block.col - other.col) ** 2

    first = () if before else (blocks[len(blocks) // 2],)
    nearest = {block: min(distance(block, other) for other in (*before, *first)) for block in blocks}
    ordered = list(first)
    for block in first:
        del nearest[block]
    while nearest:
        farthest = max(nearest, key=lambda block: nearest[block])
        del nearest[farthest]
        ordered.append(farthest)
        nearest = {block: min(least, distance(block, farthest)) for block, least in nearest.items()}
    return tuple(ordered)
