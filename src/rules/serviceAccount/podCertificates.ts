/*
A pod can have the kubelet ask a signer for a certificate of its own (KEP-4317). What it can do with it is up to whoever
trusts the signer: with one of kubernetes.io/kube-apiserver-client-pod it can speak to the API server.

**Restricted Fields:**
spec.volumes[*].projected.sources[*].podCertificate.signerName

**Allowed Values:** the signers that the policy allows
*/

import type { Sentence, Violation } from '../../model/finding.ts';
import { append } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import type { ServiceAccountParameters } from './parameters.ts';
import { projectionsOf } from './projections.ts';
import { volumesInWords } from './volumes-in-words.ts';

/** A check that pods project no certificate but those of the signers that the policy allows. */
export const podCertificates: RuleCheck<ServiceAccountParameters> = {
  id: 'podCertificates',
  title: 'Pods must project no certificate of their own but those of allowed signers.',
  fix: 'take the podCertificate out of the volume, or name a signer that the policy allows',
  platform: 'any',
  compile({ allowedCertificateSigners }) {
    if (allowedCertificateSigners === undefined) return undefined;
    const may = nameList(allowedCertificateSigners);
    return (pod) => {
      let found: Violation[] | undefined;
      for (const { volume, source, path } of projectionsOf(pod)) {
        const certificate = source.podCertificate;
        if (!certificate || may.includes(certificate.signerName ?? '')) continue;
        const at = { path: `${path}.podCertificate.signerName`, volume: volume.name ?? '' };
        found = append(found, { ...at, value: certificate.signerName, allowed: may.inWords });
      }
      return found;
    };
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a signer that is allowed',
        parameters: { allowedCertificateSigners: ['example.com/*'] },
        pod: {
          spec: {
            volumes: [
              {
                name: 'a',
                projected: { sources: [{ podCertificate: { signerName: 'example.com/mesh', keyType: 'ED25519' } }] },
              },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'another signer, and one whose name only begins alike',
        parameters: { allowedCertificateSigners: ['example.com/*'] },
        pod: {
          spec: {
            volumes: [
              {
                name: 'a',
                projected: {
                  sources: [
                    { podCertificate: { signerName: 'kubernetes.io/kube-apiserver-client-pod', keyType: 'ED25519' } },
                  ],
                },
              },
              {
                name: 'b',
                projected: { sources: [{ podCertificate: { signerName: 'example.com/mesh/x', keyType: 'ED25519' } }] },
              },
            ],
          },
        },
        says: 'pod certificate (volumes "a", "b" have certificates of "kubernetes.io/kube-apiserver-client-pod", "example.com/mesh/x", allowed: "example.com/*")',
        paths: [
          'spec.volumes[0].projected.sources[0].podCertificate.signerName',
          'spec.volumes[1].projected.sources[0].podCertificate.signerName',
        ],
        values: ['kubernetes.io/kube-apiserver-client-pod', 'example.com/mesh/x'],
      },
    ],
  },
};

function describe(violations: readonly Violation[]): Sentence {
  const detail = volumesInWords(violations, 'has certificates of', 'have certificates of');
  return { reason: 'pod certificate', detail };
}
