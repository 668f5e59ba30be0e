// For steps of a test that must succeed: what the server said otherwise is the error.
import { stringField } from '../../../src/model/json.ts';
import type { KubeReply } from './kube-http.ts';

/**
 * Gives back a reply whose status is 2xx.
 *
 * @throws Error with the server's whole Status otherwise
 */
export async function expectOk(reply: KubeReply | Promise<KubeReply>): Promise<KubeReply> {
  const settled = await reply;
  const { status, body, text } = settled;
  if (status >= 200 && status < 300) return settled;
  throw new Error(`HTTP ${status}: ${stringField(body, 'message') ?? ''}\n${text}`);
}
