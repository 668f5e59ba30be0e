// Every check whose findings Sandgate can report, with what there is to know of it: for documentation, and for reports that
// carry the rules beside the results.
import {
  CAPABILITIES_ANNOTATION,
  FILLED_IN_CHECK,
  GRANTS_CHECK,
  NAMESPACE_CHECK,
  SHAPE_CHECK,
} from '../model/names.ts';
import { POD_SECURITY_CHECKS } from '../pod-security/checks/index.ts';
import { RULES } from '../rules/index.ts';

/** What there is to know of a check without the parameters of a policy. */
export interface CheckSummary {
  readonly id: string;
  /** What it asks, in whole sentences, as Markdown. */
  readonly title: string;
  /** How a user fixes a violation, as an instruction without a full stop; empty where each finding says it for itself. */
  readonly fix: string;
  /** The level of the Pod Security Standards that it belongs to, the key of a policy's spec, or `engine` for those beside. */
  readonly origin: string;
}

/** The checks that belong to no rule, in the order in which docs/checks.md has them. */
export const ENGINE_CHECKS: readonly CheckSummary[] = [
  {
    id: FILLED_IN_CHECK,
    title:
      'What the policy fills in is there in the final object. The mutating webhook fails open, so a missed fill-in is refused here.',
  },
  {
    id: GRANTS_CHECK,
    title: `What a workload asks for with \`${CAPABILITIES_ANNOTATION}\` can be granted, is there exactly as its class has it, and is used by
nobody else. See [capability classes](capability-classes.md).`,
  },
  {
    id: SHAPE_CHECK,
    title:
      'The fields Sandgate reads have the types Kubernetes gives them. Not part of any policy; cannot be overridden.',
  },
  {
    id: NAMESPACE_CHECK,
    title:
      'The labels of the namespace are known where a policy depends on them. Not part of any policy; cannot be overridden.',
  },
].map((check) => ({ ...check, fix: '', origin: 'engine' }));

/** Every check, in the order of docs/checks.md. */
export const ALL_CHECKS: readonly CheckSummary[] = [
  ...POD_SECURITY_CHECKS.map(({ id, title, fix, level }) => ({ id, title, fix, origin: level })),
  ...RULES.flatMap(({ key, checks }) => checks.map(({ id, title, fix }) => ({ id, title, fix, origin: key }))),
  ...ENGINE_CHECKS,
];
