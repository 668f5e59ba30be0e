// An object of every kind of other projects, as their users write them, with something wrong in every place that the kind has for it.
// Exactly that is found, by the path where it stands: by the command line, which denies, and by the webhook, which warns, or refuses
// where the chart says so.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enforcementByRow, type Gate } from '../../src/engine/gate.ts';
import { validate } from '../../src/engine/validate.ts';
import { step } from '../../src/kubernetes/field-path.ts';
import { enforcementOffline } from '../../src/library/offline/judge.ts';
import { parseFiles } from '../../src/library/offline/objects.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { PROJECTS } from '../../src/workloads/projects/index.ts';
import { findTemplates, pathInObject } from '../../src/workloads/template.ts';
import { qualifiedKind, type Workload } from '../../src/workloads/workload.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const FOLDER = join(import.meta.dirname, 'objects');
const READ = readdirSync(FOLDER).flatMap((file) => {
  const { files, problems } = parseFiles([{ file, text: readFileSync(join(FOLDER, file), 'utf8') }]);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return files.flatMap(({ documents }) => documents.flatMap(({ objects }) => objects));
});

/** What Argo's other kinds hold is a workflow as well. */
const OBJECTS: readonly JsonObject[] = READ.flatMap(({ kind, value }) => {
  if (kind.kind !== 'Workflow' || kind.group !== 'argoproj.io') return [value];
  const { spec } = value;
  return [
    value,
    { ...value, kind: 'WorkflowTemplate' },
    { ...value, kind: 'ClusterWorkflowTemplate', metadata: { name: 'build' } },
    { ...value, kind: 'CronWorkflow', spec: { schedules: ['0 3 * * *'], workflowSpec: spec } },
  ];
});
const ROWS = PROJECTS.flat().map((row) => [qualifiedKind(row), row] as const);

const POLICY = policyYaml(
  'wrong',
  `podSecurity: { level: baseline }
images: { forbidden: ["evil.example.com/**"] }
env: { forbidden: [LD_PRELOAD] }
volumes: { allowedTypes: [emptyDir, hostPath, configMap, secret] }`,
);
const GATE: Gate = gateOf(POLICY);

function objectsOf(row: Workload): readonly JsonObject[] {
  return OBJECTS.filter(({ apiVersion, kind }) => kind === row.kind && String(apiVersion).startsWith(`${row.group}/`));
}

/** The paths of everything in an object that the policy forbids. */
function wrongIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((member: unknown, index) => wrongIn(member, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const here = (path + step(key)).replace(/^\./, '');
    if (isWrong(key, member)) return [here];
    if (key === 'volumeClaimTemplates' && Array.isArray(member)) return member.map((_, index) => `${here}[${index}]`);
    return wrongIn(member, here);
  });
}

function isWrong(key: string, value: unknown): boolean {
  if (key === 'privileged' || key === 'hostNetwork') return value === true;
  if (key === 'hostPath') return isJsonObject(value);
  return (
    value === 'Unconfined' ||
    value === 'unconfined' ||
    value === 'LD_PRELOAD' ||
    String(value).startsWith('evil.example.com/')
  );
}

function found(object: JsonObject, gate: Gate): { readonly verdict: string; readonly paths: readonly string[] } {
  const { verdict, findings } = validate(subjectOf(object), gate);
  // Of a folder of the node and of a claim several things are wrong at once.
  const paths = findings.flatMap(({ fields }) =>
    fields.map(({ path }) => path.replace(/(?<=\.hostPath|volumeClaimTemplates\[\d\])\..*$/, '')),
  );
  return { verdict, paths: [...new Set(paths)] };
}

describe.each(ROWS)('objects of the kind %s', (_, row) => {
  test.each(objectsOf(row).map((object, index) => [index, object] as const))(
    'of object %i exactly what is wrong is found, where it stands',
    (__, object) => {
      const wrong = wrongIn(object).toSorted();
      expect(wrong.length).toBeGreaterThan(0);
      const offline = found(object, { ...GATE, enforcement: enforcementOffline });
      expect({ verdict: offline.verdict, paths: offline.paths.toSorted() }).toEqual({
        verdict: 'denied',
        paths: wrong,
      });
      const warned = found(object, { ...GATE, enforcement: enforcementByRow });
      expect({ verdict: warned.verdict, paths: warned.paths.toSorted() }).toEqual({ verdict: 'allowed', paths: wrong });
      const enforced = found(object, { ...GATE, enforcement: () => 'Enforce' });
      expect(enforced.verdict).toBe('denied');
    },
  );

  test('there is something wrong in every place of the row', () => {
    const wrong = objectsOf(row).map((object) => ({ object, paths: wrongIn(object) }));
    const isCovered = (places: Pick<Workload, 'templates' | 'partials'>): boolean =>
      wrong.some(({ object, paths }) =>
        findTemplates(object, places).some((place) => {
          const at = pathInObject({ ...place, partial: undefined }, '');
          return paths.some((path) => path.startsWith(at));
        }),
      );
    const missing = [
      ...row.templates.filter((pointer) => !isCovered({ templates: [pointer] })),
      ...(row.partials ?? []).filter((form) => !isCovered({ templates: [], partials: [form] })).map(({ at }) => at),
    ];
    expect(missing).toEqual([]);
  });
});
