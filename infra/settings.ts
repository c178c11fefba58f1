import type { Node } from 'constructs';
import * as z from 'zod';
import { CapturePolicy, ChargePolicy } from '../shared/domain/policy.ts';

/**
 * What `-c name=value` may choose. Everything that may differ between two deploys of the same template is a CloudFormation
 * parameter instead (see `DeployParameters`), so that one template can be synthesized, tested and shipped.
 */
const Settings = z.strictObject({
  /** Stands in every name, so that several installations share an account. `dev` may lose its data, any other stage keeps it. */
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,15}$/, 'a stage is a lower case word of at most 16 letters, digits and dashes')
    .default('dev'),
  /** `standard`: exactly once, 90 days of history in the console. `express`: for volume; history is in the logs. */
  workflows: z.enum(['standard', 'express']).default('standard'),
  /** Stock is short: `allow` keeps the whole order waiting for supply, `split` ships what is there, `deny` rejects it. */
  backorder: z.enum(['allow', 'split', 'deny']).default('allow'),
  /** May the kits of one order line come from several sites? Each comes whole, in any case. */
  splitKits: z.stringbool().or(z.boolean()).default(false),
  /** When the money is taken; an order keeps what it was placed under. `none`: Batuta handles no money. */
  capture: CapturePolicy.default('onPack'),
  /** Which invoice of several bears the shipping. */
  shippingCharge: ChargePolicy.default('prorate'),
  /** Hours that a location has to accept work before another one is asked; without it, no limit. */
  acceptWithinHours: z.coerce.number().min(0.1).max(720).optional(),
  /** `stripe`: real money, docs/payments.md. `sandbox`: scripted by the card token, needs nobody. */
  payments: z.enum(['sandbox', 'stripe']).default('sandbox'),
  /** The most that may be paid at the door for one order: `EUR:20000,USD:25000`, minor units; no other currency takes cash then. Without it, no limit. */
  cashLimits: z
    .string()
    .regex(
      /^[A-Z]{3}:[1-9]\d{0,12}(,[A-Z]{3}:[1-9]\d{0,12})*$/,
      'currencies with amounts in minor units: EUR:20000,USD:25000',
    )
    .transform((text) => Object.fromEntries(text.split(',').map((part) => [part.slice(0, 3), Number(part.slice(4))])))
    .optional(),
  /** `table`: taxes by the shop's own table of rates. `avatax`: asked of and reported to Avalara, docs/tax.md. */
  tax: z.enum(['table', 'avatax']).default('table'),
  /** The most that an agent may credit on one order: `EUR:20000,USD:25000`, minor units; no limit in any other currency. */
  refundLimits: z
    .string()
    .regex(
      /^[A-Z]{3}:(0|[1-9]\d{0,12})(,[A-Z]{3}:(0|[1-9]\d{0,12}))*$/,
      'currencies with amounts in minor units: EUR:20000,USD:25000',
    )
    .transform((text) => Object.fromEntries(text.split(',').map((part) => [part.slice(0, 3), Number(part.slice(4))])))
    .optional(),
  /** Who judges orders: the shop's `rules`; `sandbox` or `minfraud` besides them; or `none`: docs/fraud.md. */
  fraud: z.enum(['none', 'rules', 'sandbox', 'minfraud']).default('rules'),
  /** Hours until an order that waits for a person's judgment is canceled. Within the days that an authorization lasts. */
  fraudReviewHours: z.coerce.number().min(1).max(168).default(72),
  /** Goes into every event as `tenantid`. */
  tenant: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'a tenant is a lower case word of at most 32 letters, digits and dashes')
    .default('default'),
});
export type Settings = z.infer<typeof Settings>;

/** Context keys of CDK itself and of its command line. */
const CDK_OWN = /^(@?aws-cdk|@aws-|aws:|cdk-|constructs|availability-zones:|hosted-zone:|vpc-provider:)/;

/** @throws Error naming the setting, for an unknown one (a typing mistake would pass silently otherwise) or a value it cannot have */
export function settingsOf(node: Node): Settings {
  const own = Object.fromEntries(Object.entries(node.getAllContext()).filter(([key]) => !CDK_OWN.test(key)));
  const result = Settings.safeParse(own);
  if (result.success) return result.data;
  throw new Error(`Context (-c name=value): ${z.prettifyError(result.error)}`);
}
