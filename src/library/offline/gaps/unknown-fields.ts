// Fields that a pod does not have. The API server drops them with a warning; what their author meant by them is not there, and is
// not judged.
import { fieldsOf, isTypeName, type TypeName } from '../../../kubernetes/field-type.ts';
import { isJsonObject } from '../../../model/json.ts';
import { didYouMean } from '../../../resources/did-you-mean.ts';

/** A field that does not exist. */
export interface UnknownField {
  /** From the pod template on. */
  readonly keys: readonly (string | number)[];
  /** ` (did you mean "containers"?)`, or nothing. */
  readonly hint: string;
}

/** What a Pod has beside what a pod template has. */
const OF_OBJECTS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'status']);

/**
 * Every field of a pod template that Kubernetes does not have. Values of the wrong type are the engine's to report.
 * @param isInline true where other fields stand beside those of the template and of its spec
 */
export function unknownFields(template: unknown, isPod: boolean, isInline: boolean): readonly UnknownField[] {
  const found: UnknownField[] = [];
  const visit = (value: unknown, type: TypeName, keys: readonly (string | number)[]): void => {
    if (!isJsonObject(value)) return;
    const fields = fieldsOf(type);
    for (const [key, member] of Object.entries(value)) {
      const field = fields.get(key);
      const here = [...keys, key];
      if (!field) {
        const hint = didYouMean(key, [...fields.keys()]);
        // Beside the spec of a pod people keep anchors of YAML, under names of their own.
        if (isPod && keys.length === 0 && (OF_OBJECTS.has(key) || hint === '')) continue;
        if (isInline && keys.length < 2 && (OF_OBJECTS.has(key) || hint === '')) continue;
        found.push({ keys: here, hint });
      } else if (isTypeName(field.name)) {
        const { name, form } = field;
        const members = form === 'list' && Array.isArray(member) ? member : undefined;
        if (members) for (const [index, item] of members.entries()) visit(item, name, [...here, index]);
        else visit(member, name, here);
      }
    }
  };
  visit(template, 'PodTemplateSpec', []);
  return found;
}
