// IsolationExceptions for tests.
import { parseManifest } from '../../src/manifests/manifest.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { namesOf } from '../../src/resources/kind.ts';
import type { StoredObject } from '../../src/resources/snapshot.ts';
import { asStored } from './policy-objects.ts';

/**
 * One document, from policy `p`.
 * @param spec the other keys of its spec in YAML's flow style, without brackets; reason and end are filled in where they are missing
 */
export function exceptionYaml(name: string, spec: string, namespace = 'agents'): string {
  const reason = spec.includes('reason:') ? '' : ', reason: tunnels';
  const expires = spec.includes('expires:') ? '' : ', expires: 2027-06-30';
  return `apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: ${name}, namespace: ${namespace} }
spec: { policy: p, ${spec}${reason}${expires} }
`;
}

/** What a watch hands on of a stored exception. */
export function exceptionObject(yaml: string, uid = 'x-1', generation = 1): StoredObject {
  const document = asStored(onlyDocument(yaml), uid, generation);
  const { name, namespace } = namesOf(document);
  return { name, namespace: namespace ?? '', uid, generation, document, status: undefined };
}

function onlyDocument(yaml: string): JsonObject {
  const [document] = parseManifest(yaml, 'exception.yaml').documents;
  if (!isJsonObject(document?.value)) throw new Error(`expected one document in ${yaml}`);
  return document.value;
}
