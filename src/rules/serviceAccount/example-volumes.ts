// Volumes for the examples of this rule.
import type { Volume } from '../../kubernetes/pod.ts';

/** The volume that the ServiceAccount admission plugin adds to a pod, under a name that it generates. */
export function apiTokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}

/** A volume with one token. */
export function tokenVolume(name: string, token: { audience?: string; expirationSeconds?: number }): Volume {
  return { name, projected: { sources: [{ serviceAccountToken: { path: 'token', ...token } }] } };
}
