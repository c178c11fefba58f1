/** What the examples of the catalog have in common. */

export const fulfillmentId = 'ful_01JGY8Q5N3W0R7T2K4M6P8S9VX_1';
export const reservationId = 'res_1';
export const locationId = 'madrid';
export const units = { lineId: 'line_1', sku: 'MUG-BLUE', quantity: 2 };
export const reserved = { ...units, reservationId, locationId };
export const money = { amount: 3998, currency: 'EUR' };
export const paymentId = 'pay_1';
export const captureId = 'cap_1';
export const providerReference = 'sandbox_1';
/** A line of taxes. */
export const vat = { title: 'VAT', jurisdiction: 'ES', rate: '0.21', category: 'S', amount: 694 };
