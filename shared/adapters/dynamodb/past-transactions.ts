import type { System } from '../../ports/system.ts';

/** Transactions last milliseconds: who has met this many, one after the other, meets a fault. */
const MOST_ATTEMPTS = 50;
/** Milliseconds, at the most. */
const PAUSE = 50;

/** A write of a single item is refused while a transaction is at it: again, after a pause. */
export async function pastTransactions<T>(
  system: Pick<System, 'sleep' | 'random'>,
  write: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const isConflict = (error as Error).name === 'TransactionConflictException';
      if (!isConflict || attempt === MOST_ATTEMPTS) throw error;
      await system.sleep(system.random() * PAUSE);
    }
  }
}
