# SPDX-License-Identifier: GPL-2.0-or-later
"""What a finished run tells about the speed of its models, for the next estimate."""

from __future__ import annotations

from . import speeds
from .run_record import DONE, Run

# One run on a busy machine must not spoil the estimates.
LARGEST_CHANGE = 4.0
# Shorter runs tell little.
LEAST_SECONDS = 3.0
# What core.super_resolution says when it does only a part.
RESUMING = "Resuming:"


def learn(run: Run) -> None:
    """Correct the speeds of a run's models by the time that it took; several models are corrected alike."""
    device, models = str(run.details.get("device", "")), list(run.details.get("models", []))
    megapixels = float(run.details.get("megapixels") or 0.0)
    known = {model: speeds.speed_of(device, model) for model in models}
    is_part = any(text.startswith(RESUMING) for text, _ in run.feedback.log)
    if run.state != DONE or is_part or not device or not megapixels or not models or None in known.values():
        return
    taken = run.feedback.seconds_of_tiles()
    if not taken or taken < LEAST_SECONDS:
        return
    expected = sum(megapixels / speed for speed in known.values() if speed)
    change = min(max(expected / taken, 1 / LARGEST_CHANGE), LARGEST_CHANGE)
    for model, speed in known.items():
        if speed:
            speeds.remember(device, model, speed * change)
