// Fills in how pods resolve names.
import type { PodSpec } from '../../kubernetes/pod.ts';
import type { FillIn } from '../fill-in.ts';
import { withSpec } from '../write.ts';
import type { DnsParameters, NetworkParameters } from './parameters.ts';

const OWN = {
  dns: {
    defaultPolicy: 'None' as const,
    defaultConfig: {
      nameservers: ['10.0.0.2'],
      searches: ['svc.cluster.local'],
      options: [{ name: 'ndots', value: '2' }],
    },
  },
};

/**
 * Sets dnsPolicy where the pod has none, and each part of dnsConfig that it lacks. ClusterFirst counts as none: the API server
 * writes it into every pod before webhooks see it.
 */
export const dns: FillIn<NetworkParameters> = {
  id: 'dns',
  title: 'Fills in dnsPolicy and dnsConfig.',
  sets: ['spec.dnsPolicy', 'spec.dnsConfig'],
  satisfies: [],
  platform: 'any',
  compile: ({ dns: parameters }) => {
    const { defaultPolicy, defaultConfig } = parameters ?? {};
    if (defaultPolicy === undefined && defaultConfig === undefined) return undefined;
    return (template, scope, notes) => {
      if (!scope.podLevel) return template;
      // A policy of lower priority is not to take the ClusterFirst that this one wants for one of the API server.
      const mine = defaultPolicy !== undefined && notes.claim('spec.dnsPolicy') ? defaultPolicy : undefined;
      const fields = { ...policyFor(template.spec, mine), ...configFor(template.spec, defaultConfig) };
      return Object.keys(fields).length === 0 ? template : withSpec(template, fields);
    };
  },
  examples: [
    {
      name: 'a pod that says nothing',
      parameters: OWN,
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: {
          containers: [{ name: 'a' }],
          dnsPolicy: 'None',
          dnsConfig: {
            nameservers: ['10.0.0.2'],
            searches: ['svc.cluster.local'],
            options: [{ name: 'ndots', value: '2' }],
          },
        },
      },
    },
    {
      name: 'what the API server filled in, and the parts that are missing',
      parameters: OWN,
      before: { spec: { dnsPolicy: 'ClusterFirst', dnsConfig: { searches: ['a'], options: [] } } },
      after: {
        spec: {
          dnsPolicy: 'None',
          dnsConfig: { searches: ['a'], nameservers: ['10.0.0.2'], options: [{ name: 'ndots', value: '2' }] },
        },
      },
    },
    {
      name: "Kubernetes' own default, where it is not there yet",
      parameters: { dns: { defaultPolicy: 'ClusterFirst', defaultConfig: {} } },
      before: { spec: { dnsPolicy: '' } },
      after: { spec: { dnsPolicy: 'ClusterFirst' } },
    },
    {
      name: 'another policy is kept, to be judged',
      parameters: { dns: { defaultPolicy: 'None', defaultConfig: { nameservers: ['10.0.0.2'] } } },
      before: { spec: { dnsPolicy: 'Default', dnsConfig: { nameservers: ['8.8.8.8'] } } },
    },
  ],
};

function policyFor(spec: PodSpec | null | undefined, wanted: DnsParameters['defaultPolicy']): Partial<PodSpec> {
  const stated = spec?.dnsPolicy || 'ClusterFirst';
  if (wanted === undefined || stated !== 'ClusterFirst' || spec?.dnsPolicy === wanted) return {};
  return { dnsPolicy: wanted };
}

function configFor(spec: PodSpec | null | undefined, wanted: DnsParameters['defaultConfig'] = {}): Partial<PodSpec> {
  const given = spec?.dnsConfig;
  const { nameservers = [], searches = [], options = [] } = wanted;
  const missing = {
    ...(nameservers.length > 0 && !given?.nameservers?.length && { nameservers }),
    ...(searches.length > 0 && !given?.searches?.length && { searches }),
    ...(options.length > 0 && !given?.options?.length && { options }),
  };
  return Object.keys(missing).length === 0 ? {} : { dnsConfig: { ...given, ...missing } };
}
