// What docs/install.md and certs/README.md show works as it stands there.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../cli/console.ts';
import { makeAuthority } from '../support/certificates.ts';
import { at, find, objectsIn, template, templateText } from './rendered.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');
const CLUSTERS_PAGE = readFileSync(join(ROOT, 'docs/clusters.md'), 'utf8');
const AUDIT_PAGE = readFileSync(join(ROOT, 'docs/audit.md'), 'utf8');
const EGRESS_PAGE = readFileSync(join(ROOT, 'docs/egress.md'), 'utf8');
const PAGES = {
  'docs/install.md': PAGE,
  'docs/audit.md': AUDIT_PAGE,
  'docs/clusters.md': CLUSTERS_PAGE,
  'docs/egress.md': EGRESS_PAGE,
  'certs/README.md': readFileSync(join(ROOT, 'certs/README.md'), 'utf8'),
};

/** The commands of Helm that name the chart, each on one line. */
const COMMANDS = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap((block) => (block[1] ?? '').replaceAll(/ \\\n\s*/g, ' ').split('\n'))
  .filter((line) => /^helm (install|upgrade).* charts\/sandgate /.test(line));

test.each(COMMANDS)('the command of the page renders: %s', async (command) => {
  const folder = folderWith({ 'ca.crt': (await makeAuthority('ca')).cert });
  const words = command.split(' ');
  const settings = words.flatMap((word, index) =>
    word.startsWith('--set') ? [word, (words[index + 1] ?? '').replace('=ca.crt', `=${join(folder, 'ca.crt')}`)] : [],
  );
  expect(words).toContain('sandgate');
  expect(settings.length).toBeGreaterThan(0);
  const objects = await template(settings);
  expect(at(find(objects, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'image')).toBe(
    'registry.example.com/platform/sandgate:0.1.0',
  );
});

test('there are some', () => {
  expect(COMMANDS.length).toBe(6);
});

test.each([
  ['docs/install.md', PAGE],
  ['docs/audit.md', AUDIT_PAGE],
  ['docs/clusters.md', CLUSTERS_PAGE],
  ['docs/egress.md', EGRESS_PAGE],
])('the values that %s shows render', async (_, page) => {
  const blocks = [...page.matchAll(/```yaml\n# values\.yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThan(0);
  for (const text of blocks) {
    const file = join(folderWith({}), 'values.yaml');
    writeFileSync(file, text);
    expect(objectsIn(await templateText(['--values', file])).length).toBeGreaterThan(10);
  }
});

test('the webhooks it lists are those of the chart', async () => {
  const listed = [...PAGE.matchAll(/^\| `([\w-]+\.\w+\.sandgate\.dev)` \|/gm)].map((match) => match[1]);
  const made = (await templateText()).matchAll(/^ +- name: ([\w-]+\.\w+\.sandgate\.dev)$/gm);
  expect(listed).toEqual([...made].map((match) => match[1]));
});

describe.each(Object.entries(PAGES))('the page %s', (page, text) => {
  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
    for (const link of links.filter((target) => !/^https?:/.test(target))) {
      const [path = '', anchor] = link.split('#');
      const target = resolve(ROOT, page, '..', path);
      expect([link, statSync(target, { throwIfNoEntry: false }) !== undefined]).toEqual([link, true]);
      if (anchor !== undefined) expect(headings(path === '' ? text : readFileSync(target, 'utf8'))).toContain(anchor);
    }
  });
});

function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
