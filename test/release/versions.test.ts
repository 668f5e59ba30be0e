// What the release workflow asks before it publishes anything.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { problemsOf, releaseNotes, type VersionFiles } from '../../scripts/release/versions.ts';
import { VERSION } from '../../src/model/version.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const RELEASED: VersionFiles = {
  manifest: '{ "version": "1.2.3" }',
  chart: 'version: 1.2.3\nappVersion: 1.2.3\n',
  dockerfile: 'FROM a\nARG VERSION=1.2.3\n',
  changelog:
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-12-01\n\n- Something.\n\n## [1.2.2] - 2026-11-01\n\n- Older.\n',
};

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

test('a tag is released where the package, the chart, the image and the changelog have its version', () => {
  expect(problemsOf('v1.2.3', RELEASED)).toEqual([]);
  expect(releaseNotes(RELEASED.changelog, '1.2.3')).toBe('- Something.');
});

test.each(['1.2.3', 'v1.2', 'v1.2.3 ', 'v01.2.3', 'latest', ''])('the tag "%s" is not a version', (tag) => {
  expect(problemsOf(tag, RELEASED)).toEqual([
    `the tag "${tag}" is not a version (expected v and a semantic version, such as v0.2.0)`,
  ]);
});

test('each file that says another version than the tag is named', () => {
  expect(problemsOf('v1.2.4', { ...RELEASED, dockerfile: 'FROM a\n' })).toEqual([
    'package.json: version is "1.2.3" (expected "1.2.4", the tag)',
    'charts/sandgate/Chart.yaml: version is "1.2.3" (expected "1.2.4", the tag)',
    'charts/sandgate/Chart.yaml: appVersion is "1.2.3" (expected "1.2.4", the tag)',
    'Dockerfile: ARG VERSION is missing (expected "1.2.4", the tag)',
    'CHANGELOG.md has no section for it (expected "## [1.2.4] - YYYY-MM-DD" with text below)',
  ]);
});

test('a section of the changelog without text does not count', () => {
  const changelog = '## [1.2.3] - 2026-12-01\n\n## [1.2.2] - 2026-11-01\n\n- Older.\n';
  expect(problemsOf('v1.2.3', { ...RELEASED, changelog })).toHaveLength(1);
});

test('all files of this repository say one version', () => {
  const files: VersionFiles = {
    manifest: read('package.json'),
    chart: read('charts/sandgate/Chart.yaml'),
    dockerfile: read('Dockerfile'),
    changelog: `## [${VERSION}] - 2026-12-01\n\n- Whatever is unreleased.\n`,
  };
  expect(problemsOf(`v${VERSION}`, files)).toEqual([]);
});

test('no package that the lock file names runs a script when it is installed', () => {
  expect(read('package-lock.json')).not.toContain('hasInstallScript');
});

test('the published package depends on nothing', () => {
  const manifest: unknown = JSON.parse(read('package.json'));
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    expect(manifest).not.toHaveProperty(field);
  }
});
