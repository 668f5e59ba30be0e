// Finds and reads test suites.
import { resolve, sep } from 'node:path';
import { parseManifest } from '../../manifests/manifest.ts';
import type { Place, Problem, SourceDocument } from '../../manifests/source.ts';
import { ownField } from '../../model/json.ts';
import { createAjv, whenNeeded } from '../../resources/ajv.ts';
import { pointerOf } from '../../resources/pointer.ts';
import { problemsOf } from '../../resources/problems.ts';
import { problemsError, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readFiles } from '../read-files.ts';
import { expandCases } from './expand.ts';
import { POLICY_TEST, POLICY_TEST_SCHEMA } from './schema.ts';
import type { PolicyTest, Suite } from './suite.ts';

const isPolicyTest = whenNeeded(() => createAjv().compile<PolicyTest>(POLICY_TEST_SCHEMA));

/** Names of files that are looked into for suites everywhere. Other files are looked into below folders named `tests`. */
const SUITE_NAME = /(?:^|[./\\-])(?:test|suite)\.(?:yaml|yml)$/;

/**
 * The suites in files, and below folders: in files named `suite.yaml` or `….test.yaml`, and in folders named `tests`,
 * where manifests may stand beside them.
 * @throws UsageError with all problems, or because there is no suite
 */
export async function loadSuites(paths: readonly string[], io: Io): Promise<readonly Suite[]> {
  const suites: Suite[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    for (const { file, text } of await readFiles([path], io)) {
      const named = file === path;
      if (!named && !mayHoldSuite(file, io.cwd, text)) continue;
      const parsed = parseManifest(text, file);
      problems.push(...parsed.problems);
      for (const document of parsed.documents) {
        if (!named && ownField(document.value, 'kind') !== POLICY_TEST) continue;
        const suite = suiteOf(document, problems);
        if (suite) suites.push(suite);
      }
    }
  }
  if (problems.length > 0) throw problemsError(problems);
  if (suites.length === 0) throw new UsageError(`no test suite in ${paths.join(', ')} (expected kind ${POLICY_TEST})`);
  return suites;
}

function mayHoldSuite(file: string, cwd: string, text: string): boolean {
  if (!text.includes(POLICY_TEST)) return false;
  return SUITE_NAME.test(file) || resolve(cwd, file).split(sep).slice(0, -1).includes('tests');
}

function suiteOf(document: SourceDocument, problems: Problem[]): Suite | undefined {
  const { file, number } = document;
  const known = problems.length;
  const { value, written } = expandCases(document.value, (keys, message, what) =>
    problems.push({ ...document.locate(keys, what), message }),
  );
  if (!isPolicyTest(value)) {
    const seen = new Set<string>();
    for (const { keys, what, message } of problemsOf(isPolicyTest.errors())) {
      const path = written(keys);
      const pointer = pointerOf(path.map(String));
      const text = pointer === '' ? message : `${pointer}: ${message}`;
      // A case that stands for several has a mistake once.
      if (!seen.has(text)) problems.push({ ...document.locate(path, what), message: text });
      seen.add(text);
    }
    return undefined;
  }
  if (problems.length > known) return undefined;
  const locate = (keys: readonly (string | number)[]): Place => document.locate(written(keys));
  const names = new Set<string>();
  for (const [index, { name }] of value.spec.cases.entries()) {
    if (names.has(name)) {
      const message = `another case is named ${JSON.stringify(name)} as well (expected a name that no other case has)`;
      problems.push({ ...locate(['spec', 'cases', index, 'name']), message });
    }
    names.add(name);
  }
  return { file, number, test: value, locate };
}
