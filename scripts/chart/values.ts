// values.yaml as a list of values: each with its default, and the comment above it, which is what the schema and the docs
// say of it.
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { ownField } from '../../src/model/json.ts';

export interface ChartValue {
  /** `webhooks.fill.timeoutSeconds`. */
  readonly path: string;
  readonly fallback: unknown;
  /** The comment, on one line; empty where there is none. */
  readonly comment: string;
}

/** Every key of a values file, groups before what is in them. */
export function readValues(text: string): readonly ChartValue[] {
  const document = parseDocument(text);
  if (!isMap(document.contents)) throw new Error('values.yaml: expected a map');
  return valuesOf(document.contents, document.toJS(), '');
}

function valuesOf(map: YAMLMap, values: unknown, prefix: string): readonly ChartValue[] {
  return map.items.flatMap(({ key, value }, index) => {
    const name = isScalar(key) ? String(key.value) : '';
    const path = prefix + name;
    // The parser takes the comment above the first key of a map for the map's own.
    const above = isScalar(key) ? key.commentBefore : undefined;
    const comment = oneLine(above ?? (index === 0 ? map.commentBefore : undefined));
    const fallback = ownField(values, name);
    const own = { path, fallback, comment };
    return isMap(value) && value.items.length > 0 ? [own, ...valuesOf(value, fallback, `${path}.`)] : [own];
  });
}

/** The last paragraph: what stands further up is about the file. */
function oneLine(comment: string | null | undefined): string {
  const paragraph = (comment ?? '').split(/\n\s*\n/).at(-1) ?? '';
  const lines = paragraph.split('\n').map((line) => line.trim());
  return lines.join(' ').trim();
}
