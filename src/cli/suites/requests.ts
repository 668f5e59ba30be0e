// The requests of a case: objects that are created, objects that are updated, or an AdmissionReview that was recorded.

import type { Gate } from '../../engine/gate.ts';
import { isJudged } from '../../library/offline/context.ts';
import type { OfflineRequest } from '../../library/offline/judge.ts';
import { type InputDocument, type InputFile, type InputObject, objectsIn } from '../../library/offline/objects.ts';
import { isExistingPod, unjudgedReason } from '../../library/offline/printed-object.ts';
import { requestInReview } from '../../library/offline/recorded-review.ts';
import { type Asking, replacedBy } from '../../library/offline/replaced.ts';
import { subjectOf } from '../../library/offline/subject.ts';
import type { Place, Problem } from '../../manifests/source.ts';
import { problemsError, UsageError } from '../exit.ts';
import type { Suite, SuiteCase } from './suite.ts';

/** Reads the objects of files that a case names; `key` is where it names them. */
export type ReadFiles = (key: string, paths: readonly string[]) => Promise<readonly InputFile[]>;

/** What a case is about. */
export interface CaseInput {
  /** With their files, which `--update` writes anew; none of objects in place and of reviews. */
  readonly files: readonly InputFile[];
  /** Everything that was given, also what only describes the cluster. */
  readonly objects: readonly InputObject[];
  readonly requests: readonly OfflineRequest[];
}

/**
 * The requests of a case.
 * @throws UsageError where a file or an object of the case cannot be used
 */
export async function requestsOf(
  suite: Suite,
  index: number,
  asking: Asking & Pick<Gate, 'policies'>,
  read: ReadFiles,
): Promise<CaseInput> {
  const testCase = suite.test.spec.cases[index];
  if (!testCase) return { files: [], objects: [], requests: [] };
  if (testCase.review !== undefined) return await reviewOf(testCase.review, read);
  const files = testCase.input === undefined ? [] : await read('input', [testCase.input]);
  const objects =
    testCase.input === undefined ? inlineObjects(suite, index, 'object', testCase.object) : objectsOf(files);
  const judged = objects.filter((object) => isJudged(object, asking.policies));
  const old = await oldObjects(suite, index, testCase, read);
  const requests = judged.map((object): OfflineRequest => {
    const subject = subjectOf(object, asking.namespace, asking.user, asking.workloads);
    if (!old) {
      const unjudged = unjudgedReason(object);
      return { object, subject, unjudged, fillIn: unjudged === undefined && !isExistingPod(object) };
    }
    const oldObject = replacedBy(object, old, asking)?.value;
    if (!oldObject) {
      const { name = '' } = subject;
      throw new UsageError(
        `${placeText(object.locate([]))}: ${object.kind.kind} "${name}" is not among the old objects (expected one of the same kind and name)`,
      );
    }
    const { subresource = '' } = testCase;
    return { object, subject: { ...subject, operation: 'UPDATE', subresource, oldObject }, fillIn: true };
  });
  return { files, objects, requests };
}

/** Every object of the files, in order. */
function objectsOf(files: readonly InputFile[]): readonly InputObject[] {
  return files.flatMap(({ documents }) => documents.flatMap((document: InputDocument) => document.objects));
}

async function oldObjects(
  suite: Suite,
  index: number,
  { oldInput, oldObject }: SuiteCase,
  read: ReadFiles,
): Promise<readonly InputObject[] | undefined> {
  if (oldInput !== undefined) return objectsOf(await read('oldInput', [oldInput]));
  return oldObject === undefined ? undefined : inlineObjects(suite, index, 'oldObject', oldObject);
}

function inlineObjects(suite: Suite, index: number, key: string, value: unknown): readonly InputObject[] {
  const keys = ['spec', 'cases', index, key];
  const problems: Problem[] = [];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const objects = values.flatMap((item, position) =>
    objectsIn(item, Array.isArray(value) ? [...keys, position] : keys, suite, problems),
  );
  if (problems.length > 0) throw problemsError(problems);
  return objects;
}

async function reviewOf(path: string, read: ReadFiles): Promise<CaseInput> {
  const [review, ...others] = objectsOf(await read('review', [path]));
  if (!review || others.length > 0) {
    throw new UsageError(`${path}: ${others.length + (review ? 1 : 0)} objects (expected one AdmissionReview)`);
  }
  const decoded = requestInReview(review);
  if (!decoded.ok) throw new UsageError(`${placeText(review.locate([]))}: ${decoded.problem}`);
  return { files: [], objects: [], requests: [decoded.request] };
}

function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
