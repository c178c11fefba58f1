import * as z from 'zod';
import { decisionBy, type FraudDecision, type Screening } from '../../domain/fraud/screening.ts';
import { decimalString } from '../../domain/money.ts';
import { type FraudProvider, FraudUnavailable, type ScoreRequest } from '../../ports/fraud.ts';
import { connection } from '../connection.ts';

/** What the secret holds. */
export const MinFraudSecret = z.object({ accountId: z.string().regex(/^\d+$/), licenseKey: z.string().min(1) });

/** The part of an answer that we go by (dev.maxmind.com/minfraud/api-documentation/responses). */
const Answer = z.looseObject({
  id: z.string(),
  /** 0.01 to 99: per cent of likelihood that it is fraud. */
  risk_score: z.number().min(0).max(100),
  disposition: z.looseObject({ action: z.string(), rule_label: z.string().optional() }).optional(),
});
const Refusal = z.looseObject({ code: z.string() });

/** Milliseconds. Ordinary answers take some hundred. */
const DEADLINE = 5_000;

/**
 * minFraud Score of MaxMind. A question changes nothing there, so that it may be asked again; each costs. What the shop's custom rules at MaxMind
 * say (`disposition`) is the decision, else the score by the shop's thresholds here.
 * @param base `https://minfraud.maxmind.com`, or where a stand-in listens
 */
export function minFraud({
  readSecret,
  base,
  now,
}: {
  readSecret(): Promise<string>;
  base: string;
  now(): number;
}): FraudProvider {
  const authorization = connection({
    readSecret,
    now,
    provider: 'minFraud',
    schema: MinFraudSecret,
    shape: '{"accountId":"…","licenseKey":"…"}',
    connect: ({ accountId, licenseKey }) => `Basic ${Buffer.from(`${accountId}:${licenseKey}`).toString('base64')}`,
    Unavailable: FraudUnavailable,
  });
  return {
    name: 'minfraud',
    async score(request) {
      const headers = {
        authorization: await authorization(),
        'content-type': 'application/json',
        accept: 'application/json',
      };
      const url = new URL('/minfraud/v2.0/score', base);
      const body = JSON.stringify(transactionOf(request));
      return screeningOf(await answerOf(url, { method: 'POST', headers, body }), request);
    },
  };
}

async function answerOf(url: URL, init: RequestInit): Promise<z.infer<typeof Answer>> {
  let response: Response;
  let content: unknown;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(DEADLINE) });
    content = await response.json();
  } catch (error) {
    throw new FraudUnavailable(`minFraud: ${error instanceof Error ? error.name : 'no answer'}`);
  }
  if (!response.ok) {
    // INSUFFICIENT_FUNDS, AUTHORIZATION_INVALID …: for whoever has to do something about it. Codes name no customer.
    throw new FraudUnavailable(`minFraud: ${response.status} ${Refusal.safeParse(content).data?.code ?? ''}`.trim());
  }
  const answer = Answer.safeParse(content);
  if (!answer.success) throw new FraudUnavailable('minFraud: an answer of another shape');
  return answer.data;
}

const actions: Readonly<Record<string, FraudDecision>> = {
  accept: 'accept',
  manual_review: 'review',
  reject: 'refuse',
};

function screeningOf({ risk_score, disposition }: z.infer<typeof Answer>, { thresholds }: ScoreRequest): Screening {
  const score = Math.min(100, Math.max(0, Math.round(risk_score)));
  const ruled = disposition && actions[disposition.action];
  const decision = ruled ?? decisionBy(score, thresholds);
  if (decision === 'accept') return { decision, score, reasons: [] };
  const reason = ruled
    ? {
        code: 'minfraud:custom_rule',
        words: `A rule at MaxMind${disposition?.rule_label ? `: ${disposition.rule_label}` : '.'}`,
      }
    : { code: 'minfraud:risk_score', words: `MaxMind puts the risk at ${risk_score} of 100.` };
  return { decision, score, reasons: [reason] };
}

/**
 * The body of dev.maxmind.com/minfraud/api-documentation/requests, as far as we may tell: the address as MD5, which MaxMind takes in its place;
 * no name, no street, no phone number.
 */
function transactionOf({ key, channel, placedAt, amount, currency, customerId, ...facts }: ScoreRequest): object {
  const { email, shipping, billing, payment } = facts;
  const { card } = payment;
  return {
    event: { transaction_id: key, shop_id: channel, time: placedAt, type: 'purchase' },
    account: { user_id: customerId },
    ...(email && { email: { address: email.md5, domain: email.domain } }),
    shipping: placeOf(shipping),
    ...(billing && { billing: placeOf(billing) }),
    ...(card && {
      credit_card: {
        ...(facts.subjects.card !== undefined && { token: `h${facts.subjects.card}` }),
        ...(card.country !== undefined && { country: card.country }),
        ...(card.cvcCheck && card.cvcCheck !== 'unavailable' && { cvv_result: card.cvcCheck === 'pass' ? 'M' : 'N' }),
        ...(avsOf(card) && { avs_result: avsOf(card) }),
      },
    }),
    order: { amount: Number(decimalString(amount, currency)), currency },
  };
}

const placeOf = ({ country, region, postalCode }: ScoreRequest['shipping']) => ({
  country,
  ...(region !== undefined && region.length <= 4 && { region }),
  ...(postalCode !== undefined && { postal: postalCode }),
});

/** Standard AVS codes: Y both fit, A the street, Z the postal code, N neither. */
function avsOf(card: NonNullable<ScoreRequest['payment']['card']>): string | undefined {
  const { addressCheck: street, postalCodeCheck: postal } = card;
  if ((street ?? 'unavailable') === 'unavailable' && (postal ?? 'unavailable') === 'unavailable') return undefined;
  if (street === 'pass') return postal === 'pass' ? 'Y' : 'A';
  return postal === 'pass' ? 'Z' : 'N';
}
