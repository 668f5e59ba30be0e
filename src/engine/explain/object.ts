// Why one object was decided on as it was: the policies, the values, the grants, the level and the exceptions, as data. The decision
// itself was made before, by the engine, which was given a recorder as its trace: nothing is judged here a second time.
import { viewOf } from '../../kubernetes/containers.ts';
import { pathOfPointer } from '../../kubernetes/field-path.ts';
import type { PodTemplate } from '../../kubernetes/pod.ts';
import { isPodTemplate } from '../../kubernetes/pod-shape.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Subject } from '../../model/subject.ts';
import { withVerdictDefaults } from '../../workloads/defaults.ts';
import { pathInObject } from '../../workloads/template.ts';
import { patchBetween } from '../diff.ts';
import type { Gate } from '../gate.ts';
import { type LocatedTemplate, locate } from '../locate.ts';
import { knownLabels } from '../select.ts';
import { type ExplainedException, explainExceptions } from './exceptions.ts';
import { type ExplainedLevel, explainLevel } from './level.ts';
import { Origins } from './origin.ts';
import type { Recorder } from './recorder.ts';
import { type ExplainedPolicy, explainPolicies } from './selection.ts';
import { type ExplainedValue, explainValues } from './values.ts';

/** A class that a template is granted. */
export interface ExplainedGrant {
  readonly capability: string;
  readonly implementation: string;
  /** The policies that list it. */
  readonly policies: readonly string[];
}

/** One pod template of an object. */
export interface ExplainedTemplate {
  /** Where it stands; empty for a Pod. */
  readonly path: string;
  readonly policies: readonly ExplainedPolicy[];
  readonly capabilities: readonly ExplainedGrant[];
  readonly values: readonly ExplainedValue[];
  /** Undefined where the template does not have the shape of one. */
  readonly podSecurity: ExplainedLevel | undefined;
  readonly exceptions: readonly ExplainedException[];
}

/** What there is to say of an object beside its verdict. */
export interface ExplainedObject {
  readonly templates: readonly ExplainedTemplate[];
  /** What was filled in around the templates. */
  readonly around: readonly ExplainedValue[];
}

/** A decision that was made, with a recorder as the trace of its gate. */
export interface Decided {
  readonly subject: Subject;
  /** The object as it was filled in. */
  readonly filled: Subject['object'];
  readonly findings: readonly Finding[];
  readonly recorder: Recorder;
}

/** Explains a decision. Pure. Empty for an object that holds no pod template. */
export function explainObject({ subject, filled, findings, recorder }: Decided, gate: Gate): ExplainedObject {
  const located = locate({ ...subject, object: filled }, gate);
  const before = locate(subject, gate);
  if (typeof located === 'string' || typeof before === 'string') return { templates: [], around: [] };
  const namespace = knownLabels(subject, gate);
  const templates = located.templates.map((template, index): ExplainedTemplate => {
    const path = pathInObject(template, '');
    const sent = before.templates[index]?.value;
    const policies = explainPolicies(located, template, sent, namespace, gate);
    const judged = recorder.judgedAs(template.value);
    const end = judged?.judged ?? template.value;
    if (!isPodTemplate(end) || !isPodTemplate(sent) || !isPodTemplate(template.value)) {
      return { path, policies, capabilities: [], values: [], podSecurity: undefined, exceptions: [] };
    }
    const origins = originsOf(sent, template.value, end, recorder);
    const inObject = withPaths(template);
    const labels = isJsonObject(end.metadata?.labels) ? end.metadata.labels : {};
    return {
      path,
      policies,
      capabilities: (judged?.grants?.granted ?? []).map(({ name, implementation }) => ({
        capability: name,
        implementation: implementation.name,
        policies: (judged?.grants?.listedBy.get(name) ?? []).map((policy) => policy.name),
      })),
      values: inObject(explainValues(end, origins, judged?.policies ?? [])),
      podSecurity: inLevel(explainLevel(viewOf(withVerdictDefaults(end))), template),
      exceptions: explainExceptions(ofTemplate(findings, path), labels, subject.namespace, gate),
    };
  });
  const around = recorder.around.flatMap(({ before: old, after, origin }) =>
    patchBetween(old, after).map(
      (operation): ExplainedValue => ({
        path: pathOfPointer(operation.path),
        ...('value' in operation && { value: operation.value }),
        ...origin,
      }),
    ),
  );
  return { templates, around };
}

/** @param versions of one template: as it was sent, as it stands in the object that was filled in, and as it is judged */
function originsOf(sent: PodTemplate, stored: PodTemplate, end: PodTemplate, recorder: Recorder): Origins {
  const origins = new Origins({ ...sent });
  for (const { before, after, origin } of recorder.changesOf([sent, stored])) {
    origins.change({ ...before }, { ...after }, origin);
  }
  origins.end({ ...end });
  return origins;
}

function withPaths(template: LocatedTemplate): (values: readonly ExplainedValue[]) => readonly ExplainedValue[] {
  return (values) => values.map((value) => ({ ...value, path: pathInObject(template, value.path) }));
}

function inLevel(level: ExplainedLevel, template: LocatedTemplate): ExplainedLevel {
  const missed = level.missed.map((one) => ({ ...one, paths: one.paths.map((path) => pathInObject(template, path)) }));
  return { ...level, missed };
}

/** The findings in one template; those about the object around it with it. */
function ofTemplate(findings: readonly Finding[], path: string): readonly Finding[] {
  if (path === '') return findings;
  return findings.filter(({ fields }) => fields.some((field) => field.path.startsWith(path)));
}
