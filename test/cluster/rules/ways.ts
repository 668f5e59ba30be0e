// The ways by which a pod, or what makes pods, comes to the API server.

export const POD_WAYS = ['Pod', 'applied Pod'] as const;
/** Those by which a Sandbox that is stored is changed. */
export const PATCH_WAYS = ['merge patch', 'JSON patch', 'applied Sandbox'] as const;
/** Those whose pod template the API server knows nothing of. */
export const SANDBOX_WAYS = ['Sandbox', 'SandboxTemplate', ...PATCH_WAYS] as const;
export const CONTROLLERS = ['Deployment', 'Job', 'CronJob'] as const;
export const CONTROLLER_WAYS = [...CONTROLLERS, 'patched Deployment'] as const;
/** Those that can change a pod that is stored. */
export const RUNNING_WAYS = ['update', 'ephemeral container', 'resize', 'status', 'binding'] as const;

/** Only of what stands around the template, which cannot be changed in a Job. */
export const JOB_PATCH = 'patched Job';

/** Those by which the API server reads a pod as one, and refuses itself what no pod can be. */
export const TYPED_WAYS = [...POD_WAYS, ...CONTROLLER_WAYS, ...RUNNING_WAYS] as const;
/** Those in which a pod, or what makes it, is stored. */
export const TEMPLATE_WAYS = [...POD_WAYS, ...SANDBOX_WAYS, ...CONTROLLER_WAYS] as const;

export type Controller = (typeof CONTROLLERS)[number];
export type TemplateWay = (typeof TEMPLATE_WAYS)[number] | typeof JOB_PATCH;
export type RunningWay = (typeof RUNNING_WAYS)[number];
export type Way = TemplateWay | RunningWay;

export function isController(way: Way): boolean {
  return way === JOB_PATCH || CONTROLLER_WAYS.some((one) => one === way);
}
