import * as z from 'zod';
import { Amount } from '../domain/money.ts';
import { PaymentMethod } from '../domain/payment-method.ts';

/** How something is paid, as requests say it. */

const Token = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters')
  .meta({
    description:
      "The payment provider's token, or the code of a gift card. Sandbox: tok_ok, tok_declined, tok_timeout_once, tok_flaky.",
  });

export const OnePayment = z.strictObject({ method: z.literal('card'), token: Token });

export const Payments = z
  .array(
    z.strictObject({
      method: PaymentMethod,
      token: Token.optional(),
      amount: Amount.optional().meta({ description: 'One at most has none: it pays the rest.' }),
    }),
  )
  .max(10)
  .check(({ value, issues }) => {
    for (const [index, { method, token }] of value.entries()) {
      if (token !== undefined || (method !== 'card' && method !== 'giftCard')) continue;
      const message = `A ${method} is paid with a token.`;
      issues.push({ code: 'custom', input: method, path: [index, 'token'], params: { code: 'required' }, message });
    }
  });
