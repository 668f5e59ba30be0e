/*
Some annotations are settings of a runtime, a network plugin or a cloud: `io.katacontainers.config.*` changes the virtual
machine that is to isolate the pod.

**Restricted Fields:** metadata.labels, metadata.annotations; also those of the object around a pod template

**Allowed Values:** keys that the policy does not forbid
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Violation } from '../../model/finding.ts';
import { compileGlob } from '../../model/glob.ts';
import { quoteVisible } from '../../model/text.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import type { MetadataParameters } from './parameters.ts';
import { describeKeys, keyViolation, METADATA_KINDS, type MetadataKind, ofObject, ofTemplate } from './places.ts';

const KATA = { annotations: { forbidden: ['io.katacontainers.config.*'] } };

/** A pattern, and its matcher. */
interface Pattern {
  readonly text: string;
  readonly matches: (key: string) => boolean;
}

/** A check that nobody uses the labels and annotations that the policy forbids. */
export const forbiddenMetadata: RuleCheck<MetadataParameters> = {
  id: 'forbiddenMetadata',
  title: 'Labels and annotations must not have keys that the policy forbids.',
  fix: 'remove these keys',
  platform: 'any',
  compile: ({ labels, annotations }) => {
    const forbidden = { labels: compiled(labels?.forbidden), annotations: compiled(annotations?.forbidden) };
    const kinds = METADATA_KINDS.filter((kind) => forbidden[kind].length > 0);
    if (kinds.length === 0) return undefined;
    return (pod, request) => findForbidden(pod, request, kinds, forbidden);
  },
  describe: (violations) => describeKeys('forbidden metadata', violations, ['is', 'are']),
  examples: {
    pass: [
      {
        name: 'other keys',
        parameters: KATA,
        pod: {
          metadata: {
            annotations: { 'io.katacontainers.configured': 'x' },
            labels: { 'io.katacontainers.config.x': 'y' },
          },
        },
      },
      {
        name: 'nothing is forbidden',
        parameters: { labels: { forbidden: [] } },
        pod: { metadata: { labels: { a: 'b' } } },
      },
    ],
    fail: [
      {
        name: 'keys that a pattern matches, whatever their value',
        parameters: KATA,
        pod: {
          metadata: {
            annotations: {
              'io.katacontainers.config.hypervisor.path': '/x',
              'io.katacontainers.config.agent.kernel_modules': '',
            },
          },
        },
        says:
          'forbidden metadata (annotations "io.katacontainers.config.hypervisor.path", ' +
          '"io.katacontainers.config.agent.kernel_modules" are forbidden as "io.katacontainers.config.*")',
        paths: [
          'metadata.annotations[io.katacontainers.config.hypervisor.path]',
          'metadata.annotations[io.katacontainers.config.agent.kernel_modules]',
        ],
        values: ['/x', ''],
      },
      {
        name: 'a label, on the pod template and on the object itself',
        parameters: { labels: { forbidden: ['example.com/**'] } },
        pod: { metadata: { labels: { 'example.com/a': 'b' } } },
        request: {
          kind: 'Sandbox.agents.x-k8s.io',
          object: { metadata: { labels: { 'example.com/c': 'd' } } },
        },
        says:
          'forbidden metadata (label "example.com/a" is forbidden as "example.com/**", ' +
          'label "example.com/c" of the object itself is forbidden as "example.com/**")',
        paths: ['metadata.labels[example.com/a]', 'metadata.labels[example.com/c]'],
        values: ['b', 'd'],
      },
    ],
  },
};

function compiled(patterns: readonly string[] = []): readonly Pattern[] {
  return patterns.map((text) => ({ text, matches: compileGlob(text) }));
}

function findForbidden(
  pod: PodView,
  request: CheckRequest,
  kinds: readonly MetadataKind[],
  forbidden: Readonly<Record<MetadataKind, readonly Pattern[]>>,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const kind of kinds) {
    for (const entries of [ofTemplate(pod, request, kind), ofObject(request, kind)]) {
      if (entries === undefined) continue;
      for (const key of Object.keys(entries.now)) {
        const by = forbidden[kind].find(({ matches }) => matches(key));
        if (by === undefined) continue;
        found = append(found, keyViolation(kind, key, entries, `forbidden as ${quoteVisible(by.text)}`));
      }
    }
  }
  return found;
}
