# /// script
# requires-python = ">=3.11"
# dependencies = ["tomli-w>=1.0"]
# ///
"""Regenerate `imported/third_party_web.toml` from the npm package third-party-web (MIT).

    uv run consentmw/data/import_third_party_web.py [version]    # or: pipx run …
    python -m consentmw.data.build

It needs `npm` on the path, which fetches and verifies the package; nothing else reaches the
network. Our reading of its categories stands here: what a category is taken for, which of its
entities are something else, and which hosts are left out because they are whole sites or serve
many purposes. The vendor files say better things of those, and outrank what is imported.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import tomli_w

TARGET = Path(__file__).parent / "imported" / "third_party_web.toml"

# Its categories in our words. A marketing tool measures and follows up; those that buy advertising
# are named below. A tag manager brings in whatever it is told to: see vendors/tag-managers.toml.
CATEGORIES = {
    "ad": "advertising",
    "analytics": "analytics",
    "cdn": "status",
    "consent-provider": "consent",
    "content": "status",
    "customer-success": "status",
    "hosting": "status",
    "marketing": "analytics",
    "social": "status",
    "tag-manager": "advertising",
    "utility": "status",
    "video": "status",
}

ENTITIES = {
    "advertising": """
        AddThis; AddToAny; Ahalogy; Allyde; Amazon Associates; Amobee; Conversant; Dataxu; DemandBase; ShareThis; Shareaholic; Kargo; Kenshoo; Lifestreet Media; Madison Logic;
        NEORY Marketing Cloud; Pepperjam; Podsights; Pulsepoint; Ignition One; Sojern; Sokrati; Trueffect; Venatus Media; WideOrbit; Wunderkind; Zync; eyeReturn Marketing;
        Spot.IM; trueAnthem; AdMan Media; Adledge; Advolution; Fraudlogix; Forensiq; Pixalate; White Ops; YoYo; Runner; Sekindo; SelectMedia International; ZergNet;
        freewheel.tv; everestads.com; CPEx; Clicktripz; Everquote; Revcontent; Samba TV; Sorenson Media; Veeseo; nRelate-VOID; Accuen Media (Omnicom Media Group); 301 Digital Media;
        Conviva; Dealtime; Ambient; Arbor; Azure Traffic Manager; GeoRiot; Perfect Privacy; Tell Apart; Semasio; Samplicio.us; iotec; Resonate Networks; DigiTrust;
        Throtle; Research Now; Sub2 Technologies; Media Innovation Group; Proclivity Media; adxpose; Optimise Media Group; Experian; Merchenta; European Interactive Digital ad Alli;
        Parking Crew; Unruly Media; Watching That; Rakuten DC Storm; GetSocial
    """,
    "analytics": """
        Scorecard Research; New Relic; Sentry; AppDynamics; Bugsnag; Errorception; Logentries; Raygun; Rollbar; Siteimprove; Sumo Logic; Noibu; Clarity; mParticle;
        IBM Digital Data Exchange; Hull.js; Launch Darkly; Conviva; Statuspage; MaxMind; Gemius; Effective Measure; Bizible; CANDDi; Lead Forensics; Meetrics; Lytics;
        Intelligent Reach; iJento; Foresee; Mautic; Customer.io; Autopilot; Drip; Klaviyo; GetResponse; Constant Contact; MailMunch; Privy; OptiMonk; Unbounce; ActiveCampaign;
        dotMailer; Adestra; ClickDimensions; Marketo; ResponseTap; DialogTech; DialogTech SourceTrak; Cxense; Attribution; VisualVisitor; SecuredVisit; Keywee
    """,
    "authentication": """
        LoginRadius; Google reCAPTCHA; Auth0; uLogin; Account Kit; Forter; Riskified; Sift Science; Signyfyd; ThreatMetrix; Castle; iovation; InAuth; Trustev;
        PerimeterX Bot Defender; Distil Networks; Ravelin; Unidays
    """,
    "consent": """
        Cookie Reports; Cookie-Script.com; CookieQ; TRUSTe; TrustArc; iubenda; Cookiebot; LiveRamp Privacy Manager; Civic; Admiral; Ghostery Enterprise
    """,
    "status": """
        LongTail Ad Solutions; JWPlayer; PollDaddy (Automattic); Flockler; ScribbleLive; Pagesuite; Edition Digital; Reflow; CloudSponge; OnState; LoyaltyLion; Mention Me; Sweet Tooth;
        Yellow Robot; Publicidad.net; Vidible; Ooyala; Buto; Invodo; Liveclicker; CrowdTwist; Online Rewards; Loyalty Point; BloomReach; RebelMouse; PublishThis;
        Press+; piano; Smartzer; Guardian Media; Everyday Health; Affino
    """,
}
REFINED = {
    name.strip(): category for category, names in ENTITIES.items() for name in names.split(";")
}

# Whole sites, and hosts that sign people in, sell, mail or host for anybody: one category for all of
# such a host would be wrong for most of what is on it.
LEFT_OUT = frozenset(
    """
    adobe.com www.adobe.com aol.com apple.com amazon.com amazonaws.com amazonwebapps.com bing.com microsoft.com msn.com s-msft.com licdn.com linkedin.com www.linkedin.com
    yahoo.com yahooapis.com lexity.com hostingprod.com theguardian.com guardian.co.uk salesforce.com force.com ebay.com ebayimg.com ebaystatic.com sas.com de.com o2.pl wp.pl
    net.pl net.net onet.pl wowcher.co.uk line.me line-scdn.net five.tv rakuten-static.com quora.com where.com 01net.com moneysupermarket.com facebook.com fbsbx.com instagram.com
    tiktok.com vk.com reddit.com twitter.com x.com pinterest.com tumblr.com hp.com wayfair.com rambler.ru gateway.net trafficmanager.net cloudfront.net demdex.net
    everesttech.net googleapis.com google.com yandex.ru sp.analytics.yahoo.com s.yimg.jp yjtag.jp parkingcrew.net experian.com zdbb.net gravity.com turn.com.akadns.net
    """.split()
)


def read_package(version: str) -> tuple[str, list[dict[str, object]]]:
    """Fetch the package with npm; return its exact version and its entities."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603 - the only argument is a version
            ["npm", "pack", "--json", f"third-party-web@{version}"],  # noqa: S607 - npm's place differs
            cwd=folder,
            check=True,
            capture_output=True,
        )
        details = json.loads(packed.stdout)[0]
        with tarfile.open(Path(folder) / details["filename"]) as archive:
            member = archive.extractfile("package/dist/entities-nostats.json")
            if member is None:
                raise SystemExit("the package has no dist/entities-nostats.json any more")
            return details["version"], json.load(member)


