# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine: numpy, GDAL and ONNX Runtime behind one loop; no QGIS, Qt or torch."""
