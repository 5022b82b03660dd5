# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads of large files that go on where an earlier attempt stopped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from .downloads import DownloadError, Reception, download_failure, web_request

_PARTIAL_CONTENT, _RANGE_REFUSED = 206, 416


def resume_download(
    url: str,
    path: Path,
    maximum_bytes: int,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> None:
    """Store the file of an address like ``download``, but keep what has arrived, for the next call to go on from there.

    It goes on only where the server vouches, by an entity tag or a date, that its file is still the same.

    Raises:
        DownloadError: the server cannot be reached or refuses, the file is too long, or the disk cannot be written.
        CancelledError: the user cancelled.
    """
    partial = _Partial(path)
    try:
        request, offset = partial.request(url)
        reception = Reception(request, partial.store, maximum_bytes, progress, is_cancelled, partial.begin)
        try:
            reception.wait()
        except DownloadError:
            if not offset or reception.status != _RANGE_REFUSED:
                raise
            partial.forget()  # it is complete already, or longer than the file: this ends with the second call
            resume_download(url, path, maximum_bytes, progress, is_cancelled)
            return
        finally:
            partial.close()
        partial.finish()
    except OSError as error:
        raise DownloadError(
            f"{path} cannot be written: {error.strerror or error}. Free some space or choose another folder."
        ) from error


class _Partial:
    """A file that is still arriving, and beside it the mark by which the server knows its version."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: BinaryIO | None = None
        self._file, self._mark = path.with_name(f"{path.name}.partial"), path.with_name(f"{path.name}.version")

    def request(self, url: str) -> tuple[QNetworkRequest, int]:
        """Return the request for what is missing, and how much is there."""
        request = web_request(url)
        request.setRawHeader(b"Accept-Encoding", b"identity")  # bytes are counted, so they must not be packed
        offset = self._file.stat().st_size if self._file.is_file() and self._mark.is_file() else 0
        if offset:
            request.setRawHeader(b"Range", f"bytes={offset}-".encode("ascii"))
            request.setRawHeader(b"If-Range", self._mark.read_bytes())
        return request, offset

    def begin(self, reply: QNetworkReply) -> int:
        """Open the file when the answer starts; return how many bytes of it are kept."""
        there = self._file.stat().st_size if self._file.is_file() else 0
        goes_on = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) == _PARTIAL_CONTENT
        if goes_on and not bytes(reply.rawHeader(b"Content-Range")).startswith(f"bytes {there}-".encode("ascii")):
            raise download_failure(reply.url(), "the server sends another part of the file than was asked for")
        if not goes_on:
            self._mark.unlink(missing_ok=True)
            tag, date = bytes(reply.rawHeader(b"ETag")), bytes(reply.rawHeader(b"Last-Modified"))
            mark = tag if tag and not tag.startswith(b"W/") else date
            if mark:
                self._mark.write_bytes(mark)
        self._stream = self._file.open("ab" if goes_on else "wb")
        return there if goes_on else 0

    def store(self, piece: bytes) -> None:
        if self._stream is not None:
            self._stream.write(piece)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def finish(self) -> None:
        """Give the complete file its name; an empty answer never opened it."""
        self._file.touch()
        os.replace(self._file, self._path)
        self._mark.unlink(missing_ok=True)

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)
