// The webhook for connections to running pods: there where the values ask for it or the server may need it, with the right to read pods.
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { WEBHOOK_ENTRIES, webhookConfigurations } from '../../scripts/registration.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { WHERE_USED_ANNOTATION } from '../../src/model/names.ts';
import { at, configurationsIn, find, template } from './rendered.ts';

const { name: NAME } = WEBHOOK_ENTRIES.connect;
const ASKED = [
  '--set',
  'webhooks.registration=Chart,webhooks.connect.enabled=true,webhooks.connect.failurePolicy=Ignore,webhooks.connect.timeoutSeconds=7',
];
const PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

async function rendered(args: readonly string[]): Promise<readonly JsonObject[]> {
  const webhooks = configurationsIn(await template(args)).flatMap((configuration) =>
    ownField(configuration, 'webhooks'),
  );
  return webhooks.filter(isJsonObject).filter(({ name }) => name === NAME);
}

/** Which webhooks each configuration says to be there only where they are used. */
async function whereUsed(args: readonly string[]): Promise<readonly unknown[]> {
  const configurations = configurationsIn(await template(args));
  return configurations.map((one) => at(one, 'metadata', 'annotations', WHERE_USED_ANNOTATION));
}

async function rulesOfServer(args: readonly string[]): Promise<unknown> {
  return at(find(await template(args), 'ClusterRole', 'sandgate'), 'rules');
}

test.each([
  'webhooks.registration=Chart',
  'webhooks.registration=Chart,webhooks.connect.enabled=auto',
  'webhooks.connect.enabled=false',
])('with %s it is not registered, and no pod can be read', async (values) => {
  const args = ['--set', values];
  expect(await rendered(args)).toEqual([]);
  expect(await rulesOfServer(args)).not.toContainEqual(PODS);
  expect(JSON.stringify(await template(args))).not.toMatch(/PodExecOptions|where-used: [^\\]*connections/);
});

test('by default the server is told to register it where it is used, and may read pods then', async () => {
  expect(await rendered([])).toHaveLength(1);
  expect(await whereUsed([])).toEqual([undefined, `${NAME},${WEBHOOK_ENTRIES.roleBindings.name}`]);
  expect(await rulesOfServer([])).toContainEqual(PODS);
  expect(JSON.stringify(find(await template([]), 'Deployment'))).toMatch(/--registered-kinds=[^"]*,PodExecOptions[,"]/);
});

test('where the values say true the server always registers it, as before', async () => {
  const args = ['--set', 'webhooks.connect.enabled=true'];
  expect(await rendered(args)).toHaveLength(1);
  expect(await whereUsed(args)).toEqual([undefined, WEBHOOK_ENTRIES.roleBindings.name]);
  expect(await rulesOfServer(args)).toContainEqual(PODS);
});

test('another word than auto is refused', async () => {
  await expect(template(['--set', 'webhooks.connect.enabled=always'])).rejects.toThrow(/enabled/);
});

test('where it is asked for it is registered as the code has it, with what the values say', async () => {
  const [webhook] = await rendered(ASKED);
  const { validating } = webhookConfigurations({ name: '', clientConfig: (url) => ({ url }), connections: true });
  const expected = validating.webhooks.find(({ name }) => name === NAME);
  expect(webhook).toMatchObject({ rules: expected?.rules, failurePolicy: 'Ignore', timeoutSeconds: 7 });
});

test('where it is asked for the server may read pods, and is told that connections come', async () => {
  const objects = await template(ASKED);
  expect(await rulesOfServer(ASKED)).toContainEqual(PODS);
  expect(JSON.stringify(find(objects, 'Deployment'))).toMatch(/--registered-kinds=[^"]*,PodExecOptions[,"]/);
});

test('no selector of objects and no condition about them keeps a connection from it: it has neither labels nor a pod', async () => {
  const selector = ['--set-json', 'webhooks.objectSelector={"matchLabels":{"a":"b"}}'];
  const [webhook] = await rendered([...ASKED, ...selector]);
  expect(Object.keys(webhook ?? {})).not.toContain('objectSelector');
});

test('namespaces that are excluded are so for connections, too: by name, by pattern and by platform', async () => {
  const values = ['--set', 'platforms={OpenShift},excludedNamespaces={kube-system,build-*}'];
  const own = ['--set-json', 'webhooks.matchConditions=[{"name":"mine","expression":"has(object.spec)"}]'];
  const [webhook] = await rendered([...ASKED, ...values, ...own]);
  const conditions = ownField(webhook, 'matchConditions');
  const names = Array.isArray(conditions) ? conditions.map((one) => ownField(one, 'name')) : [];
  expect(names).toEqual(['not-ourselves', 'not-being-deleted', 'changes-something', 'not-in-excluded-namespaces']);
  expect(conditions).toContainEqual({
    name: 'not-in-excluded-namespaces',
    expression: '!has(request.namespace) || !request.namespace.matches("^(build-.*|openshift-.*)$")',
  });
  expect(ownField(webhook, 'namespaceSelector')).toEqual({
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['sandgate', 'cert-manager', 'kube-system'] },
    ],
  });
});

test('whoever registers it, it is the same', async () => {
  const [byChart] = await rendered(ASKED);
  const objects = await template([...ASKED, '--set', 'webhooks.registration=Server']);
  const text = at(find(objects, 'ConfigMap', 'sandgate-webhooks'), 'data', 'webhooks.yaml');
  const ours = parseAllDocuments(String(text))
    .flatMap((document) => {
      const configuration: unknown = document.toJS();
      return ownField(configuration, 'webhooks');
    })
    .filter(isJsonObject)
    .find(({ name }) => name === NAME);
  // Beside what cert-manager adds, nothing differs.
  expect(ours).toEqual(byChart);
  expect(await rulesOfServer([...ASKED, '--set', 'webhooks.registration=Server'])).toContainEqual(PODS);
});
