"""What the built-in catalogue says of what sites paste, and of what must never be touched."""

import re

import pytest

from consentmw.data import load_catalogue
from consentmw.data.build import read_entries

ANY_HOST = "https://*/"
REQUIRED = {"authentication", "status", "consent"}

# Login, payment, CAPTCHA, fraud protection, fonts, players, maps, CDNs: a visitor who declines
# everything still gets all of these.
NEVER_DENIED = """
https://accounts.google.com/gsi/client
https://apis.google.com/js/platform.js
https://www.google.com/recaptcha/api.js?render=abc
https://www.google.de/recaptcha/api2/anchor?k=abc
https://www.gstatic.com/recaptcha/releases/abc/recaptcha__en.js
https://www.recaptcha.net/recaptcha/api.js
https://js.hcaptcha.com/1/api.js
https://hcaptcha.com/captcha/v1/abc/hcaptcha.html
https://challenges.cloudflare.com/turnstile/v0/api.js
https://client-api.arkoselabs.com/fc/api/
https://static.geetest.com/v4/gt4.js
https://cdn.jsdelivr.net/npm/friendly-challenge@0.9/widget.module.min.js
https://login.microsoftonline.com/common/oauth2/v2.0/authorize
https://login.live.com/oauth20_authorize.srf
https://alcdn.msauth.net/browser/2.0/js/msal-browser.min.js
https://appleid.cdn-apple.com/appleauth/static/jsapi/appleid/1/en_US/appleid.auth.js
https://appleid.apple.com/auth/authorize
https://www.facebook.com/v19.0/dialog/oauth?client_id=1
https://connect.facebook.net/en_US/sdk.js
https://www.linkedin.com/oauth/v2/authorization
https://cdn.auth0.com/js/auth0/9.23.0/auth0.min.js
https://dev-1234.okta.com/oauth2/default/v1/authorize
https://ok1static.oktacdn.com/assets/js/sdk/okta-signin-widget/7.0/js/okta-sign-in.min.js
https://cognito-idp.us-east-1.amazonaws.com/
https://js.stripe.com/v3/
https://api.stripe.com/v1/payment_intents
https://checkout.stripe.com/c/pay
https://www.paypal.com/sdk/js?client-id=x
https://www.paypalobjects.com/api/checkout.js
https://js.braintreegateway.com/web/3.97/js/client.min.js
https://checkoutshopper-live.adyen.com/checkoutshopper/sdk/5.0/adyen.js
https://x.klarnacdn.net/kp/lib/v1/api.js
https://web.squarecdn.com/v1/square.js
https://checkout.razorpay.com/v1/checkout.js
https://pay.google.com/gp/p/js/pay.js
https://static-na.payments-amazon.com/checkout.js
https://applepay.cdn-apple.com/jsapi/v1/apple-pay-sdk.js
https://cdn1.affirm.com/js/v2/affirm.js
https://js.afterpay.com/afterpay-1.x.js
https://client.px-cloud.net/PXabc/main.min.js
https://js.datadome.co/tags.js
https://geo.captcha-delivery.com/captcha/
https://fonts.googleapis.com/css2?family=Inter
https://fonts.gstatic.com/s/inter/v12/a.woff2
https://use.typekit.net/abc1def.css
https://kit.fontawesome.com/abc.js
https://maps.googleapis.com/maps/api/js?key=abc
https://www.google.com/maps/embed?pb=1
https://api.mapbox.com/mapbox-gl-js/v2.9.1/mapbox-gl.js
https://www.youtube.com/embed/abc
https://www.youtube-nocookie.com/embed/abc
https://i.ytimg.com/vi/abc/hqdefault.jpg
https://player.vimeo.com/video/1
https://fast.wistia.com/embed/medias/abc.jsonp
https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js
https://unpkg.com/react@18/umd/react.production.min.js
https://cdn.jsdelivr.net/npm/vue@3
https://code.jquery.com/jquery-3.7.1.min.js
https://ajax.googleapis.com/ajax/libs/jquery/3.7.1/jquery.min.js
https://maxcdn.bootstrapcdn.com/bootstrap/3.3.7/css/bootstrap.min.css
https://widget.intercom.io/widget/abc
https://static.zdassets.com/ekr/snippet.js
https://embed.tawk.to/abc/default
https://client.crisp.chat/l.js
https://cdn.cookielaw.org/scripttemplates/otSDKStub.js
https://consent.cookiebot.com/uc.js
https://app.usercentrics.eu/browser-ui/latest/loader.js
https://sdk.privacy-center.org/abc/loader.js
https://www.google.com/search?q=/pagead/
https://www.facebook.com/example
https://www.facebook.com/plugins/like.php?href=https%3A%2F%2Fexample.com
https://www.bing.com/maps/embed
https://d111111abcdef8.cloudfront.net/app.js
https://example-bucket.s3.amazonaws.com/a.png
https://storage.googleapis.com/bucket/a.png
https://firebasestorage.googleapis.com/v0/b/x
https://github.com/login
https://www.apple.com/a.png
https://www.microsoft.com/a.png
"""

