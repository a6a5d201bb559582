"""Which types browsers show as pages whose scripts run: whatever does has to be read as one."""

from consentmw.asgi.pages import page_type

TYPES = [
    "",
    "text/html",
    "text/html; charset=utf-8, application/xhtml+xml",
    "application/xhtml+xml, text/html",
    'text/html; a="b, text/plain"',
    "application/xhtml+xml",
    "application/xml",
    "application/rdf+xml",
    "application/mathml+xml",
    "application/vnd.wap.xhtml+xml",
    "application/rss+xml",
    "application/vnd.example+xml",
    "image/svg+xml",
    "text/xml",
    "text/xsl",
    "text/x-xml",
    "text/plain",
]
PAGE = b"""<?xml version="1.0"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head/><body>
<script>top.postMessage("%d", "*")</script></body></html>"""
FRAMES = b"".join(b'<iframe src="/%d"></iframe>' % number for number in range(len(TYPES)))
TOP = b"<script>ran = []; onmessage = event => ran.push(+event.data)</script>" + FRAMES


async def site(scope, receive, send):
    content_type, content = "text/html", TOP
    if scope["path"] != "/":
        number = int(scope["path"][1:])
        content_type, content = TYPES[number], PAGE % number
    headers = [(b"content-type", content_type.encode())] if content_type else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def test_whatever_runs_scripts_is_read_as_a_page(serve, open_browser):
    browser = open_browser()

    browser.open(f"{serve(site).url}/")
    ran = {TYPES[number] for number in browser.evaluate("() => ran")}

    read = {one for one in TYPES if page_type([one.encode()], html_types=frozenset())}
    assert {"", "text/html", "text/xml", "application/xml", "image/svg+xml"} <= ran <= read
    assert "text/plain" not in read
