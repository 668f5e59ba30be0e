/*
A pod can have a token of its service account put into a volume, for any audience: also for the API server, whatever
automountServiceAccountToken says.

**Restricted Fields:**
spec.volumes[*].projected.sources[*].serviceAccountToken.audience
spec.volumes[*].projected.sources[*].serviceAccountToken.expirationSeconds

**Allowed Values:** the audiences and lifetimes of the policy's rows; the volume that the API server adds itself, where
automountServiceAccountToken is not false
*/

import type { PodView } from '../../kubernetes/containers.ts';
import { isApiTokenVolume } from '../../kubernetes/token-volume.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { compileGlob } from '../../model/glob.ts';
import { quoteVisible } from '../../model/text.ts';
import { append } from '../../pod-security/violations.ts';
import type { CheckRequest, RuleCheck } from '../check.ts';
import { mountsToken } from './automount.ts';
import { apiTokenVolume, tokenVolume } from './example-volumes.ts';
import type { ServiceAccountParameters } from './parameters.ts';
import { projectionsOf } from './projections.ts';

/** What the API server fills in. */
const DEFAULT_SECONDS = 3600;
/**
 * A request for just so many seconds is taken for one of the ServiceAccount plugin, and its token is valid for a year, as long
 * as it is for the API server. (pkg/serviceaccount/claims.go, WarnOnlyBoundTokenExpirationSeconds; whose audiences these
 * are cannot be seen in a pod.)
 */
const EXTENDED = 3607;
const YEAR = 365 * 24 * 60 * 60;

interface Row {
  readonly matches: (audience: string) => boolean;
  readonly most: number;
}

/** A check that pods project no token but for the audiences and lifetimes that the policy has rows for. */
export const projectedTokens: RuleCheck<ServiceAccountParameters> = {
  id: 'projectedTokens',
  title: 'Tokens in volumes must be for an allowed audience, and not valid for longer than is allowed.',
  fix: 'take the token out of the volume, or give it an audience and expirationSeconds that the policy allows',
  platform: 'any',
  compile({ tokens }) {
    if (tokens === undefined) return undefined;
    const rows = tokens.map(
      ({ audience, maxExpirationSeconds: most = Number.POSITIVE_INFINITY }): Row => ({
        matches: audience === '' ? (text) => text === '' : notEmpty(compileGlob(audience)),
        most,
      }),
    );
    const allowed =
      tokens.length === 0 ? 'none' : [...new Set(tokens.map(({ audience }) => forWhom(audience)))].join(', ');
    return (pod, request) => findTokens(pod, request, rows, `allowed: ${allowed}`);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'a token for the audience of a row, no longer than it says',
        parameters: { tokens: [{ audience: 'kagent', maxExpirationSeconds: 3600 }] },
        pod: { spec: { volumes: [tokenVolume('t', { audience: 'kagent', expirationSeconds: 3600 })] } },
      },
      {
        name: 'the lifetime that the API server fills in',
        parameters: { tokens: [{ audience: 'https://*.example/**', maxExpirationSeconds: 3600 }] },
        pod: { spec: { volumes: [tokenVolume('t', { audience: 'https://vault.example/v1' })] } },
      },
      {
        name: 'the volume that the API server adds, where nobody forbids it',
        parameters: { tokens: [] },
        pod: { spec: { volumes: [apiTokenVolume('kube-api-access-x7k2p')] } },
      },
      {
        name: 'a token for the API server, where a row says so',
        parameters: { tokens: [{ audience: '' }] },
        pod: { spec: { volumes: [tokenVolume('t', { audience: '' })] } },
      },
    ],
    fail: [
      {
        name: 'another audience, and one that is not given',
        parameters: { tokens: [{ audience: 'kagent' }] },
        pod: {
          spec: {
            volumes: [{ name: 'v', emptyDir: {} }, tokenVolume('a', { audience: 'vault' }), tokenVolume('b', {})],
          },
        },
        says: 'projected token (volume "a" has a token for "vault", volume "b" has a token for the API server, allowed: "kagent")',
        paths: [
          'spec.volumes[1].projected.sources[0].serviceAccountToken.audience',
          'spec.volumes[2].projected.sources[0].serviceAccountToken.audience',
        ],
        values: ['vault', undefined],
      },
      {
        name: 'a token that is valid for too long',
        parameters: { tokens: [{ audience: 'kagent', maxExpirationSeconds: 7200 }] },
        pod: { spec: { volumes: [tokenVolume('a', { audience: 'kagent', expirationSeconds: 86400 })] } },
        says: 'projected token (volume "a" has a token for "kagent" that is valid for 86400 seconds, allowed: 7200 seconds)',
        paths: ['spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds'],
        values: [86400],
      },
      {
        name: 'the one lifetime that the API server makes a year',
        parameters: { tokens: [{ audience: '', maxExpirationSeconds: 7200 }] },
        pod: { spec: { volumes: [tokenVolume('a', { expirationSeconds: 3607 })] } },
        says: 'projected token (volume "a" has a token for the API server that is valid for 31536000 seconds, since the API server extends 3607 to a year, allowed: 7200 seconds)',
        paths: ['spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds'],
        values: [3607],
      },
      {
        name: 'a copy of the volume that the API server adds, in a pod that is to have no token',
        parameters: { tokens: [] },
        pod: {
          spec: { automountServiceAccountToken: false, volumes: [apiTokenVolume('kube-api-access-x7k2p')] },
        },
        says: 'projected token (volume "kube-api-access-x7k2p" has a token for the API server, allowed: none)',
        paths: ['spec.volumes[0].projected.sources[0].serviceAccountToken.audience'],
        values: [undefined],
      },
    ],
  },
};

