// What Sandgate knows of a kind that holds pod templates: where they are in the object, and how strictly it is judged.
import type { PartialForm } from './form.ts';

/** What the webhook does with objects of a kind that violate a policy, the strictest first. */
export const ENFORCEMENTS = ['Enforce', 'Warn', 'Ignore'] as const;

/**
 * What the webhook does with objects of a kind that violate a policy. `Enforce`: refuse them. `Warn`: admit them with a
 * warning, since their pods will be refused. `Ignore`: do not look at them.
 */
export type Enforcement = (typeof ENFORCEMENTS)[number];

/** One kind that holds a pod template. */
export interface Workload {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  /** Plural, lower case, as in URLs. */
  readonly resource: string;
  /** Kinds that belong to no namespace say so. */
  readonly scope?: 'Cluster';
  /** JSON pointers to objects with `metadata` and `spec` of a pod; `*` stands for every member of a list or map. */
  readonly templates: readonly string[];
  /** Places where something else than a whole pod template stands. */
  readonly partials?: readonly PartialForm[];
  /** JSON pointers to texts, `*` as above, that change the pods in ways that nobody can judge before the pods are made. */
  readonly patches?: readonly string[];
  /** True where other fields stand beside `metadata` and `spec` of the pod, or beside those of its spec. */
  readonly inline?: true;
  /** Subresources through which a pod template can be changed. */
  readonly subresources: readonly string[];
  readonly enforcement: Enforcement;
  /** Whether the webhook fills in missing fields of the object itself. */
  readonly fillIn: boolean;
  /** True where policies fill in the object that match its pods, whether or not they name the kind itself. */
  readonly fillAsPods?: true;
  /** Whether the webhook fills in fields around the template where one is created, such as a Job's time to live. */
  readonly fillInAround?: true;
}

/** The name by which policies refer to a kind: the kind alone for the core group, else `Kind.group`. */
export function qualifiedKind(of: { readonly group: string; readonly kind: string }): string {
  return of.group === '' ? of.kind : `${of.kind}.${of.group}`;
}

/** True where every place of the kind holds a whole pod template, which can be filled in. */
export function holdsWholeTemplates({ partials = [] }: Pick<Workload, 'partials'>): boolean {
  return partials.length === 0;
}
