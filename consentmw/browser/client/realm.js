// One realm (a window, a blank frame's window, a worker) with its interfaces under guard.

import { cleanMarkup, cleanStyle, cleanValue, isLoading } from './markup.js';
import { addresses, unreachable } from './place.js';
import { suppresses, suppressesCookie } from './telling.js';

/** @type {WeakSet<object>} realms, by an interface of theirs, and windows that were looked at */
const guarded = new WeakSet();
/** @type {WeakMap<object, any>} elements by their attribute maps, which don't tell */
const owners = new WeakMap();
/** @type {Map<string, Blob>} */
const blobs = new Map();

/** @type {any} */
let policy;
try {
  const keep = (/** @type {string} */ text) => text;
  policy = /** @type {any} */ (self).trustedTypes.createPolicy('consentmw', { createHTML: keep, createScriptURL: keep });
} catch {
  // No trusted types here, or the page's list lacks the name; then a changed text is refused.
}

const { createObjectURL } = URL;
const done = () => {};
const failed = () => Promise.reject(new TypeError('Failed to fetch'));

/**
 * @typedef {(args: any[], self: any) => unknown} Before
 *   may change the arguments; a function that it returns answers instead
 * @typedef {(result: any, self: any, args: any[]) => void} After
 */

/** @param {any} realm  a window or a worker's global object */
export const guard = (realm) => {
  /**
   * Puts something in front of functions and setters, or behind them and getters. A proxy still
   * looks, prints and inherits as they do.
   *
   * @param {string} interfaces
   * @param {string} names
   * @param {Before | undefined} before
   * @param {After} [after]
   * @param {'get'} [getter]
   */
  const intercept = (interfaces, names, before, after, getter) => {
    for (const owner of interfaces.split(' ').flatMap((name) => (name ? [realm[name], realm[name]?.prototype] : realm))) {
      for (const name of owner ? names.split(' ') : []) {
        const property = Object.getOwnPropertyDescriptor(owner, name);
        const kind = getter ?? (property?.set ? 'set' : 'value');
        if (!property?.configurable || !property[kind]) continue;
        /**
         * @param {any[]} args
         * @param {any} self
         * @param {() => any} proceed
         */
        const run = (args, self, proceed) => {
          const answer = before?.(args, self);
          if (typeof answer === 'function') return answer();
          const result = proceed();
          after?.(result, self, args);
          return result;
        };
        property[kind] = new Proxy(property[kind], {
          apply: (native, self, args) => run(args, self, () => Reflect.apply(native, self, args)),
          construct: (native, args, target) => run(args, self, () => Reflect.construct(native, args, target)),
        });
        Object.defineProperty(owner, name, property);
      }
    }
  };

  /**
   * Changes an argument that is text or a trusted type; what needs no change stays what it is.
   *
   * @param {any[]} args
   * @param {number} place
   * @param {(text: string) => string} clean
   */
  const change = (args, place, clean) => {
    const value = args[place];
    if (value === null || value === undefined) return;
    const text = String(value);
    const kept = clean(text);
    if (kept !== text) args[place] = policy && typeof value === 'object' ? policy.createHTML(kept) : kept;
  };

  /**
   * @param {any} element
   * @param {any} name
   * @param {any[]} args
   * @param {number} place  of the value
   * @returns {void | (() => void)}
   */
  const write = (element, name, args, place) => {
    const attribute = String(name).toLowerCase();
    if (!element || !isLoading(attribute)) return;
    let kept;
    change(args, place, (text) => (kept = cleanValue(element.localName.toLowerCase(), attribute, text)) ?? text);
    if (kept !== null) return;
    // As after any request that failed: code that waits for the one or the other goes on.
    setTimeout(() => element.dispatchEvent(new Event('error')));
    return done;
  };

  const guardFrames = () => {
    for (let place = 0; place < realm.length; place++) {
      const inner = realm[place];
      // Asking another origin's window for anything is slow, and one look at each frame is enough.
      if (guarded.has(inner)) continue;
      guarded.add(inner);
      guardBlank(inner);
    }
  };

  // Attributes as properties.
  for (const [elements, names] of [
    ['Script Image Embed Source Track Input Media IFrame Frame', 'src'],
    ['Image Source', 'srcset'],
    ['Link', 'href imageSrcset'],
    ['Object', 'data'],
    ['Video', 'poster'],
    ['Body', 'background'],
    ['Anchor Area', 'ping'],
    ['IFrame', 'srcdoc'],
  ]) {
    for (const name of names.split(' ')) {
      intercept(elements.replace(/\w+/g, 'HTML$&Element'), name, (args, self) => write(self, name, args, 0));
    }
  }
  intercept('SVGAnimatedString', 'baseVal', ([value]) => suppresses('image', value) && done);

  // Attributes as such.
  intercept('Element', 'setAttribute', (args, self) => write(self, args[0], args, 1));
  intercept('Element', 'setAttributeNS', (args, self) => write(self, args[1], args, 2));
  /** @type {Before} */
  const attach = ([node], self) => {
    const args = [node.value];
    const answer = write(owners.get(self) ?? self, node.name, args, 0);
    if (args[0] !== node.value) node.value = args[0];
    return answer;
  };
  intercept('Element', 'setAttributeNode setAttributeNodeNS', attach);
  intercept('NamedNodeMap', 'setNamedItem setNamedItemNS', attach);
  intercept('Element', 'attributes', undefined, (map, self) => owners.set(map, self), 'get');

  // Text: of attributes and of style sheets.
  /** @type {Before} */
  const setText = (args, self) =>
    self.localName === 'style' ? change(args, 0, cleanStyle) : write(self.ownerElement, self.name, args, 0);
  intercept('Attr', 'value', setText);
  intercept('Node', 'nodeValue textContent', setText);
  intercept('HTMLElement', 'innerText', setText);

  // Markup.
  /** @param {number} place */
  const parse = (place) => (/** @type {any[]} */ args, /** @type {any} */ self) =>
    change(args, place, self.localName === 'style' ? cleanStyle : cleanMarkup);
  intercept('Element ShadowRoot', 'innerHTML outerHTML setHTML setHTMLUnsafe', parse(0), guardFrames);
  intercept('Element', 'insertAdjacentHTML', parse(1), guardFrames);
  intercept('Range', 'createContextualFragment', parse(0));
  intercept('DOMParser', 'parseFromString', parse(0));
  intercept('Document', 'parseHTML parseHTMLUnsafe', parse(0));
  intercept(
    'Document',
    'write writeln',
    (args) => {
      const written = args.join('');
      const clean = cleanMarkup(written);
      if (clean === written) return;
      args.length = 1;
      change(args, 0, () => clean);
    },
    guardFrames,
  );

  // Style sheets and declarations. Firefox has the properties on the prototype; in Chromium each
  // declaration has its own, out of reach.
  /** @type {Before} */
  const style = (args) =>
    args.forEach((arg, place) => typeof arg === 'string' && change(args, place, cleanStyle));
  intercept('CSSStyleSheet CSSGroupingRule', 'insertRule addRule replace replaceSync', style);
  intercept('CSSStyleDeclaration', 'setProperty cssText', style);
  intercept('CSSStyleProperties CSS2Properties', 'background backgroundImage background-image content', style);
  intercept('StylePropertyMap', 'set append', style);
  intercept('', 'FontFace', style);

  // Nodes: text into style sheets, and frames, whose windows are there once they are inserted.
  intercept(
    'Node Element Document DocumentFragment CharacterData Range',
    'appendChild insertBefore replaceChild append prepend replaceChildren before after replaceWith insertAdjacentElement insertNode',
    (args, self) => {
      if (self.localName !== 'style') return;
      style(args, self);
      for (const node of args) if (node?.nodeType === 3) node.data = cleanStyle(node.data);
    },
    guardFrames,
  );
  intercept('HTMLIFrameElement HTMLFrameElement HTMLObjectElement', 'contentWindow contentDocument', undefined, guardBlank, 'get');
  intercept('', 'open', undefined, guardBlank);

  // Requests as such.
  /** @type {Before} */
  const fetches = ([input]) => suppresses('fetch', input) && failed;
  intercept(' WorkerGlobalScope', 'fetch fetchLater', fetches);
  intercept('Cache', 'add', fetches);
  intercept('Worklet', 'addModule', fetches);
  /** @param {number} place */
  const fail = (place) => (/** @type {any[]} */ args) => {
    if (suppresses('request', args[place])) args[place] = unreachable;
  };
  intercept('XMLHttpRequest', 'open', fail(1));
  intercept(' WorkerGlobalScope', 'EventSource WebSocket WebSocketStream WebTransport Audio importScripts', fail(0));
  intercept('Navigator', 'sendBeacon', ([input]) => suppresses('beacon', input) && (() => true));
  // What a script sends into a frame is a request like any other; a visitor's own form isn't.
  intercept('HTMLFormElement', 'submit', (_, { target, action }) => /^[^_]/.test(target) && suppresses('form', action) && done);

  // Workers without a file of their own start with the guard.
  intercept('URL', 'createObjectURL', undefined, (url, _, [object]) => {
    if (object instanceof Blob) blobs.set(url, object);
  });
  intercept('URL', 'revokeObjectURL', ([url]) => void blobs.delete(String(url)));
  intercept('', 'Worker SharedWorker', (args) => {
    const blob = blobs.get(String(args[0]));
    if (!blob || args[1]?.type === 'module') return;
    const start = `try{importScripts(...${JSON.stringify(addresses)})}catch{}\n`;
    const url = createObjectURL(new Blob([start, blob], { type: blob.type }));
    args[0] = policy && typeof args[0] === 'object' ? policy.createScriptURL(url) : url;
  });

  // Cookies: one that is set, not one that is deleted.
  intercept('Document', 'cookie', ([value]) => {
    const [, name, attributes] = /^([^=;]*)([^]*)/.exec(value) ?? [];
    const [, expires] = /expires\s*=([^;]+)/i.exec(attributes) ?? [];
    const deletes = /max-age\s*=\s*(0|-)/i.test(attributes) || Date.parse(expires) < Date.now();
    return !deletes && suppressesCookie(name.trim()) && done;
  });
  intercept('CookieStore', 'set', ([name]) => suppressesCookie(name?.name ?? name) && (() => Promise.resolve()));
};

/** @param {any} found  the window or document of a frame; guarded if it has no address of its own */
export const guardBlank = (found) => {
  try {
    const realm = found.defaultView ?? found;
    if (realm.location.protocol === 'about:' && !guarded.has(realm.Node)) {
      guarded.add(realm.Node);
      guard(realm);
    }
  } catch {
    // Another origin's window, or none.
  }
};
