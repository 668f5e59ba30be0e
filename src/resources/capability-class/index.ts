// The CustomResourceDefinition of CapabilityClasses.

import { customResource } from '../../../scripts/crd/custom-resource.ts';
import { structuralSchema } from '../../../scripts/crd/structural.ts';
import { isJsonObject, type JsonObject, ownField } from '../../model/json.ts';
import { API_VERSION } from '../../model/names.ts';
import { CAPABILITY_CLASS_SCHEMA } from './schema.ts';

const [group = '', version = ''] = API_VERSION.split('/');

/** What the API server calls classes. RBAC grants `use` of this resource. */
export const CLASS_KIND = { group, version, kind: 'CapabilityClass', plural: 'capabilityclasses' } as const;

/** The whole definition, as it is sent to an API server. */
export function classDefinition(): JsonObject {
  const spec = ownField(CAPABILITY_CLASS_SCHEMA.properties, 'spec');
  return customResource({
    ...CLASS_KIND,
    noun: 'class',
    shortNames: ['capclass', 'ccl'],
    description: CAPABILITY_CLASS_SCHEMA.description,
    spec: structuralSchema(withoutFragments(spec)),
    columns: [
      {
        name: 'Authorization',
        type: 'string',
        jsonPath: '.spec.authorization',
        description: 'What is asked for; RBAC where nothing stands here.',
      },
      {
        name: 'First',
        type: 'string',
        jsonPath: '.spec.implementations[0].name',
        description: 'The implementation that is tried first.',
      },
    ],
  });
}

/**
 * The schema with any object where one of Kubernetes' types belongs. Written out they would be four times as long as the
 * rest; what is wrong with them stands in the status.
 */
function withoutFragments(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutFragments);
  if (!isJsonObject(schema)) return schema;
  const { $ref, ...rest } = schema;
  if ($ref !== undefined) return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...rest };
  return Object.fromEntries(Object.entries(rest).map(([key, member]) => [key, withoutFragments(member)]));
}
