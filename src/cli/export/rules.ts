// The checks of other rules that CEL can hold: those that look at fields of the pod alone.
import { isGlob } from '../../model/glob.ts';
import type { RuleParameters } from '../../rules/index.ts';
import { eachContainer, literal, type Term, unless } from './term.ts';

/** A check in CEL. */
export interface RuleTerm {
  readonly check: string;
  readonly term: Term;
}

/** A pod that runs on Windows, as rules see it: by `os`, or by its node selector. */
const runsOnWindows = (pod: string): string =>
  `${pod}.spec.?os.?name.orValue(${pod}.spec.?nodeSelector[?'kubernetes.io/os'].orValue('')) == 'windows'`;

const REQUIRED: Readonly<Record<string, RuleTerm>> = {
  allowPrivilegeEscalation: {
    check: 'requiredAllowPrivilegeEscalation',
    term: unless(
      runsOnWindows,
      eachContainer(() => '!c.?securityContext.?allowPrivilegeEscalation.orValue(true)'),
    ),
  },
  capabilities: {
    check: 'requiredCapabilities',
    term: unless(
      runsOnWindows,
      eachContainer(() => "c.?securityContext.?capabilities.?drop.orValue([]).exists(d, d == 'ALL')"),
    ),
  },
  readOnlyRootFilesystem: {
    check: 'requiredReadOnlyRootFilesystem',
    term: unless(
      runsOnWindows,
      eachContainer(() => 'c.?securityContext.?readOnlyRootFilesystem.orValue(false)'),
    ),
  },
  hostUsers: {
    check: 'requiredHostUsers',
    term: unless(runsOnWindows, (pod) => `!${pod}.spec.?hostUsers.orValue(true)`),
  },
};

/** The checks that CEL can hold of what a policy asks beside the Standards and its own validations. */
export function ruleTerms(spec: RuleParameters): readonly RuleTerm[] {
  const terms: RuleTerm[] = (spec.require ?? []).flatMap((field) => REQUIRED[field] ?? []);
  const types = spec.volumes?.allowedTypes;
  // The API server's own volume with a token is projected, and allowed as such; it is not told from others here.
  if (types) {
    const allowed = [...new Set([...types, 'projected'])].map((type) => `has(v.${type})`);
    terms.push({
      check: 'volumeTypes',
      term: (pod) => `${pod}.spec.?volumes.orValue([]).all(v, ${allowed.join(' || ')})`,
    });
  }
  const prefixes = spec.images?.allowed?.map(prefixOf);
  if (prefixes?.every((prefix) => prefix !== undefined)) {
    const isAllowed = (image: string): string =>
      prefixes.map((prefix) => `${image}.lowerAscii().startsWith(${literal(prefix)})`).join(' || ') || 'false';
    terms.push({
      check: 'allowedImages',
      term: (pod) =>
        `${eachContainer(() => `!has(c.image) || ${isAllowed('c.image')}`)(pod)} && ${pod}.spec.?volumes.orValue([]).all(v, !has(v.image) || !has(v.image.reference) || ${isAllowed('v.image.reference')})`,
    });
  }
  const classes = spec.runtime?.allowed;
  if (classes?.every((name) => !isGlob(name))) {
    const names = classes.map((name) => (name === 'none' ? '' : name));
    terms.push({
      check: 'allowedRuntimes',
      term: (pod) => `${pod}.spec.?runtimeClassName.orValue('') in ${literal(names)}`,
    });
  }
  const { automountToken, requiredAutomountToken } = spec.serviceAccount ?? {};
  if ((automountToken ?? requiredAutomountToken) === false) {
    terms.push({ check: 'automountToken', term: (pod) => `!${pod}.spec.?automountServiceAccountToken.orValue(true)` });
  }
  return terms;
}

/** What the name of every image begins with that a pattern is for; undefined where Docker's defaults, or stars, stand in the way. */
function prefixOf(pattern: string): string | undefined {
  const [, host = '', path = ''] = /^([^/*?]+)\/(.+)$/.exec(pattern) ?? [];
  const named = path === '**' ? '' : path.endsWith('/**') ? path.slice(0, -2) : undefined;
  if (named === undefined || isGlob(named) || !/[.:]/.test(host) || /(^|\.)docker\.io$/.test(host)) return undefined;
  return `${host}/${named}`;
}
