// Names that the site's own code calls although their vendors were suppressed.

import { categories } from './place.js';

/** @type {any} answers whatever it is asked, however deep */
const stub = new Proxy(/** @type {any} */ (() => {}), {
  // Neither a promise nor anything else that has its symbols.
  get: (target, name) => target[name] ?? (name === 'then' || typeof name === 'symbol' ? undefined : stub),
  apply: (_, self, args) => {
    // Pages wait for these: a link is followed, a form sent, once the vendor has counted it.
    for (const value of args) {
      const { event_callback, eventCallback = event_callback, hitCallback = eventCallback } = Object(value);
      if (typeof hitCallback === 'function') setTimeout(hitCallback);
    }
  },
});

/** @param {any} page */
export const addStubs = (page) => {
  for (const { stubs, queues } of categories) {
    for (const name of stubs) page[name] ??= stub;
    for (const name of queues) page[name] ??= [];
  }
};
