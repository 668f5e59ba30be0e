// CapabilityClass: one thing a workload may be granted, and the exact form it is granted in.
import type { CapabilityClass } from '../../grants/class.ts';
import { isJsonObject } from '../../model/json.ts';
import { defineKind } from '../kind.ts';
import { acceptClass } from './accept.ts';
import { CAPABILITY_CLASS_SCHEMA } from './schema.ts';

export const CAPABILITY_CLASS = defineKind<CapabilityClass>({
  kind: 'CapabilityClass',
  kinds: 'CapabilityClasses',
  scope: 'Cluster',
  shortNames: ['capclass', 'ccl'],
  noun: 'class',
  title: 'capability classes',
  schema: CAPABILITY_CLASS_SCHEMA,
  definitionSpec: withoutFragments,
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
  bundles: { folder: 'capabilities', file: 'class.yaml' },
  accept: acceptClass,
  logLines: [
    {
      msg: 'capability class not found',
      level: 'warn',
      when: 'A policy in force, of a file or of the cluster, lists a class that is not there, or an implementation that the class does not have: pods that ask for it are refused. Said again when something else is missing.',
      fields: { policy: 'its name', problem: 'what is missing' },
    },
  ],
});

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
