"""Vendors of analytics and session replay."""

# ruff: noqa: E501 # snippets have the lines that vendors gave them
from vendors import Vendor, beacon, cookie, get, pixel, post, script

ANALYTICS = (
    Vendor(
        name="Google Analytics",
        source="https://developers.google.com/analytics/devguides/collection/ga4",
        snippet=script("https://www.googletagmanager.com/gtag/js?id=G-ABCDEF")
        + """window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}
gtag('js',new Date());gtag('config','G-ABCDEF');""",
        answers={
            "https://www.googletagmanager.com/gtag/js?id=G-*": cookie("_ga")
            + beacon("https://region1.google-analytics.com/g/collect?v=2&tid=G-ABCDEF"),
        },
        ends=("https://region1.google-analytics.com/g/collect",),
        cookies=("_ga",),
    ),
    Vendor(
        name="Hotjar",
        source="https://help.hotjar.com/hc/en-us/articles/115011639927",
        snippet="""(function(h,o,t,j,a,r){h.hj=h.hj||function(){(h.hj.q=h.hj.q||[]).push(arguments)};
h._hjSettings={hjid:123,hjsv:6};a=o.getElementsByTagName('head')[0];r=o.createElement('script');r.async=1;
r.src=t+h._hjSettings.hjid+j+h._hjSettings.hjsv;a.appendChild(r);
})(window,document,'https://static.hotjar.com/c/hotjar-','.js?sv=');""",
        answers={
            "https://static.hotjar.com/c/hotjar-123.js*": cookie("_hjSession_123")
            + script("https://script.hotjar.com/modules.0123456789abcdef.js"),
            "https://script.hotjar.com/modules.*": "new WebSocket('wss://ws.hotjar.com/api/v2/client/ws?v=7');"
            + post("https://content.hotjar.io/?gzip=1"),
        },
        ends=("https://ws.hotjar.com/api/v2/client/ws", "https://content.hotjar.io/"),
        cookies=("_hjSession_123",),
        calls="hj('event','bought')",
    ),
    Vendor(
        name="Segment",
        source="https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/quickstart/",
        snippet="""!function(){var i="analytics",analytics=window[i]=window[i]||[];if(!analytics.initialize)
if(analytics.invoked)window.console&&console.error&&console.error("Segment snippet included twice.");
else{analytics.invoked=!0;analytics.methods=["track","page","identify","ready"];analytics.factory=function(e){
return function(){var n=Array.prototype.slice.call(arguments);n.unshift(e);analytics.push(n);return analytics}};
for(var n=0;n<analytics.methods.length;n++){var key=analytics.methods[n];analytics[key]=analytics.factory(key)}
analytics.load=function(key,n){var t=document.createElement("script");t.type="text/javascript";t.async=!0;
t.src="https://cdn.segment.com/analytics.js/v1/"+key+"/analytics.min.js";
var r=document.getElementsByTagName("script")[0];r.parentNode.insertBefore(t,r)};
analytics.load("KEY");analytics.page();}}();""",
        answers={
            "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js": cookie(
                "ajs_anonymous_id"
            )
            + get(
                "https://cdn.segment.com/v1/projects/KEY/settings",
                get("https://api.segment.io/v1/p"),
            ),
            "https://cdn.segment.com/v1/projects/*": "{}",
        },
        ends=("https://api.segment.io/v1/p",),
        cookies=("ajs_anonymous_id",),
        calls="analytics.track('Bought')",
    ),
    Vendor(
        name="Microsoft Clarity",
        source="https://learn.microsoft.com/en-us/clarity/setup-and-installation/clarity-setup",
        snippet="""(function(c,l,a,r,i,t,y){c[a]=c[a]||function(){(c[a].q=c[a].q||[]).push(arguments)};
t=l.createElement(r);t.async=1;t.src="https://www.clarity.ms/tag/"+i;y=l.getElementsByTagName(r)[0];
y.parentNode.insertBefore(t,y);})(window,document,"clarity","script","abc");""",
        answers={
            "https://www.clarity.ms/tag/abc": cookie("_clck")
            + script("https://scripts.clarity.ms/0.8.0/clarity.js"),
            "https://scripts.clarity.ms/*": post("https://k.clarity.ms/collect"),
        },
        ends=("https://k.clarity.ms/collect",),
        cookies=("_clck",),
        calls="clarity('event','bought')",
    ),
    Vendor(
        name="Mixpanel",
        source="https://docs.mixpanel.com/docs/tracking-methods/sdks/javascript",
        snippet="""(function(f,b){if(!b.__SV){var e=f.createElement("script");window.mixpanel=b;b._i=[];
b.init=function(t){b._i.push(t)};b.track=function(){b.push(arguments)};b.__SV=1.2;e.type="text/javascript";
e.async=!0;e.src="https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js";
var g=f.getElementsByTagName("script")[0];g.parentNode.insertBefore(e,g)}})(document,window.mixpanel||[]);
mixpanel.init('TOKEN');mixpanel.track('Page');""",
        answers={
            "https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js": post(
                "https://api-js.mixpanel.com/track/?verbose=1"
            ),
        },
        ends=("https://api-js.mixpanel.com/track/",),
        calls="mixpanel.track('Bought')",
    ),
    Vendor(
        name="FullStory",
        source="https://help.fullstory.com/hc/en-us/articles/360020828273",
        snippet="window._fs_host='fullstory.com';window._fs_org='abc';window._fs_namespace='FS';"
        "window.FS=window.FS||function(){(FS.q=FS.q||[]).push(arguments)};"
        + script("https://edge.fullstory.com/s/fs.js"),
        answers={
            "https://edge.fullstory.com/s/fs.js": get(
                "https://edge.fullstory.com/s/settings/abc/v1/web",
                post("https://rs.fullstory.com/rec/page"),
            ),
            "https://edge.fullstory.com/s/settings/*": "{}",
        },
        ends=("https://rs.fullstory.com/rec/page",),
        calls="FS('trackEvent',{name:'bought'})",
    ),
    Vendor(
        name="Amplitude",
        source="https://amplitude.com/docs/sdks/analytics/browser/browser-sdk-2",
        snippet=script("https://cdn.amplitude.com/script/KEY.js"),
        answers={
            "https://cdn.amplitude.com/script/KEY.js": cookie("AMP_mktg_KEY")
            + get(
                "https://sr-client-cfg.amplitude.com/config?api_key=KEY",
                post("https://api2.amplitude.com/2/httpapi"),
            ),
            "https://sr-client-cfg.amplitude.com/*": "{}",
        },
        ends=("https://api2.amplitude.com/2/httpapi",),
        calls="amplitude.track('Bought')",
    ),
    Vendor(
        name="Yandex Metrica",
        source="https://yandex.com/support/metrica/en/code/counter-initialize",
        snippet="""(function(m,e,t,r,i,k,a){m[i]=m[i]||function(){(m[i].a=m[i].a||[]).push(arguments)};
m[i].l=1*new Date();k=e.createElement(t),a=e.getElementsByTagName(t)[0],k.async=1,k.src=r,
a.parentNode.insertBefore(k,a)})(window,document,"script","https://mc.yandex.ru/metrika/tag.js","ym");
ym(1,"init",{});""",
        answers={
            "https://mc.yandex.ru/metrika/tag.js": cookie("_ym_uid")
            + pixel("https://mc.yandex.ru/watch/1?wmode=7"),
        },
        ends=("https://mc.yandex.ru/watch/1",),
        cookies=("_ym_uid",),
        calls="ym(1,'reachGoal','bought')",
    ),
)
