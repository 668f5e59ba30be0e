// IsolationPolicies and CapabilityClasses as an API server sends them: with everything it adds to what the author wrote.

import { parseManifest } from '../../src/manifests/manifest.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { entriesOf } from '../../src/resources/entries.ts';
import type { StoredObject } from '../../src/resources/snapshot.ts';

/** The policies in YAML, those in Lists among them, good or bad; what is no object or of another kind is left out. */
export function policyDocuments(text: string): readonly JsonObject[] {
  return documentsIn(text).filter((value) => value.kind === 'IsolationPolicy');
}

/** The one policy in YAML. */
export function policyDocument(text: string): JsonObject {
  return onlyOne(policyDocuments(text), text);
}

/** The one class in YAML. */
export function classDocument(text: string): JsonObject {
  return onlyOne(
    documentsIn(text).filter((value) => value.kind === 'CapabilityClass'),
    text,
  );
}

function documentsIn(text: string): readonly JsonObject[] {
  const { documents } = parseManifest(text, 'policies.yaml');
  const values = documents.flatMap((document) => entriesOf(document).entries.map((entry) => entry.value));
  return values.filter(isJsonObject);
}

function onlyOne(found: readonly JsonObject[], text: string): JsonObject {
  const [document, ...others] = found;
  if (!document || others.length > 0) throw new Error(`expected one document in ${text}`);
  return document;
}

/** A document as the API server stores and sends it. */
export function asStored(document: JsonObject, uid: string, generation: number, status?: unknown): JsonObject {
  const metadata = isJsonObject(document.metadata) ? document.metadata : {};
  return {
    ...document,
    metadata: {
      ...metadata,
      generateName: 'agents-',
      uid,
      generation,
      resourceVersion: String(generation + 1000),
      creationTimestamp: '2026-11-22T10:00:00Z',
      finalizers: ['example.com/hold'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'o-1' }],
      managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }],
    },
    ...(status !== undefined && { status }),
  };
}

/** What a watch hands on of a stored policy. */
export function policyObject(yaml: string, uid = 'u-1', generation = 1, status?: unknown): StoredObject {
  return objectOf(policyDocument(yaml), uid, generation, status);
}

/** What a watch hands on of a stored class. */
export function classObject(yaml: string, uid = 'c-1', generation = 1): StoredObject {
  return objectOf(classDocument(yaml), uid, generation);
}

function objectOf(written: JsonObject, uid: string, generation: number, status?: unknown): StoredObject {
  const document = asStored(written, uid, generation, status);
  const name = stringField(ownField(document, 'metadata'), 'name') ?? '';
  return { name, uid, generation, document, status };
}
