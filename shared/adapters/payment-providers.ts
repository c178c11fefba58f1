import type { PaymentMethod } from '../domain/payment-method.ts';
import type { PaymentProvider, PaymentProviders } from '../ports/payment.ts';

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

/** One provider for every method. */
export const oneProvider = (provider: PaymentProvider): PaymentProviders => ({ of: () => provider });
