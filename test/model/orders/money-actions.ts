import fc from 'fast-check';
import { PaymentMethod } from '../../../shared/domain/payment-method.ts';

/** What is done about the money of orders. `pick` chooses among the orders that it can be done to, or among what it can be done with. */
export type MoneyAction =
  | {
      do: 'credit';
      pick: number;
      what: (typeof creditable)[number];
      /** Percent of it. */
      part: number;
      /** Percent of the whole, kept back. */
      fee: number;
      by: 'agent' | 'finance';
      isForced: boolean;
      toStoreCredit: boolean;
    }
  | { do: 'refundByHand'; pick: number; part: number }
  | { do: 'askForCapture'; pick: number; part: number }
  | { do: 'receipt'; pick: number; part: number; receipt: number }
  | { do: 'payAgain'; pick: number; by: PaymentMethod };

export const creditable = ['all', 'units', 'units', 'amount', 'charge', 'goodwill'] as const;

/** Cards of the sandbox (docs/payments.md). */
export const tokens = [
  ...['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_timeout_once', 'tok_timeout_before', 'tok_flaky'],
  ...['tok_capture_declined', 'tok_one_capture', 'tok_refund_fails', 'tok_refund_fails_once', 'tok_expires_36h'],
];

const pick = fc.nat({ max: 11 });
const part = fc.constantFrom(1, 33, 50, 100, 100);
const isRare = fc.constantFrom(false, false, false, true);

export const moneyActions: { weight: number; arbitrary: fc.Arbitrary<MoneyAction> }[] = [
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('credit' as const),
      ...{ pick, part },
      what: fc.constantFrom(...creditable),
      fee: fc.constantFrom(0, 0, 0, 10),
      by: fc.constantFrom('agent' as const, 'finance' as const),
      isForced: isRare,
      toStoreCredit: isRare,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('refundByHand' as const), pick, part }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('askForCapture' as const), pick, part }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('receipt' as const), pick, part, receipt: fc.nat({ max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('payAgain' as const),
      pick,
      by: fc.constantFrom('card' as const, 'card' as const, ...PaymentMethod.options),
    }),
  },
];

const names = new Set<string>(['credit', 'refundByHand', 'askForCapture', 'receipt', 'payAgain']);
export const isAboutMoney = (one: { do: string }): one is MoneyAction => names.has(one.do);
