import { BusMessage } from '../../../shared/events/bus-message.ts';
import { SettlementId } from '../../../shared/ports/settlements.ts';
import { settlementDeps } from '../../../shared/runtime/dependencies.ts';
import { log } from '../../../shared/runtime/log.ts';
import { defineSubscriber } from '../../../shared/runtime/subscriber.ts';
import { reconcileSettlement } from '../../../shared/use-cases/ledger/reconcile-settlement.ts';

const deps = settlementDeps();

export const handler = defineSubscriber('reconcile-settlement', BusMessage, async ({ detail }) => {
  const settlementId = SettlementId.parse(detail.subject);
  log.info('settlement reconciled', { settlementId, state: await reconcileSettlement(deps, settlementId) });
});
