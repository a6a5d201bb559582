/** What the rule files say: one of them for each denied category. */

declare global {
  /** A denied category; an address belongs to one category at most. */
  interface CategoryRules {
    category: string;
    /** The site's own file, which decides first. */
    site: Layer;
    builtIn: Layer;
    /** Names of cookies, one a line, and their ruling; the first that matches decides. */
    cookies: [string, Ruling][];
    /** Whether a suppressed frame leaves a placeholder. */
    placeholder: boolean;
    /** Whether the site's file says anything of paths of its own host. */
    ownPaths: boolean;
    /** Names that pages call, and queues that they push to. */
    stubs: string[];
    queues: string[];
    /** Rules and their vendors, in debug mode only. */
    vendors?: Record<string, string>;
  }
  /** Whether denied. */
  type Ruling = 0 | 1;
  /** Glob of the path, pattern of the query, ruling. */
  type PathRule = [string, string, Ruling];
  /** Hosts in the form of `_joined` in `rules.py`, the ruling of them all, and their paths. */
  type Layer = [string, Ruling | null, PathRule[]?][];
}

export {};
