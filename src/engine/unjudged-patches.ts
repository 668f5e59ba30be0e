// Texts that change the pods of an object, such as `podSpecPatch` of a workflow. They are put together when a pod is made, so that
// only the pod shows what comes of them.

import { pathOfTokens } from '../kubernetes/field-path.ts';
import type { JsonObject } from '../model/json.ts';
import { valuesAt } from '../workloads/template.ts';
import type { Workload } from '../workloads/workload.ts';

/** A patch in an object, and that it was not judged, in words. */
export interface UnjudgedPatch {
  readonly tokens: readonly string[];
  readonly message: string;
}

/** The patches that are said one by one. */
const MOST_SAID = 4;

const NONE: readonly UnjudgedPatch[] = Object.freeze([]);

/** The patches of an object that are not empty, the first few of them. */
export function unjudgedPatches({ patches }: Pick<Workload, 'patches'>, object: JsonObject): readonly UnjudgedPatch[] {
  if (!patches) return NONE;
  const found = patches.flatMap((pointer) => valuesAt(object, pointer)).filter(({ value }) => value !== '');
  return found.slice(0, MOST_SAID).map(({ tokens }, index) => {
    const more = index === MOST_SAID - 1 && found.length > MOST_SAID ? ` (and ${found.length - MOST_SAID} more)` : '';
    return {
      tokens,
      message: `${pathOfTokens(tokens)}${more}: what this patch makes of the pods was not judged; the pods are, when they are created`,
    };
  });
}
