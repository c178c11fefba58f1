import { describe, expect, test } from 'vitest';
import type { Command } from '../../../../shared/domain/commands.ts';
import { paymentId } from '../../../../shared/domain/ids.ts';
import { ledgerEntriesOf } from '../../../../shared/domain/ledger.ts';
import { endsBalanced, ledgerBalances, moneyIsBounded } from '../../../../shared/domain/money-invariants.ts';
import { settlement } from '../../../../shared/domain/settlement.ts';
import { paymentStatusOf } from '../../../../shared/domain/status.ts';
import { approve, placeCommand, reserveCommand, story } from '../orders.ts';

/** 100.00 taken ahead, nothing sent yet. */
function paidAhead() {
  const told = story();
  told.given(placeCommand([{ sku: 'tea', quantity: 10, unitPrice: 1000 }]));
  told.given(reserveCommand([1, 'dc-1', 10]));
  told.given(approve);
  told.given({ type: 'capture', paymentId: paymentId(1), amount: 100_00, providerReference: 'ch_1' });
  return told;
}
const back = (amount: number, chargebackId = 'dp_1'): Command => ({
  type: 'openChargeback',
  chargebackId,
  paymentId: paymentId(1),
  captureId: 'cap_1',
  amount,
  reason: 'stolen',
});
const closed = (outcome: 'WON' | 'LOST'): Command => ({ type: 'closeChargeback', chargebackId: 'dp_1', outcome });
const booked = (told: ReturnType<typeof story>, account: string) =>
  told.log
    .flatMap(ledgerEntriesOf)
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => sum + (line.account === account ? line.debit - line.credit : 0), 0);
const isSound = (told: ReturnType<typeof story>) =>
  expect([...moneyIsBounded(told.order), ...ledgerBalances(told.log), ...endsBalanced(told.order, told.log)]).toEqual(
    [],
  );

describe('a chargeback', () => {
  test('told twice is one; what has not left is held; the books say where the money is', () => {
    const told = paidAhead();
    told.given(back(40_00));
    told.given(back(40_00));
    expect(told.order.holds.map(({ handle, reason }) => `${handle} ${reason}`)).toEqual(['chargeback:dp_1 FRAUD']);
    expect(paymentStatusOf(told.order)).toBe('CHARGEBACK');
    expect([booked(told, 'CHARGEBACK'), booked(told, 'PSP_CLEARING')]).toEqual([40_00, 60_00]);
    isSound(told);
  });

  test('what the bank has taken back is not given back once more, in sum and by capture', () => {
    const told = paidAhead();
    told.given(back(40_00));
    told.given({ type: 'cancel', reason: 'asked' });
    expect(settlement(told.order).refunds).toEqual([{ paymentId: 'pay_1', captureId: 'cap_1', amount: 60_00 }]);
    const refund = { type: 'refund', paymentId: paymentId(1), captureId: 'cap_1', providerReference: 're_1' } as const;
    expect(told.issue({ ...refund, amount: 60_01 })?.code).toBe('amount_exceeds_capture');
    told.given({ ...refund, amount: 60_00 });
    expect(settlement(told.order).refunds).toEqual([]);
    isSound(told);
    told.given(closed('WON'));
    expect(settlement(told.order).refunds).toEqual([{ paymentId: 'pay_1', captureId: 'cap_1', amount: 40_00 }]);
    expect([booked(told, 'CHARGEBACK'), booked(told, 'PSP_CLEARING')]).toEqual([0, 40_00]);
  });

  test('never above what was captured and is still there', () => {
    const told = paidAhead();
    expect(told.issue(back(100_01))?.code).toBe('amount_exceeds_capture');
    told.given(back(60_00));
    expect(told.issue(back(40_01, 'dp_2'))?.code).toBe('amount_exceeds_capture');
    told.given(back(40_00, 'dp_2'));
    isSound(told);
    expect(told.issue({ ...back(1, 'dp_3'), paymentId: paymentId(2) } as Command)?.code).toBe('payment_not_found');
  });

  test('won: the hold goes; lost: it stays, and nothing turns it', () => {
    const won = paidAhead();
    won.given(back(40_00));
    won.given(closed('WON'));
    won.given(closed('WON'));
    expect([won.order.holds, paymentStatusOf(won.order)]).toEqual([[], 'PAID']);
    const lost = paidAhead();
    lost.given(back(40_00));
    lost.given(closed('LOST'));
    expect(lost.order.holds).toHaveLength(1);
    expect(lost.issue(closed('WON'))?.code).toBe('chargeback_closed');
    expect(paidAhead().issue(closed('WON'))?.code).toBe('chargeback_not_found');
    isSound(lost);
  });
});
