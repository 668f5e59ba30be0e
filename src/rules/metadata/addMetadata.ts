// Fills in the policy's labels and annotations, such as a label that a NetworkPolicy selects pods by.
import type { PodTemplate, StringMap } from '../../kubernetes/pod.ts';
import type { FillIn } from '../fill-in.ts';
import { withMetadata } from '../write.ts';
import type { MetadataParameters } from './parameters.ts';
import { METADATA_KINDS, type MetadataKind } from './places.ts';

const EGRESS = { labels: { add: { egress: 'restricted' } } };

/** Sets the labels and annotations that the template does not have. */
export const addMetadata: FillIn<MetadataParameters> = {
  id: 'addMetadata',
  title: 'Adds labels and annotations.',
  sets: ['metadata.labels', 'metadata.annotations'],
  satisfies: [],
  platform: 'any',
  compile: ({ labels, annotations }) => {
    const wanted = { labels: labels?.add ?? {}, annotations: annotations?.add ?? {} };
    const kinds = METADATA_KINDS.filter((kind) => Object.keys(wanted[kind]).length > 0);
    if (kinds.length === 0) return undefined;
    return (template, scope) => {
      if (!scope.podLevel) return template;
      return kinds.reduce((filled, kind) => added(filled, kind, wanted[kind]), template);
    };
  },
  examples: [
    {
      name: 'a pod without metadata',
      parameters: { ...EGRESS, annotations: { add: { 'example.com/note': 'made by agents' } } },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: { containers: [{ name: 'a' }] },
        metadata: { labels: { egress: 'restricted' }, annotations: { 'example.com/note': 'made by agents' } },
      },
    },
    {
      name: 'labels that are null, and other labels beside them',
      parameters: { labels: { add: { egress: 'restricted', tier: '1' } } },
      before: { metadata: { labels: null, annotations: { a: 'b' } } },
      after: { metadata: { labels: { egress: 'restricted', tier: '1' }, annotations: { a: 'b' } } },
    },
    {
      name: 'only what is missing',
      parameters: { labels: { add: { egress: 'restricted', tier: '1' } } },
      before: { metadata: { labels: { tier: '2' } } },
      after: { metadata: { labels: { tier: '2', egress: 'restricted' } } },
    },
    {
      name: 'a value that somebody wrote is kept, to be judged',
      parameters: EGRESS,
      before: { metadata: { labels: { egress: '' } } },
    },
  ],
};

function added(template: PodTemplate, kind: MetadataKind, wanted: StringMap): PodTemplate {
  const given = template.metadata?.[kind] ?? {};
  const missing = Object.entries(wanted).filter(([key]) => !Object.hasOwn(given, key));
  return missing.length === 0 ? template : withMetadata(template, kind, Object.fromEntries(missing));
}
