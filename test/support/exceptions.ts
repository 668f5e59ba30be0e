// IsolationExceptions for tests.

/**
 * One document, from policy `p`.
 * @param spec the other keys of its spec in YAML's flow style, without brackets; reason and end are filled in where they are missing
 */
export function exceptionYaml(name: string, spec: string, namespace = 'agents'): string {
  const reason = spec.includes('reason:') ? '' : ', reason: tunnels';
  const expires = spec.includes('expires:') ? '' : ', expires: 2027-06-30';
  return `apiVersion: sandgate.dev/v1alpha1
kind: IsolationException
metadata: { name: ${name}, namespace: ${namespace} }
spec: { policy: p, ${spec}${reason}${expires} }
`;
}
