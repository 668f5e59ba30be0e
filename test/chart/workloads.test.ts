// Which kinds of workloads the chart registers: those that always are, and those that its values name or describe.
import { describe, expect, test } from 'vitest';
import { webhookConfigurations } from '../../scripts/registration.ts';
import { formatProblem } from '../../src/manifests/source.ts';
import { isJsonObject } from '../../src/model/json.ts';
import { REACHABLE_WEBHOOK, UNINSTALL_WEBHOOK } from '../../src/model/names.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { ALL_WORKLOADS, BUILT_IN, WORKLOADS } from '../../src/workloads/index.ts';
import { qualifiedKind, type Workload } from '../../src/workloads/workload.ts';
import { at, configurationsIn, find, template, templateText } from './rendered.ts';

function values(...workloads: readonly unknown[]): readonly string[] {
  return ['--set-json', `workloads=${JSON.stringify(workloads)}`];
}

/** The webhooks that the code registers for these rows, as the chart names itself. */
function registered(workloads: readonly Workload[]): ReturnType<typeof webhookConfigurations> {
  return webhookConfigurations({
    name: 'sandgate',
    clientConfig: (path) => ({ service: { name: 'sandgate', namespace: 'sandgate', path, port: 443 } }),
    namespace: 'sandgate',
    excludedNamespaces: ['cert-manager', 'kube-system'],
    username: 'system:serviceaccount:sandgate:sandgate',
    workloads,
    // For the server to register where it is used.
    connections: true,
    roleBindings: true,
    ownBindings: ['sandgate', 'sandgate-audit'],
  });
}

/** The static documents that the server is given. */
async function files(args: readonly string[]): Promise<readonly { readonly file: string; readonly text: string }[]> {
  const data = at(find(await template(args), 'ConfigMap', 'sandgate-policies'), 'data');
  return Object.entries(isJsonObject(data) ? data : {}).map(([file, text]) => ({ file, text: String(text) }));
}

const FOO = { group: 'example.dev', kind: 'Foo', plural: 'foos', versions: ['v1'], templates: ['/spec/pods/*'] };
const FOO_ROW: Workload = {
  group: 'example.dev',
  kind: 'Foo',
  versions: ['v1'],
  resource: 'foos',
  templates: ['/spec/pods/*'],
  subresources: [],
  enforcement: 'Warn',
  fillIn: false,
};

function withRow(changes: Partial<Workload>, kind: string): readonly Workload[] {
  return WORKLOADS.map((row) => (row.kind === kind ? { ...row, ...changes } : row));
}

describe.concurrent('the webhooks are those of the code', () => {
  const others = ALL_WORKLOADS.filter((row) => !WORKLOADS.includes(row));
  const cases: readonly (readonly [what: string, entries: readonly unknown[], rows: readonly Workload[]])[] = [
    ['with every built-in kind', others.map(qualifiedKind), ALL_WORKLOADS],
    ['with a kind of one’s own', [FOO], [...WORKLOADS, FOO_ROW]],
    [
      'with a kind that belongs to no namespace, is refused and filled in',
      [{ ...FOO, scope: 'Cluster', enforcement: 'Enforce', fillIn: true }],
      [...WORKLOADS, { ...FOO_ROW, scope: 'Cluster', enforcement: 'Enforce', fillIn: true }],
    ],
    [
      'where Deployments are refused',
      [{ group: 'apps', kind: 'Deployment', enforcement: 'Enforce' }],
      withRow({ enforcement: 'Enforce' }, 'Deployment'),
    ],
    ['where Jobs are filled in', [{ group: 'batch', kind: 'Job', fillIn: true }], withRow({ fillIn: true }, 'Job')],
    [
      'where Sandboxes are not looked at',
      [{ group: 'agents.x-k8s.io', kind: 'Sandbox', enforcement: 'Ignore' }],
      withRow({ enforcement: 'Ignore' }, 'Sandbox'),
    ],
    [
      'where nothing is only warned about',
      WORKLOADS.filter((row) => row.enforcement === 'Warn').map(({ group, kind }) => ({
        group,
        kind,
        enforcement: 'Enforce',
      })),
      WORKLOADS.map((row) => ({ ...row, enforcement: 'Enforce' })),
    ],
  ];
  test.each(cases)('the chart registers what the engine judges: %s', async (_, entries, rows) => {
    const { mutating, validating } = registered(rows);
    const objects = configurationsIn(await template(values(...entries)));
    expect(at(find(objects, mutating.kind), 'webhooks')).toEqual(mutating.webhooks);
    // The last two are about no workload: whether the API server reaches the server, and whether it is being uninstalled.
    expect(at(find(objects, validating.kind), 'webhooks')).toEqual([
      ...validating.webhooks,
      expect.objectContaining({ name: REACHABLE_WEBHOOK }),
      expect.objectContaining({ name: UNINSTALL_WEBHOOK }),
    ]);
  });
});

