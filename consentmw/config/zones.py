"""Which hosts and paths have rules of their own, and whether a request falls under them.

A path is matched by whole segments. Apps differ in what they make of `//`, `..` and letter case,
and a zone must not be escaped by such a spelling, so a path is in a zone if any reading of it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from consentmw.config.hosts import bare_host


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A set of hosts and paths in which some categories are denied to everyone.

    Where both are given, both have to match.
    """

    hosts: tuple[str, ...] = ()
    """A host covers its subdomains; none stands for every host."""
    paths: tuple[str, ...] = ()
    """`/member/*` covers `/member` and all below it; elsewhere `*` is one segment."""
    deny: frozenset[str] = frozenset()

    def matches(self, host: str, path: str) -> bool:
        """Whether a host (as the request names it) and its full decoded path are in the zone."""
        return self._matches_host(host) and self._matches_path(path)

    def _matches_host(self, host: str) -> bool:
        if not self.hosts:
            return True
        name = bare_host(host)
        return any(name == own or name.endswith(f".{own}") for own in self.hosts)

    def _matches_path(self, path: str) -> bool:
        if not self.paths:
            return True
        readings = read_segments(path)
        return any(
            _matches_segments(_split(pattern), segments)
            for pattern in self.paths
            for segments in readings
        )


def read_segments(path: str) -> set[tuple[str, ...]]:
    """The ways to read a decoded path, as segments: as it stands, and with dots resolved.

    A router that takes `/member/../news` literally serves the member area, one that resolves it
    first doesn't; `/news/../member` is the other way round.
    """
    literal = _split(path)
    if ".." not in literal and "." not in literal:
        return {literal}
    resolved: list[str] = []
    for segment in literal:
        if segment == "..":
            del resolved[-1:]
        elif segment != ".":
            resolved.append(segment)
    return {literal, tuple(resolved)}


def _split(path: str) -> tuple[str, ...]:
    # Empty segments are doubled slashes. A browser takes a backslash for a slash.
    return tuple(filter(None, path.lower().replace("\\", "/").split("/")))


def _matches_segments(pattern: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    if pattern and pattern[-1] == "*":
        pattern = pattern[:-1]
        segments = segments[: len(pattern)]
    return len(pattern) == len(segments) and all(
        wanted in ("*", found) for wanted, found in zip(pattern, segments, strict=True)
    )
