// Replays recorded.jsonl: verdicts and texts of upstream's own evaluator, pod-security-admission v0.37.2, recorded on
// 2026-11-22 for pods that fast-check made up, and picked so that every check, version boundary and plural is there.
// A difference is a bug of ours. Never edit a line by hand.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/kubernetes/containers.ts';
import { valueAt } from '../../src/kubernetes/path-keys.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { phrase } from '../../src/model/finding.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import {
  evaluate,
  type Level,
  type PodSecurityVersion,
  type StandardFailure,
} from '../../src/pod-security/standard.ts';

interface RecordedCase {
  readonly level: Level;
  readonly version: PodSecurityVersion;
  readonly pod: PodTemplate;
  /** Empty where the pod is allowed. */
  readonly text: string;
}

const CASES = readFileSync(new URL('recorded.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(parse);

describe('recorded verdicts of upstream', () => {
  it('are what we say', () => {
    for (const [index, recorded] of CASES.entries()) {
      const text = failuresOf(recorded)
        .map(({ check, violations }) => phrase(check.describe(violations)))
        .join(', ');
      expect(text, `recorded.jsonl:${index + 1}`).toBe(recorded.text);
    }
  });

  it('come with paths that lead to a field of the pod, or to where one is missing', () => {
    for (const [index, recorded] of CASES.entries()) {
      for (const { check, violations } of failuresOf(recorded)) {
        const at = `recorded.jsonl:${index + 1} ${check.id}`;
        expect(violations, at).not.toHaveLength(0);
        const paths = violations.map(({ path }) => path);
        expect(new Set(paths).size, at).toBe(paths.length);
        for (const path of paths) expect(indicesIn(path, recorded.pod), `${at} ${path}`).toBe(true);
      }
    }
  });

  it('come with the values that stand at these paths', () => {
    for (const [index, recorded] of CASES.entries()) {
      for (const { check, violations } of failuresOf(recorded)) {
        for (const { path, value } of violations) {
          expect(value, `recorded.jsonl:${index + 1} ${check.id} ${path}`).toBe(valueAt(recorded.pod, path));
        }
      }
    }
  });

  it('have every check fail, and pods that pass', () => {
    const failed = new Set(CASES.flatMap((recorded) => failuresOf(recorded).map(({ check }) => check.id)));
    expect([...failed].sort()).toEqual(POD_SECURITY_CHECKS.map((check) => check.id).sort());
    expect(CASES.filter((recorded) => recorded.text === '').length).toBeGreaterThan(100);
  });
});

function parse(line: string): RecordedCase {
  const recorded: unknown = JSON.parse(line);
  if (!isRecorded(recorded)) throw new TypeError(`not a recorded case: ${line}`);
  return recorded;
}

function isRecorded(value: unknown): value is RecordedCase {
  return typeof value === 'object' && value !== null && 'level' in value && 'version' in value && 'text' in value;
}

function failuresOf({ level, version, pod }: RecordedCase): readonly StandardFailure[] {
  return evaluate(level, version, viewOf(pod));
}

/** True where every list that a path goes through has an element at its index. */
function indicesIn(path: string, pod: PodTemplate): boolean {
  if (path.startsWith('metadata.annotations[')) {
    return Object.hasOwn(pod.metadata?.annotations ?? {}, path.slice('metadata.annotations['.length, -1));
  }
  let value: unknown = pod;
  for (const [, key = '', index] of path.matchAll(/(\w+)(?:\[(\d+)\])?\.?/g)) {
    value = member(value, key);
    if (index === undefined) continue;
    value = member(value, index);
    if (value === undefined) return false;
  }
  return true;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([k]) => k === key)?.[1] : undefined;
}
