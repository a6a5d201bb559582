// The service worker: it sees the requests of every page that it controls, whatever causes them.
// A site's own worker may import it; then that one's life and its routes are not ours to settle.

import { categories, ownHost } from './place.js';
import { verdictOfAddress } from './rules.js';

/** @type {any} */
const worker = self;
const ours = worker.location.pathname === worker.consentmwWorker;
delete worker.consentmwWorker;

if (ours) {
  worker.addEventListener('install', (/** @type {any} */ event) => {
    worker.skipWaiting();
    // What would only be passed on doesn't even wake the worker, where the browser knows how.
    const conditions = categories.some(({ ownPaths }) => ownPaths) ? [] : [{ urlPattern: { hostname: ownHost } }];
    event.addRoutes?.(
      [{ requestMode: 'navigate' }, ...conditions].map((condition) => ({ condition, source: 'network' })),
    );
  });
  worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
}
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  if (!verdictOfAddress(event.request.url)) return;
  event.respondWith(Response.error());
  // A worker that imports this one would answer, too.
  event.stopImmediatePropagation();
});
