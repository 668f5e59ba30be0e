// Turns an accepted document into a row, ready to be looked up during a review.
import { partial, podSpec } from '../../workloads/form.ts';
import { BUILT_IN } from '../../workloads/index.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { WorkloadKindDocument, WorkloadKindSpec } from './spec.ts';

/** The row of a document without problems: the built-in one of the kind, if there is one, with what the document says instead. */
export function compileWorkloadKind({ spec }: WorkloadKindDocument): Workload {
  const { group, kind } = spec;
  const builtIn = BUILT_IN.find(group, kind);
  const patches = spec.patches ?? builtIn?.patches;
  const isCluster = spec.scope === undefined ? builtIn?.scope === 'Cluster' : spec.scope === 'Cluster';
  return {
    group,
    kind,
    versions: spec.versions ?? builtIn?.versions ?? [],
    resource: spec.plural ?? builtIn?.resource ?? '',
    ...(isCluster && { scope: 'Cluster' }),
    ...placesOf(spec, builtIn),
    ...(patches && { patches }),
    subresources: builtIn?.subresources ?? [],
    enforcement: spec.enforcement ?? builtIn?.enforcement ?? 'Warn',
    // A kind that is not looked at is not filled in either.
    fillIn: spec.fillIn ?? (spec.enforcement !== 'Ignore' && (builtIn?.fillIn ?? false)),
    ...(builtIn?.fillInAround && { fillInAround: true }),
  };
}

function placesOf(
  { templates, form, parts }: WorkloadKindSpec,
  builtIn: Workload | undefined,
): Pick<Workload, 'templates' | 'partials' | 'inline'> {
  if (!templates) {
    const { templates: pointers = [], partials, inline } = builtIn ?? {};
    return { templates: pointers, ...(partials && { partials }), ...(inline && { inline }) };
  }
  if (form === 'PodSpec') return { templates: [], partials: templates.map(podSpec) };
  if (form === 'Partial') return { templates: [], partials: templates.map((pointer) => partial(pointer, parts)) };
  return { templates };
}