function notEmpty(matches: (text: string) => boolean): (text: string) => boolean {
  return (text) => text !== '' && matches(text);
}

function findTokens(
  pod: PodView,
  request: CheckRequest,
  rows: readonly Row[],
  allowed: string,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const { volume, source, path } of projectionsOf(pod)) {
    const token = source.serviceAccountToken;
    if (!token || (mountsToken(pod, request) && isApiTokenVolume(volume))) continue;
    const audience = token.audience ?? '';
    const ofVolume = { volume: volume.name ?? '' };
    const at = `${path}.serviceAccountToken`;
    const matching = rows.filter(({ matches }) => matches(audience));
    if (matching.length === 0) {
      const kind = `a token for ${forWhom(audience)}`;
      found = append(found, { path: `${at}.audience`, ...ofVolume, value: token.audience, kind, allowed });
      continue;
    }
    const stated = token.expirationSeconds ?? DEFAULT_SECONDS;
    const seconds = stated === EXTENDED ? YEAR : stated;
    const most = matching.reduce((highest, row) => Math.max(highest, row.most), 0);
    if (seconds <= most) continue;
    const why = stated === EXTENDED ? `, since the API server extends ${EXTENDED} to a year` : '';
    found = append(found, {
      path: `${at}.expirationSeconds`,
      ...ofVolume,
      value: token.expirationSeconds,
      kind: `a token for ${forWhom(audience)} that is valid for ${seconds} seconds${why}`,
      allowed: `allowed: ${most} seconds`,
    });
  }
  return found;
}

function forWhom(audience: string): string {
  return audience === '' ? 'the API server' : quoteVisible(audience);
}

/** What is allowed is said once for all volumes that are held against the same. */
function describe(violations: readonly Violation[]): Sentence {
  const parts = violations.flatMap(({ volume, kind, allowed }, index) => {
    const has = `volume "${volume ?? ''}" has ${kind ?? ''}`;
    return violations[index + 1]?.allowed === allowed ? [has] : [has, allowed ?? ''];
  });
  return { reason: 'projected token', detail: parts.join(', ') };
}
