"""What a site sends: fetched, listed, compared and judged, for the command line and the test kit.

A page is fetched from a `Site` (``sites``; ``live``, ``in_process``, ``folder`` and ``browser`` are
such), its scripts, pixels, frames, hints and cookies are listed (``findings``), its links followed
(``crawl``, ``frontier``). ``scan`` gathers what is there; ``audit`` holds each page against another
form of itself (``page_audit``, ``comparison``) as a plan says. Nothing here prints, and nothing
here needs pytest.
"""
