// Keys that nobody has to list: those that Kubernetes itself writes on pods, as long as they come from there, and ours.
import { ownField } from '../../model/json.ts';
import { CAPABILITIES_ANNOTATION, OWN_KEY_PREFIX } from '../../model/names.ts';
import type { CheckRequest } from '../check.ts';
import type { Entries } from './places.ts';

/**
 * Set by the built-in controllers on the pods that they make, or by the API server when a pod is bound.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
const BY_CONTROLLERS = new Set([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-index-failure-count',
  'batch.kubernetes.io/job-index-ignored-failure-count',
  'batch.kubernetes.io/job-name',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);

/** Notes that change nothing: what the plugin LimitRanger filled in, and what `kubectl apply` was given. */
const NOTES = new Set(['kubernetes.io/limit-ranger', 'kubectl.kubernetes.io/last-applied-configuration']);

/** The API server gives the template of a Job the Job's own name and uid, whoever made the Job. */
const OF_JOB: ReadonlyMap<string, 'name' | 'uid'> = new Map([
  ['batch.kubernetes.io/controller-uid', 'uid'],
  ['batch.kubernetes.io/job-name', 'name'],
  ['controller-uid', 'uid'],
  ['job-name', 'name'],
]);

/** The group of the built-in controllers' service accounts, and the user of a controller manager that does not use them. */
const CONTROLLERS_GROUP = 'system:serviceaccounts:kube-system';
const CONTROLLER_MANAGER = 'system:kube-controller-manager';

/**
 * True for a key that Kubernetes wrote: a controller of its own, or the API server, or, where the pod had it already,
 * whoever it was. A tenant's pod with `statefulset.kubernetes.io/pod-name` would take the place of another behind a Service.
 */
export function isFromKubernetes(key: string, { now, before }: Entries, request: CheckRequest): boolean {
  if (NOTES.has(key)) return true;
  if (!BY_CONTROLLERS.has(key)) return false;
  if (before && Object.hasOwn(before, key) && before[key] === now[key]) return true;
  const { username, groups } = request.user;
  if (username === '' || username === CONTROLLER_MANAGER || groups.includes(CONTROLLERS_GROUP)) return true;
  const field = request.kind === 'Job.batch' ? OF_JOB.get(key) : undefined;
  return field !== undefined && ownField(ownField(request.object, 'metadata'), field) === now[key];
}

/** True for what a pod asks capability classes with, and for what notes whom they were granted to: the rule `capabilities` judges them. */
export function isAboutClasses(key: string): boolean {
  return key === CAPABILITIES_ANNOTATION || (key.startsWith(OWN_KEY_PREFIX) && key.endsWith('-containers'));
}
