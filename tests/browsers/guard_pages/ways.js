// Ways in which a script can make a browser ask for something. Each gets a function that makes the
// address for a kind of file (`address("js")`), and whatever it does has to lead to one request.
//
// Written from the DOM, HTML, Fetch and CSS standards, apart from the guard.
const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const put = (node, where = document.body) => (where.appendChild(node), node);
const later = (work) => new Promise((done) => setTimeout(() => done(work()), 50));
const loaded = (node) => new Promise((done) => node.addEventListener("load", done, { once: true }));
let count = 0;
const fresh = (prefix) => prefix + ++count;
// A selector of an element that nothing else is said of.
const styled = () => "." + put(make("p", { textContent: "x", className: fresh("styled") })).className;
const worker = (code, options) =>
  new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), options);

var WAYS = {
  // Elements
  "script.src before insertion": (a) => put(make("script", { src: a("js") })),
  "script.src after insertion": (a) => (put(make("script")).src = a("js")),
  "script.setAttribute": (a) => {
    const node = make("script");
    node.setAttribute("SRC", a("js"));
    put(node, document.head);
  },
  "script type=module": (a) => put(make("script", { type: "module", src: a("js") })),
  "script put before the first one": (a) => {
    const first = document.getElementsByTagName("script")[0];
    first.parentNode.insertBefore(make("script", { async: true, src: a("js") }), first);
  },
  "script late": (a) => later(() => put(make("script", { src: a("js") }))),
  "inline script that loads another": (a) =>
    put(make("script", { text: `var n=document.createElement("script");n.src=${JSON.stringify(a("js"))};document.head.append(n)` })),
  "svg script": (a) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", "script");
    node.setAttribute("href", a("js"));
    put(node, put(document.createElementNS("http://www.w3.org/2000/svg", "svg")));
  },
  "new Image": (a) => (new Image(1, 1).src = a("gif")),
  "img.setAttribute": (a) => document.createElement("img").setAttribute("src", a("gif")),
  "img.setAttributeNS": (a) => document.createElement("img").setAttributeNS(null, "src", a("gif")),
  "img.srcset": (a) => (new Image().srcset = a("gif") + " 1x"),
  "attribute node": (a) => {
    const node = document.createAttribute("src");
    node.value = a("gif");
    put(document.createElement("img")).setAttributeNode(node);
  },
  "attribute node changed": (a) => {
    const node = put(document.createElement("img"));
    node.setAttribute("src", "data:,");
    node.attributes.src.value = a("gif");
  },
  "named node map": (a) => {
    const node = document.createAttribute("src");
    node.value = a("gif");
    put(document.createElement("img")).attributes.setNamedItem(node);
  },
  "picture source": (a) => {
    const picture = document.createElement("picture");
    picture.append(make("source", { srcset: a("gif") }), make("img"));
    put(picture);
  },
  "cloned image": (a) => {
    const box = document.createElement("template");
    box.innerHTML = `<img src="${a("gif")}">`;
    put(box.content.cloneNode(true));
  },
  "input type=image": (a) => put(make("input", { type: "image", src: a("gif") })),
  "svg image": (a) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", "image");
    node.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", a("gif"));
    put(node, put(document.createElementNS("http://www.w3.org/2000/svg", "svg")));
  },
  "svg image baseVal": (a) => {
    const svg = put(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    put(document.createElementNS("http://www.w3.org/2000/svg", "image"), svg).href.baseVal = a("gif");
  },
  "iframe.src": (a) => put(make("iframe", { src: a("html") })),
  "iframe navigated later": (a) => later(() => (put(make("iframe")).src = a("html"))),
  "frame in a frameset": (a) => {
    const set = document.createElement("frameset");
    set.append(make("frame", { src: a("html") }));
    document.documentElement.append(set);
  },
  "object data": (a) => put(make("object", { data: a("html"), type: "text/html" })),
  "embed": (a) => put(make("embed", { src: a("html"), type: "text/html" })),
  "link stylesheet": (a) => put(make("link", { rel: "stylesheet", href: a("css") }), document.head),
  "link preload": (a) => put(make("link", { rel: "preload", as: "script", href: a("js") }), document.head),
  "link modulepreload": (a) => put(make("link", { rel: "modulepreload", href: a("js") }), document.head),
  "video source": (a) => put(make("video", { preload: "auto" })).append(make("source", { src: a("mp4"), type: "video/mp4" })),
  "video track": (a) => {
    const track = make("track", { src: a("vtt"), default: true });
    put(make("video", { crossOrigin: "anonymous" })).append(track);
    track.track.mode = "showing";
  },
  "video poster": (a) => put(make("video", { poster: a("gif") })),
  "new Audio": (a) => new Audio(a("mp3")).load(),
  "table background": (a) => put(make("table", { innerHTML: "<tr><td>x" })).setAttribute("background", a("gif")),
  "form sent into a frame": (a) => {
    const name = fresh("frame");
    put(make("iframe", { name }));
    put(make("form", { action: a("html"), target: name, method: "post" })).submit();
  },
  "form sent as by its button": (a) => {
    const name = fresh("frame");
    put(make("iframe", { name }));
    put(make("form", { action: a("html"), target: name })).requestSubmit();
  },
  "link followed into a frame": (a) => {
    const name = fresh("frame");
    put(make("iframe", { name }));
    put(make("a", { href: a("html"), target: name })).click();
  },
  "frame's location": (a) => put(make("iframe")).contentWindow.location.replace(a("html")),
  // Markup
  "innerHTML": (a) => (put(make("div")).innerHTML = `<p>text<img src='${a("gif")}'>`),
  "innerHTML with entities": (a) =>
    (put(make("div")).innerHTML = `<img alt=it's src="${a("gif").replace(/\//g, "&#x2F;")}">`),
  "outerHTML": (a) => (put(make("div")).outerHTML = `<img src=${a("gif")} width=1>`),
  "insertAdjacentHTML": (a) => document.body.insertAdjacentHTML("beforeend", `<iframe src="${a("html")}"></iframe>`),
  "setHTMLUnsafe with a shadow root": (a) =>
    put(make("div")).setHTMLUnsafe(`<div><template shadowrootmode="open"><img src="${a("gif")}"></template></div>`),
  "createContextualFragment": (a) =>
    put(document.createRange().createContextualFragment(`<script src="${a("js")}"></` + "script>")),
  "DOMParser, then moved": (a) =>
    put(new DOMParser().parseFromString(`<img src="${a("gif")}">`, "text/html").body.firstChild),
  "document.write": (a) => write(`<script src="${a("js")}"></` + "script>"),
  "document.write in parts": (a) => write("<img alt='' ", `src="${a("gif")}">`),
  "document.write piece by piece": (a) => writePieces("<img src='", a("gif"), "' alt=''>"),
  "shadow root": (a) => (put(make("div")).attachShadow({ mode: "closed" }).innerHTML = `<img src="${a("gif")}">`),
  "script in a shadow root": (a) => put(make("script", { src: a("js") }), put(make("div")).attachShadow({ mode: "open" })),
  // Requests as such
  "fetch": (a) => fetch(a("json"), { mode: "no-cors" }),
  "fetch of a Request": (a) => fetch(new Request(a("json"), { mode: "no-cors" })),
  "fetch keepalive": (a) => fetch(new URL(a("json")), { method: "POST", keepalive: true, mode: "no-cors", body: "x" }),
  "XMLHttpRequest": (a) => {
    const request = new XMLHttpRequest();
    request.open("GET", a("json"));
    request.send();
  },
  "sendBeacon": (a) => navigator.sendBeacon(a("json"), "x"),
  "EventSource": (a) => new EventSource(a("events")),
  "WebSocket": (a) => new WebSocket(a("socket").replace(/^http/, "ws")),
  "import()": (a) => import(a("js")).catch(() => {}),
  "module that imports": (a) => put(make("script", { type: "module", text: `import ${JSON.stringify(a("js"))}` })),
  // Style sheets
  "style element": (a) => put(make("style", { textContent: `${styled()}{background-image:url(${a("gif")})}` }), document.head),
  "style with @import": (a) => put(make("style"), document.head).append(`@import "${a("css")}";`),
  "style in a shadow root": (a) => {
    const root = put(make("div")).attachShadow({ mode: "open" });
    root.innerHTML = `<style>p{background:url(${a("gif")})}</style><p>x`;
  },
  "style put in by text": (a) =>
    put(make("style"), document.head).append(document.createTextNode(`${styled()}{background:url(${a("gif")})}`)),
  "insertRule": (a) =>
    put(make("style"), document.head).sheet.insertRule(`${styled()}::before{content:url("${a("gif")}")}`),
  "adopted style sheet": (a) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${styled()}{background:url('${a("gif")}')}`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  },
  "style attribute": (a) => put(make("p", { textContent: "x" })).setAttribute("style", `background:url(${a("gif")})`),
  "style.setProperty": (a) => put(make("p", { textContent: "x" })).style.setProperty("background-image", `url(${a("gif")})`),
  "style.cssText": (a) => (put(make("p", { textContent: "x" })).style.cssText = `background:url("${a("gif")}")`),
  "style of a rule": (a) => {
    const { sheet } = put(make("style", { textContent: `${styled()}{color:red}` }), document.head);
    sheet.cssRules[0].style.setProperty("background-image", `url(${a("gif")})`);
  },
  "style.backgroundImage": (a) => (put(make("p", { textContent: "x" })).style.backgroundImage = `url(${a("gif")})`),
  "style.listStyleImage": (a) => (put(make("p", { style: "display:list-item" })).style.listStyleImage = `url(${a("gif")})`),
  "style as text": (a) => (put(make("p", { textContent: "x" })).style = `background:url(${a("gif")})`),
  "style of an svg": (a) => (put(document.createElementNS("http://www.w3.org/2000/svg", "svg")).style.background = `url(${a("gif")})`),
  "style's image of a rule": (a) => {
    const { sheet } = put(make("style", { textContent: `${styled()}{color:red}` }), document.head);
    sheet.cssRules[0].style.backgroundImage = `url(${a("gif")})`;
  },
  "style.backgroundImage, then measured": (a) => {
    const node = put(make("p", { textContent: "x" }));
    node.style.backgroundImage = `url(${a("gif")})`;
    return node.offsetWidth;
  },
  "style kept for later": (a) => {
    const { style } = put(make("p", { textContent: "x" }));
    return later(() => (style.backgroundImage = `url(${a("gif")})`));
  },
  "style as a map": (a) => {
    // Firefox has none.
    const { attributeStyleMap, style } = put(make("p", { textContent: "x" }));
    attributeStyleMap?.set("background-image", `url(${a("gif")})`) ?? style.setProperty("background-image", `url(${a("gif")})`);
  },
  "FontFace": (a) => new FontFace("Wanted", `url(${a("woff2")})`).load().catch(() => {}),
  // Frames without a document of their own
  "blank frame's Image": (a) => (new (put(make("iframe")).contentWindow.Image)().src = a("gif")),
  "blank frame's fetch": (a) => put(make("iframe")).contentWindow.fetch(a("json"), { mode: "no-cors" }),
  "blank frame by window[0]": (a) => {
    put(make("iframe"));
    new window[window.length - 1].Image().src = a("gif");
  },
  "blank frame written to": (a) => {
    const inner = put(make("iframe")).contentDocument;
    inner.open();
    inner.write(`<body><script>new Image().src=${JSON.stringify(a("gif"))}</` + "script>");
    inner.close();
  },
  "blank frame after its load": async (a) => {
    const node = make("iframe", { src: "about:blank" });
    const ready = loaded(node);
    put(node);
    await ready;
    put(make("script", { src: a("js") }), node.contentDocument.body);
  },
  "srcdoc with markup": (a) => put(make("iframe", { srcdoc: `<img src="${a("gif")}">` })),
  "srcdoc with a script": (a) =>
    put(make("iframe", { srcdoc: `<!doctype html><script>fetch(${JSON.stringify(a("json"))},{mode:"no-cors"})</` + "script>" })),
  "javascript: frame": (a) => put(make("iframe", { src: `javascript:void(new Image().src=${JSON.stringify(a("gif"))})` })),
  "data: frame": (a) => put(make("iframe", { src: "data:text/html," + encodeURIComponent(`<img src="${a("gif")}">`) })),
  "data: frame with a script": (a) =>
    put(make("iframe", { src: `data:text/html;charset=utf-8,<!doctype html><script>new Image().src="${a("gif")}"</` + "script>" })),
  "blob: frame with a script": (a) =>
    put(make("iframe", { src: URL.createObjectURL(new Blob(["<!doctype html><script>", `new Image().src="${a("gif")}"</`, "script>"], { type: "text/html" })) })),
  "blob: frame": (a) =>
    put(make("iframe", { src: URL.createObjectURL(new Blob([`<img src="${a("gif")}">`], { type: "text/html" })) })),
  // Workers
  "worker's fetch": (a) => worker(`fetch(${JSON.stringify(a("json"))},{mode:"no-cors"})`),
  "worker's importScripts": (a) => worker(`importScripts(${JSON.stringify(a("js"))})`),
  "shared worker's fetch": (a) =>
    new SharedWorker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(a("json"))},{mode:"no-cors"})`]))),
  "data: worker": (a) => new Worker(`data:text/javascript,fetch(${JSON.stringify(a("json"))},{mode:"no-cors"})`),
  "worker's XMLHttpRequest": (a) =>
    worker(`const r=new XMLHttpRequest();r.open("GET",${JSON.stringify(a("json"))});r.send()`),
  "module worker's fetch": (a) => worker(`fetch(${JSON.stringify(a("json"))},{mode:"no-cors"})`, { type: "module" }),
  "worker from a file": (a) => new Worker("/worker-file.js?" + encodeURIComponent(a("json"))),
};

// `document.write` after a page has loaded replaces it: these run in a frame of their own.
function write(...parts) {
  const inner = put(make("iframe")).contentDocument;
  inner.open();
  inner.write("<body>");
  inner.write(...parts);
  inner.close();
}

// As the tags of OpenX and Revive do it.
function writePieces(...pieces) {
  const inner = put(make("iframe")).contentDocument;
  inner.open();
  for (const piece of ["<body>", ...pieces]) inner.write(piece);
  inner.close();
}
