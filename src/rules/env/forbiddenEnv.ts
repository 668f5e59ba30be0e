/*
LD_PRELOAD makes the program of an image load a library that its author never saw; NODE_OPTIONS and others do the same for
interpreters. Nobody should set them from outside of the image.

**Restricted Fields:** `env[*].name` and `envFrom[*].prefix` of
spec.containers[*]
spec.initContainers[*]
spec.ephemeralContainers[*]

**Allowed Values:** names that the policy does not forbid; prefixes that no forbidden name begins with
*/
import type { ContainerRef, PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { isGlob } from '../../model/glob.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { runsOnWindows } from '../platform.ts';
import { forbiddenNames } from './lists.ts';
import type { EnvParameters } from './parameters.ts';

/** What is forbidden, ready to be asked. */
interface Forbidden {
  readonly matches: (name: string) => boolean;
  /** Windows does not tell `ld_preload` from `LD_PRELOAD`. */
  readonly matchesAnyCase: (name: string) => boolean;
  /** The plain beginnings of the names and patterns. */
  readonly beginnings: readonly string[];
}

/** A check that containers set none of the variables that the policy forbids. */
export const forbiddenEnv: RuleCheck<EnvParameters> = {
  id: 'forbiddenEnv',
  title: 'Containers must not set environment variables that the policy forbids.',
  fix: 'remove these variables, or set them inside the image',
  platform: 'any',
  compile: (env) => {
    const names = forbiddenNames(env);
    if (names.length === 0) return undefined;
    const forbidden: Forbidden = {
      matches: nameList(names).includes,
      matchesAnyCase: nameList(names.map((name) => name.toUpperCase())).includes,
      beginnings: names.map(plainBeginning).filter((beginning) => beginning !== ''),
    };
    return (pod) => findForbidden(pod, forbidden);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'other names, other letters, and names that come from a ConfigMap',
        parameters: { forbidden: ['LD_PRELOAD'], forbiddenLists: ['Interpreters'] },
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                env: [{ name: 'ld_preload' }, { name: 'LD_PRELOADED' }, { name: 'ENV', value: 'prod' }],
                envFrom: [{ configMapRef: { name: 'c' } }, { prefix: 'APP_', configMapRef: { name: 'd' } }],
              },
              { name: 'b', env: null, envFrom: null },
            ],
          },
        },
      },
      {
        name: 'nothing is forbidden',
        parameters: { forbidden: [], forbiddenLists: [] },
        pod: { spec: { containers: [{ name: 'a', env: [{ name: 'LD_PRELOAD' }] }] } },
      },
    ],
    fail: [
      {
        name: 'every list of containers, whatever the value is and wherever it comes from',
        parameters: { forbidden: ['LD_PRELOAD', 'AWS_*'] },
        pod: {
          spec: {
            initContainers: [{ name: 'i', env: [{ name: 'LD_PRELOAD', value: '' }] }],
            containers: [
              { name: 'a', env: [{ name: 'A' }, { name: 'AWS_PROFILE', valueFrom: { secretKeyRef: { key: 'k' } } }] },
            ],
            ephemeralContainers: [{ name: 'e', env: [{ name: 'LD_PRELOAD' }, { name: 'LD_PRELOAD' }] }],
          },
        },
        says: 'forbidden environment variable (containers "i", "a", "e" set "LD_PRELOAD", "AWS_PROFILE")',
        paths: [
          'spec.initContainers[0].env[0].name',
          'spec.containers[0].env[1].name',
          'spec.ephemeralContainers[0].env[0].name',
          'spec.ephemeralContainers[0].env[1].name',
        ],
        values: ['LD_PRELOAD', 'AWS_PROFILE', 'LD_PRELOAD', 'LD_PRELOAD'],
      },
      {
        name: 'LD_PRELOAD and its kin',
        parameters: { forbiddenLists: ['DynamicLinker'] },
        pod: { spec: { containers: [{ name: 'a', env: [{ name: 'LD_AUDIT' }, { name: 'GLIBC_TUNABLES' }] }] } },
        says: 'forbidden environment variable (container "a" sets "LD_AUDIT", "GLIBC_TUNABLES")',
        paths: ['spec.containers[0].env[0].name', 'spec.containers[0].env[1].name'],
        values: ['LD_AUDIT', 'GLIBC_TUNABLES'],
      },
      {
        name: 'a name put together from a prefix and the keys of a ConfigMap',
        parameters: { forbidden: ['LD_PRELOAD', 'AWS_*'] },
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                envFrom: [
                  { prefix: 'LD_', configMapRef: { name: 'c' } },
                  { prefix: 'AWS_X', configMapRef: { name: 'c' } },
                ],
              },
            ],
          },
        },
        says: 'forbidden environment variable (container "a" sets names with the prefixes "LD_", "AWS_X")',
        paths: ['spec.containers[0].envFrom[0].prefix', 'spec.containers[0].envFrom[1].prefix'],
        values: ['LD_', 'AWS_X'],
      },
      {
        name: 'in small letters on Windows, which knows no difference',
        parameters: { forbidden: ['Path', 'NODE_*'] },
        pod: {
          spec: {
            os: { name: 'windows' },
            containers: [{ name: 'a', env: [{ name: 'PATH' }, { name: 'node_options' }] }],
          },
        },
        says: 'forbidden environment variable (container "a" sets "PATH", "node_options")',
        paths: ['spec.containers[0].env[0].name', 'spec.containers[0].env[1].name'],
        values: ['PATH', 'node_options'],
      },
    ],
  },
};

