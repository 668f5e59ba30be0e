// The volume with a token for the API server that the ServiceAccount admission plugin adds to pods.
// Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/serviceaccount, TokenVolumeSource.
import { type JsonObject, sameJson } from '../model/json.ts';
import type { Volume } from './pod.ts';

/** What the name of the volume begins with. Anybody can give a volume such a name. */
export const API_TOKEN_VOLUME_PREFIX = 'kube-api-access-';

const SOURCES: readonly JsonObject[] = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
  },
];
/** OpenShift's admission adds the CA of its services. */
const OPENSHIFT_SOURCE: JsonObject = {
  configMap: { name: 'openshift-service-ca.crt', items: [{ key: 'service-ca.crt', path: 'service-ca.crt' }] },
};

/** What is projected into it, on Kubernetes and on OpenShift. */
export const API_TOKEN_SOURCES: readonly (readonly JsonObject[])[] = [SOURCES, [...SOURCES, OPENSHIFT_SOURCE]];

/** What the files of a projected volume get where nothing is said. */
const DEFAULT_MODE = 0o644;

/** True for a volume that is what the plugin writes, to the letter; what only resembles it may hold another token. */
export function isApiTokenVolume(volume: Volume): boolean {
  const { name, projected } = volume;
  if (!projected || !name?.startsWith(API_TOKEN_VOLUME_PREFIX)) return false;
  if (Object.keys(volume).length > 2) return false;
  const { sources, defaultMode } = projected;
  if (Object.keys(projected).length > (defaultMode === undefined ? 1 : 2)) return false;
  if (defaultMode !== undefined && defaultMode !== DEFAULT_MODE) return false;
  return API_TOKEN_SOURCES.some((written) => sameJson(sources, written));
}
