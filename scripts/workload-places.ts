// What has to stand at the places that a row names, in the words of the table of pod fields.
import { fieldsOf, type TypeName } from '../src/kubernetes/field-type.ts';
import { POD_FIELDS } from '../src/kubernetes/pod-fields.ts';
import type { BoundPart } from '../src/workloads/form.ts';
import type { Workload } from '../src/workloads/workload.ts';

const OWNERS: Readonly<Record<'metadata' | 'spec' | 'container', TypeName>> = {
  metadata: 'ObjectMeta',
  spec: 'PodSpec',
  container: 'Container',
};

/** By JSON pointer, the type of pods that stands there: `PodTemplateSpec`, `[Volume]`, `string`. */
export function expectedPlaces({ templates, partials = [], patches = [] }: Workload): ReadonlyMap<string, string> {
  const places = new Map<string, string>(templates.map((pointer) => [pointer, 'PodTemplateSpec']));
  for (const { at, parts } of partials) for (const part of parts) places.set(at + part.from, typeOf(part));
  for (const pointer of patches) places.set(pointer, 'string');
  return places;
}

function typeOf({ target }: BoundPart): string {
  switch (target.of) {
    case 'template':
      return 'PodTemplateSpec';
    case 'claims':
      return '[PersistentVolumeClaimTemplate]';
    case 'field': {
      const type = OWNERS[target.owner];
      const written = Object.entries(POD_FIELDS[type]).find(([name]) => name === target.field)?.[1] ?? '';
      return fieldsOf(type).has(target.field) ? written.replace('!', '') : '';
    }
    case 'metadata':
    case 'spec':
    case 'container':
      return OWNERS[target.of];
  }
}
