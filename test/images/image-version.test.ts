// Tags as versions, and ranges over them.
import { describe, expect, test } from 'vitest';
import { boundWithPrereleases, parseTagRange, versionOfTag } from '../../src/images/image-version.ts';

describe('the version of a tag', () => {
  test.each([
    ['1.2.3', '1.2.3'],
    ['v1.2.3', '1.2.3'],
    ['0.10.0-rc3', '0.10.0-rc.3'],
    ['v0.10.0-rc.3', '0.10.0-rc.3'],
    ['0.10.0-RC03', '0.10.0-rc.3'],
    ['1.0.0-beta-2', '1.0.0-beta.2'],
    ['1.0.0-alpha', '1.0.0-alpha'],
    ['1.0.0-pre.20260101', '1.0.0-pre.20260101'],
    ['1.0.0-M1', '1.0.0-m.1'],
  ])('%s is %s', (tag, version) => {
    expect(versionOfTag(tag)?.version).toBe(version);
  });

  const texts = [
    ['latest', '1.2', '1', 'v1', '1.2.3.4', '01.2.3', '', '1.2.3-', '1.2.3-rc..1'],
    ['0.10.1-full', '1.2.3-alpine', '1.2.3-alpine3.20', '0.10.0-rc3-full', '1.2.3-1', '1.2.3-debian-12-r5'],
    ['1.0.0-rc.1.gabc123', '99999999999999999999.0.0', `1.2.3-rc${'9'.repeat(120)}x`],
  ].flat();

  test.each(texts)('%j names none', (tag) => {
    expect(versionOfTag(tag)).toBeUndefined();
  });
});

function inRange(text: string, tag: string): boolean | string {
  const parsed = parseTagRange(text);
  if ('problem' in parsed) return parsed.problem;
  const version = versionOfTag(tag);
  return version !== undefined && parsed.range.test(version);
}

describe('a range', () => {
  test.each([
    ['>=0.10.0-rc.3', '0.10.0-rc3', true],
    ['>=0.10.0-rc.3', '0.10.0-rc2', false],
    ['>=0.10.0-rc9', '0.10.0-rc10', true],
    ['>=0.10.0-rc3', '0.10.0', true],
    ['>=0.10.0-rc3', '0.11.0-alpha1', true],
    ['>=0.10.0-rc3', '0.10.0-full', false],
    ['>=0.10.0-rc3', '0.10.0-rc4-full', false],
    ['>=0.10.0-rc3', 'latest', false],
    ['<0.10.0', '0.10.0-rc3', true],
    ['<0.10.0-0', '0.10.0-rc3', false],
    ['~0.9', 'v0.9.12', true],
    ['~0.9', '0.10.0-rc1', false],
    ['^1.2.3', '1.9.0', true],
    ['1.0.0 - 2.0.0', '1.5.0', true],
    ['1.x || 3.*', '3.1.0', true],
    ['1.x || 3.*', '2.1.0', false],
    ['=1.2.3', 'v1.2.3', true],
    ['>=v1.0.0-rc1 <1.0.0-rc10', '1.0.0-rc9', true],
  ])('%s holds %s: %s', (range, tag, expected) => {
    expect(inRange(range, tag)).toBe(expected);
  });

  test.each([
    ['>', 'it is not a semver range'],
    [' ', 'it is not a semver range'],
    ['>=one', 'it is not a semver range'],
    ['>2.0.0 <1.0.0', 'no version lies in the range'],
    ['>=1.0.0-full', '"full" is not a prerelease and ranges match no variants: use a pattern such as *-full'],
  ])('%j can match nothing', (range, problem) => {
    expect(parseTagRange(range)).toEqual({ problem });
  });

  test.each([
    ['<0.10.0', '0.10.0'],
    ['>=1.0.0 <2.0.0', '2.0.0'],
    ['<0.10.0-0', undefined],
    ['<0.10', undefined],
    ['~0.9', undefined],
    ['<=1.0.0', undefined],
    ['*', undefined],
  ])('%s has the bound %s', (text, bound) => {
    const parsed = parseTagRange(text);
    expect('range' in parsed && boundWithPrereleases(parsed.range)).toBe(bound);
  });
});
