// The names that objects of a cluster can have.

/** An RFC 1123 subdomain. */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST = 253;

/** True for what the API server takes as the name of most objects: of nothing else there can be one in a cluster. */
export function isObjectName(name: string): boolean {
  return name.length <= LONGEST && SUBDOMAIN.test(name);
}
