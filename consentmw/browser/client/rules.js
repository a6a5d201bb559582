// Which addresses and cookies are denied: exactly, by the same walk as the server's catalogue.

import { base, categories, ownHost } from './place.js';

/** @typedef {{ category: CategoryRules, rule: string }} Verdict  what is denied, and by which rule */
/** @typedef {Map<string, [Ruling | null, PathRule[]?]>} Hosts  by their labels from the end: `com.example` */

/**
 * @param {Layer} layer
 * @returns {Hosts}
 */
const readLayer = (layer) => {
  const hosts = new Map();
  for (const [text, ...said] of layer) {
    let host = '';
    // `B` and what follows: the first character of the one before, and this.
    for (const part of text.split(/(?=[A-Z])/)) {
      host = host.slice(0, part.charCodeAt(0) - 65) + part.slice(1);
      hosts.set(host, said);
    }
  }
  return hosts;
};

const layers = categories.map((category) => ({
  category,
  site: readLayer(category.site),
  builtIn: readLayer(category.builtIn),
}));

/** @param {string} globs  one a line; in each, `*` is any run of characters */
const pattern = (globs) =>
  RegExp(`^(${globs.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\n/g, '|')})$`, 's');

/** @param {string} path */
const decoded = (path) => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/**
 * @param {string} glob  `/*` at its end includes the folder, and at its start the root
 * @param {string} path
 */
const matchesPath = (glob, path) => {
  if (glob.startsWith('/*/')) path = '/' + path;
  const whole = pattern(glob);
  return (
    whole.test(path) ||
    (path.endsWith('/') ? whole.test(path.replace(/\/+$/, '')) : glob.endsWith('/*') && whole.test(path + '/'))
  );
};

/**
 * @param {string} wanted
 * @param {URLSearchParams} given
 */
const matchesQuery = (wanted, given) =>
  [...new URLSearchParams(wanted)].every(([name, value]) => given.getAll(name).some((text) => pattern(value).test(text)));

/** @param {string} host */
const reversed = (host) => host.split('.').reverse().join('.');

/**
 * @param {Hosts} hosts
 * @param {string} host  its labels from the end
 * @param {URL} url
 * @returns {[Ruling, string] | undefined}
 */
const rulingOfHost = (hosts, host, url) => {
  const [ruling, paths] = hosts.get(host) ?? [null];
  const found = paths?.find(
    ([glob, query]) => matchesPath(glob, decoded(url.pathname)) && matchesQuery(query, url.searchParams),
  );
  if (found) return [found[2], reversed(host) + found[0] + (found[1] && '?' + found[1])];
  if (ruling !== null) return [ruling, reversed(host)];
};

/**
 * @param {Hosts} hosts
 * @param {URL} url
 */
const rulingOf = (hosts, url) => {
  let host = reversed(url.hostname.replace(/\.$/, ''));
  for (; host; host = host.replace(/(^|\.)[^.]*$/, '')) {
    const found = rulingOfHost(hosts, host, url);
    if (found) return found;
  }
  return rulingOfHost(hosts, '*', url);
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
  for (const { category, site, builtIn } of layers) {
    const found =
      (own && rulingOfHost(site, '', url)) || rulingOf(site, url) || (own ? undefined : rulingOf(builtIn, url));
    if (found?.[0]) return { category, rule: found[1] };
  }
};

/**
 * @param {string} name  of a cookie that a script sets
 * @returns {Verdict | undefined}  only where it is denied
 */
export const verdictOfCookie = (name) => {
  for (const category of categories) {
    if (category.cookies.find(([names]) => pattern(names).test(name))?.[1]) return { category, rule: name };
  }
};
