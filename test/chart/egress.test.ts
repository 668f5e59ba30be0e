// The NetworkPolicy on what workloads may connect to, and the labels that it selects by.
import { BlockList, isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { folderWith, sandgate } from '../cli/console.ts';
import { helm } from '../support/helm.ts';
import { at, CHART, EVERY_VALUE, find, template, templateText } from './rendered.ts';

const KEY = 'workloadEgressNetworkPolicy';
const NAMED = `${KEY}.enabled=true,${KEY}.workloadNamespace=agyn-workloads`;
const CLUSTER = `${KEY}.clusterPodCIDR=10.42.0.0/16,${KEY}.clusterServiceCIDR=10.43.0.0/16`;
const ARGS = ['--set', `${NAMED},${CLUSTER}`];
const IPV6 = ['--set', `${KEY}.ipv6=true,${KEY}.additionalInternalCIDRs={fd00:10:42::/56}`];

interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

function policies(objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && ownField(metadata, 'name') !== 'sandgate');
}

/** The blocks of addresses that a policy opens, without those for DNS alone. */
function blocksOf(policy: unknown): readonly Block[] {
  const rules = [at(policy, 'spec', 'egress')].flat().filter((rule) => at(rule, 'ports') === undefined);
  const peers = rules.flatMap((rule) => [at(rule, 'to')].flat());
  return peers.map((peer) => ({
    cidr: String(at(peer, 'ipBlock', 'cidr')),
    except: [at(peer, 'ipBlock', 'except') ?? []].flat().map(String),
  }));
}

/** True where an address is in a range, as Node reads both. */
function isIn(address: string, cidr: string): boolean {
  const [base = '', length] = cidr.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== isIPv6(base)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(length), family);
  return list.check(address, family);
}

/** Whether a pod that the policy selects may connect to an address. */
function mayReach(policy: unknown, address: string): boolean {
  return blocksOf(policy).some(
    ({ cidr, except }) => isIn(address, cidr) && !except.some((other) => isIn(address, other)),
  );
}

