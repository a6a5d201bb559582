"""A folder of HTML files as a site: each file a page, and no server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote, unquote, urlsplit

import anyio

from consentmw.errors import TargetError
from consentmw.inspection.addresses import read_address
from consentmw.inspection.gpc_support import GPC_SUPPORT_PATH
from consentmw.inspection.pages import FetchedPage
from consentmw.inspection.sites import MAX_PAGE_BYTES, StackedSite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ORIGIN: Final = "https://folder.invalid"  # RFC 6761, section 6.4: never a real host
_UNQUOTED: Final = "/!$&'()*+,;=:@"  # RFC 3986, section 3.3: what stands for itself in a path
_PAGE_SUFFIXES: Final = (".html", ".htm", ".xhtml")
_TYPES: Final = {".xhtml": "application/xhtml+xml", ".json": "application/json"}


class FolderSite(StackedSite):
    """The pages of a folder; headers other than the type they have none.

    Args:
        folder: Read through all its levels.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.origin = _ORIGIN
        self._named = folder
        self._folder = folder.resolve()
        self._statement = self._folder / GPC_SUPPORT_PATH.lstrip("/")
        files = sorted(
            path for path in self._folder.rglob("*") if path.suffix.lower() in _PAGE_SUFFIXES
        )
        if not files:
            raise TargetError(f"{folder}: no {', '.join(_PAGE_SUFFIXES)} file in this folder")
        names = (path.relative_to(self._folder).as_posix() for path in files)
        # Written as a link to it would be read, so that it is known by one URL only.
        addresses = (read_address(f"{_ORIGIN}/{quote(name, safe=_UNQUOTED)}") for name in names)
        self.start = tuple(address for address in addresses if address is not None)

    async def __aenter__(self) -> Self:
        return self

    def may_fetch(self, url: str) -> bool:
        """Whether it is a page of the folder: no other link leads anywhere."""
        return self._path_of(url) is not None

    def name_of(self, url: str) -> str:
        """How a report names the page: by its file, from where the folder was named."""
        path = unquote(urlsplit(url).path).lstrip("/")
        return os.path.normpath(self._named / path) if url.startswith(_ORIGIN) else url

    async def fetch(self, url: str, _headers: Mapping[str, str]) -> FetchedPage:
        """Read one file; 404 where it is none of the folder's pages."""
        path = self._path_of(url)
        if path is None:
            return FetchedPage(url=url, status=404, headers=(), body=b"")
        try:
            if path.stat().st_size > MAX_PAGE_BYTES:
                raise TargetError(f"a page of more than {MAX_PAGE_BYTES} bytes")
            body = await anyio.Path(path).read_bytes()
        except OSError as error:
            raise TargetError(error.strerror or str(error)) from error
        kind = _TYPES.get(path.suffix.lower(), "text/html")
        return FetchedPage(url=url, status=200, headers=(("content-type", kind),), body=body)

    def _path_of(self, url: str) -> Path | None:
        try:
            path = (self._folder / unquote(urlsplit(url).path).lstrip("/")).resolve()
            is_there = path.is_relative_to(self._folder) and path.is_file()
        except (OSError, ValueError):  # too long for a name, or with a NUL in it
            return None
        is_page = path.suffix.lower() in _PAGE_SUFFIXES or path == self._statement
        return path if is_page and is_there else None
