# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a plot as SVG, or drawn by Qt as PNG."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from qgis.PyQt.QtGui import QImage, QPainter

from ..core.errors import DependencyError
from ..plugin.i18n import Translated
from .text_files import write_bytes, write_text

_PNG = ".png"
# Pixels of the picture for one of the plot, so that it can be printed.
_FINER = 2


class PlotFile(Translated):
    """Writes plots."""

    def write(self, path: Path, text: str) -> None:
        """Write an SVG under a name that ends in .svg, or in .png.

        Raises:
            OutputError: it cannot be written.
            DependencyError: this QGIS cannot draw an SVG.
        """
        if path.suffix.lower() == _PNG:
            write_bytes(path, self._picture(text))
        else:
            write_text(path, text)

    def _picture(self, text: str) -> bytes:
        """Return an SVG as PNG."""
        try:
            from qgis.PyQt.QtSvg import QSvgRenderer
        except ImportError as error:
            raise DependencyError(
                self.tr("This QGIS has no Qt SVG module, so no PNG can be drawn. Choose a name that ends in .svg.")
            ) from error
        renderer = QSvgRenderer(QByteArray(text.encode("utf-8")))
        size = renderer.defaultSize() * _FINER
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        return bytes(buffer.data())
