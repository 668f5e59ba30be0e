// The generated pages say what the code does today. To renew them: npm run docs.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { renderDocs } from '../scripts/docs.ts';
import { EXPLAIN_TEXTS, renderExplainTexts } from '../scripts/explain-texts.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'docs');

test.each([...renderDocs()])('docs/%s is fresh', (name, text) => {
  expect(readFileSync(join(FOLDER, name), 'utf8')).toBe(text);
});

test('the texts that sandgate explain shows are those that stand beside the code', () => {
  expect(readFileSync(join(ROOT, EXPLAIN_TEXTS), 'utf8')).toBe(renderExplainTexts());
});

test('no generated page is left over', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
  const generated = names.filter((name) => readFileSync(join(FOLDER, name), 'utf8').startsWith('<!-- Generated'));
  expect(generated.toSorted()).toEqual([...renderDocs().keys()].toSorted());
});

/** The pages of docs that a page links to. */
function linked(page: string): string[] {
  const text = readFileSync(join(FOLDER, page), 'utf8');
  return [...text.matchAll(/\]\(([\w./-]+\.md)\)/g)].map((match) => match[1] ?? '');
}

function pages(folder: string): string[] {
  return readdirSync(join(FOLDER, folder)).filter((name) => name.endsWith('.md') && name !== 'README.md');
}

test('docs/README.md links to every page of docs, and the decisions to each record', () => {
  expect(pages('.').filter((name) => !linked('README.md').includes(name))).toEqual([]);
  expect(pages('guides').filter((name) => !linked('README.md').includes(`guides/${name}`))).toEqual([]);
  expect(pages('decisions').toSorted()).toEqual([...new Set(linked('decisions/README.md'))].toSorted());
});

/** Every page that people read, below the root. */
const PAGES = globSync(['*.md', '{docs,policies,charts,certs,src,examples}/**/*.md'], { cwd: ROOT });

test.each(PAGES)('the links of %s to files of the repository lead somewhere', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const broken = links.filter(
    (link) => !/^(?:https?:|#|mailto:)/.test(link) && !existsSync(join(ROOT, dirname(page), link.replace(/#.*$/, ''))),
  );
  expect(broken).toEqual([]);
});
