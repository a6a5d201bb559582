// What our service worker's address serves where there is nothing for it to do: it removes itself.
// A site's own worker that imports it stays as it is.

/** @type {any} */
const worker = self;
const ours = worker.location.pathname === worker.consentmwWorker;
delete worker.consentmwWorker;

if (ours) {
  worker.addEventListener('install', () => worker.skipWaiting());
  worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(worker.registration.unregister()));
}
