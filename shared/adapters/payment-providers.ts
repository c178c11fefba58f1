import type { PaymentMethod } from '../domain/payment-method.ts';
import type { PaymentProvider, PaymentProviders, PaymentResult } from '../ports/payment.ts';

/** Each provider is made when the first payment of its method asks for it: most functions serve one method most of their life. */
export function providersBy(makers: Readonly<Record<PaymentMethod, () => PaymentProvider>>): PaymentProviders {
  const made = new Map<PaymentMethod, PaymentProvider>();
  return {
    of(method) {
      const known = made.get(method);
      if (known) return known;
      const provider = makers[method]();
      made.set(method, provider);
      return provider;
    },
  };
}

/** A method that the installation does not have: every payment is declined, and nothing was ever done. */
export function notOffered(): PaymentProvider {
  const decline = async (): Promise<PaymentResult> => ({ outcome: 'declined', reason: 'method_not_offered' });
  return {
    capabilities: {
      partialCapture: false,
      multicapture: 'never',
      incrementalAuthorization: false,
      voidAfterPartialCapture: false,
      authorizationLifetime: undefined,
    },
    authorize: decline,
    capture: decline,
    void: decline,
    refund: decline,
    query: async () => undefined,
  };
}

/** One provider for every method. */
export const oneProvider = (provider: PaymentProvider): PaymentProviders => ({ of: () => provider });
