import { BusMessage } from '../../../shared/events/bus-message.ts';
import { defineBatchSubscriber } from '../../../shared/runtime/batch-subscriber.ts';
import { postLedgerDeps } from '../../../shared/runtime/dependencies.ts';
import { log } from '../../../shared/runtime/log.ts';
import { postLedger } from '../../../shared/use-cases/ledger/post-ledger.ts';

const deps = postLedgerDeps();

export const handler = defineBatchSubscriber('post-ledger', BusMessage, async (records) => {
  const { posted, failed } = await postLedger(
    deps,
    records.map(({ body }) => body.detail),
  );
  log.info('ledger posted', { events: records.length, posted, failed: failed.size });
  const failures = records.filter(({ body }) => failed.has(body.detail.id));
  return new Map(failures.map(({ messageId, body }) => [messageId, failed.get(body.detail.id)]));
});
