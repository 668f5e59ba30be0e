// A connection into a running pod, which a CONNECT request asks for: kubectl exec, attach, port-forward, and the API server's proxy.

/** The subresources of pods that are connections. */
export const CONNECTIONS = ['exec', 'attach', 'portforward', 'proxy'] as const;
export type ConnectionKind = (typeof CONNECTIONS)[number];

/** What a request asks to connect to. */
export interface Connection {
  readonly kind: ConnectionKind;
  /**
   * Of an exec and an attach. Undefined where the request names none, and the pod has not exactly one: the API server refuses such
   * a request.
   */
  readonly container: string | undefined;
  /** The class that has a container of this name. */
  readonly ofClass: string | undefined;
  /** Of an exec: the program and its arguments. */
  readonly command: readonly string[];
}