LOOK_ALIKES = """
https://notgoogle-analytics.com/app.js
https://doubleclick.net.shop.example/x.js
https://shop.example/doubleclick.net/x.js
https://shop.example/?u=https://www.facebook.com/tr
https://facebook.com.shop.example/tr
https://myfacebook.com/tr
https://www.google.com/url?q=https://googleads.g.doubleclick.net/
https://google.com.shop.example/pagead/x
https://hotjar.com.shop.example/app.js
https://criteo.shop.example/app.js
https://shop.example/fbevents.json
https://cdn.shop.example/gtm.js
https://ads-twitter.community/x.js
"""

ADVERTISING = """
https://www.googletagmanager.com/gtm.js?id=GTM-ABC
https://www.googletagmanager.com/ns.html?id=GTM-ABC
https://www.googletagmanager.com/gtag/js?id=AW-123
https://www.googletagmanager.com/gtag/js?l=x&id=DC-123
https://www.googletagmanager.com/gtag/js?id=GT-123
https://www.googleadservices.com/pagead/conversion.js
https://googleads.g.doubleclick.net/pagead/viewthroughconversion/1/?guid=ON
https://securepubads.g.doubleclick.net/tag/js/gpt.js
https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js
https://www.google.com/pagead/1p-user-list/1/?random=1
https://www.google.de/ads/ga-audiences?v=1
https://connect.facebook.net/en_US/fbevents.js
https://www.facebook.com/tr?id=1&ev=PageView&noscript=1
https://snap.licdn.com/li.lms-analytics/insight.min.js
https://px.ads.linkedin.com/collect/?pid=1&fmt=gif
https://bat.bing.com/bat.js
https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=A
https://sc-static.net/scevent.min.js
https://ct.pinterest.com/v3/?tid=1&noscript=1
https://s.pinimg.com/ct/core.js
https://static.ads-twitter.com/uwt.js
https://alb.reddit.com/rp.gif
https://www.redditstatic.com/ads/pixel.js
https://q.quora.com/_/ad/1/pixel
https://cdn.taboola.com/libtrc/unip/1/tfa.js
https://amplify.outbrain.com/cp/obtp.js
https://static.criteo.net/js/ld/ld.js
https://s.adroll.com/j/ABC/roundtrip.js
https://c.amazon-adsystem.com/aax2/apstag.js
https://ib.adnxs.com/seg?add=1
https://www.awin1.com/sread.img?tt=ns
https://secure.quantserve.com/quant.js
https://tags.tiqcdn.com/utag/x/main/prod/utag.js
https://assets.adobedtm.com/launch-EN123.min.js
https://sgtm.shop.example/gtm.js?id=GTM-ABC
https://cdn.shop.example/copies/fbevents.js
"""

