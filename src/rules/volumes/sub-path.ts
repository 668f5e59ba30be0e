// What a mount's subPathExpr stands for: the kubelet puts variables of the container into it.
import type { FieldsOf } from '../../kubernetes/field-type.ts';
import type { Container, ObjectMeta } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';

type Variable = FieldsOf<'EnvVar'>;

const VARIABLE = /\$\(([^()]*)\)/g;

/** The variables of a container by name, made when they are first asked for. Of two of one name the last one counts. */
export function variablesOf({ env }: Container): () => ReadonlyMap<string, Variable> {
  let known: ReadonlyMap<string, Variable> | undefined;
  return () => (known ??= new Map(env?.map((variable) => [variable.name ?? '', variable])));
}

/** The path that the expression stands for; undefined where only the node can tell. */
export function expandSubPath(
  expression: string,
  variables: () => ReadonlyMap<string, Variable>,
  metadata: ObjectMeta,
): string | undefined {
  if (expression.includes('$$')) return undefined;
  let known = true;
  const expanded = expression.replaceAll(VARIABLE, (_, name: string) => {
    const value = valueIn(variables().get(name), metadata);
    known &&= value !== undefined;
    return value ?? '';
  });
  return known ? expanded : undefined;
}

/** A value that is written in the container, or that is the pod's name, namespace or uid. */
function valueIn(variable: Variable | undefined, { name, namespace }: ObjectMeta): string | undefined {
  if (variable === undefined) return undefined;
  const { value, valueFrom } = variable;
  if (isGiven(value) && value !== '') return value.includes('$') ? undefined : value;
  const field = valueFrom?.fieldRef?.fieldPath;
  // A template has neither, and the pods made from it are judged by their own.
  if (field === 'metadata.name') return name || 'name';
  if (field === 'metadata.namespace') return namespace || 'namespace';
  // Made by the API server: nobody chooses it.
  return field === 'metadata.uid' ? 'uid' : undefined;
}
