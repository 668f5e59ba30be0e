// JSON pointers (RFC 6901), as messages and ajv write them.

/** The pointer to the value at these keys: `/metadata/labels/example.com~1team`. */
export function pointerOf(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