ANALYTICS = """
https://www.google-analytics.com/analytics.js
https://www.googletagmanager.com/gtag/js?id=G-123
https://www.googletagmanager.com/gtag/js?id=UA-1-1
https://region1.google-analytics.com/g/collect?v=2&tid=G-1
https://static.hotjar.com/c/hotjar-1.js?sv=6
https://www.clarity.ms/tag/abc
https://cdn.segment.com/analytics.js/v1/abc/analytics.min.js
https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js
https://cdn.amplitude.com/libs/amplitude-8.21.4-min.gz.js
https://stats.shop.example/matomo.js
https://plausible.io/js/script.js
https://mc.yandex.ru/metrika/tag.js
https://edge.fullstory.com/s/fs.js
https://js-agent.newrelic.com/nr-1.js
https://cdn.optimizely.com/js/1.js
"""


def lines(text):
    return text.split()


def category(url):
    answer = load_catalogue().classify_url(url, own_host="me.example")
    return answer and answer.category


@pytest.mark.parametrize("url", lines(NEVER_DENIED))
def test_nothing_that_a_page_needs_is_ever_declined(url):
    assert category(url) in {None, *REQUIRED}


@pytest.mark.parametrize("url", lines(LOOK_ALIKES))
def test_what_looks_like_a_vendor_is_none(url):
    assert category(url) in {None, *REQUIRED}


@pytest.mark.parametrize("url", lines(ADVERTISING))
def test_advertising_is_known(url):
    assert category(url) == "advertising"


@pytest.mark.parametrize("url", lines(ANALYTICS))
def test_analytics_is_known_and_is_not_advertising(url):
    assert category(url) == "analytics"


