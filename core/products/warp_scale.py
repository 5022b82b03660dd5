# SPDX-License-Identifier: GPL-2.0-or-later
"""How wide the kernel of a warp is: the same at every GDAL, in every block."""

from __future__ import annotations


def warp_scale(source: float, target: float) -> list[str]:
    """Return GDAL's warping options that fix the width of the kernel of an interpolation.

    Without them GDAL before 3.13 takes it from the bounding boxes of each block and of its source. Between two zones of
    UTM, whose axes differ by a few degrees, those boxes differ, too: the kernel smooths although the pixels are of one
    size, and in small blocks otherwise than in large ones (https://github.com/OSGeo/gdal/pull/13806).

    Args:
        source: GSD of what is warped, in metres.
        target: GSD of the result, in metres.
    """
    scale = f"{min(1.0, source / target):.6g}"
    return [f"XSCALE={scale}", f"YSCALE={scale}"]
