// The guard: first in the head of an opted-out visitor's pages, and in what those start.

import { guard } from './realm.js';
import { addStubs } from './stubs.js';

guard(self);
addStubs(self);
