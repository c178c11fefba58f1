import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiAnswer, ApiClient } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

/** Lets time pass for requests that wait, as those do that met a conflict. */
export class PatientClient extends ApiClient {
  readonly #clock: FakeClock;

  constructor(url: string, keys: ConstructorParameters<typeof ApiClient>[1], clock: FakeClock) {
    super(url, keys);
    this.#clock = clock;
  }

  override async call<T = Record<string, unknown>>(...request: Parameters<ApiClient['call']>): Promise<ApiAnswer<T>> {
    const answer = super.call<T>(...request);
    const done = answer.then(
      () => true,
      () => true,
    );
    // Real time: nothing that is working takes this long.
    while (!(await Promise.race([done, sleep(1000, false)]))) await this.#clock.advance(100);
    return answer;
  }
}
