// Markup and style sheets as text: what is denied is taken out, all else stays as it was written.

import { addressOf, guardElements, notes } from './place.js';
import { character } from './rules.js';
import { suppresses } from './telling.js';

// HTML standard, 13.2.5.32 and after: how a tag begins, its end, and attributes in all their quotings.
const PIECE = /<([a-z][^\s/>]*)|>|([\s/]*)([^\s/>=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))/gi;
const RESOURCE = /(url\(\s*["']?|(?:@import|image-set\()\s*["'])([^"')]+)/gi;

/** @param {string} value */
const unescaped = (value) =>
  value
    .replace(/&#(x?)([\da-f]+);?/gi, (_, x, digits) => character(digits, x ? 16 : 10))
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

/** @param {string} value */
const escaped = (value) => value.replace(/[&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {string} text  a style sheet, a rule or the value of a property */
export const cleanStyle = (text) =>
  text.replace(RESOURCE, (whole, before, url) => (suppresses('style', url) ? before + 'about:invalid' : whole));

/**
 * Whether an attribute makes an element ask for something, or may do so.
 *
 * @param {string} tag
 * @param {string} name  in lower case
 */
export const isLoading = (tag, name) =>
  / (style|src(set|doc)?|imagesrcset|poster|background|ping)$|^object data$|^(?!a |area |base ).*[ :]href$/.test(
    `${tag} ${name}`,
  );

/**
 * What an attribute that `isLoading` may be.
 *
 * @param {string} tag
 * @param {string} name
 * @param {string} value
 * @returns {string | null}  `null` where nothing of it may stay
 */
export const cleanValue = (tag, name, value) => {
  if (name === 'style') return cleanStyle(value);
  if (name === 'srcdoc') return cleanDocument(value);
  if (name.endsWith('srcset')) {
    // HTML standard, "parse a srcset attribute": a URL doesn't end in a comma, and no description has one.
    const kept = value.replace(/[\s,]*(\S*[^\s,])[^,]*/g, (candidate, url) => (suppresses(tag, url) ? '' : candidate));
    return value && (kept || null);
  }
  const category = suppresses(tag, value);
  if (!/frame$/.test(tag)) return category ? null : value;
  if (category) return addressOf(category.placeholder);
  return standIn(value, (page) => page.trim && [cleanDocument(page)]);
};

/** @type {string | undefined} the tag in which the last markup ended, if it did in one */
export let unfinishedTag;

/** @param {string} html */
export const cleanMarkup = (html) => {
  /** @type {string | undefined} */
  let tag;
  const clean = html
    .replace(/<style.*?(<\/style|$)/gis, cleanStyle)
    .replace(PIECE, (written, begins, space, name, a, b, c) => {
      const attribute = name?.toLowerCase();
      if (!name) tag = begins?.toLowerCase();
      else if (tag && isLoading(tag, attribute)) {
        const value = unescaped(a ?? b ?? c);
        const clean = cleanValue(tag, attribute, value);
        if (clean === null) return ' ';
        if (clean !== value) return `${space}${name}="${escaped(clean)}"`;
      }
      return written;
    });
  unfinishedTag = tag;
  return clean;
};

/** @param {string} html  of a frame without an address: no server puts a guard into it */
export const cleanDocument = (html) => {
  const clean = cleanMarkup(html);
  return /<script|\son\w+\s*=/i.test(clean)
    ? clean.replace(/^\s*(<!doctype[^>]*>)?/i, (start) => start + guardElements)
    : clean;
};

/** @type {Map<string, any>} blobs by address, or the address of what stands in for them */
export const blobs = new Map();

/**
 * The address of another blob, or of other data, with the guard in it. It is always the same, as
 * workers may be shared. An address of a trusted type stays as it is.
 *
 * @param {any} address
 * @param {(content: any) => any} wrap  text where it is known, else a blob; a list, or nothing
 */
export const standIn = (address, wrap) => {
  let found = blobs.get(address);
  if (found instanceof Blob) {
    const content = wrap(notes.get(found) ?? found);
    if (content) blobs.set(address, (found = URL.createObjectURL(new Blob(content, found))));
  }
  if (found?.trim) return found;
  try {
    const [, head, data] = /** @type {any} */ (/^(data:(?![^,]*base64)[^,]*,)(.*)/s.exec(address));
    const text = decodeURIComponent(data);
    const content = wrap(text).join('');
    return content === text ? address : head + encodeURIComponent(content);
  } catch {
    // No data, or none that can be read.
    return address;
  }
};
