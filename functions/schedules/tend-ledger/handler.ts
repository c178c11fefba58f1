import { closeDaysDeps } from '../../../shared/runtime/dependencies.ts';
import { log } from '../../../shared/runtime/log.ts';
import { closeDays } from '../../../shared/use-cases/ledger/close-days.ts';

const deps = closeDaysDeps();

/** Every hour. */
export async function handler(): Promise<void> {
  log.info('ledger tended', { daysClosed: await closeDays(deps) });
}
