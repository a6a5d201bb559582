// Makes the served files of the sources: `npm ci && npm run build` in this folder.
// With --check nothing is written; it fails if what is there isn't what the sources give.

import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { minify } from 'terser';

const here = new URL('.', import.meta.url);
const check = process.argv.includes('--check');

for (const name of ['guard', 'register', 'retired', 'signal', 'worker']) {
  const { outputFiles } = await build({
    entryPoints: [new URL(`${name}.js`, here).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    write: false,
  });
  // One function around it all, by whose name the guard finds what to put into workers.
  const { code } = await minify(`(function guardSource(handedRules) { 'use strict'; ${outputFiles[0].text} })();`, {
    ecma: 2020,
    compress: { passes: 6, unsafe_arrows: true, pure_getters: true },
    format: { ascii_only: true },
  });
  const target = new URL(`../static/${name}.js`, here);
  const made = `${code}\n`;
  if (!check) await writeFile(target, made);
  else if ((await readFile(target, 'utf8')) !== made) {
    console.error(`static/${name}.js isn't what its sources give: npm run build`);
    process.exitCode = 1;
  }
}
