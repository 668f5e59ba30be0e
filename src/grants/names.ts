// The names of capability classes and of their implementations, as parts of schemas.

/** Part of an annotation, `sandgate.dev/NAME-containers`: what stands after the slash has at most 63 characters. */
export const className = {
  type: 'string',
  maxLength: 52,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  errorMessage: 'expected lower-case letters, digits and "-", beginning and ending with a letter or digit',
} as const;

/** The name of one way to have what a class is about. */
export const implementationName = { ...className, maxLength: 63 } as const;
