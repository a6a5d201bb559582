// What pages and their libraries do, and look at, without meaning any advertising. Each gets a
// function that says what it saw; a page with the guard has to see what a page without it sees.
const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const put = (node, where = document.body) => (where.appendChild(node), node);
const event = (target, ...names) =>
  new Promise((done) => names.forEach((name) => target.addEventListener(name, () => done(name), { once: true })));
const isNative = (value) => /^function\s+\w+\(\)\s+\{\s+\[native code\]\s+\}$/.test(String(value).replace(/\s+/g, " "));
const thrown = (work) => {
  try {
    return String(work());
  } catch (error) {
    return error.name;
  }
};
const pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const code = (text, type = "text/javascript") => URL.createObjectURL(new Blob([text], { type }));
const answer = (worker, message) =>
  new Promise((done) => {
    (worker.port ?? worker).onmessage = ({ data }) => done(data);
    worker.onerror = (error) => done(error.message);
    (worker.port ?? worker).postMessage(message);
  });

var INNOCENT = {
  // What error trackers and polyfills ask before they wrap something.
  "native functions say that they are": () =>
    [fetch, XMLHttpRequest, WebSocket, EventSource, Image, Audio, Worker, navigator.sendBeacon, document.createElement,
      document.write, Element.prototype.setAttribute, Node.prototype.appendChild, Element.prototype.insertAdjacentHTML,
      XMLHttpRequest.prototype.open, URL.createObjectURL, Function.prototype.toString, window.open].map(isNative),
  "so do setters": () =>
    [[HTMLImageElement, "src"], [Element, "innerHTML"], [Document, "cookie"], [HTMLScriptElement, "src"]].map(
      ([owner, name]) => String(Object.getOwnPropertyDescriptor(owner.prototype, name).set),
    ),
  "a function's own text stays": () => String(function kept(a) { return a }),
  "names and lengths": () =>
    [fetch, WebSocket, Image, Worker, document.write, Element.prototype.setAttribute, navigator.sendBeacon].map(
      (one) => [one.name, one.length],
    ),
  "descriptors": () =>
    [[HTMLImageElement.prototype, "src"], [Element.prototype, "innerHTML"], [Element.prototype, "setAttribute"],
      [Document.prototype, "cookie"], [window, "fetch"], [window, "WebSocket"], [Navigator.prototype, "sendBeacon"],
      [HTMLIFrameElement.prototype, "contentWindow"], [URL, "createObjectURL"], [CSSStyleDeclaration.prototype, "cssText"],
      [HTMLElement.prototype, "style"],
    ].map(([owner, name]) => {
      const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(owner, name);
      return [name, typeof value, typeof get, typeof set, flags];
    }),
  "own names of interfaces": () =>
    [HTMLImageElement, Element, Node, Document, XMLHttpRequest, WebSocket].map((one) => [
      Object.getOwnPropertyNames(one),
      Object.getOwnPropertyNames(one.prototype),
    ]),
  "what is inherited": () => [
    Object.hasOwn(new Image(), "src"), "src" in new Image(), Object.keys(make("img", { src: pixel })),
    new Image() instanceof HTMLImageElement, new Image() instanceof Image, Image.prototype === HTMLImageElement.prototype,
    new Audio() instanceof HTMLAudioElement, Object.prototype.toString.call(new Image()),
    Object.prototype.toString.call(XMLHttpRequest.prototype), WebSocket.CONNECTING, WebSocket.prototype.OPEN, EventSource.CLOSED,
    String(new Image()), new Blob() instanceof Blob, new File([], "a") instanceof Blob,
  ],
  "subclasses": () => {
    class Request extends XMLHttpRequest { open(...args) { this.opened = true; super.open(...args) } }
    class Socket extends WebSocket {}
    class Part extends Blob { get half() { return this.size / 2 } }
    const request = new Request();
    request.open("GET", "/api");
    const socket = new Socket("wss://cdn.innocent.example/socket");
    return [request.opened, request.readyState, request instanceof Request, socket instanceof Socket, socket.url, new Part(["1234"]).half];
  },
  "illegal calls": () => [
    thrown(() => Element.prototype.setAttribute.call({}, "a", "b")), thrown(() => new (class extends Node {})()),
    thrown(() => WebSocket("wss://a.example/")), thrown(() => new WebSocket("no address at all")), thrown(() => new Worker()),
    thrown(() => document.body.appendChild()), thrown(() => document.body.appendChild(null)),
    thrown(() => document.body.insertBefore(make("p"), make("p"))), thrown(() => document.body.setAttribute("a")),
    thrown(() => document.body.setAttribute("1", "")), thrown(() => navigator.sendBeacon.call({}, "/")),
    thrown(() => Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src").get.call({})),
    thrown(() => Function.prototype.toString.call({})), thrown(() => new XMLHttpRequest().open("GET")),
    thrown(() => make("img").setAttributeNode(null)), thrown(() => new Blob("text")), thrown(() => URL.createObjectURL({})),
  ],
  "odd values": () => {
    const image = new Image();
    const seen = [];
    for (const value of [null, undefined, 7, "", " /a.gif ", new URL("/b.gif", location), { toString: () => "/c.gif" }]) {
      image.src = value;
      image.setAttribute("alt", value);
      seen.push([image.getAttribute("src"), image.src, image.alt]);
    }
    document.body.append(null, 7);
    const box = make("div", { innerHTML: null });
    box.textContent = null;
    box.setAttribute("style", "color:red");
    box.style.cssText += ";width:1px";
    return [seen, box.outerHTML, document.body.lastChild.data];
  },
  // Attributes of all kinds
  "attributes": () => {
    const link = make("a", { href: "/a", ping: "/p", title: "t" });
    const image = make("img");
    image.attributes.setNamedItem(Object.assign(document.createAttribute("alt"), { value: "b" }));
    image.setAttributeNode(Object.assign(document.createAttribute("src"), { value: "/d.gif" }));
    image.attributes.src.value = "/e.gif";
    image.attributes.src.nodeValue += "?1";
    image.srcset = "/a.png 1x,/b,c.png 2x, data:image/png;base64,AA== 3x";
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "use");
    shape.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", "#a");
    shape.href.baseVal = "#b";
    image.removeAttribute("alt");
    image.toggleAttribute("hidden");
    return [link.outerHTML, image.outerHTML, shape.outerHTML, [...image.attributes].map(({ name }) => name)];
  },
  "markup": () => {
    const html = `<p a='1' b=2 c>&lt;x&gt; &amp; <b title="a > b">c</b><script type=t>if (a<b) "<img src='/x'>"</` +
      `script><style>p{background:url(/a.gif)}</style><svg><use href="#x"/></svg><iframe srcdoc="&lt;p&gt;x"></iframe>`;
    const box = put(make("div"));
    box.innerHTML = html;
    box.insertAdjacentHTML("afterbegin", html);
    const parsed = new DOMParser().parseFromString(html, "text/html").body.innerHTML;
    const fragment = document.createRange().createContextualFragment(html);
    const template = make("template", { innerHTML: html });
    put(template.content.cloneNode(true), box);
    return [box.innerHTML, parsed, fragment.textContent, template.innerHTML, box.querySelectorAll("iframe").length];
  },
  "ten thousand elements": () => {
    const list = make("ul");
    for (let count = 0; count < 10000; count++) {
      const item = make("li");
      item.setAttribute("data-n", count);
      item.append(String(count));
      list.append(item);
    }
    return [list.children.length, list.lastChild.outerHTML];
  },
  "custom elements and shadow roots": () => {
    const seen = [];
    class Card extends HTMLElement {
      static observedAttributes = ["src", "data"];
      attributeChangedCallback(name, before, after) { seen.push([name, before, after]) }
      connectedCallback() {
        const root = this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = [new CSSStyleSheet()];
        root.adoptedStyleSheets[0].replaceSync("p{color:rgb(1,2,3)}");
        root.innerHTML = "<p>in</p><slot></slot>";
        seen.push(getComputedStyle(root.querySelector("p")).color);
      }
    }
    customElements.define("x-card", Card);
    const card = make("x-card");
    card.setAttribute("src", "/a");
    card.setAttribute("data", "https://cdn.innocent.example/");
    put(card).innerHTML = "<b>x</b>";
    return [seen, card.outerHTML];
  },
  "mutations and their order": async () => {
    const box = put(make("div"));
    const seen = [];
    new MutationObserver((records) => records.forEach(({ type, attributeName, addedNodes }) => seen.push([type, attributeName, addedNodes.length])))
      .observe(box, { attributes: true, childList: true, subtree: true, characterData: true });
    box.setAttribute("style", "width:1px");
    box.innerHTML = "<i>a</i><img src='/a.gif'>";
    box.firstChild.firstChild.nodeValue = "b";
    box.append(make("img", { src: pixel }), "text");
    queueMicrotask(() => seen.push("microtask"));
    Promise.resolve().then(() => seen.push("promise"));
    await new Promise((done) => setTimeout(done));
    return seen;
  },
  "style sheets": () => {
    const style = put(make("style", { textContent: "#s1{color:rgb(1,1,1)}" }), document.head);
    style.append("#s2{color:rgb(2,2,2)}");
    style.sheet.insertRule("#s3{color:rgb(3,3,3)}");
    style.sheet.cssRules[0].style.color = "rgb(4,4,4)";
    return ["s1", "s2", "s3"].map((id) => getComputedStyle(put(make("p", { id }))).color);
  },
  // Requests
  "fetch and what it takes": async () => {
    const controller = new AbortController();
    const aborted = fetch("/page.json", { signal: controller.signal }).catch((error) => error.name);
    controller.abort();
    const posted = await fetch(new Request("/page.json", { headers: { "x-a": "1" } }));
    const detached = fetch.bind(window), { fetch: same } = window;
    return [await aborted, posted.status, (await (await detached("/page.json")).json()).a, same === fetch, fetch.call(undefined, "/page.json") instanceof Promise];
  },
  "requests that fail": async () => {
    const request = new XMLHttpRequest();
    request.open("GET", "https://cdn.innocent.example:1/");
    const ended = event(request, "load", "error");
    request.send();
    const refused = event(new WebSocket("wss://cdn.innocent.example:1/"), "open", "error");
    return [await ended, request.status, await refused, await fetch("https://cdn.innocent.example:1/").catch((error) => error.name)];
  },
  "XMLHttpRequest at once": () => {
    const request = new XMLHttpRequest();
    request.open("GET", "/page.json", false);
    request.overrideMimeType("application/json");
    request.send();
    return [request.status, JSON.parse(request.responseText).a, request.responseURL.replace(location.origin, "")];
  },
  "beacons": () => {
    const { sendBeacon } = navigator;
    return [navigator.sendBeacon("/page.json"), sendBeacon.call(navigator, "/page.json", new Blob(["x"])), thrown(() => sendBeacon("/page.json"))];
  },
  "images and scripts that load": async () => {
    const image = new Image(3, 4);
    image.src = pixel;
    await image.decode();
    const script = make("script", { src: code("window.ran = (window.ran ?? 0) + 1") });
    const loaded = event(script, "load", "error");
    put(script);
    const broken = event(put(make("script", { src: "/missing.js" })), "load", "error");
    return [image.complete, image.naturalWidth, image.width, await loaded, window.ran, await broken];
  },
  "cookies": async () => {
    document.cookie = "kept=1; path=/; max-age=100";
    document.cookie = "gone=1; path=/";
    document.cookie = "gone=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT";
    document.cookie = "odd";
    document.cookie = "";
    const seen = document.cookie.split("; ").filter((one) => !one.startsWith("__")).sort();
    await window.cookieStore?.set("stored", "2");
    return [seen, (await window.cookieStore?.get("stored"))?.value];
  },
  // Frames and workers
  "frames": async () => {
    const blank = put(make("iframe"));
    const inner = blank.contentWindow;
    inner.document.body.innerHTML = "<b>x</b>";
    const foreign = put(make("iframe", { src: "https://cdn.innocent.example/frame" }));
    await event(foreign, "load");
    const own = put(make("iframe", { srcdoc: "<!doctype html><p id=p>x</p><script>parent.heard = [document.compatMode, p.textContent]</" + "script>" }));
    await event(own, "load");
    const page = put(make("iframe", { src: code("<!doctype html><title>blob</title><script>parent.blob = document.title + document.compatMode</" + "script>", "text/html") }));
    await event(page, "load");
    return [inner.Array !== Array, new inner.Image() instanceof inner.HTMLImageElement, inner.document.body.innerHTML,
      foreign.contentDocument, thrown(() => foreign.contentWindow.document), window.heard, window.blob, page.contentDocument.title,
      window.length > 0, window[0] === frames[0]];
  },
  "document.write": () => {
    const inner = put(make("iframe")).contentDocument;
    inner.open();
    inner.write("<p>1 < 2 & <b", " title='a > b", "'>", "bold</b>");
    inner.write("<i");
    inner.write("d class=x");
    inner.writeln(" data-y>text</i", "d>");
    inner.writeln("<u>last</u>");
    inner.write("");
    inner.close();
    return [inner.body.innerHTML, inner.readyState];
  },
  "document.write that ends in a tag": async () => {
    const inner = put(make("iframe")).contentDocument;
    inner.open();
    inner.write("<p>text</p><b");
    inner.close();
    await new Promise((done) => setTimeout(done, 20));
    return inner.body.innerHTML;
  },
  "workers": async () => {
    const text = "const sum = (a) => a + 1; onmessage = ({ data }) => postMessage([sum(data), typeof importScripts, self.consentmw, location.protocol, fetch.name])";
    const shared = "onconnect = ({ ports: [port] }) => { self.calls = (self.calls ?? 0) + 1; port.onmessage = () => port.postMessage(self.calls) }";
    const address = code(shared);
    const url = code(text);
    const one = new Worker(url);
    URL.revokeObjectURL(url);
    return [await answer(one, 1), await answer(new Worker(code(text), { type: "module", name: "m" }), 2),
      await answer(new Worker("data:text/javascript," + encodeURIComponent(text)), 3),
      await answer(new Worker("data:text/javascript;base64," + btoa(text)), 4), await answer(new Worker("/worker.js"), 5),
      await answer(new SharedWorker(address), 0), await answer(new SharedWorker(address), 0)];
  },
  // Navigation inside the page, as frameworks do it
  "history": () => {
    history.pushState({ a: 1 }, "", "/second");
    const seen = [location.pathname, history.state.a];
    history.replaceState(null, "", "/");
    return [...seen, location.pathname];
  },
  "forms": async () => {
    const name = "target";
    const frame = put(make("iframe", { name }));
    const form = put(make("form", { action: "/page.json", target: name }));
    put(make("input", { name: "action", value: "x" }), form);
    const loaded = event(frame, "load");
    form.submit();
    await loaded;
    const clicked = make("button", { type: "button", onclick: () => (window.clicked = true) });
    clicked.click();
    return [frame.contentWindow.location.search, window.clicked];
  },
};
