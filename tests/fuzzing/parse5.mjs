// Parses pages with parse5 for fuzzing/node.py: one JSON line in, one JSON line out.
// The first argument is a folder in which `npm install parse5` has been run.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2]) + "/");
const { parse } = await import(pathToFileURL(require.resolve("parse5")));

const spaces = {
  "http://www.w3.org/1999/xhtml": "html",
  "http://www.w3.org/2000/svg": "svg",
  "http://www.w3.org/1998/Math/MathML": "math",
};
const withText = new Set(["script", "style", "noscript"]);

function flatten(root) {
  const out = [];
  const todo = [[root, -1, false]];
  while (todo.length) {
    const [node, parent, inert] = todo.pop();
    let index = parent;
    let below = inert;
    if (node.tagName) {
      index = out.length;
      const attributes = {};
      for (const { prefix, name, value } of node.attrs) {
        attributes[prefix ? `${prefix}:${name}` : name] = value;
      }
      const at = node.sourceCodeLocation;
      const tag = at && (at.startTag ?? at);
      const text = withText.has(node.tagName)
        ? node.childNodes.map((child) => child.value ?? "").join("")
        : "";
      out.push([
        spaces[node.namespaceURI], node.tagName, attributes, parent, inert, text,
        tag ? [tag.startOffset, tag.endOffset] : null,
        at && at.endTag ? [at.endTag.startOffset, at.endTag.endOffset] : null,
      ]);
      if (node.content) {
        const mode = (attributes.shadowrootmode ?? "").toLowerCase();
        todo.push([node.content, index, inert || !(mode === "open" || mode === "closed")]);
      }
    }
    for (const child of [...(node.childNodes ?? [])].reverse()) todo.push([child, index, below]);
  }
  return out;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { text, scripting } = JSON.parse(line);
  const page = parse(text, { sourceCodeLocationInfo: true, scriptingEnabled: scripting });
  process.stdout.write(JSON.stringify(flatten(page)) + "\n");
}
