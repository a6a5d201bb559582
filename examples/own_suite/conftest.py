import pytest
from shop import app


@pytest.fixture
def consent_app():
    return app
