// A program that answers each line it reads with one line, in order.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export class LineProgram {
  readonly #file: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers: Interface;
  readonly #waiting: { readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void }[] = [];
  #said = '';
  #ended: Error | undefined;

  constructor(file: string, args: readonly string[]) {
    this.#file = file;
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#answers = createInterface({ input: this.#child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    this.#answers.on('line', (line) => this.#waiting.shift()?.resolve(line));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    // Without this a program that ends early would end us, by the write that follows.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('close', (code) => this.#end(new Error(`${file} exited with ${code}: ${this.#said.trim()}`)));
  }

  /** Sends lines together and resolves with their answers. Another batch may be sent meanwhile. */
  ask(lines: readonly string[]): Promise<readonly string[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const answers = lines.map(() => new Promise<string>((resolve, reject) => this.#waiting.push({ resolve, reject })));
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''));
    return Promise.all(answers);
  }

  /** Ends it and resolves when it is gone. Throws where it ended with a fault. */
  async close(): Promise<void> {
    if (this.#ended) throw this.#ended;
    this.#child.stdin.end();
    await once(this.#child, 'close');
    const { exitCode } = this.#child;
    if (exitCode !== 0) throw new Error(`${this.#file} exited with ${exitCode}: ${this.#said.trim()}`);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
