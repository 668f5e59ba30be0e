// Tables in Markdown.

/** Its first row is the head. Numbers stand to the right. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const isNumber = (column: number): boolean => body.every((row) => /^[\d.,%-]*$/.test(row[column] ?? ''));
  const rule = head.map((_, column) => (isNumber(column) ? '---:' : '---'));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Three digits, which is what the measurements are good for. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
