import { on } from 'node:events';
import type { BuildOptions } from './build-app.ts';

/** A request, with the way to say that it is done. */
export interface AskedSynthesis extends BuildOptions {
  answer(): void;
}

/** What this process is to synthesize: once what the command line wants, or what its parent asks for until it hangs up. */
export async function* synthesisRequests(): AsyncGenerator<AskedSynthesis> {
  if (!process.send) {
    yield { answer: () => undefined };
    return;
  }
  const hungUp = new AbortController();
  process.once('disconnect', () => hungUp.abort());
  try {
    for await (const [options] of on(process, 'message', { signal: hungUp.signal })) {
      yield { ...(options as BuildOptions), answer: () => process.send?.('made') };
    }
  } catch (error) {
    if (!hungUp.signal.aborted) throw error;
  } finally {
    if (process.connected) process.disconnect();
  }
}
