"""Stand-ins for vendors' loaders, each of which goes its vendor's real way through the browser.

A vendor here is what a site's own page would hold (the snippet, in the form in which the vendor
publishes it), and what the vendor's hosts answer: the loader, what that loads or asks for next, and
at the end the pixel, beacon, frame or cookie. Nothing here knows of the guard.
"""

from __future__ import annotations

from dataclasses import dataclass

from rig.network import Network, Stub


@dataclass(frozen=True, kw_only=True)
class Vendor:
    name: str
    source: str
    """Where the vendor, or a description of its traffic, says so."""
    snippet: str
    """A script for the page."""
    answers: dict[str, str]
    """Addresses (`*` is any text) and the script, page or JSON that they answer."""
    ends: tuple[str, ...]
    """How the addresses begin that are asked at the end of the way."""
    cookies: tuple[str, ...] = ()
    calls: str = ""
    """What the site's own code calls later."""

    def serve(self, network: Network) -> None:
        """Have the vendor's hosts answer."""
        for url, body in self.answers.items():
            page = body.lstrip().startswith("<")
            data = body.lstrip().startswith(("{", "["))
            kind = "text/html" if page else "application/json" if data else "text/javascript"
            network.stub(url, Stub(body=body, content_type=kind))


def script(url: str) -> str:
    """A loader's usual line: another script, asynchronous, before the first one there is."""
    return (
        "(function(d){var s=d.createElement('script'),f=d.getElementsByTagName('script')[0];"
        f"s.async=true;s.src='{url}';f.parentNode.insertBefore(s,f)}})(document);"
    )


def pixel(url: str) -> str:
    return f"(new Image(1,1)).src='{url}';"


def beacon(url: str) -> str:
    return f"navigator.sendBeacon('{url}','{{}}');"


def get(url: str, then: str = "") -> str:
    return f"fetch('{url}').then(function(r){{return r.text()}}).then(function(){{{then}}});"


def post(url: str, then: str = "") -> str:
    return (
        f"var x=new XMLHttpRequest();x.open('POST','{url}',true);"
        f"x.onload=function(){{{then}}};x.send('{{}}');"
    )


def frame(url: str) -> str:
    return (
        "(function(){var i=document.createElement('iframe');i.width=0;i.height=0;"
        f"i.style.display='none';i.src='{url}';document.body.appendChild(i)}})();"
    )


def cookie(name: str) -> str:
    return f"document.cookie='{name}=1.'+Date.now()+';path=/;max-age=7776000';"
