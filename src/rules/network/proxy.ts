// Fills in the proxy: its variables in every container, and the certificates where it opens TLS.
import type { PodTemplate } from '../../kubernetes/pod.ts';
import type { FillIn, FillNotes, FillScope } from '../fill-in.ts';
import { withContainers } from '../write.ts';
import { CA_VOLUME, compileCa, hasCaVolume, mountsCa, withCaMount, withCaVolume } from './ca-bundle.ts';
import type { NetworkParameters } from './parameters.ts';
import { caVariables, proxyVariables } from './proxy-variables.ts';
import { type EnvSetter, settingEnv } from './set-env.ts';

const NO_PROXY = 'localhost,127.0.0.1,::1,.svc,$(KUBERNETES_SERVICE_HOST)';
const HTTPS = { proxy: { https: 'http://proxy:3128', noProxy: ['.svc'] } };
const HTTPS_ENV = [
  { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
  { name: 'https_proxy', value: 'http://proxy:3128' },
  { name: 'NO_PROXY', value: NO_PROXY },
  { name: 'no_proxy', value: NO_PROXY },
];
const CA = { proxy: { caBundle: { configMap: 'egress-ca', key: 'ca.crt', mountPath: '/etc/egress-ca' } } };
const CA_MOUNT = { name: CA_VOLUME, mountPath: '/etc/egress-ca', readOnly: true };
const CA_SOURCE = { name: CA_VOLUME, configMap: { name: 'egress-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } };
const CA_ENV = caVariables(CA.proxy);

/** Sets the variables of the proxy in every container that does not set them; with `override`, in every container. */
export const proxy: FillIn<NetworkParameters> = {
  id: 'proxy',
  title: 'Fills in the variables of the proxy, and the certificates that programs trust behind it.',
  sets: [
    'spec.volumes',
    ...['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => [
      `spec.${list}[*].env`,
      `spec.${list}[*].volumeMounts`,
    ]),
  ],
  satisfies: [],
  platform: 'any',
  compile: ({ proxy: parameters }) => {
    if (parameters === undefined) return undefined;
    const { override = false } = parameters;
    const named = proxyVariables(parameters);
    const setNamed = settingEnv(named, override);
    const ca = parameters.caBundle && compileCa(parameters.caBundle);
    if (ca === undefined) return (template, scope, notes) => withNamed(template, scope, setNamed, notes);
    const setAll = settingEnv([...named, ...caVariables(parameters)], override);
    return (template, scope, notes) => {
      const mine = setNamed.claim(notes);
      const mayReplace = notes.claim(`spec.volumes[${CA_VOLUME}]`) && override;
      const filled = withCaVolume(template, scope, ca, mayReplace, notes);
      if (!hasCaVolume(filled, ca)) return withNamed(filled, scope, setNamed, notes);
      const allMine = setAll.claim(notes);
      return withContainers(filled, scope, (container) => {
        const volumeMounts = withCaMount(container, ca, mayReplace, notes);
        const env = mountsCa(volumeMounts ?? container.volumeMounts, ca)
          ? setAll.set(container, allMine, notes)
          : setNamed.set(container, mine, notes);
        if (env === undefined && volumeMounts === undefined) return undefined;
        return { ...(env && { env }), ...(volumeMounts && { volumeMounts }) };
      });
    };
  },
  examples: [
    {
      name: 'every list of containers, in upper and in lower case',
      parameters: HTTPS,
      before: {
        spec: {
          initContainers: [{ name: 'i' }],
          containers: [{ name: 'a', env: null }],
          ephemeralContainers: [{ name: 'e', env: [] }],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i', env: HTTPS_ENV }],
          containers: [{ name: 'a', env: HTTPS_ENV }],
          ephemeralContainers: [{ name: 'e', env: HTTPS_ENV }],
        },
      },
    },
    {
      name: 'a proxy for http, and what the cluster reaches without it',
      parameters: { proxy: { http: 'http://proxy:3128' } },
      before: { spec: { containers: [{ name: 'a' }] } },
      after: {
        spec: {
          containers: [
            {
              name: 'a',
              env: [
                { name: 'HTTP_PROXY', value: 'http://proxy:3128' },
                { name: 'http_proxy', value: 'http://proxy:3128' },
                { name: 'NO_PROXY', value: 'localhost,127.0.0.1,::1,$(KUBERNETES_SERVICE_HOST)' },
                { name: 'no_proxy', value: 'localhost,127.0.0.1,::1,$(KUBERNETES_SERVICE_HOST)' },
              ],
            },
          ],
        },
      },
    },
    {
      name: 'a value of its own is kept, to be judged',
      parameters: { proxy: { http: 'http://proxy:3128', noProxy: ['.svc'] } },
      before: {
        spec: {
          containers: [
            {
              name: 'a',
              env: ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'].map((name) => ({ name, value: '' })),
            },
          ],
        },
      },
    },
    {
      name: 'what containers set is replaced, as often as they set it and wherever it comes from',
      parameters: { proxy: { ...HTTPS.proxy, override: true } },
      before: {
        spec: {
          containers: [
            {
              name: 'a',
              env: [
                { name: 'https_proxy', value: 'http://me:secret@mine:1' },
                { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
                { name: 'NO_PROXY', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
                { name: 'https_proxy', value: '' },
              ],
            },
          ],
        },
      },
      after: {
        spec: {
          containers: [
            {
              name: 'a',
              env: [
                { name: 'https_proxy', value: 'http://proxy:3128' },
                { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
                { name: 'NO_PROXY', value: NO_PROXY },
                { name: 'https_proxy', value: 'http://proxy:3128' },
                { name: 'no_proxy', value: NO_PROXY },
              ],
            },
          ],
        },
      },
      warns: [
        'https_proxy of container "a" is "http://proxy:3128" instead of "http://…@mine:1"',
        `NO_PROXY of container "a" is "${NO_PROXY}" instead of what valueFrom names`,
        'https_proxy of container "a" is "http://proxy:3128" instead of nothing',
      ],
    },
    {
      name: 'certificates: the volume, the mounts and the variables',
      parameters: CA,
      before: { spec: { initContainers: [{ name: 'i' }], containers: [{ name: 'a', volumeMounts: null }] } },
      after: {
        spec: {
          initContainers: [{ name: 'i', volumeMounts: [CA_MOUNT], env: CA_ENV }],
          containers: [{ name: 'a', volumeMounts: [CA_MOUNT], env: CA_ENV }],
          volumes: [CA_SOURCE],
        },
      },
    },
    {
      name: 'certificates that are there already, as the API server prints them',
      parameters: CA,
      before: {
        spec: {
          containers: [{ name: 'a', volumeMounts: [{ ...CA_MOUNT, mountPath: '/etc/egress-ca/' }], env: CA_ENV }],
          volumes: [{ ...CA_SOURCE, configMap: { ...CA_SOURCE.configMap, defaultMode: 420 } }],
        },
      },
    },
    {
      name: 'a container that has something else at the path trusts what it trusts',
      parameters: CA,
      before: {
        spec: {
          containers: [{ name: 'a', volumeMounts: [{ name: 'own', mountPath: '/etc/egress-ca' }] }],
          volumes: [CA_SOURCE],
        },
      },
      skips: ['mount-path-taken'],
    },
    {
      name: 'another volume of that name',
      parameters: CA,
      before: { spec: { containers: [{ name: 'a' }], volumes: [{ name: CA_VOLUME, emptyDir: {} }] } },
      skips: ['volume-name-taken'],
    },
    {
      name: 'what is in the way of the certificates is replaced',
      parameters: { proxy: { ...CA.proxy, override: true } },
      before: {
        spec: {
          containers: [
            {
              name: 'a',
              volumeMounts: [{ name: 'own', mountPath: '/etc/egress-ca//' }],
              env: [{ name: 'SSL_CERT_FILE', value: '/own.crt' }, ...CA_ENV.slice(1)],
            },
          ],
          volumes: [
            { name: 'own', emptyDir: {} },
            { name: CA_VOLUME, configMap: { name: 'other' } },
          ],
        },
      },
      after: {
        spec: {
          containers: [{ name: 'a', volumeMounts: [CA_MOUNT], env: CA_ENV }],
          volumes: [{ name: 'own', emptyDir: {} }, CA_SOURCE],
        },
      },
      warns: [
        `volume "${CA_VOLUME}" is ConfigMap "egress-ca" instead of what it was`,
        `container "a" mounts volume "${CA_VOLUME}" at /etc/egress-ca instead of volume "own"`,
        'SSL_CERT_FILE of container "a" is "/etc/egress-ca/ca.crt" instead of "/own.crt"',
      ],
    },
  ],
};

/** The template with the variables that name the proxy, where no certificates come with them. */
function withNamed(template: PodTemplate, scope: FillScope, setter: EnvSetter, notes: FillNotes): PodTemplate {
  const mine = setter.claim(notes);
  return withContainers(template, scope, (container) => {
    const env = setter.set(container, mine, notes);
    return env && { env };
  });
}
