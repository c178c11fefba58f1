import * as z from 'zod';

/** What the card's issuer says of something the customer typed; absent where the provider does not say. */
export const CardCheck = z.enum(['pass', 'fail', 'unavailable']);
export type CardCheck = z.infer<typeof CardCheck>;

/** What the payment provider knows of the card that pays. It stays in the store: no event and no answer of the API has it. */
export const CardFacts = z.object({
  /** The same for the same card, whatever token stands for it. */
  fingerprint: z.string().optional(),
  /** Of the issuer, ISO 3166-1. */
  country: z.string().optional(),
  addressCheck: CardCheck.optional(),
  postalCodeCheck: CardCheck.optional(),
  cvcCheck: CardCheck.optional(),
});
export type CardFacts = z.infer<typeof CardFacts>;
