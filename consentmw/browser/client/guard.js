// The guard: first in the head of an opted-out visitor's pages, and in what those start.

import { guard, guardBlank } from './realm.js';
import { addStubs } from './stubs.js';

guard(self);
if (self.document) {
  addStubs(self);
  // A browser may give a blank frame another window when it "loads".
  document.addEventListener('load', ({ target }) => guardBlank(/** @type {any} */ (target).contentWindow), true);
}
