// Which addresses and cookies are denied: exactly, by the same walk as the server's catalogue.

import { base, categories, ownHost } from './place.js';

/** @typedef {[CategoryRules, string]} Verdict  what is denied, and by which rule */
/** @typedef {[string, string[]]} Target  decoded: the path, and each `name=value` of the query */

/**
 * @param {string} digits
 * @param {number} radix
 */
export const character = (digits, radix) => String.fromCharCode(parseInt(digits, radix));

/** @param {string} text  of which each byte becomes a character, as it is in the rules */
const decoded = (text) => text.replace(/%([\da-f]{2})/gi, (_, digits) => character(digits, 16));

// `fold` in folding.py says what they stand for.
const SIGNS = "!#&'()+,/:;<=>?@[]^`{|}~";

/** @param {string} folded */
const unfolded = (folded) => {
  let last = '';
  return folded
    .split(/(?=[^\w.*%-])/)
    .map((part) => (last = last.slice(0, SIGNS.indexOf(part[0])) + part.slice(1)));
};

/** @param {string} glob  in which `*` is any run of characters */
const source = (glob) => glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');

/** @param {string} source */
const whole = (source) => RegExp(`^(${source})$`, 's');

/**
 * What a host's rules say of paths, in order.
 *
 * @param {string} lines
 */
const readPaths = (lines) =>
  lines.split('\n').map((line) => {
    const [, allows, path, , query] = /** @type {string[]} */ (/^(!?)([^?]*)(\?(.*))?/s.exec(line));
    // `/*` at the end includes the folder, and at the start the root; `#` is any slashes more.
    const pattern = whole(source(path).replace(/^\/\.\*\//, '.*/').replace(/\/\.\*$/, '(/.*)?').replace('#', '/*'));
    const wanted = (query?.split('&') ?? []).map((parameter) => whole(source(parameter)));
    /** @param {Target} target */
    return ([path, parameters]) =>
      pattern.test(path) && wanted.every((parameter) => parameters.some((given) => parameter.test(given)))
        ? !allows && line.replace('#', '')
        : undefined;
  });

/**
 * Rules by host, whose labels stand from the end: `com.example`. None is the site's own, and `*` any.
 *
 * @param {Layer} layer
 */
const readLayer = (layer) => {
  /** @type {Map<string, HostRules>} */
  const known = new Map();
  for (const rules of layer) {
    for (const begin of unfolded(rules[0])) known.set(begin + (rules[3] ?? ''), rules);
  }
  return known;
};

/** @type {any[] | undefined} each category, its site's and its built-in rules; made when first needed */
let layers;

/**
 * @param {ReturnType<typeof readLayer>} known
 * @param {string[]} hosts  the most exact first
 * @param {Target} target
 * @returns {string | 0 | false | undefined}  the rule that denies, or what is false where one allows
 */
const rulingOf = (known, hosts, target) => {
  for (const host of hosts) {
    const rules = known.get(host.split('.').reverse().join('.'));
    if (!rules) continue;
    for (const path of rules[2] ? (rules.read ??= readPaths(rules[2])) : []) {
      const said = path(target);
      if (said !== undefined) return said && host + said;
    }
    if (rules[1] !== null) return rules[1] && host;
  }
};

/**
 * @param {string} address  as a script writes it
 * @returns {Verdict | undefined}  only where it is denied
 */
export const verdictOfAddress = (address) => {
  let url;
  try {
    url = new URL(address, base());
  } catch {
    return;
  }
  if (!/^(http|ws)/.test(url.protocol)) return;
  const own = url.hostname === ownHost;
  const hosts = url.hostname
    .replace(/\.$/, '')
    .split('.')
    .map((_, place, labels) => labels.slice(place).join('.'));
  /** @type {Target} */
  const target = [
    decoded(url.pathname),
    url.search
      .slice(1)
      .split('&')
      .map((given) => given.replace(/=.*|$/, (value) => '=' + decoded(value.slice(1).replace(/\+/g, ' ')))),
  ];
  layers ??= categories.map((category) => [category, ...category.layers.map(readLayer)]);
  for (const [category, site, builtIn] of layers) {
    const rule =
      rulingOf(site, [...(own ? [''] : []), ...hosts, '*'], target) ??
      // What any host may serve is denied whatever else is known of the host.
      (!own && (rulingOf(builtIn, hosts, target) || rulingOf(builtIn, ['*'], target)));
    if (rule) return [category, rule];
  }
};

/**
 * @param {string} name  of a cookie that a script sets
 * @returns {Verdict | undefined}  only where it is denied
 */
export const verdictOfCookie = (name) => {
  for (const category of categories) {
    const found = category.cookies.find((names) =>
      (names.read ??= whole(unfolded(names[0]).map(decodeURIComponent).map(source).join('|'))).test(name),
    );
    if (found?.[1]) return [category, name];
  }
};
