/*
A label that a NetworkPolicy selects pods by holds nothing if a tenant may write another value, or take it off later.

**Restricted Fields:** metadata.labels, metadata.annotations

**Allowed Values:** the policy's own, for the keys that it adds
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import type { Violation } from '../../model/finding.ts';
import { quoteVisible } from '../../model/text.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import type { MetadataParameters } from './parameters.ts';
import { describeKeys, type Entries, keyViolation, METADATA_KINDS, type MetadataKind, ofTemplate } from './places.ts';

const EGRESS = { labels: { add: { egress: 'restricted' } } };

/** A check that the labels and annotations which a policy adds have the policy's values, and are not taken off. */
export const addedMetadata: RuleCheck<MetadataParameters> = {
  id: 'addedMetadata',
  title: 'Labels and annotations that the policy adds must have its values, and must not be taken off.',
  fix: 'leave these keys out of what you write and keep them on what is stored',
  platform: 'any',
  compile: ({ labels, annotations }) => {
    const wanted = { labels: labels?.add ?? {}, annotations: annotations?.add ?? {} };
    const kinds = METADATA_KINDS.filter((kind) => Object.keys(wanted[kind]).length > 0);
    if (kinds.length === 0) return undefined;
    return (pod, request) => findChanged(pod, request, kinds, wanted);
  },
  describe: (violations) => describeKeys('changed metadata', violations, ['must', 'must']),
  examples: {
    pass: [
      {
        name: "the policy's value",
        parameters: EGRESS,
        pod: { metadata: { labels: { egress: 'restricted', other: 'x' } } },
      },
      {
        name: 'an update that keeps it',
        parameters: EGRESS,
        pod: { metadata: { labels: { egress: 'restricted' } } },
        request: { runs: true, old: { metadata: { labels: { egress: 'restricted' } } } },
      },
    ],
    fail: [
      {
        name: 'another value',
        parameters: EGRESS,
        pod: { metadata: { labels: { egress: 'Restricted' } } },
        says: 'changed metadata (label "egress" must be "restricted")',
        paths: ['metadata.labels.egress'],
        values: ['Restricted'],
      },
      {
        name: 'absent, null and empty',
        parameters: { ...EGRESS, annotations: { add: { 'example.com/by': 'x' } } },
        pod: { metadata: { labels: null, annotations: { 'example.com/by': '' } } },
        says: 'changed metadata (label "egress" must be "restricted", annotation "example.com/by" must be "x")',
        paths: ['metadata.labels.egress', 'metadata.annotations[example.com/by]'],
        values: [undefined, ''],
      },
      {
        name: 'taken off by an update',
        parameters: EGRESS,
        pod: { metadata: { labels: { other: 'x' } } },
        request: { runs: true, old: { metadata: { labels: { egress: 'restricted' } } } },
        says: 'changed metadata (label "egress" must be "restricted" and cannot be taken off)',
        paths: ['metadata.labels.egress'],
        values: [undefined],
      },
    ],
  },
};

function findChanged(
  pod: PodView,
  request: CheckRequest,
  kinds: readonly MetadataKind[],
  wanted: Readonly<Record<MetadataKind, StringMap>>,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const kind of kinds) {
    const judged = ofTemplate(pod, request, kind);
    const map = wanted[kind];
    for (const key in map) {
      const value = map[key] ?? '';
      const off = judged.before && isTakenOff(key, value, judged, request, kind);
      if (!off && has(judged.now, key, value)) continue;
      const says = `be ${quoteVisible(value)}${off ? ' and cannot be taken off' : ''}`;
      found = append(found, keyViolation(kind, key, judged, says));
    }
  }
  return found;
}

/**
 * True where the update takes it off. What was sent counts: a stored template is judged as its next pod will be, with the
 * label, while a controller that follows the template takes the label off the pod that runs.
 */
function isTakenOff(
  key: string,
  value: string,
  { before, now }: Entries,
  { sent }: CheckRequest,
  kind: MetadataKind,
): boolean {
  return before !== undefined && has(before, key, value) && !has(sent?.metadata?.[kind] ?? now, key, value);
}

function has(map: Entries['now'], key: string, value: string): boolean {
  return Object.hasOwn(map, key) && map[key] === value;
}