def convert(entities: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return our vendors: each host once, with the category of the first entity that names it."""
    seen: set[str] = set()
    vendors = []
    for entity in entities:
        name = str(entity["name"])
        category = REFINED.get(name) or CATEGORIES.get(str(entity["category"]))
        if category is None:
            continue
        hosts = []
        for domain in entity["domains"]:  # type: ignore[attr-defined] # a list, by its own schema
            host = domain.removeprefix("*.").lower()
            if host in seen or host in LEFT_OUT or re.fullmatch(r"[\d.]+", host):
                continue
            seen.add(host)
            hosts.append(host)
        if hosts:
            vendors.append({"name": name, "category": category, "hosts": sorted(hosts)})
    return sorted(vendors, key=lambda vendor: str(vendor["name"]).lower())


def main() -> None:
    """Write the file anew."""
    version, entities = read_package(sys.argv[1] if len(sys.argv) > 1 else "latest")
    unknown = REFINED.keys() - {entity["name"] for entity in entities}
    content = {"source": f"third-party-web {version}", "vendors": convert(entities)}
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(
        "# Written by import_third_party_web.py; see NOTICE for the licence of the source.\n"
        + tomli_w.dumps(content),
        "utf-8",
    )
    for name in sorted(unknown):
        sys.stderr.write(f"no such entity any more: {name}\n")


if __name__ == "__main__":
    main()
