// Upstream's evaluator and ours, asked about the same pods: every level at every version.
import { clauseText } from '../../src/admission/rules.ts';
import { viewOf } from '../../src/kubernetes/containers.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { phrase } from '../../src/model/finding.ts';
import { isJsonObject } from '../../src/model/json.ts';
import {
  evaluate,
  LEVELS,
  type Level,
  NEWEST_MINOR,
  type PodSecurityVersion,
  type StandardFailure,
} from '../../src/pod-security/standard.ts';
import { LineProgram } from './line-program.ts';
import { buildProgram } from './programs.ts';

/** A level of the standard at a version. */
export interface LevelVersion {
  readonly level: Level;
  readonly version: PodSecurityVersion;
}

/** What upstream says of a pod. The texts are empty where it is allowed. */
export interface Verdict {
  readonly allowed: boolean;
  /** The reasons alone. */
  readonly reason: string;
  /** With the details: what users read. */
  readonly detail: string;
}

/** Where the two sides say something else of a pod. */
export interface Difference {
  readonly at: LevelVersion;
  readonly ours: string;
  readonly theirs: string;
}

/** The minors that checks know, one that none knows yet, and whichever is newest. */
export const VERSIONS: readonly PodSecurityVersion[] = [
  ...Array.from({ length: NEWEST_MINOR + 2 }, (_, minor): PodSecurityVersion => `v1.${minor}`),
  'latest',
];

/** All levels at all versions, in the order in which the oracle answers. */
export const EVERYWHERE: readonly LevelVersion[] = LEVELS.flatMap((level) =>
  VERSIONS.map((version) => ({ level, version })),
);

/** Called for each level and version with what we found, in the order of {@link EVERYWHERE}. */
export type Seen = (index: number, failures: readonly StandardFailure[]) => void;

export class Oracle {
  readonly #program: LineProgram;

  private constructor(program: LineProgram) {
    this.#program = program;
  }

  static async start(): Promise<Oracle> {
    const levels = LEVELS.join(',');
    const versions = VERSIONS.join(',');
    return new Oracle(new LineProgram(await buildProgram('oracle'), ['-levels', levels, '-versions', versions]));
  }

  /** What upstream says of pods in JSON: for each pod a verdict for each of {@link EVERYWHERE}. */
  async judge(pods: readonly string[]): Promise<readonly (readonly Verdict[])[]> {
    const answers = await this.#program.ask(pods);
    return answers.map((line, index) => verdictsOf(line, pods[index] ?? ''));
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}

/** The first level and version at which we say something else of a pod than upstream, if there is one. */
export function differenceOf(
  pod: string,
  verdicts: readonly Verdict[],
  seen: Seen = () => {},
  judge: typeof evaluate = evaluate,
): Difference | undefined {
  const parsed: unknown = JSON.parse(pod);
  if (!isPod(parsed)) throw new TypeError(`not a pod: ${pod}`);
  const view = viewOf(parsed);
  let difference: Difference | undefined;
  for (const [index, at] of EVERYWHERE.entries()) {
    const failures = judge(at.level, at.version, view);
    seen(index, failures);
    const theirs = verdicts[index];
    if (!theirs) throw new Error(`the oracle said nothing of ${at.level}:${at.version}`);
    if (!difference && !agrees(failures, theirs)) {
      difference = { at, ours: oursOf(at, failures), theirs: theirsOf(at, theirs) };
    }
  }
  return difference;
}

/** True where verdict, reasons and details are the same, put together as upstream does. Asked millions of times. */
function agrees(failures: readonly StandardFailure[], theirs: Verdict): boolean {
  if (failures.length === 0) return theirs.allowed && theirs.detail === '' && theirs.reason === '';
  if (theirs.allowed) return false;
  let reasons = '';
  let details = '';
  for (const { check, violations } of failures) {
    const said = check.describe(violations);
    reasons += reasons === '' ? said.reason : `, ${said.reason}`;
    details += details === '' ? phrase(said) : `, ${phrase(said)}`;
  }
  return reasons === theirs.reason && details === theirs.detail;
}

/** As the webhook puts it; that it does is for fixtures.test.ts and admission.test.ts to prove. */
function oursOf({ level, version }: LevelVersion, failures: readonly StandardFailure[]): string {
  if (failures.length === 0) return 'allowed';
  const phrases = failures.map(({ check, violations }) => phrase(check.describe(violations)));
  return clauseText('violates', { rule: `PodSecurity "${level}:${version}"`, phrases, findings: [] });
}

/** As upstream's admission puts its detail. */
function theirsOf({ level, version }: LevelVersion, { allowed, detail }: Verdict): string {
  return allowed ? 'allowed' : `violates PodSecurity "${level}:${version}": ${detail}`;
}

interface Answer {
  readonly results: readonly Verdict[];
  readonly which: readonly number[];
}

function verdictsOf(line: string, pod: string): readonly Verdict[] {
  const answer: unknown = JSON.parse(line);
  if (!isAnswer(answer)) throw new Error(`the oracle cannot read ${pod}: ${line}`);
  return answer.which.map((index) => {
    const verdict = answer.results[index];
    if (!verdict) throw new Error(`the oracle contradicts itself: ${line}`);
    return verdict;
  });
}

function isAnswer(value: unknown): value is Answer {
  return isJsonObject(value) && Array.isArray(value.results) && Array.isArray(value.which);
}

/** The types inside are as the API server has them: the oracle, which decodes as it does, read the same text. */
function isPod(value: unknown): value is PodTemplate {
  return isJsonObject(value);
}
