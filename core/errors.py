# SPDX-License-Identifier: GPL-2.0-or-later
"""One base error and its one-line kinds; every message is a sentence with the culprit and the remedy."""

from __future__ import annotations


class SatSharpError(Exception):
    """Base of all errors that a user can act on."""


class ProductError(SatSharpError):
    """A product is missing, damaged, incomplete or of another sensor."""


class GridError(SatSharpError):
    """Grids or extents do not fit each other."""


class SensorError(SatSharpError):
    """A sensor file is invalid."""


class CardError(SatSharpError):
    """A model card is invalid, or does not agree with its network."""


class ModelError(SatSharpError):
    """An ONNX file is damaged, unsafe or cannot be analysed or run."""


class OutputError(SatSharpError):
    """The output cannot be written, or an unfinished one cannot be resumed."""


class DependencyError(SatSharpError):
    """ONNX Runtime is missing or cannot be installed."""


class RegistrationError(SatSharpError):
    """The shift between two rasters cannot be told from what they show."""


class CancelledError(SatSharpError):
    """The user cancelled the run."""


class StoppedError(CancelledError):
    """The user stopped the run to go on with it later: what is finished of its output is kept."""
