import { system as systemActor } from '../../domain/actor.ts';
import { OrderId } from '../../domain/ids.ts';
import { type ExecuteDeps, execute } from '../execute.ts';
import type { OrderExceptions } from './reconcile-settlement.ts';

const meta = (id: string) => ({ actor: systemActor('settlement-files'), correlationId: id, causationId: id });

/** Exceptions on orders, as commands. An order that is gone has none. */
export const orderExceptions = (deps: ExecuteDeps): OrderExceptions => ({
  async open(orderId, exceptionId, cause) {
    await execute(
      deps,
      OrderId.parse(orderId),
      [
        {
          type: 'openException',
          id: exceptionId,
          category: 'PAYMENT',
          workflow: 'settlement-file',
          error: 'SettlementDiffers',
          cause,
          suggestedCommands: ['resolveDifference'],
        },
      ],
      meta(exceptionId),
    );
  },
  async resolve(orderId, exceptionId) {
    const command = { type: 'resolveException', exceptionId, retry: false } as const;
    await execute(deps, OrderId.parse(orderId), [command], meta(exceptionId));
  },
});
