"""Advertising vendors."""

# ruff: noqa: E501 # snippets have the lines that vendors gave them
from vendors import Vendor, beacon, cookie, frame, get, pixel, post, script

ADVERTISING = (
    Vendor(
        name="Meta Pixel",
        source="https://developers.facebook.com/docs/meta-pixel/get-started",
        snippet="""!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){n.callMethod?
n.callMethod.apply(n,arguments):n.queue.push(arguments)};if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;
n.version='2.0';n.queue=[];t=b.createElement(e);t.async=!0;t.src=v;s=b.getElementsByTagName(e)[0];
s.parentNode.insertBefore(t,s)}(window,document,'script','https://connect.facebook.net/en_US/fbevents.js');
fbq('init','1234567890');fbq('track','PageView');""",
        answers={
            "https://connect.facebook.net/en_US/fbevents.js": cookie("_fbp")
            + script("https://connect.facebook.net/signals/config/1234567890?v=2.9&r=stable"),
            "https://connect.facebook.net/signals/config/*": pixel(
                "https://www.facebook.com/tr/?id=1234567890&ev=PageView"
            )
            # What is too long for an address goes by a form into a frame.
            + """(function(){var i=document.createElement('iframe');i.name='fb1';i.hidden=true;
document.body.appendChild(i);var f=document.createElement('form');f.method='post';f.target='fb1';
f.action='https://www.facebook.com/tr/';document.body.appendChild(f);f.submit();})();""",
        },
        ends=("https://www.facebook.com/tr/?id", "https://www.facebook.com/tr/"),
        cookies=("_fbp",),
        calls="fbq('track','Purchase',{value:1,currency:'USD'})",
    ),
    Vendor(
        name="Google Ads",
        source="https://developers.google.com/tag-platform/gtagjs",
        snippet=script("https://www.googletagmanager.com/gtag/js?id=AW-123456789")
        + """window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}
window.gtag=gtag;gtag('js',new Date());gtag('config','AW-123456789');""",
        answers={
            "https://www.googletagmanager.com/gtag/js?id=AW-*": cookie("_gcl_au")
            + script(
                "https://googleads.g.doubleclick.net/pagead/viewthroughconversion/123456789/?rfmt=3"
            ),
            "https://googleads.g.doubleclick.net/pagead/viewthroughconversion/*": pixel(
                "https://www.google.com/pagead/1p-user-list/123456789/?random=1"
            ),
        },
        ends=("https://www.google.com/pagead/1p-user-list/",),
        cookies=("_gcl_au",),
        calls="gtag('event','conversion',{send_to:'AW-123456789/x'})",
    ),
    Vendor(
        name="Google Tag Manager",
        source="https://developers.google.com/tag-platform/tag-manager/web",
        snippet="""(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':new Date().getTime(),
event:'gtm.js'});var f=d.getElementsByTagName(s)[0],j=d.createElement(s),dl=l!='dataLayer'?'&l='+l:'';
j.async=true;j.src='https://www.googletagmanager.com/gtm.js?id='+i+dl;f.parentNode.insertBefore(j,f);
})(window,document,'script','dataLayer','GTM-ABC123');""",
        answers={
            # A container: an image tag, and a tag of custom HTML, made anew so that it runs.
            "https://www.googletagmanager.com/gtm.js?id=GTM-*": pixel(
                "https://insight.adsrvr.org/track/pxl/?adv=abc"
            )
            + """(function(){var b=document.createElement('div');b.innerHTML='<script type="text/gtmscript">'
+'var t=document.createElement("script");t.src="https://tags.srv.stackadapt.com/events.js";'
+'document.head.appendChild(t);<\\/script><img src="https://ib.adnxs.com/seg?add=1">';
var n=b.firstChild;while(n){var m=n.nextSibling;if(n.tagName=='SCRIPT'){var s=document.createElement('script');
s.text=n.text;document.body.appendChild(s)}else document.body.appendChild(n);n=m}})();""",
            "https://tags.srv.stackadapt.com/events.js": pixel(
                "https://tags.srv.stackadapt.com/saq_pxl?uid=1"
            ),
        },
        ends=(
            "https://insight.adsrvr.org/track/pxl/",
            "https://ib.adnxs.com/seg",
            "https://tags.srv.stackadapt.com/saq_pxl",
        ),
        calls="dataLayer.push({event:'bought'})",
    ),
    Vendor(
        name="LinkedIn Insight",
        source="https://www.linkedin.com/help/lms/answer/a418880",
        snippet="""_linkedin_partner_id="12345";window._linkedin_data_partner_ids=
window._linkedin_data_partner_ids||[];window._linkedin_data_partner_ids.push(_linkedin_partner_id);
(function(l){if(!l){window.lintrk=function(a,b){window.lintrk.q.push([a,b])};window.lintrk.q=[]}
var s=document.getElementsByTagName("script")[0];var b=document.createElement("script");
b.type="text/javascript";b.async=true;b.src="https://snap.licdn.com/li.lms-analytics/insight.min.js";
s.parentNode.insertBefore(b,s)})(window.lintrk);""",
        answers={
            "https://snap.licdn.com/li.lms-analytics/insight.min.js": cookie("li_fat_id")
            + script("https://snap.licdn.com/li.lms-analytics/insight.old.min.js"),
            "https://snap.licdn.com/li.lms-analytics/insight.old.min.js": pixel(
                "https://px.ads.linkedin.com/collect/?pid=12345&fmt=gif"
            ),
        },
        ends=("https://px.ads.linkedin.com/collect/",),
        cookies=("li_fat_id",),
        calls="lintrk('track',{conversion_id:1})",
    ),
    Vendor(
        name="TikTok Pixel",
        source="https://ads.tiktok.com/help/article/get-started-pixel",
        snippet="""!function(w,d,t){w.TiktokAnalyticsObject=t;var ttq=w[t]=w[t]||[];
ttq.methods=["page","track","identify","instances","debug","on","off","once","ready","alias","group",
"enableCookie","disableCookie"];ttq.setAndDefer=function(t,e){t[e]=function(){t.push([e].concat(
Array.prototype.slice.call(arguments,0)))}};for(var i=0;i<ttq.methods.length;i++)
ttq.setAndDefer(ttq,ttq.methods[i]);ttq.load=function(e){var r="https://analytics.tiktok.com/i18n/pixel/events.js";
ttq._i=ttq._i||{};ttq._i[e]=[];var o=d.createElement("script");o.type="text/javascript";o.async=!0;
o.src=r+"?sdkid="+e+"&lib="+t;var a=d.getElementsByTagName("script")[0];a.parentNode.insertBefore(o,a)};
ttq.load('C123');ttq.page();}(window,document,'ttq');""",
        answers={
            "https://analytics.tiktok.com/i18n/pixel/events.js*": cookie("_ttp")
            + script("https://analytics.tiktok.com/i18n/pixel/config.js?sdkid=C123"),
            "https://analytics.tiktok.com/i18n/pixel/config.js*": beacon(
                "https://analytics.tiktok.com/api/v2/pixel"
            ),
        },
        ends=("https://analytics.tiktok.com/api/v2/pixel",),
        cookies=("_ttp",),
        calls="ttq.track('Purchase')",
    ),
    Vendor(
        name="Microsoft UET",
        source="https://help.ads.microsoft.com/apex/index/3/en/56705",
        snippet="""(function(w,d,t,r,u){var f,n,i;w[u]=w[u]||[],f=function(){var o={ti:"123"};
o.q=w[u],w[u]=new UET(o),w[u].push("pageLoad")},n=d.createElement(t),n.src=r,n.async=1,
n.onload=n.onreadystatechange=function(){var s=this.readyState;s&&s!=="loaded"&&s!=="complete"||
(f(),n.onload=n.onreadystatechange=null)},i=d.getElementsByTagName(t)[0],
i.parentNode.insertBefore(n,i)})(window,document,"script","https://bat.bing.com/bat.js","uetq");""",
        answers={
            "https://bat.bing.com/bat.js": cookie("_uetsid")
            + cookie("_uetvid")
            + "function UET(o){this.push=function(){};"
            + script("https://bat.bing.com/p/action/123.js")
            + "}",
            "https://bat.bing.com/p/action/*": pixel(
                "https://bat.bing.com/action/0?ti=123&evt=pageLoad"
            ),
        },
        ends=("https://bat.bing.com/action/0",),
        cookies=("_uetsid", "_uetvid"),
        calls="uetq.push('event','purchase',{})",
    ),
    Vendor(
        name="Taboola Pixel",
        source="https://help.taboola.com/hc/en-us/articles/115005986809",
        snippet="""window._tfa=window._tfa||[];window._tfa.push({notify:'event',name:'page_view',id:1});
!function(t,f,a,x){if(!document.getElementById(x)){t.async=1;t.src=a;t.id=x;
f.parentNode.insertBefore(t,f)}}(document.createElement('script'),document.getElementsByTagName('script')[0],
'https://cdn.taboola.com/libtrc/unip/1/tfa.js','tb_tfa_script');""",
        answers={
            "https://cdn.taboola.com/libtrc/unip/1/tfa.js": get(
                "https://cds.taboola.com/?uid=1",
                pixel("https://trc.taboola.com/1/log/3/unip?en=page_view"),
            ),
            "https://cds.taboola.com/*": "{}",
        },
        ends=("https://trc.taboola.com/1/log/3/unip",),
        calls="_tfa.push({notify:'event',name:'bought',id:1})",
    ),
    Vendor(
        name="Criteo OneTag",
        source="https://guides.criteotilt.com/onetag/",
        snippet=script("https://dynamic.criteo.com/js/ld/ld.js?a=123")
        + """window.criteo_q=window.criteo_q||[];window.criteo_q.push({event:"setAccount",account:123},
{event:"viewHome"});""",
        answers={
            "https://dynamic.criteo.com/js/ld/ld.js*": cookie("cto_bundle")
            + frame("https://gum.criteo.com/syncframe?topUrl=x")
            + script("https://sslwidget.criteo.com/event?a=123&v=5"),
            "https://sslwidget.criteo.com/event*": pixel(
                "https://dis.criteo.com/dis/usersync.aspx?r=1"
            ),
            "https://gum.criteo.com/syncframe*": "<!doctype html><title>sync</title>",
        },
        ends=("https://gum.criteo.com/syncframe", "https://dis.criteo.com/dis/"),
        cookies=("cto_bundle",),
        calls="criteo_q.push({event:'viewItem',item:'1'})",
    ),
    Vendor(
        name="Pinterest Tag",
        source="https://help.pinterest.com/en/business/article/install-the-pinterest-tag",
        snippet="""!function(e){if(!window.pintrk){window.pintrk=function(){window.pintrk.queue.push(
Array.prototype.slice.call(arguments))};var n=window.pintrk;n.queue=[],n.version="3.0";
var t=document.createElement("script");t.async=!0,t.src=e;var r=document.getElementsByTagName("script")[0];
r.parentNode.insertBefore(t,r)}}("https://s.pinimg.com/ct/core.js");pintrk('load','26');pintrk('page');""",
        answers={
            "https://s.pinimg.com/ct/core.js": cookie("_pin_unauth")
            + script("https://s.pinimg.com/ct/lib/main.0a1b2c3d.js"),
            "https://s.pinimg.com/ct/lib/main.*": pixel(
                "https://ct.pinterest.com/v3/?tid=26&event=pagevisit"
            ),
        },
        ends=("https://ct.pinterest.com/v3/",),
        cookies=("_pin_unauth",),
        calls="pintrk('track','checkout')",
    ),
    Vendor(
        name="X Pixel",
        source="https://business.x.com/en/help/campaign-measurement-and-analytics/conversion-tracking-for-websites",
        snippet="""!function(e,t,n,s,u,a){e.twq||(s=e.twq=function(){s.exe?s.exe.apply(s,arguments):
s.queue.push(arguments)},s.version='1.1',s.queue=[],u=t.createElement(n),u.async=!0,
u.src='https://static.ads-twitter.com/uwt.js',a=t.getElementsByTagName(n)[0],
a.parentNode.insertBefore(u,a))}(window,document,'script');twq('config','o1');""",
        answers={
            "https://static.ads-twitter.com/uwt.js": pixel("https://t.co/i/adsct?txn_id=o1")
            + pixel("https://analytics.twitter.com/i/adsct?txn_id=o1"),
        },
        ends=("https://t.co/i/adsct", "https://analytics.twitter.com/i/adsct"),
        calls="twq('event','tw-o1-x',{})",
    ),
    Vendor(
        name="Snap Pixel",
        source="https://businesshelp.snapchat.com/s/article/pixel-website-install",
        snippet="""(function(e,t,n){if(e.snaptr)return;var a=e.snaptr=function(){a.handleRequest?
a.handleRequest.apply(a,arguments):a.queue.push(arguments)};a.queue=[];var s='script';
var r=t.createElement(s);r.async=!0;r.src=n;var u=t.getElementsByTagName(s)[0];
u.parentNode.insertBefore(r,u);})(window,document,'https://sc-static.net/scevent.min.js');
snaptr('init','abc');snaptr('track','PAGE_VIEW');""",
        answers={
            "https://sc-static.net/scevent.min.js": cookie("_scid")
            + script("https://tr.snapchat.com/config/com/abc.js?v=3"),
            "https://tr.snapchat.com/config/*": frame("https://tr.snapchat.com/cm/i?pid=abc")
            + post("https://tr.snapchat.com/p"),
            "https://tr.snapchat.com/cm/*": "<!doctype html><title>cm</title>",
        },
        ends=("https://tr.snapchat.com/cm/i", "https://tr.snapchat.com/p"),
        cookies=("_scid",),
        calls="snaptr('track','PURCHASE')",
    ),
    Vendor(
        name="Reddit Pixel",
        source="https://business.reddithelp.com/s/article/Install-the-Reddit-Pixel-on-your-website",
        snippet="""!function(w,d){if(!w.rdt){var p=w.rdt=function(){p.sendEvent?p.sendEvent.apply(p,arguments):
p.callQueue.push(arguments)};p.callQueue=[];var t=d.createElement("script");
t.src="https://www.redditstatic.com/ads/pixel.js",t.async=!0;var s=d.getElementsByTagName("script")[0];
s.parentNode.insertBefore(t,s)}}(window,document);rdt('init','t2_abc');rdt('track','PageVisit');""",
        answers={
            "https://www.redditstatic.com/ads/pixel.js": cookie("_rdt_uuid")
            + get(
                "https://pixel-config.reddit.com/pixels/t2_abc/config",
                pixel("https://alb.reddit.com/rp.gif?id=t2_abc&event=PageVisit"),
            ),
            "https://pixel-config.reddit.com/*": "{}",
        },
        ends=("https://alb.reddit.com/rp.gif",),
        cookies=("_rdt_uuid",),
        calls="rdt('track','Purchase')",
    ),
    Vendor(
        name="Quora Pixel",
        source="https://quoraadsupport.zendesk.com/hc/en-us/articles/115010466208",
        snippet="""!function(q,e,v,n,t,s){if(q.qp)return;n=q.qp=function(){n.qp?n.qp.apply(n,arguments):
n.queue.push(arguments)};n.queue=[];t=document.createElement(e);t.async=!0;t.src=v;
s=document.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s);}
(window,'script','https://a.quora.com/qevents.js');qp('init','abc');qp('track','ViewContent');""",
        answers={
            "https://a.quora.com/qevents.js": pixel(
                "https://q.quora.com/_/ad/abc/pixel?tag=ViewContent"
            ),
        },
        ends=("https://q.quora.com/_/ad/abc/pixel",),
        calls="qp('track','Purchase')",
    ),
    Vendor(
        name="Outbrain Pixel",
        source="https://www.outbrain.com/help/advertisers/outbrain-pixel/",
        snippet="""!function(_window,_document){var OB_ADV_ID='00abc';if(_window.obApi)return;
var api=_window.obApi=function(){api.dispatch?api.dispatch.apply(api,arguments):api.queue.push(arguments)};
api.version='1.1';api.loaded=true;api.marketerId=OB_ADV_ID;api.queue=[];
var tag=_document.createElement('script');tag.async=true;
tag.src='https://amplify.outbrain.com/cp/obtp.js';tag.type='text/javascript';
var s=_document.getElementsByTagName('script')[0];s.parentNode.insertBefore(tag,s);}(window,document);
obApi('track','PAGE_VIEW');""",
        answers={
            "https://amplify.outbrain.com/cp/obtp.js": get(
                "https://tr.outbrain.com/cachedClickId?marketerId=00abc",
                pixel("https://tr.outbrain.com/unifiedPixel?name=PAGE_VIEW"),
            ),
        },
        ends=("https://tr.outbrain.com/unifiedPixel",),
        calls="obApi('track','Purchase')",
    ),
    Vendor(
        name="AdRoll",
        source="https://help.adroll.com/hc/en-us/articles/211846018",
        snippet="""adroll_adv_id="ADV";adroll_pix_id="PIX";adroll_version="2.0";
(function(w,d,e,o,a){w.__adroll_loaded=true;w.adroll=w.adroll||[];w.adroll.f=['setProperties','identify','track'];
var roundtripUrl="https://s.adroll.com/j/"+adroll_adv_id+"/roundtrip.js";
for(a=0;a<w.adroll.f.length;a++){w.adroll[w.adroll.f[a]]=w.adroll[w.adroll.f[a]]||(function(n){return function(){
w.adroll.push([n,arguments])}})(w.adroll.f[a])}e=d.createElement('script');o=d.getElementsByTagName('script')[0];
e.async=1;e.src=roundtripUrl;o.parentNode.insertBefore(e,o);})(window,document);adroll.track("pageView");""",
        answers={
            "https://s.adroll.com/j/ADV/roundtrip.js": cookie("__adroll_fpc")
            + script("https://d.adroll.com/pixel/ADV/PIX?adroll_fpc=1"),
            "https://d.adroll.com/pixel/*": pixel("https://d.adroll.com/cm/b/out?adroll_fpc=1"),
        },
        ends=("https://d.adroll.com/cm/b/out",),
        cookies=("__adroll_fpc",),
        calls="adroll.track('purchase')",
    ),
    Vendor(
        name="Amazon Ad Tag",
        source="https://advertising.amazon.com/help/GXWAJH4GUQFN6CP9",
        snippet="""!function(w,d,s,t,a){if(w.amzn)return;w.amzn=a=function(){w.amzn.q.push([arguments,(new Date).getTime()])};
a.q=[];a.version="0.0";s=d.createElement("script");s.src="https://c.amazon-adsystem.com/aat/amzn.js";
s.id="amzn-pixel";s.async=true;t=d.getElementsByTagName("script")[0];t.parentNode.insertBefore(s,t)}(window,document);
amzn("setRegion","NA");amzn("addTag","abc");amzn("trackEvent","PageView");""",
        answers={
            "https://c.amazon-adsystem.com/aat/amzn.js": frame(
                "https://s.amazon-adsystem.com/iu3?pid=abc&event=PageView"
            ),
            "https://s.amazon-adsystem.com/iu3*": "<!doctype html><title>iu3</title>",
        },
        ends=("https://s.amazon-adsystem.com/iu3",),
        calls="amzn('trackEvent','Off-AmazonPurchases')",
    ),
    Vendor(
        name="The Trade Desk",
        source="https://partner.thetradedesk.com/v3/portal/data/doc/TrackingTagsUniversalPixel",
        snippet="""(function(){var s=document.createElement('script');
s.src='https://js.adsrvr.org/up_loader.1.1.0.js';s.onload=function(){ttd_dom_ready(function(){
if(typeof TTDUniversalPixelApi==='function'){new TTDUniversalPixelApi().init('adv',['up'],
'https://insight.adsrvr.org/track/up')}})};document.head.appendChild(s)})();""",
        answers={
            "https://js.adsrvr.org/up_loader.1.1.0.js": "function ttd_dom_ready(f){setTimeout(f)}"
            "function TTDUniversalPixelApi(){this.init=function(a,b,u){"
            "var i=document.createElement('iframe');i.setAttribute('src',u+'?adv='+a);"
            "document.body.appendChild(i)}}",
            "https://insight.adsrvr.org/track/up*": "<!doctype html><img src='https://match.adsrvr.org/track/cmf/generic'>",
        },
        ends=("https://insight.adsrvr.org/track/up", "https://match.adsrvr.org/track/cmf/generic"),
    ),
    Vendor(
        name="Floodlight",
        source="https://support.google.com/campaignmanager/answer/2823450",
        # The published tag writes its frame, with a number that keeps caches out.
        snippet="""(function(){var a=Math.random()*10000000000000;var f=document.createElement('div');
f.innerHTML='<iframe src="https://1234.fls.doubleclick.net/activityi;src=1234;type=count;cat=home;ord='+a
+'?" width="1" height="1" frameborder="0" style="display:none"></iframe>';document.body.appendChild(f)})();""",
        answers={
            "https://1234.fls.doubleclick.net/activityi*": "<!doctype html><img src='https://ad.doubleclick.net/ddm/activity/src=1234'>",
        },
        ends=(
            "https://1234.fls.doubleclick.net/activityi",
            "https://ad.doubleclick.net/ddm/activity/",
        ),
    ),
    Vendor(
        name="Google AdSense",
        source="https://support.google.com/adsense/answer/9274634",
        snippet=script(
            "https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-1"
        )
        + "(window.adsbygoogle=window.adsbygoogle||[]).push({});",
        answers={
            "https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js*": cookie("__gads")
            + script(
                "https://pagead2.googlesyndication.com/pagead/managed/js/adsense/m1/show_ads_impl.js"
            ),
            "https://pagead2.googlesyndication.com/pagead/managed/*": frame(
                "https://googleads.g.doubleclick.net/pagead/ads?client=ca-pub-1"
            ),
            "https://googleads.g.doubleclick.net/pagead/ads*": "<!doctype html><img src='https://tpc.googlesyndication.com/simgad/1'>",
        },
        ends=("https://googleads.g.doubleclick.net/pagead/ads",),
        cookies=("__gads",),
        calls="adsbygoogle.push({})",
    ),
    Vendor(
        name="Google Publisher Tag",
        source="https://developers.google.com/publisher-tag/guides/get-started",
        snippet="window.googletag=window.googletag||{cmd:[]};"
        + script("https://securepubads.g.doubleclick.net/tag/js/gpt.js")
        + "googletag.cmd.push(function(){googletag.show()});",
        answers={
            "https://securepubads.g.doubleclick.net/tag/js/gpt.js": script(
                "https://securepubads.g.doubleclick.net/pagead/managed/js/gpt/m1/pubads_impl.js"
            ),
            # The ad goes into a frame without an address, by its document's `write`.
            "https://securepubads.g.doubleclick.net/pagead/managed/js/gpt/*": get(
                "https://securepubads.g.doubleclick.net/gampad/ads?iu=/1/x",
                """var i=document.createElement('iframe');i.id='google_ads_iframe_1';
document.body.appendChild(i);var d=i.contentWindow.document;d.open();
d.write('<img src="https://s0.2mdn.net/simgad/9"><script>new Image().src="https://pagead2.googlesyndication.com/pcs/view?1"<\\/script>');
d.close();""",
            ),
        },
        ends=("https://s0.2mdn.net/simgad/9", "https://pagead2.googlesyndication.com/pcs/view"),
    ),
    Vendor(
        name="Prebid.js",
        source="https://docs.prebid.org/dev-docs/getting-started.html",
        # Served by the site itself; what it asks the exchanges is not.
        snippet=post(
            "https://ib.adnxs.com/ut/v3/prebid",
            frame("https://acdn.adnxs.com/dmp/async_usersync.html"),
        )
        + get("https://fastlane.rubiconproject.com/a/api/fastlane.json?account_id=1"),
        answers={
            "https://ib.adnxs.com/ut/v3/prebid": "{}",
            "https://acdn.adnxs.com/dmp/async_usersync.html": "<!doctype html><title>sync</title>",
        },
        ends=("https://acdn.adnxs.com/dmp/", "https://fastlane.rubiconproject.com/a/api/"),
    ),
    Vendor(
        name="Nextdoor Pixel",
        source="https://help.nextdoor.com/s/article/Nextdoor-Pixel",
        snippet="""(function(win,doc,sdk_url){if(win.ndp)return;var tr=win.ndp=function(){tr.handleRequest?
tr.handleRequest.apply(tr,arguments):tr.queue.push(arguments)};tr.queue=[];var s='script';
var new_script_section=doc.createElement(s);new_script_section.async=!0;new_script_section.src=sdk_url;
var insert_pos=doc.getElementsByTagName(s)[0];insert_pos.parentNode.insertBefore(new_script_section,insert_pos);
})(window,document,'https://ads.nextdoor.com/public/pixel/ndp.js');ndp('init','abc');ndp('track','PAGE_VIEW');""",
        answers={
            "https://ads.nextdoor.com/public/pixel/ndp.js": pixel(
                "https://flask.nextdoor.com/pixel?pid=abc&ev=PAGE_VIEW"
            ),
        },
        ends=("https://flask.nextdoor.com/pixel",),
        calls="ndp('track','CONVERSION')",
    ),
)
