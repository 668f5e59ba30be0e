// Small definitions of cert-manager's kinds, so that an API server takes what the chart makes of them, and fields that
// cert-manager does not have are found. Nothing acts on them: the fields are those of cert-manager 1.18's reference that
// anybody here writes.
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { installDefinition } from '../control-plane/custom-resources.ts';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const texts = { type: 'array', items: text };
const duration = { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(h|m|s))+$' };

const CERTIFICATE = {
  type: 'object',
  required: ['secretName', 'issuerRef'],
  properties: {
    isCA: flag,
    commonName: { type: 'string', maxLength: 64 },
    secretName: text,
    dnsNames: texts,
    duration,
    renewBefore: duration,
    usages: {
      type: 'array',
      items: { type: 'string', enum: ['digital signature', 'key encipherment', 'server auth'] },
    },
    privateKey: {
      type: 'object',
      properties: {
        algorithm: { type: 'string', enum: ['RSA', 'ECDSA', 'Ed25519'] },
        size: { type: 'integer' },
        rotationPolicy: { type: 'string', enum: ['Never', 'Always'] },
      },
    },
    issuerRef: { type: 'object', required: ['name'], properties: { group: text, kind: text, name: text } },
  },
};

const ISSUER = {
  type: 'object',
  properties: {
    selfSigned: { type: 'object' },
    ca: { type: 'object', required: ['secretName'], properties: { secretName: text } },
  },
};

/** Installs Certificate and Issuer, and resolves when both are served. */
export async function installCertManagerKinds(plane: ControlPlane): Promise<void> {
  await installDefinition(plane, definitionOf('Certificate', CERTIFICATE));
  await installDefinition(plane, definitionOf('Issuer', ISSUER));
}

function definitionOf(kind: string, spec: object): object {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.cert-manager.io` },
    spec: {
      group: 'cert-manager.io',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec } } },
        },
      ],
    },
  };
}
