// Where things stand in the pods of attempts.

/** Where the daemon of class docker stands. */
export const DAEMON = ['spec', 'initContainers', 'docker-daemon'] as const;
/** Where containers of the workload itself stand. */
export const SETUP = ['spec', 'initContainers', 'setup'] as const;
export const APP = ['spec', 'containers', 'app'] as const;
export const SIDE = ['spec', 'containers', 'side'] as const;
export const ANNOTATIONS = ['metadata', 'annotations'] as const;
export const ASKS = 'sandgate.dev/capabilities';
