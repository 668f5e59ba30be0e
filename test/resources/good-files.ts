// Policies that load: one with every key there is, and some that their authors probably did not mean.

/** Everything a policy can say. */
export const EVERYTHING = `# everything a policy can say
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata:
  name: agents.example.com
  labels: { app.kubernetes.io/name: sandgate }
  annotations: { example.com/why: "any text: at all" }
spec:
  priority: 100
  match:
    namespaceSelector: { matchLabels: { sandgate.dev/tier: agents } }
    objectSelector:
      matchExpressions:
        - { key: role, operator: NotIn, values: [system, ""] }
        - { key: constructor, operator: DoesNotExist, values: [] }
    kinds: [Pod, Deployment, Job.batch, Sandbox.agents.x-k8s.io]
  validationActions: [Deny, Audit]
  checks:
    hostPorts: { validationActions: [Warn] }
    sysctls: { validationActions: [Audit] }
  podSecurity: { level: restricted, version: v1.35 }
  identity:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    unknownImage: Warn
    onImageChange: Keep
    images:
      - { image: ghcr.io/kagent-dev/kagent/app, tags: ">=0.10.0-rc.3", runAsUser: 65532, source: Dockerfile, verified: 2026-11-22 }
      - { image: ghcr.io/kagent-dev/kagent/app, runAsUser: 1001 }
      - { image: ghcr.io/kagent-dev/kagent/app, digest: "sha256:${'0'.repeat(64)}", runAsUser: 1002 }
  harden: [seccompProfile, capabilities]
  runtime: { default: gvisor }
`;

/** A file that loads with warnings. */
export interface DoubtfulFile {
  readonly name: string;
  /** What comes after {@link HEAD}. */
  readonly spec: string;
  /** One line for each warning, of a file called `1.yaml`. */
  readonly says: readonly string[];
}

export const DOUBTFUL: readonly DoubtfulFile[] = [
  {
    name: 'a policy that does nothing',
    spec: 'spec:\n  podSecurity: { level: privileged }\n',
    says: ['1.yaml:4:1: /spec: fills in nothing and requires nothing'],
  },
  {
    name: 'a default user that no image is given',
    spec: 'spec:\n  identity:\n    unknownImage: Deny\n    runAsUser: 1000\n',
    says: [
      '1.yaml:7:16: /spec/identity/runAsUser: given to no image, since unknownImage is Deny (Warn gives it to images without a row, with a warning)',
    ],
  },
  {
    name: 'another action for a check of a level that is not set',
    spec: 'spec:\n  harden: baseline\n  checks:\n    hostPorts: { validationActions: [Warn] }\n',
    says: ['1.yaml:7:5: /spec/checks/hostPorts: has no effect: the policy sets no podSecurity level'],
  },
  {
    name: 'another action for checks that the level, the version or a stricter check leaves out',
    spec: `spec:
  podSecurity: { level: baseline, version: v1.24 }
  checks:
    runAsNonRoot: { validationActions: [Warn] }
    hostPorts: { validationActions: [Warn] }
    hostProbesAndHostLifecycle: { validationActions: [Warn] }
---
apiVersion: sandgate.dev/v1alpha1
kind: IsolationPolicy
metadata: { name: strict }
spec:
  podSecurity: { level: restricted, version: v1.999 }
  checks:
    hostPathVolumes: { validationActions: [Warn] }
    restrictedVolumes: { validationActions: [Warn] }
`,
    says: [
      '1.yaml:7:5: /spec/checks/runAsNonRoot: has no effect: podSecurity baseline:v1.24 does not include the check',
      '1.yaml:9:5: /spec/checks/hostProbesAndHostLifecycle: has no effect: podSecurity baseline:v1.24 does not include the check',
      '1.yaml:17:5: /spec/checks/hostPathVolumes: has no effect: podSecurity restricted:v1.999 does not include the check',
    ],
  },
  {
    name: 'no warnings where the namespace decides',
    spec: `spec:
  podSecurity: { fromNamespaceLabels: true }
  checks:
    hostPathVolumes: { validationActions: [Warn] }
`,
    says: [],
  },
  {
    name: 'another action for an isolation check that is not asked for',
    spec: 'spec:\n  harden: baseline\n  checks:\n    unknownImage: { validationActions: [Warn] }\n',
    says: ['1.yaml:7:5: /spec/checks/unknownImage: has no effect: the policy asks for nothing that it checks'],
  },
];
