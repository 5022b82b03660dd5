# SPDX-License-Identifier: GPL-2.0-or-later
"""Which blocks of a large scene every pass before the tiles looks at: a few, spread over all of it, the same for all.

JPEG 2000 files are decoded block by block, so that a second window in a block that was decoded costs nothing.
"""

from __future__ import annotations

from .grid import Window

# Side of a block of Sentinel-2's 10 m files. A 20 m file's block covers four of them.
BLOCK = 1024
# Blocks along each axis; every other one of them is taken, as on the black squares of a chess board.
ALONG = 5
# A scene of at most so many pixels along an axis is not large: it is looked at as a whole.
SMALL = 2560


def scene_blocks(height: int, width: int) -> tuple[Window, ...]:
    """Return the blocks in output pixels, any first few of them far apart; none where the scene is not large.

    Args:
        height: of the scene in output pixels.
        width: of it.
    """
    if min(height, width) <= SMALL:
        return ()
    rows, cols = _starts(height), _starts(width)
    chequered = len(rows) == len(cols) == ALONG
    blocks = [
        Window(row, col, BLOCK, BLOCK)
        for down, row in enumerate(rows)
        for across, col in enumerate(cols)
        if not chequered or (down + across) % 2 == 0
    ]
    return _far_apart(blocks)


def other_blocks(height: int, width: int) -> tuple[Window, ...]:
    """Return all other whole blocks of a large scene: for scenes of which those have next to no valid pixel."""
    chosen = scene_blocks(height, width)
    if not chosen:
        return ()
    every = [
        Window(row * BLOCK, col * BLOCK, BLOCK, BLOCK)
        for row in range(height // BLOCK)
        for col in range(width // BLOCK)
    ]
    return _far_apart([block for block in every if block not in chosen], chosen)


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


def _starts(length: int) -> list[int]:
    """Return where blocks begin along an axis; the last one is whole."""
    last = length // BLOCK - 1
    return [place * BLOCK for place in sorted({round(last * number / (ALONG - 1)) for number in range(ALONG)})]


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
