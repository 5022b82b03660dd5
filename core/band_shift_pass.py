# SPDX-License-Identifier: GPL-2.0-or-later
"""The pass that finds out, on some windows of the whole scene, whether guide bands lie off the target bands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .band_shift import ShiftEstimate, agree, inside_mask, shift_windows
from .band_shift_fit import MARGIN, WindowFit, fit_window
from .cards import CardInput
from .grid import Window
from .job import Job, Shift, Step
from .radiometry import band_mask
from .raster import BandReader
from .scene import Band, Scene
from .scene_blocks import scene_blocks, square_in
from .scene_readers import SceneReaders

Image = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Read = Callable[[list[Band], list[Window]], list[tuple[Image, Mask]]]

# Brighter than this reflectance in every guide band: cloud or snow. Clouds lie elsewhere in every band, being high.
WHITE = 0.25
# Pixels of the guide; a band that seems to lie farther off has too little in common with it to tell.
BELIEVABLE = 2.0


def with_shifts(
    job: Job, check: Callable[[], None], log: Callable[[str], None], readers: SceneReaders | None = None
) -> Job:
    """Return the job with the knowledge of how guide bands must be moved onto the target bands.

    It is taken from windows all over the scene, whatever the extent, so every part of a scene gets the same.

    Args:
        job: gives the scenes and the number of threads. Guides are the input tensors of a step that are finer than
            the one with its target bands.
        check: called for every window; may raise to stop.
        log: receives sentences for the user.
        readers: of the scenes' bands, or None.

    Returns:
        The job whose steps know what is to be moved or warned of, for each guide tensor and date;
        moves are in its tags.

    Raises:
        ProductError: a band cannot be read.
    """
    kept = readers or SceneReaders()
    with ThreadPoolExecutor(max(1, job.workers * job.threads), thread_name_prefix="satsharp-shift") as pool:

        def read(bands: list[Band], windows: list[Window]) -> list[tuple[Image, Mask]]:
            check()
            return list(pool.map(_reflectance, [kept.of(band) for band in bands], bands, windows))

        steps = tuple(replace(step, shifts=tuple(_step_shifts(job, step, read, log))) for step in job.steps)
    return replace(job, steps=steps, tags=(*job.tags, *_tags(steps)))


def _tags(steps: tuple[Step, ...]) -> tuple[tuple[str, str], ...]:
    moves = [
        f"{step.card.id} {shift.tensor} {shift.rows:+g} {shift.cols:+g}"
        for step in steps
        for shift in step.shifts
        if (shift.rows or shift.cols) and not shift.ago
    ]
    return (("SATSHARP_MOVED_DOWN_AND_RIGHT", ", ".join(moves)),) if moves else ()


def _step_shifts(job: Job, step: Step, read: Read, log: Callable[[str], None]) -> Iterator[Shift]:
    targets = _target_tensor(step)
    for guides in step.card.inputs:
        if targets is None or step.factor(guides) >= step.factor(targets):
            continue
        for ago, scene in enumerate(reversed(job.scenes[-guides.dates :])):
            estimate = _estimate(job, step, scene, guides, targets, read)
            sentence, serious = describe(estimate, guides.gsd, targets.gsd)
            log(sentence)
            if estimate.settled:
                log(_table(estimate, guides.gsd, targets))
            rows, cols = estimate.move
            if rows or cols or serious:
                yield Shift(ago, guides.name, rows, cols, sentence if serious else "")


def shift_warnings(job: Job) -> tuple[str, ...]:
    """Return what the user should see of the shifts that were found."""
    return tuple(shift.warning for step in job.steps for shift in step.shifts if shift.warning)


def move_of(step: Step, band: Band) -> tuple[float, float]:
    """Return how far a step's network has a band of the latest date moved down and right, in pixels of the band."""
    moves = (step.shift(tensor.name) for tensor in step.card.inputs if band.name in tensor.bands)
    return next((move for move in moves if any(move)), (0.0, 0.0))


def has_finer_guides(step: Step) -> bool:
    """Return whether a step has guide bands that may lie off its target bands."""
    targets = _target_tensor(step)
    return targets is not None and any(step.factor(guides) < step.factor(targets) for guides in step.card.inputs)


