"""The date of `Expires`, as browsers read it."""

from datetime import UTC, datetime

import pytest

from consentmw.suppression.cookie_dates import read_cookie_date


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 22 Nov 2026 10:11:12 GMT",
        "Sunday, 22-Nov-26 10:11:12 GMT",
        "Sun Nov 22 10:11:12 2026",
        "2026 nov 22 10:11:12",
        "22/november/2026 10:11:12.500 PST",
        "sometime 10:11:12 22 NOVEMBRE 2026abc",
    ],
)
def test_it_reads_what_browsers_read(text):
    assert read_cookie_date(text.encode()) == datetime(2026, 11, 22, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "meant"), [("69", 2069), ("70", 1970), ("99", 1999), ("00", 2000), ("1601", 1601)]
)
def test_years_of_two_digits_lie_around_1970(year, meant):
    assert read_cookie_date(f"1 Jan {year} 00:00:00".encode()).year == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "0",
        "22 Nov 2026",
        "22 2026 10:11:12",
        "Nov 2026 10:11:12",
        "22 Nov 10:11:12",
        "22 Nov 1600 10:11:12",
        "31 Feb 2026 10:11:12",
        "22 Nov 2026 24:00:00",
        "22 Nov 2026 10:11",
        "22 Nov 20260 10:11:12",
    ],
)
def test_it_ignores_what_browsers_ignore(text):
    assert read_cookie_date(text.encode()) is None
