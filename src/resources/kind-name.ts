// The name of a kind that holds pod templates, as policies write it: `Deployment`, `RunnerGroup.actions-gateway.github.com`.
import type { SchemaObject } from 'ajv';
import { KIND_NAMES, kindNamed } from '../workloads/index.ts';
import type { WorkloadTable } from '../workloads/table.ts';
import { qualifiedKind } from '../workloads/workload.ts';
import { nearestWord } from './did-you-mean.ts';
import type { KnownResources } from './kind.ts';
import { quoteValue } from './problem-words.ts';

/** The schema of such a name. Which kinds there are depends on the configuration; see {@link unknownKind}. */
export const KIND_NAME: SchemaObject = {
  type: 'string',
  maxLength: 317,
  pattern: '^[A-Za-z0-9][-A-Za-z0-9.]*$',
  errorMessage: 'expected a kind, such as Pod, or a kind with its group, such as Deployment.apps',
};

/** True for a name without a group that no kind goes by: nobody can add one. */
export function isUnknownShortName(name: string): boolean {
  return !name.includes('.') && !KIND_NAMES.includes(name);
}

/** What is wrong with a name that no kind of the configuration goes by; undefined where one does. */
export function unknownKind(name: string, workloads: WorkloadTable): string | undefined {
  const { rows } = workloads;
  const qualified = kindNamed(name);
  const dot = qualified.indexOf('.');
  const known =
    dot === -1 ? workloads.find('', qualified) : workloads.find(qualified.slice(dot + 1), qualified.slice(0, dot));
  if (known) return undefined;
  // Other projects' kinds go by their group as well: their names alone may mean anything.
  const whole = rows.find(({ kind }) => kind === name);
  const nearest = whole
    ? qualifiedKind(whole)
    : nearestWord(name, [...new Set([...KIND_NAMES, ...rows.map(qualifiedKind)])]);
  const hint =
    nearest === undefined
      ? 'expected a kind of docs/workloads.md, or of a WorkloadKind, written as Kind.group'
      : `did you mean ${quoteValue(nearest)}?`;
  return `${quoteValue(name)} is not known (${hint})`;
}

/** That the API server sends no reviews of a kind, in words; undefined where it does, or nobody knows. */
export function notRegistered(
  name: string,
  { registeredKinds }: Pick<KnownResources, 'registeredKinds'>,
): string | undefined {
  const kind = kindNamed(name);
  if (!registeredKinds || registeredKinds.has(kind)) return undefined;
  return `the webhooks are not registered for ${kind}, so nothing of it is judged before its pods are (add it to workloads in the values of the chart)`;
}
