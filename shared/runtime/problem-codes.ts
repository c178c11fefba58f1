import type { RejectionCode } from '../domain/rejection.ts';

interface ProblemKind {
  status: number;
  title: string;
  /** What it means and what to do: docs/errors.md is made of it. */
  meaning: string;
}

/**
 * Every problem the API answers: one table, from which docs/errors.md and the documentation page are generated. Codes are API: stable,
 * snake_case, never reused for something else.
 */
export const problemCodes = {
  malformed_json: kind(400, 'Malformed JSON', 'The body is not JSON in UTF-8, is empty, or is not an object.'),
  invalid_parameter: kind(
    400,
    'Invalid parameter',
    'A query parameter is unknown, repeated or has a value that is not allowed.',
  ),
  invalid_cursor: kind(
    400,
    'Invalid cursor',
    'The cursor was changed, is older than 24 hours, or belongs to another key or to other filters. Begin the listing again.',
  ),
  idempotency_key_required: kind(
    400,
    'Idempotency-Key required',
    'Send a header Idempotency-Key, a new one for each new request.',
  ),
  invalid_idempotency_key: kind(
    400,
    'Invalid Idempotency-Key',
    'The header must hold one key of 1 to 255 printable ASCII characters, bare or in double quotes.',
  ),
  webhook_refused: kind(
    400,
    'Webhook refused',
    'The notice is not signed by the provider, is older than five minutes, or is none; `reason` says which. Nothing was done.',
  ),
  invalid_if_match: kind(400, 'Invalid If-Match', 'The header must hold one entity tag such as "v17", or *.'),
  authentication_required: kind(401, 'Authentication required', 'Send Authorization: Bearer <API key>.'),
  invalid_api_key: kind(401, 'Invalid API key', 'The key is malformed, unknown, expired or revoked.'),
  forbidden: kind(403, 'Not allowed', 'The role of this API key may not do this.'),
  refund_limit_exceeded: kind(
    403,
    'Above the refund limit',
    'An agent may credit up to a limit for each order: ask finance or an admin.',
  ),
  not_found: kind(404, 'Not found', 'There is nothing at this path.'),
  order_not_found: kind(404, 'Order not found', 'There is no order with this id.'),
  fulfillment_not_found: kind(404, 'Fulfillment not found', 'There is no fulfillment with this id.'),
  transfer_not_found: kind(404, 'Transfer not found', 'There is no transfer with this id.'),
  supply_not_found: kind(404, 'Supply not found', 'There is no supply with this id.'),
  feed_not_found: kind(404, 'Feed not found', 'There is no feed with this id, or it is older than 90 days.'),
  feed_part_not_found: kind(404, 'Feed part not found', 'Parts of a feed are numbered from 1 to 40.'),
  settlement_not_found: kind(404, 'Settlement not found', 'There is no settlement file with this id.'),
  settlement_part_not_found: kind(
    404,
    'Settlement part not found',
    'Parts of a settlement file are numbered from 1 to 20.',
  ),
  difference_not_found: kind(404, 'Difference not found', 'The settlement file has no difference with this id.'),
  location_not_found: kind(404, 'Location not found', 'There is no location with this id.'),
  kit_not_found: kind(404, 'Kit not found', 'This SKU is made of nothing else.'),
  sku_not_found: kind(404, 'SKU not found', 'This SKU has never had stock anywhere.'),
  cart_hold_not_found: kind(404, 'Cart hold not found', 'There is no hold with this id.'),
  storefront_not_found: kind(404, 'Storefront not found', 'There is no storefront with this id.'),
  legal_entity_not_found: kind(404, 'Legal entity not found', 'There is no legal entity with this id.'),
  logo_not_found: kind(404, 'No logo', 'The legal entity has no logo.'),
  invoice_not_found: kind(404, 'Invoice not found', 'The order has no invoice with this id.'),
  credit_memo_not_found: kind(404, 'Credit memo not found', 'The order has no credit memo with this id.'),
  location_group_not_found: kind(404, 'Location group not found', 'There is no location group with this id.'),
  routing_rules_not_found: kind(404, 'Routing rules not found', 'There are no routing rules of this storefront.'),
  safety_stock_not_found: kind(404, 'Safety stock not found', 'There is no rule about exactly this.'),
  operation_not_found: kind(404, 'Operation not found', 'There is no operation with this id, or it ended a month ago.'),
  simulation_not_found: kind(
    404,
    'Simulation not found',
    'There is no simulation with this id, or it is older than 90 days.',
  ),
  routing_decision_not_found: kind(
    404,
    'Routing decision not found',
    'The order has no such routing decision, or none yet.',
  ),
  outage_not_found: kind(404, 'No outage', 'The location is in service.'),
  webhook_endpoint_not_found: kind(404, 'Webhook endpoint not found', 'There is no webhook endpoint with this id.'),
  gift_card_not_found: kind(404, 'Gift card not found', 'There is no gift card with this id or code.'),
  account_not_found: kind(404, 'Account not found', 'The customer has no account of this kind and currency.'),
  hold_not_found: kind(404, 'Hold not found', 'The order has no active hold with this handle.'),
  exception_not_found: kind(404, 'Exception not found', 'The order has no open exception with this id.'),
  payment_not_found: kind(404, 'Payment not found', 'The order has no payment with this id.'),
  list_entry_not_found: kind(404, 'List entry not found', 'There is no entry with this id on the list.'),
  chargeback_not_found: kind(404, 'Chargeback not found', 'The order has no chargeback with this id.'),
  method_not_allowed: kind(405, 'Method not allowed', 'The path exists; the header Allow lists its methods.'),
  not_acceptable: kind(
    406,
    'Not acceptable',
    'The document is to be had as application/json, application/pdf and application/xml; Accept names none of them.',
  ),
  duplicate_external_id: kind(
    409,
    'External id in use',
    'The channel has an order with this external id already: `existingOrderId` names it.',
  ),
  idempotency_key_in_flight: kind(
    409,
    'Request in flight',
    'A request with the same Idempotency-Key or external id is being carried out. Send the same request again after Retry-After.',
  ),
  insufficient_stock: kind(409, 'Not enough units', 'Fewer units are there than this takes away. Nothing was changed.'),
  stock_limit: kind(409, 'Too many units', 'A location holds at most 1,000,000,000 units of a SKU.'),
  feed_submitted: kind(409, 'Feed submitted', 'Only a feed in the state DRAFT can be changed or deleted.'),
  feed_over: kind(409, 'Feed over', 'The feed is DONE or REJECTED: there is nothing left to cancel.'),
  feed_incomplete: kind(
    409,
    'Feed incomplete',
    'A feed has at least one part, and its parts are numbered without gaps: `missingPart` is the first that was not sent.',
  ),
  gift_card_code_taken: kind(409, 'Gift card code in use', 'Another card has this code: a card is taken over once.'),
  gift_card_not_expired: kind(
    409,
    'Gift card not expired',
    'What is on a card that has not expired is the customer’s.',
  ),
  insufficient_credit: kind(
    409,
    'Not enough credit',
    'Less than that is available; what orders have set aside is not. Nothing was changed.',
  ),
  account_full: kind(409, 'Account full', 'An account holds at most 2^53 - 1 minor units.'),
  settlement_submitted: kind(409, 'Settlement submitted', 'Only a settlement file in the state DRAFT can be changed.'),
  settlement_incomplete: kind(
    409,
    'Settlement incomplete',
    'A settlement file has at least one part, and its parts are numbered without gaps: `missingPart` is the first that was not sent.',
  ),
  settlement_known: kind(
    409,
    'Settlement known',
    'The same rows were submitted before: `existingSettlementId` names that file. Nothing is booked twice.',
  ),
  transfer_closed: kind(409, 'Transfer closed', 'The transfer was received or canceled: nothing is in transit.'),
  not_in_transit: kind(
    409,
    'Not in transit',
    'More units than are in transit. Receive those, and book the others as an adjustment with the reason found.',
  ),
  supply_closed: kind(409, 'Supply closed', 'The supply was received or canceled.'),
  supply_of_transfer: kind(
    409,
    'Supply of a transfer',
    'The supply follows its transfer: receive or cancel the transfer.',
  ),
  below_promised: kind(
    409,
    'Below promised supply',
    'More units are promised to orders, or have come, than this leaves.',
  ),
  below_committed: kind(
    409,
    'Below committed stock',
    'Fewer units on hand than are promised to orders. Cancel or ship orders first, or count again.',
  ),
  invalid_transition: kind(
    409,
    'Not possible now',
    'The order or fulfillment is in a state that does not allow this; `possible` says what is.',
  ),
  chargeback_closed: kind(409, 'Chargeback closed', 'The chargeback was won or lost already, with another outcome.'),
  order_on_hold: kind(409, 'Order on hold', 'Release its holds first.'),
  cancel_not_possible: kind(
    409,
    'Cancellation not possible',
    'Units have left or a location works on them; `possible` says what can be done.',
  ),
  location_group_in_use: kind(
    409,
    'Location group in use',
    'Storefronts sell from it, groups contain it or routing rules name it: change them first.',
  ),
  legal_entity_in_use: kind(
    409,
    'Legal entity in use',
    'Storefronts sell for it: change them first. A storefront that names none sells for `default`.',
  ),
  cart_hold_ended: kind(
    409,
    'Cart hold over',
    'The hold ran out, was released or is an order already: hold the cart again, or place the order without a hold.',
  ),
  outage_exists: kind(
    409,
    'Out of service already',
    'The location is in an outage: `operationId` names what clears it.',
  ),
  routing_input_not_kept: kind(
    409,
    'Routing input not kept',
    'What the decision was made on is not there: it was too large to be kept, or is older than 90 days.',
  ),
  hold_exists: kind(409, 'Hold exists', 'The order has an active hold with this handle.'),
  nothing_to_cancel: kind(
    409,
    'Nothing to cancel',
    'No unit of the order waits for a site: all are with a location, gone, or canceled.',
  ),
  nothing_to_retry: kind(409, 'Nothing to retry', 'The order has no open exception.'),
  receipt_differs: kind(409, 'Receipt differs', 'This receipt is recorded with another amount. Nothing was changed.'),
  payment_not_secured: kind(409, 'Payment not secured', 'Less is authorized than the order costs.'),
  funds_not_secured: kind(409, 'Payment not captured', 'The money for these units could not be captured yet.'),
  payment_declined: kind(409, 'Payment declined', 'The payment provider refused the capture; `reason` is its answer.'),
  stock_not_reserved: kind(409, 'Stock not reserved', 'Not every unit of the order has stock.'),
  customization_not_done: kind(
    409,
    'Customization not done',
    'Units of the fulfillment are to be customized first: start-customization, then finish-customization, then pick.',
  ),
  customization_begun: kind(
    409,
    'Customization begun',
    'The location has begun to make the units into something of the customer’s own: they can neither be canceled at once nor given back.',
  ),
  site_excluded: kind(409, 'Site excluded', 'The location has given these units of the order back before.'),
  overallocated: kind(409, 'Too many units', 'More units than the line has without stock.'),
  amount_exceeds_authorization: kind(409, 'Amount exceeds authorization', 'Not that much is authorized.'),
  amount_exceeds_capture: kind(409, 'Amount exceeds capture', 'Not that much was captured.'),
  balance_open: kind(409, 'Balance open', 'Money is still to be captured, voided or refunded.'),
  not_invoiced: kind(409, 'Not invoiced', 'Only what was invoiced can be credited: cancel what is not packed yet.'),
  credit_exceeds_invoice: kind(
    409,
    'Credit exceeds invoice',
    'More units or more money than the invoice says, less what was credited before: `errors` points at it, `detail` says what is left.',
  ),
  refund_not_due: kind(409, 'Refund not due', 'That much is not owed to the customer: `detail` says what is.'),
  not_delivered: kind(409, 'Not delivered', 'Possible once every unit is delivered.'),
  stock_short: kind(409, 'Stock short', 'Units that the command needs were sold meanwhile.'),
  too_many_webhook_endpoints: kind(409, 'Too many webhook endpoints', 'Delete one first: at most 20.'),
  webhook_endpoint_deleted: kind(
    409,
    'Webhook endpoint deleted',
    'The endpoint that a request with this Idempotency-Key made has been deleted since. To make another one, send a new key.',
  ),
  version_mismatch: kind(
    412,
    'Version mismatch',
    'The order has changed: read it again. The header ETag is its version now.',
  ),
  payload_too_large: kind(413, 'Payload too large', 'A body has at most 1,000,000 bytes.'),
  unsupported_media_type: kind(415, 'Unsupported media type', 'Send Content-Type: application/json (UTF-8).'),
  validation_failed: kind(
    422,
    'Validation failed',
    'The body does not have the required shape: `errors` points at each fault.',
  ),
  cart_hold_unrelated: kind(
    422,
    'Cart hold unrelated',
    'There is no such hold, or it is of another storefront or of other SKUs.',
  ),
  cart_too_scattered: kind(
    422,
    'Cart too scattered',
    'The units lie in more places than one hold can have: hold fewer lines at once.',
  ),
  invoice_required: kind(422, 'Invoice required', 'The order has several invoices: say which one is to be credited.'),
  unknown_invoice: kind(422, 'Unknown invoice', 'The body names an invoice that the order does not have.'),
  not_on_invoice: kind(422, 'Not on the invoice', 'The invoice has no such line or charge.'),
  fee_exceeds_credit: kind(422, 'Fee exceeds credit', 'No more can be kept back than is credited without taxes.'),
  unknown_location: kind(422, 'Unknown location', 'The body names a location that does not exist.'),
  unknown_storefront: kind(422, 'Unknown storefront', 'The body names a storefront that does not exist.'),
  unknown_location_group: kind(422, 'Unknown location group', 'The body names a location group that does not exist.'),
  unknown_legal_entity: kind(422, 'Unknown legal entity', 'The body names a legal entity that does not exist.'),
  invalid_image: kind(
    422,
    'Invalid image',
    'The bytes are no PNG or JPEG, are damaged, or have more than 1,200 pixels a side.',
  ),
  location_group_cycle: kind(
    422,
    'Location group cycle',
    'The group would contain itself: `errors` shows the way around.',
  ),
  unknown_place: kind(
    422,
    'Unknown place',
    'Nothing is known of where this postal code or country is: give coordinates instead.',
  ),
  unknown_sku: kind(422, 'Unknown SKU', 'A line or a component names a SKU that has never had stock anywhere.'),
  unknown_service: kind(
    422,
    'Unknown service',
    'No shipping rate has the service of the order, so that no site could ever send it: choose another, or set its rates (`/v1/shipping-rates`).',
  ),
  component_is_kit: kind(
    422,
    'Component is a kit',
    'A kit is made of SKUs that have stock of their own, not of kits: name their components.',
  ),
  duplicate_sku: kind(422, 'SKU repeated', 'Two lines name the same SKU: send one with the sum of their quantities.'),
  invalid_pick: kind(
    422,
    'Invalid pick',
    'A line is not in the fulfillment, stands twice, has more picked than assigned, or fewer without a reason; or what is missing of a kit does not explain the number.',
  ),
  order_total_too_large: kind(422, 'Order total too large', 'The total is beyond 2^53 - 1 minor units.'),
  order_too_large: kind(
    422,
    'Order too large',
    'The lines take more bytes than an order may have: shorten titles, or send several orders.',
  ),
  totals_differ: kind(
    422,
    'Totals differ',
    'What the lines, charges, discounts and taxes come to is not what the request says: `detail` tells the difference.',
  ),
  payments_returning: kind(
    409,
    'Payments are being given back',
    'One payment was declined, and what the others had set aside is not given back yet. Try again in a moment.',
  ),
  payments_differ: kind(422, 'Payments differ', 'The payments do not come to what the order costs.'),
  no_tax_rate: kind(
    422,
    'No tax rate',
    'Nobody has said what is taxed there, then and of this class: `reason` and the detail say what is missing (`/v1/tax/rates`).',
  ),
  idempotency_key_reused: kind(422, 'Idempotency-Key reused', 'The key was used for another request. Send a new key.'),
  supply_mismatch: kind(422, 'Other supply', 'The supply is of another SKU or another location.'),
  rounding_too_large: kind(
    422,
    'No rounding difference',
    'More than one main unit of the currency is no rounding: write it off instead.',
  ),
  count_time_not_allowed: kind(422, 'Time not allowed', 'A count is of the past 31 days, not of the future.'),
  webhook_url_not_allowed: kind(
    422,
    'Webhook URL not allowed',
    'Webhooks go to public https addresses on port 443 or 8443.',
  ),
  internal_error: kind(500, 'Internal error', 'Our fault. Quote the requestId.'),
  store_busy: kind(
    503,
    'Busy',
    'The same order or stock is being changed by many at once. Nothing was changed; try again after Retry-After.',
  ),
  payment_provider_unavailable: kind(
    503,
    'Payment provider unavailable',
    'Try the same request again after Retry-After: nothing is charged twice.',
  ),
  tax_provider_unavailable: kind(
    503,
    'Tax provider unavailable',
    'Try the same request again after Retry-After: nothing is taken for untaxed.',
  ),
  carrier_unavailable: kind(
    503,
    'Carrier unavailable',
    'Try the same request again after Retry-After: nothing is booked twice.',
  ),
  timeout: kind(
    503,
    'Timeout',
    'The request took too long. Send the same request again, with the same Idempotency-Key.',
  ),
} as const satisfies Record<string, ProblemKind> & Record<RejectionCode, ProblemKind>;

export type ProblemCode = keyof typeof problemCodes;

function kind(status: number, title: string, meaning: string): ProblemKind {
  return { status, title, meaning };
}
