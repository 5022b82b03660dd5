# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the U-Nets make: the tiny config, smaller still, and places of random texture."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from satsharp.export_tools.configuration import Config, load_config
from satsharp.export_tools.dataset import Place

from .conftest import texture


def unet_config(network: dict[str, Any] | None = None, **training: Any) -> Config:
    """The bundled tiny config with smaller chips and other settings."""
    full = load_config("s2l8h-tiny")
    settings = {**full.training, "chip": 24, "border": 3, "batch": 4, "ema": 0.9, **training}
    shape = {**full.network, **(network or {})}
    document = {**full.document, "network": shape, "training": settings}
    return dataclasses.replace(full, network=shape, training=settings, document=document)


def unet_place(seed: int, size: int = 72, **changes: Any) -> Place:
    """A place on one grid whose pan is a weighted sum of its visible bands, around a reflectance of 0.2."""
    ms = texture(6, size, np.random.default_rng(seed)).astype(np.float32)
    pan = np.tensordot(np.array([0.1, 0.45, 0.45], np.float32), ms[:3], axes=(0, 0))[None]
    images = {"pan": pan, "ms": ms}
    place = Place(f"made {seed}", "made", "train", 1.0, False, images, np.ones((size, size), bool), (), {})
    return dataclasses.replace(place, **changes)
