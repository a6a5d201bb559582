"""The shell: from ASGI's scopes and messages to the pure layers and back."""

from consentmw.asgi.middleware import ConsentMiddleware

__all__ = ["ConsentMiddleware"]
