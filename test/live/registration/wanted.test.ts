// The file with the configurations: what is read from it, and what is refused before anything is registered.
import { expect, test } from 'vitest';
import { wantedFrom } from '../../../src/cluster/registration/wanted.ts';
import { SERVED, textWith } from './configurations.ts';

test('says which Service is asked, whose configurations they are, and which release made them', () => {
  const wanted = wantedFrom(textWith({ version: '1.2.3' }), 'webhooks.yaml', SERVED);
  expect(wanted).toMatchObject({
    service: { name: 'sandgate', namespace: 'sandgate' },
    host: 'sandgate.sandgate.svc',
    owner: 'sandgate',
    version: '1.2.3',
    ca: undefined,
  });
  expect(wanted.configurations.map(({ path }) => path)).toEqual([
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/sandgate',
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/sandgate',
  ]);
  expect(wantedFrom(textWith({ version: '1.2.4' }), 'webhooks.yaml', SERVED).mark).not.toBe(wanted.mark);
});

const TEXT = textWith();
const [MUTATING = ''] = TEXT.split('---\n');

test.each([
  ['nothing', '', 'webhooks.yaml: there is no MutatingWebhookConfiguration in it (expected one)'],
  ['one of the two', MUTATING, 'webhooks.yaml: there is no ValidatingWebhookConfiguration in it (expected one)'],
  [
    'one of them twice',
    `${TEXT}---\n${MUTATING}`,
    /^webhooks\.yaml:84:7: kind: expected one MutatingWebhookConfiguration/,
  ],
  [
    'another object',
    `${TEXT}---\nkind: Pod\n`,
    /^webhooks\.yaml:83:7: kind: expected MutatingWebhookConfiguration or Val/,
  ],
  [
    'another version',
    TEXT.replace('/v1\n', '/v1beta1\n'),
    'webhooks.yaml:1:13: apiVersion: expected admissionregistration.k8s.io/v1',
  ],
  ['no name', TEXT.replace('name: sandgate\n', 'name: ""\n'), /^webhooks\.yaml:4:9: metadata\.name: expected a name/],
  [
    'a path that nothing is answered at',
    TEXT.replace('path: /mutate', 'path: /connect'),
    /webhooks\.0\.clientConfig\.service\.path: nothing is answered at \/connect \(expected \/mutate, \/validate, \/reachable\)/,
  ],
  [
    'a webhook without a Service',
    TEXT.replace('      service:', '      url:'),
    /webhooks\.0\.clientConfig\.service: expected a Service with its name and namespace/,
  ],
  [
    'two Services',
    TEXT.replace(
      '        namespace: sandgate\n        path: /reachable',
      '        namespace: other\n        path: /reachable',
    ),
    /webhooks\.1\.clientConfig\.service: expected the Service that the first webhook has/,
  ],
  [
    'no webhook by which the API server can be asked',
    TEXT.replace('reachable.validate.sandgate.dev', 'something.example.com'),
    /webhooks: expected one that is called reachable\.validate\.sandgate\.dev/,
  ],
  ['what is not YAML', 'kind: [', /^webhooks\.yaml:1:8: /],
])('a file with %s is refused', (_, text, says) => {
  expect(() => wantedFrom(text, 'webhooks.yaml', SERVED)).toThrow(says);
});
