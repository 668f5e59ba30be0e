// network and env: names, proxies, DNS, ports of the node, and what else the environment of a process says.
import { put } from '../../support/change.ts';
import { inContainer, inOwnContainer, inPod, letIn, NO_POD, type Section } from '../attempt.ts';

const ALIASES = ['spec', 'hostAliases'] as const;
const ENV = ['env'] as const;

export const NETWORK: Section = {
  title: 'network',
  rules: ['network'],
  about: 'Names, a proxy, DNS and ports of the node are those of the policy.',
  spec: {
    network: {
      hostAliases: {
        add: [{ ip: '10.0.0.5', hostnames: ['gateway.internal'] }],
        allowed: [{ ip: '10.0.0.0/24', hostnames: ['*.internal'] }],
      },
      proxy: { https: 'http://proxy:3128', noProxy: ['.svc'] },
      dns: { allowedPolicies: ['ClusterFirst', 'None'], allowedNameservers: ['10.96.0.10'] },
      hostPorts: { allowed: ['8080-8090'] },
    },
  },
  base: (pod) => pod,
  attempts: [
    inPod('a name of somebody else', 'hostAliases', put([{ ip: '10.0.0.7', hostnames: ['api.example'] }], ...ALIASES)),
    inPod(
      'an allowed name at another address',
      'hostAliases',
      put([{ ip: '169.254.169.254', hostnames: ['x.internal'] }], ...ALIASES),
    ),
    inPod(
      'the name of the policy at another address',
      'hostAliases',
      put([{ ip: '192.0.2.1', hostnames: ['gateway.internal'] }], ...ALIASES),
    ),
    inPod(
      'the address in the form of IPv6',
      'hostAliases',
      put([{ ip: '::ffff:169.254.169.254', hostnames: ['x.internal'] }], ...ALIASES),
      NO_POD,
    ),
    inPod(
      'the address with zeros before it',
      'hostAliases',
      put([{ ip: '010.0.0.5', hostnames: ['x.internal'] }], ...ALIASES),
      NO_POD,
    ),
    inPod(
      'one name among allowed ones',
      'hostAliases',
      put([{ ip: '10.0.0.6', hostnames: ['a.internal', 'api.example'] }], ...ALIASES),
    ),
    inContainer('another proxy', 'proxyEnv', put([{ name: 'HTTPS_PROXY', value: 'http://evil:3128' }], ...ENV)),
    inContainer('no proxy', 'proxyEnv', put([{ name: 'https_proxy', value: '' }], ...ENV)),
    inContainer('everything reached past the proxy', 'proxyEnv', put([{ name: 'NO_PROXY', value: '*' }], ...ENV)),
    inContainer(
      'the proxy from a ConfigMap',
      'proxyEnv',
      put([{ name: 'https_proxy', valueFrom: { configMapKeyRef: { name: 'x', key: 'y' } } }], ...ENV),
    ),
    inContainer(
      'another address for the API server',
      'proxyEnv',
      put([{ name: 'KUBERNETES_SERVICE_HOST', value: '*' }], ...ENV),
    ),
    inPod('the DNS of the node', 'dnsPolicies', put('Default', 'spec', 'dnsPolicy')),
    inPod('a DNS policy in small letters', 'dnsPolicies', put('default', 'spec', 'dnsPolicy'), NO_POD),
    inPod(
      'a name server of one’s own',
      'nameservers',
      put(['10.96.0.10', '8.8.8.8'], 'spec', 'dnsConfig', 'nameservers'),
    ),
    inPod('a name server beside None', 'nameservers', (pod) =>
      put({ nameservers: ['8.8.8.8'] }, 'spec', 'dnsConfig')(put('None', 'spec', 'dnsPolicy')(pod)),
    ),
    inOwnContainer('another port of the node', 'hostPortRanges', put([{ containerPort: 80, hostPort: 80 }], 'ports')),
    inOwnContainer('the port above', 'hostPortRanges', put([{ containerPort: 80, hostPort: 8091 }], 'ports')),
    inOwnContainer('a port as a text', 'shape', put([{ containerPort: 80, hostPort: '80' }], 'ports'), NO_POD),
    inPod('the network of the node, where each port is one of it', 'hostPortRanges', (pod) =>
      put([{ containerPort: 22 }], 'spec', 'containers', 'side', 'ports')(put(true, 'spec', 'hostNetwork')(pod)),
    ),
    inPod('the DNS of the node by its network', 'dnsPolicies', put(true, 'spec', 'hostNetwork')),
  ],
};

