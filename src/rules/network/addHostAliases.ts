// Fills in entries of /etc/hosts, such as host.docker.internal for programs that were made for Docker.
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { NetworkParameters } from './parameters.ts';

const DOCKER = { hostAliases: { add: [{ ip: '10.0.0.5', hostnames: ['host.docker.internal'] }] } };

interface Alias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

/** Adds the host names that the pod gives no address, to its entry for the address where it has one: addresses are unique. */
export const addHostAliases: FillIn<NetworkParameters> = {
  id: 'addHostAliases',
  title: 'Adds entries to hostAliases.',
  sets: ['spec.hostAliases'],
  satisfies: [],
  platform: 'any',
  compile: ({ hostAliases }) => {
    const add = hostAliases?.add ?? [];
    if (add.length === 0) return undefined;
    return (template, scope) => (scope.podLevel ? add.reduce(withAlias, template) : template);
  },
  examples: [
    {
      name: 'a pod without any',
      parameters: DOCKER,
      before: { spec: { containers: [{ name: 'a' }], hostAliases: null } },
      after: {
        spec: { containers: [{ name: 'a' }], hostAliases: [{ ip: '10.0.0.5', hostnames: ['host.docker.internal'] }] },
      },
    },
    {
      name: 'one address for several names, beside what is there',
      parameters: { hostAliases: { add: [{ ip: '10.0.0.5', hostnames: ['a.example', 'b.example'] }] } },
      before: {
        spec: {
          hostAliases: [
            { ip: '10.0.0.6', hostnames: ['A.example'] },
            { ip: '10.0.0.5', hostnames: null },
          ],
        },
      },
      after: {
        spec: {
          hostAliases: [
            { ip: '10.0.0.6', hostnames: ['A.example'] },
            { ip: '10.0.0.5', hostnames: ['b.example'] },
          ],
        },
      },
    },
    {
      name: 'an address that somebody wrote is kept, to be judged',
      parameters: DOCKER,
      before: { spec: { hostAliases: [{ ip: '169.254.169.254', hostnames: ['host.docker.internal'] }] } },
    },
  ],
};

function withAlias(template: PodTemplate, { ip, hostnames }: Alias): PodTemplate {
  const aliases = template.spec?.hostAliases ?? [];
  // As they are filled in: seen without a set of names.
  if (aliases.some((alias) => alias.ip === ip && hasAll(alias.hostnames, hostnames))) return template;
  const known = new Set(aliases.flatMap((alias) => (alias.hostnames ?? []).map((name) => name.toLowerCase())));
  const missing = hostnames.filter((hostname) => !known.has(hostname));
  if (missing.length === 0) return template;
  const at = aliases.findIndex((alias) => alias.ip === ip);
  const alias = aliases[at];
  if (alias === undefined) return withSpec(template, { hostAliases: [...aliases, { ip, hostnames: missing }] });
  const extended = { ...alias, hostnames: [...(alias.hostnames ?? []), ...missing] };
  return withSpec(template, { hostAliases: aliases.with(at, extended) });
}

function hasAll(names: readonly string[] | null | undefined, wanted: readonly string[]): boolean {
  return names !== null && names !== undefined && wanted.every((name) => names.includes(name));
}
