"""Pushes a page through: bytes in, bytes out, everything that isn't edited exactly as it came.

What is held back is an unfinished tag, the text of an element that has to be judged first, and the
few bytes that may be the start of something. Its size is bounded by the limits in `scanner` and by
`max_text_bytes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from consentmw.errors import RewriteError
from consentmw.html.attributes import Tag
from consentmw.html.holding import Holding
from consentmw.html.inserting import PROLOGUE
from consentmw.html.job import Job
from consentmw.html.lane import Lane
from consentmw.html.readers import EVERYBODY
from consentmw.html.scanner import Scanner
from consentmw.html.sieve import HTML_ONLY, KEEP, Edit
from consentmw.html.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from consentmw.html.job import Token
    from consentmw.html.readers import Readers
    from consentmw.html.sieve import Sieve

MAX_READINGS: Final = 16
"""Readings that are followed side by side; pages need one, rarely two."""


class Rewriter:
    """Rewrites one HTML page as the sieve decides."""

    def __init__(
        self,
        sieve: Sieve,
        *,
        max_text_bytes: int = 1 << 20,
        insertion: bytes = b"",
        shortcuts: bool = True,
        readers: Readers = EVERYBODY,
        srcdoc: bool = False,
        insert_only: bool = False,
    ) -> None:
        """Start a page.

        Args:
            sieve: Decides about elements.
            max_text_bytes: How much of an element's text is waited for before it is judged.
            insertion: Put at the start of the head, or before the first element without one.
            shortcuts: Whether to jump over tags that can't be of interest. Without, the result is
                the same, only later: tests compare the two.
            insert_only: Whether the rest passes unread once the insertion is made.
            readers: Who may read the page; it is safe for all of them.
            srcdoc: Whether it is the document of an ``iframe``'s ``srcdoc``.
        """
        self._job = Job(sieve, max_text_bytes=max_text_bytes, insertion=insertion)
        self._readings = [Scanner(self._job, readers=readers, srcdoc=srcdoc)]
        self._job.readings = self._readings
        self._lane = Lane(self._job) if shortcuts and not insert_only else None
        self._holding = Holding()
        self._writer = Writer()
        self._detour: tuple[int, Hashable, int, int, int] | None = None
        """Where in this buffer the scanner left the lane, what it knew, what was filed then, and
        how often it had asked what stood in front."""
        self._insert_only = insert_only
        self._failure: RewriteError | None = None

    def listen(self, on_token: Callable[[Token], None]) -> None:
        """Have every token reported that the scanner reads; without shortcuts, that is all."""
        self._job.on_token = on_token

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes and return what can leave; `RewriteError` if they can't be read."""
        if self._is_through:
            return chunk
        data = self._holding.add(chunk)
        return b"" if data is None else self._run(data, final=False)

    @property
    def _is_through(self) -> bool:
        """Whether all that was to be done is done, and nothing is held."""
        return self._insert_only and not self._job.insertion and self._holding.empty

    def close(self) -> bytes:
        """Return what is left at the end of the page."""
        if self._is_through:
            return b""
        return self._run(self._holding.take(), final=True)

    def _run(self, data: bytes, *, final: bool) -> bytes:
        if self._failure is not None:
            raise self._failure
        job = self._job
        if job.insertion and not job.base and self._insert(data) and self._insert_only:
            return self._through(data)
        try:
            self._read(data, final=final)
            if final:
                for reading in self._readings:
                    reading.finish()
        except RewriteError as error:
            self._failure = error
            raise
        end = len(data) if final else self._ready()
        for reading in self._readings:
            reading.shift(data, end)
        written = self._write(data, end)
        self._holding.keep(data[end:])
        self._job.base += end
        self._job.before = data[end - 1 : end] or self._job.before
        return written

    def _ready(self) -> int:
        """Return up to where the buffer may leave: no edit of one reading may be left half."""
        readings = self._readings
        if len(readings) == 1:
            return readings[0].ready
        end = min(reading.ready for reading in readings)
        if self._job.edits:
            for edit in sorted(self._job.edits, reverse=True):
                if edit.start < end < edit.end:
                    end = edit.start
        return end

    def _insert(self, data: bytes) -> bool:
        """Tell whether the start of the head is where it nearly always is."""
        job = self._job
        reading = self._readings[0]
        prologue = PROLOGUE.match(data)
        if prologue is None or reading.position or job.on_token is not None:
            return False
        if not self._insert_only:
            for name in (b"html", b"head"):
                raw = prologue[name.decode()]
                if raw and job.sieve.judge(Tag(raw, name), HTML_ONLY, ()) is not KEEP:
                    return False
        reading.position = at = prologue.end()
        reading.opened = True
        job.edits.append(Edit(at, at, job.insertion))
        job.insertion = b""
        return True

    def _through(self, data: bytes) -> bytes:
        written = self._writer.write(data, len(data), self._job.edits)
        self._job.edits = []
        self._job.base += len(data)
        return written

    def _read(self, data: bytes, *, final: bool) -> None:
        """Let every reading go as far as the bytes reach."""
        readings = self._readings
        lane = self._lane
        self._detour = None
        while True:
            if self._insert_only and not self._job.insertion:
                for reading in readings:
                    reading.position = len(data)
                return
            reading = readings[0]
            if len(readings) > 1:
                # Of two at the same place, first the one that takes what follows for text.
                reading = min(readings, key=lambda each: (each.position, not each.reads_text))
                if self._join(reading):
                    continue
            elif lane is not None:
                if lane.open_to(reading):
                    if self._take_lane(lane, reading, data, final=final) and not final:
                        return
                else:
                    lane.pass_inside(reading, data)
            outcome = reading.step(data, final=final)
            if outcome is False and not self._advance_others(reading, data, final=final):
                return
            if isinstance(outcome, Scanner):
                self._part(outcome)

    def _take_lane(self, lane: Lane, reading: Scanner, data: bytes, *, final: bool) -> bool:
        """Go on as far as the lane leads; it leads past what the scanner has read there before.

        Returns whether nothing is left but to wait for more of the page.
        """
        job = self._job
        if self._detour is not None and not final:
            # Where the page ends, that decides, and not only the bytes.
            start, outset, edits, notes, consulted = self._detour
            if outset == lane.outset(reading) and consulted == reading.standing.consulted:
                job.remember(data, start, reading.position, outset, since=(edits, notes))
        if lane.run(reading, data):
            return True
        consulted = reading.standing.consulted
        filed = len(job.edits), len(job.notes)
        self._detour = reading.position, lane.outset(reading), *filed, consulted
        return False

    def _advance_others(self, waiting: Scanner, data: bytes, *, final: bool) -> bool:
        """Let the readings go on that are inside text: one that waits may wait for them."""
        progress = False
        for reading in self._readings:
            if reading is not waiting and reading.reads_text:
                progress = reading.step(data, final=final) is True or progress
        return progress

    def _part(self, reading: Scanner) -> None:
        self._readings.append(reading)
        if len(self._readings) > MAX_READINGS:
            raise RewriteError("the page can be read in too many ways")
        for each in self._readings:
            each.forked = True

    def _join(self, reading: Scanner) -> bool:
        """Make one of the reading and another that met it."""
        for other in self._readings:
            if other is not reading and reading.meets(other):
                reading.join(other)
                self._readings.remove(other)
                if len(self._readings) == 1:
                    reading.forked = False
                return True
        return False

    def _write(self, data: bytes, end: int) -> bytes:
        """Apply the edits up to a position, and pass on what the sieve wants to hear."""
        job = self._job
        if job.notes:
            for offset, notes in dict.fromkeys(job.notes):
                job.sieve.note(notes, offset)
            job.notes.clear()
        edits = job.edits
        if edits:
            edits = sorted(set(edits))
            job.edits = [
                edit._replace(start=edit.start - end, end=edit.end - end)
                for edit in edits
                if edit.end > end
            ]
            if job.edits:
                edits = edits[: -len(job.edits)]
        return self._writer.write(data, end, edits)
