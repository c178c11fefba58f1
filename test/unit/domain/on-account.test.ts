import { describe, expect, test } from 'vitest';
import { AccountOwner, fresh, moved } from '../../../shared/domain/accounts/account.ts';
import type { CreditRequest } from '../../../shared/domain/commands.ts';
import { ledgerEntriesOf } from '../../../shared/domain/ledger.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { outstanding } from '../../../shared/domain/settlement.ts';
import { executeNumbered } from '../../../shared/use-cases/issue-number.ts';
import { settleReceipt } from '../../../shared/use-cases/receive-payment.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { type LinesWorld, linesWorld } from './order-lines-world.ts';

type Id = Parameters<LinesWorld['read']>[0];

/** Three of 500, on terms of up to 2000, delivered and not paid. */
async function delivered() {
  const world = linesWorld([['tea', 'dc-1', 3]], { capture: 'onPack' });
  const at = '2026-01-01T00:00:00.000Z';
  const orderOf = (id: Id) => world.read(id);
  const id = await world.place([{ sku: 'tea', quantity: 3, unitPrice: 500 }], '', { payments: [{ method: 'terms' }] });
  const name = {
    kind: 'terms' as const,
    owner: AccountOwner.parse(orderOf(id).customer.id),
    currency: Currency.parse(orderOf(id).currency),
  };
  const limit = moved(fresh(name, at), {
    kind: 'funded',
    from: 'OUTSIDE',
    to: 'AVAILABLE',
    amount: 2000,
    by: 'test',
    at,
  });
  if (!limit) throw new Error('no limit');
  await world.accounts.commit({ account: { before: undefined, after: limit.account } });
  expect(await world.run(id)).toBe('CONFIRMED');
  for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await world.verb(id, verb);
  const account = async () => {
    const { available, aside } = (await world.accounts.account(name)) ?? {};
    return { available, aside };
  };
  const settle = () => settlePayment(world.deps, id, world.meta('system'));
  const take = (amount: number, receipt: string) => {
    const [payment] = orderOf(id).payments;
    if (!payment) throw new Error('no payment');
    return settleReceipt(world.deps, orderOf(id), payment, { amount, receipt });
  };
  const record = async (amount: number, receipt: string) => {
    const taken = await take(amount, receipt);
    if ('declined' in taken) return taken.declined;
    const [payment] = orderOf(id).payments;
    if (!payment) throw new Error('no payment');
    return world.issue(id, 'agent', { type: 'receivePayment', paymentId: payment.id, receipt, ...taken });
  };
  const credit = (request: Partial<CreditRequest>) =>
    executeNumbered(
      world.deps,
      orderOf(id),
      'creditMemo',
      (issued, parties) => [
        { type: 'postCreditMemo', lines: [], charges: [], reason: 'return', ...request, issued, parties },
      ],
      world.meta('finance'),
    );
  return { world, id, account, settle, take, record, credit, order: () => orderOf(id) };
}

describe('on account: the goods leave before the money comes', () => {
  test('what is credited before the transfer does not free the limit for what is still owed; the transfer counts, then all is free', async () => {
    const { world, account, settle, record, credit, order } = await delivered();
    await credit({ lines: [{ lineId: 'line_1', quantity: 1 }] });
    await settle();
    expect(outstanding(order())).toBe(1000);
    expect(await account()).toEqual({ available: 500, aside: 1500 });
    expect(await record(1000, 'SEPA 1')).toMatchObject({ outcome: 'done' });
    await settle();
    expect(order().payments).toMatchObject([{ captured: 1000, voided: 500 }]);
    expect(await account()).toEqual({ available: 2000, aside: 0 });
    expect(world.audit()).toEqual([]);
  });

  test('a transfer is in the books at the bank, not with the card provider', async () => {
    const { world, id, record } = await delivered();
    await record(1500, 'SEPA 1');
    const postings = (world.log.get(id) ?? []).flatMap(ledgerEntriesOf).flatMap(({ lines }) => lines);
    expect(postings).toContainEqual({ account: 'BANK', debit: 1500, credit: 0 });
    expect(postings.filter(({ account }) => account === 'PSP_CLEARING')).toEqual([]);
  });

  test('a transfer that was taken and not written down: told again with another amount, what was taken counts', async () => {
    const { take } = await delivered();
    expect(await take(700, 'SEPA 1')).toMatchObject({ amount: 700 });
    expect(await take(900, 'SEPA 1')).toMatchObject({ amount: 700 });
  });

  test('a transfer that is not written down yet is not given back with the rest', async () => {
    const { world, account, settle, take, record, credit, order } = await delivered();
    await take(700, 'SEPA 1');
    await credit({ lines: [{ lineId: 'line_1', quantity: 3 }] });
    await expect(settle()).rejects.toMatchObject({ name: 'SettlementRefused' });
    expect(order().payments).toMatchObject([{ captured: 0, voided: 800 }]);
    expect(await record(700, 'SEPA 1')).toMatchObject({ outcome: 'done' });
    expect(order().payments).toMatchObject([{ captured: 700, voided: 800, authorized: 1500 }]);
    expect(await account()).toEqual({ available: 2000, aside: 0 });
    expect(world.audit()).toEqual([]);
  });

  test('no money of the order is handled here: nothing is received', async () => {
    const world = linesWorld([['tea', 'dc-1', 3]], { capture: 'none' });
    const payments = [{ method: 'cashOnDelivery' as const }];
    const id = await world.place([{ sku: 'tea', quantity: 3, unitPrice: 500 }], '', { payments });
    await world.run(id);
    const [payment] = world.read(id).payments;
    if (!payment) throw new Error('no payment');
    const receipt = { receipt: 'stop 3', providerReference: 'cod_1', amount: 1500 };
    expect(await world.issue(id, 'agent', { type: 'receivePayment', paymentId: payment.id, ...receipt })).toMatchObject(
      {
        rejection: { code: 'invalid_transition' },
      },
    );
  });
});
