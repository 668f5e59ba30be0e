// The parameters of the rule `network`: host names, proxies, DNS and ports of the node.
import { subdomain } from '../../kubernetes/schema/names.ts';
import { schemaFor, type ValueOf } from '../../model/schema.ts';

const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'] as const;

const ADDRESS = {
  type: 'string',
  minLength: 1,
  maxLength: 45,
  pattern: '^[0-9A-Fa-f:.]+$',
  errorMessage: 'expected an IP address',
} as const;

const RANGE = {
  type: 'string',
  minLength: 1,
  maxLength: 49,
  pattern: '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$',
  errorMessage: 'expected an IP address, or a range such as 10.0.0.0/8',
} as const;

const PROXY_URL = {
  type: 'string',
  maxLength: 2048,
  pattern: '^[a-z][a-z0-9+.-]*://[!-~]+$',
  errorMessage: 'expected a URL such as http://proxy:3128',
} as const;

export const parameters = schemaFor({
  type: 'object',
  description: 'Host names, proxies, DNS and ports of the node.',
  additionalProperties: false,
  properties: {
    hostAliases: {
      type: 'object',
      description: 'Entries of /etc/hosts.',
      additionalProperties: false,
      properties: {
        add: {
          type: 'array',
          description: 'Entries that pods are given, for host names that they give no address themselves.',
          maxItems: 100,
          items: {
            type: 'object',
            description: 'An address, and the host names that lead to it.',
            additionalProperties: false,
            required: ['ip', 'hostnames'],
            properties: {
              ip: { ...ADDRESS, description: 'The IP address.' },
              hostnames: {
                type: 'array',
                description: 'The host names.',
                minItems: 1,
                maxItems: 100,
                items: { ...subdomain, type: 'string', description: 'A host name, such as host.docker.internal.' },
              },
            },
          },
        },
        allowed: {
          type: 'array',
          description: 'The only entries that pods may have, beside those that are added.',
          maxItems: 100,
          items: {
            type: 'object',
            description: 'Some entries: all with these host names and these addresses.',
            additionalProperties: false,
            properties: {
              ip: { ...RANGE, description: 'The address, or a range in CIDR notation; any where left out.' },
              hostnames: {
                type: 'array',
                description: 'The host names; any where left out.',
                maxItems: 100,
                items: {
                  type: 'string',
                  maxLength: 253,
                  pattern: '^[-a-z0-9.*?]+$',
                  errorMessage: 'expected a host name in small letters, or a pattern with * and ?',
                  description: 'A host name, or a pattern with * and ?.',
                },
              },
            },
          },
        },
      },
    },
    proxy: {
      type: 'object',
      description: 'The proxy that programs in containers are told to use.',
      additionalProperties: false,
      properties: {
        http: { ...PROXY_URL, description: 'The proxy for http: HTTP_PROXY and http_proxy.' },
        https: { ...PROXY_URL, description: 'The proxy for https: HTTPS_PROXY and https_proxy.' },
        noProxy: {
          type: 'array',
          description: 'What is reached without the proxy, beside the container itself and the API server.',
          maxItems: 1000,
          items: {
            type: 'string',
            maxLength: 253,
            pattern: '^[!-+.-~-]+$',
            errorMessage: 'expected a host, a domain such as .svc, an address or a range, without commas',
            description: 'A host, a domain such as .svc, an address or a range.',
          },
        },
        caBundle: {
          type: 'object',
          description: 'The certificates that programs trust, where the proxy opens TLS.',
          additionalProperties: false,
          required: ['configMap', 'key', 'mountPath'],
          properties: {
            configMap: { ...subdomain, type: 'string', description: 'The ConfigMap, in the namespace of the pod.' },
            key: {
              type: 'string',
              maxLength: 253,
              pattern: '^[-._a-zA-Z0-9]+$',
              errorMessage: 'expected letters, digits, "-", "_" and "."',
              description: 'The key of the ConfigMap, which is also the name of the file.',
            },
            mountPath: {
              type: 'string',
              maxLength: 4096,
              pattern: '^/[^:]*$',
              errorMessage: 'expected an absolute path without ":"',
              description: 'The folder in which containers find the file.',
            },
          },
        },
        override: {
          type: 'boolean',
          description: 'Replace what containers set themselves, with a warning, instead of refusing it.',
        },
      },
    },
    dns: {
      type: 'object',
      description: 'How pods resolve names.',
      additionalProperties: false,
      properties: {
        defaultPolicy: {
          type: 'string',
          enum: DNS_POLICIES,
          description: "The dnsPolicy of pods that say none, or no other than Kubernetes' own ClusterFirst.",
        },
        defaultConfig: {
          type: 'object',
          description: 'The parts of dnsConfig that are filled in where a pod has none.',
          additionalProperties: false,
          properties: {
            nameservers: {
              type: 'array',
              description: 'Name servers.',
              maxItems: 3,
              items: { ...ADDRESS, description: 'The IP address of a name server.' },
            },
            searches: {
              type: 'array',
              description: 'Domains in which names are looked up.',
              maxItems: 32,
              items: { type: 'string', minLength: 1, maxLength: 253, description: 'A domain to search.' },
            },
            options: {
              type: 'array',
              description: 'Options of the resolver.',
              maxItems: 32,
              items: {
                type: 'object',
                description: 'One option of the resolver.',
                additionalProperties: false,
                required: ['name'],
                properties: {
                  name: { type: 'string', minLength: 1, description: 'The name of the option, such as ndots.' },
                  value: { type: 'string', description: 'The value of the option, where it has one.' },
                },
              },
            },
          },
        },
        allowedPolicies: {
          type: 'array',
          description: 'The only values of dnsPolicy that pods may have.',
          uniqueItems: true,
          items: { type: 'string', enum: DNS_POLICIES, description: 'A value of dnsPolicy.' },
        },
        allowedNameservers: {
          type: 'array',
          description: 'The only name servers that pods may name in dnsConfig.',
          maxItems: 1000,
          items: { ...RANGE, description: 'An IP address, or a range in CIDR notation.' },
        },
      },
    },
    hostPorts: {
      type: 'object',
      description: 'Ports of the node.',
      additionalProperties: false,
      required: ['allowed'],
      properties: {
        allowed: {
          type: 'array',
          description: 'The only ports of the node that containers may take.',
          maxItems: 1000,
          items: {
            type: 'string',
            pattern: '^[0-9]{1,5}(-[0-9]{1,5})?$',
            errorMessage: 'expected a port or a range of ports, such as "8080-8090"',
            description: 'A port, or a range such as 8080-8090.',
          },
        },
      },
    },
  },
});

export type NetworkParameters = ValueOf<typeof parameters>;
export type ProxyParameters = NonNullable<NetworkParameters['proxy']>;
export type DnsParameters = NonNullable<NetworkParameters['dns']>;
export type HostAliasParameters = NonNullable<NetworkParameters['hostAliases']>;