test('the server knows what is registered, and the kinds that are not built in, from files that it accepts', async () => {
  const entries = [
    'RunnerGroup.actions-gateway.github.com',
    {
      ...FOO,
      form: 'Partial',
      parts: [{ from: '/image', to: 'container.image', name: 'foo' }],
      patches: ['/spec/patch'],
    },
    { group: 'agents.x-k8s.io', kind: 'Sandbox', enforcement: 'Ignore' },
  ];
  const text = await templateText(values(...entries));
  const [, kinds = ''] = /--registered-kinds=(\S+)/.exec(text) ?? [];
  const expected = WORKLOADS.map(qualifiedKind).filter((kind) => kind !== 'Sandbox.agents.x-k8s.io');
  expect(kinds.split(',')).toEqual([
    ...expected,
    'RunnerGroup.actions-gateway.github.com',
    'Foo.example.dev',
    'PodExecOptions',
    'RoleBinding.rbac.authorization.k8s.io',
  ]);
  const loaded = loadPolicies(await files(values(...entries)), { classesElsewhere: true });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  expect(loaded.policies.workloads.find('agents.x-k8s.io', 'Sandbox')?.enforcement).toBe('Ignore');
  expect(loaded.policies.workloads.find('example.dev', 'Foo')?.partials).toHaveLength(1);
  expect(loaded.policies.workloads.own).toHaveLength(2);
});

describe.concurrent('what the server would not start with, or what would do nothing, is refused', () => {
  const cases: readonly (readonly [entry: unknown, says: string])[] = [
    [
      'RunnerGrup.actions-gateway.github.com',
      'workloads[0]: no kind "RunnerGrup.actions-gateway.github.com" is built in',
    ],
    ['Deployment.apps', 'workloads[0]: Deployment.apps is registered anyway: to treat it otherwise, write'],
    [{ group: '', kind: 'Pod', enforcement: 'Warn' }, 'workloads[0]: pods are always judged and filled in'],
    [
      { group: 'example.dev', kind: 'Foo', plural: 'foos' },
      'workloads[0].versions: is needed for Foo.example.dev, which is not built in',
    ],
    [{ ...FOO, parts: [{ from: '', to: 'spec' }] }, 'workloads[0].parts: only with form: Partial'],
    [{ group: 'apps', kind: 'Deployment', form: 'PodSpec' }, 'workloads[0].form: without templates'],
    [
      { ...FOO, form: 'PodSpec', fillIn: true },
      'workloads[0].fillIn: only a kind that is judged and holds whole pod templates',
    ],
    [{ group: 'argoproj.io', kind: 'Workflow', fillIn: true }, 'workloads[0].fillIn: only a kind that is judged'],
    [{ ...FOO, fillIn: true, enforcement: 'Ignore' }, 'workloads[0].fillIn: only a kind that is judged'],
    [{ ...FOO, templates: ['spec/pods'] }, 'workloads/0/templates/0'],
    [{ ...FOO, form: 'Partial', parts: [{ from: '/x', to: 'spec.volume' }] }, 'workloads/0/parts/0/to'],
    [{ ...FOO, enforcment: 'Warn' }, 'enforcment'],
  ];
  test.each(cases)('a row that is not valid is refused with its place: %j', async (entry, says) => {
    await expect(templateText(values(entry))).rejects.toThrow(says);
  });

  test('a kind that is named twice', async () => {
    const name = 'RunnerGroup.actions-gateway.github.com';
    await expect(templateText(values(name, name))).rejects.toThrow(`workloads[1]: ${name} is named twice`);
  });
});

test('every row that the chart knows is one of the code, and may be named', async () => {
  const objects = configurationsIn(await template(values('Rollout.argoproj.io')));
  expect(JSON.stringify(find(objects, 'ValidatingWebhookConfiguration'))).toContain('"rollouts"');
  expect(BUILT_IN.rows).toHaveLength(ALL_WORKLOADS.length);
});
