import { afterEach, describe, expect, test } from 'vitest';
import { oneSeller } from '../../../shared/adapters/memory/sellers.ts';
import { oneProvider } from '../../../shared/adapters/payment-providers.ts';
import { memorySandboxBook } from '../../../shared/adapters/sandbox/book.ts';
import { sandboxPayments } from '../../../shared/adapters/sandbox/payment.ts';
import { defaultLegalEntity } from '../../../shared/domain/default-legal-entity.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { deliverDigital } from '../../../shared/use-cases/deliver-digital.ts';
import { type CommandMeta, execute } from '../../../shared/use-cases/execute.ts';
import { executeNumbered } from '../../../shared/use-cases/issue-number.ts';
import { faultyStore, seeded } from '../../model/world.ts';
import { placeCommand } from '../../unit/domain/orders.ts';
import { dynamoStores, memoryStores, type Stores } from './stores-for-tests.ts';

const meta: CommandMeta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' };
const ids = Array.from({ length: 50 }, (_, n) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`));
const passing = ['StoreCrash', 'StoreContention'];

describe.each([
  ['in memory', memoryStores],
  ['on DynamoDB', dynamoStores],
] as const)('numbers of documents %s', (_, open) => {
  let stores: Stores;
  afterEach(() => stores.stop());

  test('50 invoices posted at once, then credit memos, with crashes before and after the commit: each has one number, and none is missing', async () => {
    stores = await open([]);
    const random = seeded(20_261_122);
    const deps = {
      orders: stores.orders,
      system: stores.system,
      policy: defaultPolicy,
      payments: oneProvider(sandboxPayments(memorySandboxBook())),
      sellers: oneSeller({ ...defaultLegalEntity, timeZone: 'Pacific/Auckland' }),
    };
    const prepared = ids.map(async (id, n) => {
      const code = { sku: 'code', quantity: 2, unitPrice: 333, kind: 'digital' as const };
      const place = { ...placeCommand([code], { externalId: `web-${n}` }), orderId: id };
      await execute(deps, id, [place], meta);
      await authorizePayment(deps, id, meta);
      await execute(deps, id, [{ type: 'confirm' }, { type: 'release' }], meta);
    });
    await Promise.all(prepared);
    const faults = { versionConflict: 0, contention: 0, crashBefore: 0.05, crashAfter: 0.05 };
    const shaky = { ...deps, orders: faultyStore(stores.orders, random, faults) };
    const posted = async (id: OrderId): Promise<void> => {
      for (;;) {
        try {
          await deliverDigital(shaky, id, meta);
          return;
        } catch (error) {
          if (!passing.includes((error as Error).name)) throw error;
        }
      }
    };
    await Promise.all(ids.map(posted));
    const credited = async (id: OrderId): Promise<void> => {
      for (;;) {
        const order = await stores.orders.load(id);
        // It was posted, and the answer was lost.
        if (!order || order.creditMemos.length > 0) return;
        try {
          await executeNumbered(
            shaky,
            order,
            'creditMemo',
            (issued, parties) => [
              { type: 'postCreditMemo', lines: [], charges: [], goodwill: 1, reason: 'goodwill', issued, parties },
            ],
            meta,
          );
        } catch (error) {
          if (!passing.includes((error as Error).name)) throw error;
        }
      }
    };
    // Seconds on DynamoDB, where the code is the same: in the long run.
    const some = open === memoryStores || process.env.BATUTA_TEST_LONG === '1' ? ids : ids.slice(0, 10);
    await Promise.all(some.map(credited));

    const orders = await Promise.all(ids.map((id) => stores.orders.load(id)));
    const year = new Date(stores.system.now() + 13 * 3_600_000).getUTCFullYear();
    expect(orders.flatMap((order) => order?.invoices.map(({ number }) => number) ?? []).sort()).toEqual(
      ids.map((_, n) => `INV-${year}-${String(n + 1).padStart(6, '0')}`),
    );
    expect(orders.flatMap((order) => order?.creditMemos.map(({ number }) => number) ?? []).sort()).toEqual(
      some.map((_, n) => `CN-${year}-${String(n + 1).padStart(6, '0')}`),
    );
    for (const [n, order] of orders.entries()) {
      expect(order && auditOrder(order, await stores.orders.events(ids[n] ?? order.id))).toEqual([]);
    }
  }, 60_000);
});
