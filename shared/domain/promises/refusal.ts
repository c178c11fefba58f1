import * as z from 'zod';
import { type Exclusion, ReasonCode, type RoutingDecision, reasonCodes } from '../routing/decision.ts';
import { explainReason } from '../routing/explain-reason.ts';

/** Why an option is not offered: what the storefront or the cart says, else what keeps the site that comes nearest to serving it. */
export const RefusalCode = z.enum([
  'NOT_SET_UP',
  'CUT_OFF_PASSED',
  'NO_DELIVERY_DAY',
  'NO_PRICE',
  'UNKNOWN_SKU',
  'NOTHING_TO_SHIP',
  'NO_SITE',
  'TOO_MANY_PARCELS',
  ...ReasonCode.options,
]);
export type RefusalCode = z.infer<typeof RefusalCode>;

export interface Refusal {
  code: RefusalCode;
  /** For people. */
  detail: string;
}

export const refusals = {
  notSetUp: { code: 'NOT_SET_UP', detail: 'The storefront does not offer it.' },
  cutOffPassed: (time: string): Refusal => ({ code: 'CUT_OFF_PASSED', detail: `To be ordered until ${time}.` }),
  noDeliveryDay: { code: 'NO_DELIVERY_DAY', detail: 'Nothing is delivered today.' },
  noPrice: { code: 'NO_PRICE', detail: 'It has no price for this cart, currency and destination.' },
  unknownSku: (skus: readonly string[]): Refusal => ({
    code: 'UNKNOWN_SKU',
    detail: `Never had stock anywhere: ${skus.join(', ')}.`,
  }),
  nothingToShip: { code: 'NOTHING_TO_SHIP', detail: 'Digital goods come by mail.' },
  noSite: { code: 'NO_SITE', detail: 'No location offers it.' },
} as const satisfies Record<string, Refusal | ((argument: never) => Refusal)>;

const rank = ({ code }: Exclusion): number => reasonCodes.indexOf(code);

/**
 * Of a decision that serves less than everything. The filters have an order: the site that passes most of them comes nearest, ties by id. When some sites
 * could serve, what counts is why none of them has a line; when each line could be had, it would take too many parcels.
 */
export function refusalOf({ candidates }: RoutingDecision): Refusal {
  const serving = candidates.filter(({ excludedBy }) => excludedBy === undefined);
  const told =
    serving.length === 0
      ? candidates.map(({ locations, reasons }) => ({ locations, reason: reasons[0] }))
      : serving.flatMap(({ locations, reasons }) =>
          reasons.filter(isCommonTo(serving)).map((reason) => ({ locations, reason })),
        );
  let nearest: { reason: Exclusion; site: string } | undefined;
  for (const { locations, reason } of told) {
    if (reason && (!nearest || rank(reason) > rank(nearest.reason))) nearest = { reason, site: locations.join(', ') };
  }
  if (nearest) return { code: nearest.reason.code, detail: `${nearest.site}: ${explainReason(nearest.reason)}.` };
  return serving.length > 0
    ? { code: 'TOO_MANY_PARCELS', detail: 'It would take more parcels than the storefront sends.' }
    : refusals.noSite;
}

/** Is the reason about a line that none of the sites has in full? */
const isCommonTo =
  (serving: RoutingDecision['candidates']) =>
  ({ lineId }: Exclusion): boolean =>
    serving.every(({ reasons }) => reasons.some((reason) => reason.lineId === lineId));
