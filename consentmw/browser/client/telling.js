// What was kept out is told, after the fact: an event for the page, a line for its developer.

import { verdictOfAddress, verdictOfCookie } from './rules.js';

/**
 * @param {string} kind
 * @param {string} what
 * @param {import('./rules.js').Verdict | undefined} verdict
 * @returns {CategoryRules | undefined}  what denies it
 */
const told = (kind, what, verdict) => {
  if (!verdict) return;
  const [{ category, vendors }, rule] = verdict;
  const detail = { kind, what, category, rule, vendor: vendors?.[rule] };
  if (vendors) console.info('suppressed', detail);
  if (self.document) setTimeout(() => document.dispatchEvent(new CustomEvent('consentmw:suppressed', { detail })));
  return verdict[0];
};

/**
 * @param {string} kind  of element, or what was called
 * @param {any} address  as a script writes it, or a `Request`
 */
export const suppresses = (kind, address) => {
  const text = String(address?.url ?? address);
  return told(kind, text, verdictOfAddress(text));
};

/** @param {string} name */
export const suppressesCookie = (name) => told('cookie', name, verdictOfCookie(name));
