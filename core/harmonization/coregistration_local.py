# SPDX-License-Identifier: GPL-2.0-or-later
"""Shifts that differ over a raster: a smooth grid of them through what the windows say.

Three descriptions compete: one shift for all, one that changes evenly (affine), and that plus what windows nearby have
in common. The one wins that best foretells windows it has not seen; a richer one must be clearly better.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..grid import Grid
from .coregistration import DEVIATION, TOLERANCE, Registration

Floats = npt.NDArray[np.float64]
Model = Callable[[Floats], Floats]

# Nodes of the grid along its longer side, and windows that a richer description needs.
NODES, LEAST_WINDOWS = 33, 12
# Reach of a window's influence by the distance between windows, and weight of "no difference" against the windows.
BANDWIDTH, PRIOR = 1.0, 0.5
# A richer description must leave less than this part of what the simpler one does, and by this part of a pixel less.
CLEARLY, WORTHWHILE = 0.95, 0.02
ROUNDS = 10
CONSTANT, AFFINE, SMOOTH = "constant", "affine", "smooth"


@dataclass(frozen=True, eq=False)
class ShiftGrid:
    """Shifts on a lattice, in between interpolated bilinearly, beyond its borders as on them.

    Attributes:
        x: map coordinates of its columns, ascending.
        y: map coordinates of its rows, ascending.
        east: (rows, columns) metres by which the moving raster must be moved there.
        north: see ``east``.
        model: ``constant``, ``affine`` or ``smooth``.
        residual: standard deviation in metres of one window against what the others foretell.
    """

    x: Floats
    y: Floats
    east: Floats
    north: Floats
    model: str
    residual: float

    def at(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the shifts at places of any shape, in metres."""
        cols, rows = _position(x, self.x), _position(y, self.y)
        return _bilinear(self.east, rows, cols), _bilinear(self.north, rows, cols)

    @property
    def range(self) -> tuple[float, float, float, float]:
        """Smallest and largest shift east, smallest and largest north, in metres."""
        bounds = (self.east.min(), self.east.max(), self.north.min(), self.north.max())
        west, east, south, north = (float(value) for value in bounds)
        return west, east, south, north


def local_shifts(registration: Registration, grid: Grid) -> tuple[Registration, ShiftGrid]:
    """Return a smooth grid of shifts over a raster, and the registration with the windows it goes through.

    Args:
        registration: found with ``RegistrationOptions.local``.
        grid: of the moving raster.
    """
    kept = [vector for vector in registration.vectors if vector.kept]
    places = np.array([(vector.x, vector.y) for vector in kept])
    moves = np.array([(vector.east, vector.north) for vector in kept])
    names = (CONSTANT, AFFINE, SMOOTH) if len(kept) >= LEAST_WINDOWS else (CONSTANT,)
    # Outliers against their neighbours first: with local shifts the windows may differ by more than a lock would.
    near = np.ones(len(kept), np.bool_)
    if len(names) > 1:
        misfit = np.hypot(*(moves - _foretold(places, moves, SMOOTH)).T)
        near = misfit <= max(TOLERANCE * registration.pixel, 3 * DEVIATION * float(np.median(misfit)))
        places, moves = places[near], moves[near]
    name, residual = _best(places, moves, names, WORTHWHILE * registration.pixel)
    shifts = _on_grid(_fitted(places, moves, name), grid, name, residual)
    flags = iter(near)
    vectors = tuple(replace(v, kept=bool(next(flags))) if v.kept else v for v in registration.vectors)
    windows = int(near.sum())
    changed = replace(
        registration, vectors=vectors, windows=windows, quality=windows / registration.usable, spread=residual
    )
    return changed, shifts


def _best(places: Floats, moves: Floats, names: tuple[str, ...], worthwhile: float) -> tuple[str, float]:
    """Return the description that foretells best, and the standard deviation it leaves."""
    best, least = "", np.inf
    for name in names:
        left = DEVIATION * float(np.median(np.abs(moves - _foretold(places, moves, name)), axis=0).max())
        if not best or left < min(CLEARLY * least, least - worthwhile):
            best, least = name, left
    return best, float(least)


def _foretold(places: Floats, moves: Floats, name: str) -> Floats:
    """Return for every window what the others foretell."""
    others = ~np.eye(len(places), dtype=np.bool_)
    return np.array([_fitted(places[seen], moves[seen], name)(places[[i]])[0] for i, seen in enumerate(others)])


def _fitted(places: Floats, moves: Floats, name: str) -> Model:
    middle = np.median(moves, axis=0)
    if name == CONSTANT:
        return lambda points: np.repeat(middle[None], len(points), axis=0)
    centre, scale = places.mean(axis=0), max(float(np.ptp(places, axis=0).max()), 1.0)

    def terms(points: Floats) -> Floats:
        return np.column_stack([np.ones(len(points)), (points - centre) / scale])

    slopes = _robust(terms(places), moves)
    if name == AFFINE:
        return lambda points: np.asarray(terms(points) @ slopes)
    left = moves - terms(places) @ slopes
    reach = BANDWIDTH * scale / max(1.0, len(places) ** 0.5 - 1)

    def smooth(points: Floats) -> Floats:
        squares = ((points[:, None] - places[None]) ** 2).sum(axis=2)
        weights = np.exp(-0.5 * squares / reach**2)
        return np.asarray(terms(points) @ slopes + weights @ left / (weights.sum(axis=1, keepdims=True) + PRIOR))

    return smooth


def _robust(terms: Floats, moves: Floats) -> Floats:
    """Return coefficients by least absolute deviations, as repeatedly weighted least squares."""
    weights = np.ones(len(moves))
    slopes = np.zeros((terms.shape[1], 2))
    for _ in range(ROUNDS):
        root = np.sqrt(weights)[:, None]
        slopes = np.linalg.lstsq(terms * root, moves * root, rcond=None)[0]
        left = np.hypot(*(moves - terms @ slopes).T)
        weights = 1 / np.maximum(left, 0.1 * float(np.median(left)) + 1e-9)
        weights /= weights.max()
    return np.asarray(slopes)


def _on_grid(model: Model, grid: Grid, name: str, residual: float) -> ShiftGrid:
    (left, top), (right, bottom) = grid.locate(0, 0), grid.locate(grid.height, grid.width)
    step = max(right - left, top - bottom) / (NODES - 1)
    x = np.linspace(left, right, max(2, round((right - left) / step) + 1))
    y = np.linspace(bottom, top, max(2, round((top - bottom) / step) + 1))
    points = np.stack(np.meshgrid(x, y), axis=-1)
    shifts = model(points.reshape(-1, 2)).reshape(points.shape)
    return ShiftGrid(x, y, shifts[..., 0], shifts[..., 1], name, residual)


def _position(place: Floats, nodes: Floats) -> Floats:
    result: Floats = np.clip((place - nodes[0]) / (nodes[1] - nodes[0]), 0, len(nodes) - 1)
    return result


def _bilinear(values: Floats, rows: Floats, cols: Floats) -> Floats:
    top = np.minimum(rows.astype(np.intp), values.shape[0] - 2)
    left = np.minimum(cols.astype(np.intp), values.shape[1] - 2)
    down, right = rows - top, cols - left
    upper = values[top, left] * (1 - right) + values[top, left + 1] * right
    lower = values[top + 1, left] * (1 - right) + values[top + 1, left + 1] * right
    result: Floats = upper * (1 - down) + lower * down
    return result
