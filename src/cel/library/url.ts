// URLs, as Go's net/url takes them apart. Source: k8s.io/apiserver/pkg/cel/library/urls.go.
import { type Budget, Failure, textCost } from '../run/budget.ts';
import { EntryMap } from '../values/entry-map.ts';
import { Opaque } from '../values/value.ts';
import { type Arguments, boxedAt, textAt } from './arguments.ts';
import { fn, type Library, method } from './function.ts';

/** A URL, or the path of one that begins with a slash. */
export class Url extends Opaque {
  readonly kind = 'url';
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(text: string, scheme: string, host: string, path: string, query: string) {
    super();
    this.text = text;
    this.scheme = scheme;
    this.host = host;
    this.path = path;
    this.query = query;
  }

  get identity(): string {
    return this.text;
  }
}

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/;
const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
/** In a host, characters of ASCII stand for themselves. */
const ESCAPED_ASCII = /%[0-7]/;
/** What a host can hold without being escaped. */
const HOST = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"%\u0080-\u{10ffff}]*$/u;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

/** Reads an absolute URL or an absolute path, as a request can name it; undefined for anything else. */
export function parseUrl(text: string): Url | undefined {
  if (text === '' || /[\p{Cc}--[\u0080-\u009f]]/v.test(text)) return undefined;
  if (text === '*') return new Url(text, '', '', text, '');
  const scheme = SCHEME.exec(text)?.[1] ?? '';
  if (scheme === '' && !text.startsWith('/')) return undefined;
  const whole = text.slice(scheme === '' ? 0 : scheme.length + 1);
  const unmarked = whole.split('#', 1)[0] ?? '';
  const mark = unmarked.indexOf('?');
  const rest = mark < 0 ? unmarked : unmarked.slice(0, mark);
  const query = mark < 0 ? '' : unmarked.slice(mark + 1);
  const lower = scheme.toLowerCase();
  // Such as mailto:someone: what follows the scheme is not looked into.
  if (!rest.startsWith('/')) return new Url(text, lower, '', '', query);
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///')))
    return withPath(text, lower, '', rest, query);
  const slash = rest.indexOf('/', 2);
  const authority = rest.slice(2, slash < 0 ? rest.length : slash);
  const user = authority.lastIndexOf('@');
  const host = authority.slice(user + 1);
  const isUser = user < 0 || (USER.test(authority.slice(0, user)) && !BAD_ESCAPE.test(authority.slice(0, user)));
  if (!isUser || !isHost(host)) return undefined;
  return withPath(text, lower, host, slash < 0 ? '' : rest.slice(slash), query);
}

function withPath(text: string, scheme: string, host: string, path: string, query: string): Url | undefined {
  return BAD_ESCAPE.test(path) ? undefined : new Url(text, scheme, host, path, query);
}

function isHost(host: string): boolean {
  if (!HOST.test(host) || BAD_ESCAPE.test(host) || ESCAPED_ASCII.test(host)) return false;
  const end = host.startsWith('[') ? /\](.*)$/.exec(host)?.[1] : /(:[^:]*)?$/.exec(host)?.[1];
  if (host.startsWith('[') && end === undefined) return false;
  return end === undefined || /^(:\d*)?$/.test(end);
}

function hostname({ host }: Url): string {
  const bracket = host.indexOf(']');
  if (host.startsWith('[') && bracket > 0) return host.slice(1, bracket);
  const colon = host.lastIndexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}

function port({ host }: Url): string {
  return /:(\d*)$/.exec(host)?.[1] ?? '';
}

function escapedPath({ path }: Url): string {
  return path.replace(/[^A-Za-z0-9\-_.~!$&'()*+,;=:@[\]%/]+/gu, (part) => encodeURIComponent(part.toWellFormed()));
}

function queryOf({ query }: Url, budget: Budget): EntryMap {
  budget.charge(textCost(query.length));
  const lists = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue;
    budget.charge(1);
    const [key = '', ...rest] = part.split('=');
    const [name, value] = [unescaped(key), unescaped(rest.join('='))];
    if (name === undefined || value === undefined) continue;
    const known = lists.get(name);
    if (known) known.push(value);
    else lists.set(name, [value]);
  }
  const map = new EntryMap();
  for (const [key, values] of lists) map.add(key, values);
  return map;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Taking a URL apart goes over its text several times. */
const PARSE_COST = 5;

function urlAt(args: Arguments): Url {
  return boxedAt(args, 0, Url);
}

function read(args: Arguments, budget: Budget): Url | undefined {
  const text = textAt(args, 0);
  budget.charge(textCost(text.length) * PARSE_COST);
  return parseUrl(text);
}

export const URLS: Library = [
  fn('url(string): url', (args, budget) => {
    const url = read(args, budget);
    if (url === undefined) throw new Failure('the text is not a URL with a scheme, or a path that begins with /');
    return url;
  }),
  fn('isURL(string): bool', (args, budget) => read(args, budget) !== undefined),
  method('url', 'getScheme(): string', (args) => urlAt(args).scheme),
  method('url', 'getHost(): string', (args) => urlAt(args).host),
  method('url', 'getHostname(): string', (args) => hostname(urlAt(args))),
  method('url', 'getPort(): string', (args) => port(urlAt(args))),
  method('url', 'getEscapedPath(): string', (args) => escapedPath(urlAt(args))),
  method('url', 'getQuery(): map<string, list<string>>', (args, budget) => queryOf(urlAt(args), budget)),
];
