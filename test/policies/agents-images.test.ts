// Which user the bundle `agents` gives each image that it knows: as its project publishes it, from a mirror, by digest, and
// with a `v` before the version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileImageTable } from '../../src/images/image-table.ts';
import { isIsolationPolicy } from '../../src/resources/isolation-policy/validate.ts';

const FILE = join(import.meta.dirname, '../../policies/agents/policy.yaml');
const document: unknown = parse(readFileSync(FILE, 'utf8'));
const identity = isIsolationPolicy(document) ? (document.spec.identity ?? {}) : {};
const { table, problems } = compileImageTable(identity);
const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** Repository, tag, and the user. */
type Row = readonly [string, string, number];

const KAGENT: readonly Row[] = ['cr.kagent.dev/kagent-dev/kagent', 'ghcr.io/kagent-dev/kagent'].flatMap((registry) =>
  ['app', 'kagent-adk'].flatMap((name): readonly Row[] => [
    [`${registry}/${name}`, '0.7.23', 1001],
    [`${registry}/${name}`, '0.9.12', 1001],
    [`${registry}/${name}`, '0.10.0-beta1', 1001],
    [`${registry}/${name}`, '0.10.0-beta2', 65532],
    [`${registry}/${name}`, '0.10.0-beta11', 65532],
    [`${registry}/${name}`, '0.10.0-rc3', 65532],
    [`${registry}/${name}`, '0.10.0', 65532],
    [`${registry}/${name}`, '0.10.0-rc3-full', 1001],
    [`${registry}/${name}`, 'latest', 65532],
  ]),
);
const IMAGES: readonly Row[] = [
  ...KAGENT,
  ['cr.kagent.dev/kagent-dev/kagent/golang-adk', '0.9.12', 65532],
  ['ghcr.io/kagent-dev/kagent/golang-adk', '0.10.0-rc3-full', 1001],
  ['ghcr.io/kagent-dev/kagent/skills-init', '0.10.0-rc3', 1001],
  ['cr.kagent.dev/kagent-dev/kagent/ui', '0.9.12', 1001],
  ['ghcr.io/kagent-dev/kagent/controller', '0.10.0-rc3', 65532],
  ['ghcr.io/actions/actions-runner', '2.330.0', 1001],
  ['codercom/enterprise-base', 'ubuntu', 1000],
  ['node', '24-slim', 1000],
  ['docker', '28-dind-rootless', 1000],
  ['quay.io/jupyter/base-notebook', '2026-11-01', 1000],
  ['gcr.io/distroless/base-debian12', 'nonroot', 65532],
];

/** The repository as docker completes it, without its registry. */
function pathOf(repository: string): string {
  const [first = '', ...rest] = repository.split('/');
  if (first.includes('.')) return rest.join('/');
  return rest.length === 0 ? `library/${repository}` : repository;
}

function userOf(image: string): number | undefined {
  return table.find(image)?.runAsUser;
}

test('every row of the table is in order', () => {
  expect(problems).toEqual([]);
});

test('every row gives some image here its user', () => {
  const used = new Set(IMAGES.map(([repository, tag]) => table.find(`${repository}:${tag}`)?.row));
  expect(identity.images?.filter((row) => !used.has(row))).toEqual([]);
});

test.each(IMAGES)('%s:%s runs as %i', (repository, tag, user) => {
  expect(userOf(`${repository}:${tag}`)).toBe(user);
  expect(userOf(`${repository}:${tag}@${DIGEST}`)).toBe(user);
});

test.each(IMAGES)('%s:%s from a mirror runs as %i', (repository, tag, user) => {
  expect(userOf(`registry.internal:5000/${pathOf(repository)}:${tag}`)).toBe(user);
  expect(userOf(`registry.internal/mirror/${pathOf(repository)}:${tag}`)).toBe(user);
});

test.each(KAGENT.filter(([, tag]) => tag !== 'latest'))('%s:v%s runs as %i', (repository, tag, user) => {
  expect(userOf(`${repository}:v${tag}`)).toBe(user);
});

test.each(['app', 'kagent-adk'])("kagent's %s by digest alone runs as its newest version", (name) => {
  expect(userOf(`ghcr.io/kagent-dev/kagent/${name}@${DIGEST}`)).toBe(65532);
});
