"""The site of a health plan: public pages with the usual tags, a login, a members' area.

The site knows nothing of what is denied to whom: its pages hold the vendors' tags for everyone,
as pages do. `ConsentMiddleware` and `consent.toml` are all that was added to it.

    python examples/health_plan/app.py
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from site_data import CLAIMS, DOCTORS, PLANS, TAGS
from starlette.middleware.sessions import SessionMiddleware

from consentmw import Consent, ConsentMiddleware, deny, get_consent, load_config
from consentmw.preferences import TemplateHelpers

HERE = Path(__file__).parent
# A real site has its own secret in the environment, and nowhere in its source.
SECRET = {"CONSENT_SECRET": "the demo's own, which everyone can read"}

config = load_config(HERE / "consent.toml", environ=SECRET | os.environ)

app = FastAPI(title="Juniper Health Plan", openapi_url=None)
# The last one added is the outermost: the session's cookie passes through ConsentMiddleware.
app.add_middleware(SessionMiddleware, secret_key="another of the demo's own")
app.add_middleware(ConsentMiddleware, config=config, debug=True)
app.mount("/static", StaticFiles(directory=HERE / "static"))

VisitorConsent = Annotated[Consent, Depends(get_consent)]


def show(request: Request) -> dict[str, object]:
    """What every template knows: the visitor's decision is for the panel at the page's end."""
    return {
        "consent": request.state.consent,
        "categories": config.categories,
        "member": request.session.get("member"),
        "tags": TAGS,
    }


templates = Jinja2Templates(directory=HERE / "templates", context_processors=[show])
TemplateHelpers(config).install(templates.env)


@app.get("/")
async def home(request: Request) -> HTMLResponse:
    page = templates.TemplateResponse(request, "home.html", {"plans": PLANS})
    # What server-side tagging sends along: a cookie of Meta's, and a hint for LinkedIn.
    page.set_cookie("_fbp", "fb.1.1760000000000.1000000001", max_age=7_776_000)
    page.headers["Link"] = "<https://snap.licdn.com>; rel=preconnect"
    return page


@app.get("/plans")
async def plans(request: Request) -> HTMLResponse:
    return templates.TemplateResponse(request, "plans.html", {"plans": PLANS})


@app.get("/plans/{name}/quote")
async def quote(request: Request, name: str) -> HTMLResponse:
    chosen = [plan for plan in PLANS if plan["name"].lower() == name]
    if not chosen:
        raise HTTPException(404)
    return templates.TemplateResponse(request, "quote.html", {"plan": chosen[0]})


@app.get("/find-care")
def find_care(request: Request) -> StreamingResponse:
    """A page that leaves as it is made: each doctor as soon as there is an answer."""

    def search() -> Iterator[dict[str, str]]:
        for doctor in DOCTORS:
            time.sleep(0.15)
            yield doctor

    page = templates.env.get_template("find-care.html")
    context = {"request": request, "doctors": search(), **show(request)}
    return StreamingResponse(page.generate(context), media_type="text/html")


@app.get("/login")
async def login_form(request: Request) -> HTMLResponse:
    return templates.TemplateResponse(request, "login.html")


@app.post("/login")
async def login(request: Request) -> Response:
    form = parse_qs((await request.body()).decode())
    if not form.get("member"):
        context = {"problem": "Please enter a member number."}
        return templates.TemplateResponse(request, "login.html", context, status_code=422)
    request.session["member"] = form["member"][0][:20]
    return RedirectResponse("/member", status_code=303)


@app.post("/logout")
async def logout(request: Request) -> RedirectResponse:
    request.session.clear()
    return RedirectResponse("/", status_code=303)


@app.get("/member")
async def member(request: Request) -> Response:
    # Nothing here about advertising: the zone in consent.toml keeps it out for everyone.
    if "member" not in request.session:
        return RedirectResponse("/login", status_code=303)
    return templates.TemplateResponse(request, "member.html", {"claims": CLAIMS})


@app.get("/symptoms")
async def symptoms(request: Request) -> HTMLResponse:
    deny(request, "advertising", "analytics")  # an app may tighten, here for what the page is about
    return templates.TemplateResponse(request, "symptoms.html")


@app.get("/api/newsletter")
async def newsletter(consent: VisitorConsent) -> dict[str, object]:
    """What server-side code asks before it passes on what it knows."""
    return {
        "upload_to_audiences": consent.allows("advertising"),
        "because": consent.reason("advertising"),
    }


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=int(os.environ.get("PORT", "8000")))
