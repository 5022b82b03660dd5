# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from satsharp.core.blocks import BlockAssembler
from satsharp.core.grid import Window
from satsharp.core.tiling import tile_rows


def image(bands: int, height: int, width: int) -> np.ndarray:
    return np.arange(bands * height * width, dtype=np.int32).reshape(bands, height, width)


def feed(assembler: BlockAssembler, source: np.ndarray, windows: list[Window], block: int, first_row: int = 0) -> None:
    """Give windows and check that every block below ``first_row`` comes out whole, once and with its pixels."""
    height, width = source.shape[1:]
    seen = np.zeros((height, width), np.int32)
    for window in windows:
        for place, pixels in assembler.add(window, source[(slice(None), *window.slices)]):
            seen[place.slices] += 1
            np.testing.assert_array_equal(pixels, source[(slice(None), *place.slices)])
            assert place.row % block == place.col % block == 0
            assert place.row_end % block == 0 or place.row_end == height
            assert place.col_end % block == 0 or place.col_end == width
    np.testing.assert_array_equal(seen[:first_row], 0)
    np.testing.assert_array_equal(seen[first_row:], 1)
    assert assembler.pending == 0


def guillotine(window: Window, draw: st.DataObject, depth: int) -> list[Window]:
    """Cut a window into two until the depth is used up."""
    choices = [name for name, side in (("row", window.height), ("col", window.width)) if side > 1]
    if depth == 0 or not choices:
        return [window]
    if draw.draw(st.sampled_from(choices)) == "row":
        cut = draw.draw(st.integers(1, window.height - 1))
        parts = (
            Window(window.row, window.col, cut, window.width),
            Window(window.row + cut, window.col, window.height - cut, window.width),
        )
    else:
        cut = draw.draw(st.integers(1, window.width - 1))
        parts = (
            Window(window.row, window.col, window.height, cut),
            Window(window.row, window.col + cut, window.height, window.width - cut),
        )
    return [piece for part in parts for piece in guillotine(part, draw, depth - 1)]


sides, blocks = st.integers(1, 40), st.integers(1, 12)


@given(st.integers(1, 3), sides, sides, blocks, st.data())
def test_any_partition_in_any_order(bands, height, width, block, data):
    windows = guillotine(Window(0, 0, height, width), data, 4)
    feed(
        BlockAssembler(bands, height, width, block),
        image(bands, height, width),
        data.draw(st.permutations(windows)),
        block,
    )


@given(sides, sides, blocks, st.integers(1, 30), st.data())
def test_tiles_of_an_extent_after_a_resume(height, width, block, tile, data):
    first_row = data.draw(st.integers(0, height // block)) * block
    origin = Window(data.draw(st.integers(0, 50)), data.draw(st.integers(0, 50)), height, width)
    tiles = [part.kept.relative_to(origin) for row in tile_rows(origin, tile, origin.row + first_row) for part in row]
    feed(BlockAssembler(1, height, width, block, first_row), image(1, height, width), tiles, block, first_row)


@given(sides, sides, blocks, st.integers(1, 30), st.data())
def test_rows_that_are_written_already_are_ignored(height, width, block, tile, data):
    first_row = data.draw(st.integers(0, height // block)) * block
    tiles = [part.kept for row in tile_rows(Window(0, 0, height, width), tile) for part in row]
    feed(BlockAssembler(2, height, width, block, first_row), image(2, height, width), tiles, block, first_row)


def test_whole_blocks_pass_through_without_a_copy():
    source = image(1, 24, 24)
    assembler = BlockAssembler(1, 24, 24, 8)
    window = Window(8, 0, 16, 16)
    [(place, pixels)] = assembler.add(window, source[(slice(None), *window.slices)])
    assert place == window and np.shares_memory(pixels, source)


def test_pending_counts_the_started_blocks():
    source = image(1, 16, 24)
    assembler = BlockAssembler(1, 16, 24, 8)
    assert assembler.add(Window(0, 0, 5, 24), source[:, :5]) == []
    assert assembler.pending == 3
    written = assembler.add(Window(5, 0, 11, 24), source[:, 5:])
    assert assembler.pending == 0
    assert [place for place, _ in written] == [
        Window(8, 0, 8, 24),
        Window(0, 0, 8, 8),
        Window(0, 8, 8, 8),
        Window(0, 16, 8, 8),
    ]
