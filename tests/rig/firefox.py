"""Debian's Firefox, driven by Marionette, with its own Global Privacy Control.

`marionette_driver` speaks the protocol; the process and the profile are started here, because a
profile has to outlive a restart.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import socket
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .browsers import Browser, BrowserCookie, BrowserOptions, ConsoleMessage

with warnings.catch_warnings():
    # mozinfo asks `distro` in a way that it calls deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from marionette_driver.by import By
    from marionette_driver.geckoinstance import DesktopInstance
    from marionette_driver.marionette import ActionSequence, Marionette

EXECUTABLE = Path("/usr/bin/firefox-esr")

_QUIET = {
    "browser.aboutHomeSnippets.updateUrl": "",
    # With "standard", Firefox would set the cookie and tracking preferences itself.
    "browser.contentblocking.category": "custom",
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "network.dns.disablePrefetch": False,
    "network.trr.mode": 5,
    "security.OCSP.enabled": 0,
    # Tracking protection would keep out what the tests want to see.
    "privacy.trackingprotection.emailtracking.enabled": False,
    "privacy.trackingprotection.cryptomining.enabled": False,
    "privacy.trackingprotection.fingerprinting.enabled": False,
    "privacy.trackingprotection.socialtracking.enabled": False,
}
_SAME_SITE = {0: "None", 1: "Lax", 2: "Strict", 256: "Unset"}
_LEVELS = {"debug": "debug", "error": "error", "info": "info", "warn": "warning"}
# WebDriver, section 17.4.2 (keyboard actions): the code points that stand for keys.
_KEYS = {
    "Alt": "\ue00a",
    "ArrowDown": "\ue015",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "ArrowUp": "\ue013",
    "Backspace": "\ue003",
    "Control": "\ue009",
    "Delete": "\ue017",
    "End": "\ue010",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Home": "\ue011",
    "PageDown": "\ue00f",
    "PageUp": "\ue00e",
    "Shift": "\ue008",
    "Space": " ",
    "Tab": "\ue004",
}
_EVALUATE = """
const resolve = arguments[arguments.length - 1];
Promise.resolve(arguments[0]).then((args) => (%s)(...args))
    .then((value) => resolve({value: value === undefined ? null : value}),
        (error) => resolve({error: String(error)}));
"""
_TRUST = """
Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB)
    .addCertFromBase64(arguments[0], "CTu,,");
"""
_COOKIES = """
return Services.cookies.cookies.map((c) => ({name: c.name, value: c.value, domain: c.host,
    path: c.path, secure: c.isSecure, http_only: c.isHttpOnly, same_site: c.sameSite,
    session: c.isSession}));
"""
_SET_COOKIE = """
const [host, secure, name, value] = arguments;
Services.cookies.add(host, "/", name, value, secure, false, true, Date.now() + 86400000, {},
    Ci.nsICookie.SAMESITE_LAX, secure ? Ci.nsICookie.SCHEME_HTTPS : Ci.nsICookie.SCHEME_HTTP);
"""
_PREFER = """
for (const [name, value] of Object.entries(arguments[0])) {
    const set = {boolean: "setBoolPref", number: "setIntPref", string: "setStringPref"};
    Services.prefs[set[typeof value]](name, value);
}
"""
# Everything that a visit can leave behind, beside the window that shows it.
_FORGET = """
const [resolve] = arguments;
Services.clearData.deleteData(Ci.nsIClearDataService.CLEAR_ALL, () => {
    // Connections that are open lead to where they led.
    Services.obs.notifyObservers(null, "net:cancel-all-connections");
    resolve();
});
"""
_RESIZE = """
const [width, height] = arguments;
const style = gBrowser.selectedBrowser.style;
for (const [side, length] of [["width", width], ["height", height]])
    for (const bound of ["min-", "max-", ""]) style.setProperty(bound + side, length + "px");
"""


class _Marionette(Marionette):
    """A client for a Firefox that is known to listen."""

    def raise_for_port(self, *_: Any, **__: Any) -> None:
        """Don't wait: the way in which Marionette does leaks sockets."""


