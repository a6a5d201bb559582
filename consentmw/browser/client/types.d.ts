/** What the rule files say: one of them for each denied category. */

declare global {
  /** The function that `build.mjs` puts around a whole script. */
  const guardSource: (handedRules?: CategoryRules[]) => void;
  const handedRules: CategoryRules[] | undefined;
  /** A denied category; an address belongs to one category at most. */
  interface CategoryRules {
    category: string;
    /** The site's own file, which decides first, and what is built in. */
    layers: [Layer, Layer];
    /** Names of cookies in the same form, and their ruling; the first that matches decides. */
    cookies: ([string, Ruling] & Read<RegExp>)[];
    /** The address of what a suppressed frame leaves. */
    placeholder: string;
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
  /**
   * Hosts in the form of `fold` in `folding.py`, the ruling of them all, their paths (one a line,
   * `/path#?query`, denied unless a `!` comes first), and how the hosts go on.
   */
  type HostRules = [string, Ruling | null, string?, string?] & Read<PathRules>;
  /** Of a path and its parameters: the rule that denies, `false` where one allows. */
  type PathRules = ((target: [string, string[]]) => string | false | undefined)[];
  type Layer = HostRules[];
  /** What the guard has made of it, kept where JSON doesn't look. */
  type Read<T> = { read?: T };
}

export {};