describe.concurrent('what it opens', () => {
  test('is the tunnel, DNS and the public internet without what is internal, for the pods with the label', async () => {
    const [policy, ...others] = policies(await template(ARGS));
    expect(others).toEqual([]);
    expect(at(policy, 'metadata', 'name')).toBe('agent-workload-egress');
    expect(at(policy, 'metadata', 'namespace')).toBe('agyn-workloads');
    expect(at(policy, 'spec')).toEqual({
      podSelector: { matchLabels: { 'agyn.dev/managed-by': 'agents-orchestrator' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '100.64.0.0/10', except: ['100.100.100.200/32'] } }] },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        {
          to: [
            {
              ipBlock: {
                cidr: '0.0.0.0/0',
                except: ['10.42.0.0/16', '10.43.0.0/16', '169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32'],
              },
            },
          ],
        },
      ],
    });
  });

  test.each([
    ['1.1.1.1', true],
    ['100.64.0.1', true],
    ['10.42.3.4', false],
    ['10.43.0.1', false],
    ['169.254.169.254', false],
    ['169.254.170.23', false],
    ['168.63.129.16', false],
    ['100.100.100.200', false],
    ['2606:4700::1111', true],
    ['fd00:10:42::9', false],
    ['fd00:ec2::254', false],
    ['fd20:ce::254', false],
    ['fe80::a9fe:a9fe', false],
  ])('the address %s is reached: %s', async (address, isReached) => {
    const [policy] = policies(await template([...ARGS, ...IPV6]));
    expect(mayReach(policy, address)).toBe(isReached);
  });

  test('has no IPv6 address where that is not asked for', async () => {
    const [policy] = policies(await template(ARGS));
    for (const address of ['2606:4700::1111', 'fd00:ec2::254']) expect(mayReach(policy, address)).toBe(false);
  });

  test('leaves what is internal out of the tunnel, too', async () => {
    const inside = ['--set', `${KEY}.additionalInternalCIDRs={100.70.0.0/16,100.128.0.0/9}`];
    const [policy] = policies(await template([...ARGS, ...inside]));
    expect(blocksOf(policy)[0]).toEqual({ cidr: '100.64.0.0/10', except: ['100.70.0.0/16', '100.100.100.200/32'] });
    expect(mayReach(policy, '100.70.1.1')).toBe(false);
  });

  test('has no tunnel where there is none', async () => {
    const [policy] = policies(await template([...ARGS, '--set', `${KEY}.openZitiCIDR=`]));
    expect(blocksOf(policy).map(({ cidr }) => cidr)).toEqual(['0.0.0.0/0']);
  });

  test('is the same in each of several namespaces, with every list and family', async () => {
    const found = policies(await template(EVERY_VALUE.args)).filter(
      ({ metadata }) => ownField(metadata, 'name') === 'agents-egress',
    );
    expect(found.map((policy) => at(policy, 'metadata', 'namespace'))).toEqual(['agents', 'agents-staging']);
    const [first, second] = found.map((policy) => at(policy, 'spec'));
    expect(first).toEqual(second);
    expect(blocksOf(found[0])).toEqual([
      { cidr: '100.96.0.0/12', except: ['100.100.100.200/32'] },
      {
        cidr: '0.0.0.0/0',
        except: [
          '10.42.0.0/16',
          '10.43.0.0/16',
          '172.16.0.0/12',
          '192.168.0.0/16',
          '169.254.0.0/16',
          '168.63.129.16/32',
          '100.100.100.200/32',
        ],
      },
      {
        cidr: '::/0',
        except: [
          'fd00:10:42::/56',
          'fd00:10:43::/112',
          'fe80::/10',
          'fd00:ec2::254/128',
          'fd00:ec2::23/128',
          'fd20:ce::254/128',
          'fd00:42::42/128',
        ],
      },
    ]);
    expect(at(first, 'podSelector')).toEqual({ matchLabels: { 'example.com/agent': 'true' } });
    expect(at(first, 'egress', 1)).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } },
          podSelector: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
        },
        { ipBlock: { cidr: '169.254.20.10/32' } },
      ],
      ports: [
        { port: 5353, protocol: 'UDP' },
        { port: 5353, protocol: 'TCP' },
      ],
    });
  });

  test('is nothing by default', async () => {
    expect(policies(await template())).toEqual([]);
  });
});

describe.concurrent('values that would open too much, or nothing', () => {
  test.each([
    [`${KEY}.enabled=true,${CLUSTER}`, `${KEY}.workloadNamespace: is empty: expected the namespace of the workloads`],
    [
      `${NAMED},${CLUSTER},${KEY}.workloadNamespace=sandgate`,
      'sandgate is excluded (sandgate), so that nobody would hold the labels of its pods',
    ],
    [`${NAMED},${CLUSTER},excludedNamespaces={kube-system,agyn-*}`, 'agyn-workloads is excluded (agyn-*)'],
    [NAMED, `${KEY}: nothing internal is named, so that the public internet would be every address`],
    [`${NAMED},${KEY}.clusterPodCIDR=fd00::/48`, `${KEY}: nothing internal is named`],
    [`${NAMED},${CLUSTER},${KEY}.ipv6=true`, `${KEY}.ipv6: nothing internal is named with an IPv6 address`],
    [
      `${NAMED},${KEY}.clusterPodCIDR=100.64.0.0/10`,
      'openZitiCIDR: 100.64.0.0/10 is within 100.64.0.0/10, which is internal',
    ],
    [`${NAMED},${KEY}.clusterPodCIDR=100.0.0.0/8`, 'openZitiCIDR: 100.64.0.0/10 is within 100.0.0.0/8'],
    [`${NAMED},${KEY}.clusterPodCIDR=10.42.0.0`, `'/${KEY}/clusterPodCIDR'`],
    [`${NAMED},${KEY}.clusterPodCIDR=0.0.0.0/0`, `'/${KEY}/clusterPodCIDR'`],
    [`${NAMED},${KEY}.additionalInternalCIDRs={10.0.0.256/32}`, `'/${KEY}/additionalInternalCIDRs/0'`],
    [`${NAMED},${CLUSTER},${KEY}.podSelectorLabels=null`, 'podSelectorLabels'],
    [`${NAMED},${CLUSTER},${KEY}.name=agents,bundles={agents}`, `${KEY}.name: agents is a bundle`],
  ])('the values %s are refused', async (value, says) => {
    await expect(templateText(['--set', value])).rejects.toThrow(says);
  });
});

