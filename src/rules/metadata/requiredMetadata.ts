/*
Labels that owners, costs or network rules are read from.

**Restricted Fields:** metadata.labels, metadata.annotations

**Allowed Values:** anything but undefined, null and "", for the keys that the policy requires
*/
import type { Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { MetadataParameters } from './parameters.ts';
import { describeKeys, keyViolation, METADATA_KINDS, ofTemplate } from './places.ts';

/** A check that pods have the labels and annotations that the policy requires. */
export const requiredMetadata: RuleCheck<MetadataParameters> = {
  id: 'requiredMetadata',
  title: 'Pods must have the labels and annotations that the policy requires.',
  fix: 'add these keys with a value; in a controller they belong on the pod template',
  platform: 'any',
  compile: ({ labels, annotations }) => {
    const required = { labels: labels?.required ?? [], annotations: annotations?.required ?? [] };
    const kinds = METADATA_KINDS.filter((kind) => required[kind].length > 0);
    if (kinds.length === 0) return undefined;
    return (pod, request): readonly Violation[] | undefined => {
      let found: Violation[] | undefined;
      for (const kind of kinds) {
        const entries = ofTemplate(pod, request, kind);
        for (const key of required[kind]) {
          if (Object.hasOwn(entries.now, key) && entries.now[key]) continue;
          found = append(found, keyViolation(kind, key, entries, 'be there and not be empty'));
        }
      }
      return found;
    };
  },
  describe: (violations) => describeKeys('missing metadata', violations, ['must', 'must']),
  examples: {
    pass: [
      {
        name: 'they are there',
        parameters: { labels: { required: ['team'] }, annotations: { required: ['example.com/ticket'] } },
        pod: { metadata: { labels: { team: 'a' }, annotations: { 'example.com/ticket': '1' } } },
      },
      { name: 'nothing is required', parameters: { labels: { required: [] } }, pod: {} },
    ],
    fail: [
      {
        name: 'none at all',
        parameters: { labels: { required: ['team', 'cost-center'] } },
        pod: { spec: { containers: [{ name: 'a' }] } },
        says: 'missing metadata (labels "team", "cost-center" must be there and not be empty)',
        paths: ['metadata.labels.team', 'metadata.labels.cost-center'],
        values: [undefined, undefined],
      },
      {
        name: 'empty, null, in other letters, and a name that every object inherits',
        parameters: { labels: { required: ['team', 'owner', 'constructor'] }, annotations: { required: ['ticket'] } },
        pod: { metadata: { labels: { team: '', Owner: 'x' }, annotations: null } },
        says:
          'missing metadata (labels "team", "owner", "constructor" must be there and not be empty, ' +
          'annotation "ticket" must be there and not be empty)',
        paths: [
          'metadata.labels.team',
          'metadata.labels.owner',
          'metadata.labels.constructor',
          'metadata.annotations.ticket',
        ],
        values: ['', undefined, undefined, undefined],
      },
    ],
  },
};
