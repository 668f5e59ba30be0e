/*
Where labels decide who pays, who may reach a pod or what it is selected by, only known ones should be used.

**Restricted Fields:** metadata.labels, metadata.annotations

**Allowed Values:** keys that the policy lists or adds, and those that Kubernetes itself writes
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import type { Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { isAboutClasses, isFromKubernetes } from './from-kubernetes.ts';
import type { KeyRules, MetadataParameters } from './parameters.ts';
import { describeKeys, keyViolation, METADATA_KINDS, type MetadataKind, ofTemplate } from './places.ts';

const TEAM = { labels: { allowed: ['team', 'app.kubernetes.io/*'] } };
const REPLICA_SET = {
  username: 'system:serviceaccount:kube-system:replicaset-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

/** The keys of labels or annotations that a policy lists. */
interface Listed {
  readonly kind: MetadataKind;
  readonly isListed: (key: string) => boolean;
  readonly added: StringMap;
  readonly says: string;
}

/** A check that pods have no labels and annotations but those that the policy lists. */
export const allowedMetadata: RuleCheck<MetadataParameters> = {
  id: 'allowedMetadata',
  title: 'Pods must have no labels and annotations but those that the policy lists.',
  fix: 'remove these keys, or ask for them to be listed in the policy',
  platform: 'any',
  compile: (metadata) => {
    const lists = METADATA_KINDS.flatMap((kind) => compiled(kind, metadata[kind]));
    return lists.length === 0 ? undefined : (pod, request) => findUnlisted(pod, request, lists);
  },
  describe: (violations) => describeKeys('unlisted metadata', violations, ['is', 'are']),
  examples: {
    pass: [
      {
        name: 'listed keys, and those that the policy adds',
        parameters: { labels: { ...TEAM.labels, add: { egress: 'restricted' } }, annotations: { allowed: [] } },
        pod: { metadata: { labels: { team: 'a', 'app.kubernetes.io/name': 'b', egress: 'restricted' } } },
      },
      {
        name: 'what a controller of Kubernetes sets',
        parameters: TEAM,
        pod: { metadata: { labels: { team: 'a', 'pod-template-hash': '7d4b9' } } },
        request: { user: REPLICA_SET },
      },
      {
        name: 'what the API server puts on the template of a Job',
        parameters: TEAM,
        pod: { metadata: { labels: { 'batch.kubernetes.io/job-name': 'j', 'controller-uid': 'u' } } },
        request: {
          user: { username: 'tenant', groups: [] },
          kind: 'Job.batch',
          object: { metadata: { name: 'j', uid: 'u' } },
        },
      },
      {
        name: 'what kubectl apply notes',
        parameters: { annotations: { allowed: [] } },
        pod: { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } } },
      },
      {
        name: 'what asks for capability classes, which has a rule of its own',
        parameters: { annotations: { allowed: [] } },
        pod: {
          metadata: { annotations: { 'sandgate.dev/capabilities': 'docker', 'sandgate.dev/docker-containers': 'a' } },
        },
      },
      {
        name: "a label of Kubernetes' that the pod had before",
        parameters: TEAM,
        pod: { metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } },
        request: {
          user: { username: 'tenant', groups: [] },
          runs: true,
          old: { metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } },
        },
      },
    ],
    fail: [
      {
        name: 'other keys, other letters, and a slash that a star does not cross',
        parameters: TEAM,
        pod: { metadata: { labels: { Team: 'a', 'app.kubernetes.io/x/y': 'b', team: 'c' } } },
        says: 'unlisted metadata (labels "Team", "app.kubernetes.io/x/y" are not among the allowed: "team", "app.kubernetes.io/*")',
        paths: ['metadata.labels.Team', 'metadata.labels[app.kubernetes.io/x/y]'],
        values: ['a', 'b'],
      },
      {
        name: 'annotations',
        parameters: { annotations: { allowed: ['example.com/*'] } },
        pod: { metadata: { annotations: { 'example.com/a': 'b', 'sandgate.dev/capability': 'docker' } } },
        says: 'unlisted metadata (annotation "sandgate.dev/capability" is not among the allowed: "example.com/*")',
        paths: ['metadata.annotations[sandgate.dev/capability]'],
        values: ['docker'],
      },
      {
        name: 'any key where none is allowed, and another value of one that the policy adds',
        parameters: { labels: { allowed: [], add: { egress: 'restricted' } }, annotations: { allowed: [] } },
        pod: { metadata: { labels: { egress: 'open' }, annotations: { a: '' } } },
        says: 'unlisted metadata (label "egress" is not allowed, since none is, annotation "a" is not allowed, since none is)',
        paths: ['metadata.labels.egress', 'metadata.annotations.a'],
        values: ['open', ''],
      },
      {
        name: "a tenant's own pod with labels of a controller",
        parameters: TEAM,
        pod: { metadata: { labels: { 'statefulset.kubernetes.io/pod-name': 'db-0' } } },
        request: { user: { username: 'tenant', groups: ['system:authenticated'] } },
        says: 'unlisted metadata (label "statefulset.kubernetes.io/pod-name" is not among the allowed: "team", "app.kubernetes.io/*")',
        paths: ['metadata.labels[statefulset.kubernetes.io/pod-name]'],
        values: ['db-0'],
      },
      {
        name: 'the template of a Job with the name of another',
        parameters: TEAM,
        pod: { metadata: { labels: { 'job-name': 'other' } } },
        request: { user: { username: 'tenant', groups: [] }, kind: 'Job.batch', object: { metadata: { name: 'j' } } },
        says: 'unlisted metadata (label "job-name" is not among the allowed: "team", "app.kubernetes.io/*")',
        paths: ['metadata.labels.job-name'],
        values: ['other'],
      },
    ],
  },
};

function compiled(kind: MetadataKind, rules: KeyRules | undefined): Listed[] {
  const allowed = rules?.allowed;
  if (allowed === undefined) return [];
  const { includes, inWords } = nameList(allowed);
  const says = allowed.length === 0 ? 'not allowed, since none is' : `not among the allowed: ${inWords}`;
  return [{ kind, isListed: includes, added: rules?.add ?? {}, says }];
}

function findUnlisted(pod: PodView, request: CheckRequest, lists: readonly Listed[]): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const { kind, isListed, added, says } of lists) {
    const entries = ofTemplate(pod, request, kind);
    for (const key of Object.keys(entries.now)) {
      if (isListed(key) || (Object.hasOwn(added, key) && added[key] === entries.now[key])) continue;
      if (isAboutClasses(key) || isFromKubernetes(key, entries, request)) continue;
      found = append(found, keyViolation(kind, key, entries, says));
    }
  }
  return found;
}
