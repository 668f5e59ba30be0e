// Random pods for property tests: biased to the fields that rules read, with nulls and odd values, always of the right types.
import fc from 'fast-check';
import type { Container, PodTemplate, SecurityContext } from '../../src/kubernetes/pod.ts';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const id = fc.constantFrom(0, 1, 1000, 65532);
const profile = fc.record(
  { type: fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined', '') },
  { requiredKeys: [] },
);

const shared = {
  seccompProfile: maybe(profile),
  appArmorProfile: maybe(profile),
  seLinuxOptions: maybe(fc.record({ type: fc.constantFrom('', 'container_t', 'spc_t') }, { requiredKeys: [] })),
  windowsOptions: maybe(fc.record({ hostProcess: fc.boolean() }, { requiredKeys: [] })),
  runAsNonRoot: maybe(fc.boolean()),
  runAsUser: maybe(id),
  runAsGroup: maybe(id),
};

const capability = fc.constantFrom('ALL', 'NET_BIND_SERVICE', 'SYS_ADMIN', 'CAP_SYS_ADMIN', 'NET_RAW', 'CHOWN');

const securityContext: fc.Arbitrary<SecurityContext> = fc.record(
  {
    ...shared,
    allowPrivilegeEscalation: maybe(fc.boolean()),
    privileged: maybe(fc.boolean()),
    procMount: maybe(fc.constantFrom('Default', 'Unmasked')),
    readOnlyRootFilesystem: maybe(fc.boolean()),
    capabilities: maybe(
      fc.record(
        { add: maybe(fc.array(capability, { maxLength: 2 })), drop: maybe(fc.array(capability, { maxLength: 2 })) },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);

const image = fc.constantFrom(
  'nginx',
  'ghcr.io/acme/app:1.2.3',
  'ghcr.io/acme/app:1.2.3-full',
  'other@sha256:x',
  '',
  'UPPER',
);

const container: fc.Arbitrary<Container> = fc.record(
  {
    name: fc.constantFrom('app', 'sidecar', 'init', 'a"b', 'constructor', ''),
    image: maybe(image),
    securityContext: maybe(securityContext),
    ports: maybe(fc.array(fc.record({ containerPort: id, hostPort: id }, { requiredKeys: [] }), { maxLength: 2 })),
    volumeDevices: maybe(fc.array(fc.constant({ name: 'v' }), { maxLength: 1 })),
  },
  { requiredKeys: ['name'] },
);

const containers = maybe(fc.array(container, { maxLength: 3 }));

/** A pod template whose fields have the right types and any values. */
export const podTemplate: fc.Arbitrary<PodTemplate> = fc.record(
  {
    metadata: maybe(
      fc.record(
        { labels: maybe(fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 2 })) },
        { requiredKeys: [] },
      ),
    ),
    spec: maybe(
      fc.record(
        {
          containers,
          initContainers: containers,
          ephemeralContainers: containers,
          volumes: maybe(
            fc.array(
              fc.constantFrom(
                { name: 'bare' },
                { name: 'e', emptyDir: {} },
                { name: 'h', hostPath: { path: '/' } },
                { name: 'n', nfs: null },
              ),
              { maxLength: 2 },
            ),
          ),
          securityContext: maybe(fc.record({ ...shared, fsGroup: maybe(id) }, { requiredKeys: [] })),
          os: maybe(fc.constantFrom({ name: 'linux' }, { name: 'windows' })),
          hostNetwork: maybe(fc.boolean()),
          hostPID: maybe(fc.boolean()),
          hostIPC: maybe(fc.boolean()),
          hostUsers: maybe(fc.boolean()),
          runtimeClassName: maybe(fc.constantFrom('', 'gvisor')),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: ['spec'] },
);
