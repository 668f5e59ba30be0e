// SARIF 2.1.0, as code scanning services and editors read it: one result for each field that violates a check.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Place } from '../manifests/source.ts';
import { type Action, type FieldRef, type Finding, phrase } from '../model/finding.ts';
import { VERSION } from '../model/version.ts';
import { Fingerprints } from './code-scanning/fingerprint.ts';
import { rulesFor } from './code-scanning/rules.ts';
import { shownValue } from './shapes/finding-value.ts';
import type { Format, JudgedOptions } from './shapes/format.ts';
import { asciiControls } from './shapes/json-text.ts';
import { isNotable, type Result, titleOf } from './shapes/result.ts';
import { shownFindings, whyWords } from './terminal/finding-lines.ts';
import { warningsOf } from './terminal/words.ts';

export const sarif: Format = {
  name: 'sarif',
  judged: (results, _, options = {}) => asciiControls(`${JSON.stringify(log(results, options), null, 2)}\n`),
};

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS: Readonly<Record<Action, string>> = { Deny: 'error', Warn: 'warning', Audit: 'note' };

function log(all: readonly Result[], { quiet = false, unread = [] }: JudgedOptions): object {
  const results = quiet ? all.filter(isNotable) : all;
  const { rules, indexOf } = rulesFor(results.flatMap(({ findings }) => findings));
  const fingerprints = new Fingerprints();
  return {
    version: '2.1.0',
    $schema: SCHEMA,
    runs: [
      {
        tool: { driver: { name: 'sandgate', semanticVersion: VERSION, rules } },
        invocations: [
          {
            // True unless something was not looked at: a refusal is what the tool is for.
            executionSuccessful: unread.length === 0,
            toolExecutionNotifications: [
              ...unread.map(({ message, place }) => notification('error', message, place)),
              ...results.flatMap((result) =>
                warningsOf(result).map((text) =>
                  notification('warning', `${titleOf(result.object)}: ${text}`, result.placeOf('')),
                ),
              ),
            ],
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: results.flatMap((result) =>
          shownFindings(result.findings).flatMap((finding) =>
            finding.fields.map((field) => resultOf(result, finding, field, indexOf(finding.check), fingerprints)),
          ),
        ),
      },
    ],
  };
}

function resultOf(
  result: Result,
  finding: Finding,
  field: FieldRef,
  ruleIndex: number | undefined,
  fingerprints: Fingerprints,
): object {
  const { check, action, fix, policy, excepted } = finding;
  const { path, container } = field;
  const value = shownValue(field);
  const fingerprint = fingerprints.of(result, finding, field);
  const title = titleOf(result.object);
  const sentences = [`${title}: ${path}: ${phrase(finding)}`, whyWords(finding), fix === '' ? '' : `To fix: ${fix}`];
  return {
    ruleId: check,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: LEVELS[action],
    message: { text: plain(sentences.filter((sentence) => sentence !== '').join('. ')) },
    locations: [
      {
        ...locationOf(result.placeOf(path)),
        logicalLocations: [{ name: path, fullyQualifiedName: `${title}: ${path}`, kind: 'member' }],
      },
    ],
    // GitHub reads the first name alone; others are for whoever compares logs.
    partialFingerprints: { primaryLocationLineHash: fingerprint, 'sandgate/v1': fingerprint },
    ...(excepted !== undefined && { suppressions: [{ kind: 'external', justification: excepted.inWords }] }),
    properties: {
      policy,
      ...(container !== undefined && { container }),
      ...(value !== undefined && { value }),
      ...(fix !== '' && { fix }),
      ...(result.deniedAt && { deniedAt: result.deniedAt }),
    },
  };
}

function notification(level: 'error' | 'warning', text: string, place: Place | undefined): object {
  return { level, message: { text: plain(text) }, ...(place && { locations: [locationOf(place)] }) };
}

/** Text from manifests must not become a link: viewers make one of `[words](address)` (section 3.11.6 of the standard). */
function plain(text: string): string {
  return text.replaceAll('](', '] (');
}

/** Lines and columns count from 1, as in SARIF. What concerns a whole file is at its beginning: GitHub wants a line. */
function locationOf({ file, line, column }: Place): { readonly physicalLocation: object } {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: Math.max(line, 1), startColumn: Math.max(column, 1) },
    },
  };
}

/** Relative to the folder of the run, which in a CI job is the repository; standard input has no better name than its own. */
function uriOf(file: string): string {
  if (file === '-') return 'stdin';
  if (isAbsolute(file)) return pathToFileURL(file).href;
  const parts = file.replaceAll('\\', '/').split('/');
  return parts
    .filter((part) => part !== '.' && part !== '')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
}
