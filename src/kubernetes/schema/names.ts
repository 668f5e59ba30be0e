// Names, label keys and label values, as JSON Schema. `errorMessage` is what VS Code shows instead of a pattern that does not
// match, and what our own messages say.
import type { SchemaObject } from 'ajv';

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';

/** The name of most objects: an RFC 1123 subdomain. */
export const subdomain: SchemaObject = {
  type: 'string',
  maxLength: 253,
  pattern: `^${SUBDOMAIN}$`,
  errorMessage: 'expected lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit',
};

/** The pattern of the key of a label or an annotation. */
export const KEY_PATTERN = `^(?=[^/]{1,253}/|[^/]+$)(${SUBDOMAIN}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`;

/** A label key: a name of at most 63 characters, with or without a DNS subdomain and a slash before it. */
export const labelKey: SchemaObject = {
  type: 'string',
  maxLength: 317,
  pattern: KEY_PATTERN,
  errorMessage:
    'expected a label key: a name of at most 63 letters, digits, "-", "_" and ".", perhaps after a domain and "/"',
};

/** An extended resource: a name after a domain, and not one of Kubernetes' own. */
export const extendedResource: SchemaObject = {
  type: 'string',
  maxLength: 317,
  pattern: `^(?!(.*\\.)?kubernetes\\.io/)(?!requests\\.)(?=[^/]{1,253}/)${SUBDOMAIN}/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`,
  errorMessage: 'expected an extended resource, such as "example.com/fuse": the workload sets cpu and memory itself',
};

/** A label value, which may be empty. */
export const labelValue: SchemaObject = {
  type: 'string',
  maxLength: 63,
  pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$',
  errorMessage:
    'expected a label value: letters, digits, "-", "_" and ".", beginning and ending with a letter or digit',
};
