// Alerts about the serving certificate.
import { METRICS } from '../../../src/observe/metrics/definitions.ts';
import { type Alert, ours, threshold } from '../alert.ts';

export const CERTIFICATE_ALERTS: readonly Alert[] = [
  {
    name: 'SandgateCertificateExpiring',
    severity: 'critical',
    expr: `min(${ours(METRICS.certificateExpiry.name)} > 0) - time() < ${threshold('certificateDays')} * 86400`,
    for: '15m',
    summary: 'The serving certificate of Sandgate expires in {{ $value | humanizeDuration }}',
    description:
      'Once it has expired the API server does not accept the answers of Sandgate any more, and failurePolicy decides over every pod. Whoever renews it should have done so by now.',
    todo: 'With cert-manager: `kubectl --namespace sandgate describe certificate sandgate`. With a Secret of your own: put a new certificate into it, no restart is needed. With `certificates.helm`: raise `certificates.helm.generation`. [Certificates](certificates.md).',
  },
  {
    name: 'SandgateCertificateNotReloaded',
    severity: 'warning',
    expr: `sum(increase(${ours(METRICS.certificateReloadFailures.name)}[1h])) > 0`,
    for: '0m',
    summary: 'Sandgate does not use its new certificate',
    description:
      'The files of the certificate changed and cannot be used. The former certificate is still served, until it expires.',
    todo: 'The log says `certificate not reloaded`, with the file and what is wrong with it: [certificates](certificates.md#what-the-log-says).',
  },
];
