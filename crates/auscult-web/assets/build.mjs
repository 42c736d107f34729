// Builds dist/: style sheet, script and mark under names that change with their content, and a manifest.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const result = await build({
  entryPoints: { auscult: `${here}ts/main.ts` },
  bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none', write: false, outdir: dist,
});
const css = await build({ entryPoints: [`${here}auscult.css`, `${here}more.css`], minify: true, write: false, outdir: dist });
const sheets = Object.fromEntries(css.outputFiles.map((file) => [file.path.split('/').pop(), file.text]));
const outputs = {
  'auscult.js': result.outputFiles[0].text,
  'auscult.css': sheets['auscult.css'] + sheets['more.css'],
  'mark.svg': await readFile(`${here}mark.svg`, 'utf8'),
};
await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) await rm(dist + old);
const manifest = {};
for (const [name, text] of Object.entries(outputs)) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const file = name.replace('.', `.${hash}.`);
  manifest[name] = file;
  await writeFile(dist + file, text);
}
await writeFile(`${dist}manifest.json`, JSON.stringify(manifest, null, 1));
console.log(Object.entries(outputs).map(([name, text]) => `${name} ${(text.length / 1024).toFixed(1)} kB`).join(', '));
