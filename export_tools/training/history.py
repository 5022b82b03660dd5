# SPDX-License-Identifier: GPL-2.0-or-later
"""What a card tells of a training, and of the trainings that its weights went through before."""

from __future__ import annotations

import platform
from typing import Any

# What cards of later trainings tell of an earlier one: all but its lists.
KEPT = ("steps", "chips", "minutes", "seed", "hardware", "note", "command", "start", "teacher")


def training_of(document: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """Return what a card tells about the training of a checkpoint.

    Args:
        document: of the config.
        state: of the checkpoint.
    """
    model, settings, progress = document["id"], document["training"], state["progress"]
    minutes = round(progress["seconds"] / 60, 1)
    options = f"--out runs/{model} --seed {state['seed']} --minutes {minutes:g}"
    command = f"python -m satsharp.export_tools train {model} {options}"
    notes = (document.get("note", ""), state.get("note", ""))
    training = {
        "places": state["places"],
        "steps": progress["step"],
        "chips": progress["step"] * int(settings["batch"]),
        "minutes": minutes,
        "seed": state["seed"],
        "hardware": state.get("hardware", f"{state['threads']} CPU thread(s), {platform.machine()}"),
        "note": " ".join(note for note in notes if note),
        "command": state.get("command", command),
        "settings": settings,
    }
    if state.get("start"):
        training.update(start=state["start"], earlier=list(state.get("earlier", [])))
    if state.get("teacher"):
        training.update(teacher=state["teacher"])
    return training


def trainings_behind(model: str, training: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the trainings behind the weights of a model, the first one first, as those that go on from it tell them.

    Args:
        model: its id.
        training: of its card, or :func:`training_of` its checkpoint.
    """
    own = {"model": model, **{name: training[name] for name in KEPT if name in training}}
    return (*training.get("earlier", ()), own)