function plainBeginning(pattern: string): string {
  return isGlob(pattern) ? (pattern.split(/[*?]/, 1)[0] ?? '') : pattern;
}

function findForbidden(pod: PodView, forbidden: Forbidden): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  // Looked at for a pod that sets any variable, and not for each of them.
  let windows: boolean | undefined;
  for (const ref of pod.containers) {
    const { env, envFrom } = ref.container;
    if (env) {
      windows ??= runsOnWindows(pod.spec);
      let index = -1;
      for (const { name } of env) {
        index++;
        if (!name) continue;
        if (windows ? !forbidden.matchesAnyCase(name.toUpperCase()) : !forbidden.matches(name)) continue;
        found = append(found, inContainer(ref, `env[${index}].name`, name));
      }
    }
    if (envFrom) for (const violation of forbiddenPrefixes(ref, forbidden)) found = append(found, violation);
  }
  return found;
}

/** The keys behind a prefix are not known here: one with which a forbidden name can begin is there to make one. */
function forbiddenPrefixes(ref: ContainerRef, { beginnings }: Forbidden): Violation[] {
  const found: Violation[] = [];
  for (const [index, { prefix }] of (ref.container.envFrom ?? []).entries()) {
    if (!prefix || !beginnings.some((one) => one.startsWith(prefix) || prefix.startsWith(one))) continue;
    found.push(inContainer(ref, `envFrom[${index}].prefix`, prefix));
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = containersIn(violations);
  const prefixes = violations.filter(({ path }) => path.endsWith('.prefix'));
  const names = violations.filter((violation) => !prefixes.includes(violation));
  const parts: string[] = [];
  if (names.length > 0) parts.push(quoted(names));
  if (prefixes.length > 0) {
    const the = pluralize('names with the prefix', 'names with the prefixes', prefixes.length);
    parts.push(`${the} ${quoted(prefixes)}`);
  }
  const set = pluralize('sets', 'set', containers.length);
  return {
    reason: 'forbidden environment variable',
    detail: `${nameContainers(containers)} ${set} ${parts.join(' and ')}${escapedNote(violations.map(({ value }) => textOf(value)))}`,
  };
}

function quoted(violations: readonly Violation[]): string {
  return [...new Set(violations.map(({ value }) => quoteVisible(textOf(value))))].join(', ');
}
