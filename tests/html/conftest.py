"""What the engine's tests have in common."""

import sys

import pytest


@pytest.fixture
def untraced():
    """Measure no coverage meanwhile: other tests run the same lines, and these would take thrice."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)
