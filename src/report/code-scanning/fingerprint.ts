// What makes a finding the same one in the next run, although lines above it came and went.
import { createHash } from 'node:crypto';
import type { FieldRef, Finding } from '../../model/finding.ts';
import type { Result } from '../shapes/result.ts';

/** The indices of a container in its list: containers are told apart by their names. */
const CONTAINER_INDEX = /(^|\.)(containers|initContainers|ephemeralContainers)\[\d+\]/;

/** Makes fingerprints for the findings of one run. Those that would be the same are told apart by their order. */
export class Fingerprints {
  readonly #seen = new Map<string, number>();

  /**
   * The fingerprint of a field that a finding is about: 16 hexadecimal digits, and how many of the same came before, counted
   * from 1, as GitHub's own hashes of lines have it. It depends on the object, the policy, the check, and the field, where a
   * container is known by its name; not on file, line or position.
   */
  of({ object }: Result, { policy, check }: Finding, { path, container }: FieldRef): string {
    const { apiVersion, kind, namespace, name } = object;
    const field = container === undefined ? path : path.replace(CONTAINER_INDEX, `$1$2[name=${container}]`);
    // The group without the version: a manifest that moves to the next version is still the same workload.
    const group = apiVersion.includes('/') ? apiVersion.split('/', 1).join('') : '';
    const identity = JSON.stringify([group, kind, namespace, name, policy, check, field]);
    const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
    const count = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, count);
    return `${hash}:${count}`;
  }
}
