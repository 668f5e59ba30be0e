// The table of pod fields is Kubernetes' own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { podFieldsFile } from '../../scripts/kubernetes/pod-fields.ts';
import { kubernetesVersion, specificationFile } from '../../scripts/kubernetes/specification.ts';
import { fieldType } from '../../src/kubernetes/field-type.ts';
import type { Container, PodSpec } from '../../src/kubernetes/pod.ts';
import { POD_FIELDS } from '../../src/kubernetes/pod-fields.ts';

const SPECIFICATION = specificationFile();

// The module is where Go has fetched it, as it has for the tests with an API server.
test.skipIf(SPECIFICATION === undefined)('it is fresh; if not, run node scripts/pod-fields.ts', () => {
  const specification: unknown = JSON.parse(readFileSync(SPECIFICATION ?? '', 'utf8'));
  const written = readFileSync(join(import.meta.dirname, '../../src/kubernetes/pod-fields.ts'), 'utf8');
  expect(podFieldsFile(specification, kubernetesVersion())).toBe(written);
});

test('fields of Kubernetes 1.34 to 1.37 are there', () => {
  expect(POD_FIELDS.PodSpec).toMatchObject({
    hostnameOverride: 'string',
    schedulingGroup: 'PodSchedulingGroup',
    evictionResponders: '[EvictionResponder]',
  });
  expect(POD_FIELDS.Container).toMatchObject({ restartPolicyRules: '[ContainerRestartRule]' });
  expect(POD_FIELDS.VolumeMount).toMatchObject({ bindMountOptions: '[string]' });
  expect(POD_FIELDS.VolumeProjection).toMatchObject({ podCertificate: 'PodCertificateProjection' });
});

describe('types of the table', () => {
  test.each([
    ['string', { form: 'single', name: 'string', required: false }],
    ['Container!', { form: 'single', name: 'Container', required: true }],
    ['[Container]!', { form: 'list', name: 'Container', required: true }],
    ['{quantity}', { form: 'map', name: 'quantity', required: false }],
  ])('%s is read as its type', (written, type) => {
    expect(fieldType(written)).toEqual(type);
  });

  test.each(['', 'number', '[string', '[[string]]', 'toString', '!'])('%j is not one', (written) => {
    expect(() => fieldType(written)).toThrow('the table of pod fields has no type');
  });

  test('every type in the table is a type', () => {
    for (const fields of Object.values(POD_FIELDS)) {
      for (const written of Object.values(fields)) expect(() => fieldType(written)).not.toThrow();
    }
  });

  test('TypeScript has them, too', () => {
    expectTypeOf<Container['image']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Container['args']>().toEqualTypeOf<readonly string[] | null | undefined>();
    expectTypeOf<PodSpec['automountServiceAccountToken']>().toEqualTypeOf<boolean | null | undefined>();
    expectTypeOf<PodSpec['nodeSelector']>().toEqualTypeOf<Readonly<Record<string, string>> | null | undefined>();
    expectTypeOf<keyof Container>().not.toEqualTypeOf<string>();
  });
});
