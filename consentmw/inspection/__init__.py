"""What a site sends: fetched, listed, compared and judged, for the command line and the test kit.

A page is fetched from a :class:`Site` (``sites``), its scripts, pixels, frames, hints and cookies
are listed
(``findings``), followed to the next page (``crawl``), held against another form of itself
(``comparison``) and judged (``audit``). Nothing here prints, and nothing here needs pytest.
"""
