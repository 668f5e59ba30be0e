// serviceAccount: as whom a pod acts, and which tokens it holds.
import { all, put } from '../../support/change.ts';
import { by, inPod, letIn, NO_POD, rewritten, type Section } from '../attempt.ts';
import { POD_WAYS } from '../ways.ts';
import { volume } from './mounting.ts';

const NAME = ['spec', 'serviceAccountName'] as const;
const MOUNT = ['spec', 'automountServiceAccountToken'] as const;

function projected(source: object) {
  return volume({ projected: { sources: [source] } });
}

export const SERVICE_ACCOUNT: Section = {
  title: 'serviceAccount: which one, and its tokens',
  rules: ['serviceAccount'],
  about:
    'Pods run as the service account `default`, without its token; a token for `kagent` may be projected for an hour.',
  spec: {
    serviceAccount: {
      automountToken: false,
      allowed: ['default', 'agent-*'],
      forbidden: ['agent-root'],
      tokens: [{ audience: 'kagent', maxExpirationSeconds: 3600 }],
      allowedTrustBundles: [],
      allowedCertificateSigners: [],
    },
  },
  base: put(undefined, ...MOUNT),
  attempts: [
    inPod('the token, mounted', 'automountToken', put(true, ...MOUNT)),
    inPod('the token, by saying nothing', letIn('It is taken out.', false, ...MOUNT), put(undefined, ...MOUNT)),
    inPod('the token, by null', letIn('It is taken out.', false, ...MOUNT), put(null, ...MOUNT)),
    inPod('the token, by a text', 'shape', put('false', ...MOUNT), NO_POD),
    inPod('another service account', 'serviceAccountName', put('admin', ...NAME)),
    rewritten(
      'the API server copies it into the new field',
      inPod('another service account by the old field', 'serviceAccountName', put('admin', 'spec', 'serviceAccount')),
    ),
    inPod(
      'the old field beside the new one',
      letIn('The new field counts, as it does for Kubernetes.'),
      all(put('default', ...NAME), put('admin', 'spec', 'serviceAccount')),
      by(POD_WAYS, letIn('The new field counts.')),
    ),
    inPod('the forbidden one among those that match', 'serviceAccountName', put('agent-root', ...NAME)),
    inPod('an allowed one with a line end', 'serviceAccountName', put('default\n', ...NAME), NO_POD),
    inPod(
      'a token of one’s own for the API server',
      'projectedTokens',
      projected({ serviceAccountToken: { path: 'token' } }),
    ),
    inPod(
      'a token with an empty audience',
      'projectedTokens',
      projected({ serviceAccountToken: { path: 'token', audience: '' } }),
    ),
    inPod(
      'a token for somebody else',
      'projectedTokens',
      projected({ serviceAccountToken: { path: 'token', audience: 'vault' } }),
    ),
    inPod(
      'a token for the audience in capitals',
      'projectedTokens',
      projected({ serviceAccountToken: { path: 'token', audience: 'KAGENT' } }),
    ),
    inPod(
      'a token for a year',
      'projectedTokens',
      projected({ serviceAccountToken: { path: 'token', audience: 'kagent', expirationSeconds: 31_536_000 } }),
    ),
    inPod(
      'a token for the time that the API server makes a year',
      'projectedTokens',
      projected({ serviceAccountToken: { path: 'token', audience: 'kagent', expirationSeconds: 3607 } }),
    ),
    inPod(
      'a token in the form of the one that Kubernetes adds',
      'projectedTokens',
      put(
        [
          {
            name: 'kube-api-access-12345',
            projected: {
              defaultMode: 420,
              sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }],
            },
          },
        ],
        'spec',
        'volumes',
      ),
    ),
    inPod(
      'the certificates of a signer',
      'trustBundles',
      projected({ clusterTrustBundle: { name: 'root', path: 'ca.pem' } }),
    ),
    inPod(
      'a certificate of one’s own',
      'podCertificates',
      projected({
        podCertificate: {
          signerName: 'kubernetes.io/kube-apiserver-client-pod',
          keyType: 'ED25519',
          credentialBundlePath: 'x',
        },
      }),
    ),
  ],
};
