import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { paths } from './paths.ts';

/** What one synthesis is asked for, as a message between processes. */
export interface SynthesisRequest {
  /** Directory of the assembly, absolute. */
  outdir: string;
  context: Record<string, string>;
}

/**
 * Synthesizes in a process of its own: aws-cdk-lib would stay in this one's memory. Who wants several assemblies asks one synthesizer for all of
 * them: loading the library and starting the engine that checks the templates is nine tenths of the first synthesis. The largest goes first:
 * for a type of resource that it has not seen the engine is started anew.
 */
export class Synthesizer {
  #child: ChildProcess | undefined;
  #output = '';
  #last: Promise<unknown> = Promise.resolve();

  /** One after the other. @throws Error with the output of the synthesis if it fails */
  synthesize(request: SynthesisRequest): Promise<void> {
    const done = this.#last.then(() => this.#ask(request));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Ends the process; the next request starts another. */
  stop(): void {
    if (this.#child?.connected) this.#child.disconnect();
    this.#child = undefined;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #ask(request: SynthesisRequest): Promise<void> {
    const child = this.#child ?? this.#start();
    this.#output = '';
    return new Promise((resolve, reject) => {
      const settle = (failure?: Error) => {
        child.removeListener('message', made).removeListener('error', settle).removeListener('close', ended);
        if (failure) reject(failure);
        else resolve();
      };
      const made = () => settle();
      // A synthesis that fails ends its process: only then is all there that it had to say.
      const ended = () => settle(new Error(`The synthesis failed:\n${this.#output.trim()}`));
      child.on('message', made).on('error', settle).on('close', ended);
      child.send(request);
    });
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, [join(paths.root, 'infra/app.ts')], {
      cwd: paths.root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    child.on('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
    return child;
  }
}
