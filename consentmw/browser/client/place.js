// Where the script runs (in a page, a frame without an address, or a worker) and with which rules.

/** @type {any} what windows and workers have in common */
const here = self;

/** @type {CategoryRules[]} left by the files that were loaded just before this one */
export const categories = here.consentmw ?? [];
/** @type {string | undefined} the path of our service worker, where this runs in one */
export const ownWorker = here.consentmwWorker;
delete here.consentmw;
delete here.consentmwWorker;

// The guard comes first in a document, so all the scripts there are so far are its own.
const scripts = here.document ? [...document.scripts] : [];
const script = /** @type {HTMLScriptElement | null | undefined} */ (here.document?.currentScript);

/** The addresses of the rules and of the script itself; unknown in a worker. */
export const addresses = scripts.map(({ src }) => src);

/** What a frame without an address starts with. It inherits the page's policy, and so its nonce. */
export const guardElements = addresses
  .map((address) => `<script src="${address}" nonce="${script?.nonce ?? ''}"></script>`)
  .join('');

const { protocol, hostname } = new URL(script?.src || here.origin);
export const ownHost = hostname;

/** Nothing connects to this port (Fetch standard, "bad port"): an error as of the network, and no request. */
export const unreachable = `${protocol}//${hostname}:1/`;

/** @param {string} name  of a file of ours */
export const addressOf = (name) => new URL(name, script?.src).href;

export const base = () => here.document?.baseURI ?? here.origin;
