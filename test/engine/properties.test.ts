// What must hold for every pod anybody can write.
import fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { patchBetween } from '../../src/engine/diff.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { viewOf } from '../../src/kubernetes/containers.ts';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { podTemplate } from '../support/pods.ts';
import { randomCases } from '../support/random-cases.ts';

const complete = gateOf([
  policyYaml(
    'complete',
    `
podSecurity: { level: restricted }
harden: restricted
runtime: { default: gvisor }
identity:
  runAsUser: 1000
  fsGroup: 1000
  images:
    - { image: ghcr.io/acme/app, runAsUser: 2000, runAsGroup: 2000 }
    - { image: ghcr.io/acme/app, tags: "*-full", runAsUser: 3000 }
`,
  ),
  policyYaml('floor', 'podSecurity: { level: baseline }\nharden: [readOnlyRootFilesystem, hostUsers, runAsNonRoot]'),
]);

function pod(template: PodTemplate): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', ...template };
}

/** What came out of the mutating side, or the object as it was. */
function filled(object: JsonObject): JsonObject {
  return mutate(subjectOf(object), complete).object ?? object;
}

describe('filling in', () => {
  test('twice changes nothing more than once', () => {
    fc.assert(
      fc.property(podTemplate, (template) => {
        const once = filled(pod(template));
        expect(filled(once)).toBe(once);
      }),
      { numRuns: randomCases(2000) },
    );
  });

  test('the patch turns the original into the filled object', () => {
    fc.assert(
      fc.property(podTemplate, (template) => {
        const before = pod(template);
        const after = filled(before);
        const patch = patchBetween(before, after);
        const copy: unknown = JSON.parse(JSON.stringify(before));
        const patched: unknown = jsonpatch.applyPatch(copy, [...patch], true).newDocument;
        expect(patched).toEqual(JSON.parse(JSON.stringify(after)));
        expect(patch.every((operation) => operation.op === 'add' || operation.op === 'replace')).toBe(true);
      }),
      { numRuns: randomCases(2000) },
    );
  });

  test('leaves nothing for validation to miss', () => {
    fc.assert(
      fc.property(podTemplate, (template) => {
        const decision = validate(subjectOf(filled(pod(template))), complete);
        expect(decision.findings.filter((finding) => finding.check === 'filledIn')).toEqual([]);
      }),
      { numRuns: randomCases(2000) },
    );
  });

  test('what still violates restricted is what somebody wrote', () => {
    fc.assert(
      fc.property(podTemplate, (template) => {
        const decision = validate(subjectOf(filled(pod(template))), complete);
        for (const finding of decision.findings) {
          for (const field of finding.fields) {
            // The field, or the part of the pod it depends on, was there before anything was filled in.
            expect([finding.check, field.path, wrote(template, finding.check)]).toEqual([
              finding.check,
              field.path,
              true,
            ]);
          }
        }
      }),
      { numRuns: randomCases(2000) },
    );
  });
});

/** True where the author set something that alone explains a violation of this check. */
function wrote(template: PodTemplate, check: string): boolean {
  const view = viewOf(template);
  const contexts = [view.spec.securityContext, ...view.containers.map((ref) => ref.container.securityContext)];
  const has = (field: string): boolean => contexts.some((context) => ownField(context, field) != null);
  switch (check) {
    case 'allowPrivilegeEscalation':
      return has('allowPrivilegeEscalation') || has('privileged') || has('capabilities');
    case 'capabilities_baseline':
    case 'capabilities_restricted':
      return has('capabilities') || has('privileged');
    case 'runAsNonRoot':
      return has('runAsNonRoot') || has('runAsUser');
    case 'seccompProfile_baseline':
    case 'seccompProfile_restricted':
      return has('seccompProfile');
    case 'appArmorProfile':
    case 'seLinuxOptions':
    case 'privileged':
    case 'runAsUser':
      return has(check);
    case 'procMount':
    case 'procMount_restricted':
      return has('procMount');
    case 'windowsHostProcess':
      return has('windowsOptions');
    case 'hostNamespaces':
      return view.spec.hostNetwork === true || view.spec.hostPID === true || view.spec.hostIPC === true;
    case 'hostPorts':
      return view.containers.some((ref) => (ref.container.ports ?? []).length > 0);
    case 'hostPathVolumes':
    case 'restrictedVolumes':
      return (view.spec.volumes ?? []).some((volume) => volume.name === 'h');
    default:
      return false;
  }
}

describe('anything at all', () => {
  const key = fc.constantFrom(
    'metadata',
    'spec',
    'containers',
    'securityContext',
    'labels',
    'template',
    '__proto__',
    'x',
  );
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(null, true, 0, -1.5, 1e300, '', 'a', []),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const rows = fc.constantFrom(...WORKLOADS);

  test('never throws, and mutation never leaves what it cannot read', () => {
    fc.assert(
      fc.property(json, json, rows, fc.boolean(), (value, old, { group, versions, kind }, update) => {
        const object: JsonObject = {
          ...(isJsonObject(value) ? value : { spec: value }),
          apiVersion: group === '' ? versions[0] : `${group}/${versions[0]}`,
          kind,
        };
        const subject = subjectOf(
          object,
          update ? { operation: 'UPDATE', oldObject: isJsonObject(old) ? old : {} } : {},
        );
        const mutated = mutate(subject, complete);
        validate(subject, complete);
        validate({ ...subject, object: mutated.object }, complete);
      }),
      { numRuns: randomCases(3000) },
    );
  });
});
