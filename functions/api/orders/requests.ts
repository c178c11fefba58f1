import * as z from 'zod';
import { LanguageTag, text } from '../../../shared/api/fields.ts';
import { Components } from '../../../shared/api/kit-requests.ts';
import { OnePayment, Payments } from '../../../shared/api/payment-requests.ts';
import { refuseTornGroups, togetherFields } from '../../../shared/api/together-requests.ts';
import { Country } from '../../../shared/domain/country.ts';
import { Skill } from '../../../shared/domain/customization.ts';
import { Coordinates } from '../../../shared/domain/distance.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { ShippingService } from '../../../shared/domain/location.ts';
import { Amount, Currency } from '../../../shared/domain/money.ts';
import { HoldReason, Quantity } from '../../../shared/domain/order.ts';
import { TaxMode } from '../../../shared/domain/pricing/priced.ts';
import { CartHoldId } from '../../../shared/domain/stock/cart-hold.ts';
import { Charges, linePrice } from './price-requests.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

const ExternalId = text(128);
const Channel = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64')
  .meta({ description: 'Where the order comes from. External ids are unique within it.' });

const Customer = z.strictObject({
  email: z.email().max(254),
  name: text(200),
  phone: z
    .string()
    .regex(/^\+?[0-9 ()./-]{3,32}$/, 'digits, spaces and + ( ) . / -, 3 to 32')
    .optional(),
  locale: LanguageTag.optional().meta({ description: 'BCP 47: the language of messages.' }),
});

const Address = z.strictObject({
  name: text(200),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20),
  country: Country.meta({ description: 'ISO 3166-1 alpha-2.' }),
  coordinates: Coordinates.optional().meta({ description: 'Absent: distances are told from the postal code.' }),
});

const Billing = z.strictObject({
  company: text(200).optional(),
  taxId: text(40).optional().meta({ description: 'VAT number or the like.' }),
  address: Address.optional().meta({ description: 'Absent: as the goods are sent to.' }),
});

/** As much as fits on a work order. */
const mostInstructions = 20;
const mostInstructionLetters = 200;

const OrderLine = z.strictObject({
  sku: Sku,
  title: text(300).optional(),
  kind: z.literal('digital').optional().meta({
    description: 'A code or a download: takes no stock, and is delivered once the order is released and paid for.',
  }),
  components: Components.optional().meta({
    description: 'Makes the line a kit: its stock is that of these. Absent: as the SKU is defined (`/v1/kits`).',
  }),
  customization: z
    .strictObject({
      capability: Skill.meta({ description: 'Only locations that have `customize:<capability>` are asked.' }),
      instructions: z.array(text(mostInstructionLetters)).min(1).max(mostInstructions).meta({
        description: 'What is to be made, line by line: for the people there, and in no event.',
      }),
    })
    .optional(),
  quantity: Quantity,
  ...togetherFields,
  unitPrice: Amount.meta({ description: 'Minor units of the currency (cents).' }),
  ...linePrice,
});

const mostLines = 1000;

export const PlaceOrderBody = z
  .strictObject({
    externalId: ExternalId.meta({ description: 'Your number of the order.' }),
    channel: Channel,
    currency: Currency.meta({ description: 'ISO 4217.' }),
    customer: Customer,
    cartHoldId: CartHoldId.optional().meta({
      description: 'The hold of the cart: its units become the reservations of the order.',
    }),
    lines: z.array(OrderLine).min(1).max(mostLines).check(refuseRepeatedSkus, refuseContradictions, refuseTornGroups),
    delivery: z.strictObject({
      method: z.literal('ship'),
      service: ShippingService.default('standard'),
      promisedBy: z.iso.datetime().optional().meta({
        description: 'What the customer was told at the latest, as quoted: sites that make it come first.',
      }),
      address: Address,
    }),
    priority: z
      .int()
      .min(0)
      .max(9)
      .optional()
      .meta({ description: 'Of orders that wait for the same goods the higher is served first. Default 0.' }),
    charges: Charges.optional().meta({ description: 'What is paid besides the goods: shipping, gift wrap.' }),
    taxMode: TaxMode.optional().meta({ description: 'Do prices contain the taxes? Default: they do.' }),
    tax: z
      .literal('quote')
      .optional()
      .meta({ description: 'Find the taxes for me. Then no line and no charge says any.' }),
    total: Amount.optional().meta({ description: 'What you make of it: refused when we come to something else.' }),
    billing: Billing.optional(),
    client: z
      .strictObject({
        ip: z.union([z.ipv4(), z.ipv6()]).optional(),
        country: Country.optional(),
      })
      .optional()
      .meta({
        description: 'From where the customer called the storefront; for rules against fraud, and shown nowhere.',
      }),
    purchaseOrderNumber: text(64).optional().meta({ description: "The customer's own number, for his books." }),
    payment: OnePayment.optional().meta({ description: 'Pays all. Or `payments`.' }),
    payments: Payments.optional(),
  })
  .check(refusePaymentsTwice, refuseTaxesTwice, refuseUnknownLines)
  .meta({ id: 'PlaceOrder' });
