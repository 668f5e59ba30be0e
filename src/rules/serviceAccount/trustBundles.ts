/*
A ClusterTrustBundle holds certificates of authorities. A pod that projects one learns whom the cluster trusts, and takes
from there whom its own programs trust.

**Restricted Fields:**
spec.volumes[*].projected.sources[*].clusterTrustBundle.name
spec.volumes[*].projected.sources[*].clusterTrustBundle.signerName

**Allowed Values:** the names of bundles and signers that the policy allows
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import type { ServiceAccountParameters } from './parameters.ts';
import { projectionsOf } from './projections.ts';
import { volumesInWords } from './volumes-in-words.ts';

/** A check that pods project no ClusterTrustBundle but those that the policy allows. */
export const trustBundles: RuleCheck<ServiceAccountParameters> = {
  id: 'trustBundles',
  title: 'Pods must project no ClusterTrustBundle but those that are allowed.',
  fix: 'take the clusterTrustBundle out of the volume, or project one that the policy allows',
  platform: 'any',
  compile({ allowedTrustBundles }) {
    if (allowedTrustBundles === undefined) return undefined;
    const may = nameList(allowedTrustBundles);
    return (pod) => {
      let found: Violation[] | undefined;
      for (const { volume, source, path } of projectionsOf(pod)) {
        const bundle = source.clusterTrustBundle;
        if (!bundle) continue;
        const field = bundle.name ? 'name' : 'signerName';
        const value = bundle[field];
        if (may.includes(value ?? '')) continue;
        const at = { path: `${path}.clusterTrustBundle.${field}`, volume: volume.name ?? '', value };
        found = append(found, { ...at, allowed: may.inWords });
      }
      return found;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a bundle by its name, and one by its signer',
        parameters: { allowedTrustBundles: ['corporate-*', 'example.com/*'] },
        pod: {
          spec: {
            volumes: [
              { name: 'a', projected: { sources: [{ clusterTrustBundle: { path: 'a', name: 'corporate-root' } }] } },
              {
                name: 'b',
                projected: {
                  sources: [{ clusterTrustBundle: { path: 'a', name: '', signerName: 'example.com/mesh' } }],
                },
              },
            ],
          },
        },
      },
      {
        name: 'other sources',
        parameters: { allowedTrustBundles: [] },
        pod: { spec: { volumes: [{ name: 'a', projected: { sources: [{ secret: { name: 's' } }] } }] } },
      },
    ],
    fail: [
      {
        name: 'any bundle, where none is allowed',
        parameters: { allowedTrustBundles: [] },
        pod: {
          spec: {
            volumes: [
              {
                name: 'a',
                projected: {
                  sources: [
                    { configMap: { name: 'c' } },
                    { clusterTrustBundle: { path: 'a', name: 'root' } },
                    { clusterTrustBundle: { path: 'b' } },
                  ],
                },
              },
            ],
          },
        },
        says: 'cluster trust bundle (volume "a" projects "root", "", allowed: none)',
        paths: [
          'spec.volumes[0].projected.sources[1].clusterTrustBundle.name',
          'spec.volumes[0].projected.sources[2].clusterTrustBundle.signerName',
        ],
        values: ['root', undefined],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  return { reason: 'cluster trust bundle', detail: volumesInWords(violations, 'projects', 'project') };
}
