import fc from 'fast-check';
import type * as z from 'zod';
import { OrderId } from '../../../shared/domain/ids.ts';
import { LocationRejectReason, ShortReason } from '../../../shared/domain/order.ts';
import { type MoneyAction, moneyActions, tokens } from './money-actions.ts';
import { kinds, type ModelLine, type ModelMoney, money } from './priced-order.ts';
import { type ProviderAction, providerActions } from './provider-actions.ts';

export const orderIds = Array.from({ length: 4 }, (_, n) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`));

export type Workflow = 'place' | 'ship' | 'digital' | 'settle' | 'reroute';
export const verbs = [
  'accept',
  'startCustomization',
  'finishCustomization',
  'pick',
  'pack',
  'ship',
  'deliver',
] as const;
export type Verb = (typeof verbs)[number];

export type Action =
  | MoneyAction
  | ProviderAction
  | { do: 'place'; order: number; lines: ModelLine[]; money: ModelMoney; token: string; goesOn: boolean }
  | { do: 'workflow'; order: number; workflow: Workflow }
  | { do: 'verb'; order: number; fulfillment: number; verb: Verb }
  | { do: 'reject'; order: number; fulfillment: number; reason: z.infer<typeof LocationRejectReason> }
  | {
      do: 'short';
      order: number;
      fulfillment: number;
      line: number;
      missing: number;
      reason: ShortReason;
      byPart: boolean;
    }
  | { do: 'outage'; site: number }
  | { do: 'supply'; sku: number; site: number; quantity: number }
  | { do: 'later'; order: number }
  | { do: 'cancelRemainder' | 'retry'; order: number }
  | { do: 'cancel'; order: number }
  | { do: 'hold' | 'releaseHold' | 'confirmReceipt' | 'close'; order: number };

const order = fc.nat({ max: orderIds.length - 1 });
export const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      order,
      lines: fc.array(
        fc.record({
          sku: fc.nat({ max: 2 }),
          quantity: fc.integer({ min: 1, max: 5 }),
          kind: fc.constantFrom(...kinds),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      money,
      token: fc.constantFrom(...tokens),
      goesOn: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('workflow' as const),
      order,
      workflow: fc.constantFrom(
        'place' as const,
        'place' as const,
        'ship' as const,
        'digital' as const,
        'settle' as const,
        'reroute' as const,
        'reroute' as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('verb' as const),
      order,
      fulfillment: fc.nat({ max: 2 }),
      verb: fc.constantFrom(...verbs),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reject' as const),
      order,
      fulfillment: fc.nat({ max: 3 }),
      reason: fc.constantFrom(...LocationRejectReason.options),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('short' as const),
      order,
      fulfillment: fc.nat({ max: 3 }),
      line: fc.nat({ max: 2 }),
      missing: fc.integer({ min: 1, max: 5 }),
      reason: fc.constantFrom(...ShortReason.options),
      byPart: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const), site: fc.nat({ max: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('supply' as const),
      sku: fc.nat({ max: 2 }),
      site: fc.nat({ max: 2 }),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('later' as const), order }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cancelRemainder' as const, 'cancelRemainder' as const, 'retry' as const),
      order,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), order }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('hold' as const, 'releaseHold' as const, 'confirmReceipt' as const, 'close' as const),
      order,
    }),
  },
  ...moneyActions,
  ...providerActions,
);

/** What happens to orders whose goods have come: money, mostly. */
export const aboutMoney: fc.Arbitrary<Action> = fc.oneof(
  ...moneyActions,
  ...providerActions,
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('workflow' as const),
      order,
      workflow: fc.constantFrom('settle' as const, 'settle' as const, 'ship' as const, 'place' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'close' as const), order }) },
);