class Firefox(Browser):
    """Firefox in a process of its own, without a screen."""

    name = "firefox"

    def start(self) -> None:
        self.profile.mkdir(parents=True, exist_ok=True)
        first = not (self.profile / "user.js").exists()
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in self._preferences().items()
        )
        (self.profile / "user.js").write_text("".join(lines))
        self._output = (self.profile / "output.log").open("ab")
        self._console_start = 0
        self._process = subprocess.Popen(
            [
                EXECUTABLE,
                "--headless",
                "--marionette",
                "--remote-allow-system-access",
                "--no-remote",
                "--profile",
                self.profile,
            ],
            stdout=self._output,
            stderr=subprocess.STDOUT,
            # A release build keeps to Mozilla's settings server without it.
            env=os.environ | {"MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"},
        )
        self.marionette = _Marionette(host="127.0.0.1", port=self._port())
        self.marionette.start_session({"acceptInsecureCerts": False})
        self.marionette.timeout.script = 30
        if first:
            self._privileged(_TRUST, self.network.authority.der_base64)
        self.resize(self.options.width, self.options.height)

    def _port(self) -> int:
        """The port that Firefox chose, once it listens."""
        chosen = self.profile / "MarionetteActivePort"
        deadline = time.monotonic() + 60
        while not chosen.exists() or not (port := chosen.read_text()):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"Firefox did not start; see {self._output.name}")
            time.sleep(0.05)
        # The file comes a moment before the port listens.
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(port))).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return int(port)

    def _preferences(self) -> dict[str, Any]:
        console = {"devtools.console.stdout.content": True, "devtools.console.stdout.chrome": False}
        wanted = {"marionette.port": 0} | console | self._settings()
        return DesktopInstance.required_prefs | DesktopInstance.desktop_prefs | _QUIET | wanted

    def _settings(self) -> dict[str, Any]:
        """What depends on the network and the person; Firefox heeds it at any time."""
        options = self.options
        proxy = {
            "network.proxy.type": 1,
            "network.proxy.allow_hijacking_localhost": True,
            "network.proxy.no_proxies_on": "",
        }
        for kind in ("http", "ssl"):
            proxy |= {
                f"network.proxy.{kind}": "127.0.0.1",
                f"network.proxy.{kind}_port": self.network.port,
            }
        person: dict[str, Any] = {
            "intl.accept_languages": options.language,
            "javascript.enabled": options.javascript,
            "layout.css.prefers-color-scheme.content-override": 0 if options.dark else 1,
            "privacy.globalprivacycontrol.enabled": options.gpc,
            "privacy.globalprivacycontrol.functionality.enabled": True,
            "network.cookie.cookieBehavior": 0 if options.cookies else 2,
        }
        return proxy | person

    def stop(self) -> None:
        with contextlib.suppress(OSError):  # it hangs up while it answers
            self._privileged("Services.startup.quit(Ci.nsIAppStartup.eForceQuit)")
        self.marionette.delete_session(send_request=False)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        (self.profile / "MarionetteActivePort").unlink(missing_ok=True)

    def become(self, options: BrowserOptions) -> None:
        self.options = options
        self._privileged(_PREFER, self._settings())
        self.resize(options.width, options.height)
        # What is written meanwhile belongs to the person before.
        self._console_start = (self.profile / "output.log").stat().st_size

    def forget(self) -> None:
        marionette = self.marionette
        before = marionette.window_handles
        fresh = marionette.open(type="tab", focus=True)["handle"]
        for handle in before:
            marionette.switch_to_window(handle)
            marionette.close()
        marionette.switch_to_window(fresh)
        with marionette.using_context("chrome"):
            marionette.execute_async_script(_FORGET)

    def navigate(self, url: str) -> None:
        self.marionette.navigate(url)

    def reload(self) -> None:
        self.marionette.refresh()

    def back(self) -> None:
        self.marionette.go_back()

    def evaluate(self, script: str, *arguments: Any) -> Any:
        # `sandbox=None` is the page's own world, as in the other browser.
        if not self.options.javascript:  # where no promise is ever settled
            return self.marionette.execute_script(
                f"return ({script})(...arguments)", script_args=arguments, sandbox=None
            )
        answer = self.marionette.execute_async_script(
            _EVALUATE % script, script_args=(list(arguments),), sandbox=None
        )
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def click(self, selector: str) -> None:
        self._element(selector).click()

    def fill(self, selector: str, value: str) -> None:
        element = self._element(selector)
        element.clear()
        element.send_keys(value)

    def _element(self, selector: str) -> Any:
        deadline = time.monotonic() + 5
        while not (found := self.marionette.find_elements(By.CSS_SELECTOR, selector)):
            if time.monotonic() > deadline:
                raise LookupError(f"no element {selector} on {self.marionette.get_url()}")
            time.sleep(0.02)
        return found[0]

    def press(self, *keys: str) -> None:
        for combination in keys:
            values = [_KEYS.get(key, key) for key in combination.split("+")]
            actions = ActionSequence(self.marionette, "key", "keyboard")
            for value in values:
                actions.key_down(value)
            for value in reversed(values):
                actions.key_up(value)
            actions.perform()

    def resize(self, width: int, height: int) -> None:
        self._privileged(_RESIZE, width, height)
        # The page hears of it a moment later.
        deadline = time.monotonic() + 2
        while self.marionette.execute_script("return innerWidth") != width:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the window did not become {width} pixels wide")
            time.sleep(0.01)

    def screenshot(self, *, full_page: bool = False) -> bytes:
        return base64.b64decode(self.marionette.screenshot(full=full_page, scroll=False))

    def cookies(self) -> list[BrowserCookie]:
        return [
            BrowserCookie(**cookie | {"same_site": _SAME_SITE[cookie["same_site"]]})
            for cookie in self._privileged(_COOKIES)
        ]

    def set_cookie(self, url: str, name: str, value: str) -> None:
        parts = urlsplit(url)
        self._privileged(_SET_COOKIE, parts.hostname, parts.scheme == "https", name, value)

    def set_gpc(self, gpc: bool) -> None:
        self._privileged(
            "Services.prefs.setBoolPref('privacy.globalprivacycontrol.enabled', arguments[0])", gpc
        )

    def console(self) -> list[ConsoleMessage]:
        written = (self.profile / "output.log").read_bytes()[self._console_start :]
        text = written.decode("utf-8", "replace")
        # RSLoader is the browser's own, and heeds no preference.
        lines = [
            ConsoleMessage(level=_LEVELS.get(level, "log"), text=text.strip('"'))
            for level, text in re.findall(
                r"^console\.(\w+): (?!RSLoader:)(.*)$", text, re.MULTILINE
            )
        ]
        # Only what a page's own script did, not what the browser's does.
        errors = re.findall(r"^JavaScript error: https?://.*?, line \d+: (.*)$", text, re.MULTILINE)
        return lines + [ConsoleMessage(level="error", text=text) for text in errors]

    def _privileged(self, script: str, *arguments: Any) -> Any:
        """Run a script with the rights of the browser's own code."""
        with self.marionette.using_context("chrome"):
            return self.marionette.execute_script(script, script_args=arguments)
