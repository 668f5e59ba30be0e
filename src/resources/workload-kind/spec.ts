// A WorkloadKind as its author writes it, after the schema has accepted it.
import type { Form, Part } from '../../workloads/form.ts';
import type { Enforcement } from '../../workloads/workload.ts';

export interface WorkloadKindSpec {
  readonly group: string;
  readonly kind: string;
  readonly plural?: string;
  readonly versions?: readonly string[];
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly templates?: readonly string[];
  readonly form?: Form;
  readonly parts?: readonly Part[];
  readonly patches?: readonly string[];
  readonly enforcement?: Enforcement;
  readonly fillIn?: boolean;
}

export interface WorkloadKindDocument {
  readonly apiVersion: string;
  readonly kind: 'WorkloadKind';
  readonly metadata: { readonly name: string };
  readonly spec: WorkloadKindSpec;
}
