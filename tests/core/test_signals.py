import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentmw.core.signals import NO_SIGNALS, Signals, SignalSettings, read_signals


# W3C GPC, Sec-GPC: "must ignore it ... unless the field value is exactly the character "1"".
@pytest.mark.parametrize(
    ("values", "gpc"),
    [
        ([], False),
        ([b"1"], True),
        ([b"1 "], True),  # the whitespace around a value is no part of it (RFC 9110, 5.5)
        ([b"\t1"], True),
        ([b"0", b"1"], True),
        ([b"1", b"0"], True),
        ([b"1", b"1"], True),
        ([b"1, 1"], True),
        ([b"0,1"], True),
        ([b"0"], False),
        ([b""], False),
        ([b"true"], False),
        ([b"01"], False),
        ([b"11"], False),
        ([b"1;x"], False),
        ([b"?1"], False),
        ([b'"1"'], False),
        ([b"1.0"], False),
        ([b"1\x0b"], False),
        ([b"0", b"0"], False),
        ([b"0, 0"], False),
        (["١".encode()], False),
    ],
)
def test_gpc_needs_a_member_that_is_exactly_one(values, gpc):
    headers = [(b"host", b"example.com"), *((b"sec-gpc", value) for value in values)]
    assert read_signals(headers) == Signals(gpc=gpc)


def test_do_not_track_is_read_beside_it():
    assert read_signals([(b"dnt", b"1")]) == Signals(dnt=True)
    assert read_signals([(b"dnt", b"0"), (b"sec-gpc", b"1")]) == Signals(gpc=True)
    assert read_signals([(b"dnt", b"1"), (b"sec-gpc", b"1")]) == Signals(gpc=True, dnt=True)


def test_no_header_says_what_the_script_would():
    assert read_signals([]) == NO_SIGNALS
    assert not read_signals([(b"navigator.globalprivacycontrol", b"1")]).navigator


def test_do_not_track_has_to_be_turned_on():
    assert SignalSettings() == SignalSettings(
        gpc=True, navigator=True, dnt=False, conflict="signal-wins"
    )


@given(st.lists(st.tuples(st.sampled_from([b"sec-gpc", b"dnt", b"x"]), st.binary())))
def test_no_header_raises(headers):
    signals = read_signals(headers)
    assert not signals.gpc or any(name == b"sec-gpc" and b"1" in value for name, value in headers)
