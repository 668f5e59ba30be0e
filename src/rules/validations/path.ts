// The path of a field of a pod, as a validation names one.
import { type FieldType, fieldsOf, isTypeName } from '../../kubernetes/field-type.ts';
import { keysOfPath } from '../../kubernetes/path-keys.ts';

/** What is wrong with a path. */
export interface PathProblem {
  readonly message: string;
  readonly unknown?: { readonly word: string; readonly known: readonly string[] } | undefined;
}

/** What is wrong with the path of a field of a pod template; undefined where Kubernetes has such a field. */
export function pathProblem(path: string): PathProblem | undefined {
  let type: FieldType = { form: 'single', name: 'PodTemplateSpec', required: false };
  for (const key of keysOfPath(path)) {
    if (type.form !== 'single') {
      if (type.form === 'list' && typeof key !== 'number') {
        return { message: `${key} is asked of a list (expected an index, as in spec.containers[0])` };
      }
      type = { ...type, form: 'single' };
      continue;
    }
    if (!isTypeName(type.name)) return { message: `a pod has no field ${path}: ${type.name} has no fields` };
    const fields = fieldsOf(type.name);
    const field = fields.get(String(key));
    if (field === undefined) {
      return { message: `a pod has no field ${path}`, unknown: { word: String(key), known: [...fields.keys()] } };
    }
    type = field;
  }
  return undefined;
}
