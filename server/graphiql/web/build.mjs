// Builds the page's files into ../dist: the same bytes for the same package-lock.json and src/.
// Every name but LICENCES.txt and manifest.json carries a hash of the content.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, '../dist');

const common = {
  absWorkingDir: here,
  outdir: dist,
  bundle: true,
  minify: true,
  metafile: true,
  target: 'es2022',
  legalComments: 'none', // LICENCES.txt has the texts whole
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.ttf': 'file' },
  logLevel: 'warning',
};

// nameOf returns the file in dist that an entry point was built into.
function nameOf(result, entry) {
  const found = Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint === entry);
  if (!found) throw new Error(`no output for ${entry}`);
  return path.basename(found[0]);
}

// licences returns the name, version and licence texts of every package with a file in the builds.
async function licences(...results) {
  const folders = new Set();
  for (const result of results) {
    for (const input of Object.keys(result.metafile.inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
      if (folder) folders.add(folder[0]);
    }
  }
  const parts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(here, folder, 'package.json'), 'utf8'));
    const files = (await readdir(path.join(here, folder))).filter((f) => /^(licen[cs]e|copying|notice|thirdpartynotices)/i.test(f)).sort();
    const texts = await Promise.all(files.map((f) => readFile(path.join(here, folder, f), 'utf8')));
    if (!license) throw new Error(`${name} says no licence`);
    const body = texts.length > 0 ? texts.join('\n\n') : `(The package has no licence file; its package.json says ${license}.)`;
    parts.push(`${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${body.replaceAll('\r\n', '\n').trim()}\n`);
  }
  return `The GraphiQL page is built from these packages.\n\n${parts.join('\n')}`;
}

await rm(dist, { recursive: true, force: true });

// Workers first: the page has to know their names.
const workerEntries = {
  editor: 'node_modules/monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'node_modules/monaco-graphql/esm/graphql.worker.js',
  json: 'node_modules/monaco-editor/esm/vs/language/json/json.worker.js',
};
const workers = await esbuild.build({ ...common, format: 'iife', entryPoints: Object.values(workerEntries) });
const workerNames = Object.fromEntries(Object.entries(workerEntries).map(([label, entry]) => [label, nameOf(workers, entry)]));

const page = await esbuild.build({
  ...common,
  format: 'esm',
  entryPoints: ['src/page.jsx'],
  jsx: 'automatic',
  define: { ...common.define, WORKERS: JSON.stringify(workerNames) },
});
const script = nameOf(page, 'src/page.jsx');
const style = path.basename(page.metafile.outputs[path.relative(here, path.join(dist, script))].cssBundle);

await writeFile(path.join(dist, 'manifest.json'), `${JSON.stringify({ script, style }, null, 2)}\n`);
await writeFile(path.join(dist, 'LICENCES.txt'), await licences(workers, page));
