"""The HTML engine: push bytes, get bytes. It knows nothing of consent; a `sieve.Sieve` decides.

The way of a page's bytes::

    rewriter, inserting, writing      chunks in, edits applied, chunks out
    lane, skipping, stretches         fast: over all that is known or can't be of interest
    scanner, searching, awaiting      exact: one token after the other, in one reading
    standing, replay                  where a reading stands, asked as late as possible
    tree                              what browsers' tree builders make of a token
    filing, job, memory               the sieve is asked, its verdict filed and remembered
    tokens, attributes, references    where a token ends; what a tag says
    charset, prescan, encodings       in which encoding a page is
    mime                              what a media type says
    doublebytes, iso2022jp            how some are decoded
    resources, urls, css              which URLs an element names

`xml`, `xml_tags` and `xml_text` do the same job for XHTML and SVG, `listing` shows a page's tokens
to whoever asks.
"""
