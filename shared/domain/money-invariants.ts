import { amountsOfCharge, amountsOfLine, invoicedUnits, onlyAmounts, unbilledUnits } from './billing.ts';
import type { OrderEvent } from './events.ts';
import type { AccountTotal } from './ledger/posting.ts';
import { type Account, ledgerEntriesOf } from './ledger.ts';
import { chargedBack, isDigital, type Order } from './order.ts';
import { isOnAccount } from './payment-method.ts';
import { unitsIn } from './positions.ts';
import { addAmounts, sumOf } from './pricing/amounts.ts';
import { refundable } from './refunds.ts';
import { isSettled, openAuthorization, outstanding, owed, received, settlement } from './settlement.ts';
import { type Violation, violations } from './violation.ts';

/** What must always be true of money (domain-model "Invariants"). */

/** M1: every entry of the ledger balances. */
export const ledgerBalances = (events: readonly OrderEvent[]): Violation[] =>
  events
    .flatMap(ledgerEntriesOf)
    .flatMap(({ eventId, lines }) =>
      violations('M1', eventId, [
        [
          lines.reduce((sum, { debit, credit }) => sum + debit - credit, 0) === 0 &&
            lines.every(({ debit, credit }) => Math.min(debit, credit) === 0 && Math.max(debit, credit) > 0),
          'debits and credits differ',
        ],
      ]),
    );

/** M1 for the books as they are kept: in every currency, debits and credits of all accounts are the same sum. */
export function booksBalance(totals: readonly AccountTotal[]): Violation[] {
  const sums = new Map<string, number>();
  for (const { currency, debit, credit } of totals) sums.set(currency, (sums.get(currency) ?? 0) + debit - credit);
  return [...sums].flatMap(([currency, sum]) =>
    violations('M1', currency, [[sum === 0, `the trial balance sums to ${sum}`]]),
  );
}

/** M2, M3, M4: never captured beyond the authorization, never refunded beyond the capture. */
export const moneyIsBounded = (order: Order): Violation[] =>
  order.payments.flatMap((payment) => {
    const captures = payment.captures.reduce((sum, { amount }) => sum + amount, 0);
    const subject = `${order.id} ${payment.id}`;
    return [
      ...violations('M2', subject, [
        [openAuthorization(payment) >= 0, 'captured + voided is above authorized'],
        [payment.captured === captures, `captured ${payment.captured}, captures sum to ${captures}`],
      ]),
      ...violations('M3', subject, [
        [
          payment.captures.every((capture) => refundable(payment, capture) >= 0),
          'a capture is refunded beyond its amount, with what is on its way or charged back',
        ],
      ]),
      ...violations('M4', subject, [
        [
          payment.authorized >= payment.captured && payment.captured >= payment.refunded,
          'authorized >= captured >= refunded fails',
        ],
      ]),
    ];
  });

/** M5: what has left is invoiced, and the invoice was posted only when it was paid or promised; so are delivered digital units, once. */
export const whatLeftIsInvoiced = (order: Order): Violation[] => {
  if (order.capture === 'none') return [];
  const digital = order.lines.filter((line) => isDigital(line) && unitsIn(line.positions, 'DELIVERED') > 0);
  const ofDigital = order.invoices.filter(({ fulfillmentId }) => fulfillmentId === undefined);
  return [
    ...order.fulfillments
      .filter(({ status }) => status === 'HANDED_OVER' || status === 'COMPLETED')
      .flatMap(({ id }) =>
        violations('M5', id, [
          [
            order.invoices.filter(({ fulfillmentId }) => fulfillmentId === id).length === 1,
            'handed over, and not invoiced once',
          ],
        ]),
      ),
    ...violations('M5', order.id, [
      [ofDigital.length <= 1, 'digital units are invoiced twice'],
      [
        digital.every(({ id, positions }) =>
          ofDigital.some(({ lines }) =>
            lines.some((line) => line.lineId === id && line.quantity === unitsIn(positions, 'DELIVERED')),
          ),
        ),
        'digital units are delivered, and not invoiced',
      ],
      [
        order.capture !== 'onPack' ||
          outstanding(order) === 0 ||
          order.payments.some(({ method }) => isOnAccount(method)),
        'invoiced, and neither paid nor on account',
      ],
    ]),
  ];
};

