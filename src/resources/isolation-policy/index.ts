// IsolationPolicy: which workloads, what is filled in, and what is required.
import type { Selectable } from '../../policy/select.ts';
import { capabilityProblems } from '../capability-class/references.ts';
import { defineKind } from '../kind.ts';
import { acceptPolicy } from './accept.ts';
import { awaitedRequests, unjudgedKinds, unjudgedRequests, unknownKindsInFile } from './kinds.ts';
import { catalogIn, listedClassProblems } from './listed-classes.ts';
import { ISOLATION_POLICY_SCHEMA } from './schema.ts';

export const ISOLATION_POLICY = defineKind<Selectable>({
  kind: 'IsolationPolicy',
  kinds: 'IsolationPolicies',
  scope: 'Cluster',
  shortNames: ['isopol', 'ipol'],
  noun: 'policy',
  title: 'policies',
  schema: ISOLATION_POLICY_SCHEMA,
  // What decides which policy goes first and how strict it is.
  columns: [
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority', description: 'Higher fills in first.' },
    { name: 'Level', type: 'string', jsonPath: '.spec.podSecurity.level', description: 'The level pods must meet.' },
    {
      name: 'Actions',
      type: 'string',
      jsonPath: '.spec.validationActions',
      description: 'What is done about violations.',
      priority: 1,
    },
    {
      name: 'Runtime',
      type: 'string',
      jsonPath: '.spec.runtime.default',
      description: 'The RuntimeClass filled in.',
      priority: 1,
    },
  ],
  bundles: { folder: '.', file: 'policy.yaml' },
  isRequired: true,
  accept: acceptPolicy,
  references: [
    {
      logMessage: 'capability class not found',
      inFile: (document, { policies, names }) =>
        capabilityProblems(document, policies.classes, names('CapabilityClass')),
      inCluster: ({ policy }, known) => listedClassProblems(policy.capabilities, catalogIn(known)),
    },
    {
      logMessage: 'kind of a policy not judged',
      inFile: (document, { names }) => unknownKindsInFile(document, names('WorkloadKind')),
      inCluster: ({ policy, match }, known) => [
        ...unjudgedKinds(match.kinds, policy.enforcement, known),
        ...unjudgedRequests(policy, known),
      ],
    },
    { inFile: () => [], inCluster: ({ policy }, known) => awaitedRequests(policy, known) },
  ],
  logLines: [
    {
      msg: 'kind of a policy not judged',
      level: 'warn',
      when: 'A policy in force, of a file or of the cluster, names a kind that no row and no WorkloadKind is about, or of which the webhooks are sent nothing. Said again when something else is missing.',
      fields: { policy: 'its name', problem: 'which kind, and why' },
    },
    {
      msg: 'runtime class not found',
      level: 'warn',
      when: 'An IsolationPolicy, of the cluster or of a file, gives pods a RuntimeClass that does not exist: the API server refuses such pods.',
      fields: { policy: 'its name', runtimeClass: 'the name of the RuntimeClass' },
    },
  ],
});
