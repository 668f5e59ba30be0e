// Formats by name, such as `format.dns1123Label().validate(name)`. Sources: k8s.io/apiserver/pkg/cel/library/format.go;
// k8s.io/apimachinery/pkg/util/validation.
import { byteLength } from '../../model/bytes.ts';
import { type Budget, textCost } from '../run/budget.ts';
import { NONE, Opaque, Optional } from '../values/value.ts';
import { boxedAt, textAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';
import { parseUrl } from './url.ts';

/** What is wrong with a text, one sentence for each fault. */
type Validate = (text: string) => readonly string[];

/** A format that texts can be held against. */
export class NamedFormat extends Opaque {
  readonly kind = 'format';
  readonly name: string;
  readonly validate: Validate;

  constructor(name: string, validate: Validate) {
    super();
    this.name = name;
    this.validate = validate;
  }

  get identity(): string {
    return this.name;
  }
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const LABEL_FAULT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const LABEL_1035_FAULT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const SUBDOMAIN_FAULT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_FAULT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const VALUE_FAULT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function within(text: string, most: number): readonly string[] {
  return byteLength(text) > most ? [`must be no more than ${most} characters`] : [];
}

function matching(pattern: RegExp, most: number, fault: string): Validate {
  // A text that is too long is not held against the pattern, which could take long.
  return (text) => [...within(text, most), ...(text.length <= most && !pattern.test(text) ? [fault] : [])];
}

/** Of the first part of a name, which may end in `-`. */
function asPrefix(validate: Validate): Validate {
  return (text) => validate(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

const label = matching(LABEL, 63, LABEL_FAULT);
const label1035 = matching(LABEL_1035, 63, LABEL_1035_FAULT);
const subdomain: Validate = (text) => [
  ...within(text, 253),
  ...(text.length <= 253 && !text.split('.').every((part) => LABEL.test(part)) ? [SUBDOMAIN_FAULT] : []),
];

function qualifiedName(text: string): readonly string[] {
  const parts = text.split('/');
  if (parts.length > 2)
    return [`a qualified name has a ${QUALIFIED_FAULT}, with an optional DNS subdomain prefix and '/'`];
  const [prefix, name] = parts.length === 2 ? parts : [undefined, parts[0]];
  const faults: string[] = [];
  if (prefix === '') faults.push('prefix part must be non-empty');
  else if (prefix !== undefined) faults.push(...subdomain(prefix).map((fault) => `prefix part ${fault}`));
  if (!name) return [...faults, 'name part must be non-empty', QUALIFIED_FAULT];
  return [...faults, ...matching(QUALIFIED_NAME, 63, QUALIFIED_FAULT)(name)];
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const millis = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  if (text.length >= 64 || !DATE_TIME.test(text) || !isDate(text.slice(0, 10))) return false;
  return !Number.isNaN(Date.parse(text.toUpperCase().replace(/([+-]\d{2})(\d{2})$/, '$1:$2')));
}

function holding(test: (text: string) => boolean, fault: string): Validate {
  return (text) => (test(text) ? [] : [fault]);
}

/** Source: `ConstantFormats`. */
const FORMATS: ReadonlyMap<string, NamedFormat> = new Map(
  Object.entries({
    dns1123Label: label,
    dns1123Subdomain: subdomain,
    dns1035Label: label1035,
    qualifiedName,
    dns1123LabelPrefix: asPrefix(label),
    dns1123SubdomainPrefix: asPrefix(subdomain),
    dns1035LabelPrefix: asPrefix(label1035),
    labelValue: (text: string) => (text === '' ? [] : matching(QUALIFIED_NAME, 63, VALUE_FAULT)(text)),
    uri: holding((text) => parseUrl(text) !== undefined, 'invalid URI'),
    uuid: holding((text) => text.length <= 36 && UUID.test(text), 'does not match the UUID format'),
    byte: holding((text) => text !== '' && BASE64.test(text), 'invalid base64'),
    date: holding(isDate, 'invalid date'),
    datetime: holding(isDateTime, 'invalid datetime'),
  } satisfies Readonly<Record<string, Validate>>).map(([name, validate]) => [name, new NamedFormat(name, validate)]),
);

export const NAMED_FORMATS: Library = [
  ...[...FORMATS].map(([name, format]) => fn(`format.${name}(): format`, () => format)),
  fn('format.named(string): optional<format>', (args) => {
    const format = FORMATS.get(textAt(args, 0));
    return format === undefined ? NONE : new Optional(format);
  }),
  method('format', 'validate(string): optional<list<string>>', (args, budget: Budget) => {
    const text = textAt(args, 1);
    budget.charge(textCost(text.length) * 10);
    const faults = boxedAt(args, 0, NamedFormat).validate(text);
    return faults.length === 0 ? NONE : new Optional(faults);
  }),
];