async function notes(more: readonly string[]): Promise<string> {
  return (await helm(['install', 'sandgate', CHART, '--dry-run=client', '--namespace', 'sandgate', ...more])).stdout;
}

/** The policy that holds the label. */
async function policyFile(args: readonly string[]): Promise<string | undefined> {
  const maps = (await template(args)).filter(({ metadata }) => ownField(metadata, 'name') === 'sandgate-policies');
  return stringField(ownField(maps[0], 'data'), 'agent-workload-egress.yaml');
}

function agentPod(labels: JsonObject): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'agent', namespace: 'agyn-workloads', labels },
    spec: { containers: [{ name: 'agent', image: 'example.com/agent:1' }] },
  };
}

/** Of the policies in files, as the pods of the Deployment have it. */
async function policiesChecksum(args: readonly string[]): Promise<unknown> {
  return at(
    find(await template(args), 'Deployment'),
    'spec',
    'template',
    'metadata',
    'annotations',
    'checksum/policies',
  );
}

describe.concurrent('the deprecated blockedCIDRs', () => {
  const args = ['--set', `${NAMED},${KEY}.blockedCIDRs={10.0.0.0/8}`];

  test('count like additionalInternalCIDRs', async () => {
    const [policy] = policies(await template(args));
    expect(mayReach(policy, '10.1.2.3')).toBe(false);
    expect(mayReach(policy, '8.8.8.8')).toBe(true);
  });

  test('are warned about, and nothing else is', async () => {
    expect(await notes(args)).toContain(
      `${KEY}.blockedCIDRs is deprecated: move what is in it to additionalInternalCIDRs`,
    );
    expect(await notes(ARGS)).not.toContain('is deprecated');
  });
});

describe('the label', () => {
  test('is filled in, and a pod that claims another value or drops it in an update is refused', async () => {
    const text = (await policyFile(ARGS)) ?? '';
    const folder = folderWith({
      'policy.yaml': text,
      'none.json': JSON.stringify(agentPod({})),
      'other.json': JSON.stringify(agentPod({ 'agyn.dev/managed-by': 'nobody' })),
      'namespace.json': JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'agyn-workloads' } }),
    });
    const filled = await sandgate(folder, 'inject -p policy.yaml -f none.json --context namespace.json -o json');
    expect(filled.stdout).toContain('agents-orchestrator');
    const refused = await sandgate(folder, 'check -p policy.yaml -f other.json --context namespace.json');
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('agyn.dev/managed-by')]);
  });

  test('is left to somebody else where the values say so', async () => {
    expect(await policyFile([...ARGS, '--set', `${KEY}.holdLabels=false`])).toBeUndefined();
  });

  test('comes with other pods where it changes, since policies in files are read at the start', async () => {
    const changed = [...ARGS, '--set', `${KEY}.podSelectorLabels.team=a`];
    expect(new Set(await Promise.all([[], ARGS, changed].map(policiesChecksum))).size).toBe(3);
  });

  test('gives the server no right to NetworkPolicies', async () => {
    const roles = (await template(ARGS)).filter(({ kind }) => String(kind).endsWith('Role'));
    expect(roles.filter(isJsonObject).length).toBeGreaterThan(0);
    expect(JSON.stringify(roles)).not.toContain('networkpolicies');
  });
});