export type PlaceOrderBody = z.output<typeof PlaceOrderBody>;

type Lines = z.core.ParsePayload<z.output<typeof OrderLine>[]>;

/** One line a SKU: two lines of one SKU compete for the same stock and read like a mistake. Customized ones differ in what they become. */
function refuseRepeatedSkus({ value: lines, issues }: Lines): void {
  const first = new Map<string, number>();
  for (const [index, { sku, customization }] of lines.entries()) {
    if (customization) continue;
    const earlier = first.get(sku);
    if (earlier === undefined) {
      first.set(sku, index);
      continue;
    }
    issues.push({
      code: 'custom',
      input: sku,
      path: [index, 'sku'],
      params: { code: 'duplicate_sku' },
      message: `Line ${earlier + 1} has this SKU already.`,
    });
  }
}

/** What takes no stock is neither made of something nor worked on; nothing is made of itself. */
function refuseContradictions({ value: lines, issues }: Lines): void {
  for (const [index, { sku, kind, components = [], customization }] of lines.entries()) {
    const refuse = (path: (string | number)[], code: string, message: string) =>
      issues.push({ code: 'custom', input: sku, path: [index, ...path], params: { code }, message });
    if (kind === 'digital' && components.length > 0)
      refuse(['components'], 'contradictory', 'A digital line is no kit.');
    if (kind === 'digital' && customization) {
      refuse(['customization'], 'contradictory', 'Nothing can be done to a digital line.');
    }
    const self = components.findIndex((component) => component.sku === sku);
    if (self >= 0) refuse(['components', self, 'sku'], 'component_is_kit', 'A kit is no component of itself.');
  }
}

type Body = z.core.ParsePayload<{
  payment?: unknown;
  payments?: unknown;
  tax?: unknown;
  lines: { taxes?: unknown }[];
  charges?: { taxes?: unknown; line?: number | undefined }[] | undefined;
}>;

function refusePaymentsTwice({ value, issues }: Body): void {
  if ((value.payment === undefined) !== (value.payments === undefined)) return;
  const [path, code] = value.payment === undefined ? ['payment', 'required'] : ['payments', 'contradictory'];
  const message = 'Say how it is paid: either `payment` or `payments`.';
  issues.push({ code: 'custom', input: value.payments, path: [path as string], params: { code }, message });
}

/** Taxes are the caller's or ours. */
function refuseTaxesTwice({ value, issues }: Body): void {
  if (value.tax === undefined) return;
  for (const name of ['lines', 'charges'] as const) {
    const index = value[name]?.findIndex(({ taxes }) => taxes !== undefined) ?? -1;
    if (index < 0) continue;
    const path = [name, index, 'taxes'];
    const message = 'We are to find the taxes: leave them out.';
    issues.push({ code: 'custom', input: value.tax, path, params: { code: 'contradictory' }, message });
  }
}

function refuseUnknownLines({ value, issues }: Body): void {
  for (const [index, { line }] of (value.charges ?? []).entries()) {
    if (line === undefined || line < value.lines.length) continue;
    const message = `There is no line ${line}: the first is 0.`;
    issues.push({
      code: 'custom',
      input: line,
      path: ['charges', index, 'line'],
      params: { code: 'unknown_line' },
      message,
    });
  }
}

export const CaptureBody = z
  .strictObject({ amount: Amount.min(1).optional().meta({ description: 'Absent: all that can be captured.' }) })
  .meta({ id: 'CaptureOrder' });

export const CancelBody = z.strictObject({ reason: text(200) }).meta({ id: 'CancelOrder' });

/** No colon: those belong to holds of the system (`payment:pay_1`). */
const HoldHandle = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64');

export const HoldBody = z
  .strictObject({
    handle: HoldHandle.meta({ description: 'Your name for the hold: unique among the active holds of the order.' }),
    reason: HoldReason,
    note: text(500).optional(),
  })
  .meta({ id: 'PlaceHold' });
