// What makes no sense in a WorkloadKind although the schema accepts it. Total: the document may have any shape.
import { API_VERSION } from '../../model/names.ts';
import { knownTargets, targetOf } from '../../workloads/form.ts';
import { BUILT_IN } from '../../workloads/index.ts';
import { holdsWholeTemplates, qualifiedKind, type Workload } from '../../workloads/workload.ts';
import { didYouMean } from '../did-you-mean.ts';
import { at, eachAt, isThere, keyProblem, type Located, valueProblem } from '../located.ts';
import { quoteValue } from '../problem-words.ts';
import type { DocumentProblem } from '../problems.ts';

/** What only a kind that is built in may leave out. */
const NEEDED = ['plural', 'versions', 'templates'] as const;

/** Applies the rules to a document of which the schema may have complained. */
export function workloadKindProblems(document: unknown): readonly DocumentProblem[] {
  const root: Located = { keys: [], value: document };
  const spec = at(root, 'spec');
  const group = at(spec, 'group').value;
  const kind = at(spec, 'kind').value;
  if (typeof group !== 'string' || typeof kind !== 'string') return partProblems(spec);
  const builtIn = BUILT_IN.find(group, kind);
  return [
    ...nameProblems(root, qualifiedKind({ group, kind })),
    ...kindProblems(spec, group, builtIn),
    ...formProblems(spec),
    ...partProblems(spec),
    ...fillInProblems(spec, builtIn),
  ];
}

/** One kind has one row: its name says which. */
function nameProblems(root: Located, qualified: string): readonly DocumentProblem[] {
  const name = at(root, 'metadata', 'name');
  const expected = qualified.toLowerCase();
  if (typeof name.value !== 'string' || name.value === expected) return [];
  return [
    valueProblem(name, `${quoteValue(name.value)} is not the name of the kind (expected ${quoteValue(expected)})`),
  ];
}

function kindProblems(spec: Located, group: string, builtIn: Workload | undefined): readonly DocumentProblem[] {
  const kind = at(spec, 'kind');
  if (builtIn?.group === '' && builtIn.kind === 'Pod') {
    return [valueProblem(kind, 'pods are always judged and filled in (expected a kind that makes pods)')];
  }
  if (group === API_VERSION.split('/', 1).join('')) {
    return [
      valueProblem(at(spec, 'group'), "Sandgate's own kinds make no pods (expected the group of a kind that does)"),
    ];
  }
  if (builtIn) return [];
  return NEEDED.filter((key) => !isThere(at(spec, key))).map((key) =>
    valueProblem(at(spec, key), 'required, since no row of this kind is built in'),
  );
}

function formProblems(spec: Located): readonly DocumentProblem[] {
  const form = at(spec, 'form');
  const parts = at(spec, 'parts');
  const problems: DocumentProblem[] = [];
  if (isThere(form) && !isThere(at(spec, 'templates'))) {
    problems.push(keyProblem(form, 'without templates (expected the pointers to what has that form)'));
  }
  if (isThere(parts) && form.value !== 'Partial') {
    problems.push(keyProblem(parts, 'only with form: Partial'));
  }
  return problems;
}

function partProblems(spec: Located): readonly DocumentProblem[] {
  return eachAt(spec, 'parts').flatMap((part) => {
    const to = at(part, 'to');
    if (typeof to.value !== 'string' || targetOf(to.value)) return [];
    const hint =
      didYouMean(to.value, knownTargets()) || ' (expected such as spec.volumes, metadata.labels or container.image)';
    return [valueProblem(to, `${quoteValue(to.value)} is not a field of a pod template${hint}`)];
  });
}

function fillInProblems(spec: Located, builtIn: Workload | undefined): readonly DocumentProblem[] {
  const fillIn = at(spec, 'fillIn');
  if (fillIn.value !== true) return [];
  const form = at(spec, 'form').value;
  const isWhole = isThere(at(spec, 'templates'))
    ? form === undefined || form === 'PodTemplate'
    : builtIn === undefined || holdsWholeTemplates(builtIn);
  if (!isWhole)
    return [valueProblem(fillIn, 'only a kind that holds whole pod templates can be filled in (expected false)')];
  if (at(spec, 'enforcement').value !== 'Ignore') return [];
  return [valueProblem(fillIn, 'a kind whose enforcement is Ignore is not filled in (expected false)')];
}
