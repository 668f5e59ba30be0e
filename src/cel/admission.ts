// What expressions of policies can ask about: the variables that ValidatingAdmissionPolicies have, with a pod template in the
// place of the object. Source: k8s.io/apiserver/pkg/admission/plugin/cel/compile.go.
import type { StringMap } from '../kubernetes/pod.ts';
import type { JsonObject } from '../model/json.ts';
import type { Subject } from '../model/subject.ts';
import { type CelEnvironment, createEnvironment, type LazyMap } from './environment.ts';
import { type CelTypes, kubernetesTypes } from './kubernetes-types.ts';
import { namespaceValue, podValue } from './kubernetes-values.ts';

/** The variables of expressions and their types; `variables` comes with them where a policy has some. */
export const ADMISSION_VARIABLES = {
  object: 'Pod',
  oldObject: 'Pod',
  request: 'AdmissionRequest',
  namespaceObject: 'Namespace',
} as const;

/** Source: `BuildRequestType`. Its `options` are left out: nothing here knows them. */
const REQUEST_TYPES: CelTypes = {
  GroupVersionKind: { group: 'string', version: 'string', kind: 'string' },
  GroupVersionResource: { group: 'string', version: 'string', resource: 'string' },
  UserInfo: { username: 'string', uid: 'string', groups: 'list<string>', extra: 'map<string, list<string>>' },
  AdmissionRequest: {
    kind: 'GroupVersionKind',
    resource: 'GroupVersionResource',
    subResource: 'string',
    requestKind: 'GroupVersionKind',
    requestResource: 'GroupVersionResource',
    requestSubResource: 'string',
    name: 'string',
    namespace: 'string',
    operation: 'string',
    userInfo: 'UserInfo',
    dryRun: 'bool',
  },
};

/** The type of `variables`: a field for each. */
const VARIABLES_TYPE = 'Variables';

/**
 * An environment with the variables of a policy.
 * @param variables the types of the policy's own variables, by name; those of `match.conditions` have none
 */
export function admissionEnvironment(variables?: Readonly<Record<string, string>>): CelEnvironment {
  const types = { ...kubernetesTypes(), ...REQUEST_TYPES };
  if (variables === undefined) return createEnvironment({ variables: ADMISSION_VARIABLES, types });
  return createEnvironment({
    variables: { ...ADMISSION_VARIABLES, variables: VARIABLES_TYPE },
    types: { ...types, [VARIABLES_TYPE]: variables },
  });
}

/** What a request says beside its object, as far as expressions can ask for it. */
export type RequestFacts = Pick<
  Subject,
  'kind' | 'resource' | 'subresource' | 'operation' | 'name' | 'namespace' | 'user' | 'dryRun'
>;

/** What the variables stand for. */
export interface AdmissionInput {
  /** `metadata` and `spec` of the template. */
  readonly object: JsonObject;
  /** The template that an update replaces; undefined where there is none. */
  readonly oldObject: JsonObject | undefined;
  readonly request: RequestFacts;
  /** Undefined where they are not known. */
  readonly namespaceLabels: StringMap | undefined;
}

/**
 * The values of the variables, each made once, when it is asked for. An object that does not exist is null, as the API server
 * has it.
 * @param variables makes `variables`, which asks for the other ones
 */
export function admissionValues(
  input: AdmissionInput,
  variables?: (values: Readonly<Record<string, unknown>>) => LazyMap,
): Readonly<Record<string, unknown>> {
  const { request, namespaceLabels } = input;
  let object: JsonObject | undefined;
  let oldObject: JsonObject | null | undefined;
  let requested: JsonObject | undefined;
  let own: LazyMap | undefined;
  const values = {
    get object() {
      object ??= podValue(input.object);
      return object;
    },
    get oldObject() {
      if (oldObject === undefined) oldObject = input.oldObject ? podValue(input.oldObject) : null;
      return oldObject;
    },
    get request() {
      requested ??= requestValue(request);
      return requested;
    },
    get namespaceObject() {
      if (request.namespace === '') return null;
      return namespaceLabels && namespaceValue(request.namespace, namespaceLabels);
    },
    get variables(): LazyMap | undefined {
      own ??= variables?.(values);
      return own;
    },
  };
  return values;
}

/** As the API server has it: what is empty is absent. */
function requestValue(request: RequestFacts): JsonObject {
  const { kind, resource, subresource, operation, name = '', namespace, user, dryRun } = request;
  const { group, version } = kind;
  const of = { group, version, resource };
  return {
    kind,
    resource: of,
    requestKind: kind,
    requestResource: of,
    ...(subresource !== '' && { subResource: subresource, requestSubResource: subresource }),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: {
      ...(user.username !== '' && { username: user.username }),
      ...(user.uid && { uid: user.uid }),
      ...(user.groups.length > 0 && { groups: user.groups }),
      ...(user.extra && { extra: user.extra }),
    },
    dryRun,
  };
}
