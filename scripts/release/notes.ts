// `node scripts/release/notes.ts v0.2.0` prints the section of CHANGELOG.md for that version, and fails where the tag is not the
// version of the package, the chart and the image: a release whose parts differ cannot be taken back.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { problemsOf, releaseNotes } from './versions.ts';

const root = resolve(import.meta.dirname, '../..');
const [, , tag = ''] = process.argv;
const files = {
  manifest: read('package.json'),
  chart: read('charts/sandgate/Chart.yaml'),
  dockerfile: read('Dockerfile'),
  changelog: read('CHANGELOG.md'),
};
const problems = problemsOf(tag, files);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);
process.stdout.write(`${releaseNotes(files.changelog, tag.slice(1))}\n`);

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
