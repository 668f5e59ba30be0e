// Why a class is not granted, in words.
import type { Implementation } from '../../grants/class.ts';
import { quoteAscii, quoteShort } from '../../grants/quote.ts';
import type { Failure } from '../../model/finding.ts';
import { CAPABILITIES_ANNOTATION, containersAnnotation } from '../../model/names.ts';
import type { Policy } from '../../policy/policy.ts';

/** A class that is not granted. */
export interface RefusedClass {
  /** The name of the class; empty where the annotation as a whole is wrong. */
  readonly name: string;
  readonly failure: Failure;
  readonly fix: string;
  /** The policies that list the class; where none does, all policies that match. */
  readonly policies: readonly Policy[];
  /** What it would have been granted, where that is as far as it came. */
  readonly implementation?: Implementation;
}

/** The annotation that asks for classes. */
export const ANNOTATION = { path: `metadata.annotations[${CAPABILITIES_ANNOTATION}]` };

/** @param known the names of all classes */
export function unknown(name: string, known: readonly string[]): [Failure, string] {
  const detail =
    known.length === 0 ? 'there are no capability classes' : `the classes are ${known.slice(0, 10).join(', ')}`;
  const reason = `unknown_capability: ${isPlain(name) ? name : quoteAscii(name)}`;
  return [{ reason, detail, fields: [ANNOTATION] }, 'ask for a class that exists, or ask an administrator to add it'];
}

/** A class that no matching policy lists. */
export function notListed(name: string, policies: readonly Policy[]): [Failure, string] {
  const names = policies.map((policy) => quoteShort(policy.name)).join(', ');
  const detail = `no matching policy lists it: ${names}`;
  const reason = `${name.replaceAll('-', '_')}_capability_not_configured`;
  const fix = `ask an administrator to list class ${quoteShort(name)} under capabilities of a matching policy`;
  return [{ reason, detail, fields: [ANNOTATION] }, fix];
}

/** An annotation that asks for nothing that could be a class. */
export function badRequest(problem: string, policies: readonly Policy[]): RefusedClass {
  const [code = problem, ...rest] = problem.split(': ');
  const failure = { reason: code, detail: rest.join(': '), fields: [ANNOTATION] };
  return refusal('', policies, failure, `list the names of classes in ${CAPABILITIES_ANNOTATION}, separated by commas`);
}

/** @param stored true for an object of which pods are made */
export function conflictFix(name: string, { fields: [field] }: Failure, stored: boolean): string {
  const key = containersAnnotation(name);
  if (field?.path === `metadata.annotations[${key}]`) {
    return `name containers of this pod in annotation ${key}, as many as the class is granted to; an administrator can make a class for several (grant.containers: annotation)`;
  }
  if (stored) {
    return `take what belongs to class ${quoteShort(name)} out of the object (its pods are given it as the class is when they are made), and use other names and paths for your own`;
  }
  return `leave what belongs to class ${quoteShort(name)} to the mutating webhook, and use other names and paths for your own`;
}

/** A class that is refused to the workloads of these policies. */
export function refusal(name: string, policies: readonly Policy[], failure: Failure, fix: string): RefusedClass {
  return { name, policies, failure, fix };
}

function isPlain(name: string): boolean {
  return /^[a-z0-9.-]{1,63}$/.test(name);
}
