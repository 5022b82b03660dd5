# SPDX-License-Identifier: GPL-2.0-or-later
"""Read safetensors files: the length of a JSON header (8 bytes, little endian), the header, then plain numbers.

The format is described at github.com/huggingface/safetensors; it holds no code. Reading it takes forty lines, so no
package is needed for it.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .framework import ConversionError

_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
_LARGEST_HEADER = 100 << 20


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Return name -> tensor in the order of the header.

    Raises:
        ConversionError: the file is truncated or damaged, or holds a type of number that is not known.
    """
    try:
        content = path.read_bytes()
        (length,) = struct.unpack_from("<Q", content)
        if length > _LARGEST_HEADER or 8 + length > len(content):
            raise ValueError("the header is longer than the file")
        header = json.loads(content[8 : 8 + length])
        body = memoryview(content)[8 + length :]
        return {name: _tensor_of(entry, body) for name, entry in header.items() if name != "__metadata__"}
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConversionError(f"{path} is no whole safetensors file ({error}). Download it again.") from error


def _tensor_of(entry: dict[str, Any], body: memoryview) -> Tensor:
    shape = [int(size) for size in entry["shape"]]
    start, stop = (int(place) for place in entry["data_offsets"])
    dtype = _TYPES.get(str(entry["dtype"]))
    if dtype is None:
        raise ValueError(f"numbers of type {entry['dtype']} are not known")
    if min(shape, default=1) < 0 or not 0 <= start <= stop <= len(body):
        raise ValueError("a tensor lies outside of the file")
    if stop - start != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"a tensor has {stop - start} bytes, which does not fit its shape {shape}")
    if start == stop:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(bytearray(body[start:stop]), dtype=dtype).reshape(shape)
