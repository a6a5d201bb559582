"""The built-in catalogue: readable vendor files, what is imported, and the form that apps load."""

from __future__ import annotations

from consentmw.data.built import load_catalogue

__all__ = ["load_catalogue"]
