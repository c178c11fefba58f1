import type { LocationId } from '../../../shared/domain/ids.ts';
import type { Order } from '../../../shared/domain/order.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { StoreAnswer } from '../../../shared/use-cases/quotes/counter-option.ts';
import {
  type OptionAnswer,
  type Quote,
  type QuoteDeps,
  quoteCart,
} from '../../../shared/use-cases/quotes/quote-cart.ts';
import type { ShipOffer } from '../../../shared/use-cases/quotes/ship-option.ts';
import type { quoteContracts } from './contract.ts';
import type { QuoteBody } from './requests.ts';

/** A POST, as a cart does not fit a URL; nothing is made. The answer may be kept by its caller until it expires. */
export async function quote(deps: QuoteDeps, { body }: ApiRequest<typeof quoteContracts.quoteCart>): Promise<Answer> {
  const { country, region, postalCode = '', coordinates, timeZone } = body.destination;
  const quoted = await quoteCart(deps, {
    storefrontId: body.storefront,
    currency: body.currency,
    lines: body.lines.map(lineOf),
    address: { country, postalCode, ...(region !== undefined && { region }), ...(coordinates && { coordinates }) },
    timeZone,
  });
  switch (quoted.outcome) {
    case 'unknown_storefront':
      throw new ProblemError('storefront_not_found');
    case 'no_currency': {
      const detail = 'The storefront has no currency of its own: say which.';
      throw new ProblemError('validation_failed', undefined, {
        errors: [{ pointer: '/currency', code: 'required', detail }],
      });
    }
    case 'refused':
      throw new ProblemError(quoted.rejection.code, quoted.rejection.message);
    case 'quoted': {
      const seconds = Math.floor((quoted.expiresAt - quoted.quotedAt) / 1000);
      const headers = { 'cache-control': seconds > 0 ? `private, max-age=${seconds}` : 'no-store' };
      return { status: 200, headers, body: represent(quoted, body.storefront) };
    }
  }
}

/** What is to be made of a customized unit says nothing about where. */
const lineOf = ({ customization, ...line }: QuoteBody['lines'][number]) => ({
  ...line,
  ...(customization && { customization: { ...customization, instructions: [] } }),
});

const iso = (instant: number): string => new Date(instant).toISOString();

function represent(quoted: Quote, storefront: string) {
  const { order, lines, options, quotedAt, expiresAt, timeZone } = quoted;
  return {
    storefront,
    currency: order.currency,
    quotedAt: iso(quotedAt),
    expiresAt: iso(expiresAt),
    timeZone,
    lines,
    options: options.map((answer) => representOption(order, answer)),
  };
}

function representOption(order: Order, answer: OptionAnswer) {
  const { id, name, method, service } = answer.option;
  const { currency } = order;
  const head = { id, name, method, service };
  if ('offer' in answer) return { ...head, offered: true, ...representOffer(order, answer.offer, service) };
  const reason = answer.refusal && { code: answer.refusal.code, detail: answer.refusal.detail };
  const stores = 'stores' in answer && answer.stores.map((store) => representStore(store, currency));
  return { ...head, offered: reason === undefined, reason, ...(stores && { stores }) };
}

const representOffer = (order: Order, { price, time, plan, promisedBy }: ShipOffer, service: string | undefined) => ({
  window: {
    earliestDate: time.earliestDate,
    latestDate: time.latestDate,
    from: iso(time.from),
    to: iso(time.to),
    timeZone: time.timeZone,
  },
  price: { amount: price, currency: order.currency },
  parcels: plan.parcels.map(({ locationId, kilometers }) => ({
    locationId,
    ...(kilometers !== null && { kilometers: Math.round(kilometers * 10) / 10 }),
    lines: linesFrom(order, plan.allocations, locationId),
  })),
  // What the order says, word for word, for its routing to be this one.
  delivery: { method: 'ship', service, promisedBy: iso(promisedBy) },
});

const linesFrom = (order: Order, allocations: ShipOffer['plan']['allocations'], from: LocationId) =>
  allocations
    .filter(({ locationId }) => locationId === from)
    .map(({ lineId, quantity }) => ({ sku: order.lines.find(({ id }) => id === lineId)?.sku, quantity }));

const representStore = (store: StoreAnswer, currency: string) => ({
  locationId: store.location.id,
  name: store.location.name,
  ...(store.kilometers !== undefined && { kilometers: Math.round(store.kilometers * 10) / 10 }),
  ...('refusal' in store
    ? { offered: false, reason: { code: store.refusal.code, detail: store.refusal.detail } }
    : {
        offered: true,
        readyAt: iso(store.readyAt),
        timeZone: store.location.timeZone,
        price: { amount: store.price, currency },
      }),
});
