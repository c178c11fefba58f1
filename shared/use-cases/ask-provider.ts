import { PaymentOutcomeUnknown, type PaymentProvider, type PaymentResult } from '../ports/payment.ts';
import type { ExecuteDeps } from './execute.ts';

export interface PaymentDeps extends ExecuteDeps {
  payments: PaymentProvider;
}

/** Sends; when the outcome is unknown, asks by the same key. */
export async function orAskAgain(
  payments: PaymentProvider,
  key: string,
  send: () => Promise<PaymentResult>,
): Promise<PaymentResult> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof PaymentOutcomeUnknown)) throw error;
    const known = await payments.query(key);
    if (known) return known;
    throw error;
  }
}