# In the forms in which vendors publish them, shortened where that changes nothing.
SNIPPETS = {
    "meta": "!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){};t=b.createElement(e);"
    "t.async=!0;t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}(window,"
    "document,'script','https://connect.facebook.net/en_US/fbevents.js');fbq('init','1');",
    "linkedin ids": '_linkedin_partner_id = "123"; window._linkedin_data_partner_ids = '
    "window._linkedin_data_partner_ids || [];",
    "linkedin": '(function(l){var s=document.getElementsByTagName("script")[0];var b='
    'document.createElement("script");b.async=true;'
    'b.src="https://snap.licdn.com/li.lms-analytics/insight.min.js";s.parentNode.insertBefore(b,s)'
    "})(window.lintrk);",
    "uet": "(function(w,d,t,r,u){var f,n,i;w[u]=w[u]||[],f=function(){};n=d.createElement(t),"
    "n.src=r,n.async=1;i=d.getElementsByTagName(t)[0],i.parentNode.insertBefore(n,i)})"
    '(window,document,"script","//bat.bing.com/bat.js","uetq");',
    "tiktok": "!function(w,d,t){var ttq=w[t]=w[t]||[];ttq.load=function(e,n){var r="
    '"https://analytics.tiktok.com/i18n/pixel/events.js",o=d.createElement("script");o.src=r+'
    "'?sdkid='+e;var a=d.getElementsByTagName('script')[0];a.parentNode.insertBefore(o,a)};"
    "ttq.load('C1');ttq.page();}(window,document,'ttq');",
    "gtm": "(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':new Date().getTime(),event:"
    "'gtm.js'});var f=d.getElementsByTagName(s)[0],j=d.createElement(s),dl=l!='dataLayer'?'&l='+l"
    ":'';j.async=true;j.src='https://www.googletagmanager.com/gtm.js?id='+i+dl;"
    "f.parentNode.insertBefore(j,f);})(window,document,'script','dataLayer','GTM-ABC');",
    "gtag ads": "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}"
    "gtag('js',new Date());gtag('config','AW-123456789');",
    "snap": "(function(e,t,n){var a=e.snaptr=function(){};var s='script';r=t.createElement(s);"
    "r.async=!0;r.src=n;var u=t.getElementsByTagName(s)[0];u.parentNode.insertBefore(r,u);})"
    "(window,document,'https://sc-static.net/scevent.min.js');snaptr('init','x');",
    "pinterest": "!function(e){if(!window.pintrk){window.pintrk=function(){};var t=document."
    'createElement("script");t.async=!0,t.src=e;var r=document.getElementsByTagName("script")[0];'
    "r.parentNode.insertBefore(t,r)}}(\"https://s.pinimg.com/ct/core.js\");pintrk('load','1');",
    "x": "!function(e,t,n,s,u,a){e.twq||(s=e.twq=function(){},u=t.createElement(n),u.async=!0,"
    "u.src='https://static.ads-twitter.com/uwt.js',a=t.getElementsByTagName(n)[0],"
    "a.parentNode.insertBefore(u,a))}(window,document,'script');twq('config','abc');",
    "taboola": "window._tfa=window._tfa||[];_tfa.push({notify:'event',name:'page_view',id:1});"
    "!function(t,f,a,x){if(!document.getElementById(x)){t.async=1;t.src=a;t.id=x;"
    "f.parentNode.insertBefore(t,f);}}(document.createElement('script'),"
    "document.getElementsByTagName('script')[0],'//cdn.taboola.com/libtrc/unip/1/tfa.js','tb');",
    "adroll": 'adroll_adv_id="A";adroll_pix_id="P";(function(w,d,e,o,a){w.__adroll_loaded=true;'
    "a=d.createElement('script');a.async=1;a.src='https://s.adroll.com/j/'+adroll_adv_id+"
    "'/roundtrip.js';e=d.getElementsByTagName('script')[0];e.parentNode.insertBefore(a,e)})"
    "(window,document);",
    "document.write": "document.write('<script src=\"//pagead2.googlesyndication.com/pagead/show_"
    "ads.js\"><\\/script>');",
    "conversion image": "var i=new Image();i.src='https://www.facebook.com/tr?id=1&ev=PageView';",
}
ANALYTICS_SNIPPETS = {
    "google analytics": "(function(i,s,o,g,r,a,m){i[r]=i[r]||function(){};a=s.createElement(o),"
    "m=s.getElementsByTagName(o)[0];a.async=1;a.src=g;m.parentNode.insertBefore(a,m)})(window,"
    "document,'script','https://www.google-analytics.com/analytics.js','ga');ga('create','UA-1-1');",
    "ga.js": "var _gaq=_gaq||[];_gaq.push(['_setAccount','UA-1-1']);(function(){var ga=document."
    "createElement('script');ga.src=('https:'==document.location.protocol?'https://ssl':'http://www')"
    "+'.google-analytics.com/ga.js';var s=document.getElementsByTagName('script')[0];"
    "s.parentNode.insertBefore(ga,s);})();",
    "gtag": "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}"
    "gtag('js',new Date());gtag('config','G-ABC');",
    "hotjar": "(function(h,o,t,j,a,r){h.hj=h.hj||function(){};h._hjSettings={hjid:1,hjsv:6};a=o."
    "getElementsByTagName('head')[0];r=o.createElement('script');r.async=1;r.src=t+h._hjSettings."
    "hjid+j;a.appendChild(r);})(window,document,'https://static.hotjar.com/c/hotjar-','.js?sv=');",
    "matomo": "var _paq=window._paq=window._paq||[];_paq.push(['trackPageView']);(function(){var u="
    "'//stats.shop.example/';_paq.push(['setTrackerUrl',u+'matomo.php']);var d=document,g=d."
    "createElement('script');g.src=u+'matomo.js';d.head.appendChild(g);})();",
}
UNTOUCHED = {
    "events of a shop": "fbq('track','Purchase',{value:1});gtag('event','purchase',{value:1});"
    "ttq.track('CompletePayment');window.uetq.push('event','purchase');snaptr('track','PURCHASE');",
    "a guarded call": "if(typeof fbq!=='undefined'){fbq('track','Lead');}",
    "hydration": 'self.__next_f.push([1,"{\\"pixel\\":\\"https://connect.facebook.net/en_US/'
    'fbevents.js\\",\\"code\\":\\"fbq(\'init\',\'1\')\\"}"]);',
    "json state": 'window.__STATE__={"ads":{"url":"https://cdn.taboola.com/libtrc/x/loader.js"}};',
    "data layer": "window.dataLayer=window.dataLayer||[];dataLayer.push({page:'home'});",
    "share links": "document.getElementById('f').href='https://www.facebook.com/sharer.php?u='+u;",
}


