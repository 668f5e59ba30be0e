// Mistakes one by one, and who finds each: the API server by itself, or nobody before our own webhook.

/** One mistake in a spec. */
export interface Mistake {
  readonly name: string;
  /** The spec, as YAML on one line. */
  readonly spec: string;
  /** What the API server says; undefined where it lets the mistake in. */
  readonly server?: string;
  /** What Sandgate says. */
  readonly ours: string;
}

const DIGEST = `sha256:${'a'.repeat(64)}`;

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'an unknown key',
    spec: '{ hardn: restricted }',
    server: 'strict decoding error: unknown field "spec.hardn"',
    ours: '/spec/hardn: unknown key (did you mean "harden"?)',
  },
  {
    name: 'an unknown key deep inside',
    spec: '{ runtime: { handler: gvisor } }',
    server: 'strict decoding error: unknown field "spec.runtime.handler"',
    ours: '/spec/runtime/handler: unknown key (expected default, override, ',
  },
  {
    name: 'a check nobody knows',
    spec: '{ checks: { hostPort: { validationActions: [Warn] } } }',
    server: 'spec.checks: Invalid value: unknown key (expected allowPrivilegeEscalation, ',
    ours: '/spec/checks/hostPort: unknown key (did you mean "hostPorts"?)',
  },
  {
    name: 'a misspelt level',
    spec: '{ podSecurity: { level: restrictd } }',
    server:
      'spec.podSecurity.level: Unsupported value: "restrictd": supported values: "privileged", "baseline", "restricted"',
    ours: '/spec/podSecurity/level: "restrictd" is not one of privileged, baseline, restricted (did you mean "restricted"?)',
  },
  {
    name: 'the wrong type',
    spec: '{ priority: "10" }',
    server: 'spec.priority: Invalid value: "string": spec.priority in body must be of type integer: "string"',
    ours: '/spec/priority: expected an integer, found a string',
  },
  {
    name: 'a number out of range',
    spec: '{ identity: { runAsUser: 0 } }',
    server:
      'spec.identity.runAsUser: Invalid value: 0: spec.identity.runAsUser in body should be greater than or equal to 1',
    ours: '/spec/identity/runAsUser: 0 is out of range (expected 1 to 2147483647)',
  },
  {
    name: 'a version that is none',
    spec: '{ podSecurity: { level: baseline, version: "1.29" } }',
    server:
      'spec.podSecurity.version: Invalid value: "1.29": spec.podSecurity.version in body should match \'^(latest|v1',
    ours: '/spec/podSecurity/version: "1.29" is not valid (expected latest or v1.N, such as v1.35)',
  },
  {
    name: 'a level and the labels of the namespace',
    spec: '{ podSecurity: { level: baseline, fromNamespaceLabels: true } }',
    server: 'spec.podSecurity: Invalid value: expected either level or fromNamespaceLabels',
    ours: '/spec/podSecurity: expected either level or fromNamespaceLabels, found both',
  },
  {
    name: 'neither',
    spec: '{ podSecurity: {} }',
    server: 'spec.podSecurity: Invalid value: expected either level or fromNamespaceLabels',
    ours: '/spec/podSecurity: expected either level or fromNamespaceLabels, found neither',
  },
  {
    name: 'a version without a level',
    spec: '{ podSecurity: { fromNamespaceLabels: true, version: v1.30 } }',
    server: 'spec.podSecurity: Invalid value: version is given without level',
    ours: '/spec/podSecurity: version is given without level',
  },
  {
    name: 'Deny and Warn',
    spec: '{ harden: baseline, validationActions: [Deny, Warn] }',
    server:
      'spec.validationActions: Invalid value: expected Deny or Warn, found both (what is refused needs no warning)',
    ours: '/spec/validationActions: expected Deny or Warn, found both (what is refused needs no warning)',
  },
  {
    name: 'an action twice',
    spec: '{ harden: baseline, validationActions: [Audit, Audit] }',
    server: 'spec.validationActions[1]: Duplicate value: "Audit"',
    ours: '/spec/validationActions/1: "Audit" is listed twice',
  },
  {
    name: 'no action',
    spec: '{ harden: baseline, validationActions: [] }',
    server: 'spec.validationActions: Invalid value: 0: spec.validationActions in body should have at least 1 items',
    ours: '/spec/validationActions: empty (expected at least one entry)',
  },
  {
    name: 'a word that harden does not know',
    spec: '{ harden: privileged }',
    server: 'spec.harden: Unsupported value: "privileged": supported values: "baseline", "restricted"',
    ours: '/spec/harden: "privileged" is not one of baseline, restricted',
  },
  {
    name: 'a field that harden does not know',
    spec: '{ harden: [capabilites] }',
    server: 'spec.harden[0]: Unsupported value: "capabilites": supported values: "seccompProfile", ',
    ours: '/spec/harden/0: "capabilites" is not one of seccompProfile, ',
  },
  {
    name: 'nothing to harden',
    spec: '{ harden: [] }',
    server: '"spec.harden" must validate at least one schema (anyOf)',
    ours: '/spec/harden: empty (expected at least one entry)',
  },
  {
    name: 'another type to harden',
    spec: '{ harden: 5 }',
    server: '"spec.harden" must validate at least one schema (anyOf)',
    ours: '/spec/harden: expected a string or a list or an object, found 5',
  },
  {
    name: 'a field to harden twice',
    spec: '{ harden: [capabilities, capabilities] }',
    ours: '/spec/harden/1: "capabilities" is listed twice',
  },
  {
    name: 'a kind nobody knows',
    spec: '{ harden: baseline, match: { kinds: [Sandbx] } }',
    ours: '/spec/match/kinds/0: "Sandbx" is not known (did you mean "Sandbox"?)',
  },
  {
    name: 'In without values',
    spec: '{ harden: baseline, match: { objectSelector: { matchExpressions: [{ key: a, operator: In }] } } }',
    server: 'matchExpressions[0]: Invalid value: expected at least one value for In and NotIn, found none',
    ours: '/spec/match/objectSelector/matchExpressions/0/values: required',
  },
  {
    name: 'Exists with values',
    spec: '{ harden: baseline, match: { objectSelector: { matchExpressions: [{ key: a, operator: Exists, values: [b] }] } } }',
    server: 'matchExpressions[0]: Invalid value: expected no values for Exists and DoesNotExist',
    ours: '/spec/match/objectSelector/matchExpressions/0/values: expected no values for Exists and DoesNotExist',
  },
  {
    name: 'a label key in an expression',
    spec: '{ harden: baseline, match: { objectSelector: { matchExpressions: [{ key: _a, operator: Exists }] } } }',
    server: 'spec.match.objectSelector.matchExpressions[0].key: Invalid value: "_a": ',
    ours: '/spec/match/objectSelector/matchExpressions/0/key: "_a" is not valid (expected a label key: ',
  },
  {
    name: 'a label key in an expression, with a domain that is too long',
    spec: `{ harden: baseline, match: { objectSelector: { matchExpressions: [{ key: ${'a'.repeat(254)}/b, operator: Exists }] } } }`,
    ours: 'is not valid (expected a label key: ',
  },
  {
    name: 'a label key in a map',
    spec: '{ harden: baseline, match: { objectSelector: { matchLabels: { _tier: a } } } }',
    ours: '/spec/match/objectSelector/matchLabels/_tier: "_tier" is not valid (expected a label key: ',
  },
  {
    name: 'a label value',
    spec: '{ harden: baseline, match: { objectSelector: { matchLabels: { tier: "a b" } } } }',
    server: 'spec.match.objectSelector.matchLabels.tier: Invalid value: "a b": ',
    ours: '/spec/match/objectSelector/matchLabels/tier: "a b" is not valid (expected a label value: ',
  },
  {
    name: 'labels that contradict each other',
    spec:
      '{ harden: baseline, match: { namespaceSelector: { matchLabels: { env: prod }, ' +
      'matchExpressions: [{ key: env, operator: DoesNotExist }] } } }',
    ours: '/spec/match/namespaceSelector: can match nothing: its requirements on env contradict each other',
  },
  {
    name: 'an image without a user',
    spec: '{ identity: { images: [{ image: nginx }] } }',
    server: 'spec.identity.images[0].runAsUser: Required value',
    ours: '/spec/identity/images/0/runAsUser: required',
  },
  {
    name: 'tags and a digest',
    spec: `{ identity: { images: [{ image: nginx, runAsUser: 1, tags: "1", digest: "${DIGEST}" }] } }`,
    server: 'spec.identity.images[0]: Invalid value: expected tags or digest, found both',
    ours: '/spec/identity/images/0: expected tags or digest, found both',
  },
  {
    name: 'a tag in the image',
    spec: '{ identity: { images: [{ image: "nginx:1", runAsUser: 1 }] } }',
    ours: '/spec/identity/images/0: image "nginx:1" can match nothing: it holds a tag; put the tag in tags',
  },
  {
    name: 'an image twice',
    spec: '{ identity: { images: [{ image: nginx, runAsUser: 1 }, { image: nginx, runAsUser: 2 }] } }',
    ours: '/spec/identity/images/1: images[1] repeats images[0]',
  },
  {
    name: 'an image that two rows match equally well',
    spec: '{ identity: { images: [{ image: "nginx*a", runAsUser: 1 }, { image: "nginx*b", runAsUser: 2 }, { image: "ngin*xa", runAsUser: 3 }] } }',
    ours: 'match the same images equally well; make one of them more specific, or join them',
  },
  {
    name: 'a RuntimeClass that cannot be',
    spec: '{ runtime: { default: G_Visor } }',
    server: 'spec.runtime.default: Invalid value: "G_Visor": spec.runtime.default in body should match',
    ours: '/spec/runtime/default: "G_Visor" is not valid (expected lower-case letters, ',
  },
];