export const ENVIRONMENT: Section = {
  title: 'env',
  rules: ['env'],
  about: 'No variable makes a program load code, holds a Secret, or tells of more than the name of the pod.',
  spec: {
    env: {
      add: [{ name: 'TZ', value: 'UTC' }],
      forbidden: ['AWS_*'],
      forbiddenLists: ['DynamicLinker', 'Interpreters'],
      secretRefs: 'Deny',
      allowedFieldRefs: ['metadata.name', "metadata.labels['*']"],
    },
  },
  base: (pod) => pod,
  attempts: [
    inContainer('a library of one’s own', 'forbiddenEnv', put([{ name: 'LD_PRELOAD', value: '/x.so' }], ...ENV)),
    inContainer(
      'the same behind others',
      'forbiddenEnv',
      put(
        [
          { name: 'A', value: '1' },
          { name: 'LD_AUDIT', value: '/x.so' },
        ],
        ...ENV,
      ),
    ),
    inContainer(
      'another variable of the C library',
      'forbiddenEnv',
      put([{ name: 'GLIBC_TUNABLES', value: 'x' }], ...ENV),
    ),
    inContainer(
      'code for an interpreter',
      'forbiddenEnv',
      put([{ name: 'NODE_OPTIONS', value: '--require /x' }], ...ENV),
    ),
    inContainer('one of those that match', 'forbiddenEnv', put([{ name: 'AWS_PROFILE', value: 'root' }], ...ENV)),
    inContainer('with an empty value', 'forbiddenEnv', put([{ name: 'AWS_PROFILE', value: '' }], ...ENV)),
    inContainer(
      'from a field of the pod',
      'forbiddenEnv',
      put([{ name: 'AWS_PROFILE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }], ...ENV),
    ),
    inContainer(
      'by a prefix of all keys of a ConfigMap',
      'forbiddenEnv',
      put([{ prefix: 'LD_', configMapRef: { name: 'x' } }], 'envFrom'),
    ),
    inContainer(
      'in small letters',
      letIn('On Linux it is another variable.'),
      put([{ name: 'ld_preload', value: '/x.so' }], ...ENV),
    ),
    inContainer(
      'from a Secret',
      'secretEnv',
      put([{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }], ...ENV),
    ),
    inContainer('all of a Secret', 'secretEnv', put([{ secretRef: { name: 's' } }], 'envFrom')),
    inContainer(
      'from a Secret that need not be',
      'secretEnv',
      put([{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }], ...ENV),
    ),
    inContainer(
      'the address of the node',
      'envFieldRefs',
      put([{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }], ...ENV),
    ),
    inContainer(
      'an annotation',
      'envFieldRefs',
      put([{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['x']" } } }], ...ENV),
    ),
    inContainer(
      'a field in capitals',
      'envFieldRefs',
      put([{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'Metadata.name' } } }], ...ENV),
      NO_POD,
    ),
    inContainer(
      'a name without anything',
      letIn('Nobody forbids a variable of this name, and no pod can have it.'),
      put([{ name: '', value: 'x' }], ...ENV),
      NO_POD,
    ),
    inContainer(
      'another time zone than the one that is added',
      letIn('`add` fills in what is missing; a value that somebody wrote stays.'),
      put([{ name: 'TZ', value: 'CET' }], ...ENV),
    ),
    inContainer(
      'the list of variables null',
      letIn('What is added is added.', 'UTC', 'env', 'TZ', 'value'),
      put(null, ...ENV),
    ),
  ],
};
