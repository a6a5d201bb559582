"""What the engine's tests have in common."""

import sys

import pytest


@pytest.fixture
def untraced():
    """Measure no coverage: other tests run the same lines, and it takes most of the time."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)
