// Field paths as Kubernetes writes them in messages: `spec.containers[0].image`, `metadata.labels[sandgate.dev/tier]`.

/** The path that JSON pointer tokens lead to; empty for none. */
export function pathOfTokens(tokens: readonly string[]): string {
  let path = '';
  for (const token of tokens) path += step(token);
  return path.startsWith('.') ? path.slice(1) : path;
}

/** `/spec/containers/0/image` as `spec.containers[0].image`. */
export function pathOfPointer(pointer: string): string {
  return pathOfTokens(tokensOf(pointer));
}

/** The reference tokens of a JSON pointer (RFC 6901), unescaped; none for the empty pointer. */
export function tokensOf(pointer: string): string[] {
  const tokens = pointer.split('/').slice(1);
  return pointer.includes('~') ? tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')) : tokens;
}

/** One step down from `path`: an index or a key, in brackets where a dot would tear it apart. */
export function step(token: string): string {
  return /^[A-Za-z_][\w-]*$/.test(token) ? `.${token}` : `[${token}]`;
}
