"""What a target names: a URL, an app of a module, or a folder."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from consentmw.errors import ConsentmwError, TargetError
from consentmw.inspection.folder import FolderSite
from consentmw.inspection.in_process import AppSite
from consentmw.inspection.live import LiveSite
from consentmw.inspection.sites import SiteOptions

if TYPE_CHECKING:
    from consentmw.inspection.sites import Site

_DEFAULTS: Final = SiteOptions()


def open_site(target: str, options: SiteOptions = _DEFAULTS) -> Site:
    """Say what a target is: a URL, a folder, or ``module:app``.

    Raises:
        TargetError: It is none of the three.
        ConfigError: The app's own configuration can't be used.
    """
    if target.lower().startswith(("http://", "https://")):
        return LiveSite(target, options)
    path = Path(target)
    if path.is_dir():
        return FolderSite(path)
    module, colon, attribute = target.partition(":")
    if colon and not path.exists() and _is_dotted(module) and _is_dotted(attribute):
        return AppSite(load_app(module, attribute), options)
    raise TargetError(
        f"{target!r} is neither a URL (https://…), nor a folder, nor an app (module:app)"
    )


def load_app(module_name: str, attribute: str) -> Any:
    """Import an ASGI app, as servers do.

    Raises:
        TargetError: There is no such module or attribute, or the module fails.
        ConfigError: The app's own configuration can't be used.
    """
    name = f"{module_name}:{attribute}"
    working_folder = str(Path.cwd())
    if working_folder not in sys.path:
        sys.path.insert(0, working_folder)
    try:
        found: Any = importlib.import_module(module_name)
    except ConsentmwError:
        raise
    except Exception as error:  # the module is the site's own code, and may do anything
        what = f"{type(error).__name__}: {error}"
        raise TargetError(f"{name!r}: can't import {module_name!r} ({what})") from error
    try:
        for part in attribute.split("."):
            found = getattr(found, part)
    except AttributeError as error:
        raise TargetError(f"{name!r}: {error}") from error
    if not callable(found):
        raise TargetError(f"{name!r} is no app: {type(found).__name__} can't be called")
    return found


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))