/** M6: what is invoiced is what was packed (or delivered digitally), unit by unit; never more than there is. */
export const invoicesAreOfUnits = (order: Order): Violation[] =>
  order.capture === 'none'
    ? []
    : order.lines.flatMap((line) => {
        const invoiced = invoicedUnits(order, line);
        const open = unbilledUnits(order, line);
        const canceled = unitsIn(line.positions, 'CANCELED');
        return violations('M6', `${order.id} ${line.id}`, [
          [
            invoiced + open <= line.quantity && invoiced + open + canceled >= line.quantity,
            `${invoiced} units invoiced, ${open} to be, ${canceled} canceled of ${line.quantity}`,
          ],
        ]);
      });

/** M7: parts sum to the whole: within a document, and over the invoices of a line whose units are all invoiced. */
export const invoicesAddUp = (order: Order): Violation[] => [
  ...[...order.invoices, ...order.creditMemos].flatMap((document) => {
    const { id, lines, charges, total } = document;
    const kept = 'invoiceId' in document ? (document.goodwill ?? 0) - (document.fee?.amount ?? 0) : 0;
    const parts = addAmounts([...lines, ...charges].map(onlyAmounts));
    return violations('M7', `${order.id} ${id}`, [
      [
        parts.gross + kept === total.gross && parts.tax === total.tax && parts.discount === total.discount,
        'the lines and charges do not sum to the total',
      ],
      [
        [...lines, ...charges, total].every(
          ({ net, tax, gross, taxes }) => net + tax === gross && sumOf(taxes) === tax && Math.min(net, tax, gross) >= 0,
        ),
        'net and taxes do not sum to gross',
      ],
    ]);
  }),
  ...order.lines
    .filter((line) => invoicedUnits(order, line) === line.quantity)
    .flatMap((line) => {
      const parts = order.invoices.flatMap(({ lines }) => lines.filter(({ lineId }) => lineId === line.id));
      const [is, should] = [addAmounts(parts.map(onlyAmounts)), amountsOfLine(line, order.taxMode)];
      return violations('M7', `${order.id} ${line.id}`, [
        [
          is.goods === should.goods &&
            is.discount === should.discount &&
            is.gross === should.gross &&
            is.tax === should.tax,
          `invoiced ${is.gross} with tax ${is.tax}, costs ${should.gross} with tax ${should.tax}`,
        ],
      ]);
    }),
  ...order.charges.flatMap((charge) => {
    const parts = order.invoices.flatMap(({ charges }) => charges.filter(({ chargeId }) => chargeId === charge.id));
    const [is, should] = [addAmounts(parts.map(onlyAmounts)).gross, amountsOfCharge(charge, order.taxMode).gross];
    return violations('M7', `${order.id} ${charge.id}`, [[is <= should, `${is} invoiced of a charge of ${should}`]]);
  }),
];

/** M9: an order that is over and settled owes nothing and is owed nothing: in its documents, and in the books that its log folds to. */
export function endsBalanced(order: Order, events: readonly OrderEvent[]): Violation[] {
  const balance = (account: Account) =>
    events
      .flatMap(ledgerEntriesOf)
      .flatMap(({ lines }) => lines)
      .reduce((sum, line) => sum + (line.account === account ? line.debit - line.credit : 0), 0);
  const [ar, deposits] = [balance('AR'), -balance('DEPOSITS')];
  const due = owed(order) - received(order);
  const lost = order.payments.reduce((sum, payment) => sum + chargedBack(payment), 0);
  // What is credited after an order is closed opens it again, as far as money goes.
  const isOver = ['CLOSED', 'CANCELED'].includes(order.lifecycle) && isSettled(settlement(order));
  return violations('M9', order.id, [
    [
      ar === Math.max(0, due) && deposits === Math.max(0, -due),
      `the books say ${ar} owed and ${deposits} ahead, the documents ${due}`,
    ],
    // What the bank has is the customer's, and no longer with us: nothing is left to give back.
    [!isOver || (ar === 0 && deposits <= lost), `over, with ${ar} owed and ${deposits} ahead`],
    [
      !isOver || order.payments.every((payment) => openAuthorization(payment) === 0),
      'over, with an open authorization',
    ],
  ]);
}
