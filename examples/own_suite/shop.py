"""A small shop, as the site whose suite is shown here."""

from datetime import date

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from consentmw import ConsentMiddleware

app = FastAPI()
app.add_middleware(
    ConsentMiddleware,
    config={
        "secret_keys": ["for the tests of this example only"],
        "categories": {"authentication": {"cookies": ["shop_session"]}},
        "well_known": {"gpc": True, "last_update": date(2026, 11, 1)},
    },
)

PAGE = """<!doctype html>
<html lang="en">
<head><title>Shop</title></head>
<body>
<h1>Shop</h1>
<p>{greeting}</p>
<a href="/sale">Sale</a> <a href="/account">Your account</a>
<script>
!function(f,b,e,v,n,t,s){{if(f.fbq)return;n=f.fbq=function(){{n.callMethod?
n.callMethod.apply(n,arguments):n.queue.push(arguments)}};t=b.createElement(e);t.async=!0;
t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}}(window,document,'script',
'https://connect.facebook.net/en_US/fbevents.js');
fbq('init', '1234567890');
fbq('track', 'PageView');
</script>
<noscript><img height="1" width="1" alt=""
src="https://www.facebook.com/tr?id=1234567890&amp;ev=PageView&amp;noscript=1"></noscript>
</body>
</html>"""


@app.get("/", response_class=HTMLResponse)
def home(response: Response) -> str:
    response.set_cookie("_fbp", "fb.1.1700000000.1234567890", max_age=90 * 86400)
    return PAGE.format(greeting="Welcome")


@app.get("/sale", response_class=HTMLResponse)
def sale() -> str:
    return PAGE.format(greeting="Everything must go")


@app.post("/login")
def login() -> Response:
    answer = RedirectResponse("/account", status_code=303)
    answer.set_cookie("shop_session", "a-member", httponly=True, secure=True)
    return answer


@app.get("/account", response_class=HTMLResponse)
def account(request: Request) -> str:
    member = request.cookies.get("shop_session") == "a-member"
    return PAGE.format(greeting="Your orders" if member else "Please log in")
