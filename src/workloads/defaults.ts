// The API server's defaults that can change a verdict. Pods reach the webhook with them applied; custom resources and files
// do not, since the defaulting of core types does not run inside a CRD. For every other field that a check reads, absent means
// the same as its default.
// Source: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go.
import type { Container, PodSpec, PodTemplate, Volume } from '../kubernetes/pod.ts';

/**
 * The template with the defaults that the API server would apply to the pod made from it; for judging only, never written
 * back.
 * - A volume with only a name is an emptyDir.
 * - With hostNetwork, every port is a host port (of containers and init containers, as the API server does it).
 * - An empty runtimeClassName means none.
 * Returns the same reference where nothing applies, which is always so for a pod that an API server sent.
 */
export function withVerdictDefaults(template: PodTemplate): PodTemplate {
  const spec = template.spec;
  if (!spec) return template;
  let changes: Partial<PodSpec> | undefined;
  const volumes = spec.volumes;
  if (volumes?.some(lacksSource)) {
    changes = {
      ...changes,
      volumes: volumes.map((volume) => (lacksSource(volume) ? { ...volume, emptyDir: {} } : volume)),
    };
  }
  if (spec.runtimeClassName === '') changes = { ...changes, runtimeClassName: null };
  if (spec.hostNetwork === true) {
    for (const list of ['containers', 'initContainers'] as const) {
      const containers = spec[list];
      if (containers?.some(lacksHostPort)) changes = { ...changes, [list]: containers.map(withHostPorts) };
    }
  }
  return changes ? { ...template, spec: { ...spec, ...changes } } : template;
}

function lacksSource(volume: Volume): boolean {
  for (const key of Object.keys(volume)) {
    if (key !== 'name' && volume[key] !== null && volume[key] !== undefined) return false;
  }
  return true;
}

function lacksHostPort(container: Container): boolean {
  return container.ports?.some((port) => !port.hostPort && Boolean(port.containerPort)) ?? false;
}

function withHostPorts(container: Container): Container {
  if (!lacksHostPort(container) || !container.ports) return container;
  return {
    ...container,
    ports: container.ports.map((port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort ?? 0 })),
  };
}
