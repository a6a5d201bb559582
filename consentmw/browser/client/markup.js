// Markup and style sheets as text: what is denied is taken out, all else stays as it was written.

import { addressOf, guardElements } from './place.js';
import { suppresses } from './telling.js';

const GRAPHICS = 'script link use image feimage';
/** @type {Record<string, string>} which attributes make which elements ask for something */
const LOADS = {
  src: 'script img iframe frame embed source track input video audio',
  srcset: 'img source',
  imagesrcset: 'link',
  href: GRAPHICS,
  'xlink:href': GRAPHICS,
  data: 'object',
  poster: 'video',
  background: 'body table tr td th',
  ping: 'a area',
  srcdoc: 'iframe',
};

// HTML standard, 13.2.5.32 and after: the attributes of a start tag, in all their quotings.
const TAG = /<([a-z][^\s/>]*)((?:[\s/]*[^\s/>=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?)+)/gi;
const ATTRIBUTE = /([\s/]*)([^\s/>=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))/g;
const RESOURCE = /(url\(\s*["']?|(?:@import|image-set\()\s*["'])([^"')]+)/gi;

/** @param {string} value */
const unescaped = (value) =>
  value
    .replace(/&#(x?)([\da-f]+);?/gi, (_, x, digits) => String.fromCharCode(parseInt(digits, x ? 16 : 10)))
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

/** @param {string} value */
const escaped = (value) => value.replace(/&/g, '&amp;').replace(/"/g, '&quot;');

/** @param {string} text  a style sheet, a rule or the value of a property */
export const cleanStyle = (text) =>
  text.replace(RESOURCE, (whole, before, url) => (suppresses('style', url) ? before + 'about:invalid' : whole));

/** @param {string} name  of an attribute, in lower case */
export const isLoading = (name) => name === 'style' || Object.hasOwn(LOADS, name);

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
  if (!LOADS[name].split(' ').includes(tag)) return value;
  if (name === 'srcdoc') return cleanDocument(value);
  if (name.endsWith('srcset')) {
    const candidates = value.split(/,\s+/);
    const kept = candidates.filter((candidate) => !suppresses(tag, candidate.trim().split(/\s/)[0]));
    return kept.length === candidates.length ? value : kept.join(', ') || null;
  }
  const category = suppresses(tag, value);
  if (!category) return value;
  if (tag !== 'iframe') return null;
  return category.placeholder ? addressOf('frame') : 'about:blank';
};

/** @param {string} html */
const cleanStyles = (html) =>
  html
    .split(/(?=<\/?style)/i)
    .map((part) => (/^<style/i.test(part) ? cleanStyle(part) : part))
    .join('');

/** @param {string} html */
export const cleanMarkup = (html) =>
  cleanStyles(html).replace(TAG, (_, tag, attributes) => {
    const kept = attributes.replace(ATTRIBUTE, (/** @type {string[]} */ ...[written, space, name, a, b, c]) => {
      const attribute = name.toLowerCase();
      if (!isLoading(attribute)) return written;
      const value = unescaped(a ?? b ?? c);
      const clean = cleanValue(tag.toLowerCase(), attribute, value);
      if (clean === value) return written;
      return clean === null ? ' ' : `${space}${name}="${escaped(clean)}"`;
    });
    return '<' + tag + kept;
  });

/** @param {string} html  of a frame without an address: no server puts a guard into it */
const cleanDocument = (html) => {
  const clean = cleanMarkup(html);
  return /<script|\son\w+\s*=/i.test(clean)
    ? clean.replace(/^\s*(<!doctype[^>]*>)?/i, (start) => start + guardElements)
    : clean;
};
