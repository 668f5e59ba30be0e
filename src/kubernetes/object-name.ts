// Names of Kubernetes objects.

/** An RFC 1123 subdomain. */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST = 253;

/** True for a name that the API server accepts for most kinds of objects; an object with another name cannot exist. */
export function isObjectName(name: string): boolean {
  return name.length <= LONGEST && SUBDOMAIN.test(name);
}
