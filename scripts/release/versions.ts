// One version for the package, the chart and the image, and a section of the changelog for it.
import { valid } from 'semver';
import { parse } from 'yaml';
import { stringField } from '../../src/model/json.ts';

/** The texts of the files that say a version. */
export interface VersionFiles {
  readonly manifest: string;
  readonly chart: string;
  readonly dockerfile: string;
  readonly changelog: string;
}

/**
 * Why a tag cannot be released, one sentence for each file that says another version; empty where it can.
 * @param tag of git, such as `v0.2.0`
 */
export function problemsOf(tag: string, files: VersionFiles): string[] {
  const version = tag.slice(1);
  if (!tag.startsWith('v') || valid(version) !== version) {
    return [`the tag "${tag}" is not a version (expected v and a semantic version, such as v0.2.0)`];
  }
  const manifest: unknown = JSON.parse(files.manifest);
  const chart: unknown = parse(files.chart);
  const said: readonly (readonly [string, string | undefined])[] = [
    ['package.json: version', stringField(manifest, 'version')],
    ['charts/sandgate/Chart.yaml: version', stringField(chart, 'version')],
    ['charts/sandgate/Chart.yaml: appVersion', stringField(chart, 'appVersion')],
    ['Dockerfile: ARG VERSION', /^ARG VERSION=(.*)$/m.exec(files.dockerfile)?.[1]],
  ];
  const problems = said
    .filter(([, found]) => found !== version)
    .map(
      ([where, found]) =>
        `${where} is ${found === undefined ? 'missing' : `"${found}"`} (expected "${version}", the tag)`,
    );
  if (releaseNotes(files.changelog, version) === undefined) {
    problems.push(`CHANGELOG.md has no section for it (expected "## [${version}] - YYYY-MM-DD" with text below)`);
  }
  return problems;
}

/** What the changelog says of a version, without its heading; undefined where it says nothing. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`## [${version}] - `));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  const text = (end < 0 ? rest : rest.slice(0, end)).join('\n').trim();
  return text === '' ? undefined : text;
}
