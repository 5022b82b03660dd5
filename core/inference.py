# SPDX-License-Identifier: GPL-2.0-or-later
"""One network on the windows of one tile: run, check, and where memory runs out, run on halves."""

from __future__ import annotations

import numpy as np

from .errors import ModelError
from .interval import ensemble_name, ensemble_spread
from .job import Step
from .session import OutOfMemoryError, Session, Stopper, Tensor

Outputs = dict[str, Tensor]


def infer(session: Session, step: Step, inputs: dict[str, Tensor], stopper: Stopper) -> Outputs:
    """Run a step's network on the windows of one tile; where the device's memory runs out, on halves of them.

    Args:
        session: the loaded network.
        step: gives halo, unit and factors.
        inputs: tensors (1, channels, rows, columns) by name, each with its halo.
        stopper: ends the inference when the run is cancelled.

    Returns:
        Tensors by output name, covering the inputs including their halo.

    Raises:
        ModelError: the network fails, even on the smallest windows, or returns another size than declared.
    """
    named = dict(inputs)
    if step.card.scene_pass is not None and step.card.scene_pass.input in session.input_names:
        named[step.card.scene_pass.input] = np.array(step.coefficients, np.float32)
    try:
        outputs = session.run(named, stopper)
    except OutOfMemoryError:
        return _infer_halves(session, step, inputs, stopper)
    _check_outputs(step, inputs, outputs)
    return outputs


def infer_with_spread(session: Session, step: Step, inputs: dict[str, Tensor], stopper: Stopper) -> Outputs:
    """Return what :func:`infer` returns; with an interval by ensemble also the spread over it, of the same shape."""
    outputs = infer(session, step, inputs, stopper)
    if step.interval is None or step.interval.source != "ensemble":
        return outputs
    names = tuple(output.name for output in step.card.outputs if output.role == "value")
    spreads = ensemble_spread(lambda turned: infer(session, step, turned, stopper), inputs, outputs, names)
    return {**outputs, **{ensemble_name(name): values for name, values in spreads.items()}}


def _infer_halves(session: Session, step: Step, inputs: dict[str, Tensor], stopper: Stopper) -> Outputs:
    coarsest = max(step.card.inputs, key=step.factor)
    shape = inputs[coarsest.name].shape
    axis = 2 if shape[2] >= shape[3] else 3
    length = shape[axis]
    middle = length // 2 // step.alignment * step.alignment
    if step.blend is not None or middle <= step.halo or length - middle <= step.halo:
        raise OutOfMemoryError("The device has too little memory even for the smallest tile. Choose the device cpu.")
    parts = []
    for start, stop, kept in (
        (0, middle + step.halo, slice(0, middle * step.unit)),
        (middle - step.halo, length, slice(step.halo * step.unit, None)),
    ):
        windows = {
            tensor.name: _along(inputs[tensor.name], axis, start, stop, step.unit // step.factor(tensor))
            for tensor in step.card.inputs
        }
        outputs = infer(session, step, windows, stopper)
        parts.append({name: values[(slice(None),) * axis + (kept,)] for name, values in outputs.items()})
    return {name: np.concatenate([part[name] for part in parts], axis=axis) for name in parts[0]}


def _along(values: Tensor, axis: int, start: int, stop: int, ratio: int) -> Tensor:
    result: Tensor = np.ascontiguousarray(values[(slice(None),) * axis + (slice(start * ratio, stop * ratio),)])
    return result


def _check_outputs(step: Step, inputs: dict[str, Tensor], outputs: Outputs) -> None:
    coarsest = max(step.card.inputs, key=step.factor)
    rows, cols = (side * step.unit for side in inputs[coarsest.name].shape[2:])
    for output in (output for output in step.card.outputs if output.name in step.outputs):
        if not np.isfinite(outputs[output.name]).all():
            raise ModelError(
                f"{step.card.id} returned values that are no numbers. Its weights are damaged, or the input holds "
                "values far outside of reflectance: check the input's scale, or install the model again."
            )
        if outputs[output.name].shape != (1, len(output.bands), rows, cols):
            raise ModelError(
                f"{step.card.id} returned {output.name} of shape {outputs[output.name].shape} instead of "
                f"{(1, len(output.bands), rows, cols)}: its card and its network do not agree. Install it again."
            )
