"""Which names the site's own code may call although the vendor's script was suppressed.

A stub stands in only where the vendor's loader is denied, so that a vendor that is allowed meets
the page as it knows it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Stub(NamedTuple):
    """A global name, as the vendor's documentation has pages call it."""

    name: str
    host: str
    """The loader's; the stub stands in where this and the target are denied."""
    target: str


# Callable, with whatever methods: `fbq("track", …)`, `ttq.track(…)`.
FUNCTIONS: Final[tuple[Stub, ...]] = (
    Stub("fbq", "connect.facebook.net", "/en_US/fbevents.js"),
    Stub("gtag", "www.googletagmanager.com", "/gtag/js?id=AW-1"),
    Stub("ga", "www.google-analytics.com", "/analytics.js"),
    Stub("ttq", "analytics.tiktok.com", "/i18n/pixel/events.js"),
    Stub("lintrk", "snap.licdn.com", "/li.lms-analytics/insight.min.js"),
    Stub("pintrk", "s.pinimg.com", "/ct/core.js"),
    Stub("twq", "static.ads-twitter.com", "/uwt.js"),
    Stub("snaptr", "sc-static.net", "/scevent.min.js"),
    Stub("rdt", "www.redditstatic.com", "/ads/pixel.js"),
    Stub("qp", "a.quora.com", "/qevents.js"),
    Stub("obApi", "amplify.outbrain.com", "/cp/obtp.js"),
    Stub("hj", "static.hotjar.com", "/c/hotjar-1.js"),
    Stub("clarity", "www.clarity.ms", "/tag/x"),
    Stub("analytics", "cdn.segment.com", "/analytics.js/v1/x/analytics.min.js"),
    Stub("mixpanel", "cdn.mxpnl.com", "/libs/mixpanel-2-latest.min.js"),
    Stub("amplitude", "cdn.amplitude.com", "/script/x.js"),
    Stub("heap", "cdn.heapanalytics.com", "/js/heap-1.js"),
    Stub("FS", "edge.fullstory.com", "/s/fs.js"),
    Stub("__adroll", "s.adroll.com", "/j/roundtrip.js"),
    Stub("adroll", "s.adroll.com", "/j/roundtrip.js"),
    Stub("ysmrtr", "s.yimg.com", "/wi/ytc.js"),
    Stub("ndp", "ads.nextdoor.com", "/public/pixel/ndp.js"),
    Stub("tdConfig", "js.adsrvr.org", "/up_loader.1.1.0.js"),
    Stub("spdt", "pixel.byspotify.com", "/ping.min.js"),
)
# Queues to which pages push: `uetq.push("event", …)`.
QUEUES: Final[tuple[Stub, ...]] = (
    Stub("dataLayer", "www.googletagmanager.com", "/gtm.js"),
    Stub("adsbygoogle", "pagead2.googlesyndication.com", "/pagead/js/adsbygoogle.js"),
    Stub("uetq", "bat.bing.com", "/bat.js"),
    Stub("_tfa", "cdn.taboola.com", "/libtrc/unip/1/tfa.js"),
    Stub("_taboola", "cdn.taboola.com", "/libtrc/x/loader.js"),
    Stub("criteo_q", "dynamic.criteo.com", "/js/ld/ld.js"),
    Stub("_hsq", "js.hs-analytics.net", "/analytics/1/1.js"),
    Stub("_paq", "cdn.matomo.cloud", "/matomo.js"),
    Stub("_hmt", "hm.baidu.com", "/hm.js"),
)
