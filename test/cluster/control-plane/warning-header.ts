// The warnings of a reply, as `kubectl` shows them.

// `299 - "text"`, one per header line, with quotes and backslashes escaped.
const WARNING = /^299 \S+ "((?:[^"\\]|\\.)*)"/s;

/** The texts of Warning header lines, in order. */
export function readWarnings(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const quoted = WARNING.exec(line)?.[1];
    if (quoted === undefined) throw new Error(`not a warning header: ${line}`);
    // Node reads headers as latin1; Kubernetes writes UTF-8.
    texts.push(Buffer.from(quoted.replaceAll(/\\(.)/gs, '$1'), 'latin1').toString('utf8'));
  }
  return texts;
}
