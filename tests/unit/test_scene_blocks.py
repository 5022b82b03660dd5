# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.grid import Window
from satsharp.core.scene_blocks import ALONG, BLOCK, OTHERS_ALONG, SMALL, other_blocks, scene_blocks, square_in


@given(height=st.integers(1, 20000), width=st.integers(1, 20000))
def test_blocks_are_whole_distinct_and_inside(height: int, width: int) -> None:
    blocks = scene_blocks(height, width)
    assert bool(blocks) == (height * width > SMALL**2 and min(height, width) >= BLOCK)
    assert len(set(blocks)) == len(blocks) <= ALONG**2
    for block in blocks:
        assert block.row % BLOCK == block.col % BLOCK == 0
    for block in (*blocks, *other_blocks(height, width)):
        assert (block.height, block.width) == (BLOCK, BLOCK)
        assert block.row_end <= height and block.col_end <= width


def test_a_full_tile_has_the_black_squares_of_a_chess_board() -> None:
    blocks = scene_blocks(10980, 10980)
    board = np.zeros((10, 10), int)
    for block in blocks:
        board[block.row // BLOCK, block.col // BLOCK] += 1
    assert len(blocks) == 13 and board.max() == 1
    # Along every axis all five rows of the board are used, three blocks and two in turns.
    for axis in (0, 1):
        assert [count for count in board.sum(axis=axis) if count] == [3, 2, 3, 2, 3]


def test_the_others_reach_every_edge() -> None:
    chosen, others = scene_blocks(10980, 10980), other_blocks(10980, 10980)
    assert not set(chosen) & set(others) and len(set(others)) == len(others)
    starts = [*range(0, 10240, BLOCK), 10980 - BLOCK]
    corners = {(block.row, block.col) for block in (*chosen, *others)}
    assert corners == {(row, col) for row in starts for col in starts}
    assert other_blocks(2560, 2560) == ()
    # The first of them lies farther from all before it than the last one.
    gaps = [min(np.hypot(one.row - b.row, one.col - b.col) for b in chosen) for one in (others[0], others[-1])]
    assert gaps[0] > gaps[1]


def test_there_are_not_more_of_them_in_a_larger_scene() -> None:
    others = other_blocks(60_000, 50_000)
    assert len(others) <= OTHERS_ALONG**2
    assert max(block.row_end for block in others) == 60_000 and max(block.col_end for block in others) == 50_000


@pytest.mark.parametrize("count", [4, 6])
def test_the_first_few_lie_far_apart(count: int) -> None:
    middles = np.array([(b.row + BLOCK / 2, b.col + BLOCK / 2) for b in scene_blocks(10980, 10980)[:count]]) / 10980
    distances = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1)) + np.eye(count)
    assert distances.min() > 0.2
    assert (middles.min(axis=0) < 0.3).all() and (middles.max(axis=0) > 0.6).all()


@given(
    side=st.integers(1, 300),
    around=st.integers(0, 600),
    quantum=st.sampled_from([1, 4, 36]),
    row=st.integers(0, 9),
    col=st.integers(0, 9),
)
def test_squares_are_read_from_few_blocks(side: int, around: int, quantum: int, row: int, col: int) -> None:
    block = Window(row * BLOCK, col * BLOCK, BLOCK, BLOCK)
    square = square_in(block, side, around, quantum)
    assert square.row % quantum == square.col % quantum == 0
    assert (square.height, square.width) == (side, side)
    read = square.pad(around)
    if side + 2 * around + 2 * quantum <= BLOCK:
        assert read.intersect(block) == read
        assert 0 <= (2 * block.row + BLOCK) - (2 * square.row + side) < 2 * quantum + 2
    elif side + 2 * around > BLOCK:
        assert 0 <= read.row - block.row < quantum and 0 <= read.col - block.col < quantum
