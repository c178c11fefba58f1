import type { Messages } from '../messages.ts';

export const es: Messages = {
  greeting: 'Hola, {name}:',
  items: 'Artículos',
  quantity: 'Cant.',
  amount: 'Importe',
  total: 'Total',
  orderNumber: 'Pedido',
  placedOn: 'Fecha del pedido',
  shipTo: 'Dirección de envío',
  carrier: 'Transportista',
  trackingNumber: 'Número de seguimiento',
  track: 'Seguir el envío',
  footer: 'Recibes este mensaje porque has hecho un pedido en {shop}. Se refiere solo a tu pedido {number}.',
  'order.confirmed.subject': 'Tu pedido {number} está confirmado',
  'order.confirmed.title': 'Gracias por tu pedido',
  'order.confirmed.intro':
    'Hemos recibido tu pedido y estamos preparando {count, plural, one {tu artículo} many {tus # de artículos} other {tus # artículos}}. Te escribiremos de nuevo en cuanto {count, plural, one {salga} other {salgan}} de nuestro almacén.',
  'fulfillment.shipped.subject': 'Tu pedido {number} está en camino',
  'fulfillment.shipped.title': 'Tu paquete está en camino',
  'fulfillment.shipped.intro':
    '{count, plural, one {# artículo de tu pedido ha salido} many {# de artículos de tu pedido han salido} other {# artículos de tu pedido han salido}} de nuestro almacén.',
  'fulfillment.shipped.rest':
    '{rest, plural, one {Un artículo más va} many {# de artículos más van} other {# artículos más van}} en un paquete aparte. Te escribiremos cuando {rest, plural, one {salga} other {salgan}}.',
};
