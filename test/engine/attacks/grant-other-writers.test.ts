// What the API server, its admission plugins and other webhooks write into a pod with grants: it is let in.
import { describe, expect, test } from 'vitest';
import { asObject, denials, edited, injected, POD } from './granted-pod.ts';

describe('let in: what others write', () => {
  const own = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const sidecar = (name: string) => ({ name, image: name, securityContext: own });
  test.each<[string, string, unknown]>([
    ['AlwaysPullImages, of an image volume', 'spec/volumes/vm-tools/image/pullPolicy', 'Always'],
    ['the version of a field, by default', 'spec/containers/app/env/POD_IP/valueFrom/fieldRef/apiVersion', 'v1'],
    ['a divisor, which is always sent', 'spec/containers/app/env/MEMORY/valueFrom/resourceFieldRef/divisor', '0'],
    [
      'the same in a container of the class',
      'spec/containers/vm-daemon/env/MEMORY/valueFrom/resourceFieldRef/divisor',
      '0',
    ],
    ['a file that has to be there, by default', 'spec/containers/app/env/TICKET/valueFrom/fileKeyRef/optional', false],
    [
      'a LimitRange, where the class says nothing',
      'spec/containers/vm-daemon/resources',
      { limits: { cpu: '1' }, requests: { cpu: '1' } },
    ],
    ['PodNodeSelector', 'spec/nodeSelector/pool', 'agents'],
    [
      'tolerations by default',
      'spec/tolerations',
      [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    ],
    [
      'a sidecar of a mesh',
      'spec/initContainers/-',
      { name: 'istio-proxy', image: 'proxyv2', restartPolicy: 'Always', securityContext: own },
    ],
    [
      'a mount of secrets by an agent',
      'spec/containers/app/volumeMounts/-',
      { name: 'vault-secrets', mountPath: '/vault/secrets' },
    ],
  ])('a granted pod stays granted after what others write: %s', (_, path, value) => {
    // Ours is asked again where another webhook changed something.
    const pod = edited(path, value);
    expect(denials(injected(pod))).toEqual([]);
  });

  test('sidecars first and last, between our two answers', () => {
    const spec = asObject(POD.spec);
    const list = (key: string): readonly unknown[] => (Array.isArray(spec[key]) ? spec[key] : []);
    const containers = [sidecar('istio-proxy'), ...list('containers'), sidecar('vault-agent')];
    const initContainers = [sidecar('vault-agent-init'), ...list('initContainers')];
    const volumes = [{ name: 'vault-secrets', emptyDir: { medium: 'Memory' } }, ...list('volumes')];
    const meshed = { ...POD, spec: { ...spec, containers, initContainers, volumes } };
    expect(denials(injected(meshed))).toEqual([]);
  });
});
