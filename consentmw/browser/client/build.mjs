// Makes the served files of the sources: `npm ci && npm run build` in this folder.
// With --check nothing is written; it fails if what is there isn't what the sources give.

import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url);
const check = process.argv.includes('--check');

for (const name of ['guard', 'register', 'retired', 'signal', 'worker']) {
  const { outputFiles } = await build({
    entryPoints: [new URL(`${name}.js`, here).pathname],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    write: false,
  });
  const target = new URL(`../static/${name}.js`, here);
  const made = outputFiles[0].text;
  if (!check) await writeFile(target, made);
  else if ((await readFile(target, 'utf8')) !== made) {
    console.error(`static/${name}.js isn't what its sources give: npm run build`);
    process.exitCode = 1;
  }
}
