// A case that failed, as a file and a line that brings it back.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bodyOf, type FuzzCase } from './case.ts';

export const POLICIES = join(import.meta.dirname, 'policies.yaml');
/** Those of every namespace, so that one line says all that a case depends on. */
export const NAMESPACE_LABELS = {
  tier: 'agents',
  'pod-security.kubernetes.io/enforce': 'baseline',
  'pod-security.kubernetes.io/warn': 'restricted',
  'pod-security.kubernetes.io/audit': 'sometimes',
};

export interface Counterexample {
  readonly file: string;
  /** `sandgate review …`, from the root of the repository. */
  readonly command: string;
  /** The words after `sandgate`. */
  readonly args: readonly string[];
}

/** Writes the review of a case to a file. */
export function writeCounterexample(one: FuzzCase, seed: number): Counterexample {
  const folder = join(tmpdir(), 'sandgate-fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${one.webhook}-${seed}.json`);
  writeFileSync(file, `${bodyOf(one)}\n`);
  const labels = Object.entries(NAMESPACE_LABELS).map(([key, value]) => `${key}=${value}`);
  const policies = relative(process.cwd(), POLICIES);
  const args = ['review', '-p', policies, '--namespace-labels', labels.join(','), '-f', file, `--${one.webhook}`];
  return { file, command: `node src/main.ts ${args.join(' ')}`, args };
}