def describe(estimate: ShiftEstimate, guide_gsd: float, target_gsd: float) -> tuple[str, bool]:
    """Return a sentence on an estimate, and whether it is one to warn of."""
    fine, coarse = f"{guide_gsd:g} m bands", f"{target_gsd:g} m bands"
    votes = f"{estimate.windows} of {estimate.usable} windows agree"
    if estimate.clear:
        place = _place(*estimate.move)
        return f"The {fine} lie {place} the {coarse} ({votes}): corrected, the {coarse} stay where they are.", True
    if estimate.settled:
        most = max(abs(estimate.rows), abs(estimate.cols))
        return f"The {fine} and the {coarse} agree within {most:.2f} px of {guide_gsd:g} m ({votes}).", False
    lead = f"Whether the {fine} and the {coarse} are registered cannot be told"
    if estimate.usable < 2:
        return f"{lead}: too little clear detail. They are used as they are.", False
    seen = f"the median of {estimate.usable} windows is {_place(estimate.rows, estimate.cols)} the {coarse}"
    far = max(abs(estimate.rows), abs(estimate.cols)) > estimate.threshold
    return f"{lead}: {seen}, but {votes}. They are used as they are; look for doubled edges in the result.", far


def _place(rows: float, cols: float) -> str:
    """Return where bands lie that must be moved by so much."""
    parts = [(abs(rows), "above" if rows > 0 else "below"), (abs(cols), "left of" if cols > 0 else "right of")]
    return " and ".join(f"{size:.2f} px {side}" for size, side in parts if round(size, 2)) or "0.00 px off"


def _table(estimate: ShiftEstimate, gsd: float, targets: CardInput) -> str:
    found = zip(targets.bands, estimate.bands)
    entries = (
        f"{name} {row:+.2f} {col:+.2f}" if max(abs(row), abs(col)) <= BELIEVABLE else f"{name} cannot be told"
        for name, (row, col) in found
    )
    return f"Needed move by band, down and right in px of {gsd:g} m: {', '.join(entries)}."


def _target_tensor(step: Step) -> CardInput | None:
    wanted = set(step.card.target_bands)
    return next((tensor for tensor in reversed(step.card.inputs) if wanted & set(tensor.bands)), None)


def _estimate(job: Job, step: Step, scene: Scene, guides: CardInput, targets: CardInput, read: Read) -> ShiftEstimate:
    factor = step.factor(targets) // step.factor(guides)
    fine, coarse = ([scene.band(name) for name in tensor.bands] for tensor in (guides, targets))
    rows = min(*(band.grid.height for band in coarse), *(band.grid.height // factor for band in fine))
    cols = min(*(band.grid.width for band in coarse), *(band.grid.width // factor for band in fine))

    def fit(window: Window) -> WindowFit | None:
        windows = [window.pad(MARGIN).refine(factor)] * len(fine) + [window] * len(coarse)
        return _fit(read([*fine, *coarse], windows), len(fine), factor)

    return agree(fit, _windows(job, step.factor(targets), rows, cols, factor) if rows and cols else (), factor)


def _windows(job: Job, unit: int, rows: int, cols: int, factor: int) -> tuple[Window, ...]:
    """Return windows of the targets; in a large scene first those in the blocks that every pass looks at.

    Args:
        job: gives the size of the output.
        unit: output pixels along a target pixel.
        rows: of the targets.
        cols: of them.
        factor: guide pixels along a target pixel.
    """
    spread = shift_windows(rows, cols, factor)
    side = spread[0].height * unit
    blocks = [
        square_in(block, side, MARGIN * unit, unit).coarsen(unit)
        for block in scene_blocks(job.target.height, job.target.width)
    ]
    inside = [window for window in blocks if window.row_end <= rows and window.col_end <= cols]
    apart = [window for window in spread if all(window.intersect(other).is_empty for other in inside)]
    return (*inside, *apart)


def _fit(parts: list[tuple[Image, Mask]], guides: int, factor: int) -> WindowFit | None:
    (fine, fine_mask), (coarse, mask) = (
        (np.stack([values for values, _ in group]), np.logical_and.reduce([valid for _, valid in group]))
        for group in (parts[:guides], parts[guides:])
    )
    return fit_window(fine, fine_mask & (fine.min(axis=0) < WHITE), coarse, mask, factor)


def _reflectance(reader: BandReader, band: Band, window: Window) -> tuple[Image, Mask]:
    pixels = reader.read(band, window)
    mask = band_mask(pixels, band) & inside_mask(window, band.grid.height, band.grid.width)
    values = np.where(mask, pixels, 0) * np.float32(band.scale) + np.float32(band.offset)
    return values.astype(np.float32), mask
