"""What is held back of a page while it streams, on the pages that are meant to make it grow."""

from contextlib import suppress

import pytest
from fuzzing.adversarial import ADVERSARIAL
from fuzzing.denied import SITE
from fuzzing.questions import build_policy

from consentmw.errors import RewriteError
from consentmw.html.filing import MAX_EXTENT_BYTES
from consentmw.html.scanner import MAX_TAG_BYTES
from consentmw.suppression.page import PagePolicy

CHUNK_BYTES = 16 * 1024
PAGE_BYTES = 400_000
# What is waited for at most: the text of a script, and the end of an element that may be cut out of
# another reading's text.
MAX_INLINE_BYTES = 64 * 1024
MAX_HELD_BYTES = MAX_INLINE_BYTES + MAX_EXTENT_BYTES + 4 * CHUNK_BYTES
# One tag, whose end has to be seen before anything is known of it.
ONE_TAG = (
    *(
        "an unfinished tag",
        "unfinished tags",
        "a tag of",
        "quotes that never",
        "a long",
        "a value",
        "a number",
    ),
    *("a srcset", "a path", "tabs in", "a data: page", "a srcdoc"),
)


def most_held(page):
    """Push a page through; return the most bytes that were in and not yet out."""
    policy = build_policy(PagePolicy, max_inline_bytes=MAX_INLINE_BYTES)
    rewriter = policy.rewriter(host=SITE, charset="utf-8", insertion=b"")
    held = most = 0
    for start in range(0, len(page), CHUNK_BYTES):
        chunk = page[start : start + CHUNK_BYTES]
        held += len(chunk) - len(rewriter.feed(chunk))
        most = max(most, held)
    rewriter.close()
    return most


# Of what is cut out, nobody sees from outside whether it is held or gone.
SEEN = [name for name in ADVERSARIAL if not name.startswith("denied")]


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", SEEN)
def test_little_is_held_back_of_the_worst_pages(name):
    page = ADVERSARIAL[name](PAGE_BYTES)
    limit = PAGE_BYTES if name.startswith(ONE_TAG) else MAX_HELD_BYTES
    with suppress(RewriteError):  # refused, which holds nothing
        assert most_held(page) <= limit


def test_a_tag_longer_than_anybody_means_is_refused():
    rewriter = build_policy(PagePolicy).rewriter(host=SITE, charset="utf-8", insertion=b"")
    rewriter.feed(b"<p ")
    for _ in range(MAX_TAG_BYTES // CHUNK_BYTES - 1):
        rewriter.feed(b"a" * CHUNK_BYTES)
    with pytest.raises(RewriteError):
        rewriter.feed(b"a" * 2 * MAX_TAG_BYTES)
