// Runs a test suite: judges the objects of each case, and compares the results with what is expected.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Gate } from '../../engine/gate.ts';
import { isContext } from '../../library/offline/context.ts';
import { withExceptions } from '../../library/offline/exceptions/given.ts';
import { enforcementOffline, type Judged, judgeRequest, type OfflineContext } from '../../library/offline/judge.ts';
import type { InputFile } from '../../library/offline/objects.ts';
import { surroundingsFrom } from '../../library/offline/surroundings.ts';
import { momentOf } from '../../model/moment.ts';
import type { CaseResult, SuiteResult } from '../../report/shapes/suite-result.ts';
import { UsageError } from '../exit.ts';
import { objectsOf, readObjects } from '../inputs.ts';
import type { Io } from '../io.ts';
import { type LoadedPolicies, loadedFrom } from '../policies.ts';
import { userInfo } from '../user.ts';
import { differences } from './compare.ts';
import { requestsOf } from './requests.ts';
import type { Suite, SuiteCase } from './suite.ts';
import { writeOutput } from './update.ts';

/** How suites are run. */
export interface SuiteOptions {
  /** Called with what a reader of the results has to know. */
  readonly note: (line: string) => void;
  /** The implementations that the operator wants, by class. */
  readonly implementations?: ReadonlyMap<string, string> | undefined;
  /** True where the files that cases name as `output` are written anew. */
  readonly update?: boolean;
  /** Called with the policies of the suite, and which of the paths they were named by. */
  readonly onPolicies?: (loaded: LoadedPolicies, paths: readonly string[]) => void;
  /** Called with everything that was judged. */
  readonly onJudged?: (judged: Judged, gate: Gate) => void;
}

/**
 * Runs every case.
 * @throws UsageError where a file that the suite names cannot be used
 */
export async function runSuite(suite: Suite, io: Io, options: SuiteOptions): Promise<SuiteResult> {
  const { metadata, spec } = suite.test;
  const paths = policyPathsOf(suite, io);
  const loaded = await loadedFrom(paths, io, { warnsOfShipped: false });
  options.onPolicies?.(loaded, paths);
  const judgedBy = { policies: loaded.policies, implementations: options.implementations };
  const cases: CaseResult[] = [];
  for (const [index, { name }] of spec.cases.entries()) {
    const place = suite.locate(['spec', 'cases', index]);
    cases.push({ name, place, differences: await runCase(suite, index, judgedBy, io, options) });
  }
  return { file: suite.file, name: metadata.name, cases };
}

/** What `policies` names: files beside the suite where there are such, else what `-p` would take. */
export function policyPathsOf(suite: Suite, { cwd }: Pick<Io, 'cwd'>): readonly string[] {
  return suite.test.spec.policies.map((path) =>
    existsSync(resolve(cwd, beside(suite, path))) ? beside(suite, path) : path,
  );
}

async function runCase(
  suite: Suite,
  index: number,
  judgedBy: Pick<Gate, 'policies' | 'implementations'>,
  io: Io,
  options: SuiteOptions,
): Promise<readonly string[]> {
  const testCase = suite.test.spec.cases[index];
  if (!testCase) return [];
  const read = async (key: string, paths: readonly string[]): Promise<readonly InputFile[]> => {
    try {
      return await readObjects(
        paths.map((path) => beside(suite, path)),
        io,
      );
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const { file, line, column } = suite.locate(['spec', 'cases', index, ...key.split('.')]);
      throw new UsageError(...error.lines.map((text) => `${file}:${line}:${column}: ${text}`));
    }
  };
  const now = testCase.now === undefined ? Date.now() : momentOf(testCase.now);
  if (now === undefined) return [`now: "${testCase.now}" is not a valid date`];
  const asking = {
    namespace: testCase.namespace ?? 'default',
    user: userInfo(testCase.user ?? '', testCase.groups ?? []),
    workloads: judgedBy.policies.workloads,
    policies: judgedBy.policies,
  };
  const { files, objects, requests } = await requestsOf(suite, index, asking, read);
  const known = objectsOf(await read('context', testCase.context ?? []));
  const { policies, problems, warnings } = withExceptions(judgedBy.policies, [...known, ...objects], asking.namespace);
  if (problems.length > 0) throw new UsageError(...problems);
  for (const line of warnings) options.note(line);
  const gate = gateOf(testCase, { ...judgedBy, policies }, asking.namespace, [...known, ...objects], now, options);
  const judged = requests.map((request) => judgeRequest(request, { gate }));
  if (judged.length === 0) return ['nothing to judge (expected at least one object)'];
  for (const one of judged) options.onJudged?.(one, gate);
  const { expect } = testCase;
  if (expect.output !== undefined && options.update) {
    writeOutput(beside(suite, expect.output), files, judged, io);
  }
  const output = expect.output === undefined ? undefined : objectsOf(await read('expect.output', [expect.output]));
  return differences(
    expect,
    judged,
    output?.filter((object) => !isContext(object)).map((object) => object.value),
  );
}

function gateOf(
  { namespaceLabels = {}, namespaceAnnotations = {} }: SuiteCase,
  judgedBy: Pick<Gate, 'policies' | 'implementations'>,
  namespace: string,
  objects: Parameters<typeof surroundingsFrom>[0],
  now: number,
  { note }: SuiteOptions,
): OfflineContext['gate'] {
  return {
    ...judgedBy,
    surroundings: surroundingsFrom(objects, {
      otherwise: namespaceLabels,
      annotations: namespaceAnnotations,
      authorization: { namespace, assume: 'withoutRoles', note },
    }),
    enforcement: enforcementOffline,
    now,
  };
}

/** A path of a suite is relative to the folder of the suite. */
function beside(suite: Suite, path: string): string {
  return join(dirname(suite.file), path);
}
