// JUnit XML, as Jenkins, GitLab and most other CI systems show it: a suite for each file, a test case for each object.
//
// There is no standard. This is what the schema of Jenkins's xunit plugin takes (junit-10.xsd), the strictest that is in use:
// properties belong to suites alone there, and test cases have no `file`. GitLab reads `failure`, `error`, `skipped` and
// `system-out` of a case, and of cases with the same name and class name only the first.
import type { Format, JudgedOptions } from './shapes/format.ts';
import { isNotable, type Result, titleOf } from './shapes/result.ts';
import type { SuiteResult } from './shapes/suite-result.ts';
import type { Unread } from './shapes/unread.ts';
import { findingLines } from './terminal/finding-lines.ts';
import { styleFor } from './terminal/style.ts';
import { skipWords, warningsOf } from './terminal/words.ts';
import { type XmlElement, xmlDocument } from './xml/element.ts';

export const junit: Format = {
  name: 'junit',
  judged: (results, _, options = {}) =>
    xmlDocument(suites(`sandgate ${options.command ?? 'check'}`, judgedSuites(results, options))),
  tested: (tested) => xmlDocument(suites('sandgate test', tested.suites.map(testedSuite))),
};

const PLAIN = styleFor(false);

/** A suite with what its cases come to, which every suite and all of them together have as attributes. */
interface CountedSuite {
  readonly element: XmlElement;
  readonly counts: Counts;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suites(name: string, counted: readonly CountedSuite[]): XmlElement {
  const sum = (key: keyof Counts): number => counted.reduce((total, { counts }) => total + counts[key], 0);
  return {
    name: 'testsuites',
    attributes: { name, tests: sum('tests'), failures: sum('failures'), errors: sum('errors') },
    children: counted.map(({ element }) => element),
  };
}

function suite(name: string, file: string, cases: readonly XmlElement[], properties: readonly XmlElement[]) {
  const having = (child: string): number =>
    cases.filter(({ children = [] }) => children.some((one) => typeof one !== 'string' && one.name === child)).length;
  const counts: Counts = {
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  };
  const list: XmlElement[] = properties.length > 0 ? [{ name: 'properties', children: properties }] : [];
  return {
    element: { name: 'testsuite', attributes: { name, ...counts, file }, children: [...list, ...cases] },
    counts,
  };
}

function judgedSuites(results: readonly Result[], { quiet = false, unread = [] }: JudgedOptions): CountedSuite[] {
  const shown = quiet ? results.filter(isNotable) : results;
  const byFile = new Map<string, { readonly results: Result[]; readonly unread: Unread[] }>();
  const of = (file: string) => byFile.get(file) ?? { results: [], unread: [] };
  for (const result of shown) {
    const known = of(result.source.file);
    known.results.push(result);
    byFile.set(result.source.file, known);
  }
  for (const problem of unread) {
    const file = problem.place?.file ?? 'input';
    const known = of(file);
    known.unread.push(problem);
    byFile.set(file, known);
  }
  return [...byFile].map(([file, { results: inFile, unread: problems }]) => {
    const names = uniqueNames(inFile);
    const cases = inFile.map((result, index) => judgedCase(result, names[index] ?? '', file));
    const properties = inFile.flatMap((result, index) =>
      warningsOf(result).map((value) => ({ name: 'property', attributes: { name: names[index] ?? '', value } })),
    );
    const errors = problems.map((problem) => unreadCase(problem, file));
    return suite(file, file, [...cases, ...errors], properties);
  });
}

/** The titles of objects; with their lines where several in a file have the same one. */
function uniqueNames(results: readonly Result[]): readonly string[] {
  const titles = results.map(({ object }) => titleOf(object));
  const counts = Map.groupBy(titles, (title) => title);
  return results.map(({ source: { line } }, index) => {
    const title = titles[index] ?? '';
    return (counts.get(title)?.length ?? 0) > 1 ? `${title} (line ${line})` : title;
  });
}

function judgedCase(result: Result, name: string, classname: string): XmlElement {
  const children: XmlElement[] = [];
  const lines = findingLines(result, PLAIN);
  if (result.verdict === 'skipped') children.push({ name: 'skipped', attributes: { message: skipWords(result) } });
  if (result.verdict === 'denied') {
    const denied = result.findings.filter(({ action }) => action === 'Deny').map(({ check }) => check);
    const message = `${result.deniedAt === 'pod' ? 'its pods would be refused' : 'denied'}: ${[...new Set(denied)].join(', ')}`;
    children.push({ name: 'failure', attributes: { type: 'denied', message }, children: lines });
  }
  const said = [...(result.verdict === 'denied' ? [] : lines), ...warningsOf(result).map((text) => `  warn   ${text}`)];
  if (said.length > 0) children.push({ name: 'system-out', children: said });
  return { name: 'testcase', attributes: { name, classname }, children };
}

function unreadCase({ message, place }: Unread, classname: string): XmlElement {
  const name = place && place.line > 0 ? `can be read (line ${place.line}, column ${place.column})` : 'can be read';
  return {
    name: 'testcase',
    attributes: { name, classname },
    children: [{ name: 'error', attributes: { type: 'unreadable', message } }],
  };
}

function testedSuite({ name, file, cases }: SuiteResult): CountedSuite {
  const elements = cases.map(({ name: caseName, differences }): XmlElement => {
    const [first] = differences;
    const lines = differences.flatMap((text) => text.split('\n'));
    const failure: XmlElement = {
      name: 'failure',
      attributes: { type: 'difference', message: first?.split('\n')[0] },
      children: lines,
    };
    const attributes = { name: caseName, classname: file };
    return { name: 'testcase', attributes, children: first === undefined ? [] : [failure] };
  });
  return suite(name, file, elements, []);
}