def kinds(script):
    return {answer.category for answer in load_catalogue().classify_inline(script)}


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS)
def test_the_tags_that_sites_paste_are_found(snippet):
    assert "advertising" in kinds(snippet)
    assert load_catalogue().denying(frozenset({"advertising"})).inline(snippet) is not None


@pytest.mark.parametrize("snippet", ANALYTICS_SNIPPETS.values(), ids=ANALYTICS_SNIPPETS)
def test_analytics_tags_are_found_and_stay_where_only_advertising_is_declined(snippet):
    assert kinds(snippet) == {"analytics"}
    assert load_catalogue().denying(frozenset({"advertising"})).inline(snippet) is None


@pytest.mark.parametrize("snippet", UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_mentions_or_calls_a_vendor_is_left_alone(snippet):
    assert kinds(snippet) == set()


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("_fbp", "advertising"),
        ("_gcl_au", "advertising"),
        ("_uetsid", "advertising"),
        ("_ttp", "advertising"),
        ("_ga", "analytics"),
        ("_ga_ABC123", "analytics"),
        ("_hjSessionUser_123", "analytics"),
        ("_pk_id.1.abcd", "analytics"),
        ("PHPSESSID", "authentication"),
        ("JSESSIONID", "authentication"),
        ("csrftoken", "authentication"),
        ("XSRF-TOKEN", "authentication"),
        ("wordpress_logged_in_abc", "authentication"),
        ("AWSALB", "status"),
        ("OptanonConsent", "consent"),
        ("CookieConsent", "consent"),
    ],
)
def test_distinctive_cookies_are_known_also_where_the_site_sets_them(name, category):
    assert load_catalogue().classify_cookie(name, set_by_site=True).category == category


@pytest.mark.parametrize(
    "name",
    ["id", "uid", "td", "session", "lang", "token", "user", "c", "i", "fr", "u", "sid", "test"],
)
def test_a_name_that_anybody_could_choose_is_never_taken_for_the_sites(name):
    answer = load_catalogue().classify_cookie(name, set_by_site=True)
    assert answer is None or answer.category in REQUIRED


def test_what_holds_for_any_host_overrules_nothing_that_is_known_of_one():
    layer = load_catalogue().built_in
    anywhere = [entry.hit for entry in read_entries() if entry.rule.pattern.startswith(ANY_HOST)]
    assert anywhere
    targets = ["/" + hit.split("/", 3)[3] for hit in anywhere]
    assert all(layer.find("unheard-of.example", target) for target in targets)
    # On a host with a rule of its own, and on any below it, none of these files is anything else.
    overruled = [
        (host, target)
        for host, rule in layer.hosts.items()
        for target in targets
        if layer.find(f"x.{host}", target).pattern.startswith(ANY_HOST)
    ]
    assert overruled == []


def test_the_catalogue_is_as_wide_as_it_says():
    rules = load_catalogue().rules
    assert len({rule.pattern for rule in rules if rule.kind == "host"}) > 6000
    assert len({rule.pattern for rule in rules if rule.kind == "cookie"}) > 1500
    assert len({rule.vendor for rule in rules}) > 2000


def test_no_cookie_that_keeps_an_opt_out_is_ever_taken_away():
    says_so = re.compile(r"opt(?:ed)?[-_]?out", re.IGNORECASE)
    deniable = [
        rule.pattern
        for rule in load_catalogue().rules
        if rule.kind == "cookie" and says_so.search(rule.pattern) and rule.category not in REQUIRED
    ]
    assert deniable == []


def test_no_vendors_prefix_takes_a_choice_away():
    prefixes = {
        rule.pattern.partition("*")[0]
        for rule in load_catalogue().rules
        if rule.kind == "cookie" and rule.distinctive and rule.pattern[-1] == "*"
    }
    lost = [
        name
        for prefix in prefixes
        for name in (f"{prefix}optout", f"{prefix}opt_out", f"{prefix}OptOut")
        if load_catalogue().classify_cookie(name, set_by_site=True).category not in REQUIRED
    ]
    assert lost == []
