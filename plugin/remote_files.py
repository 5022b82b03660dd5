# SPDX-License-Identifier: GPL-2.0-or-later
"""Ask a server what an address holds, by its first bytes, before anything is fetched."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from ..core.credentials import SIGNATURES
from .downloads import DownloadError, Reception, web_request

# Enough for the mark of a tar archive, which is the furthest in.
_HEAD_BYTES = 512
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
RASTER = ""
# Suffix of the file by its first bytes; none for what is read in place.
_KINDS = (
    *((magic, RASTER) for magic in _TIFF),
    (b"PK\x03\x04", ".zip"),
    (b"PK\x05\x06", ".zip"),
    (b"\x1f\x8b", ".tar.gz"),
    (b"\x0e\x03\x13\x01", ".hdf"),
    (b"\x89HDF\r\n\x1a\n", ".h5"),
)
_TAR_MARK = slice(257, 262)
_ENDING = re.compile(r"(\.tar\.gz|\.tgz|\.tar|\.zip|\.hdf|\.h5|\.nc)$", re.IGNORECASE)
_SECRETS = re.compile(SIGNATURES, re.IGNORECASE)
# Azure's: these mean something else in addresses without a "sig".
_BESIDE_SIG = re.compile(r"s[eprtv]|spr|sip|skoid|sktid|skt|ske|sks|skv", re.IGNORECASE)


class UnreachableError(DownloadError):
    """No answer came from the server."""


class _EnoughError(DownloadError):
    """The first bytes are here."""


@dataclass(frozen=True)
class RemoteFile:
    """What a server says of an address.

    Attributes:
        address: as given.
        suffix: of the file when it is stored; empty for a raster that is read in place.
        name: file name for it, with the suffix.
        size: in bytes; 0 where unknown.
        mark: entity tag or date by which the server tells versions apart; empty where it gives none.
    """

    address: str
    suffix: str
    name: str
    size: int
    mark: str


def is_address(text: str) -> bool:
    """Return whether a text is a web address."""
    return text.lower().startswith(("http://", "https://"))


def without_secrets(address: str) -> str:
    """Return an address without signature, token, login and fragment: what names the file for good."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    is_signed = any(key.lower() == "sig" for key, _ in pairs)
    secret = {key for key, _ in pairs if _SECRETS.fullmatch(key) or (is_signed and _BESIDE_SIG.fullmatch(key))}
    query = urlencode([pair for pair in pairs if pair[0] not in secret])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def without_queries(text: str) -> str:
    """Return a text of Qt, which names addresses in full, without the queries of these."""
    return re.sub(r"\?\S+", "", text)


def gdal_path(address: str) -> str:
    """Return the path with which GDAL reads a raster where it lies, without listing the folder around it."""
    return f"/vsicurl?list_dir=no&url={quote(address, safe=':/')}"


def ask(address: str, is_cancelled: Callable[[], bool]) -> RemoteFile:
    """Fetch the first bytes of a file and what the server says of it.

    Raises:
        UnreachableError: no answer came.
        DownloadError: the server refuses, or the file is neither an archive nor a raster.
        CancelledError: the user cancelled.
    """
    answer = _Answer()
    request = web_request(address)
    request.setRawHeader(b"Range", f"bytes=0-{_HEAD_BYTES - 1}".encode("ascii"))
    request.setRawHeader(b"Accept-Encoding", b"identity")
    reception = Reception(request, answer.store, sys.maxsize, lambda _: None, is_cancelled, answer.begin)
    try:
        reception.wait()
    except DownloadError as error:
        if not isinstance(error, _EnoughError):
            raise _refusal(address, reception.status, error) from error
    suffix = _suffix_of(address, bytes(answer.head))
    return RemoteFile(address, suffix, _name_of(address, answer.name, suffix), answer.size, answer.mark)


class _Answer:
    """Takes the beginning of a file and the header of the answer."""

    def __init__(self) -> None:
        self.head = bytearray()
        self.name, self.mark, self.size = "", "", 0

    def begin(self, reply: QNetworkReply) -> int:
        total = re.search(rb"/(\d+)\s*$", bytes(reply.rawHeader(b"Content-Range")))
        length = reply.header(QNetworkRequest.KnownHeaders.ContentLengthHeader)
        self.size = int(total[1]) if total else int(length or 0)
        self.mark = (bytes(reply.rawHeader(b"ETag")) or bytes(reply.rawHeader(b"Last-Modified"))).decode("latin-1")
        given = re.search(rb'filename="?([^";]+)', bytes(reply.rawHeader(b"Content-Disposition")))
        self.name = given[1].decode("latin-1") if given else ""
        return 0

    def store(self, piece: bytes) -> None:
        self.head.extend(piece)
        if len(self.head) >= _HEAD_BYTES:
            raise _EnoughError("enough")


def _refusal(address: str, status: int, error: DownloadError) -> DownloadError:
    host, shown = urlsplit(address).hostname, without_secrets(address)
    if status in (404, 410):
        return DownloadError(f"{shown} does not exist ({host} answers with status {status}). Check the address.")
    if status in (401, 403):
        return DownloadError(
            f"{shown} may not be fetched ({host} answers with status {status}): it needs a login or a signed address. "
            "Download it with your account, then pass the file."
        )
    return (DownloadError if status else UnreachableError)(without_queries(str(error)))


def _suffix_of(address: str, head: bytes) -> str:
    shown = without_secrets(address)
    if not head:
        raise DownloadError(f"{shown} is empty. Check the address.")
    for magic, suffix in _KINDS:
        if head.startswith(magic):
            return suffix
    path = urlsplit(address).path.lower()
    if head[_TAR_MARK] == b"ustar" or path.endswith(".tar"):
        return ".tar"
    page = "a web page, perhaps one to log in" if head.lstrip()[:1] == b"<" else "something else"
    raise DownloadError(
        f"{shown} is neither an archive (.zip, .tar, .tar.gz) nor a GeoTIFF nor an HDF file but {page}. Check the "
        "address, or download the product and pass the file."
    )


def _name_of(address: str, given: str, suffix: str) -> str:
    """Return a plain file name that ends in the suffix; products are recognised by it."""
    name = given or unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", _ENDING.sub("", name)).strip("._")[:150]
    return f"{plain or 'product'}{suffix}"
