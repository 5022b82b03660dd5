# SPDX-License-Identifier: GPL-2.0-or-later
"""Translations: ``resources/i18n/satsharp_<language>.qm``, built from the .ts files when the plugin is packed.

Classes inherit ``Translated`` and write ``self.tr("A full sentence with {}.").format(value)``: pylupdate takes the
class as the context and cannot read f-strings.
"""

from __future__ import annotations

from functools import cache

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from .paths import TRANSLATION_FOLDER

# Those that are installed; where there are none, which is so in English, texts need not be looked up.
_translators: list[QTranslator] = []


class Translated:
    """Gives ``tr`` to classes that are no QObject."""

    def tr(self, text: str) -> str:
        """Translate a text in the context of the class that wrote it, which may be a base class of this one."""
        for context in _contexts(type(self)) if _translators else ():
            translated = QCoreApplication.translate(context, text)
            if translated != text:
                return str(translated)
        return text


@cache
def _contexts(cls: type) -> tuple[str, ...]:
    """Return the names of a class and its bases of this package; QGIS's own and Python's have no texts of ours."""
    package = __name__.partition(".")[0]
    return tuple(base.__name__ for base in cls.__mro__ if base.__module__.partition(".")[0] == package)


def install_translator(language: str = "") -> QTranslator | None:
    """Install the translation for a language (by default QGIS's) and return it, or None where there is none."""
    translator = QTranslator()
    name = f"satsharp_{language or QgsApplication.locale()}"
    # Qt itself falls back from fr_CA to fr.
    if not translator.load(name, str(TRANSLATION_FOLDER)):
        return None
    QCoreApplication.installTranslator(translator)
    _translators.append(translator)
    return translator


def remove_translator(translator: QTranslator | None) -> None:
    """Undo ``install_translator``."""
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
        _translators.remove(translator)
