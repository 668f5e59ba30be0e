// Pods for which each parameter of `capabilities` decides what they are granted.
import { API_VERSION, CAPABILITIES_ANNOTATION } from '../../model/names.ts';
import type { RuleExample } from '../rule.ts';
import type { CapabilitiesParameters } from './parameters.ts';

function volumeClass(name: string): object {
  return {
    apiVersion: API_VERSION,
    kind: 'CapabilityClass',
    metadata: { name },
    spec: {
      authorization: 'Policy',
      implementations: ['first', 'second'].map((implementation) => ({
        name: implementation,
        template: { spec: { volumes: [{ name: `${name}-${implementation}`, emptyDir: { sizeLimit: '1Gi' } }] } },
        grant: { volumeMounts: [{ name: `${name}-${implementation}`, mountPath: '/scratch' }] },
      })),
    },
  };
}

const CLASSES = [volumeClass('scratch'), volumeClass('other')];
const CONTAINERS = [{ name: 'a' }];
const ASKS = { metadata: { annotations: { [CAPABILITIES_ANNOTATION]: 'scratch' } }, spec: { containers: CONTAINERS } };

export const examples: readonly RuleExample<CapabilitiesParameters>[] = [
  {
    name: 'a pod asks for a class that is listed',
    parameters: [{ name: 'scratch' }],
    pod: ASKS,
    classes: CLASSES,
  },
  {
    name: 'the policy names the implementation',
    parameters: [{ name: 'scratch', implementation: 'second' }],
    pod: ASKS,
    classes: CLASSES,
  },
  {
    name: 'a Sandbox asks for a class',
    parameters: [{ name: 'scratch', into: 'Object' }],
    pod: ASKS,
    stored: true,
    classes: CLASSES,
  },
  {
    name: 'every pod has the class',
    parameters: [{ name: 'scratch', assign: 'Always' }],
    pod: { spec: { containers: CONTAINERS } },
    classes: CLASSES,
  },
];
