// The own script of a site with a policy: what works of the site itself, and what of another host.
window.put = (tag, properties) =>
  new Promise((done) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.onload = () => done("loaded");
    node.onerror = () => done("stopped");
    document.body.append(node);
  });
const socket = (url) =>
  new Promise((done) => {
    try {
      const one = new WebSocket(url);
      one.onopen = () => done("loaded");
      one.onerror = () => done("stopped");
    } catch { done("stopped") }
  });
const got = (url) => fetch(url, { mode: "no-cors" }).then(() => "loaded", () => "stopped");
window.from = async (host) => [
  await put("script", { src: `https://${host}/a.js` }),
  await put("img", { src: `https://${host}/a.gif` }),
  await put("link", { rel: "stylesheet", href: `https://${host}/a.css` }),
  await got(`https://${host}/a.json`),
  await socket(`wss://${host}/socket`),
];
window.works = async () => {
  const worker = new Worker(URL.createObjectURL(new Blob(["postMessage(fetch.name)"])));
  const said = new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
  return {
    nonced: seen.nonced, hashed: seen.hashed, neither: seen.neither,
    styles: ["styled", "hashed"].map((id) => getComputedStyle(document.getElementById(id)).color),
    width: document.getElementById("styled").offsetWidth,
    evaluated: (0, eval)("6 * 7"),
    worker: await said,
    data: await put("img", { src: "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7" }),
    own: [await got("/own.json"), await socket(`wss://${location.host}/socket`), await put("iframe", { src: "/own.json" })],
  };
};
// A frame's own events don't tell whether it was stopped; its requests do.
window.frame = async (host) => {
  const shown = put("iframe", { src: `https://${host}/frame` });
  await Promise.race([shown, new Promise((done) => setTimeout(done, 300))]);
};
