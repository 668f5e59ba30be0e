// Runs a test suite: judges the objects of each case, and compares the results with what is expected.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Gate } from '../../engine/gate.ts';
import type { Problem } from '../../manifests/source.ts';
import { momentOf } from '../../model/moment.ts';
import type { CaseResult, SuiteResult } from '../../report/shapes/suite-result.ts';
import { isContext } from '../context.ts';
import { problemsError, UsageError } from '../exit.ts';
import { objectsOf, readObjects } from '../inputs.ts';
import type { Io } from '../io.ts';
import { enforcementOffline, type Judged, judge, type OfflineContext } from '../judge.ts';
import { type InputObject, objectsIn } from '../objects.ts';
import { policiesFrom } from '../policies.ts';
import { surroundingsFrom } from '../surroundings.ts';
import { userInfo } from '../user.ts';
import { differences } from './compare.ts';
import type { Suite, SuiteCase } from './suite.ts';

/**
 * Runs every case.
 * @param note called with what a reader of the results has to know
 * @param implementations the implementations that the operator wants, by class
 * @throws UsageError where a file that the suite names cannot be used
 */
export async function runSuite(
  suite: Suite,
  io: Io,
  note: (line: string) => void,
  implementations?: ReadonlyMap<string, string>,
): Promise<SuiteResult> {
  const { metadata, spec } = suite.test;
  const paths = spec.policies.map((path) =>
    existsSync(resolve(io.cwd, beside(suite, path))) ? beside(suite, path) : path,
  );
  const policies = await policiesFrom(paths, io, { warnsOfShipped: false });
  const judgedBy = { policies, implementations };
  const cases: CaseResult[] = [];
  for (const [index, testCase] of spec.cases.entries()) {
    const place = suite.locate(['spec', 'cases', index]);
    cases.push({ name: testCase.name, place, differences: await runCase(suite, index, testCase, judgedBy, io, note) });
  }
  return { file: suite.file, name: metadata.name, cases };
}

async function runCase(
  suite: Suite,
  index: number,
  testCase: SuiteCase,
  judgedBy: Pick<Gate, 'policies' | 'implementations'>,
  io: Io,
  note: (line: string) => void,
): Promise<readonly string[]> {
  const read = async (key: string, paths: readonly string[]): Promise<InputObject[]> => {
    try {
      return objectsOf(
        await readObjects(
          paths.map((path) => beside(suite, path)),
          io,
        ),
      );
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const { file, line, column } = suite.locate(['spec', 'cases', index, ...key.split('.')]);
      throw new UsageError(...error.lines.map((text) => `${file}:${line}:${column}: ${text}`));
    }
  };
  const { input, context, expect } = testCase;
  const now = testCase.now === undefined ? Date.now() : momentOf(testCase.now);
  if (now === undefined) return [`now: "${testCase.now}" is not a valid date`];
  const all = input === undefined ? inlineObjects(suite, index, testCase.object) : await read('input', [input]);
  const known = await read('context', context ?? []);
  const namespace = testCase.namespace ?? 'default';
  const offline: OfflineContext = {
    gate: {
      ...judgedBy,
      surroundings: surroundingsFrom([...known, ...all], {
        otherwise: testCase.namespaceLabels ?? {},
        annotations: testCase.namespaceAnnotations ?? {},
        authorization: { namespace, assume: 'withoutRoles', note },
      }),
      enforcement: enforcementOffline,
      now,
    },
    namespace,
    user: userInfo(testCase.user ?? '', testCase.groups ?? []),
    fillIn: true,
  };
  const judged: Judged[] = all.filter((object) => !isContext(object)).map((object) => judge(object, offline));
  if (judged.length === 0) return ['nothing to judge (expected at least one object)'];
  const output = expect.output === undefined ? undefined : await read('expect.output', [expect.output]);
  return differences(
    expect,
    judged,
    output?.filter((object) => !isContext(object)).map((object) => object.value),
  );
}

function inlineObjects(suite: Suite, index: number, value: unknown): InputObject[] {
  const keys = ['spec', 'cases', index, 'object'];
  const problems: Problem[] = [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const objects = values.flatMap((item, position) =>
    objectsIn(item, Array.isArray(value) ? [...keys, position] : keys, suite, problems),
  );
  if (problems.length > 0) throw problemsError(problems);
  return objects;
}

/** A path of a suite is relative to the folder of the suite. */
function beside(suite: Suite, path: string): string {
  return join(dirname(suite.file), path);
}
