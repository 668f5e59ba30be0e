// Policies with mistakes, and what is said of each: one row for every mistake. The fixture is what somebody would really
// have written.

import { listWords } from '../../src/resources/problem-words.ts';
import { HARDEN_FIELDS } from '../../src/rules/harden/parameters.ts';
import { RULES } from '../../src/rules/index.ts';

/** The keys of a spec, as messages list them. */
const SPEC_KEYS = listWords([
  'priority',
  'match',
  'fillInto',
  'enforcement',
  'validationActions',
  'checks',
  'exceptions',
  ...RULES.map((rule) => rule.key),
]).replace(/and \d+ more/, 'and N more');

/** A file with policies that do not load. */
export interface BadFile {
  readonly name: string;
  readonly text: string;
  /** One line for each problem, of a file called `p.yaml`. */
  readonly says: readonly string[];
}

/** What comes before the spec. */
export const HEAD = `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: agents }
`;

export const BAD: readonly BadFile[] = [
  {
    name: 'a misspelt level',
    text: `${HEAD}spec:
  podSecurity:
    level: restrictd
`,
    says: [
      'p.yaml:6:12: /spec/podSecurity/level: "restrictd" is not one of privileged, baseline, restricted (did you mean "restricted"?)',
    ],
  },
  {
    name: 'a misspelt key, at the key',
    text: `${HEAD}spec:
  priority: 1
  hardn: restricted
`,
    says: ['p.yaml:6:3: /spec/hardn: unknown key (did you mean "harden"?)'],
  },
  {
    name: 'a level that kubectl would take from a merge after it',
    text: `${HEAD}spec:
  podSecurity:
    level: restricted
    <<: { level: privileged }
`,
    says: [
      'p.yaml:6:5: "level" is also among the keys that a later << merges in, and kubectl takes that one (expected << first, and once)',
    ],
  },
  {
    name: 'a key like nothing we know',
    text: `${HEAD}spec:
  runtime: { handler: gvisor }
`,
    says: [
      'p.yaml:5:14: /spec/runtime/handler: unknown key (expected default, override, allowed, minimum, exists, nodes, incompatible, sandboxes)',
    ],
  },
  {
    name: 'the wrong type',
    text: `${HEAD}spec:
  priority: "10"
  match: []
  identity:
    runAsNonRoot: "true"
    images: {}
  harden: 3
  podSecurity: { level: baseline, version: 1.29 }
`,
    says: [
      'p.yaml:5:13: /spec/priority: expected an integer, found a string',
      'p.yaml:6:10: /spec/match: expected an object, found a list',
      'p.yaml:8:19: /spec/identity/runAsNonRoot: expected true or false, found a string',
      'p.yaml:9:13: /spec/identity/images: expected a list, found an object',
      'p.yaml:10:11: /spec/harden: expected a string or a list or an object, found 3',
      'p.yaml:11:44: /spec/podSecurity/version: expected a string, found 1.29',
    ],
  },
  {
    name: 'nothing where something belongs',
    text: `${HEAD}spec:
`,
    says: ['p.yaml:4:6: /spec: expected an object, found nothing'],
  },
  {
    name: 'a missing name, at the metadata',
    text: `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata:
  labels: { team: a }
spec: { harden: baseline }
`,
    says: ['p.yaml:4:3: /metadata/name: required'],
  },
  {
    name: 'a misspelt required key is one mistake, not two',
    text: `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { nmae: agents }
spec:
  podSecurity: { levle: restricted }
`,
    says: [
      'p.yaml:3:13: /metadata/nmae: unknown key (did you mean "name"?)',
      'p.yaml:5:18: /spec/podSecurity/levle: unknown key (did you mean "level"?)',
    ],
  },
  {
    name: 'no metadata and no spec',
    text: `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
`,
    says: ['p.yaml:1:1: /metadata: required', 'p.yaml:1:1: /spec: required'],
  },
  {
    name: 'names Kubernetes would refuse',
    text: `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: Agents_1 }
spec:
  runtime:
    default: ""
`,
    says: [
      'p.yaml:3:19: /metadata/name: "Agents_1" is not valid (expected lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit)',
      'p.yaml:6:14: /spec/runtime/default: "" is not valid (expected lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit)',
    ],
  },
  {
    name: 'a name that is too long',
    text: `apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: ${'a'.repeat(254)} }
spec: { harden: baseline }
`,
    says: ['p.yaml:3:19: /metadata/name: too long (expected at most 253 characters)'],
  },
  {
    name: 'numbers out of range',
    text: `${HEAD}spec:
  priority: 3000000000
  identity:
    runAsUser: 0
    runAsGroup: 2147483648
    fsGroup: 1.5
`,
    says: [
      'p.yaml:5:13: /spec/priority: 3000000000 is out of range (expected -2147483648 to 2147483647)',
      'p.yaml:7:16: /spec/identity/runAsUser: 0 is out of range (expected 1 to 2147483647)',
      'p.yaml:8:17: /spec/identity/runAsGroup: 2147483648 is out of range (expected 1 to 2147483647)',
      'p.yaml:9:14: /spec/identity/fsGroup: expected an integer, found 1.5',
    ],
  },
  {
    name: 'levels given twice, or not at all',
    text: `${HEAD}spec:
  podSecurity:
    level: baseline
    fromNamespaceLabels: true
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: two }
spec:
  podSecurity: {}
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: three }
spec:
  podSecurity: { fromNamespaceLabels: true, version: v1.30 }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: four }
spec:
  podSecurity: { version: latest }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: five }
spec:
  podSecurity: { fromNamespaceLabels: false }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: six }
spec:
  podSecurity: { level: baseline, version: "1.29" }
`,
    says: [
      'p.yaml:6:5: /spec/podSecurity: expected either level or fromNamespaceLabels, found both',
      'p.yaml:13:16: /spec/podSecurity: expected either level or fromNamespaceLabels, found neither',
      'p.yaml:19:16: /spec/podSecurity: version is given without level',
      'p.yaml:25:16: /spec/podSecurity: expected either level or fromNamespaceLabels, found neither',
      'p.yaml:31:39: /spec/podSecurity/fromNamespaceLabels: expected true, found false',
      'p.yaml:37:44: /spec/podSecurity/version: "1.29" is not valid (expected latest or v1.N, such as v1.35)',
    ],
  },
  {
    name: 'actions',
    text: `${HEAD}spec:
  harden: baseline
  podSecurity: { level: baseline }
  validationActions: [deny, Audit, Audit]
  checks:
    hostPorts: { validationActions: [] }
    privileged: { validationActions: [Warn, Deny] }
    hostPort: { validationActions: [Warn] }
    sysctls: {}
`,
    says: [
      'p.yaml:7:23: /spec/validationActions/0: "deny" is not one of Deny, Warn, Audit (did you mean "Deny"?)',
      'p.yaml:7:36: /spec/validationActions/2: "Audit" is listed twice',
      'p.yaml:9:37: /spec/checks/hostPorts/validationActions: empty (expected at least one entry)',
      'p.yaml:10:38: /spec/checks/privileged/validationActions: expected Deny or Warn, found both (what is refused needs no warning)',
      'p.yaml:11:5: /spec/checks/hostPort: unknown key (did you mean "hostPorts"?)',
      'p.yaml:12:14: /spec/checks/sysctls: says nothing (expected validationActions or except)',
    ],
  },
  {
    name: 'fields to harden',
    text: `${HEAD}spec:
  harden:
    - seccompProfile
    - capabilites
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: two }
spec: { harden: privileged }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: three }
spec: { harden: [] }
`,
    says: [
      `p.yaml:7:7: /spec/harden/1: "capabilites" is not one of ${listWords(HARDEN_FIELDS)} (did you mean "capabilities"?)`,
      'p.yaml:12:17: /spec/harden: "privileged" is not one of baseline, restricted',
      'p.yaml:17:17: /spec/harden: empty (expected at least one entry)',
    ],
  },
  {
    name: 'more than can be taken in while reviews wait',
    text: `${HEAD}spec:
  harden: baseline
  identity: { images: [${'{ image: a, runAsUser: 1 }, '.repeat(1001)}] }
  match:
    namespaceSelector: { matchExpressions: [${'{ key: a, operator: Exists }, '.repeat(101)}] }
    objectSelector:
      matchLabels: { ${Array.from({ length: 101 }, (_, index) => `a${index}: b`).join(', ')} }
      matchExpressions: [{ key: a, operator: In, values: [${'b, '.repeat(1001)}] }]
`,
    says: [
      'p.yaml:6:23: /spec/identity/images: too many (expected at most 1000 entries)',
      'p.yaml:8:44: /spec/match/namespaceSelector/matchExpressions: too many (expected at most 100 entries)',
      'p.yaml:10:20: /spec/match/objectSelector/matchLabels: too many (expected at most 100 entries)',
      'p.yaml:11:58: /spec/match/objectSelector/matchExpressions/0/values: too many (expected at most 1000 entries)',
    ],
  },
  {
    name: 'kinds',
    text: `${HEAD}spec:
  harden: baseline
  match:
    kinds: [Pod, deployment, Sandbox.agents.x-k8s.io, Sandbx, Pod]
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: two }
spec:
  harden: baseline
  match: { kinds: [] }
`,
    says: [
      'p.yaml:7:18: /spec/match/kinds/1: "deployment" is not known (did you mean "Deployment"?)',
      'p.yaml:7:55: /spec/match/kinds/3: "Sandbx" is not known (did you mean "Sandbox"?)',
      'p.yaml:7:63: /spec/match/kinds/4: "Pod" is listed twice',
      'p.yaml:14:19: /spec/match/kinds: empty (expected at least one entry)',
    ],
  },
  {
    name: 'label selectors',
    text: `${HEAD}spec:
  harden: baseline
  match:
    objectSelector:
      matchLabels:
        _tier: agents
        example.com/a/b: x
        team: 7
        role: "a b"
      matchExpressions:
        - { key: env, operator: In }
        - { key: env, operator: NotIn, values: [] }
        - { key: env, operator: Exists, values: [a] }
        - { key: env, operator: exists }
        - { operator: DoesNotExist, values: [] }
`,
    says: [
      'p.yaml:9:9: /spec/match/objectSelector/matchLabels/_tier: "_tier" is not valid (expected a label key: a name of at most 63 letters, digits, "-", "_" and ".", perhaps after a domain and "/")',
      'p.yaml:10:9: /spec/match/objectSelector/matchLabels/example.com~1a~1b: "example.com/a/b" is not valid (expected a label key: a name of at most 63 letters, digits, "-", "_" and ".", perhaps after a domain and "/")',
      'p.yaml:11:15: /spec/match/objectSelector/matchLabels/team: expected a string, found 7',
      'p.yaml:12:15: /spec/match/objectSelector/matchLabels/role: "a b" is not valid (expected a label value: letters, digits, "-", "_" and ".", beginning and ending with a letter or digit)',
      'p.yaml:14:11: /spec/match/objectSelector/matchExpressions/0/values: required',
      'p.yaml:15:48: /spec/match/objectSelector/matchExpressions/1/values: expected at least one value for In and NotIn, found none',
      'p.yaml:16:49: /spec/match/objectSelector/matchExpressions/2/values: expected no values for Exists and DoesNotExist',
      'p.yaml:17:33: /spec/match/objectSelector/matchExpressions/3/operator: "exists" is not one of In, NotIn, Exists, DoesNotExist (did you mean "Exists"?)',
      'p.yaml:18:11: /spec/match/objectSelector/matchExpressions/4/key: required',
    ],
  },
  {
    name: 'selectors that can match nothing',
    text: `${HEAD}spec:
  harden: baseline
  match:
    namespaceSelector:
      matchLabels: { env: prod }
      matchExpressions:
        - { key: env, operator: In, values: [test, dev] }
    objectSelector:
      matchExpressions:
        - { key: a, operator: Exists }
        - { key: b, operator: Exists }
        - { key: b, operator: DoesNotExist }
`,
    says: [
      'p.yaml:7:5: /spec/match/namespaceSelector: can match nothing: its requirements on env contradict each other',
      'p.yaml:11:5: /spec/match/objectSelector: can match nothing: its requirements on b contradict each other',
    ],
  },
  {
    name: 'rows of images, wherever else something is wrong',
    text: `${HEAD}spec:
  priority: high
  identity:
    images:
      - { image: ghcr.io/a/b, runAsUser: 1000, digest: "sha256:12" }
      - { image: ghcr.io/a/b, runAsUser: 1000, tags: "1", digest: "sha256:${'a'.repeat(64)}" }
      - { image: "", runAsUser: 1000 }
      - { runAsGroup: 1000 }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: two }
spec:
  priority: high
  identity:
    images:
      - { image: ghcr.io/a/b, runAsUser: 1000 }
      - { image: ghcr.io/a/b, runAsUser: 1001 }
`,
    says: [
      'p.yaml:5:13: /spec/priority: expected an integer, found a string',
      'p.yaml:8:56: /spec/identity/images/0/digest: "sha256:12" is not valid (expected sha256: and 64 hexadecimal digits in lower case)',
      'p.yaml:9:9: /spec/identity/images/1: expected tags or digest, found both',
      'p.yaml:10:18: /spec/identity/images/2/image: empty (expected some text)',
      'p.yaml:11:9: /spec/identity/images/3/image: required',
      'p.yaml:11:9: /spec/identity/images/3/runAsUser: required',
      'p.yaml:17:13: /spec/priority: expected an integer, found a string',
      'p.yaml:21:9: /spec/identity/images/1: images[1] repeats images[0]',
    ],
  },
  {
    name: 'documents of another kind or version',
    text: `apiVersion: v1
kind: Pod
metadata: { name: a }
---
apiVersion: sandgate.dev/v1
kind: IsolationPolicy
metadata: { name: a }
spec: { hardn: x }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolcy
metadata: { name: b }
spec: { harden: baseline }
---
just some text
---
metadata: { name: c }
---
apiVersion: sandgate.dev/v1alpha1
metadata: { name: d }
spec: { harden: baseline }
`,
    says: [
      'p.yaml:2:7: /kind: "Pod" is not a policy, class, exception or workload kind (expected IsolationPolicy, CapabilityClass, IsolationException or WorkloadKind of sandgate.dev/v1alpha1)',
      'p.yaml:5:13: /apiVersion: expected "sandgate.dev/v1alpha1", found "sandgate.dev/v1"',
      'p.yaml:8:9: /spec/hardn: unknown key (did you mean "harden"?)',
      'p.yaml:11:7: /kind: expected "IsolationPolicy", found "IsolationPolcy"',
      'p.yaml:15:1: expected IsolationPolicy, CapabilityClass, IsolationException or WorkloadKind of sandgate.dev/v1alpha1, found a string',
      'p.yaml:17:1: /kind: required (expected IsolationPolicy, CapabilityClass, IsolationException or WorkloadKind of sandgate.dev/v1alpha1)',
      'p.yaml:19:1: /kind: required',
    ],
  },
  {
    name: 'items of lists, and lists that are none',
    text: `apiVersion: v1
kind: List
items:
  - apiVersion: sandgate.dev/v1alpha1
    kind: IsolationPolicy
    metadata: { name: a }
    spec: { hardn: x }
  - kind: ConfigMap
---
apiVersion: v2
kind: List
items: []
---
apiVersion: v1
kind: List
items: none
`,
    says: [
      'p.yaml:7:13: /items/0/spec/hardn: unknown key (did you mean "harden"?)',
      'p.yaml:8:11: /items/1/kind: "ConfigMap" is not a policy, class, exception or workload kind (expected IsolationPolicy, CapabilityClass, IsolationException or WorkloadKind of sandgate.dev/v1alpha1)',
      'p.yaml:10:13: /apiVersion: expected "v1", found "v2"',
      'p.yaml:16:8: /items: expected a list, found a string',
    ],
  },
  {
    name: 'keys that JavaScript gives a meaning',
    text: `${HEAD}spec:
  __proto__: { priority: 1 }
  constructor: 1
  checks:
    toString: { validationActions: [Warn] }
`,
    says: [
      `p.yaml:5:3: /spec/__proto__: unknown key (expected ${SPEC_KEYS})`,
      `p.yaml:6:3: /spec/constructor: unknown key (expected ${SPEC_KEYS})`,
      'p.yaml:8:5: /spec/checks/toString: unknown key (expected allowPrivilegeEscalation, appArmorProfile, capabilities_baseline, capabilities_restricted, hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle, privileged, procMount, procMount_restricted, restrictedVolumes and N more)',
    ],
  },
  {
    name: 'files without a policy',
    text: '# nothing here yet\n',
    says: ['p.yaml:1:1: no policy found (expected at least one IsolationPolicy)'],
  },
];
