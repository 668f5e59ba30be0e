// The checks of the Pod Security Standards as they are exported, held against the checks themselves: on their own examples, in every
// version, as our evaluator reads them. test/cluster/export asks the API server's.
import { describe, expect, test } from 'vitest';
import { admissionEnvironment, admissionValues } from '../../../src/cel/admission.ts';
import { STANDARDS, standardTerm } from '../../../src/cli/export/standards.ts';
import { viewOf } from '../../../src/kubernetes/containers.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { POD_SECURITY_CHECKS } from '../../../src/pod-security/checks/index.ts';

const REQUEST = {
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: 'pods',
  subresource: '',
  operation: 'CREATE' as const,
  name: 'p',
  namespace: 'n',
  user: { username: '', groups: [] },
  dryRun: false,
};

/** The pod as the API server would have it: null is an absent field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([, inside]) => inside !== null);
  return Object.fromEntries(entries.map(([key, inside]) => [key, withoutNulls(inside)]));
}

function objectOf(pod: object): JsonObject {
  const object = withoutNulls({ metadata: {}, ...pod });
  const spec = isJsonObject(object) && isJsonObject(object.spec) ? object.spec : {};
  return { ...(isJsonObject(object) && object), spec: { containers: [], ...spec } };
}

test('every check is there in all of its versions', () => {
  const ours = POD_SECURITY_CHECKS.map(({ id, versions }) => [id, versions.map(({ since }) => since)] as const);
  const exported = Object.entries(STANDARDS).map(([id, versions]) => [id, versions.map(({ since }) => since)] as const);
  expect(Object.fromEntries(exported)).toEqual(Object.fromEntries(ours));
});

describe.each(POD_SECURITY_CHECKS.map((check) => [check.id, check] as const))('the check %s in CEL', (id, check) => {
  const examples = [...check.examples.pass, ...check.examples.fail];

  test.each(check.versions)('judges its examples as the check does from $since on', ({ since, check: judge }) => {
    const term = standardTerm(id, `v${since}`);
    const compiled = admissionEnvironment().compile(term?.('object') ?? '', 'bool');
    if (!compiled.ok) throw new Error(compiled.message);
    for (const { name, pod } of examples) {
      const object = objectOf(pod);
      const facts = { object, oldObject: undefined, request: REQUEST, namespaceLabels: undefined };
      const found = compiled.expression.evaluate(admissionValues(facts));
      expect([name, found]).toEqual([name, { ok: true, value: judge(viewOf(object)) === undefined }]);
    }
  });

  test('asks nothing before its first version', () => {
    const [first] = check.versions;
    const minor = Number(first?.since.slice(2));
    expect(minor === 0 ? undefined : standardTerm(id, `v1.${minor - 1}`)).toBeUndefined();
    expect(standardTerm(id, 'latest')).toBe(standardTerm(id, 'v1.37'));
  });
});
