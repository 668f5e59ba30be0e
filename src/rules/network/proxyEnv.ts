/*
A container with a proxy of its own, or with NO_PROXY for everything, goes past the policy's.

**Restricted Fields:** `env[*]` of
spec.containers[*]
spec.initContainers[*]
spec.ephemeralContainers[*]

**Allowed Values:** the policy's own for the variables of the proxy and its certificates. With `override` they have been set to
that, and KUBERNETES_SERVICE_HOST alone is judged: what it says is reached without the proxy.
*/
import type { PodView } from '../../kubernetes/containers.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { oneOf } from '../../model/one-of.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { NetworkParameters } from './parameters.ts';
import { API_SERVER_VARIABLE, caVariables, proxyVariables } from './proxy-variables.ts';

const HTTP = { proxy: { http: 'http://proxy:3128' } };
const CA = { proxy: { caBundle: { configMap: 'egress-ca', key: 'ca.crt', mountPath: '/etc/egress-ca/' } } };

/** A check that the variables of the proxy have the policy's values. */
export const proxyEnv: RuleCheck<NetworkParameters> = {
  id: 'proxyEnv',
  title: "Containers must not change the variables of the policy's proxy.",
  fix: 'leave these variables out; the policy sets them',
  platform: 'any',
  compile: ({ proxy }) => {
    if (proxy === undefined) return undefined;
    const named = proxyVariables(proxy);
    const wanted = new Map<string, string | undefined>(named.length > 0 ? [[API_SERVER_VARIABLE, undefined]] : []);
    if (!proxy.override) {
      for (const { name, value } of [...named, ...caVariables(proxy)]) wanted.set(name, value);
    }
    if (wanted.size === 0) return undefined;
    const isJudged = oneOf([...wanted.keys()]);
    return (pod) => findChanged(pod, wanted, isJudged);
  },
  describe,
  examples: {
    pass: [
      {
        name: "the policy's values, others, and none",
        parameters: HTTP,
        pod: {
          spec: {
            containers: [
              { name: 'a', env: [{ name: 'HTTP_PROXY', value: 'http://proxy:3128', valueFrom: null }, { name: 'A' }] },
              { name: 'b', env: null },
            ],
          },
        },
      },
      {
        name: 'what will be replaced',
        parameters: { proxy: { ...HTTP.proxy, override: true } },
        pod: { spec: { containers: [{ name: 'a', env: [{ name: 'HTTP_PROXY', value: 'x' }] }] } },
      },
      {
        name: 'the certificates',
        parameters: CA,
        pod: {
          spec: { containers: [{ name: 'a', env: [{ name: 'SSL_CERT_FILE', value: '/etc/egress-ca/ca.crt' }] }] },
        },
      },
    ],
    fail: [
      {
        name: 'every list of containers; absent, empty, from elsewhere, and the second of two',
        parameters: HTTP,
        pod: {
          spec: {
            initContainers: [{ name: 'i', env: [{ name: 'http_proxy' }] }],
            containers: [
              {
                name: 'a',
                env: [
                  { name: 'HTTP_PROXY', value: 'http://proxy:3128' },
                  { name: 'HTTP_PROXY', value: 'http://mine:1' },
                  { name: 'NO_PROXY', value: '*' },
                ],
              },
            ],
            ephemeralContainers: [
              { name: 'e', env: [{ name: 'no_proxy', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] },
            ],
          },
        },
        says: 'proxy variables (containers "i", "a", "e" change "http_proxy", "HTTP_PROXY", "NO_PROXY", "no_proxy")',
        paths: [
          'spec.initContainers[0].env[0]',
          'spec.containers[0].env[1]',
          'spec.containers[0].env[2]',
          'spec.ephemeralContainers[0].env[0]',
        ],
        values: [
          { name: 'http_proxy' },
          { name: 'HTTP_PROXY', value: 'http://mine:1' },
          { name: 'NO_PROXY', value: '*' },
          { name: 'no_proxy', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
        ],
      },
      {
        name: 'certificates of its own',
        parameters: CA,
        pod: { spec: { containers: [{ name: 'a', env: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/own.crt' }] }] } },
        says: 'proxy variables (container "a" changes "NODE_EXTRA_CA_CERTS")',
        paths: ['spec.containers[0].env[0]'],
        values: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/own.crt' }],
      },
      {
        name: 'what NO_PROXY refers to, also where the variables are replaced',
        parameters: { proxy: { https: 'http://proxy:3128', override: true } },
        pod: { spec: { containers: [{ name: 'a', env: [{ name: 'KUBERNETES_SERVICE_HOST', value: '*' }] }] } },
        says: 'proxy variables (container "a" changes "KUBERNETES_SERVICE_HOST")',
        paths: ['spec.containers[0].env[0]'],
        values: [{ name: 'KUBERNETES_SERVICE_HOST', value: '*' }],
      },
    ],
  },
};

/** @param wanted the value of each variable; undefined where a container must not set it at all */
function findChanged(
  pod: PodView,
  wanted: ReadonlyMap<string, string | undefined>,
  isJudged: (name: string) => boolean,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { env } = ref.container;
    if (!env) continue;
    let index = -1;
    for (const variable of env) {
      index++;
      const name = variable.name ?? '';
      if (!isJudged(name)) continue;
      const value = wanted.get(name);
      if (value !== undefined && variable.value === value && !isGiven(variable.valueFrom)) continue;
      found = append(found, { ...inContainer(ref, `env[${index}]`, variable), kind: name });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = containersIn(violations);
  const names = [...new Set(violations.map(({ kind = '' }) => kind))];
  const change = pluralize('changes', 'change', containers.length);
  return { reason: 'proxy variables', detail: `${nameContainers(containers)} ${change} ${joinQuoted(names)}` };
}
