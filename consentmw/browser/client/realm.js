// One realm (a window, a blank frame's window, a worker) with its interfaces under guard.

import { blobs, cleanMarkup, cleanStyle, cleanValue, isLoading, standIn, unfinishedTag } from './markup.js';
import { categories, notes, unreachable } from './place.js';
import { suppresses, suppressesCookie } from './telling.js';

/** @type {any} */
let policy;
try {
  policy = /** @type {any} */ (self).trustedTypes.createPolicy('consentmw', { createHTML: (/** @type {string} */ text) => text });
} catch {
  // No trusted types here, or the page's list lacks the name; then a changed text is refused.
}

const { toString } = Function.prototype;
/** @param {any} object  noted with this */
const isNew = (object) => !notes.has(object) && notes.set(object, true);
const done = () => {};
const failed = async () => {
  throw new TypeError('Failed to fetch');
};

/**
 * @typedef {(args: any[], self: any, name: string) => unknown} Before
 *   may change the arguments; a function that it returns answers instead
 * @typedef {(result: any, self: any, args: any[]) => unknown} After
 */

/** @param {any} realm  a window or a worker's global object */
export const guard = (realm) => {
  /**
   * Puts something in front of functions and setters, or behind them and getters. A proxy still
   * looks and inherits as they do.
   *
   * @param {string} interfaces
   * @param {string} names
   * @param {Before | undefined} before
   * @param {After} [after]
   */
  const intercept = (interfaces, names, before, after) => {
    const owners = interfaces
      .split(' ')
      .flatMap((name) => [realm[name], realm[name]?.prototype, realm[`HTML${name}Element`]?.prototype]);
    for (const owner of new Set(owners)) {
      for (const name of names.split(' ')) {
        const property = owner && Object.getOwnPropertyDescriptor(owner, name);
        if (!property?.configurable) continue;
        const kind = before && property.set ? 'set' : property.get ? 'get' : 'value';
        const native = property[kind];
        /**
         * @param {any[]} args
         * @param {any} self
         * @param {() => any} proceed
         */
        const run = (args, self, proceed) => {
          const answer = before?.(args, self, name);
          const result = (typeof answer === 'function' ? answer : proceed)();
          after?.(result, self, args);
          return result;
        };
        const proxy = (property[kind] = new Proxy(native, {
          apply: (native, self, args) => run(args, self, () => Reflect.apply(native, self, args)),
          construct: (native, args, target) => run(args, self, () => Reflect.construct(native, args, target)),
        }));
        notes.set(proxy, native);
        Object.defineProperty(owner, name, property);
      }
    }
  };

  /**
   * Text in the place of a text or of a trusted type.
   *
   * @param {string} text
   * @param {any} value
   */
  const like = (text, value) => (policy && typeof value === 'object' ? policy.createHTML(text) : text);

  /**
   * Changes an argument that is text or a trusted type; what needs no change stays what it is.
   *
   * @param {any[]} args
   * @param {number} place
   * @param {(text: string) => string} clean
   */
  const change = (args, place, clean) => {
    const value = args[place];
    const text = String(value);
    const kept = clean(text);
    if (kept !== text) args[place] = like(kept, value);
  };

  /**
   * @param {any} element
   * @param {any} name
   * @param {any[]} args
   * @param {number} place  of the value
   * @returns {void | (() => void)}
   */
  const write = (element, name, args, place) => {
    const attribute = `${name}`.toLowerCase();
    const tag = element?.localName.toLowerCase();
    if (!tag || !isLoading(tag, attribute)) return;
    let kept;
    change(args, place, (text) => (kept = cleanValue(tag, attribute, text)) ?? text);
    if (kept === null) {
      // As after any request that failed: code that waits for the one or the other goes on.
      setTimeout(() => element.dispatchEvent(new Event('error')));
      return done;
    }
  };

  const guardFrames = () => {
    for (let place = 0; place < realm.length; place++) {
      // Asking another origin's window for anything is slow, and one look at each frame is enough.
      if (isNew(realm[place])) guardBlank(realm[place]);
    }
  };

  intercept('Function', 'toString', (_, self) => notes.has(self) && (() => toString.call(notes.get(self))));

  // Attributes, as properties and as such.
  intercept(
    'Script Image Embed Source Track Input Media IFrame Frame Link Object Video Body Anchor Area',
    'src srcset href imageSrcset data poster background ping srcdoc',
    (args, self, name) => write(self, name, args, 0),
  );
  intercept('Element', 'setAttribute setAttributeNS', (args, self, name) => {
    const place = name === 'setAttribute' ? 1 : 2;
    return write(self, args[place - 1], args, place);
  });
  intercept(
    'Element NamedNodeMap',
    'setAttributeNode setAttributeNodeNS setNamedItem setNamedItemNS',
    ([node], self) => {
      const args = [node.value];
      const answer = write(notes.get(self) ?? self, node.name, args, 0);
      node.value = args[0];
      return answer;
    },
  );
  intercept('Element', 'attributes', undefined, (map, self) => notes.set(map, self));

  // Text: of attributes and of style sheets.
  intercept('Attr Node ', 'value nodeValue textContent innerText', (args, self) =>
    self.localName === 'style' ? change(args, 0, cleanStyle) : write(self.ownerElement, self.name, args, 0),
  );

  // Markup.
  intercept(
    'Element ShadowRoot Range DOMParser Document',
    'innerHTML outerHTML setHTML setHTMLUnsafe insertAdjacentHTML createContextualFragment parseFromString parseHTML parseHTMLUnsafe',
    (args, self, name) => change(args, +/^insert/.test(name), self.localName === 'style' ? cleanStyle : cleanMarkup),
    guardFrames,
  );
  const native = realm.Document?.prototype.write;
  intercept(
    'Document',
    'write writeln',
    (args, self, name) => {
      const written = (notes.get(self) ?? '') + args.join('') + (name === 'write' ? '' : '\n');
      const clean = cleanMarkup(written);
      if (clean === written && !unfinishedTag && !notes.has(self)) return;
      // A tag may come in pieces. The rest of one comes with the next piece, or when the script is done.
      const end = unfinishedTag ? clean.lastIndexOf('<') : clean.length;
      const put = (/** @type {string} */ text) => native.call(self, like(text, args[0]));
      notes.set(self, clean.slice(end));
      queueMicrotask(() => {
        const rest = notes.get(self);
        notes.delete(self);
        if (rest) put(rest);
      });
      return () => put(clean.slice(0, end));
    },
    guardFrames,
  );
  intercept('Document', 'open close', (_, self) => notes.delete(self));

  // Style sheets and declarations. Firefox has the properties on the prototype; in Chromium each
  // declaration has its own, out of reach.
  /** @type {Before} */
  const style = (args) =>
    args.forEach((arg, place) => arg?.trim && change(args, place, cleanStyle));
  intercept(
    'self CSSStyleSheet CSSGroupingRule CSSStyleDeclaration CSSStyleProperties StylePropertyMap',
    'FontFace insertRule addRule replace replaceSync setProperty cssText background backgroundImage set append',
    style,
  );

  // An image of a style is asked for once that is computed; until then what was handed out can be looked at.
  intercept('CSSStyleRule SVGElement ', 'style', undefined, (declaration) => {
    if (!isNew(declaration)) return;
    queueMicrotask(() => {
      notes.delete(declaration);
      const { cssText } = declaration;
      const kept = cleanStyle(cssText);
      if (kept !== cssText) declaration.cssText = kept;
    });
  });

  // Nodes: text into style sheets, and frames, whose windows are there once they are inserted.
  intercept(
    'Node Element Document DocumentFragment CharacterData Range',
    'appendChild insertBefore replaceChild append prepend replaceChildren before after replaceWith insertAdjacentElement insertNode',
    (args, self) => {
      if (self.localName !== 'style') return;
      style(args, self, '');
      for (const node of args) if (node?.nodeType === 3) node.data = cleanStyle(node.data);
    },
    guardFrames,
  );
  intercept('self IFrame Frame Object', 'open contentWindow contentDocument', undefined, guardBlank);

  // Requests as such.
  /** @returns {Before} */
  const answer = (/** @type {() => any} */ answer) => ([input], _, name) => suppresses(name, input) && answer;
  intercept('SVGAnimatedString', 'baseVal', answer(done));
  intercept('self WorkerGlobalScope Cache Worklet', 'fetch fetchLater add addModule', answer(failed));
  intercept('Navigator', 'sendBeacon', answer(() => true));
  /** @returns {Before} */
  const fail = (/** @type {number} */ place) => (args, _, name) => {
    if (suppresses(name, args[place])) args[place] = unreachable;
  };
  intercept('XMLHttpRequest', 'open', fail(1));
  intercept('self WorkerGlobalScope', 'EventSource WebSocket WebSocketStream WebTransport Audio importScripts', fail(0));
  // What a script sends into a frame is a request like any other; a visitor's own form isn't.
  intercept(
    'Form ',
    'submit requestSubmit click',
    (_, { target, action, href = action }, name) => target && /^[^_]/.test(target) && suppresses(name, href) && done,
  );

  // Workers and frames without a file of their own start with the guard.
  intercept('self', 'Blob', undefined, (blob, _, [list]) => {
    if (/^text.html/.test(blob.type) && list?.every?.((/** @type {any} */ part) => part.trim)) notes.set(blob, list.join(''));
  });
  intercept('URL', 'createObjectURL', undefined, (url, _, [object]) => blobs.set(url, object));
  intercept('URL', 'revokeObjectURL', ([url]) => blobs.delete(url));
  intercept('self', 'Worker SharedWorker', (args) => {
    if (args.length) args[0] = standIn(args[0], (code) => [`(${guardSource})(${JSON.stringify(categories)});`, code]);
  });

  // Cookies: one that is set, not one that is deleted.
  intercept('Document', 'cookie', ([value]) => {
    const [, name, attributes] = /** @type {string[]} */ (/^([^=;]*)[^;]*(.*)/s.exec(value));
    return (
      !/max-age\s*=\s*(0|-)/i.test(attributes) &&
      !(Date.parse(/** @type {any} */ (/expires\s*=([^;]+)/i.exec(attributes)?.[1])) < Date.now()) &&
      suppressesCookie(name.trim()) &&
      done
    );
  });
  intercept('CookieStore', 'set', ([name]) => suppressesCookie(name?.name ?? name) && (async () => {}));
};

/** @param {any} found  the window or document of a frame; guarded if it has no address of its own */
const guardBlank = (found) => {
  try {
    const realm = found?.defaultView ?? found;
    if (realm?.location.protocol === 'about:' && isNew(realm.Node)) guard(realm);
  } catch {
    // Another origin's window.
  }
};
