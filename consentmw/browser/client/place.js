// Where the script runs (in a page, a frame without an address, or a worker) and with which rules.

/** @type {any} what windows and workers have in common */
const here = self;

/**
 * Left by the files that were loaded just before this one; handed to workers. A file may be of another
 * deployment: should its form ever change, it gets another name to leave it under.
 *
 * @type {CategoryRules[]}
 */
export const categories = handedRules ?? here.consentmw ?? [];
delete here.consentmw;

/** @type {HTMLScriptElement | null | undefined} */
const script = here.document?.currentScript;

/**
 * What a frame without an address starts with: the guard comes first in a document, so all the
 * scripts there are so far are its own. Such a frame inherits the page's policy, and so its nonce.
 */
export const guardElements = [...(here.document?.scripts ?? [])]
  .map(({ src, nonce }) => `<script src="${src}" nonce="${nonce}"></script>`)
  .join('');

/** Of the site; none in a worker that is data. */
export const ownHost = /\/\/([^/:]*)/.exec(script?.src || here.origin)?.[1];

/** Nothing connects to this port (Fetch standard, "bad port"): an error as of the network, and no request. */
export const unreachable = `https://${ownHost}:1/`;

/** @param {string} name  of a file of ours */
export const addressOf = (name) => new URL(name, script?.src).href;

export const base = () => here.document?.baseURI ?? here.location.href;

/**
 * What objects don't tell of themselves: which element an attribute map belongs to, the native
 * function behind one of ours, the tag that a document was written in part, the page in a blob; and
 * which realms are guarded, by an interface of theirs, and which windows were looked at.
 *
 * @type {WeakMap<object, any>}
 */
export const notes = new WeakMap();
