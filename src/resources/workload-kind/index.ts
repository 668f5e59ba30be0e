// WorkloadKind: one more kind that holds pod templates, or another treatment of one that is built in.
import { qualifiedKind, type Workload } from '../../workloads/workload.ts';
import { defineKind } from '../kind.ts';
import { notRegistered } from '../kind-name.ts';
import { acceptWorkloadKind } from './accept.ts';
import { WORKLOAD_KIND_SCHEMA } from './schema.ts';

export const WORKLOAD_KIND = defineKind<Workload>({
  kind: 'WorkloadKind',
  kinds: 'WorkloadKinds',
  scope: 'Cluster',
  shortNames: ['wkind'],
  noun: 'workload kind',
  title: 'workload kinds',
  schema: WORKLOAD_KIND_SCHEMA,
  columns: [
    { name: 'Kind', type: 'string', jsonPath: '.spec.kind', description: 'The kind that it is about.' },
    {
      name: 'Enforcement',
      type: 'string',
      jsonPath: '.spec.enforcement',
      description: 'How strictly objects are judged; as the built-in row has it, or Warn, where nothing stands here.',
    },
    {
      name: 'Fill-In',
      type: 'string',
      jsonPath: '.spec.fillIn',
      description: 'Whether objects are filled in.',
      priority: 1,
    },
  ],
  accept: acceptWorkloadKind,
  references: [
    {
      logMessage: 'workload kind not registered',
      inFile: () => [],
      inCluster(row, known) {
        const message = row.enforcement === 'Ignore' ? undefined : notRegistered(qualifiedKind(row), known);
        return message === undefined ? [] : [{ keys: ['spec', 'kind'], what: 'value', message }];
      },
    },
  ],
  logLines: [
    {
      msg: 'workload kind not registered',
      level: 'warn',
      when: 'A WorkloadKind, of a file or of the cluster, is about a kind of which the API server sends no reviews: its objects are not judged, only their pods.',
      fields: { workloadKind: 'its name', problem: 'what to do about it' },
    },
  ],
});
