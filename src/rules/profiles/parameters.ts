// The parameters of the rule `profiles`: lists of one's own for what the Pod Security Standards have fixed lists of.

import { CAPABILITY_NAMES, canonicalCapability } from '../../kubernetes/linux-capabilities.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';
import type { ParameterProblem } from '../rule.ts';

const CAPABILITY = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$',
  errorMessage: 'expected the name of a Linux capability, such as NET_BIND_SERVICE, or ALL',
} as const;

export const parameters = schemaFor({
  type: 'object',
  description:
    'Which profiles, sysctls and Linux capabilities pods may have, beside the Pod Security Standards or without them.',
  additionalProperties: false,
  properties: {
    seccomp: {
      type: 'object',
      description: 'The seccomp profiles of pods and containers.',
      additionalProperties: false,
      properties: {
        allowedLocalhost: {
          type: 'array',
          description:
            'The only profiles of the node that may be named, beside RuntimeDefault; an empty list allows none.',
          maxItems: 1000,
          items: {
            type: 'string',
            minLength: 1,
            maxLength: 4096,
            description: "A file below the kubelet's seccomp folder, with *, ** and ?, such as profiles/*.json.",
          },
        },
      },
    },
    appArmor: {
      type: 'object',
      description: 'The AppArmor profiles of pods and containers.',
      additionalProperties: false,
      properties: {
        allowedLocalhost: {
          type: 'array',
          description:
            'The only profiles of the node that may be named, beside RuntimeDefault; an empty list allows none.',
          maxItems: 1000,
          items: {
            type: 'string',
            minLength: 1,
            maxLength: 4096,
            description: 'The name of a profile that nodes have loaded, with *, ** and ?.',
          },
        },
      },
    },
    seLinux: {
      type: 'object',
      description: 'The SELinux options of pods and containers.',
      additionalProperties: false,
      properties: {
        allowedTypes: {
          type: 'array',
          description: 'The only types that may be set; an empty list allows none.',
          maxItems: 1000,
          items: { type: 'string', minLength: 1, maxLength: 253, description: 'A type, with * and ?: container_t.' },
        },
      },
    },
    sysctls: {
      type: 'object',
      description: 'The kernel settings of pods.',
      additionalProperties: false,
      properties: {
        allowed: {
          type: 'array',
          description: 'The only sysctls that may be set; an empty list allows none.',
          maxItems: 1000,
          items: {
            type: 'string',
            pattern: '^[A-Za-z0-9_*?][A-Za-z0-9_./*?-]{0,252}$',
            errorMessage: 'expected the name of a sysctl, such as net.ipv4.tcp_rmem or net.ipv4.tcp_*',
            description: 'A name with dots or slashes, with * and ?: net.ipv4.tcp_*.',
          },
        },
      },
    },
    linuxCapabilities: {
      type: 'object',
      description: 'The Linux capabilities of containers.',
      additionalProperties: false,
      properties: {
        allowedAdd: {
          type: 'array',
          description: 'The only Linux capabilities that containers may add; an empty list allows none.',
          maxItems: 100,
          items: { ...CAPABILITY, description: 'A name as the kernel has it, with or without CAP_.' },
        },
        requiredDrop: {
          type: 'array',
          description: 'The Linux capabilities that every container must drop; dropping ALL drops each of them.',
          maxItems: 100,
          items: { ...CAPABILITY, description: 'A name as the kernel has it, with or without CAP_; or ALL.' },
        },
      },
    },
  },
});

export type ProfilesParameters = ValueOf<typeof parameters>;

/** Patterns that match no file, names that are not capabilities, and capabilities that must be dropped and may be added. */
export function profilesProblems({ seccomp, linuxCapabilities = {} }: ProfilesParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  for (const [index, pattern] of (seccomp?.allowedLocalhost ?? []).entries()) {
    if (!pattern.split('/').some((part) => part === '' || part === '.' || part === '..')) continue;
    const message = `"${pattern}" can match nothing: profiles are files below the kubelet's seccomp folder, without ".", ".." and empty parts`;
    problems.push({ keys: ['seccomp', 'allowedLocalhost', String(index)], message, severity: 'error' });
  }
  const dropped = new Set((linuxCapabilities.requiredDrop ?? []).map(canonicalCapability));
  for (const key of ['allowedAdd', 'requiredDrop'] as const) {
    for (const [index, name] of (linuxCapabilities[key] ?? []).entries()) {
      const keys = ['linuxCapabilities', key, String(index)];
      const canonical = canonicalCapability(name);
      if (!CAPABILITY_NAMES.includes(canonical)) {
        problems.push({ keys, message: `"${name}" is not a Linux capability`, severity: 'warning' });
      } else if (key === 'allowedAdd' && canonical !== 'ALL' && dropped.has(canonical)) {
        problems.push({ keys, message: `"${name}" may be added here, and must be dropped`, severity: 'error' });
      }
    }
  }
  return problems;
}
