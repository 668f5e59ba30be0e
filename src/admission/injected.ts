// Describes what a patch sets, for people who read audit logs: `spec.securityContext.runAsUser=1000`.
import type { PatchOperation } from '../engine/diff.ts';
import { pathOfPointer, step } from '../kubernetes/field-path.ts';
import { joinWithin } from '../model/one-line.ts';

const LIMIT = 1024;
/** More fields than fit the limit. */
const MOST_FIELDS = 100;

/** Fields whose values are left out: environment variables and commands can hold secrets, and more people read the audit log. */
const PRIVATE: ReadonlySet<string> = new Set(['env', 'command', 'args']);
const PRIVATE_POINTER = /\/(?:env|command|args)(?:\/|$)/;

/** The fields a patch sets and their values, in its order; empty for an empty patch. Bounded. */
export function injectedFields(patch: readonly PatchOperation[]): string {
  const fields: string[] = [];
  for (const operation of patch) {
    const path = pathOfPointer(operation.path);
    if (operation.op === 'remove') fields.push(`${path} removed`);
    else if (operation.op !== 'add' && operation.op !== 'replace') fields.push(path);
    else addLeaves(path, operation.value, PRIVATE_POINTER.test(operation.path), fields);
    if (fields.length > MOST_FIELDS) break;
  }
  return joinWithin(fields, ', ', LIMIT);
}

function addLeaves(path: string, value: unknown, hidden: boolean, fields: string[]): void {
  if (typeof value !== 'object' || value === null) {
    fields.push(hidden ? path : `${path}=${String(value)}`);
  } else if (Array.isArray(value)) {
    if (value.some((member) => typeof member === 'object' && member !== null)) {
      for (const [index, member] of value.entries()) addLeaves(`${path}[${index}]`, member, hidden, fields);
    } else {
      fields.push(hidden ? path : `${path}=${JSON.stringify(value)}`);
    }
  } else {
    const entries = Object.entries(value);
    if (entries.length === 0) fields.push(`${path}={}`);
    for (const [key, member] of entries) addLeaves(path + step(key), member, hidden || PRIVATE.has(key), fields);
  }
}
