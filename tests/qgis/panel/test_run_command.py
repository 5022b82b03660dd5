# SPDX-License-Identifier: GPL-2.0-or-later
"""The command of a run survives the prompt of Windows: variables, quotes, backslashes."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("qgis.core")

from hypothesis import example, given
from hypothesis import strategies as st
from satsharp.ui.run_command import command_of

# Whatever cmd.exe could take for the name of one is a variable.
VARIABLES = re.compile(r"%([A-Za-z ]+)%")


def replaced(line: str) -> str:
    """Return what cmd.exe makes of variables at its prompt: unknown ones stay, quotes do not matter."""
    place = 0
    while (found := VARIABLES.search(line, place)) is not None:
        line = line[: found.start()] + "secret" + line[found.end() :]
        place = found.start() + len("secret")
    return line


def without_carets(line: str) -> str:
    """Return what cmd.exe passes on: outside quotes, a caret goes and what follows it stays; nothing may end there."""
    kept, quoted, characters = "", False, iter(line)
    for character in characters:
        if character == "^" and not quoted:
            kept += next(characters)
            continue
        assert quoted or character not in "&|<>"
        quoted ^= character == '"'
        kept += character
    assert not quoted
    return kept


def arguments_of(line: str) -> list[str]:
    """Return the arguments that Microsoft's C library finds in a command line."""
    found, text, quoted, place = [], "", False, 0
    while place < len(line):
        slashes = len(line[place:]) - len(line[place:].lstrip("\\"))
        place += slashes
        if line[place : place + 1] == '"':
            text += "\\" * (slashes // 2)
            if slashes % 2:
                text += '"'
            elif quoted and line[place + 1 : place + 2] == '"':
                text += '"'
                place += 1
            else:
                quoted = not quoted
            place += 1
            continue
        text += "\\" * slashes
        if line[place : place + 1] == " " and not quoted:
            found.append(text)
            text = ""
        else:
            text += line[place : place + 1]
        place += 1
    return [*found, text]


def arrived(text: str) -> list[str]:
    command = command_of("satsharp:x", {"INPUT": text, "OUTPUT": "o.tif"}, is_windows=True)
    return arguments_of(without_carets(replaced(command)))


def test_variables_are_not_replaced():
    command = command_of("satsharp:x", {"INPUT": r"C:\100 %TEMP%\a.tif"}, is_windows=True)
    assert command == r'qgis_process run satsharp:x "--INPUT=C:\100 "^%"TEMP"^%"\a.tif"'
    assert replaced(r"C:\100 %TEMP%\a.tif") == r"C:\100 secret\a.tif"
    assert arrived(r"C:\100 %TEMP%\a.tif")[3] == r"--INPUT=C:\100 %TEMP%\a.tif"


def test_folder_at_the_end_does_not_swallow_the_next_argument():
    command = command_of("satsharp:x", {"INPUT": "C:\\my data\\", "OUTPUT": "o.tif"}, is_windows=True)
    assert command == 'qgis_process run satsharp:x "--INPUT=C:\\my data\\\\" --OUTPUT=o.tif'


@given(st.text(alphabet='%"\\ ^&<aB=', max_size=12))
@example("%%")
@example('%"%')
@example('\\%a%\\"')
@example("a b\\\\")
def test_whatever_is_in_a_path_arrives(text):
    assert arrived(text) == ["qgis_process", "run", "satsharp:x", f"--INPUT={text}", "--OUTPUT=o.tif"]


def test_plain_arguments_stay_readable():
    command = command_of("satsharp:x", {"INPUT": r"C:\data\S2A.SAFE", "RESUME": True}, is_windows=True)
    assert command == r"qgis_process run satsharp:x --INPUT=C:\data\S2A.SAFE --RESUME=true"
